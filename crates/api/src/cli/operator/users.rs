//! `api users`: people's accounts.

use std::path::Path;
use std::process::ExitCode;

use accounts::{Account, PrepareError};
use clap::Subcommand;
use serde_json::json;

use super::output::{Output, Row};
use super::runner::{Desk, run};
use super::who::Typed;
use crate::cli::exit::Refusal;
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
    /// Make an account for somebody who has not logged in yet (with `oauth2.link_by_email`), or confirm the one they have
    #[command(after_help = "Example: api users prepare camille@example.gouv.fr --role Premium")]
    Prepare {
        /// The e-mail address that ProConnect will give
        email: String,
        /// The role, `oauth2.default_role` by default
        #[arg(long)]
        role: Option<String>,
    },
    /// Give an account another role
    #[command(after_help = "Example: api users set-role 42 Premium")]
    SetRole {
        /// An id or an e-mail address
        who: Typed,
        /// The role's name
        role: String,
    },
    /// Let nobody in with an account any more; its sessions and keys end at once
    #[command(after_help = "Example: api users disable camille@example.gouv.fr")]
    Disable {
        /// An id or an e-mail address
        who: Typed,
    },
    /// Let the person in again; what has ended stays so
    #[command(after_help = "Example: api users enable camille@example.gouv.fr")]
    Enable {
        /// An id or an e-mail address
        who: Typed,
    },
    /// End all sessions of an account
    #[command(after_help = "Example: api users log-out camille@example.gouv.fr --keys")]
    LogOut {
        /// An id or an e-mail address
        who: Typed,
        /// Its keys, too
        #[arg(long)]
        keys: bool,
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
        Users::Prepare { email, role } => prepare(desk, &email, role).await,
        Users::SetRole { who, role } => set_role(desk, &who, &role).await,
        Users::Disable { who } => set_disabled(desk, &who, true).await,
        Users::Enable { who } => set_disabled(desk, &who, false).await,
        Users::LogOut { who, keys } => log_out(desk, &who, keys).await,
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
    let names: Vec<&str> =
        [&account.given_name, &account.usual_name].into_iter().flatten().map(String::as_str).collect();
    vec![
        ("id", json!(account.id)),
        ("email", json!(account.email)),
        ("name", json!((!names.is_empty()).then(|| names.join(" ")))),
        ("role", json!(account.role)),
        ("organization", json!(account.organization)),
        ("siret", json!(account.siret)),
        ("disabled", json!(account.disabled != 0)),
        ("prepared", json!(account.sub.is_none())),
        ("sessions", json!(account.sessions)),
        ("keys", json!(account.keys)),
        ("created", json!(rfc3339(account.created))),
        ("updated", json!(rfc3339(account.updated))),
        ("issuer", json!(account.issuer)),
        ("sub", json!(account.sub)),
        ("idp_id", json!(account.idp_id)),
    ]
}

async fn prepare(desk: &Desk, email: &str, role: Option<String>) -> Result<(), Refusal> {
    if !matches!(email.split_once('@'), Some((local, domain))
        if !local.is_empty() && domain.contains('.') && !email.contains(char::is_whitespace))
    {
        return Err(Refusal::Misuse(format!("{email:?} is no e-mail address")));
    }
    match desk.database.confirm_account(email, desk.now).await?[..] {
        [] => {}
        [id] => return confirmed(desk, id, role).await,
        ref ids @ [..] => {
            let ids: Vec<String> = ids.iter().map(i64::to_string).collect();
            return Err(Refusal::Misuse(format!(
                "{email} is the address of several accounts. Fix: merge them first: {}",
                ids.join(", ")
            )));
        }
    }
    let default = &desk.config.oauth2.default_role;
    if role.is_none() {
        desk.database.ensure_role(default, desk.now).await?;
    }
    let role = role.as_ref().unwrap_or(default);
    match desk.database.prepare_account(email, role, desk.now).await {
        Ok(id) => {
            println!("Account {id} is prepared for {email}, with the role {role}.");
            if !desk.config.oauth2.link_by_email {
                println!("It is taken over at the first login only when oauth2.link_by_email is true.");
            }
            Ok(())
        }
        Err(error @ PrepareError::NoRole(_)) => {
            Err(Refusal::Nothing(format!("{error}. Fix: make it with `api roles create {role}`")))
        }
        Err(error) => Err(Refusal::failed(&error)),
    }
}

/// Somebody who has logged in before has an account: it counts as prepared from now on.
async fn confirmed(desk: &Desk, id: i64, role: Option<String>) -> Result<(), Refusal> {
    println!("Account {id} is confirmed.");
    match role {
        Some(role) => {
            let Ok(who) = id.to_string().parse();
            set_role(desk, &who, &role).await
        }
        None => Ok(()),
    }
}

async fn set_role(desk: &Desk, who: &Typed, role: &str) -> Result<(), Refusal> {
    let account = desk.account(who).await?;
    match desk.database.set_role(account.id, role, desk.now).await? {
        Some(before) => {
            println!("Account {} has the role {role} (before: {before}).", account.id);
            Ok(())
        }
        None => Err(Refusal::Nothing(format!(
            "there is no role {role}. Fix: make it with `api roles create {role}`"
        ))),
    }
}

async fn set_disabled(desk: &Desk, who: &Typed, disabled: bool) -> Result<(), Refusal> {
    let account = desk.account(who).await?;
    let changed = desk.database.set_disabled(account.id, disabled, desk.now).await?;
    let state = if disabled { "disabled" } else { "enabled" };
    if !changed {
        println!("Account {} was {state} before.", account.id);
    } else if disabled {
        println!(
            "Account {} is disabled; {} sessions and {} keys have ended.",
            account.id, account.sessions, account.keys
        );
    } else {
        println!("Account {} is enabled.", account.id);
    }
    Ok(())
}

async fn log_out(desk: &Desk, who: &Typed, with_keys: bool) -> Result<(), Refusal> {
    let account = desk.account(who).await?;
    let (sessions, keys) = desk.database.log_out_everywhere(account.id, with_keys, desk.now).await?;
    println!("{sessions} sessions and {keys} keys of account {} have ended.", account.id);
    Ok(())
}
