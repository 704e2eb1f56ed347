//! In which request something is done: the record tells its id and where it came from.

use accounts::Context;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use service::request::RequestId;

use crate::state::AppState;

/// A middleware: whatever is recorded while the request is answered says that it was this one.
pub async fn in_context(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let client = state.api.proxies.seen(request.extensions(), request.headers());
    let context = Context {
        operator: None,
        client: client.map(|client| client.to_string()),
        request_id: request.extensions().get::<RequestId>().map(|id| id.as_str().to_owned()),
    };
    context.scope(next.run(request)).await
}
