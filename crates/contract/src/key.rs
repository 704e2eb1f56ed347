use serde::{Deserialize, Deserializer, Serialize};

/// An API key, as its owner sees it. Times are Unix seconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Key {
    /// Always `key`.
    #[cfg_attr(feature = "openapi", schema(example = "key"))]
    pub object: String,
    /// The key's id.
    #[cfg_attr(feature = "openapi", schema(example = 8))]
    pub id: i64,
    /// What its owner calls it.
    #[cfg_attr(feature = "openapi", schema(example = "Nightly import"))]
    pub name: String,
    /// The whole key in the answer that made it; its first eight characters and last four ever after.
    #[cfg_attr(feature = "openapi", schema(example = "sk-pslAb…wxyz"))]
    pub value: String,
    /// The same as `value`.
    #[cfg_attr(feature = "openapi", schema(example = "sk-pslAb…wxyz"))]
    pub token: String,
    /// The owner's account.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub user: i64,
    /// Whether it lets anybody in.
    pub status: KeyStatus,
    /// When it was made.
    #[cfg_attr(feature = "openapi", schema(example = 1_790_000_000))]
    pub created: i64,
    /// When it expires; `null` for a key without end.
    #[cfg_attr(feature = "openapi", schema(example = 1_797_776_000))]
    pub expires: Option<i64>,
    /// When it was last used, true to ten minutes; `null` when it never was.
    #[cfg_attr(feature = "openapi", schema(example = 1_790_043_200))]
    pub last_used: Option<i64>,
    /// The key that replaces it.
    #[cfg_attr(feature = "openapi", schema(example = 9))]
    pub replaced_by: Option<i64>,
}

/// Whether a key lets anybody in.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "lowercase")]
pub enum KeyStatus {
    /// It does.
    Active,
    /// Its time is over.
    Expired,
    /// It was ended before.
    Revoked,
}

/// Some of a person's keys.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct KeyList {
    /// Always `list`.
    #[cfg_attr(feature = "openapi", schema(example = "list"))]
    pub object: String,
    /// How many the filter lets through.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub total: i64,
    /// How many come before the first.
    #[cfg_attr(feature = "openapi", schema(example = 0))]
    pub offset: i64,
    /// At most how many are shown.
    #[cfg_attr(feature = "openapi", schema(example = 10))]
    pub limit: i64,
    /// The keys.
    pub data: Vec<Key>,
    /// How long a new key may live, in seconds (`api.keys.max_lifetime`).
    #[cfg_attr(feature = "openapi", schema(required, example = 31_536_000))]
    #[serde(default = "longest")]
    pub max_lifetime: i64,
    /// Whether a new key may be without end (`api.keys.without_expiry`).
    #[cfg_attr(feature = "openapi", schema(required, example = false))]
    #[serde(default = "yes")]
    pub without_expiry: bool,
}

/// What an api of before tells by saying nothing: it refuses what it does not allow.
fn longest() -> i64 {
    i64::MAX
}

fn yes() -> bool {
    true
}

/// The body of `POST /v1/keys`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewKey {
    /// What to call it: 1 to 80 characters, none of them a control character. Spaces around it are dropped.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 80, example = "Nightly import"))]
    pub name: String,
    /// When it expires, in Unix seconds; `null` for a key without end, where `api.keys.without_expiry` allows it. Without
    /// this field, `api.keys.default_lifetime` from now.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, example = 1_797_776_000))]
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub expires: Option<Option<i64>>,
}

/// The body of `PATCH /v1/keys/{id}`.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyChange {
    /// What to call it.
    #[cfg_attr(feature = "openapi", schema(min_length = 1, max_length = 80, example = "Nightly import"))]
    pub name: String,
}

/// The body of `POST /v1/keys/{id}/rotate`. It may be left out.
#[derive(Clone, Debug, Default, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct KeyRotation {
    /// How many seconds the old key goes on: at most 604800, 86400 by default.
    #[cfg_attr(feature = "openapi", schema(value_type = i64, minimum = 0, maximum = 604_800, example = 86_400))]
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub grace: Option<i64>,
    /// When the new key expires; without it, it lives as long as the old one was to.
    #[cfg_attr(feature = "openapi", schema(value_type = Option<i64>, example = 1_797_776_000))]
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub expires: Option<Option<i64>>,
}

/// Tells a field that is `null` from one that is absent.
#[expect(clippy::option_option, reason = "absent, null and a number each mean something else")]
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<i64>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// A field that may be absent, but not `null`.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    i64::deserialize(deserializer).map(Some)
}
