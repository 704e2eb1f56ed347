//! Ends a session: here at once, then at ProConnect, where only the browser itself can end it.

use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use contract::path::LOGGED_OUT;
use contract::{LogoutRequest, LogoutStatus};
use leptos::prelude::*;
use serde::Deserialize;
use service::cookies::Cookies;
use service::random;
use service::speculative::Speculative;
use url::Url;

use super::login;
use crate::notice::Notice;
use crate::pages::logged_out::LoggedOutPage;
use crate::pages::logging_out::LoggingOutPage;
use crate::pages::logout::LogoutPage;
use crate::server::api_client::ApiError;
use crate::server::session::{Found, Live, Session, Then};
use crate::server::state::{Secrets, Shared};
use crate::server::web::page::see_other;
use crate::text::Lang;

/// How long to wait for an api that restarts, before the API token is left to expire.
pub(super) const RETRY_AFTER: Duration = Duration::from_secs(2);

/// Why ProConnect did not confirm the logout. The messages are safe to log.
#[derive(Debug, thiserror::Error)]
enum Unconfirmed {
    #[error(transparent)]
    Api(#[from] ApiError),
    #[error("the api warns that ProConnect did not confirm")]
    Warning,
    #[error("the api gave no usable address of ProConnect's end of session")]
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
    let found = secrets.sessions.find(&cookies, state.now());
    secrets.sessions.clear(&cookies);
    let token_id = match &found {
        Some(Found::Live(Live { session, .. }) | Found::Ended(session)) => Some(session.token_id),
        None => None,
    };
    let ended = match found {
        Some(Found::Live(live)) => end(&state, &secrets, &cookies, &live.session).await,
        // Whoever asks to log out may have a session with ProConnect, though none is left here.
        Some(Found::Ended(_)) | None => lead_out(&state, &secrets, &cookies).await,
    };
    match ended {
        Ok(logout_url) => {
            tracing::info!(token_id, "logged out, on to ProConnect");
            state.page(lang, StatusCode::OK, move || view! { <LoggingOutPage logout_url /> }).await
        }
        Err(error) => {
            let reason = &error as &dyn std::error::Error;
            tracing::warn!(token_id, error = reason, "logged out here, unconfirmed by ProConnect");
            state.flash.set(&cookies, Notice::LogoutUnconfirmed);
            see_other(LOGGED_OUT)
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
        post_logout_redirect_uri: Some(state.public_url.join(LOGGED_OUT)),
        state: Some(expected.clone()),
    };
    let log_out = || state.api.logout(&session.app_token, &request);
    let answer = match log_out().await {
        Err(error) if error.may_pass() => {
            tracing::info!(error = &error as &dyn std::error::Error, "the logout is tried once more");
            tokio::time::sleep(RETRY_AFTER).await;
            log_out().await
        }
        answer => answer,
    };
    let answer = match answer {
        // Even a token that lets nobody in is revoked: an account that is disabled may be enabled again.
        Err(error) if error.is_refusal() => {
            tracing::info!(%error, "the api refuses the logout of a session: its API token is revoked without it");
            state.api.revoke(&session.app_token, None).await?;
            return lead_out(state, secrets, cookies).await;
        }
        answer => answer?,
    };
    let url = answer.logout_url.and_then(|url| web_address(&url));
    if url.is_some() {
        secrets.logout_states.remember(cookies, &expected, Then::Stay, state.now());
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

/// Says where a browser without a session here ends the one that it may have at ProConnect.
async fn lead_out(state: &Shared, secrets: &Secrets, cookies: &Cookies) -> Result<String, Unconfirmed> {
    let expected = random::base64url::<32>()?;
    let url = state.api.way_out(state.public_url.as_str(), &expected).await?;
    let url = web_address(&url).ok_or(Unconfirmed::NoAddress)?;
    secrets.logout_states.remember(cookies, &expected, Then::Stay, state.now());
    Ok(url.into())
}

fn web_address(url: &str) -> Option<Url> {
    Url::parse(url).ok().filter(|url| matches!(url.scheme(), "http" | "https"))
}

#[derive(Deserialize)]
pub(crate) struct Returned {
    #[serde(default)]
    state: String,
}

/// `GET /logged-out`: back from ProConnect, or never sent there. It begins a login only for whoever asked to be somebody else.
pub(in crate::server) async fn left(
    State(state): State<Shared>,
    lang: Lang,
    cookies: Cookies,
    Speculative(is_speculative): Speculative,
    RawQuery(query): RawQuery,
    returned: Result<Query<Returned>, QueryRejection>,
) -> Response {
    if is_speculative {
        return StatusCode::NO_CONTENT.into_response();
    }
    let secrets = state.secrets.get();
    let returned = returned.map_or(String::new(), |Query(returned)| returned.state);
    let then = secrets.logout_states.settle(&cookies, &returned, state.now());
    if secrets.sessions.load(&cookies, state.now()).is_some() {
        return see_other("/");
    }
    match then {
        Some(Then::LogIn) => return see_other(login::PATH),
        Some(Then::Stay) => {
            secrets.unfinished_logouts.forget(&cookies);
            state.flash.set(&cookies, Notice::LoggedOut);
            return see_other(LOGGED_OUT);
        }
        // A state is of no use in the history.
        None if query.is_some() => return see_other(LOGGED_OUT),
        None => {}
    }
    let unfinished = secrets.unfinished_logouts.url(&cookies, state.now());
    let (notice, unfinished) = match state.flash.peek(&cookies).filter(|notice| notice.is_of_logout()) {
        Some(Notice::LogoutUnconfirmed) => (Notice::LogoutUnconfirmed, unfinished),
        Some(notice) => (notice, None),
        None if unfinished.is_some() => (Notice::LogoutUnconfirmed, unfinished),
        None => (Notice::LoggedOutHere, None),
    };
    state.page(lang, StatusCode::OK, move || view! { <LoggedOutPage notice unfinished /> }).await
}
