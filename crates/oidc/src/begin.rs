use openidconnect::{PkceCodeChallenge, PkceCodeVerifier};
use serde::{Deserialize, Serialize};
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
        let metadata = self.metadata().await?;
        let [state, nonce, code_verifier] = random::strings()?;
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(code_verifier.clone()));
        let mut url = metadata.authorization.clone();
        url.query_pairs_mut()
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", challenge.as_str());
        Ok((url, PendingLogin { state, nonce, code_verifier, origin, binding }))
    }
}
