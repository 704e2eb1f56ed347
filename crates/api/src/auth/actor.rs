//! Who is asking: the bearer of a valid API token.

use std::convert::Infallible;
use std::net::IpAddr;
use std::ops::Deref;
use std::time::Duration;

use accounts::Bearer;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use service::client_address::address;
use token_crypto::{ApiToken, TokenKind};

use crate::answer::KeyEnd;
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
    pub async fn of(token: &str, parts: &Parts, state: &AppState) -> Result<Self, Problem> {
        // What cannot be a token costs neither the database nor a place in the limit.
        let token = ApiToken::parse(token).ok_or_else(Problem::invalid_token)?;
        let bearer = state.database.bearer(&token, state.now()).await?;
        let actor = bearer.map(Self).ok_or_else(|| unknown(parts, state))?;
        state.uses.note(&actor, parts, &state.api.trusted_proxies, state.now());
        actor.warn_of_end(parts, state);
        Ok(actor)
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
        let credentials = bearer_credentials(parts).ok_or_else(Problem::missing_token)?;
        Self::of(credentials, parts, state).await
    }
}

/// What follows `Bearer` and a space, to the letter, when exactly one `Authorization` header is there.
fn bearer_credentials(parts: &Parts) -> Option<&str> {
    let mut values = parts.headers.get_all(AUTHORIZATION).iter();
    let (value, another) = (values.next()?, values.next());
    let (scheme, credentials) = value.to_str().ok().filter(|_| another.is_none())?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then_some(credentials)
}

/// A token that nobody has counts against the client.
fn unknown(parts: &Parts, state: &AppState) -> Problem {
    match state.limits.count_bad_token(Client::of(parts, state).0) {
        Ok(()) => Problem::invalid_token(),
        Err(too_many) => too_many.into(),
    }
}

/// The address that a request comes from, if it is known.
#[derive(Clone, Copy, Debug)]
pub struct Client(pub Option<IpAddr>);

impl Client {
    fn of(parts: &Parts, state: &AppState) -> Self {
        Self(address(&parts.extensions, &parts.headers, &state.api.trusted_proxies))
    }
}

impl FromRequestParts<AppState> for Client {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        Ok(Self::of(parts, state))
    }
}
