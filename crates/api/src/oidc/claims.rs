//! What the provider's answers must say.

use serde::{Deserialize, Deserializer};
use serde_json::Value;
use subtle::ConstantTimeEq as _;
use token_crypto::UnixTime;

use crate::config::OAuth2;

/// The longest subject OpenID Connect Core 1.0, section 2, allows, in bytes.
const LONGEST_SUBJECT: usize = 255;

/// Which rule an answer of the provider breaks. Its text is safe to log.
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

/// The `error` of an authorization response (RFC 6749, section 4.1.2.1), as far as people see a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AuthorizationError {
    /// The person, or their organisation, said no.
    AccessDenied,
    /// ProConnect does not let this person use this service.
    NotAllowed,
    /// The required level of authentication was not reached.
    AcrNotMet,
    /// The provider cannot answer now.
    Unavailable,
    /// Anything else.
    Other,
}

impl AuthorizationError {
    /// Tells the errors apart by their code and, where ProConnect uses one code for several, its description.
    #[must_use]
    pub fn from_response(error: &str, description: &str) -> Self {
        match error {
            "access_denied" if description.contains("ACR") => Self::AcrNotMet,
            "access_denied"
                if description.contains("invalid identity")
                    || description.contains("configuration limitation") =>
            {
                Self::NotAllowed
            }
            "access_denied" => Self::AccessDenied,
            "unmet_authentication_requirements" => Self::AcrNotMet,
            "temporarily_unavailable" => Self::Unavailable,
            _ => Self::Other,
        }
    }
}

/// Claims that every token of the provider may have.
#[derive(Deserialize)]
pub(super) struct TokenClaims {
    pub(super) iss: Option<String>,
    pub(super) sub: String,
    pub(super) aud: Option<Audience>,
    pub(super) azp: Option<String>,
    exp: Option<f64>,
    iat: Option<f64>,
    nbf: Option<f64>,
    nonce: Option<String>,
    pub(super) acr: Option<String>,
}

/// `aud` is one text or a list of them (RFC 7519, section 4.1.3).
#[derive(Deserialize)]
#[serde(untagged)]
pub(super) enum Audience {
    One(String),
    Several(Vec<String>),
}

/// What ProConnect says of a person, at the userinfo endpoint only. It is shown and no more, so what is missing,
/// empty or no text says nothing, and keeps nobody out.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct UserinfoClaims {
    #[serde(deserialize_with = "text")]
    pub(super) email: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) given_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) usual_name: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) organization_label: Option<String>,
    #[serde(deserialize_with = "text")]
    pub(super) siret: Option<String>,
}

/// A text that says something. PostgreSQL keeps no NUL.
fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let text = value.as_str().unwrap_or_default().replace('\0', "");
    let text = text.trim();
    Ok((!text.is_empty()).then(|| text.to_owned()))
}

impl TokenClaims {
    /// OpenID Connect Core 1.0, section 3.1.3.7.
    pub(super) fn check_id_token(
        &self,
        issuer: &str,
        config: &OAuth2,
        nonce: &str,
        now: UnixTime,
    ) -> Result<(), ClaimError> {
        self.check_parties(issuer, &config.client_id)?;
        if self.exp.is_none() {
            return Err(ClaimError::Expired);
        }
        if self.iat.is_none() {
            return Err(ClaimError::NotYetValid);
        }
        self.check_times(config, now)?;
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
    pub(super) fn check_userinfo(
        &self,
        issuer: &str,
        config: &OAuth2,
        now: UnixTime,
    ) -> Result<(), ClaimError> {
        self.check_parties(issuer, &config.client_id)?;
        self.check_times(config, now)
    }

    /// Whether the token was made by this provider for this client.
    pub(super) fn check_parties(&self, issuer: &str, client_id: &str) -> Result<(), ClaimError> {
        if self.iss.as_deref() != Some(issuer) {
            return Err(ClaimError::Issuer);
        }
        let audiences = match &self.aud {
            Some(Audience::One(audience)) => std::slice::from_ref(audience),
            Some(Audience::Several(audiences)) => audiences,
            None => &[],
        };
        if !audiences.iter().any(|audience| audience == client_id) {
            return Err(ClaimError::Audience);
        }
        match &self.azp {
            Some(azp) if azp == client_id => Ok(()),
            None if audiences.len() == 1 => Ok(()),
            _ => Err(ClaimError::AuthorizedParty),
        }
    }

    fn check_times(&self, config: &OAuth2, now: UnixTime) -> Result<(), ClaimError> {
        let leeway = config.leeway.as_secs();
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
