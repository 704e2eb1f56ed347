//! `/keys/{id}/rename`: another name.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use contract::ProblemCode;
use leptos::prelude::*;
use serde::Deserialize;

use super::shown;
use crate::notice::Notice;
use crate::pages::rename_key::RenameKeyPage;
use crate::server::api_client::ApiError;
use crate::server::routes::visit::Visit;
use crate::server::web::id::Id;

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::server) struct Sent {
    name: String,
}

/// Asks for the name.
pub(in crate::server) async fn ask(visit: Visit, Id(id): Id) -> Response {
    show(&visit, id, None).await
}

/// Has the api remember it.
pub(in crate::server) async fn save(
    visit: Visit,
    Id(id): Id,
    sent: Result<Form<Sent>, FormRejection>,
) -> Response {
    let Form(Sent { name }) = sent.unwrap_or_default();
    match visit.state.api.rename_key(visit.token(), id, name.clone()).await {
        Ok(_) => visit.done(Notice::KeyRenamed, "/keys"),
        Err(ApiError::Refused(problem)) if problem.code == ProblemCode::InvalidName => {
            show(&visit, id, Some(name)).await
        }
        Err(error) => visit.failed(error).await,
    }
}

async fn show(visit: &Visit, id: i64, refused: Option<String>) -> Response {
    match visit.with_name(visit.state.api.key(visit.token(), id)).await {
        Ok((name, key)) => {
            let key = shown::row(key, visit.teller());
            let status = if refused.is_some() { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::OK };
            let view = move || view! { <RenameKeyPage name key refused /> };
            visit.state.page(visit.lang, status, view).await
        }
        Err(error) => visit.failed(error).await,
    }
}
