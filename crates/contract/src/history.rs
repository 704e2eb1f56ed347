use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// Something that happened to a person's account, as they are told of it.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Event {
    /// Always `event`.
    #[cfg_attr(feature = "openapi", schema(example = "event"))]
    pub object: String,
    /// Its number: later events have larger ones.
    #[cfg_attr(feature = "openapi", schema(example = 42))]
    pub id: i64,
    /// When, as RFC 3339 in UTC.
    #[cfg_attr(feature = "openapi", schema(example = "2026-11-26T08:30:00Z"))]
    pub at: String,
    /// What happened.
    #[cfg_attr(feature = "openapi", schema(example = "key.created"))]
    pub event: String,
    /// `success`, `refused` or `failed`.
    #[cfg_attr(feature = "openapi", schema(example = "success"))]
    pub outcome: String,
    /// Why, in a word.
    #[cfg_attr(feature = "openapi", schema(example = "owner"))]
    pub reason: Option<String>,
    /// The session or key.
    #[cfg_attr(feature = "openapi", schema(example = 7))]
    pub token_id: Option<i64>,
    /// The address that it was asked from; `null` when that is unknown or forgotten.
    #[cfg_attr(feature = "openapi", schema(example = "192.0.2.7"))]
    pub client: Option<String>,
    /// What else there is to know.
    #[cfg_attr(feature = "openapi", schema(example = json!({"name": "Nightly import"})))]
    pub details: Option<Map<String, Value>>,
}

/// A person's own events.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct EventList {
    /// Always `list`.
    #[cfg_attr(feature = "openapi", schema(example = "list"))]
    pub object: String,
    /// The events, newest first.
    pub data: Vec<Event>,
}
