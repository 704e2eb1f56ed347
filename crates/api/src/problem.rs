//! The one shape of errors: `application/problem+json` (RFC 9457), or a page for somebody in a browser.
//!
//! A code decides the status, so one fault has one status everywhere.

use axum::http::header::{CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use contract::{ProblemBody, ProblemCode};
use service::random;

use crate::limits::TooMany;
use crate::page::{self, Frame, Page};

/// An answer that says what went wrong and what to do. The cause of a 5xx stays in the logs.
#[derive(Clone, Debug)]
pub struct Problem {
    status: StatusCode,
    code: ProblemCode,
    detail: String,
    page: Option<Page>,
    more: Option<Box<More>>,
}

/// What few problems say besides.
#[derive(Clone, Debug, Default)]
struct More {
    field: Option<&'static str>,
    max_expires: Option<i64>,
    id: Option<i64>,
    challenges_basic: bool,
}

impl Problem {
    /// A problem of this kind; `detail` is for people.
    pub fn new(code: ProblemCode, detail: impl Into<String>) -> Self {
        Self { status: status(code), code, detail: detail.into(), page: None, more: None }
    }

    /// 401: there is no token.
    #[must_use]
    pub fn missing_token() -> Self {
        let detail = "This needs an API token: send it as `Authorization: Bearer sk-…`.";
        Self::new(ProblemCode::MissingToken, detail)
    }

    /// 401: the token is not valid.
    #[must_use]
    pub fn invalid_token() -> Self {
        let detail = "This API token is not valid, has expired or was revoked. Log in again to get another.";
        Self::new(ProblemCode::InvalidToken, detail)
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
        Self { status, ..Self::new(code, format!("{}.", name(status))) }
    }

    /// 422: a query of a call that is not a browser's.
    pub fn invalid_query(detail: impl Into<String>) -> Self {
        Self { status: StatusCode::UNPROCESSABLE_ENTITY, ..Self::new(ProblemCode::InvalidQuery, detail) }
    }

    /// The same with the name of what is wrong.
    #[must_use]
    pub fn with_field(mut self, field: &'static str) -> Self {
        self.more.get_or_insert_default().field = Some(field);
        self
    }

    /// The same with the latest that a key may expire.
    #[must_use]
    pub fn with_max_expires(mut self, latest: i64) -> Self {
        self.more.get_or_insert_default().max_expires = Some(latest);
        self
    }

    /// The same with what the request made before.
    #[must_use]
    pub fn with_id(mut self, id: i64) -> Self {
        self.more.get_or_insert_default().id = Some(id);
        self
    }

    /// The same, asking for a name and a password when credentials are missing or wrong (RFC 7617).
    #[must_use]
    pub fn with_basic_challenge(mut self) -> Self {
        self.more.get_or_insert_default().challenges_basic = true;
        self
    }

    /// The same with another detail.
    #[must_use]
    pub fn with_detail(self, detail: String) -> Self {
        Self { detail, ..self }
    }

    /// The status and the code.
    #[must_use]
    pub fn kind(&self) -> (StatusCode, ProblemCode) {
        (self.status, self.code)
    }

    /// What it says to people.
    #[must_use]
    pub fn detail(&self) -> &str {
        &self.detail
    }

    /// The same with a page for browsers.
    #[must_use]
    pub fn with_page(self, page: Page) -> Self {
        Self { page: Some(page), ..self }
    }

    /// The answer's final form: a page when there is one and the client accepts HTML, JSON otherwise.
    #[must_use]
    pub fn render(&self, frame: Frame<'_>, accepts_html: bool) -> Response {
        let mut response = match &self.page {
            Some(page) if accepts_html => page::render(page, frame),
            _ => {
                let more = self.more.as_deref().cloned().unwrap_or_default();
                let body = ProblemBody {
                    r#type: "about:blank".to_owned(),
                    title: name(self.status).to_owned(),
                    status: self.status.as_u16(),
                    code: self.code,
                    detail: self.detail.clone(),
                    request_id: frame.request_id.to_owned(),
                    field: more.field.map(str::to_owned),
                    max_expires: more.max_expires,
                    id: more.id,
                };
                // Only strings and a number: this cannot fail.
                let json = serde_json::to_vec(&body).unwrap_or_default();
                ([(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"))], json).into_response()
            }
        };
        *response.status_mut() = self.status;
        let challenges_basic = self.more.as_ref().is_some_and(|more| more.challenges_basic);
        let header = match self.code {
            ProblemCode::MissingToken | ProblemCode::InvalidToken if challenges_basic => {
                Some((WWW_AUTHENTICATE, r#"Basic realm="passerelle", charset="UTF-8""#))
            }
            // RFC 6750, section 3.
            ProblemCode::MissingToken => Some((WWW_AUTHENTICATE, r#"Bearer realm="passerelle""#)),
            ProblemCode::InvalidToken => {
                Some((WWW_AUTHENTICATE, r#"Bearer realm="passerelle", error="invalid_token""#))
            }
            ProblemCode::SessionRequired | ProblemCode::KeysDisabled | ProblemCode::Forbidden => {
                Some((WWW_AUTHENTICATE, r#"Bearer realm="passerelle", error="insufficient_scope""#))
            }
            ProblemCode::TooManyRequests => Some((RETRY_AFTER, "5")),
            _ => None,
        };
        response.headers_mut().extend(header.map(|(name, value)| (name, HeaderValue::from_static(value))));
        response
    }
}

/// The status of a code.
pub(crate) fn status(code: ProblemCode) -> StatusCode {
    match code {
        ProblemCode::InvalidQuery
        | ProblemCode::InvalidOrigin
        | ProblemCode::InvalidBinding
        | ProblemCode::InvalidState
        | ProblemCode::UnknownState
        | ProblemCode::InvalidBody
        | ProblemCode::InvalidIdToken
        | ProblemCode::InvalidRedirectUri
        | ProblemCode::Refused => StatusCode::BAD_REQUEST,
        ProblemCode::MissingToken | ProblemCode::InvalidToken => StatusCode::UNAUTHORIZED,
        ProblemCode::SessionRequired | ProblemCode::KeysDisabled | ProblemCode::Forbidden => {
            StatusCode::FORBIDDEN
        }
        ProblemCode::TooManyKeys
        | ProblemCode::AlreadyCreated
        | ProblemCode::AlreadyRotated
        | ProblemCode::KeyRevoked => StatusCode::CONFLICT,
        ProblemCode::InvalidName
        | ProblemCode::InvalidExpires
        | ProblemCode::ExpiresTooLate
        | ProblemCode::ExpiryRequired
        | ProblemCode::InvalidGrace
        | ProblemCode::InvalidIdempotencyKey => StatusCode::UNPROCESSABLE_ENTITY,
        ProblemCode::NotFound => StatusCode::NOT_FOUND,
        ProblemCode::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
        ProblemCode::RequestTimeout => StatusCode::REQUEST_TIMEOUT,
        ProblemCode::BodyTooLarge => StatusCode::PAYLOAD_TOO_LARGE,
        ProblemCode::UnsupportedMediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
        ProblemCode::TooManyRequests => StatusCode::TOO_MANY_REQUESTS,
        ProblemCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        ProblemCode::DatabaseUnavailable | ProblemCode::ProviderUnavailable | ProblemCode::Configuration => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        ProblemCode::Timeout => StatusCode::GATEWAY_TIMEOUT,
    }
}

/// The name of a status.
pub(crate) fn name(status: StatusCode) -> &'static str {
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

impl From<accounts::KeyError> for Problem {
    fn from(error: accounts::KeyError) -> Self {
        use accounts::KeyError;
        match error {
            KeyError::TooMany => {
                let detail = "You have as many active keys as you may. End one that you no longer need.";
                Self::new(ProblemCode::TooManyKeys, detail)
            }
            KeyError::AlreadyMade(id) => {
                let detail = "This request has made a key, which is shown only once. To make another, send another Idempotency-Key.";
                Self::new(ProblemCode::AlreadyCreated, detail).with_id(id)
            }
            KeyError::AlreadyReplaced => Self::new(
                ProblemCode::AlreadyRotated,
                "This key has been replaced. Rotate the one that replaces it.",
            ),
            KeyError::Revoked => Self::new(ProblemCode::KeyRevoked, "This key was revoked. Make another."),
            KeyError::Unknown => Self::new(ProblemCode::NotFound, "You have no such key."),
            KeyError::Lifetime(_) => Self::internal(),
            KeyError::Random(error) => error.into(),
            KeyError::Database(error) => error.into(),
        }
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
