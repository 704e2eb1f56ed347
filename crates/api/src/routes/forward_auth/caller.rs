//! Who calls, by whatever they show: a token in a header, or the session cookie of an application.

use axum::http::header::{LOCATION, RETRY_AFTER};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use contract::{ProblemCode, path};
use secrecy::ExposeSecret as _;
use service::cookies::Cookies;
use url::form_urlencoded;

use super::credentials::{Credentials, credentials};
use crate::auth::actor::Actor;
use crate::auth::navigation::{is_from, is_navigation, only_reads, wanted};
use crate::auth::proxy::forbidden;
use crate::metrics::{Checked, Surface};
use crate::origins::Origin;
use crate::problem::Problem;
use crate::state::AppState;

const X_ERROR_STATUS: HeaderName = HeaderName::from_static("x-error-status");

/// Why nobody is let in.
pub(super) enum Refusal {
    /// They show nothing, or what is worth nothing; or it cannot be found out.
    Problem(Problem),
    /// Another site made the browser send the cookie.
    CrossSite,
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        Self::Problem(problem)
    }
}

/// Whoever calls, if they have a valid token or session. A cookie that is unreadable, of another application or of an ended session
/// counts as none.
pub(super) async fn caller(
    state: &AppState,
    parts: &Parts,
    application: Option<&Origin>,
) -> Result<Actor, Refusal> {
    match credentials(&parts.headers) {
        Credentials::Token(token) => {
            Ok(Actor::of(token.expose_secret(), parts, state, Surface::Verify).await?)
        }
        Credentials::Several => {
            state.metrics.token_check(Surface::Verify, Checked::Malformed);
            Err(Problem::invalid_token().into())
        }
        Credentials::None => {
            let origin = application.ok_or_else(Problem::missing_token)?;
            let actor = session(state, parts, origin).await?.ok_or_else(Problem::missing_token)?;
            if is_from(&parts.headers, origin) {
                return Ok(actor);
            }
            state.metrics.token_check(Surface::Verify, Checked::Denied);
            Err(Refusal::CrossSite)
        }
    }
}

/// Whose session cookie the browser brings.
async fn session(state: &AppState, parts: &Parts, origin: &Origin) -> Result<Option<Actor>, Problem> {
    let Some(cookies) = parts.extensions.get::<Cookies>() else { return Ok(None) };
    let token = state.secrets.get().application_sessions.get(cookies, origin, state.now());
    match token {
        Some(token) => Actor::of_session(token.expose_secret(), origin, parts, state).await,
        None => Ok(None),
    }
}

impl Refusal {
    pub(super) fn with_basic_challenge(self) -> Self {
        match self {
            Self::Problem(problem) => Self::Problem(problem.with_basic_challenge()),
            refusal @ Self::CrossSite => refusal,
        }
    }

    /// The answer. Somebody who wants a page, and shows nothing, is told where the login is. nginx makes a 500 of what is neither
    /// 2xx, 401 nor 403, so anything else may be told as 403.
    pub(super) fn answer(self, headers: &HeaderMap, application: Option<&Origin>, as_403: bool) -> Response {
        let problem = match self {
            Self::Problem(problem) => problem,
            Self::CrossSite => return forbidden("cross_site"),
        };
        let (status, code) = problem.kind();
        if as_403 && !matches!(status, StatusCode::UNAUTHORIZED | StatusCode::FORBIDDEN) {
            let mut told = (StatusCode::FORBIDDEN, "").into_response();
            told.headers_mut().insert(X_ERROR_STATUS, HeaderValue::from(status.as_u16()));
            told.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("5"));
            return told;
        }
        let mut response = problem.into_response();
        let login = application.filter(|_| code == ProblemCode::MissingToken);
        if let Some(origin) = login.filter(|_| is_navigation(headers) && only_reads(headers)) {
            let target = wanted(headers, origin);
            let rd: String = form_urlencoded::byte_serialize(target.as_str().as_bytes()).collect();
            let url = format!("{}{}?rd={rd}", origin.as_str(), path::START);
            response.headers_mut().extend(HeaderValue::try_from(url).ok().map(|url| (LOCATION, url)));
        }
        response
    }
}
