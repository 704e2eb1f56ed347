//! The table of routes: every path of the playground, once, and what happens around each.

use std::future::ready;

use axum::Router;
use axum::extract::{Request, State};
use axum::handler::Handler as _;
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::{Next, from_fn, from_fn_with_state, map_response};
use axum::response::Response;
use axum::routing::{get, post};
use contract::path::{LIVE, LOGGED_OUT, READY};
use service::{cookies, request, speculative};
use tower_http::services::ServeDir;

use super::assets::Assets;
use super::logo;
use super::routes::{
    asset, health, history, home, keys, language, login, logout, no_cookies, picture, refusal, sessions,
    switch, try_api,
};
use super::state::Shared;
use super::web::{client, compression, headers, same_origin};
use crate::place::SWITCH;

pub(super) fn router(assets: &Assets, state: Shared) -> Router {
    Router::new()
        .route("/", get(home::show))
        .route(login::PATH, get(login::begin))
        .route(SWITCH, get(switch::begin))
        .route("/logout", get(logout::ask).post(logout::leave))
        .route(LOGGED_OUT, get(logout::left))
        .route("/keys", get(keys::list::show).post(keys::create::make))
        .route("/keys/{id}/rename", get(keys::rename::ask).post(keys::rename::save))
        .route("/keys/{id}/rotate", get(keys::rotate::ask).post(keys::rotate::replace))
        .route("/keys/{id}/revoke", get(keys::revoke::ask).post(keys::revoke::end))
        .route("/history", get(history::show))
        .route("/try", get(try_api::show).post(try_api::send))
        .route("/sessions", get(sessions::list::show))
        .route("/sessions/end", get(sessions::end_others::ask).post(sessions::end_others::end))
        .route("/sessions/{id}/end", get(sessions::end::ask).post(sessions::end::end))
        .route(no_cookies::PATH, get(no_cookies::show))
        .route(language::PATH, post(language::choose))
        .route(logo::PATH, get(picture::show))
        .route(LIVE, get(health::live))
        .route(READY, get(health::ready))
        .nest_service("/pkg", files(assets, &state))
        .fallback(refusal::not_found)
        .method_not_allowed_fallback(refusal::method_not_allowed)
        .layer(from_fn_with_state(state.clone(), same_origin::check))
        .layer(from_fn_with_state(state.clone(), client::note))
        .layer(cookies::layer())
        .layer(from_fn(speculative::keep_cookies))
        .layer(from_fn_with_state(state.clone(), headers::add))
        .layer(compression::layer())
        .layer(from_fn_with_state(state.clone(), follow))
        .with_state(state)
}

/// A middleware: gives a request its id, and logs its answer.
async fn follow(State(state): State<Shared>, request: Request, next: Next) -> Response {
    request::follow(request, next, &state.proxies, |_| {}).await
}

/// The built files. Those with a hash in their name never change.
fn files(assets: &Assets, state: &Shared) -> Router {
    let is_hashed = !assets.files.is_empty();
    let keep = if is_hashed { asset::FOR_EVER } else { HeaderValue::from_static("no-cache") };
    let files = ServeDir::new(assets.root.join("pkg"))
        .append_index_html_on_directories(false)
        .precompressed_br()
        .precompressed_gzip()
        .fallback(refusal::not_found.with_state(state.clone()));
    let keep = move |mut response: Response| {
        if response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED {
            response.headers_mut().insert(CACHE_CONTROL, keep.clone());
        }
        ready(response)
    };
    let own: asset::Own = assets.files.clone().into();
    Router::new()
        .fallback_service(files)
        .layer(map_response(keep))
        .layer(from_fn_with_state(own, asset::serve_own))
}
