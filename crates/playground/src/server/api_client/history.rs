//! Calls about what happened.

use contract::{EventList, path};
use secrecy::SecretString;
use service::client::Method;

use super::{ApiClient, ApiError};

impl ApiClient {
    /// What happened to the account of whose session this is, before an event.
    pub(crate) async fn history(
        &self,
        token: &SecretString,
        limit: usize,
        before: Option<i64>,
    ) -> Result<EventList, ApiError> {
        let before = before.map(|before| format!("&before={before}")).unwrap_or_default();
        self.ask(self.to(Method::GET, &format!("{}?limit={limit}{before}", path::HISTORY)), token).await
    }
}
