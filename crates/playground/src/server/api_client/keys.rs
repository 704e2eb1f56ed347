//! Calls about keys.

use contract::{Key, KeyChange, KeyList, KeyRotation, NewKey, path};
use secrecy::SecretString;
use service::client::Method;

use super::{ApiClient, ApiError, with_json};

/// Which keys, newest first.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeyQuery {
    /// `all`, `active`, `expired` or `revoked`.
    pub(crate) status: &'static str,
    pub(crate) offset: i64,
    pub(crate) limit: i64,
}

impl ApiClient {
    pub(crate) async fn keys(&self, token: &SecretString, query: KeyQuery) -> Result<KeyList, ApiError> {
        let KeyQuery { status, offset, limit } = query;
        let path = format!("{}?status={status}&offset={offset}&limit={limit}", path::KEYS);
        self.ask(self.to(Method::GET, &path), token).await
    }

    /// The active keys, those that end first in front.
    pub(crate) async fn keys_by_end(&self, token: &SecretString) -> Result<KeyList, ApiError> {
        let path = format!("{}?status=active&sort_by=expires&sort_order=asc&limit=100", path::KEYS);
        self.ask(self.to(Method::GET, &path), token).await
    }

    pub(crate) async fn key(&self, token: &SecretString, id: i64) -> Result<Key, ApiError> {
        self.ask(self.to(Method::GET, &one(path::KEY, id)), token).await
    }

    /// Makes a key. The answer holds the whole key, this once. `request` is the same whenever the same request is sent again.
    pub(crate) async fn create_key(
        &self,
        token: &SecretString,
        request: &str,
        key: &NewKey,
    ) -> Result<Key, ApiError> {
        let post = self.to(Method::POST, path::KEYS).header("idempotency-key", request);
        self.ask(with_json(post, key)?, token).await
    }

    pub(crate) async fn rename_key(
        &self,
        token: &SecretString,
        id: i64,
        name: String,
    ) -> Result<Key, ApiError> {
        let patch = self.to(Method::PATCH, &one(path::KEY, id));
        self.ask(with_json(patch, &KeyChange { name })?, token).await
    }

    pub(crate) async fn revoke_key(&self, token: &SecretString, id: i64) -> Result<(), ApiError> {
        self.send(self.to(Method::DELETE, &one(path::KEY, id)), token).await.map(|_| ())
    }

    /// Replaces a key. The answer holds the whole new key, this once.
    pub(crate) async fn rotate_key(
        &self,
        token: &SecretString,
        id: i64,
        rotation: &KeyRotation,
    ) -> Result<Key, ApiError> {
        let post = self.to(Method::POST, &one(path::KEY_ROTATION, id));
        self.ask(with_json(post, rotation)?, token).await
    }
}

fn one(path: &str, id: i64) -> String {
    path.replace("{id}", &id.to_string())
}
