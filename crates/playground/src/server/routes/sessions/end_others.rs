//! `/sessions/end`: asks, then ends all sessions but this one.

use axum::extract::Form;
use axum::extract::rejection::FormRejection;
use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;
use serde::Deserialize;

use super::shown;
use crate::notice::Notice;
use crate::pages::end_session::EndOthersPage;
use crate::server::routes::visit::Visit;

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::server) struct Sent {
    keys: String,
}

/// Says how many there are, and asks.
pub(in crate::server) async fn ask(visit: Visit) -> Response {
    match visit.with_name(shown::rows(&visit)).await {
        Ok((name, rows)) => {
            let others = rows.iter().filter(|row| !row.is_this).count();
            let view = move || view! { <EndOthersPage name others /> };
            visit.state.page(visit.lang, StatusCode::OK, view).await
        }
        Err(error) => visit.failed(error).await,
    }
}

/// Ends them, and the person's keys where these are meant, too.
pub(in crate::server) async fn end(visit: Visit, sent: Result<Form<Sent>, FormRejection>) -> Response {
    let Form(sent) = sent.unwrap_or_default();
    let with_keys = sent.keys == "true";
    match visit.state.api.end_other_sessions(visit.token(), with_keys).await {
        Ok(_) if with_keys => visit.done(Notice::SessionsAndKeysEnded, "/sessions"),
        Ok(_) => visit.done(Notice::OtherSessionsEnded, "/sessions"),
        Err(error) => visit.failed(error).await,
    }
}
