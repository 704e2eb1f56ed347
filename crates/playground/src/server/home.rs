//! `GET /`: where a login lands, and what it leads to.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use tower_cookies::Cookies;

use super::landing::Arrival;
use super::state::Shared;
use super::{account, landing};
use crate::notice::Notice;
use crate::pages::login::LoginPage;
use crate::text::Lang;

pub(crate) async fn show(
    State(state): State<Shared>,
    lang: Lang,
    cookies: Cookies,
    RawQuery(query): RawQuery,
) -> Response {
    let secrets = state.secrets.get();
    if let Some(arrival) = Arrival::of(query.as_deref().unwrap_or_default()) {
        return landing::land(&state, &secrets, &cookies, arrival);
    }
    let notice = state.flash.take(&cookies).filter(|notice| !notice.is_of_logout());
    if let Some(live) = secrets.sessions.load(&cookies, state.now()) {
        return account::show(&state, &secrets, lang, &cookies, live, notice).await;
    }
    secrets.sessions.clear(&cookies);
    login_page(&state, lang, notice.filter(|notice| *notice != Notice::StillConnected)).await
}

pub(crate) async fn login_page(state: &Shared, lang: Lang, notice: Option<Notice>) -> Response {
    state.page(lang, StatusCode::OK, move || view! { <LoginPage notice /> }).await
}
