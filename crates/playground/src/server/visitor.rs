//! Who the request that is being answered is from, for the calls to the api that it leads to.

use std::net::IpAddr;

tokio::task_local! {
    static ADDRESS: Option<IpAddr>;
}

/// Answers a request of somebody at this address.
pub(super) async fn answer<T>(address: Option<IpAddr>, answer: impl Future<Output = T>) -> T {
    ADDRESS.scope(address, answer).await
}

/// The address of the visitor whose request is being answered, if it is known.
pub(super) fn address() -> Option<IpAddr> {
    ADDRESS.try_with(|address| *address).ok().flatten()
}
