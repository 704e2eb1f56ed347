//! Notes where a request came from, and its id.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use service::request::RequestId;

use crate::server::state::Shared;
use crate::server::visitor::{self, Visitor};

/// A middleware: notes the visitor while their request is answered.
pub(in crate::server) async fn note(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let address = state.proxies.client(request.extensions(), request.headers());
    let visitor = Visitor {
        // Somebody on this machine has no address that is worth telling.
        address: address.filter(|address| !address.is_loopback()),
        request_id: request.extensions().get::<RequestId>().cloned(),
    };
    visitor::answer(visitor, next.run(request)).await
}
