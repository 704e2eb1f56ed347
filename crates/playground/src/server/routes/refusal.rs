//! What is not served.

use axum::extract::State;
use axum::response::Response;

use crate::pages::refusal::Refusal;
use crate::server::state::Shared;
use crate::text::Lang;

pub(in crate::server) async fn not_found(State(state): State<Shared>, lang: Lang) -> Response {
    state.refuse(lang, Refusal::NotFound).await
}

pub(in crate::server) async fn method_not_allowed(State(state): State<Shared>, lang: Lang) -> Response {
    state.refuse(lang, Refusal::MethodNotAllowed).await
}
