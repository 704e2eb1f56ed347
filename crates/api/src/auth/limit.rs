//! Refuses clients that begin or end too many logins.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use service::client_address::address;

use crate::problem::Problem;
use crate::state::AppState;

/// A middleware: refuses a client that begins or ends too many logins.
///
/// # Errors
/// 429 when it does.
pub async fn limit_logins(
    State(state): State<AppState>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let client = address(request.extensions(), request.headers(), &state.api.trusted_proxies);
    state.limits.count_login(client).inspect_err(|_| {
        tracing::warn!("a client is refused: too many logins and logouts from one address");
    })?;
    Ok(next.run(request).await)
}
