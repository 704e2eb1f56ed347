//! Calls about sessions.

use contract::{Ended, SessionList, path};
use secrecy::SecretString;
use service::client::Method;

use super::{ApiClient, ApiError};

impl ApiClient {
    /// The live sessions of whose session this is.
    pub(crate) async fn sessions(&self, token: &SecretString) -> Result<SessionList, ApiError> {
        self.ask(self.to(Method::GET, path::SESSIONS), token).await
    }

    pub(crate) async fn end_session(&self, token: &SecretString, id: i64) -> Result<(), ApiError> {
        let path = path::SESSION.replace("{id}", &id.to_string());
        self.send(self.to(Method::DELETE, &path), token).await.map(|_| ())
    }

    /// Ends all sessions but this one.
    pub(crate) async fn end_other_sessions(
        &self,
        token: &SecretString,
        with_keys: bool,
    ) -> Result<Ended, ApiError> {
        let path = format!("{}?keep=current&keys={with_keys}", path::SESSIONS);
        self.ask(self.to(Method::DELETE, &path), token).await
    }
}
