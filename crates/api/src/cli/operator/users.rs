//! `api users`: people's accounts.

use std::path::Path;
use std::process::ExitCode;

use accounts::Account;
use clap::Subcommand;
use serde_json::json;

use super::change::{log_out, set_disabled, set_role};
use super::delete::{Delete, Prune, delete, prune};
use super::duplicates;
use super::export::export;
use super::merge::{Merge, merge};
use super::prepare::{Prepare, prepare};
use super::runner::{Desk, run};
use super::who::Typed;
use crate::cli::exit::Refusal;
use crate::cli::output::{Output, Row};
use crate::rfc3339::rfc3339;

/// How many are read at a time.
const PAGE: i64 = 500;

#[derive(Subcommand)]
pub(crate) enum Users {
    /// List all accounts
    #[command(after_help = "Example: api users list --json | jq 'select(.disabled)'")]
    List {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Show one account
    #[command(after_help = "Example: api users show camille@example.gouv.fr")]
    Show {
        /// An id or an e-mail address
        who: Typed,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// List the pairs of accounts with the same e-mail address, and what differs
    #[command(after_help = "Example: api users duplicates --json | jq '{old: .old.id, new: .new.id}'")]
    Duplicates {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
    },
    /// Move role, keys and history of an account to another of the same person, and remove it
    ///
    /// For somebody to whom ProConnect gave a new subject. The sessions of the account that is removed end; its keys go on
    /// working.
    #[command(after_help = "Example: api users merge 12 42 --dry-run")]
    Merge(Merge),
    /// Print all that is stored about somebody, as JSON: what they may ask for
    #[command(after_help = "Example: api users export camille@example.gouv.fr > export.json")]
    Export {
        /// An id or an e-mail address
        who: Typed,
        /// On one line
        #[arg(long)]
        json: bool,
    },
    /// Delete an account with all that is stored about its person; sessions and keys end at once
    ///
    /// The record keeps the id of the account, without addresses. At a next login, the person gets a new account: to keep somebody
    /// out, disable their account.
    #[command(after_help = "Example: api users delete camille@example.gouv.fr --dry-run")]
    Delete(Delete),
    /// Delete the accounts that nobody has used for a long time, except disabled ones
    #[command(after_help = "Example: api users prune --inactive 730d --dry-run")]
    Prune(Prune),
    /// Make an account for somebody who has not logged in yet (with `oauth2.link_by_email`), or confirm the one they have
    ///
    /// With --siret or --idp, only a login that gives the same takes it over. A role that permits more than
    /// `oauth2.default_role` needs one of them: an address alone does not prove who somebody is.
    #[command(
        after_help = "Example: api users prepare camille@example.gouv.fr --role Premium --siret 13002526500013"
    )]
    Prepare(Prepare),
    /// Give an account another role
    #[command(after_help = "Example: api users set-role 42 Premium")]
    SetRole {
        /// An id or an e-mail address
        who: Typed,
        /// The role's name
        role: String,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Let nobody in with an account any more; its sessions and keys end at once
    #[command(after_help = "Example: api users disable camille@example.gouv.fr")]
    Disable {
        /// An id or an e-mail address
        who: Typed,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// Let the person in again; what has ended stays so
    #[command(after_help = "Example: api users enable camille@example.gouv.fr")]
    Enable {
        /// An id or an e-mail address
        who: Typed,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
    /// End all sessions of an account
    #[command(after_help = "Example: api users log-out camille@example.gouv.fr --keys")]
    LogOut {
        /// An id or an e-mail address
        who: Typed,
        /// Its keys, too
        #[arg(long)]
        keys: bool,
        /// One JSON object
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn command(file: &Path, users: Users) -> ExitCode {
    run(file, async |desk| match users {
        Users::List { json } => list(desk, json).await,
        Users::Show { who, json } => {
            let mut output = Output::new(json);
            output.row(shown(&desk.account(&who).await?));
            output.print();
            Ok(())
        }
        Users::Duplicates { json } => duplicates::list(desk, json).await,
        Users::Merge(options) => merge(desk, &options).await,
        Users::Export { who, json } => export(desk, &who, json).await,
        Users::Delete(options) => delete(desk, &options).await,
        Users::Prune(options) => prune(desk, &options).await,
        Users::Prepare(options) => prepare(desk, &options).await,
        Users::SetRole { who, role, json } => set_role(desk, &who, &role, json).await,
        Users::Disable { who, json } => set_disabled(desk, &who, true, json).await,
        Users::Enable { who, json } => set_disabled(desk, &who, false, json).await,
        Users::LogOut { who, keys, json } => log_out(desk, &who, keys, json).await,
    })
    .await
}

async fn list(desk: &Desk, json: bool) -> Result<(), Refusal> {
    let (mut output, mut after) = (Output::new(json), 0);
    loop {
        let accounts = desk.database.accounts(after, PAGE, desk.now).await?;
        let Some(last) = accounts.last() else { break };
        after = last.id;
        for account in &accounts {
            output.row(shown(account));
        }
        // Nobody waits for all of them, and they need not fit in memory.
        if json {
            output.print();
        }
    }
    output.print();
    Ok(())
}

fn shown(account: &Account) -> Row {
    vec![
        ("id", json!(account.id)),
        ("email", json!(account.email)),
        ("name", json!(account.name())),
        ("role", json!(account.role)),
        ("organization", json!(account.organization)),
        ("siret", json!(account.siret)),
        ("disabled", json!(account.disabled != 0)),
        ("prepared", json!(account.sub.is_none())),
        ("sessions", json!(account.sessions)),
        ("keys", json!(account.keys)),
        ("created", json!(rfc3339(account.created))),
        ("updated", json!(rfc3339(account.updated))),
        ("last_seen", json!(account.last_seen.map(rfc3339))),
        ("issuer", json!(account.issuer)),
        ("sub", json!(account.sub)),
        ("idp_id", json!(account.idp_id)),
    ]
}
