//! The claims that a token must have.

use std::fmt;

use serde_json::{Map, Value};
use subtle::ConstantTimeEq as _;
use token_crypto::UnixTime;

use crate::quote::quoted;
use crate::settings::Settings;

/// The longest subject OpenID Connect Core 1.0, section 2, allows, in bytes.
const LONGEST_SUBJECT: usize = 255;

/// Which rule an answer of the provider breaks. Its message is safe to log: it quotes the value, cut and cleaned, unless that
/// says who the person is.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ClaimError {
    /// A claim is of another type than it must be.
    #[error("{0} is of another type than OpenID Connect says")]
    Type(&'static str),
    /// `iss` is another issuer, or missing.
    #[error("iss is \"{given}\", not \"{expected}\"")]
    Issuer {
        /// What is there.
        given: String,
        /// What the metadata says.
        expected: String,
    },
    /// `aud` does not name this client.
    #[error("aud is \"{given}\", which does not name this client, \"{expected}\" (oauth2.client_id)")]
    Audience {
        /// What is there.
        given: String,
        /// The client id.
        expected: String,
    },
    /// `azp` names another client, or is missing beside several audiences.
    #[error("azp is \"{given}\", not this client")]
    AuthorizedParty {
        /// What is there.
        given: String,
    },
    /// `exp` has passed, or is missing where it must be there.
    #[error("exp {0}")]
    Expired(Moment),
    /// `nbf` or `iat` is in the future, or `iat` is missing where it must be there.
    #[error("{claim} {moment}")]
    NotYetValid {
        /// Which of them.
        claim: &'static str,
        /// What is wrong with it.
        moment: Moment,
    },
    /// `nonce` is not the one of this login.
    #[error("nonce is not the one of this login")]
    Nonce,
    /// `sub` is empty, too long, has a NUL, or is another person's.
    #[error("sub is missing, too long or not the expected one")]
    Subject,
}

impl ClaimError {
    /// Whether two clocks differ, or a token is old.
    pub(crate) fn is_of_clocks(&self) -> bool {
        matches!(self, Self::Expired(moment) | Self::NotYetValid { moment, .. } if *moment != Moment::Missing)
    }
}

/// What is wrong with a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Moment {
    /// There is none.
    Missing,
    /// It is so many seconds before now.
    Past(u64),
    /// It is so many seconds after now.
    Future(u64),
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("is missing"),
            Self::Past(seconds) => write!(f, "was {seconds} s ago by this machine's clock"),
            Self::Future(seconds) => write!(f, "is in {seconds} s by this machine's clock"),
        }
    }
}

/// Claims that every token of the provider may have.
pub(crate) struct TokenClaims {
    pub(crate) sub: Option<String>,
    pub(crate) acr: Option<String>,
    /// Of any type: nothing here depends on it.
    pub(crate) amr: Value,
    iss: Option<String>,
    /// One string or a list of them (RFC 7519, section 4.1.3).
    aud: Option<Vec<String>>,
    azp: Option<String>,
    exp: Option<f64>,
    iat: Option<f64>,
    nbf: Option<f64>,
    nonce: Option<String>,
}

/// For whom a token must be, and from whom.
#[derive(Clone, Copy)]
pub(crate) struct Parties<'a> {
    pub(crate) issuer: &'a str,
    pub(crate) client_id: &'a str,
}

impl TokenClaims {
    /// Reads the claims that are used here. A claim that is `null` counts as missing.
    pub(crate) fn read(claims: &Map<String, Value>) -> Result<Self, ClaimError> {
        Ok(Self {
            sub: string(claims, "sub")?,
            acr: string(claims, "acr")?,
            amr: claims.get("amr").cloned().unwrap_or_default(),
            iss: string(claims, "iss")?,
            aud: audience(claims)?,
            azp: string(claims, "azp")?,
            exp: time(claims, "exp")?,
            iat: time(claims, "iat")?,
            nbf: time(claims, "nbf")?,
            nonce: string(claims, "nonce")?,
        })
    }

    /// OpenID Connect Core 1.0, section 3.1.3.7. Returns the subject.
    pub(crate) fn check_id_token(
        &self,
        parties: Parties<'_>,
        settings: &Settings,
        nonce: &str,
        now: UnixTime,
    ) -> Result<&str, ClaimError> {
        self.check_parties(parties)?;
        if self.exp.is_none() {
            return Err(ClaimError::Expired(Moment::Missing));
        }
        if self.iat.is_none() {
            return Err(ClaimError::NotYetValid { claim: "iat", moment: Moment::Missing });
        }
        self.check_times(settings, now)?;
        let same_nonce =
            self.nonce.as_ref().is_some_and(|given| given.as_bytes().ct_eq(nonce.as_bytes()).into());
        if !same_nonce {
            return Err(ClaimError::Nonce);
        }
        let acceptable = |sub: &&str| !sub.is_empty() && sub.len() <= LONGEST_SUBJECT && !sub.contains('\0');
        self.sub.as_deref().filter(acceptable).ok_or(ClaimError::Subject)
    }

    /// A signed userinfo answer (OpenID Connect Core 1.0, section 5.3.2): it may leave out for whom and from whom it is, and
    /// never say others.
    pub(crate) fn check_userinfo(
        &self,
        parties: Parties<'_>,
        settings: &Settings,
        now: UnixTime,
    ) -> Result<(), ClaimError> {
        if self.iss.is_some() {
            self.check_issuer(parties)?;
        }
        if self.aud.is_some() || self.azp.is_some() {
            self.check_audience(parties)?;
        }
        self.check_times(settings, now)
    }

    /// Whether the token was made by this provider for this client.
    pub(crate) fn check_parties(&self, parties: Parties<'_>) -> Result<(), ClaimError> {
        self.check_issuer(parties)?;
        self.check_audience(parties)
    }

    fn check_issuer(&self, Parties { issuer, .. }: Parties<'_>) -> Result<(), ClaimError> {
        match self.iss.as_deref() {
            Some(given) if given == issuer => Ok(()),
            given => Err(ClaimError::Issuer {
                given: quoted(given.unwrap_or_default()),
                expected: issuer.to_owned(),
            }),
        }
    }

    fn check_audience(&self, Parties { client_id, .. }: Parties<'_>) -> Result<(), ClaimError> {
        let audiences = self.aud.as_deref().unwrap_or_default();
        if !audiences.iter().any(|audience| audience == client_id) {
            let given = quoted(&audiences.join(", "));
            return Err(ClaimError::Audience { given, expected: client_id.to_owned() });
        }
        match self.azp.as_deref() {
            Some(azp) if azp == client_id => Ok(()),
            None if audiences.len() == 1 => Ok(()),
            azp => Err(ClaimError::AuthorizedParty { given: quoted(azp.unwrap_or_default()) }),
        }
    }

    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "times are far below 2^53 seconds, and how far one is from now is only told"
    )]
    fn check_times(&self, settings: &Settings, now: UnixTime) -> Result<(), ClaimError> {
        let (leeway, now) = (settings.leeway.as_secs() as f64, now.0 as f64);
        if let Some(exp) = self.exp.filter(|exp| *exp <= now - leeway) {
            return Err(ClaimError::Expired(Moment::Past((now - exp) as u64)));
        }
        for (claim, time) in [("nbf", self.nbf), ("iat", self.iat)] {
            if let Some(time) = time.filter(|time| *time > now + leeway) {
                return Err(ClaimError::NotYetValid { claim, moment: Moment::Future((time - now) as u64) });
            }
        }
        Ok(())
    }
}

fn present<'a>(claims: &'a Map<String, Value>, name: &str) -> Option<&'a Value> {
    claims.get(name).filter(|value| !value.is_null())
}

fn string(claims: &Map<String, Value>, name: &'static str) -> Result<Option<String>, ClaimError> {
    present(claims, name)
        .map(|value| value.as_str().map(str::to_owned).ok_or(ClaimError::Type(name)))
        .transpose()
}

fn time(claims: &Map<String, Value>, name: &'static str) -> Result<Option<f64>, ClaimError> {
    present(claims, name).map(|value| value.as_f64().ok_or(ClaimError::Type(name))).transpose()
}

fn audience(claims: &Map<String, Value>) -> Result<Option<Vec<String>>, ClaimError> {
    let of = |value: &Value| value.as_str().map(str::to_owned);
    match present(claims, "aud") {
        None => Ok(None),
        Some(Value::Array(list)) => {
            list.iter().map(of).collect::<Option<_>>().map(Some).ok_or(ClaimError::Type("aud"))
        }
        Some(one) => of(one).map(|one| Some(vec![one])).ok_or(ClaimError::Type("aud")),
    }
}
