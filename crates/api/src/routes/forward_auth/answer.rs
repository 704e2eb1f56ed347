//! What a proxy is told of somebody who is known.

use accounts::Bearer;
use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};

use super::credentials::{X_API_KEY, foreign_authorization, foreign_cookies};
use super::headers::identify;
use crate::auth::proxy::forbidden;
use crate::metrics::{Checked, Surface};
use crate::state::AppState;

/// Counts a check. The refusal of whoever does not meet a condition.
pub(super) fn checked(state: &AppState, unmet: Option<&'static str>) -> Option<Response> {
    let checked = if unmet.is_some() { Checked::Denied } else { Checked::Ok };
    state.metrics.token_check(Surface::Verify, checked);
    unmet.map(forbidden)
}

/// Who it is, and what of their headers is the application's own.
pub(super) fn identified(status: StatusCode, bearer: &Bearer, asked: &HeaderMap) -> Response {
    let mut response = status.into_response();
    let headers = response.headers_mut();
    identify(headers, bearer);
    headers.insert(AUTHORIZATION, foreign_authorization(asked));
    headers.insert(COOKIE, foreign_cookies(asked));
    headers.insert(X_API_KEY, HeaderValue::from_static(""));
    response
}
