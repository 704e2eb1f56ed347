//! `GET /v1/oauth2/callback`: ProConnect sends the browser back here.

use std::convert::Infallible;
use std::time::Instant;

use accounts::{Circumstances, Event, LoginError, Person, Profile};
use axum::extract::{FromRequestParts, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use contract::{AccessReason, LoginErrorCode, ProblemBody, ProblemCode, path};
use oidc::{AuthorizationErrorKind, AuthorizationResponse, LoggedIn, LoginFailure, PendingLogin, quoted};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Map, Value};
use service::client_address::{network, seen};
use service::cookies::Cookies;
use service::speculative::Speculative;
use token_crypto::Envelope;
use utoipa::IntoParams;

use super::redirect::{Redirect, redirect};
use crate::access::{Claims, Mailbox};
use crate::device::Device;
use crate::extract::Query;
use crate::page::Page;
use crate::pending_logins::Taken;
use crate::problem::Problem;
use crate::state::{AppState, Secrets};

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
        let address = seen(&parts.extensions, &parts.headers, &state.api.trusted_proxies).map(network);
        Ok(Self { device: Device::of(&parts.headers), address })
    }
}

/// Why a login that ProConnect sent back came to nothing. Its message is safe to log.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("it took longer than oauth2.login_ttl")]
    Late,
    #[error(transparent)]
    Login(#[from] LoginFailure),
    #[error("{0}")]
    Disabled(LoginError, SecretString),
    #[error("the rule {} of oauth2.access", .0.reason.as_str())]
    Access(AccessRefusal),
    #[error(transparent)]
    Account(LoginError),
}

impl Refusal {
    /// What the application is told. Its message to the person depends on nothing else.
    fn code(&self) -> LoginErrorCode {
        match self {
            Self::Late => LoginErrorCode::LoginExpired,
            Self::Login(failure) => match failure {
                LoginFailure::Authorization(error) => match error.kind {
                    AuthorizationErrorKind::AccessDenied => LoginErrorCode::AccessDenied,
                    AuthorizationErrorKind::NotAllowed => LoginErrorCode::NotAllowed,
                    AuthorizationErrorKind::AcrNotMet => LoginErrorCode::AcrNotMet,
                    AuthorizationErrorKind::Unavailable => LoginErrorCode::ProviderUnavailable,
                    AuthorizationErrorKind::Configuration => LoginErrorCode::Configuration,
                    AuthorizationErrorKind::Other => LoginErrorCode::ProviderError,
                },
                LoginFailure::AcrNotMet { .. } => LoginErrorCode::AcrNotMet,
                LoginFailure::CodeRefused => LoginErrorCode::LoginExpired,
                failure if failure.is_configuration() => LoginErrorCode::Configuration,
                failure if failure.is_unreachable() => LoginErrorCode::ProviderUnavailable,
                _ => LoginErrorCode::ProviderError,
            },
            Self::Disabled(..) => LoginErrorCode::AccountDisabled,
            Self::Access(_) => LoginErrorCode::AccessRefused,
            Self::Account(_) => LoginErrorCode::Internal,
        }
    }

    /// What of the configuration to look at, where that is known.
    fn fix(&self) -> Option<&'static str> {
        match self {
            Self::Late => Some("oauth2.login_ttl says how long a login may take"),
            Self::Login(failure) => failure.fix(),
            Self::Access(_) => Some("oauth2.access says who may enter; `api access check` says what holds"),
            Self::Disabled(..) | Self::Account(_) => None,
        }
    }

    /// What the record tells of it.
    fn event(&self) -> Event {
        let code = self.code();
        match code {
            LoginErrorCode::AccessDenied
            | LoginErrorCode::AcrNotMet
            | LoginErrorCode::NotAllowed
            | LoginErrorCode::AccountDisabled => Event::login_refused(code.as_str()),
            LoginErrorCode::AccessRefused => self.access_event(),
            LoginErrorCode::LoginExpired
            | LoginErrorCode::ProviderError
            | LoginErrorCode::ProviderUnavailable
            | LoginErrorCode::Configuration
            | LoginErrorCode::Internal => Event::login_failed(code.as_str()),
        }
    }

    /// What the record tells of a rule that refused somebody: what rules ask for, and never who it is.
    fn access_event(&self) -> Event {
        let Self::Access(refusal) = self else { return Event::login_refused(self.code().as_str()) };
        let told = |name| refusal.claims.get(name).cloned().unwrap_or_default();
        let email = refusal.claims.get("email").and_then(Value::as_str).and_then(Mailbox::parse);
        Event::login_refused(refusal.reason.as_str())
            .with("email_domain", email.map(|email| email.domain().to_owned()))
            .with("siret", told("siret"))
            .with("idp_id", told("idp_id"))
            .with("roles", told("roles"))
    }

    /// The ID token of somebody whom ProConnect knows and whom this service refuses.
    fn id_token(&self) -> Option<&SecretString> {
        match self {
            Self::Disabled(_, id_token)
            | Self::Login(LoginFailure::AcrNotMet { id_token, .. })
            | Self::Access(AccessRefusal { id_token, .. }) => Some(id_token),
            _ => None,
        }
    }

    /// The one line about a login that is refused. What nobody but an operator can mend, whoever logs in, is an error.
    fn log(&self) {
        let (code, reason, fix) = (self.code().as_str(), self as &dyn std::error::Error, self.fix());
        match self {
            Self::Account(_) => tracing::error!(code, reason, "a login failed here"),
            Self::Login(LoginFailure::TokenEndpoint { error, .. }) if error == "invalid_client" => {
                tracing::error!(code, reason, fix, "a login is refused");
            }
            _ => tracing::warn!(code, reason, fix, "a login is refused"),
        }
    }
}

/// Somebody whom a rule refuses.
#[derive(Debug)]
struct AccessRefusal {
    reason: AccessReason,
    claims: Map<String, Value>,
    id_token: SecretString,
}

/// Takes the browser back from ProConnect.
#[utoipa::path(
    get,
    path = path::CALLBACK,
    tag = "login",
    params(CallbackQuery),
    responses(
        (status = 204, description = "A HEAD, or a browser that looks ahead: nothing happened."),
        (status = 303, description = "To the application: `{origin}/?encrypted_token=…`, or `{origin}/?login_error=CODE`.", headers(("location" = String))),
        (status = 400, description = "This browser has no pending login of this state.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many requests come from one address.", body = ProblemBody, content_type = "application/problem+json"),
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
    let started = Instant::now();
    let secrets = state.secrets.get();
    let Taken { login: pending, is_late } = query
        .state
        .as_ref()
        .and_then(|value| secrets.pending_logins.take(&cookies, value.expose_secret(), state.now()))
        .ok_or_else(|| unknown_state(&state, &query))?;
    let finished =
        if is_late { Err(Refusal::Late) } else { log_in(&state, &secrets, &pending, query, origin).await };
    let redirect = match finished {
        Ok(envelope) => {
            state.metrics.login(None, started.elapsed());
            to_application(&pending.origin, path::ENCRYPTED_TOKEN, &envelope)
        }
        Err(refusal) => {
            refusal.log();
            // What cannot be recorded is refused all the same.
            if let Err(error) = state.database.record(refusal.event(), state.now()).await {
                let error = &error as &dyn std::error::Error;
                tracing::error!(error, "the refusal of a login was not recorded");
            }
            if let Some(id_token) = refusal.id_token() {
                secrets.refused_logins.remember(&cookies, id_token, state.now());
            }
            state.metrics.login(Some(refusal.code()), started.elapsed());
            let code = refusal.code().as_str();
            let reason = if let Refusal::Access(refusal) = &refusal {
                state.metrics.access_refusal(refusal.reason);
                format!("{code}&{}={}", path::REASON, refusal.reason.as_str())
            } else {
                code.to_owned()
            };
            redirect(StatusCode::SEE_OTHER, format!("{}/?{}={reason}", pending.origin, path::LOGIN_ERROR))
        }
    };
    redirect.map(IntoResponse::into_response)
}

/// Verifies the login, mints the token and seals it.
async fn log_in(
    state: &AppState,
    secrets: &Secrets,
    pending: &PendingLogin,
    query: CallbackQuery,
    Origin { device, address }: Origin,
) -> Result<String, Refusal> {
    let CallbackQuery { code, iss, error, error_description, .. } = query;
    let response = AuthorizationResponse { code, iss, error, error_description };
    let now = state.now();
    let logged_in = state.provider.log_in(pending, response, &secrets.client_secret, now).await?;
    let logged_in = admitted(state, logged_in).await?;
    let person = Person {
        profile: Profile::from_claims(&logged_in.identity.claims),
        issuer: logged_in.identity.issuer,
        sub: logged_in.identity.sub,
    };
    let circumstances = Circumstances {
        id_token: logged_in.id_token,
        browser: device.browser,
        system: device.system,
        address,
    };
    let minted = state.database.log_in(&person, &circumstances, state.login_policy, now).await;
    let minted = minted.map_err(|error| match error {
        LoginError::Disabled => Refusal::Disabled(error, circumstances.id_token.clone()),
        error => Refusal::Account(error),
    })?;
    tracing::info!(user_id = minted.user_id, token_id = minted.token_id, "logged in");
    if let Some(older_user_id) = minted.possible_duplicate_of {
        state.metrics.possible_duplicate();
        tracing::warn!(
            user_id = minted.user_id,
            older_user_id,
            "a first login may be of somebody who has an account: same address or subject, another identity"
        );
    }
    let envelope = Envelope {
        app_token: minted.token.reveal().clone(),
        token_id: minted.token_id,
        proconnect_token: circumstances.id_token,
        binding: pending.binding.clone(),
    };
    Ok(envelope.seal(&secrets.keys, now))
}

/// Lets in whom the rules let in. An account that is disabled is told so first.
async fn admitted(state: &AppState, logged_in: LoggedIn) -> Result<LoggedIn, Refusal> {
    let identity = &logged_in.identity;
    let Some(reason) = state.oauth2.access.decide(&Claims(&identity.claims)).refusal else {
        return Ok(logged_in);
    };
    let is_disabled = state.database.is_disabled(&identity.issuer, &identity.sub).await;
    if is_disabled.map_err(|error| Refusal::Account(error.into()))? {
        return Err(Refusal::Disabled(LoginError::Disabled, logged_in.id_token));
    }
    Err(Refusal::Access(AccessRefusal {
        reason,
        claims: logged_in.identity.claims,
        id_token: logged_in.id_token,
    }))
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

/// `value` is base64url or a code, so only its padding needs an escape.
fn to_application(origin: &str, name: &str, value: &str) -> Result<Redirect, Problem> {
    redirect(StatusCode::SEE_OTHER, format!("{origin}/?{name}={}", value.replace('=', "%3D")))
}
