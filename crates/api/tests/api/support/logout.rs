//! `POST /v1/oauth2/logout`, as the playground calls it.

use reqwest::Method;
use serde_json::{Value, json};

use super::api::Api;
use super::browser::{Browser, Session};
use super::reply::Reply;

impl Session {
    /// Sends a valid logout.
    pub(crate) async fn log_out(&self, api: &Api) -> Reply {
        self.log_out_with(api, json!({ "proconnect_token": self.id_token })).await
    }

    pub(crate) async fn log_out_with(&self, api: &Api, body: Value) -> Reply {
        self.log_out_at(&api.base, body.to_string()).await
    }

    pub(crate) async fn log_out_at(&self, base: &str, body: String) -> Reply {
        let bearer = self.bearer();
        let headers = [("authorization", bearer.as_str()), ("content-type", "application/json")];
        Browser::at(base).send(Method::POST, "/v1/oauth2/logout", &headers, body).await
    }
}
