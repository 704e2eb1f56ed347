//! `POST /keys`: makes a key, and shows it in this one answer.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use contract::{Key, NewKey, ProblemBody, ProblemCode};
use leptos::prelude::*;
use service::random;

use super::form::{self, Sent};
use super::list::show_again;
use super::shown;
use crate::components::key_form::{KeyForm, SendAgain};
use crate::notice::Notice;
use crate::pages::keys::Told;
use crate::pages::new_key::NewKeyPage;
use crate::pages::unavailable::UnavailablePage;
use crate::server::api_client::ApiError;
use crate::server::routes::visit::{Visit, log};

/// Makes the key that the form asks for.
pub(in crate::server) async fn make(visit: Visit, sent: Result<Form<Sent>, FormRejection>) -> Response {
    let Form(sent) = sent.unwrap_or_default();
    let mut form = form::sent(sent);
    if !is_mark(&form.request) {
        return not_made(&visit, form, Notice::NotDone, StatusCode::UNPROCESSABLE_ENTITY).await;
    }
    let end = match form::end(&form, visit.state.now()) {
        Ok(end) => end,
        Err(fault) => {
            form.fault = Some(fault);
            return show_again(&visit, StatusCode::UNPROCESSABLE_ENTITY, Some(form), Told::default()).await;
        }
    };
    let (made, name) = tokio::join!(create(&visit, &form, end), visit.name());
    match made {
        Ok(key) => {
            tracing::info!(key_id = key.id, "a key is shown to its owner");
            // Whoever asks for this URL again is told so.
            visit.tell_next(Notice::KeyShownNoMore);
            let key = shown::whole(key, visit.state.me_url.clone(), None, visit.teller());
            let view = move || view! { <NewKeyPage name key /> };
            visit.state.page(visit.lang, StatusCode::OK, view).await
        }
        Err(ApiError::Refused(problem)) => refused(&visit, form, &problem).await,
        Err(error @ ApiError::Unauthorized) => visit.failed(error).await,
        Err(error) => {
            log(&error);
            let view = move || view! { <UnavailablePage path="/keys"><SendAgain form /></UnavailablePage> };
            visit.state.page(visit.lang, StatusCode::SERVICE_UNAVAILABLE, view).await
        }
    }
}

/// Asks the api, and again for the end of the last day that it allows, when that is the day that was chosen.
async fn create(visit: &Visit, form: &KeyForm, end: Option<i64>) -> Result<Key, ApiError> {
    let until = async |end| {
        let key = NewKey { name: form.name.clone(), expires: Some(end) };
        visit.state.api.create_key(visit.token(), &form.request, &key).await
    };
    match until(end).await {
        Err(ApiError::Refused(problem)) => match form::nearest_end(end, &problem) {
            Some(end) => until(Some(end)).await,
            None => Err(ApiError::Refused(problem)),
        },
        answer => answer,
    }
}

async fn refused(visit: &Visit, mut form: KeyForm, problem: &ProblemBody) -> Response {
    form.fault = form::fault(problem, visit.teller());
    if form.fault.is_some() {
        return show_again(visit, StatusCode::UNPROCESSABLE_ENTITY, Some(form), Told::default()).await;
    }
    match problem.code {
        ProblemCode::AlreadyCreated => {
            let told = Told { notice: Some(Notice::KeyAlreadyMade), key: problem.id };
            match form::empty() {
                Ok(form) => show_again(visit, StatusCode::CONFLICT, Some(form), told).await,
                Err(error) => no_randomness(error),
            }
        }
        ProblemCode::TooManyKeys => {
            let told = Told { notice: Some(Notice::TooManyKeys), key: None };
            show_again(visit, StatusCode::CONFLICT, Some(form), told).await
        }
        ProblemCode::KeysDisabled => {
            let told = Told { notice: Some(Notice::KeysDisabled), key: None };
            show_again(visit, StatusCode::FORBIDDEN, None, told).await
        }
        ProblemCode::TooManyRequests => {
            let told = Told { notice: Some(Notice::TooManyRequests), key: None };
            show_again(visit, StatusCode::TOO_MANY_REQUESTS, Some(form), told).await
        }
        code => {
            tracing::warn!(code = code.as_str(), "the api refused what the form of keys sent");
            not_made(visit, form, Notice::NotDone, StatusCode::UNPROCESSABLE_ENTITY).await
        }
    }
}

/// The page with what was typed, and a new mark: the old one is of no use.
async fn not_made(visit: &Visit, form: KeyForm, notice: Notice, status: StatusCode) -> Response {
    match form::empty() {
        Ok(empty) => {
            let form = KeyForm { request: empty.request, ..form };
            show_again(visit, status, Some(form), Told { notice: Some(notice), key: None }).await
        }
        Err(error) => no_randomness(error),
    }
}

fn no_randomness(error: random::Error) -> Response {
    tracing::error!(%error, "the operating system gives no random bytes");
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// What the api takes as an `Idempotency-Key`.
fn is_mark(text: &str) -> bool {
    (16..=128).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}
