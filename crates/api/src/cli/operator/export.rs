//! `api users export`: what a person may ask for.

use accounts::{PersonalData, Recorded};
use serde_json::{Map, Value, json};

use super::runner::Desk;
use super::who::Typed;
use crate::cli::exit::Refusal;
use crate::cli::output::write;
use crate::rfc3339::rfc3339;

/// Prints all that is stored about somebody, on one line or on many.
pub(super) async fn export(desk: &Desk, who: &Typed, on_one_line: bool) -> Result<(), Refusal> {
    let id = desk.account(who).await?.id;
    let data = desk.database.export_account(id, desk.now).await?;
    let data = data.ok_or_else(|| Refusal::Nothing(format!("there is no account {id}")))?;
    let told = told(data, desk.now.seconds());
    write(&if on_one_line { format!("{told}\n") } else { format!("{told:#}\n") });
    Ok(())
}

fn told(data: PersonalData, now: i64) -> Value {
    let PersonalData { account, role, permissions, custom_claims, tokens, events } = data;
    let mut account = readable(account);
    account.insert("role".to_owned(), json!(role));
    account.insert("permissions".to_owned(), permissions);
    json!({
        "exported": rfc3339(now),
        "account": account,
        "custom_claims": custom_claims,
        "tokens": tokens.into_iter().map(readable).collect::<Vec<_>>(),
        "record": events.into_iter().map(event).collect::<Vec<_>>(),
    })
}

/// Columns as people read them.
fn readable(columns: Map<String, Value>) -> Map<String, Value> {
    let readable = |(name, value): (String, Value)| {
        let value = readable_value(&name, value);
        (name, value)
    };
    columns.into_iter().map(readable).collect()
}

fn readable_value(name: &str, value: Value) -> Value {
    match (name, &value) {
        ("created" | "updated" | "last_seen" | "expires" | "last_used" | "revoked", Value::Number(time)) => {
            let time = time.as_i64().filter(|time| *time != i64::MAX);
            json!(time.map(rfc3339))
        }
        ("disabled" | "prepared", Value::Number(flag)) => json!(flag.as_i64() != Some(0)),
        ("roles" | "amr", Value::String(list)) => serde_json::from_str(list).unwrap_or(value),
        // Who works here is not about this person.
        ("revoked_by", Value::String(by)) if by.starts_with("operator:") => json!("operator"),
        _ => value,
    }
}

fn event(event: Recorded) -> Value {
    let details: Option<Value> = event.details.and_then(|details| serde_json::from_str(&details).ok());
    json!({
        "id": event.id,
        "at": rfc3339(event.at),
        "event": event.event,
        "outcome": event.outcome,
        "reason": event.reason,
        "by": event.actor_kind,
        "token_id": event.token_id,
        "client": event.client,
        "request_id": event.request_id,
        "details": details,
    })
}
