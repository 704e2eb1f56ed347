//! The page of those who are not logged in.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use crate::notice::Notice;
use crate::pages::login::LoginPage;
use crate::server::state::AppState;
use crate::text::Lang;

pub(super) async fn login_page(state: &AppState, lang: Lang, notice: Option<Notice>) -> Response {
    state.page(lang, StatusCode::OK, move || view! { <LoginPage notice /> }).await
}
