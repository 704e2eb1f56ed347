//! Who a request is from, for the calls to the api that it leads to.

use std::net::IpAddr;

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::Response;
use service::client_address;

use crate::server::state::Shared;

tokio::task_local! {
    static ADDRESS: Option<IpAddr>;
}

/// A middleware: notes the visitor's address while their request is answered.
pub(in crate::server) async fn note(State(state): State<Shared>, request: Request, next: Next) -> Response {
    let address = client_address::address(request.extensions(), request.headers(), &state.trusted_proxies);
    // Somebody on this machine has no address that is worth telling.
    let address = address.filter(|address| !address.is_loopback());
    ADDRESS.scope(address, next.run(request)).await
}

/// The address of the visitor whose request is being answered, if it is known.
pub(in crate::server) fn address() -> Option<IpAddr> {
    ADDRESS.try_with(|address| *address).ok().flatten()
}
