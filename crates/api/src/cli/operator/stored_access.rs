//! The rules of access, asked about what is stored of each account.

use std::collections::BTreeMap;

use accounts::StoredAccount;
use contract::AccessReason;
use serde_json::json;

use super::runner::Desk;
use crate::cli::exit::Refusal;
use crate::cli::output::{Output, tell};

/// How many accounts are read at a time.
const PAGE: i64 = 500;

/// What the rules say of an account.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Outcome {
    Enters,
    Refused(AccessReason),
    /// A claim that decides is not stored.
    Unknown,
}

/// Asks the rules about every account.
async fn each(
    desk: &Desk,
    mut tell: impl AsyncFnMut(StoredAccount, Outcome) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let mut after = 0;
    loop {
        let accounts = desk.database.stored_accounts(after, PAGE, desk.now).await?;
        let Some(last) = accounts.last() else { return Ok(()) };
        after = last.id;
        for account in accounts {
            let verdict = desk.config.oauth2.access.decide_stored(&account);
            let outcome = match verdict.refusal {
                None => Outcome::Enters,
                Some(reason) if verdict.is_certain => Outcome::Refused(reason),
                Some(_) => Outcome::Unknown,
            };
            tell(account, outcome).await?;
        }
    }
}

/// Counts whose people would lose access.
pub(super) async fn count(desk: &Desk, as_json: bool) -> Result<(), Refusal> {
    let (mut accounts, mut unknown) = (0, 0);
    let mut reasons: BTreeMap<&str, i64> = BTreeMap::new();
    each(desk, async |_, outcome| {
        accounts += 1;
        match outcome {
            Outcome::Enters => {}
            Outcome::Refused(reason) => *reasons.entry(reason.as_str()).or_default() += 1,
            Outcome::Unknown => unknown += 1,
        }
        Ok(())
    })
    .await?;
    let refused: i64 = reasons.values().sum();
    let counts = vec![
        ("accounts", json!(accounts)),
        ("enter", json!(accounts - refused - unknown)),
        ("refused", json!(refused)),
        ("unknown", json!(unknown)),
        ("reasons", json!(reasons)),
    ];
    let sentence = format!(
        "{accounts} accounts: {refused} would lose access, of {unknown} too little is stored to know."
    );
    let reasons = reasons.iter().map(|(reason, count)| format!("{reason}: {count}"));
    tell(as_json, counts, std::iter::once(sentence).chain(reasons));
    if refused > 0 {
        return Err(Refusal::Nothing(format!("{refused} accounts would lose access")));
    }
    Ok(())
}

/// Ends the sessions and keys of those who may no longer enter.
pub(super) async fn apply(
    desk: &Desk,
    dry_run: bool,
    with_unknown: bool,
    as_json: bool,
) -> Result<(), Refusal> {
    let mut output = Output::new(as_json);
    let (mut ended_sessions, mut ended_keys, mut unknown) = (0, 0, 0);
    each(desk, async |account, outcome| {
        let (reason, ends) = match outcome {
            Outcome::Enters => return Ok(()),
            Outcome::Refused(reason) => (reason.as_str(), true),
            Outcome::Unknown => ("unknown", with_unknown),
        };
        let StoredAccount { id, sessions, keys, .. } = account;
        let has_tokens = sessions + keys > 0;
        let (sessions, keys) = if ends && has_tokens && !dry_run {
            desk.database.end_access(id, desk.now).await?
        } else {
            (sessions.unsigned_abs(), keys.unsigned_abs())
        };
        let outcome = match (ends, dry_run) {
            (false, _) => "kept",
            (true, true) => "would_end",
            (true, false) => "ended",
        };
        if ends {
            ended_sessions += sessions;
            ended_keys += keys;
        } else {
            unknown += 1;
        }
        // Of somebody without a token, nothing can end.
        if has_tokens || !ends {
            output.row(vec![
                ("id", json!(id)),
                ("email", json!(account.profile.email)),
                ("reason", json!(reason)),
                ("outcome", json!(outcome)),
                ("sessions", json!(sessions)),
                ("keys", json!(keys)),
            ]);
        }
        if as_json {
            output.print();
        }
        Ok(())
    })
    .await?;
    let ended = if dry_run { "would end" } else { "have ended" };
    output.sum_up(&format!(
        "{ended_sessions} sessions and {ended_keys} keys {ended}; {unknown} accounts are kept, of which too little is stored."
    ));
    Ok(())
}
