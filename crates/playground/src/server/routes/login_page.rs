//! The page of those who are not logged in.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use crate::notice::Notice;
use crate::pages::login::LoginPage;
use crate::server::session::ReturnPath;
use crate::server::state::AppState;
use crate::text::Lang;

pub(super) async fn login_page(
    state: &AppState,
    lang: Lang,
    notice: Option<Notice>,
    own_value: Option<String>,
) -> Response {
    state.page(lang, StatusCode::OK, move || view! { <LoginPage notice own_value /> }).await
}

/// The same for somebody who asked for another page, to come back to it.
pub(super) async fn login_page_for(
    state: &AppState,
    lang: Lang,
    notice: Option<Notice>,
    path: &ReturnPath,
) -> Response {
    let return_to = (!path.is_home()).then(|| path.as_parameter());
    state.page(lang, StatusCode::OK, move || view! { <LoginPage notice return_to /> }).await
}
