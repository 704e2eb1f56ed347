//! `api users set-role`, `disable`, `enable` and `log-out`: changes of one account.

use serde_json::json;

use super::runner::Desk;
use super::who::Typed;
use crate::cli::exit::Refusal;
use crate::cli::output::tell;

/// Gives an account another role.
pub(super) async fn set_role(desk: &Desk, who: &Typed, role: &str, json: bool) -> Result<(), Refusal> {
    let id = desk.account(who).await?.id;
    let before = desk.database.set_role(id, role, desk.now).await?.ok_or_else(|| {
        Refusal::Nothing(format!("there is no role {role}. Fix: make it with `api roles create {role}`"))
    })?;
    let done = vec![("id", json!(id)), ("role", json!(role)), ("role_before", json!(before))];
    tell(json, done, [format!("Account {id} has the role {role} (before: {before}).")]);
    Ok(())
}

/// Disables or enables an account.
pub(super) async fn set_disabled(
    desk: &Desk,
    who: &Typed,
    disabled: bool,
    json: bool,
) -> Result<(), Refusal> {
    let id = desk.account(who).await?.id;
    let (changed, sessions, keys) = desk.database.set_disabled(id, disabled, desk.now).await?;
    let done = vec![
        ("id", json!(id)),
        ("disabled", json!(disabled)),
        ("changed", json!(changed)),
        ("sessions", json!(sessions)),
        ("keys", json!(keys)),
    ];
    let sentence = match (changed, disabled) {
        (true, true) => format!("Account {id} is disabled; {sessions} sessions and {keys} keys have ended."),
        (true, false) => format!("Account {id} is enabled."),
        (false, true) => format!("Account {id} was disabled before."),
        (false, false) => format!("Account {id} was enabled before."),
    };
    tell(json, done, [sentence]);
    Ok(())
}

/// Ends the sessions of an account, and its keys on request.
pub(super) async fn log_out(desk: &Desk, who: &Typed, with_keys: bool, json: bool) -> Result<(), Refusal> {
    let id = desk.account(who).await?.id;
    let (sessions, keys) = desk.database.log_out_everywhere(id, with_keys, desk.now).await?;
    let done = vec![("id", json!(id)), ("sessions", json!(sessions)), ("keys", json!(keys))];
    tell(json, done, [format!("{sessions} sessions and {keys} keys of account {id} have ended.")]);
    Ok(())
}
