//! The home page of those who are logged in.

use axum::http::StatusCode;
use axum::response::Response;
use contract::UserInfo;
use leptos::prelude::*;
use service::cookies::Cookies;
use token_crypto::UnixTime;

use super::login_page::login_page;
use crate::notice::Notice;
use crate::pages::account::{Account, AccountPage};
use crate::pages::unavailable::UnavailablePage;
use crate::server::api_client::ApiError;
use crate::server::session::Live;
use crate::server::state::{Secrets, Shared};
use crate::server::web::time;
use crate::text::Lang;

/// Asks the api whose session it is.
pub(in crate::server) async fn show(
    state: &Shared,
    secrets: &Secrets,
    lang: Lang,
    cookies: &Cookies,
    live: Live,
    notice: Option<Notice>,
) -> Response {
    match state.api.me(&live.session.app_token).await {
        Ok(info) => {
            renew(secrets, cookies, live, expires(&info), state.now());
            let account = account_of(info, lang);
            let notice = notice.filter(|notice| !notice.is_moot_when_logged_in());
            state.page(lang, StatusCode::OK, move || view! { <AccountPage account notice /> }).await
        }
        Err(error @ ApiError::Unauthorized) => {
            tracing::info!(token_id = live.session.token_id, %error, "a session has ended");
            secrets.sessions.clear(cookies);
            login_page(state, lang, Some(Notice::SessionEnded)).await
        }
        Err(error) => {
            tracing::error!(error = &error as &dyn std::error::Error, "no account from the api");
            state.page(lang, StatusCode::SERVICE_UNAVAILABLE, || view! { <UnavailablePage /> }).await
        }
    }
}

/// Stores the session anew when the api first says when its token expires, or when an old key
/// sealed it.
fn renew(secrets: &Secrets, cookies: &Cookies, live: Live, expires: UnixTime, now: UnixTime) {
    let mut session = live.session;
    let told = Some(expires);
    if told == session.expires && !live.with_old_key {
        return;
    }
    session.expires = told;
    if let Err(error) = secrets.sessions.store(cookies, &session, now) {
        tracing::error!(%error, "a session was not renewed");
    }
}

/// When the token expires. A time before 1970 has passed, too.
fn expires(info: &UserInfo) -> UnixTime {
    UnixTime(info.expires.unwrap_or_default().try_into().unwrap_or_default())
}

fn account_of(info: UserInfo, lang: Lang) -> Account {
    let session_end = time::session_end(expires(&info), lang);
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    Account {
        name: given(info.name),
        email: given(info.email),
        organization: given(info.organization),
        siret: given(info.siret),
        role: given(Some(info.role)),
        session_end,
    }
}
