//! `POST /v1/oauth2/logout`: ends the API token and tells how to end the session with ProConnect.

use axum::Json;
use axum::extract::{FromRequest, FromRequestParts as _, Request, State};
use contract::{LogoutAnswer, LogoutRequest, LogoutStatus, ProblemCode, path};
use oidc::{EndSession, Hint, LogoutVisit, quoted};
use secrecy::{ExposeSecret as _, SecretString};

use super::allowed_origin::{ALLOW_HOST, host_of};
use crate::auth::actor::Actor;
use crate::auth::session::SessionActor;
use crate::extract;
use crate::metrics::RevokedBy;
use crate::openapi::refusals::{BodyRefusals, SessionRefusals, refusals};
use crate::problem::Problem;
use crate::state::AppState;

/// The longest ID token that is passed on in a URL, in bytes.
const LONGEST_HINT: usize = 6 * 1024;

refusals!(LogoutRefusals = SessionRefusals + BodyRefusals: InvalidIdToken, InvalidRedirectUri);

/// Ends the API token, and tells how to end the session with ProConnect.
///
/// The API token is revoked first; then ProConnect is told. Only the person's browser can end the session it has with
/// ProConnect: send it to `logout_url`.
#[utoipa::path(
    post,
    path = path::LOGOUT,
    tag = "login",
    security(("api_token" = [])),
    request_body = LogoutRequest,
    responses(
        (status = 200, description = "The API token is revoked.", body = LogoutAnswer),
        LogoutRefusals,
    ),
)]
pub(crate) async fn log_out(
    State(state): State<AppState>,
    Logout { actor, request, hint }: Logout,
) -> Result<Json<LogoutAnswer>, Problem> {
    // First of all the token: whatever happens next, the person is logged out here.
    let keys = state.database.log_out(actor.user_id, actor.token_id, request.keys, state.now()).await?;
    state.metrics.keys_revoked(RevokedBy::Logout, keys);
    tracing::info!(user_id = actor.user_id, token_id = actor.token_id, "logged out");

    let mut visit = LogoutVisit {
        hint: is_of_use(hint, &request.proconnect_token).then_some(&request.proconnect_token),
        post_logout_redirect_uri: request.post_logout_redirect_uri.as_deref(),
        state: request.state.as_deref(),
    };
    let (status, message) = match state.provider.end_session(visit).await {
        EndSession::Accepted if hint == Hint::Outdated => {
            (LogoutStatus::Warning, "Logged out here; ProConnect's settings have changed since this login.")
        }
        EndSession::Accepted => (LogoutStatus::Success, "Successfully logged out from ProConnect"),
        EndSession::UriRefused => {
            warn_of_unknown_uri(visit.post_logout_redirect_uri.unwrap_or_default());
            (visit.post_logout_redirect_uri, visit.state) = (None, None);
            (
                LogoutStatus::Warning,
                "Logged out here; ProConnect does not know where to send the browser back to.",
            )
        }
        EndSession::NoEndpoint => {
            tracing::warn!("the provider has no known end-session endpoint");
            let message = "Logged out here, but ProConnect offers no logout or is unreachable.";
            (LogoutStatus::Warning, message)
        }
        EndSession::Failed(error) => {
            tracing::warn!(error = &error as &dyn std::error::Error, "the provider did not confirm a logout");
            (LogoutStatus::Warning, "Logged out here, but ProConnect did not confirm the logout.")
        }
    };
    state.metrics.logout(status);
    let logout_url = state.provider.logout_url(visit).map(String::from);
    Ok(Json(LogoutAnswer { status, message: message.to_owned(), logout_url }))
}

/// Names the address that an operator has to register.
pub(super) fn warn_of_unknown_uri(uri: &str) {
    let fix = "register it with ProConnect as a post-logout redirect URI, to the letter";
    tracing::warn!(uri = quoted(uri), fix, "the provider refuses where the browser is to come back to");
}

/// Whether the provider would take the hint: not when it no longer knows the key, and not in a URL that is too long for
/// the servers on the way.
pub(super) fn is_of_use(hint: Hint, id_token: &SecretString) -> bool {
    hint == Hint::Known && id_token.expose_secret().len() <= LONGEST_HINT
}

/// A logout in which nothing is wrong: what is refused is refused before anything is revoked.
pub(crate) struct Logout {
    actor: SessionActor,
    request: LogoutRequest,
    hint: Hint,
}

impl FromRequest<AppState> for Logout {
    type Rejection = Problem;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Problem> {
        let (mut parts, body) = request.into_parts();
        let actor = SessionActor::from_request_parts(&mut parts, state).await.inspect_err(log)?;
        let body = extract::Json::from_request(Request::from_parts(parts, body), state).await;
        let extract::Json(request) = body.inspect_err(log)?;
        let hint = check(state, &actor, &request).await?;
        Ok(Self { actor, request, hint })
    }
}

async fn check(state: &AppState, actor: &Actor, request: &LogoutRequest) -> Result<Hint, Problem> {
    let id_token = request.proconnect_token.expose_secret();
    if id_token.is_empty() {
        let detail = "proconnect_token is missing: send the ID token that came with the login.";
        let problem = Problem::new(ProblemCode::InvalidBody, detail);
        log(&problem);
        return Err(problem);
    }
    if let Some(uri) = &request.post_logout_redirect_uri {
        state.oauth2.allowed_origins.origin_of(uri).map_err(|error| {
            let (code, host, fix) = (ProblemCode::InvalidRedirectUri, host_of(uri), ALLOW_HOST);
            tracing::warn!(code = code.as_str(), host, reason = %error, fix, "a logout is refused");
            Problem::new(code, format!("post_logout_redirect_uri {error}."))
        })?;
    }
    let (issuer, sub) =
        (actor.issuer.as_deref().unwrap_or_default(), actor.sub.as_deref().unwrap_or_default());
    let error = match state.provider.check_hint(id_token, issuer, sub).await {
        Ok(hint) => return Ok(hint),
        Err(error) => error,
    };
    if state.database.was_handed_out(actor.token_id, &request.proconnect_token).await? {
        tracing::warn!(%error, "an ID token that was handed out is no longer acceptable: keys or the configuration have changed");
        return Ok(error.of_handed_out());
    }
    let code = ProblemCode::InvalidIdToken;
    tracing::warn!(code = code.as_str(), reason = %error, "a logout is refused");
    Err(Problem::new(code, format!("proconnect_token is not the ID token of this login: {error}.")))
}

/// The one line about a logout that is refused. The cause of a 5xx has a line of its own.
fn log(problem: &Problem) {
    let (status, code) = problem.kind();
    if status.is_client_error() {
        tracing::warn!(code = code.as_str(), reason = quoted(problem.detail()), "a logout is refused");
    }
}
