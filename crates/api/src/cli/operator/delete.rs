//! `api users delete` and `api users prune`: accounts that go, with all that is stored about their people.

use std::time::Duration;

use accounts::Deleted;
use clap::Args;
use serde_json::json;
use service::stdio::complain;
use token_crypto::UnixTime;

use super::duration::duration;
use super::runner::Desk;
use super::who::Typed;
use crate::cli::exit::Refusal;
use crate::cli::output::{Output, tell};
use crate::rfc3339::rfc3339;

/// How many accounts are read at a time.
const PAGE: i64 = 500;

#[derive(Args)]
pub(crate) struct Delete {
    /// An id or an e-mail address
    who: Typed,
    /// Only say what would go
    #[arg(long)]
    dry_run: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

#[derive(Args)]
pub(crate) struct Prune {
    /// For how long nobody has logged in to the account and no key of it was used, such as 730d
    #[arg(long, value_name = "DURATION", value_parser = duration)]
    inactive: Duration,
    /// Only say which would go
    #[arg(long)]
    dry_run: bool,
    /// One JSON object a line
    #[arg(long)]
    json: bool,
}

pub(super) async fn delete(desk: &Desk, delete: &Delete) -> Result<(), Refusal> {
    let id = desk.account(&delete.who).await?.id;
    let deleted = desk.database.delete_account(id, delete.dry_run, desk.now).await?;
    let Deleted { sessions, keys } =
        deleted.ok_or_else(|| Refusal::Nothing(format!("there is no account {id}")))?;
    let done = vec![
        ("id", json!(id)),
        ("sessions", json!(sessions)),
        ("keys", json!(keys)),
        ("dry_run", json!(delete.dry_run)),
    ];
    let (is, keeps) = if delete.dry_run { ("would be", "would keep") } else { ("is", "keeps") };
    let sentence = format!(
        "Account {id} {is} deleted, with {sessions} sessions and {keys} keys. The record {keeps} its events as deleted:{id}, without addresses. Backups are not changed."
    );
    tell(delete.json, done, [sentence]);
    if !delete.dry_run {
        overwrite(desk).await?;
    }
    Ok(())
}

pub(super) async fn prune(desk: &Desk, prune: &Prune) -> Result<(), Refusal> {
    if prune.inactive.is_zero() {
        return Err(Refusal::Misuse(
            "nobody is inactive for no time. Fix: write a time such as 730d".to_owned(),
        ));
    }
    let since = UnixTime(desk.now.0.saturating_sub(prune.inactive.as_secs()));
    let (mut output, mut after) = (Output::new(prune.json), 0);
    let (mut deleted, mut kept) = (0, 0);
    loop {
        let accounts = desk.database.inactive_accounts(since, after, PAGE, desk.now).await?;
        let Some(last) = accounts.last() else { break };
        after = last.id;
        for account in &accounts {
            // One after the other, so that no login waits long. Somebody may have come back meanwhile.
            let outcome = if account.disabled != 0 {
                kept += 1;
                "kept_disabled"
            } else {
                let gone = desk.database.delete_inactive(account.id, since, prune.dry_run, desk.now).await?;
                if gone.is_none() {
                    continue;
                }
                deleted += 1;
                if prune.dry_run { "would_be_deleted" } else { "deleted" }
            };
            output.row(vec![
                ("id", json!(account.id)),
                ("email", json!(account.email)),
                ("last_seen", json!(account.last_seen.map(rfc3339))),
                ("created", json!(rfc3339(account.created))),
                ("keys", json!(account.keys)),
                ("outcome", json!(outcome)),
            ]);
            if prune.json {
                output.print();
            }
        }
    }
    let are = if prune.dry_run { "would be" } else { "are" };
    output.sum_up(&format!(
        "{deleted} accounts {are} deleted; {kept} disabled ones are kept, as their people could log in again otherwise."
    ));
    if deleted > 0 && !prune.dry_run {
        overwrite(desk).await?;
    }
    Ok(())
}

async fn overwrite(desk: &Desk) -> Result<(), Refusal> {
    if !desk.database.overwrite_deleted().await? {
        complain(
            &"Warning: another program reads the database, so the file that ends with -wal holds what was deleted until the next checkpoint",
        );
    }
    Ok(())
}
