//! `api users merge`: one account instead of two.

use accounts::{MergeError, Merged};
use clap::Args;
use serde_json::json;

use super::runner::Desk;
use super::who::Typed;
use crate::cli::exit::Refusal;
use crate::cli::output::tell;

#[derive(Args)]
pub(crate) struct Merge {
    /// The account that is removed: an id or an e-mail address
    old: Typed,
    /// The account that goes on, of the person's present subject: an id or an e-mail address
    new: Typed,
    /// Only say what would happen
    #[arg(long)]
    dry_run: bool,
    /// One JSON object
    #[arg(long)]
    json: bool,
}

pub(super) async fn merge(desk: &Desk, merge: &Merge) -> Result<(), Refusal> {
    let (old, new) = (desk.account(&merge.old).await?.id, desk.account(&merge.new).await?.id);
    let merged =
        desk.database.merge(old, new, merge.dry_run, desk.now).await.map_err(|error| match error {
            MergeError::Same(_) | MergeError::WithoutSubject(_) => Refusal::Misuse(error.to_string()),
            MergeError::Unknown(_) => Refusal::Nothing(error.to_string()),
            error => Refusal::failed(&error),
        })?;
    let Merged { role, role_before, keys, sessions, active_keys } = merged;
    let limit = i64::from(desk.config.api.keys.max_per_user);
    let done = vec![
        ("old", json!(old)),
        ("new", json!(new)),
        ("role", json!(role)),
        ("role_before", json!(role_before)),
        ("keys", json!(keys)),
        ("sessions", json!(sessions)),
        ("active_keys", json!(active_keys)),
        ("too_many_keys", json!(active_keys > limit)),
        ("dry_run", json!(merge.dry_run)),
    ];
    let [is, moved, ended] = if merge.dry_run {
        ["would be", "would be moved", "would end"]
    } else {
        ["is", "are moved", "have ended"]
    };
    let sentence = format!(
        "Account {old} {is} merged into account {new}, with the role {role} (before: {role_before}): {keys} keys {moved}, {sessions} sessions of account {old} {ended}."
    );
    let too_many = format!(
        "Account {new} has {active_keys} active keys then, and api.keys.max_per_user is {limit}: all go on working, and no key can be made until enough of them have ended."
    );
    let too_many = (active_keys > limit).then_some(too_many);
    tell(merge.json, done, std::iter::once(sentence).chain(too_many));
    Ok(())
}
