//! What the OpenAPI description says besides the routes; `router.rs` adds those.

pub mod examples;
pub mod pages;
pub mod refusals;

use contract::{AccessReason, LoginErrorCode, ProblemBody, ProblemCode};
use utoipa::openapi::schema::Schema;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi as Document, RefOr};
use utoipa::{Modify, OpenApi};

/// The head of the description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Passerelle",
        description = "Log in with ProConnect and use an API. Times are Unix seconds. Every error is \
            `application/problem+json` (RFC 9457) with a `code` for programs.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    components(schemas(AccessReason, LoginErrorCode, ProblemBody, ProblemCode)),
    modifiers(&Bearer),
    tags(
        (name = "login", description = "Log in with ProConnect, and log out"),
        (name = "me", description = "The person behind an API token"),
        (name = "keys", description = "Keys for programs; only a session may call these. `/v1/me/keys` is the same as `/v1/keys`"),
        (name = "sessions", description = "Where a person is logged in; only a session may call these"),
        (name = "applications", description = "On the host of a protected application, whose proxy routes `/oauth2/` here; the paths are those of oauth2-proxy"),
        (name = "services", description = "For proxies and services that stand behind this one"),
        (name = "health", description = "For whatever watches the process"),
        (name = "documentation", description = "What this api is"),
    ),
)]
pub struct Description;

/// A body that may be left out is left out: it is never `null`, as its type in Rust would have it.
pub(crate) fn optional_bodies(document: &mut Document) {
    for item in document.paths.paths.values_mut() {
        let Some(RefOr::T(body)) = item.post.as_mut().and_then(|operation| operation.request_body.as_mut())
        else {
            continue;
        };
        for content in body.content.values_mut() {
            if let RefOr::T(content) = content
                && let Some(RefOr::T(Schema::OneOf(either))) = &content.schema
            {
                content.schema = either.items.iter().find(|schema| matches!(schema, RefOr::Ref(_))).cloned();
            }
        }
    }
}

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut Document) {
        let bearer =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API token: `sk-…`"));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("api_token", SecurityScheme::Http(bearer.build()));
        let cookie =
            ApiKeyValue::with_description("__Host-passerelle", "The session of a protected application");
        components.add_security_scheme("session_cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    }
}
