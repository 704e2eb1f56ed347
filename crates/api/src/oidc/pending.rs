use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use openidconnect::{PkceCodeChallenge, PkceCodeVerifier};
use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::provider::{Provider, ProviderError};

/// A login between its start and its callback. It waits in a sealed cookie of the browser that began it.
#[derive(Clone, Deserialize, Serialize, Zeroize, ZeroizeOnDrop)]
pub struct PendingLogin {
    /// Ties the callback to this login; 32 random bytes, as are the next two.
    pub state: String,
    /// Ties the ID token to this login.
    pub(super) nonce: String,
    /// Proves at the token endpoint that whoever exchanges the code began the login (RFC 7636).
    pub(super) code_verifier: String,
    /// Where the envelope goes: an origin that was allowed when the login began.
    pub origin: String,
    /// What the envelope says about the browser it is for.
    pub binding: Option<String>,
}

/// Why a login cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum BeginError {
    /// The provider cannot be used.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The system gave no random bytes.
    #[error("no random bytes")]
    Random(#[from] getrandom::Error),
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
        let known = self.known().await?;
        let mut random = [0; 96];
        getrandom::fill(&mut random)?;
        let [state, nonce, code_verifier] =
            [&random[..32], &random[32..64], &random[64..]].map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
        let challenge =
            PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(code_verifier.clone()));
        let mut url = known.authorization.clone();
        url.query_pairs_mut()
            .append_pair("state", &state)
            .append_pair("nonce", &nonce)
            .append_pair("code_challenge", challenge.as_str());
        Ok((url, PendingLogin { state, nonce, code_verifier, origin, binding }))
    }
}
