//! `GET /v1/oauth2/login`: sends the browser to ProConnect.

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, LOCATION, REFERER};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use serde::Deserialize;
use tower_cookies::Cookies;

use crate::http::origins::Origin;
use crate::http::page::Page;
use crate::http::problem::{Problem, Query};
use crate::state::AppState;

/// The routes of this family.
pub fn router() -> Router<AppState> {
    Router::new().route("/v1/oauth2/login", get(login))
}

#[derive(Deserialize)]
struct LoginQuery {
    origin: Option<String>,
    binding: Option<String>,
}

async fn login(
    State(state): State<AppState>,
    cookies: Cookies,
    headers: HeaderMap,
    Query(query): Query<LoginQuery>,
) -> Result<Response, Problem> {
    let origin = origin(&state, query.origin, &headers)?;
    let binding = binding(&state, query.binding)?;
    let restart = origin.as_str().to_owned();
    let (url, pending) = state.provider.begin(restart.clone(), binding).await.map_err(|error| {
        tracing::warn!(error = &error as &dyn std::error::Error, "a login cannot begin");
        Problem::unavailable("ProConnect does not answer, so nobody can log in. Try again in a moment.")
            .with_page(Page {
                french: "ProConnect ne répond pas. Réessayez dans un instant.",
                english: "ProConnect does not answer. Try again in a moment.",
                restart: Some(restart),
            })
    })?;
    state.secrets.get().cookies.add(&cookies, &pending, state.now()).map_err(|_| Problem::internal())?;
    let location = HeaderValue::try_from(String::from(url)).map_err(|_| Problem::internal())?;
    Ok((StatusCode::FOUND, [(LOCATION, location), (CACHE_CONTROL, HeaderValue::from_static("no-store"))])
        .into_response())
}

/// Where the envelope will go, checked before anybody leaves: the parameter, else the page the link was on.
fn origin(state: &AppState, parameter: Option<String>, headers: &HeaderMap) -> Result<Origin, Problem> {
    let referer = || headers.get(REFERER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let text = parameter.or_else(referer).ok_or_else(|| {
        refused(state, "origin is missing, and no Referer stands in for it. Give the URL of the application, such as https://example.gouv.fr.")
    })?;
    state.oauth2.allowed_origins.origin_of(&text).map_err(|error| refused(state, &format!("origin {error}.")))
}

fn refused(state: &AppState, detail: &str) -> Problem {
    Problem::bad_request(detail).with_page(Page {
        french: "Cette adresse ne permet pas de se connecter.",
        english: "This address cannot be used to log in.",
        restart: state.restart_url.clone(),
    })
}

fn binding(state: &AppState, parameter: Option<String>) -> Result<Option<String>, Problem> {
    let well_formed = parameter.as_ref().is_none_or(|binding| {
        (43..=128).contains(&binding.len())
            && binding.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    });
    if well_formed {
        Ok(parameter)
    } else {
        Err(refused(state, "binding must be 43 to 128 characters of base64url."))
    }
}
