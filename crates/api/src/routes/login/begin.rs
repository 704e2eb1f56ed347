//! `GET /v1/oauth2/login`: sends the browser to ProConnect.

use axum::extract::State;
use axum::http::header::REFERER;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use contract::{ProblemCode, path};
use oidc::BeginError;
use serde::Deserialize;
use service::cookies::Cookies;
use service::host::is_asked_for_on;
use service::speculative::Speculative;
use url::Url;
use utoipa::IntoParams;

use super::allowed_origin::{Destination, allowed, refused};
use super::hints::Hints;
use crate::extract::Query;
use crate::openapi::refusals::{AnyRefusals, refusals};
use crate::origins::Origin;
use crate::page::Page;
use crate::problem::Problem;
use crate::routes::redirect::redirect;
use crate::state::AppState;

/// What a login begins with.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct LoginQuery {
    /// Where the envelope goes. Without it, the `Referer` counts. A path in it is ignored.
    #[param(example = "https://playground.example.gouv.fr")]
    origin: Option<String>,
    /// 43 to 128 characters of base64url that come back inside the envelope.
    #[param(min_length = 43, max_length = 128, pattern = "^[A-Za-z0-9_-]+$")]
    binding: Option<String>,
    /// The address of whoever logs in, passed on to ProConnect when it is an e-mail address.
    #[param(example = "camille.martin@example.gouv.fr")]
    login_hint: Option<String>,
    /// The identity provider (`idp_id`), passed on when it is an identifier.
    idp_hint: Option<String>,
    /// The organisation, passed on when it has 14 digits.
    #[param(pattern = "^[0-9]{14}$")]
    siret_hint: Option<String>,
    /// The mark of somebody who was sent here from another name of this host.
    moved: Option<String>,
}

refusals!(
    LoginRefusals = AnyRefusals:
        InvalidQuery, InvalidOrigin, InvalidBinding, TooManyRequests, ProviderUnavailable, Configuration
);

/// Sends the browser to ProConnect.
#[utoipa::path(
    get,
    path = path::LOGIN,
    tag = "login",
    params(LoginQuery),
    responses(
        (status = 204, description = "A HEAD, or a browser that looks ahead: nothing happened."),
        (status = 302, description = "To ProConnect, with a sealed cookie in which the login waits.", headers(("location" = String))),
        (status = 303, description = "To itself at the host of the redirect URI, once, when it was asked for on another.", headers(("location" = String))),
        LoginRefusals,
    ),
)]
pub(crate) async fn begin(
    State(state): State<AppState>,
    cookies: Cookies,
    headers: HeaderMap,
    Speculative(is_speculative): Speculative,
    Query(query): Query<LoginQuery>,
) -> Result<Response, Problem> {
    let Destination { origin, .. } = destination(&state, query.origin, &headers)?;
    let binding = binding(&state, query.binding)?;
    if is_speculative {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let hints = Hints::of(query.login_hint, query.idp_hint, query.siret_hint);
    // A login never begins where it cannot end: its cookie would be that of another host.
    let redirect_uri = &state.oauth2.provider.redirect_uri;
    if query.moved.is_none() && !is_asked_for_on(&headers, redirect_uri.authority()) {
        let here = login_at(redirect_uri, &origin, binding.as_deref(), &hints);
        return Ok(redirect(StatusCode::SEE_OTHER, here)?.into_response());
    }
    let restart = origin.as_str().to_owned();
    let begun = state.provider.begin(restart.clone(), binding).await;
    let (mut url, pending) = begun.map_err(|error| cannot_begin(&error, restart))?;
    url.query_pairs_mut().extend_pairs(hints.pairs());
    let pending_logins = &state.secrets.get().pending_logins;
    pending_logins.add(&cookies, &pending, state.now()).map_err(|_| Problem::internal())?;
    state.metrics.login_started();
    Ok(redirect(StatusCode::FOUND, url.into())?.into_response())
}

/// This very login, at the host that ProConnect will send the browser back to.
fn login_at(redirect_uri: &Url, origin: &Origin, binding: Option<&str>, hints: &Hints) -> String {
    let mut url = redirect_uri.clone();
    url.set_path(path::LOGIN);
    url.query_pairs_mut()
        .clear()
        .append_pair("origin", origin.as_str())
        .extend_pairs(binding.map(|binding| ("binding", binding)))
        .extend_pairs(hints.pairs())
        .append_pair("moved", "1");
    url.into()
}

/// Where the envelope will go, checked before anybody leaves: the parameter, else the page the link was on.
fn destination(
    state: &AppState,
    parameter: Option<String>,
    headers: &HeaderMap,
) -> Result<Destination, Problem> {
    let referer = || headers.get(REFERER).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let url = parameter.or_else(referer).ok_or_else(|| {
        let detail = "origin is missing, and there is no Referer instead. Give the URL of the application, such as \
            https://example.gouv.fr.";
        let code = ProblemCode::InvalidOrigin;
        tracing::warn!(code = code.as_str(), "a login is refused: it names no origin");
        refused(state, code, detail)
    })?;
    allowed(state, &url)
}

fn binding(state: &AppState, parameter: Option<String>) -> Result<Option<String>, Problem> {
    let is_well_formed = parameter.as_ref().is_none_or(|binding| {
        (43..=128).contains(&binding.len())
            && binding.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    });
    if is_well_formed {
        Ok(parameter)
    } else {
        let (code, length) = (ProblemCode::InvalidBinding, parameter.map_or(0, |binding| binding.len()));
        tracing::warn!(
            code = code.as_str(),
            length,
            "a login is refused: its binding is not base64url of 43 to 128 characters"
        );
        Err(refused(state, code, "binding must be 43 to 128 characters of base64url."))
    }
}

fn cannot_begin(error: &BeginError, restart: String) -> Problem {
    let is_lasting = matches!(error, BeginError::Provider(error) if error.is_lasting());
    let reason = error as &dyn std::error::Error;
    if is_lasting {
        let fix = "look at oauth2.server_metadata_url, and at what it answers";
        let code = ProblemCode::Configuration;
        tracing::warn!(code = code.as_str(), error = reason, fix, "a login cannot begin");
        let detail = "Logging in is set up wrongly, here or at ProConnect. Tell whoever runs this service.";
        return Problem::new(code, detail).with_page(Page {
            french: "La connexion à ce service est mal réglée. Vous n’y êtes pour rien\u{202f}; prévenez l’assistance.",
            english: "Logging in to this service is set up wrongly. It is nothing you did; please tell its support.",
            restart: Some(restart),
        });
    }
    let code = ProblemCode::ProviderUnavailable;
    tracing::warn!(code = code.as_str(), error = reason, "a login cannot begin");
    let detail = "ProConnect does not answer, so nobody can log in. Try again in a moment.";
    Problem::new(code, detail).with_page(Page {
        french: "ProConnect ne répond pas. Réessayez dans un instant.",
        english: "ProConnect does not answer. Try again in a moment.",
        restart: Some(restart),
    })
}
