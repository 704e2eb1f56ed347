//! `/keys/{id}/rotate`: asks how long the old key goes on, then shows the one that replaces it, in that one answer.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use contract::{Key, KeyRotation, KeyStatus, ProblemBody, ProblemCode};
use leptos::prelude::*;
use serde::Deserialize;

use super::shown;
use crate::notice::Notice;
use crate::pages::new_key::{NewKeyPage, Replaced};
use crate::pages::rotate_key::{Grace, RotateKeyPage, Shorter};
use crate::server::api_client::ApiError;
use crate::server::routes::visit::Visit;
use crate::server::web::id::Id;

/// How long a key without end is to live where such keys are no longer made.
const NINETY_DAYS: i64 = 90 * 86_400;

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::server) struct Sent {
    grace: String,
    /// The end that was confirmed, in Unix seconds.
    expires: String,
}

/// Asks.
pub(in crate::server) async fn ask(visit: Visit, Id(id): Id) -> Response {
    show(&visit, id, Grace::default(), None, None, StatusCode::OK).await
}

/// Replaces the key.
pub(in crate::server) async fn replace(
    visit: Visit,
    Id(id): Id,
    sent: Result<Form<Sent>, FormRejection>,
) -> Response {
    let Form(sent) = sent.unwrap_or_default();
    let grace = Grace::parse(&sent.grace);
    let old = match visit.state.api.key(visit.token(), id).await {
        Ok(old) => old,
        Err(error) => return visit.failed(error).await,
    };
    let rotation = KeyRotation { grace: Some(grace.seconds()), expires: sent.expires.parse().ok().map(Some) };
    let rotate = visit.state.api.rotate_key(visit.token(), id, &rotation);
    match tokio::join!(rotate, visit.name()) {
        (Ok(key), name) => {
            tracing::info!(key_id = key.id, "a key is shown to its owner");
            visit.tell_next(Notice::KeyShownNoMore);
            let replaced = replaced(&visit, &old, grace);
            let key = shown::whole(key, visit.state.me_url.clone(), Some(replaced), visit.teller());
            let view = move || view! { <NewKeyPage name key /> };
            visit.state.page(visit.lang, StatusCode::OK, view).await
        }
        (Err(ApiError::Refused(problem)), _) => refused(&visit, id, grace, *problem).await,
        (Err(error), _) => visit.failed(error).await,
    }
}

/// What becomes of the old key: its grace never lengthens its life.
fn replaced(visit: &Visit, old: &Key, grace: Grace) -> Replaced {
    if old.status != KeyStatus::Active || grace == Grace::None {
        return Replaced::Ended;
    }
    let end = visit.state.now().seconds().saturating_add(grace.seconds());
    let end = old.expires.map_or(end, |expires| expires.min(end));
    visit.teller().exact(end).map_or(Replaced::Ended, Replaced::GoesOn)
}

async fn refused(visit: &Visit, id: i64, grace: Grace, problem: ProblemBody) -> Response {
    let shorter = match problem.code {
        ProblemCode::ExpiresTooLate => problem.max_expires,
        ProblemCode::ExpiryRequired => Some(visit.state.now().seconds().saturating_add(NINETY_DAYS)),
        _ => None,
    };
    if let Some(expires) = shorter {
        let shorter = Shorter { expires, moment: visit.teller().day(expires) };
        return show(visit, id, grace, Some(shorter), None, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let (notice, status) = match problem.code {
        ProblemCode::AlreadyRotated => (Notice::KeyAlreadyReplaced, StatusCode::CONFLICT),
        ProblemCode::KeyRevoked => (Notice::KeyWasRevoked, StatusCode::CONFLICT),
        ProblemCode::TooManyKeys => (Notice::TooManyKeys, StatusCode::CONFLICT),
        ProblemCode::KeysDisabled => (Notice::KeysDisabled, StatusCode::FORBIDDEN),
        ProblemCode::TooManyRequests => (Notice::TooManyRequests, StatusCode::TOO_MANY_REQUESTS),
        ProblemCode::NotFound => return visit.failed(ApiError::Refused(Box::new(problem))).await,
        code => {
            tracing::warn!(code = code.as_str(), "the api refused to replace a key");
            (Notice::NotDone, StatusCode::UNPROCESSABLE_ENTITY)
        }
    };
    show(visit, id, grace, None, Some(notice), status).await
}

async fn show(
    visit: &Visit,
    id: i64,
    grace: Grace,
    shorter: Option<Shorter>,
    notice: Option<Notice>,
    status: StatusCode,
) -> Response {
    match visit.with_name(visit.state.api.key(visit.token(), id)).await {
        Ok((name, key)) => {
            let key = shown::row(key, visit.teller());
            // A link that was opened late says at once why nothing can be done.
            let notice = notice.or_else(|| key.state.why_not_replaced());
            let view = move || view! { <RotateKeyPage name key grace shorter notice /> };
            visit.state.page(visit.lang, status, view).await
        }
        Err(error) => visit.failed(error).await,
    }
}
