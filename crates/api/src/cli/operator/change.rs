//! `api users set-role`, `disable`, `enable` and `log-out`: changes of one account.

use super::runner::Desk;
use super::who::Typed;
use crate::cli::exit::Refusal;

/// Gives an account another role.
pub(super) async fn set_role(desk: &Desk, who: &Typed, role: &str) -> Result<(), Refusal> {
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

/// Disables or enables an account.
pub(super) async fn set_disabled(desk: &Desk, who: &Typed, disabled: bool) -> Result<(), Refusal> {
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

/// Ends the sessions of an account, and its keys on request.
pub(super) async fn log_out(desk: &Desk, who: &Typed, with_keys: bool) -> Result<(), Refusal> {
    let account = desk.account(who).await?;
    let (sessions, keys) = desk.database.log_out_everywhere(account.id, with_keys, desk.now).await?;
    println!("{sessions} sessions and {keys} keys of account {} have ended.", account.id);
    Ok(())
}
