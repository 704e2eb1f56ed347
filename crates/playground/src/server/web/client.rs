//! Notes where a request came from.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::server::state::Shared;
use crate::server::visitor;

/// A middleware: notes the visitor's address while their request is answered.
pub(in crate::server) async fn note(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let address = state.proxies.client(request.extensions(), request.headers());
    // Somebody on this machine has no address that is worth telling.
    visitor::answer(address.filter(|address| !address.is_loopback()), next.run(request)).await
}
