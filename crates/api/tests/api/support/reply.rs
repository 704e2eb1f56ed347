//! An answer of the api.

use contract::ProblemCode;
use reqwest::header::HeaderMap;
use serde_json::Value;
use url::Url;

#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) body: String,
}

impl Reply {
    /// A header; empty when it is missing.
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// A parameter of the URL that the answer redirects to.
    pub(crate) fn location_parameter(&self, name: &str) -> Option<String> {
        let url = Url::parse(self.location()).ok()?;
        url.query_pairs().find(|(known, _)| known == name).map(|(_, value)| value.into_owned())
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("not JSON: {self:?}"))
    }

    /// Asserts that this is an error in the common format, and returns its detail.
    pub(crate) fn problem(&self, status: u16) -> String {
        assert_eq!(
            (self.status, self.header("content-type")),
            (status, "application/problem+json"),
            "{self:?}"
        );
        assert_eq!(self.header("cache-control"), "no-store");
        assert_eq!(self.header("x-content-type-options"), "nosniff");
        let body = self.json();
        let mut names: Vec<&str> = body.as_object().unwrap().keys().map(String::as_str).collect();
        names.sort_unstable();
        assert_eq!(names, ["code", "detail", "request_id", "status", "title", "type"]);
        assert_eq!((&body["type"], &body["status"]), (&"about:blank".into(), &status.into()));
        assert!(!body["title"].as_str().unwrap().is_empty());
        assert!(ProblemCode::parse(body["code"].as_str().unwrap()).is_some(), "{self:?}");
        assert_eq!(body["request_id"], self.header("x-request-id"));
        let detail = body["detail"].as_str().unwrap().to_owned();
        assert!(!detail.is_empty());
        detail
    }

    /// Asserts that this is a page for people.
    pub(crate) fn page(&self, status: u16) -> &str {
        assert_eq!(
            (self.status, self.header("content-type")),
            (status, "text/html; charset=utf-8"),
            "{self:?}"
        );
        assert_eq!(self.header("cache-control"), "no-store");
        assert!(self.header("content-security-policy").contains("default-src 'none'"));
        assert!(self.body.contains("<html lang=\"fr\">"));
        assert!(self.body.contains(self.header("x-request-id")));
        &self.body
    }
}
