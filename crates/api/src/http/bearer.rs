//! Lets in whoever shows a valid API token.

use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;

use service::client_address::address;
use super::problem::Problem;
use crate::accounts::{ApiToken, Bearer};
use crate::state::AppState;

const MISSING: &str = "This needs an API token: send it as `Authorization: Bearer sk-…`.";
const INVALID: &str = "This API token is not valid, has expired or was revoked. Log in again to get another.";

impl FromRequestParts<AppState> for Bearer {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let mut values = parts.headers.get_all(AUTHORIZATION).iter();
        let (value, another) = (values.next(), values.next());
        let value = value.filter(|_| another.is_none()).and_then(|value| value.to_str().ok());
        let (scheme, credentials) =
            value.and_then(|value| value.split_once(' ')).ok_or(Problem::unauthorized(MISSING))?;
        if !scheme.eq_ignore_ascii_case("bearer") {
            return Err(Problem::unauthorized(MISSING));
        }
        let token = ApiToken::parse(credentials.trim()).ok_or_else(|| invalid(parts, state))?;
        match state.accounts.bearer(&token, state.now()).await {
            Ok(Some(bearer)) => Ok(bearer),
            Ok(None) => Err(invalid(parts, state)),
            Err(error) => {
                tracing::error!(error = &error as &dyn std::error::Error, "a bearer could not be looked up");
                Err(Problem::unavailable("The database does not answer. Try again in a moment."))
            }
        }
    }
}

/// A bad token, which counts against the client.
fn invalid(parts: &Parts, state: &AppState) -> Problem {
    let client = address(&parts.extensions, &parts.headers, &state.api.trusted_proxies);
    if state.limits.is_bad_bearer_too_many(client) {
        Problem::too_many_requests()
    } else {
        Problem::unauthorized(INVALID)
    }
}
