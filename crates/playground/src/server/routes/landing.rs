//! The end of a login: the api sent the browser here with an envelope, or with what went wrong.

use axum::response::Response;
use contract::path::{ENCRYPTED_TOKEN, LOGIN_ERROR, REASON, REFUSAL};
use contract::{LoginErrorCode, RevocationReason};
use service::cookies::Cookies;
use token_crypto::{Envelope, OpenError, Refusal};
use tracing::Instrument as _;
use url::form_urlencoded;

use super::logout::RETRY_AFTER;
use super::no_cookies;
use crate::notice::Notice;
use crate::server::session::{Found, Live, ReturnPath, Session, TooLarge};
use crate::server::state::{Secrets, Shared};
use crate::server::web::page::see_other;

/// What the api sent the browser here with.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Arrival {
    /// `encrypted_token`, once.
    Envelope(String),
    /// `login_error`, and the sealed `refusal` beside it; whatever else is there does not count.
    Failure(Notice, Option<String>),
    /// Several `encrypted_token`, which the api never sends.
    Ambiguous,
}

/// Why an envelope did not become a session. The messages are safe to log.
#[derive(Debug, thiserror::Error)]
enum LandingError {
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error("the envelope names no browser, and `require_binding` is on")]
    Unbound,
    #[error("the envelope is meant for another browser, or was used before")]
    OtherBrowser,
    #[error("several envelopes came at once")]
    Ambiguous,
    #[error(transparent)]
    TooLarge(#[from] TooLarge),
}

impl Arrival {
    /// What a query says of a login; nothing when it is none.
    pub(crate) fn of(query: &str) -> Option<Self> {
        let (mut arrival, mut failure, mut reason, mut refusal) = (None, None, None, None);
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                LOGIN_ERROR if failure.is_none() => failure = Some(Notice::from_login_error(&value)),
                REASON if reason.is_none() => reason = Some(Notice::from_reason(&value)),
                REFUSAL if refusal.is_none() => refusal = Some(value.into_owned()),
                ENCRYPTED_TOKEN if arrival.is_none() => arrival = Some(Self::Envelope(value.into_owned())),
                ENCRYPTED_TOKEN => arrival = Some(Self::Ambiguous),
                _ => {}
            }
        }
        match (failure, reason) {
            (Some(Notice::Login(LoginErrorCode::AccessRefused)), Some(reason)) => {
                Some(Self::Failure(reason, refusal))
            }
            (Some(failure), _) => Some(Self::Failure(failure, None)),
            (None, _) => arrival,
        }
    }
}

/// Always goes on to a clean URL, so that no token stays in the history or in a bookmark.
pub(crate) fn land(state: &Shared, secrets: &Secrets, cookies: &Cookies, arrival: Arrival) -> Response {
    let opened = match arrival {
        Arrival::Failure(notice, refusal) => {
            tracing::info!(code = notice.code(), "a login failed at the api");
            if let Some(refusal) = refusal {
                tell_why(state, secrets, cookies, notice, &refusal);
            }
            state.flash.set(cookies, notice);
            return see_other("/");
        }
        Arrival::Envelope(text) => open(state, secrets, cookies, &text),
        Arrival::Ambiguous => Err(LandingError::Ambiguous),
    };
    match opened {
        Ok(return_path) => see_other(return_path.as_str()),
        Err(error) => {
            // Somebody who is logged in has gone back in the history, or opened an old link: no harm done.
            let logged_in = secrets.sessions.load(cookies, state.now()).is_some();
            tracing::warn!(logged_in, %error, "an envelope was refused");
            state.flash.set(cookies, if logged_in { Notice::StillConnected } else { Notice::LoginFailed });
            // Whether this browser keeps cookies at all, the next request shows: it has the notice, or has not.
            let is_unknown =
                matches!(error, LandingError::OtherBrowser) && state.pending_logins.is_empty(cookies);
            see_other(if is_unknown && !logged_in { no_cookies::PATH } else { "/" })
        }
    }
}

/// Has the next page tell what of the person the rule did not let in, in the browser that began the login, once.
fn tell_why(state: &Shared, secrets: &Secrets, cookies: &Cookies, notice: Notice, refusal: &str) {
    let now = state.now();
    match Refusal::open(refusal, &secrets.keys, now) {
        Ok(refusal) => {
            let is_of_this_browser = state.pending_logins.finish(cookies, &refusal.binding).is_some();
            if is_of_this_browser && Notice::from_reason(&refusal.reason) == notice {
                secrets.own_values.remember(cookies, notice, &refusal.value, now);
            } else {
                tracing::warn!("the reason of a refusal is meant for another browser, or was told before");
            }
        }
        Err(error) => tracing::warn!(%error, "the reason of a refusal cannot be told"),
    }
}

/// Opens the envelope, if it is meant for this browser, and starts its session.
fn open(
    state: &Shared,
    secrets: &Secrets,
    cookies: &Cookies,
    text: &str,
) -> Result<ReturnPath, LandingError> {
    let now = state.now();
    let envelope = Envelope::open(text, &secrets.keys, now, state.envelope_ttl)?;
    let return_path = match &envelope.binding {
        Some(binding) => state.pending_logins.finish(cookies, binding).ok_or(LandingError::OtherBrowser)?,
        None if state.require_binding => return Err(LandingError::Unbound),
        None => ReturnPath::home(),
    };
    let session: Session = envelope.into();
    let replaced = secrets.sessions.find(cookies, now);
    secrets.sessions.store(cookies, &session, now)?;
    if let Some(Found::Live(Live { session: replaced, .. })) = replaced
        && replaced.token_id != session.token_id
    {
        tokio::spawn(end_replaced(state.clone(), replaced).in_current_span());
    }
    tracing::info!(token_id = session.token_id, "logged in");
    Ok(return_path)
}

/// Ends the session that another login in the same browser has replaced: nobody holds it any more who should. It goes on when
/// the browser does not wait.
async fn end_replaced(state: Shared, replaced: Session) {
    let revoke = || state.api.revoke(&replaced.app_token, Some(RevocationReason::Login));
    let ended = match revoke().await {
        Err(error) if error.may_pass() => {
            tokio::time::sleep(RETRY_AFTER).await;
            revoke().await
        }
        ended => ended,
    };
    match ended {
        Ok(()) => tracing::info!(token_id = replaced.token_id, "a login replaced this session"),
        Err(error) => tracing::warn!(
            token_id = replaced.token_id,
            error = &error as &dyn std::error::Error,
            "a session that a login replaced was not ended; it lasts until it expires"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_without_a_login_is_no_arrival() {
        for query in ["", "utm_source=x", "token=x", "encrypted_tokens=x", "&&=&"] {
            assert_eq!(Arrival::of(query), None, "{query}");
        }
    }

    #[test]
    fn an_empty_envelope_is_an_envelope() {
        assert_eq!(Arrival::of("encrypted_token="), Some(Arrival::Envelope(String::new())));
        assert_eq!(Arrival::of("encrypted_token"), Some(Arrival::Envelope(String::new())));
    }

    #[test]
    fn an_error_beside_an_envelope_counts_alone() {
        let error = Some(Arrival::Failure(Notice::Login(LoginErrorCode::AccessDenied), None));
        assert_eq!(Arrival::of("encrypted_token=x&login_error=access_denied"), error);
        assert_eq!(Arrival::of("login_error=access_denied&encrypted_token=x"), error);
    }

    #[test]
    fn two_envelopes_are_none() {
        assert_eq!(Arrival::of("encrypted_token=x&encrypted_token=y"), Some(Arrival::Ambiguous));
    }
}
