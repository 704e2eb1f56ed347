use serde::{Deserialize, Serialize};

/// A session: what a login began. Times are Unix seconds.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Session {
    /// Always `session`.
    #[cfg_attr(feature = "openapi", schema(example = "session"))]
    pub object: String,
    /// Its id, the `token_id` of the login.
    #[cfg_attr(feature = "openapi", schema(example = 7))]
    pub id: i64,
    /// When the person logged in.
    #[cfg_attr(feature = "openapi", schema(example = 1_790_000_000))]
    pub created: i64,
    /// When it was last used, true to ten minutes.
    #[cfg_attr(feature = "openapi", schema(example = 1_790_043_200))]
    pub last_used: Option<i64>,
    /// When it expires.
    #[cfg_attr(feature = "openapi", schema(example = 1_790_086_400))]
    pub expires: i64,
    /// What the browser said it is.
    pub device: Device,
    /// The network it was last used from; `null` when that is unknown.
    #[cfg_attr(feature = "openapi", schema(example = "192.0.2.0/24"))]
    pub address: Option<String>,
    /// The origin it is of; `null` for the playground.
    #[cfg_attr(feature = "openapi", schema(example = "https://app.example.gouv.fr"))]
    pub application: Option<String>,
    /// The level of authentication; `null` where the provider did not say.
    #[cfg_attr(feature = "openapi", schema(example = "eidas1"))]
    pub acr: Option<String>,
    /// Whether it is the one that asks.
    #[cfg_attr(feature = "openapi", schema(example = true))]
    pub current: bool,
}

/// What a browser said it is.
#[derive(Clone, Debug, Default, Deserialize, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Device {
    /// The browser.
    #[cfg_attr(feature = "openapi", schema(example = "Firefox"))]
    pub browser: Option<String>,
    /// The operating system.
    #[cfg_attr(feature = "openapi", schema(example = "Windows"))]
    pub system: Option<String>,
}

/// A person's live sessions.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SessionList {
    /// Always `list`.
    #[cfg_attr(feature = "openapi", schema(example = "list"))]
    pub object: String,
    /// How many there are.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub total: i64,
    /// The sessions, newest first.
    pub data: Vec<Session>,
}

/// What `DELETE /v1/me/sessions` ended.
#[derive(Clone, Debug, Deserialize, Serialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Ended {
    /// How many sessions.
    #[cfg_attr(feature = "openapi", schema(example = 2))]
    pub ended: u64,
    /// How many keys.
    #[cfg_attr(feature = "openapi", schema(example = 1))]
    pub keys: u64,
}
