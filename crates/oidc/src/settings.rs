use std::time::Duration;

use url::Url;

use crate::jws::Algorithm;

/// Where an issuer's metadata is below it (OpenID Connect Discovery 1.0, section 4).
pub(crate) const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// What was agreed with the provider, and how strict to be. The client secret is not here: it may change at any time.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The client id that the provider gave to this service.
    pub client_id: String,
    /// The issuer followed by `/.well-known/openid-configuration`.
    pub metadata_url: Url,
    /// Where the provider sends the browser back to, as registered there.
    pub redirect_uri: Url,
    /// The scopes to ask for; `openid` is among them.
    pub scopes: Vec<String>,
    /// The signature algorithms that ID tokens and userinfo may have.
    pub signing_algorithms: Vec<Algorithm>,
    /// Whether userinfo in plain JSON is refused.
    pub require_signed_userinfo: bool,
    /// How far the provider's clock may differ from ours.
    pub leeway: Duration,
    /// The levels of authentication, one of which is required; any level when empty.
    pub required_acr: Vec<String>,
    /// The levels that a login asks for and does without; nothing is asked when there is a required one.
    pub preferred_acr: Vec<String>,
    /// The levels that some are asked for in a second question.
    pub step_up_acr: Vec<String>,
}

impl Settings {
    /// The issuer that the metadata is asked of. What it calls itself, the metadata says: perhaps with a slash more.
    #[must_use]
    pub fn issuer_asked(&self) -> &str {
        let url = self.metadata_url.as_str();
        url.strip_suffix(WELL_KNOWN).unwrap_or(url)
    }
}
