//! `GET /switch`: out of ProConnect, to log in as somebody else.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use contract::LoginErrorCode;
use service::cookies::Cookies;
use service::random;
use service::speculative::Speculative;
use url::Url;

use crate::notice::Notice;
use crate::server::session::Then;
use crate::server::state::Shared;
use crate::server::web::page::see_other;

/// Ends the session at ProConnect by way of the api, which knows whom it has just refused. The browser comes back to
/// `/logged-out`, which goes on to a login.
pub(in crate::server) async fn begin(
    State(state): State<Shared>,
    cookies: Cookies,
    Speculative(is_speculative): Speculative,
) -> Response {
    if is_speculative {
        return StatusCode::NO_CONTENT.into_response();
    }
    let expected = match random::base64url::<32>() {
        Ok(expected) => expected,
        Err(error) => {
            tracing::error!(%error, "the operating system gives no random bytes");
            state.flash.set(&cookies, Notice::Login(LoginErrorCode::Internal));
            return see_other("/");
        }
    };
    state.secrets.get().logout_states.remember(&cookies, &expected, Then::LogIn, state.now());
    let parameters = [("origin", state.public_url.as_str()), ("state", &expected)];
    match Url::parse_with_params(&state.switch_url, parameters) {
        Ok(url) => Redirect::to(url.as_str()).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}
