use openidconnect::{PkceCodeChallenge, PkceCodeVerifier};
use serde::{Deserialize, Serialize};
use serde_json::json;
use service::random;
use url::Url;

use crate::provider::Provider;
use crate::provider_error::ProviderError;

/// A login between its start and its callback. It waits in a sealed cookie of the browser that began it.
#[derive(Clone, Deserialize, Serialize)]
pub struct PendingLogin {
    /// Ties the callback to this login; 32 random bytes, as are the next two.
    pub state: String,
    /// Ties the ID token to this login.
    pub(crate) nonce: String,
    /// Proves at the token endpoint that whoever exchanges the code began the login (RFC 7636).
    pub(crate) code_verifier: String,
    /// Where the envelope goes: an origin that was allowed when the login began.
    pub origin: String,
    /// What the envelope says about the browser it is for.
    pub binding: Option<String>,
    /// Whether it asks for a level of authentication that a login of a moment ago did not reach. Nobody is asked a third time.
    #[serde(default)]
    pub is_second: bool,
}

/// The level of authentication that a login asks for, as the claim `acr` (OpenID Connect Core 1.0, section 5.5.1.1).
struct Level<'a> {
    is_essential: bool,
    values: &'a [String],
}

impl PendingLogin {
    /// A login that nobody began.
    pub(crate) fn of_nobody() -> Self {
        let verifier = "v".repeat(43);
        Self {
            state: String::new(),
            nonce: String::new(),
            code_verifier: verifier,
            origin: String::new(),
            binding: None,
            is_second: false,
        }
    }
}

/// Why a login cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The provider cannot be used.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The system gave no random bytes.
    #[error("no random bytes")]
    Random(#[from] random::Error),
}

impl Provider {
    /// Begins a login: where to send the browser, and what to remember until it comes back.
    ///
    /// # Errors
    /// When the provider cannot be used.
    pub async fn begin(
        &self,
        origin: String,
        binding: Option<String>,
    ) -> Result<(Url, PendingLogin), BeginError> {
        let settings = self.settings();
        let level = [(true, &settings.required_acr), (false, &settings.preferred_acr)]
            .into_iter()
            .find(|(_, values)| !values.is_empty())
            .map(|(is_essential, values)| Level { is_essential, values });
        self.ask(origin, binding, level, false).await
    }

    /// Begins the same login again, for one of these levels of authentication and no other.
    ///
    /// # Errors
    /// When the provider cannot be used.
    pub async fn begin_again(
        &self,
        first: &PendingLogin,
        levels: &[String],
    ) -> Result<(Url, PendingLogin), BeginError> {
        let level = Level { is_essential: true, values: levels };
        self.ask(first.origin.clone(), first.binding.clone(), Some(level), true).await
    }

    async fn ask(
        &self,
        origin: String,
        binding: Option<String>,
        level: Option<Level<'_>>,
        is_second: bool,
    ) -> Result<(Url, PendingLogin), BeginError> {
        let metadata = self.metadata().await?;
        let [state, nonce, code_verifier] = random::strings()?;
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(code_verifier.clone()));
        let mut url = metadata.authorization.clone();
        url.query_pairs_mut()
            .extend_pairs(level.map(|level| ("claims", level.as_claims())))
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", challenge.as_str());
        Ok((url, PendingLogin { state, nonce, code_verifier, origin, binding, is_second }))
    }
}

impl Level<'_> {
    fn as_claims(&self) -> String {
        json!({ "id_token": { "acr": { "essential": self.is_essential, "values": self.values } } })
            .to_string()
    }
}
