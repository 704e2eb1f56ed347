//! The table of routes: every path of the api, once. `/openapi.json` is generated from it.

use std::time::Duration;

use axum::Router;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::StatusCode;
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{any, get, post};
use contract::path;
use service::{cookies, request};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::{RequestBodyTimeoutLayer, TimeoutLayer};
use utoipa::OpenApi as _;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::auth::context::in_context;
use crate::auth::limit::limit_logins;
use crate::problem::Problem;
use crate::routes::{application, docs, forward_auth, health, history, keys, login, me, root, sessions};
use crate::state::AppState;
use crate::{answer, openapi};

/// The largest body that a client may send, in bytes. An ID token is a few thousand.
const LARGEST_BODY: usize = 64 * 1024;
/// How long a client may pause while it sends a body.
const BODY_TIMEOUT: Duration = Duration::from_secs(20);
/// The most time an answer may take. The provider has twenty-five seconds of it.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(45);

/// The routes, and their description.
pub fn table(state: &AppState) -> (Router<AppState>, utoipa::openapi::OpenApi) {
    let limited = OpenApiRouter::new()
        .routes(routes!(login::begin::begin))
        .routes(routes!(login::callback::callback))
        .routes(routes!(login::switch::switch))
        .routes(routes!(login::sign_out::sign_out))
        .routes(routes!(application::start::start))
        .routes(routes!(application::callback::land))
        .route_layer(from_fn_with_state(state.clone(), limit_logins));
    let (routes, mut description) = OpenApiRouter::with_openapi(openapi::Description::openapi())
        .merge(limited)
        .routes(routes!(login::logout::log_out))
        .routes(routes!(login::revoke::revoke))
        .routes(routes!(me::me))
        .routes(routes!(me::me_info))
        .routes(routes!(keys::list, keys::create))
        .routes(routes!(keys::show, keys::rename, keys::end))
        .routes(routes!(keys::rotate))
        .routes(routes!(sessions::list, sessions::end_others))
        .routes(routes!(sessions::end))
        .routes(routes!(history::list))
        .routes(routes!(forward_auth::introspect::introspect))
        .routes(routes!(forward_auth::verify::verify))
        .routes(routes!(forward_auth::auth::auth))
        .routes(routes!(forward_auth::userinfo::userinfo))
        .routes(routes!(application::sign_in::sign_in))
        .routes(routes!(application::sign_out::ask, application::sign_out::leave))
        .routes(routes!(application::signed_out::signed_out))
        .routes(routes!(health::live))
        .routes(routes!(health::ready))
        .routes(routes!(root::root))
        .split_for_parts();
    openapi::optional_bodies(&mut description);
    openapi::pages::complete(&mut description);
    openapi::examples::complete(&mut description);
    (routes, description)
}

/// A middleware: follows a request, and counts how long it took.
async fn observed(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let tell = |answered: request::Answered<'_>| state.metrics.requests().observe(answered);
    request::follow(request, next, &state.api.proxies, tell).await
}

/// What answers requests: the routes, and what happens around each.
pub fn router(state: AppState) -> Router {
    let (routes, description) = table(&state);
    let routes = if state.api.docs { routes.merge(docs::router(&description, &state)) } else { routes };
    routes
        .route(path::ME_KEYS, get(keys::list).post(keys::create))
        .route(path::ME_KEY, get(keys::show).patch(keys::rename).delete(keys::end))
        .route(path::ME_KEY_ROTATION, post(keys::rotate))
        .route(path::VERIFY, any(forward_auth::verify::verify))
        .route(&format!("{}{{*rest}}", path::ENVOY), any(forward_auth::verify::verify_for_envoy))
        .fallback(async || Problem::not_found())
        .method_not_allowed_fallback(async || Problem::method_not_allowed())
        // One layer, outermost first: each `layer` of a router costs a copy and an allocation a request.
        .layer((
            from_fn_with_state(state.clone(), observed),
            from_fn_with_state(state.clone(), answer::complete),
            from_fn_with_state(state.clone(), in_context),
            cookies::layer(),
            TimeoutLayer::with_status_code(StatusCode::GATEWAY_TIMEOUT, ANSWER_TIMEOUT),
            RequestBodyTimeoutLayer::new(BODY_TIMEOUT),
            DefaultBodyLimit::max(LARGEST_BODY),
            CatchPanicLayer::custom(|_| Problem::internal().into_response()),
        ))
        .with_state(state)
}
