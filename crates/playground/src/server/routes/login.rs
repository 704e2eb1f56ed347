//! `GET /login`: on to ProConnect, by way of the api.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use contract::LoginErrorCode;
use serde::Deserialize;
use service::cookies::Cookies;
use service::host::is_asked_for_on;
use service::speculative::Speculative;
use url::Url;

use crate::notice::Notice;
use crate::server::session::ReturnPath;
use crate::server::state::Shared;
use crate::server::web::page::see_other;

/// Where a login begins.
pub(crate) const PATH: &str = "/login";

/// What `/login` may be asked with.
#[derive(Default, Deserialize)]
pub(crate) struct Asked {
    /// Where to come back to: a path of this site.
    #[serde(default)]
    return_to: String,
    /// The mark of somebody who was sent here from another name of this host. Without it, a proxy that rewrites `Host`
    /// would send them here for ever.
    #[serde(default)]
    moved: String,
}

/// Remembers the browser and where it was, and sends it to the api.
pub(in crate::server) async fn begin(
    State(state): State<Shared>,
    cookies: Cookies,
    headers: HeaderMap,
    Speculative(is_speculative): Speculative,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    if is_speculative {
        return StatusCode::NO_CONTENT.into_response();
    }
    let Query(asked) = asked.unwrap_or_default();
    let return_path = ReturnPath::of(&asked.return_to);
    // A login never begins where it cannot end: its cookies would be those of another host.
    if asked.moved.is_empty() && !is_asked_for_on(&headers, state.public_url.authority()) {
        let here = state.public_url.join(PATH);
        let moved = Url::parse_with_params(&here, [("return_to", return_path.as_str()), ("moved", "1")]);
        return moved.map_or_else(
            |_| StatusCode::INTERNAL_SERVER_ERROR.into_response(),
            |url| see_other(url.as_str()),
        );
    }
    let binding = match state.pending_logins.begin(&cookies, &return_path, state.now()) {
        Ok(binding) => binding,
        Err(error) => {
            tracing::error!(%error, "the operating system gives no random bytes");
            state.flash.set(&cookies, Notice::Login(LoginErrorCode::Internal));
            return see_other("/");
        }
    };
    match Url::parse_with_params(
        &state.login_url,
        [("origin", state.public_url.as_str()), ("binding", &binding)],
    ) {
        Ok(url) => Redirect::to(url.as_str()).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
