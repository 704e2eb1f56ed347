//! The one shape of errors: `application/problem+json` (RFC 9457), or a page for somebody in a browser.

use axum::extract::FromRequestParts;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use super::page::{self, Page};
use crate::state::AppState;

/// An answer that says what went wrong and what to do. What is behind a 5xx stays in the logs.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    title: &'static str,
    detail: String,
    page: Option<Page>,
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    title: &'a str,
    status: u16,
    detail: &'a str,
    request_id: &'a str,
}

impl Problem {
    fn new(status: StatusCode, title: &'static str, detail: impl Into<String>) -> Self {
        Self { status, title, detail: detail.into(), page: None }
    }

    /// 400: the client should send something else.
    pub fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "Bad Request", detail)
    }

    /// 401: no valid API token came with the request.
    #[must_use]
    pub fn unauthorized(detail: &'static str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "Unauthorized", detail)
    }

    /// 404.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "Not Found", "Nothing is served at this path.")
    }

    /// 405.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::new(
            StatusCode::METHOD_NOT_ALLOWED,
            "Method Not Allowed",
            "This path does not answer this method.",
        )
    }

    /// 413, 415 and the like: what the framework itself refuses.
    #[must_use]
    pub fn refused(status: StatusCode, detail: String) -> Self {
        Self::new(status, status.canonical_reason().unwrap_or("Refused"), detail)
    }

    /// 429: the client asks for more than anybody needs.
    #[must_use]
    pub fn too_many_requests() -> Self {
        Self::new(
            StatusCode::TOO_MANY_REQUESTS,
            "Too Many Requests",
            "Too many requests come from this address. Try again in a few seconds.",
        )
        .with_page(Page {
            french: "Trop de demandes viennent de votre réseau. Réessayez dans quelques secondes.",
            english: "Too many requests come from your network. Try again in a few seconds.",
            restart: None,
        })
    }

    /// Any other status, about which no more is known than its name.
    #[must_use]
    pub fn bare(status: StatusCode) -> Self {
        let name = status.canonical_reason().unwrap_or("Error");
        Self::new(status, name, format!("{name}."))
    }

    /// 500: our fault, and the logs know more.
    #[must_use]
    pub fn internal() -> Self {
        Self::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "Internal Server Error",
            "Something failed here. Try again; if it lasts, give the request_id to whoever runs this service.",
        )
    }

    /// 503: something this service depends on does not answer.
    pub fn unavailable(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "Service Unavailable", detail)
    }

    /// The same, with a page for browsers.
    #[must_use]
    pub fn with_page(mut self, page: Page) -> Self {
        self.page = Some(page);
        self
    }

    /// The answer's final form: a page when there is one and the client accepts HTML, JSON otherwise.
    #[must_use]
    pub fn render(&self, request_id: &str, accepts_html: bool) -> Response {
        let mut response = match &self.page {
            Some(page) if accepts_html => page::render(page, request_id),
            _ => {
                let body = Body {
                    r#type: "about:blank",
                    title: self.title,
                    status: self.status.as_u16(),
                    detail: &self.detail,
                    request_id,
                };
                // Only texts and a number: this cannot fail.
                let json = serde_json::to_vec(&body).unwrap_or_default();
                ([(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))], json).into_response()
            }
        };
        *response.status_mut() = self.status;
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.status == StatusCode::UNAUTHORIZED {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        if self.status == StatusCode::TOO_MANY_REQUESTS {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("5"));
        }
        response
    }
}

impl IntoResponse for Problem {
    /// The outermost layer, which knows the request, gives it its final form.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

/// The query of a request, in which no parameter may stand twice: two programs could each read another one.
pub struct Query<T>(pub T);

impl<T: serde::de::DeserializeOwned> FromRequestParts<AppState> for Query<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Problem> {
        let query = axum::extract::Query::try_from_uri(&parts.uri);
        query.map(|axum::extract::Query(query)| Self(query)).map_err(|_| {
            Problem::bad_request("The query cannot be read: a parameter stands twice.").with_page(Page {
                french: "Cette adresse ne peut pas être lue.",
                english: "This address cannot be read.",
                restart: state.restart_url.clone(),
            })
        })
    }
}
