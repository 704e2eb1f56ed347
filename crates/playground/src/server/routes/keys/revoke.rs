//! `/keys/{id}/revoke`: asks, then ends a key.

use axum::http::StatusCode;
use axum::response::Response;
use leptos::prelude::*;

use super::shown;
use crate::notice::Notice;
use crate::pages::revoke_key::RevokeKeyPage;
use crate::server::routes::visit::Visit;
use crate::server::web::id::Id;

/// Names the key and asks.
pub(in crate::server) async fn ask(visit: Visit, Id(id): Id) -> Response {
    match visit.with_name(visit.state.api.key(visit.token(), id)).await {
        Ok((name, key)) => {
            let key = shown::row(key, visit.teller());
            let view = move || view! { <RevokeKeyPage name key /> };
            visit.state.page(visit.lang, StatusCode::OK, view).await
        }
        Err(error) => visit.failed(error).await,
    }
}

/// Ends it.
pub(in crate::server) async fn end(visit: Visit, Id(id): Id) -> Response {
    match visit.state.api.revoke_key(visit.token(), id).await {
        Ok(()) => visit.done(Notice::KeyRevoked, "/keys"),
        Err(error) => visit.failed(error).await,
    }
}
