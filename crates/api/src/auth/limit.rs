//! Refuses clients that begin too many logins.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;

use crate::metrics::Limited;
use crate::problem::Problem;
use crate::state::AppState;

/// A middleware: refuses a client that begins too many logins. A logout is no matter of this: whoever has a valid token is never
/// refused, and wrong ones are counted where they are found.
///
/// # Errors
/// 429 when it does.
pub async fn limit_logins(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let client = state.api.proxies.client(request.extensions(), request.headers());
    state.limits.count_login(client).inspect_err(|_| {
        state.metrics.rate_limited(Limited::Login);
        tracing::warn!("a client is refused: too many logins from one address");
    })?;
    Ok(next.run(request).await)
}
