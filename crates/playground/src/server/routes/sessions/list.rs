//! `GET /sessions`: the list.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::shown;
use crate::pages::sessions::SessionsPage;
use crate::server::routes::visit::Visit;
use crate::server::web::compression::compressible;

/// The page.
pub(in crate::server) async fn show(visit: Visit) -> Response {
    match visit.with_name(shown::rows(&visit)).await {
        Ok((name, sessions)) => {
            let notice = visit.notice();
            let view = move || view! { <SessionsPage name sessions notice /> };
            compressible(visit.state.page(visit.lang, StatusCode::OK, view).await)
        }
        Err(error) => visit.failed(error).await,
    }
}
