//! Ends a session: here at once, then at ProConnect, where only the browser itself can end it.

use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use contract::{LogoutRequest, LogoutStatus};
use leptos::prelude::*;
use serde::Deserialize;
use service::cookies::Cookies;
use service::random;
use service::speculative::Speculative;
use url::Url;

use crate::notice::Notice;
use crate::pages::logged_out::LoggedOutPage;
use crate::pages::logging_out::LoggingOutPage;
use crate::pages::logout::LogoutPage;
use crate::server::api_client::ApiError;
use crate::server::session::Session;
use crate::server::state::{Secrets, Shared};
use crate::server::web::page::see_other;
use crate::text::Lang;

/// Where ProConnect sends the browser back to.
pub(crate) const RETURN: &str = "/logged-out";
/// How long to wait for an api that restarts, before the API token is left to expire.
const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Why ProConnect did not confirm the logout. The messages are safe to log.
#[derive(Debug, thiserror::Error)]
enum Unconfirmed {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error("the api warns that ProConnect did not confirm")]
    Warning,
    #[error("the api gave no address of ProConnect's end of session")]
    NoAddress,
    #[error("the operating system gives no random bytes")]
    Random(#[from] random::Error),
}

/// `GET /logout`, typed or bookmarked: the button that logs out. A link alone ends nothing.
pub(in crate::server) async fn ask(State(state): State<Shared>, lang: Lang) -> Response {
    state.page(lang, StatusCode::OK, || view! { <LogoutPage /> }).await
}

/// `POST /logout`. The browser's session goes whatever the api says.
pub(in crate::server) async fn leave(State(state): State<Shared>, lang: Lang, cookies: Cookies) -> Response {
    let secrets = state.secrets.get();
    let live = secrets.sessions.load(&cookies, state.now());
    secrets.sessions.clear(&cookies);
    let Some(live) = live else {
        return see_other(RETURN);
    };
    match end(&state, &secrets, &cookies, &live.session).await {
        Ok(logout_url) => {
            tracing::info!(token_id = live.session.token_id, "logged out, on to ProConnect");
            state.page(lang, StatusCode::OK, move || view! { <LoggingOutPage logout_url /> }).await
        }
        Err(error) => {
            tracing::warn!(
                token_id = live.session.token_id,
                error = &error as &dyn std::error::Error,
                "logged out here, unconfirmed by ProConnect"
            );
            state.flash.set(&cookies, Notice::LogoutUnconfirmed);
            see_other(RETURN)
        }
    }
}

/// Revokes the API token, and says where the browser ends its session at ProConnect.
async fn end(
    state: &Shared,
    secrets: &Secrets,
    cookies: &Cookies,
    session: &Session,
) -> Result<String, Unconfirmed> {
    let expected = random::base64url::<32>()?;
    let request = LogoutRequest {
        keys: false,
        proconnect_token: session.proconnect_token.clone(),
        post_logout_redirect_uri: Some(state.public_url.join(RETURN)),
        state: Some(expected.clone()),
    };
    let log_out = || state.api.logout(&session.app_token, &request);
    let answer = match log_out().await {
        Err(error) if error.may_pass() => {
            tracing::info!(error = &error as &dyn std::error::Error, "the logout is tried once more");
            tokio::time::sleep(RETRY_AFTER).await;
            log_out().await?
        }
        answer => answer?,
    };
    let url = answer.logout_url.and_then(|url| Url::parse(&url).ok());
    let url = url.filter(|url| matches!(url.scheme(), "http" | "https"));
    if url.is_some() {
        secrets.logout_states.remember(cookies, &expected, state.now());
    }
    match (answer.status, url) {
        (LogoutStatus::Success, Some(url)) => Ok(url.into()),
        (LogoutStatus::Success, None) => Err(Unconfirmed::NoAddress),
        (LogoutStatus::Warning, url) => {
            // Our servers' call ends nothing, the browser's visit does: what failed here is no reason to keep it back.
            if let Some(url) = url {
                secrets.unfinished_logouts.remember(cookies, &url, state.now());
            }
            Err(Unconfirmed::Warning)
        }
    }
}

#[derive(Deserialize)]
pub(crate) struct Returned {
    #[serde(default)]
    state: String,
}

/// `GET /logged-out`: back from ProConnect, or never sent there. It never begins a login by itself.
pub(in crate::server) async fn left(
    State(state): State<Shared>,
    lang: Lang,
    cookies: Cookies,
    Speculative(is_speculative): Speculative,
    returned: Result<Query<Returned>, QueryRejection>,
) -> Response {
    if is_speculative {
        return StatusCode::NO_CONTENT.into_response();
    }
    let secrets = state.secrets.get();
    if secrets.sessions.load(&cookies, state.now()).is_some() {
        return see_other("/");
    }
    let returned = returned
        .is_ok_and(|Query(returned)| secrets.logout_states.settle(&cookies, &returned.state, state.now()));
    let unfinished = secrets.unfinished_logouts.url(&cookies, state.now());
    let (notice, unfinished) = match state.flash.take(&cookies) {
        _ if returned => {
            secrets.unfinished_logouts.forget(&cookies);
            (Notice::LoggedOut, None)
        }
        // A reload says no less than before.
        Some(Notice::LogoutUnconfirmed) => (Notice::LogoutUnconfirmed, unfinished),
        _ if unfinished.is_some() => (Notice::LogoutUnconfirmed, unfinished),
        _ => (Notice::LoggedOutHere, None),
    };
    state.page(lang, StatusCode::OK, move || view! { <LoggedOutPage notice unfinished /> }).await
}
