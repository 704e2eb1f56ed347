//! `/sessions/{id}/end`: asks, then ends one session.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::shown;
use crate::notice::Notice;
use crate::pages::end_session::EndSessionPage;
use crate::pages::refusal::Refusal;
use crate::server::routes::visit::Visit;
use crate::server::web::id::Id;
use crate::server::web::page::see_other;

/// Names the session and asks.
pub(in crate::server) async fn ask(visit: Visit, Id(id): Id) -> Response {
    let (name, rows) = match visit.with_name(shown::rows(&visit)).await {
        Ok(answers) => answers,
        Err(error) => return visit.failed(error).await,
    };
    match rows.into_iter().find(|row| row.id == id) {
        // The way to end one's own is the logout.
        Some(session) if session.is_this => see_other("/logout"),
        Some(session) => {
            let view = move || view! { <EndSessionPage name session /> };
            visit.state.page(visit.lang, StatusCode::OK, view).await
        }
        None => visit.state.refuse(visit.lang, Refusal::NotFound).await,
    }
}

/// Ends it.
pub(in crate::server) async fn end(visit: Visit, Id(id): Id) -> Response {
    if visit.is_this(id) {
        return see_other("/logout");
    }
    match visit.state.api.end_session(visit.token(), id).await {
        Ok(()) => visit.done(Notice::OneSessionEnded, "/sessions"),
        Err(error) => visit.failed(error).await,
    }
}
