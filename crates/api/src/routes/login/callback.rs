//! `GET /v1/oauth2/callback`: ProConnect sends the browser back here.

use std::convert::Infallible;
use std::time::Instant;

use accounts::{Circumstances, Context, LoginError, LoginPolicy, Person, Profile};
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use contract::{AccessReason, ProblemCode, path};
use oidc::{AuthorizationResponse, PendingLogin, quoted};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};
use service::client_address::network;
use service::cookies::Cookies;
use service::speculative::Speculative;
use token_crypto::Envelope;
use utoipa::IntoParams;

use super::admission::{Admission, admission};
use super::allowed_origin::allowed;
use super::refusal::{AccessRefusal, Refusal};
use crate::access::Claims;
use crate::device::Device;
use crate::extract::Query;
use crate::openapi::refusals::{AnyRefusals, refusals};
use crate::page::Page;
use crate::pending_logins::Taken;
use crate::problem::Problem;
use crate::routes::redirect::redirect;
use crate::shared_logins::{Outcome, digest};
use crate::state::AppState;

/// What ProConnect sends along (RFC 6749, section 4.1.2; RFC 9207).
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct CallbackQuery {
    /// Names the login of this browser.
    #[param(value_type = Option<String>)]
    state: Option<SecretString>,
    /// The authorization code.
    #[param(value_type = Option<String>)]
    code: Option<SecretString>,
    /// The issuer identifier.
    iss: Option<String>,
    /// Why there is no code.
    error: Option<String>,
    /// The same, for people.
    error_description: Option<String>,
}

/// Where a browser is, and what it is, by its own word.
pub(crate) struct Origin {
    device: Device,
    address: Option<String>,
}

impl FromRequestParts<AppState> for Origin {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Infallible> {
        let address = state.api.proxies.seen(&parts.extensions, &parts.headers).map(network);
        Ok(Self { device: Device::of(&parts.headers), address })
    }
}

refusals!(CallbackRefusals = AnyRefusals: InvalidQuery, UnknownState, TooManyRequests);

/// Takes the browser back from ProConnect.
#[utoipa::path(
    get,
    path = path::CALLBACK,
    tag = "login",
    params(CallbackQuery),
    responses(
        (status = 204, description = "A HEAD, or a browser that looks ahead: nothing happened."),
        (status = 303, description = "To the application: `{origin}/?encrypted_token=…`, or `{origin}/?login_error=CODE`; at a protected application `{origin}/oauth2/callback?…`. Once, back to ProConnect, where `oauth2.access.acr` asks for another level.", headers(("location" = String))),
        CallbackRefusals,
    ),
)]
pub(crate) async fn callback(
    State(state): State<AppState>,
    Speculative(is_speculative): Speculative,
    cookies: Cookies,
    origin: Origin,
    Query(query): Query<CallbackQuery>,
) -> Result<Response, Problem> {
    if is_speculative {
        return Ok(StatusCode::NO_CONTENT.into_response());
    }
    let secrets = state.secrets.get();
    let taken = query
        .state
        .as_ref()
        .and_then(|value| secrets.pending_logins.take(&cookies, value.expose_secret(), state.now()))
        .ok_or_else(|| unknown_state(&state, &query))?;
    // SIGHUP may have removed it since the login began.
    let destination = allowed(&state, &taken.login.origin)?;
    let callback = digest(said(&query));
    // In a box: it is large, and what follows would copy it again and again.
    let login = Box::pin(finish(state.clone(), taken, origin, destination.application(), query));
    let outcome = state.shared_logins.outcome(callback, Context::current().scope(login)).await;
    let redirect = match outcome.ok_or_else(Problem::internal)? {
        Outcome::LoggedIn(envelope) => {
            if !state.protected.get().is_empty() {
                let hint = destination.is_protected.then_some(&envelope.proconnect_token);
                secrets.browser_sessions.add(&cookies, envelope.token_id, hint, state.now());
            }
            let envelope = envelope.seal(&secrets.keys, state.now()).replace('=', "%3D");
            let query = format!("{}={envelope}", path::ENCRYPTED_TOKEN);
            redirect(StatusCode::SEE_OTHER, destination.with(&query))
        }
        Outcome::AskedAgain(url, second) => {
            secrets.pending_logins.add(&cookies, &second, state.now()).map_err(|_| Problem::internal())?;
            redirect(StatusCode::SEE_OTHER, url.into())
        }
        Outcome::Refused(query, id_token) => {
            if let Some(id_token) = id_token {
                secrets.refused_logins.remember(&cookies, &id_token, state.now());
            }
            redirect(StatusCode::SEE_OTHER, destination.with(&query))
        }
    };
    redirect.map(IntoResponse::into_response)
}

/// What a callback says: equal callbacks say the same.
fn said(query: &CallbackQuery) -> [&str; 5] {
    let CallbackQuery { state, code, iss, error, error_description } = query;
    let [state, code] =
        [state, code].map(|secret| secret.as_ref().map_or("", |secret| secret.expose_secret()));
    let [iss, error, error_description] =
        [iss, error, error_description].map(|text| text.as_deref().unwrap_or_default());
    [state, code, iss, error, error_description]
}

/// Logs the person in, or logs, records and counts why not.
async fn finish(
    state: AppState,
    Taken { login: pending, is_late }: Taken,
    origin: Origin,
    application: Option<String>,
    query: CallbackQuery,
) -> Outcome {
    let started = Instant::now();
    let arrival = Arrival { pending: &pending, origin, application };
    let finished = if is_late { Err(Refusal::Late) } else { log_in(&state, arrival, query).await };
    let refusal = match finished {
        Err(refusal) => refusal,
        Ok(outcome) => {
            if matches!(outcome, Outcome::LoggedIn(_)) {
                state.metrics.login(None, started.elapsed());
            }
            return outcome;
        }
    };
    refusal.log();
    // What cannot be recorded is refused all the same.
    if let Err(error) = state.database.record(refusal.event(), state.now()).await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(error, "the refusal of a login was not recorded");
    }
    state.metrics.login(Some(refusal.code()), started.elapsed());
    if let Refusal::Access(refusal) = &refusal {
        state.metrics.access_refusal(refusal.reason);
    }
    let query = refusal.as_query(pending.binding.as_deref(), &state.secrets.get().keys, state.now());
    Outcome::Refused(query, refusal.id_token().cloned())
}

/// A login that came back.
struct Arrival<'a> {
    pending: &'a PendingLogin,
    origin: Origin,
    /// The protected application that it is for.
    application: Option<String>,
}

/// Verifies the login and mints the token.
async fn log_in(
    state: &AppState,
    Arrival { pending, origin: Origin { device, address }, application }: Arrival<'_>,
    query: CallbackQuery,
) -> Result<Outcome, Refusal> {
    let CallbackQuery { code, iss, error, error_description, .. } = query;
    let response = AuthorizationResponse { code, iss, error, error_description };
    let now = state.now();
    let secrets = state.secrets.get();
    let logged_in = state.provider.log_in(pending, response, &secrets.client_secret, now).await?;
    let person = Person {
        profile: Profile::from_claims(&logged_in.identity.claims),
        issuer: logged_in.identity.issuer.clone(),
        sub: logged_in.identity.sub.clone(),
    };
    let (logged_in, only_prepared) = match admission(state, pending, logged_in, &person).await? {
        Admission::Enters { logged_in, only_prepared } => (logged_in, only_prepared),
        Admission::AskedAgain(levels) => {
            let (url, second) = state.provider.begin_again(pending, levels).await?;
            return Ok(Outcome::AskedAgain(url, second));
        }
    };
    let policy = LoginPolicy { only_prepared, ..state.login_policy };
    let circumstances = Circumstances {
        id_token: logged_in.id_token,
        browser: device.browser,
        system: device.system,
        address,
        application,
    };
    let minted = state.database.log_in(&person, &circumstances, policy, now).await;
    let minted = minted.map_err(|error| match error {
        LoginError::Disabled => Refusal::Disabled(error, circumstances.id_token.clone()),
        // The prepared account has gone since the rules were asked.
        LoginError::NotPrepared => Refusal::Access(AccessRefusal {
            reason: AccessReason::NotPrepared,
            own_value: person.profile.email.clone(),
            claims: logged_in.identity.claims.clone(),
            id_token: circumstances.id_token.clone(),
        }),
        error => Refusal::Account(error),
    })?;
    tracing::info!(user_id = minted.user_id, token_id = minted.token_id, "logged in");
    keep_claims(state, minted.user_id, &logged_in.identity.claims).await;
    if let Some(older_user_id) = minted.possible_duplicate_of {
        state.metrics.possible_duplicate();
        tracing::warn!(
            user_id = minted.user_id,
            older_user_id,
            "a first login may be of somebody who has an account: same address or subject, another identity"
        );
    }
    Ok(Outcome::LoggedIn(Envelope {
        app_token: minted.token.reveal().clone(),
        token_id: minted.token_id,
        proconnect_token: circumstances.id_token,
        binding: pending.binding.clone(),
    }))
}

/// Keeps the claims that a rule names, for `api access apply`. The login does not depend on it.
async fn keep_claims(state: &AppState, user_id: i64, claims: &Map<String, Value>) {
    let claims = Claims(claims);
    let named = state.oauth2.access.custom.iter().map(|rule| rule.claim.as_str());
    let kept: Vec<(&str, &Value)> = named.filter_map(|name| Some((name, claims.kept(name)?))).collect();
    if kept.is_empty() {
        return;
    }
    if let Err(error) = state.database.keep_claims(user_id, &kept).await {
        let error = &error as &dyn std::error::Error;
        tracing::error!(user_id, error, "the claims that a rule names were not stored");
    }
}

/// The browser shows no login that it began here a moment ago, so nobody knows where it should go back to.
fn unknown_state(state: &AppState, query: &CallbackQuery) -> Problem {
    let said = |text: &Option<String>| quoted(text.as_deref().unwrap_or_default());
    let code = ProblemCode::UnknownState;
    tracing::warn!(
        code = code.as_str(),
        error = said(&query.error),
        description = said(&query.error_description),
        "a callback is refused: this browser has no pending login of that state"
    );
    let detail =
        "This login is unknown, has expired or was finished before. Start again from the application.";
    Problem::new(code, detail).with_page(Page {
        french: "Cette connexion a expiré, a déjà abouti, ou votre navigateur bloque les cookies. \
            Recommencez depuis l’application.",
        english: "This login has expired, is already finished, or your browser blocks cookies. \
            Start again from the application.",
        restart: state.restart_url.clone(),
    })
}
