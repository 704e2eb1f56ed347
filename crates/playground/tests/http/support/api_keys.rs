//! Keys as the api returns them.

use serde_json::{Value, json};

use super::Answer;

pub(crate) const WHOLE: &str = "sk-psl0123456789abcdefghijklmnopqrst2WLFGD";

/// A key as the api returns it.
pub(crate) fn key(id: i64, name: &str, status: &str, expires: impl Into<Option<u64>>) -> Value {
    json!({
        "object": "key", "id": id, "name": name, "value": "sk-pslAb…wxyz", "token": "sk-pslAb…wxyz", "user": 7,
        "status": status, "created": 1_790_000_000, "expires": expires.into(), "last_used": null, "replaced_by": null
    })
}

/// The same key with other values.
pub(crate) fn but(mut key: Value, other: &Value) -> Value {
    key.as_object_mut().unwrap().extend(other.as_object().unwrap().clone());
    key
}

pub(crate) fn list(keys: &[Value]) -> Answer {
    Answer::Json(json!({ "object": "list", "total": keys.len(), "offset": 0, "limit": 20, "data": keys }))
}
