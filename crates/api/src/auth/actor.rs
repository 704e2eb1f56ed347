//! Who is asking: the bearer of a valid API token.

use std::convert::Infallible;
use std::net::IpAddr;
use std::ops::Deref;
use std::time::Duration;

use accounts::{Bearer, Refused};
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use token_crypto::{ApiToken, TokenKind};

use crate::answer::KeyEnd;
use crate::metrics::{Checked, Limited, Surface};
use crate::origins::Origin;
use crate::problem::Problem;
use crate::state::AppState;

/// Answers to a key say when it ends from this long before.
const END_IS_SOON: Duration = Duration::from_secs(30 * 24 * 3_600);

/// The person whose valid API token came with the request. A handler that takes it lets nobody else in.
#[derive(Clone, Debug)]
pub struct Actor(Bearer);

impl Deref for Actor {
    type Target = Bearer;

    fn deref(&self) -> &Bearer {
        &self.0
    }
}

impl Actor {
    /// Whose token this is.
    ///
    /// # Errors
    /// When it is nobody's, or the database does not answer.
    pub async fn of(token: &str, parts: &Parts, state: &AppState, surface: Surface) -> Result<Self, Problem> {
        // What cannot be a token costs neither the database nor a place in the limit.
        let Some(token) = ApiToken::parse(token) else {
            state.metrics.token_check(surface, Checked::Malformed);
            return Err(Problem::invalid_token());
        };
        let bearer = state.database.bearer(&token, state.now()).await?;
        let actor = Self(bearer.map_err(|why| refused(why, parts, state, surface))?);
        state.uses.note(&actor, parts, &state.api.proxies, state.now());
        actor.warn_of_end(parts, state);
        Ok(actor)
    }

    /// Whose session of an application this is. One that has ended, or is of another application, is nobody's: whoever had it
    /// logs in again.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(crate) async fn of_session(
        token: &str,
        application: &Origin,
        parts: &Parts,
        state: &AppState,
    ) -> Result<Option<Self>, Problem> {
        let Some(token) = ApiToken::parse(token) else { return Ok(None) };
        match state.database.bearer(&token, state.now()).await? {
            Ok(bearer) if bearer.token_application.as_deref() == Some(application.as_str()) => {
                state.uses.note(&bearer, parts, &state.api.proxies, state.now());
                Ok(Some(Self(bearer)))
            }
            Ok(_) => Ok(None),
            Err(why) => {
                state.metrics.token_check(Surface::Verify, why.into());
                Ok(None)
            }
        }
    }

    /// Has every answer to a key that ends soon say when.
    fn warn_of_end(&self, parts: &Parts, state: &AppState) {
        let soon = state.now().after(END_IS_SOON).seconds();
        let end = self.token_expires.filter(|end| self.kind == TokenKind::Key && *end <= soon);
        if let (Some(end), Some(noted)) = (end, parts.extensions.get::<KeyEnd>()) {
            noted.note(end);
        }
    }
}

impl FromRequestParts<AppState> for Actor {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let actor = bearer(parts, state).await?;
        state.metrics.token_check(Surface::Bearer, Checked::Ok);
        Ok(actor)
    }
}

/// The person whose valid API token came with the request.
///
/// # Errors
/// When there is none, or the database does not answer.
pub(super) async fn bearer(parts: &Parts, state: &AppState) -> Result<Actor, Problem> {
    let credentials = bearer_credentials(parts).ok_or_else(Problem::missing_token)?;
    Actor::of(credentials, parts, state, Surface::Bearer).await
}

/// What follows `Bearer` and a space, to the letter, when exactly one `Authorization` header is there.
fn bearer_credentials(parts: &Parts) -> Option<&str> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let (value, another) = (values.next()?, values.next());
    let (scheme, credentials) = value.to_str().ok().filter(|_| another.is_none())?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(credentials)
}

/// A token that lets nobody in counts against the client.
fn refused(why: Refused, parts: &Parts, state: &AppState, surface: Surface) -> Problem {
    if let Err(too_many) = state.limits.count_bad_token(Client::of(parts, state).0) {
        let limited = if surface == Surface::Verify { Limited::Verify } else { Limited::Bearer };
        state.metrics.rate_limited(limited);
        return too_many.into();
    }
    // For the metrics alone: whoever sent it is not told why.
    state.metrics.token_check(surface, why.into());
    Problem::invalid_token()
}

/// The address that a request comes from, if it is known.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub Option<IpAddr>);

impl Client {
    fn of(parts: &Parts, state: &AppState) -> Self {
        Self(state.api.proxies.client(&parts.extensions, &parts.headers))
    }
}

impl FromRequestParts<AppState> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(parts, state))
    }
}
