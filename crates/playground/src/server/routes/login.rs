//! `GET /login`: on to ProConnect, by way of the api.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use serde::Deserialize;
use service::cookies::Cookies;
use url::Url;

use crate::notice::Notice;
use crate::server::session::ReturnPath;
use crate::server::state::Shared;
use crate::server::web::page::see_other;

#[derive(Deserialize)]
pub(crate) struct Asked {
    #[serde(default)]
    return_to: String,
}

/// Remembers the browser and where it was, and sends it to the api.
pub(in crate::server) async fn begin(
    State(state): State<Shared>,
    cookies: Cookies,
    asked: Result<Query<Asked>, QueryRejection>,
) -> Response {
    let return_path =
        asked.map_or_else(|_| ReturnPath::home(), |Query(asked)| ReturnPath::of(&asked.return_to));
    let binding = match state.pending_logins.begin(&cookies, &return_path, state.now()) {
        Ok(binding) => binding,
        Err(error) => {
            tracing::error!(%error, "the operating system gives no random bytes");
            state.flash.set(&cookies, Notice::Internal);
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
