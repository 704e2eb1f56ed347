//! `GET /`: where a login lands, and what it leads to.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use service::cookies::Cookies;
use service::speculative::Speculative;

use super::account;
use super::landing::{self, Arrival};
use super::login_page::login_page;
use super::visit::Visit;
use crate::notice::Notice;
use crate::server::session::{Found, ReturnPath};
use crate::server::state::Shared;
use crate::text::Lang;

pub(in crate::server) async fn show(
    State(state): State<Shared>,
    lang: Lang,
    cookies: Cookies,
    Speculative(is_speculative): Speculative,
    RawQuery(query): RawQuery,
) -> Response {
    let secrets = state.secrets.get();
    if let Some(arrival) = Arrival::of(query.as_deref().unwrap_or_default()) {
        if is_speculative {
            return StatusCode::NO_CONTENT.into_response();
        }
        return landing::land(&state, &secrets, &cookies, arrival);
    }
    let notice = state.flash.take(&cookies).filter(|notice| !notice.is_of_logout());
    let own_value = secrets.own_values.take(&cookies, notice, state.now());
    let notice = match secrets.sessions.find(&cookies, state.now()) {
        Some(Found::Live(live)) => {
            let visit = Visit::of(state.clone(), lang, cookies, live, ReturnPath::home());
            return account::show(visit, notice).await;
        }
        Some(Found::Ended(_)) => notice.or(Some(Notice::SessionEnded)),
        None => notice.filter(|notice| *notice != Notice::StillConnected),
    };
    secrets.sessions.clear(&cookies);
    login_page(&state, lang, notice, own_value).await
}
