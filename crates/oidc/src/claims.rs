//! The claims that a token must have.

use serde::Deserialize;
use serde_json::Value;
use subtle::ConstantTimeEq as _;
use token_crypto::UnixTime;

use crate::settings::Settings;

/// The longest subject OpenID Connect Core 1.0, section 2, allows, in bytes.
const LONGEST_SUBJECT: usize = 255;

/// Which rule an answer of the provider breaks. Its message is safe to log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// `iss` is another issuer, or missing.
    #[error("iss is not the provider")]
    Issuer,
    /// `aud` does not name this client.
    #[error("aud does not name this client")]
    Audience,
    /// `azp` names another client, or is missing beside several audiences.
    #[error("azp is not this client")]
    AuthorizedParty,
    /// `exp` has passed, or is missing where it must be there.
    #[error("exp has passed or is missing")]
    Expired,
    /// `nbf` or `iat` is in the future, or `iat` is missing where it must be there.
    #[error("nbf or iat is in the future, or iat is missing")]
    NotYetValid,
    /// `nonce` is not the one of this login.
    #[error("nonce is not the one of this login")]
    Nonce,
    /// `sub` is empty, too long, has a NUL, or is another person's.
    #[error("sub is missing, too long or not the expected one")]
    Subject,
}

/// Claims that every token of the provider may have.
#[derive(Deserialize)]
pub(crate) struct TokenClaims {
    pub(crate) iss: Option<String>,
    pub(crate) sub: String,
    pub(crate) aud: Option<Audience>,
    pub(crate) azp: Option<String>,
    exp: Option<f64>,
    iat: Option<f64>,
    nbf: Option<f64>,
    nonce: Option<String>,
    pub(crate) acr: Option<String>,
    /// Of any type: nothing here depends on it.
    #[serde(default)]
    pub(crate) amr: Value,
}

/// `aud` is one string or a list of them (RFC 7519, section 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum Audience {
    One(String),
    Several(Vec<String>),
}

impl TokenClaims {
    /// OpenID Connect Core 1.0, section 3.1.3.7.
    pub(crate) fn check_id_token(
        &self,
        settings: &Settings,
        nonce: &str,
        now: UnixTime,
    ) -> Result<(), ClaimError> {
        self.check_parties(settings)?;
        if self.exp.is_none() {
            return Err(ClaimError::Expired);
        }
        if self.iat.is_none() {
            return Err(ClaimError::NotYetValid);
        }
        self.check_times(settings, now)?;
        let same_nonce =
            self.nonce.as_ref().is_some_and(|given| given.as_bytes().ct_eq(nonce.as_bytes()).into());
        if !same_nonce {
            return Err(ClaimError::Nonce);
        }
        if self.sub.is_empty() || self.sub.len() > LONGEST_SUBJECT || self.sub.contains('\0') {
            return Err(ClaimError::Subject);
        }
        Ok(())
    }

    /// A signed userinfo answer; OpenID Connect Core 1.0, section 5.3.2.
    pub(crate) fn check_userinfo(&self, settings: &Settings, now: UnixTime) -> Result<(), ClaimError> {
        self.check_parties(settings)?;
        self.check_times(settings, now)
    }

    /// Whether the token was made by this provider for this client.
    pub(crate) fn check_parties(&self, settings: &Settings) -> Result<(), ClaimError> {
        if self.iss.as_deref() != Some(settings.issuer()) {
            return Err(ClaimError::Issuer);
        }
        let audiences = match &self.aud {
            Some(Audience::One(audience)) => std::slice::from_ref(audience),
            Some(Audience::Several(audiences)) => audiences,
            None => &[],
        };
        if !audiences.contains(&settings.client_id) {
            return Err(ClaimError::Audience);
        }
        match &self.azp {
            Some(azp) if *azp == settings.client_id => Ok(()),
            None if audiences.len() == 1 => Ok(()),
            _ => Err(ClaimError::AuthorizedParty),
        }
    }

    fn check_times(&self, settings: &Settings, now: UnixTime) -> Result<(), ClaimError> {
        let leeway = settings.leeway.as_secs();
        #[expect(clippy::cast_precision_loss, reason = "times are far below 2^53 seconds")]
        let (earliest, latest) = (now.0.saturating_sub(leeway) as f64, now.0.saturating_add(leeway) as f64);
        if self.exp.is_some_and(|exp| exp <= earliest) {
            return Err(ClaimError::Expired);
        }
        if self.nbf.is_some_and(|nbf| nbf > latest) || self.iat.is_some_and(|iat| iat > latest) {
            return Err(ClaimError::NotYetValid);
        }
        Ok(())
    }
}
