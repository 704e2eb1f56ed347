//! `GET /cookies`: where a login goes whose cookie did not come back with it.

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use service::cookies::Cookies;

use crate::pages::cookies::CookiesPage;
use crate::server::state::Shared;
use crate::server::web::page::see_other;
use crate::text::Lang;

/// Where that is.
pub(crate) const PATH: &str = "/cookies";

/// A browser that brings the notice of a moment ago does keep cookies: it is another one than the login began in, or the login
/// was finished before. Any other is told that it keeps none, instead of being sent in circles.
pub(in crate::server) async fn show(State(state): State<Shared>, lang: Lang, cookies: Cookies) -> Response {
    if state.flash.is_set(&cookies) {
        return see_other("/");
    }
    state.page(lang, StatusCode::OK, || view! { <CookiesPage /> }).await
}
