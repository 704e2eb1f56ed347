//! The one shape of errors: `application/problem+json` (RFC 9457), or a page for somebody in a browser.
//!
//! A code decides the status, so one fault has one status everywhere.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use contract::{ProblemBody, ProblemCode};
use service::random;

use crate::limits::TooMany;
use crate::page::{self, Page};

/// An answer that says what went wrong and what to do. The cause of a 5xx stays in the logs.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: ProblemCode,
    detail: String,
    page: Option<Page>,
}

impl Problem {
    /// A problem of this kind; `detail` is for people.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { status: status(code), code, detail: detail.into(), page: None }
    }

    /// 404.
    #[must_use]
    pub fn not_found() -> Self {
        Self::new(ProblemCode::NotFound, "Nothing is served at this path.")
    }

    /// 405.
    #[must_use]
    pub fn method_not_allowed() -> Self {
        Self::new(ProblemCode::MethodNotAllowed, "This path does not answer this method.")
    }

    /// 500: our fault, and the logs know more.
    #[must_use]
    pub fn internal() -> Self {
        let detail = "Something failed here. Try again; if it lasts, give the request_id to whoever runs this service.";
        Self::new(ProblemCode::Internal, detail)
    }

    /// A status of the framework, about which no more is known than its name.
    #[must_use]
    pub fn bare(status: StatusCode) -> Self {
        let code = match status {
            StatusCode::NOT_FOUND => ProblemCode::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => ProblemCode::MethodNotAllowed,
            StatusCode::REQUEST_TIMEOUT => ProblemCode::RequestTimeout,
            StatusCode::PAYLOAD_TOO_LARGE => ProblemCode::BodyTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => ProblemCode::UnsupportedMediaType,
            StatusCode::GATEWAY_TIMEOUT => ProblemCode::Timeout,
            status if status.is_server_error() => ProblemCode::Internal,
            _ => ProblemCode::Refused,
        };
        Self { status, code, detail: format!("{}.", name(status)), page: None }
    }

    /// The same with another detail.
    #[must_use]
    pub fn with_detail(self, detail: String) -> Self {
        Self { detail, ..self }
    }

    /// The same with a page for browsers.
    #[must_use]
    pub fn with_page(self, page: Page) -> Self {
        Self { page: Some(page), ..self }
    }

    /// The answer's final form: a page when there is one and the client accepts HTML, JSON otherwise.
    #[must_use]
    pub fn render(&self, request_id: &str, accepts_html: bool) -> Response {
        let mut response = match &self.page {
            Some(page) if accepts_html => page::render(page, request_id),
            _ => {
                let body = ProblemBody {
                    r#type: "about:blank".to_owned(),
                    title: name(self.status).to_owned(),
                    status: self.status.as_u16(),
                    code: self.code,
                    detail: self.detail.clone(),
                    request_id: request_id.to_owned(),
                };
                // Only strings and a number: this cannot fail.
                let json = serde_json::to_vec(&body).unwrap_or_default();
                ([(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))], json).into_response()
            }
        };
        *response.status_mut() = self.status;
        let header = match self.code {
            // RFC 6750, section 3.
            ProblemCode::MissingToken => Some((WWW_AUTHENTICATE, r#"Bearer realm="passerelle""#)),
            ProblemCode::InvalidToken => {
                Some((WWW_AUTHENTICATE, r#"Bearer realm="passerelle", error="invalid_token""#))
            }
            ProblemCode::TooManyRequests => Some((RETRY_AFTER, "5")),
            _ => None,
        };
        response.headers_mut().extend(header.map(|(name, value)| (name, HeaderValue::from_static(value))));
        response
    }
}

fn status(code: ProblemCode) -> StatusCode {
    match code {
        ProblemCode::InvalidQuery
        | ProblemCode::InvalidOrigin
        | ProblemCode::InvalidBinding
        | ProblemCode::UnknownState
        | ProblemCode::InvalidBody
        | ProblemCode::InvalidIdToken
        | ProblemCode::InvalidRedirectUri
        | ProblemCode::Refused => StatusCode::BAD_REQUEST,
        ProblemCode::MissingToken | ProblemCode::InvalidToken => StatusCode::UNAUTHORIZED,
        ProblemCode::NotFound => StatusCode::NOT_FOUND,
        ProblemCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ProblemCode::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
        ProblemCode::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ProblemCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ProblemCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ProblemCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ProblemCode::DatabaseUnavailable | ProblemCode::ProviderUnavailable => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        ProblemCode::Timeout => StatusCode::GATEWAY_TIMEOUT,
    }
}

fn name(status: StatusCode) -> &'static str {
    status.canonical_reason().unwrap_or("Error")
}

impl IntoResponse for Problem {
    /// `answer::complete`, which knows the request, gives it its final form.
    fn into_response(self) -> Response {
        let mut response = self.status.into_response();
        response.extensions_mut().insert(self);
        response
    }
}

impl From<accounts::Error> for Problem {
    /// Logs the cause: this is the only place where it is known.
    fn from(error: accounts::Error) -> Self {
        tracing::error!(error = &error as &dyn std::error::Error, "the database failed");
        Self::new(ProblemCode::DatabaseUnavailable, "The database does not answer. Try again in a moment.")
    }
}

impl From<random::Error> for Problem {
    fn from(error: random::Error) -> Self {
        tracing::error!(%error, "the operating system gives no random bytes");
        Self::internal()
    }
}

impl From<TooMany> for Problem {
    fn from(_: TooMany) -> Self {
        let detail = "Too many requests come from this address. Try again in a few seconds.";
        Self::new(ProblemCode::TooManyRequests, detail).with_page(Page {
            french: "Trop de demandes viennent de votre réseau. Réessayez dans quelques secondes.",
            english: "Too many requests come from your network. Try again in a few seconds.",
            restart: None,
        })
    }
}
