//! Who the request that is being answered is from, for the calls to the api that it leads to.

use std::net::IpAddr;

use service::request::RequestId;

/// Whose request is being answered.
#[derive(Clone, Debug, Default)]
pub(super) struct Visitor {
    /// Where they are, if that is known.
    pub(super) address: Option<IpAddr>,
    /// What the logs know their request by.
    pub(super) request_id: Option<RequestId>,
}

tokio::task_local! {
    static VISITOR: Visitor;
}

/// Answers a request of somebody.
pub(super) async fn answer<T>(visitor: Visitor, answer: impl Future<Output = T>) -> T {
    VISITOR.scope(visitor, answer).await
}

/// The visitor whose request is being answered. Nothing is known of them where no request is.
pub(super) fn current() -> Visitor {
    VISITOR.try_with(Clone::clone).unwrap_or_default()
}
