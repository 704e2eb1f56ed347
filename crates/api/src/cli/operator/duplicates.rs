//! `api users duplicates`: accounts that may belong to the same person.

use accounts::Account;
use serde_json::{Value, json};

use super::runner::Desk;
use crate::cli::exit::Refusal;
use crate::cli::output::Output;
use crate::rfc3339::rfc3339;

/// Lists the pairs of accounts with the same address.
pub(super) async fn list(desk: &Desk, as_json: bool) -> Result<(), Refusal> {
    let mut output = Output::new(as_json);
    for (old, new) in desk.database.duplicates(desk.now).await? {
        let (old_side, new_side) = (side(&old), side(&new));
        let names = COMPARED.iter().copied();
        let differs: Vec<&str> = names.filter(|name| old_side[name] != new_side[name]).collect();
        let email = ("email", json!(new.email));
        if as_json {
            output.row(vec![email, ("differs", json!(differs)), ("old", old_side), ("new", new_side)]);
            continue;
        }
        let both = |name: &str| json!(format!("{} / {}", text(&old_side[name]), text(&new_side[name])));
        output.row(vec![
            ("old", json!(old.id)),
            ("new", json!(new.id)),
            email,
            ("differs", json!(differs)),
            ("role", both("role")),
            ("created", both("created")),
            ("last_seen", both("last_seen")),
            ("sessions", both("sessions")),
            ("keys", both("keys")),
        ]);
    }
    output.print();
    Ok(())
}

/// What says whether two accounts are of one person, and what a merge would change.
const COMPARED: [&str; 8] = ["sub", "issuer", "name", "organization", "siret", "idp_id", "role", "disabled"];

fn side(account: &Account) -> Value {
    json!({
        "id": account.id,
        "sub": account.sub,
        "issuer": account.issuer,
        "name": account.name(),
        "organization": account.organization,
        "siret": account.siret,
        "idp_id": account.idp_id,
        "role": account.role,
        "disabled": account.disabled != 0,
        "created": rfc3339(account.created),
        "last_seen": account.last_seen.map(rfc3339),
        "sessions": account.sessions,
        "keys": account.keys,
    })
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => "-".to_owned(),
        Value::String(text) => text.clone(),
        value => value.to_string(),
    }
}
