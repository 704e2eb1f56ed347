//! What the OpenAPI description says besides the routes; `router.rs` adds those.

use std::collections::BTreeMap;

use contract::ProblemBody;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi, ToSchema as _};

/// The head of the description.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Passerelle",
        description = "Log in with ProConnect and use an API. Times are Unix seconds. Every error is \
            `application/problem+json` (RFC 9457) with a `code` for programs.",
        license(name = "Apache-2.0", identifier = "Apache-2.0"),
    ),
    modifiers(&Bearer),
    tags(
        (name = "login", description = "Log in with ProConnect, and log out"),
        (name = "me", description = "The person behind an API token"),
        (name = "keys", description = "Keys for programs; only a session may call these. `/v1/me/keys` is the same as `/v1/keys`"),
        (name = "sessions", description = "Where a person is logged in; only a session may call these"),
        (name = "services", description = "For proxies and services that stand behind this one"),
        (name = "health", description = "For whatever watches the process"),
    ),
)]
pub struct Description;

/// What every endpoint may answer that takes a bearer: `responses(…, BearerProblems)`.
pub(crate) struct BearerProblems;

impl IntoResponses for BearerProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        [
            ("401", "There is no valid API token."),
            ("429", "Too many wrong tokens come from one address."),
            ("503", "The database does not answer."),
        ]
        .map(|(status, description)| (status.to_owned(), problem(description).into()))
        .into()
    }
}

/// What every endpoint may answer that only a session may call.
pub(crate) struct KeyProblems;

impl IntoResponses for KeyProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = BearerProblems::responses();
        responses.extend(
            [
                ("400", "The body is not the JSON that the call takes."),
                ("403", "Only a session may do this, or no keys are made here."),
                ("404", "You have none of this id."),
                ("409", "There are too many keys, or the key was replaced, revoked or made before."),
                ("422", "What was asked for is not allowed; `field` says what."),
            ]
            .map(|(status, description)| (status.to_owned(), problem(description).into())),
        );
        responses
    }
}

fn problem(description: &str) -> Response {
    let body = ContentBuilder::new().schema(Some(Ref::from_schema_name(ProblemBody::name()))).build();
    ResponseBuilder::new().description(description).content("application/problem+json", body).build()
}

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut Document) {
        let bearer =
            HttpBuilder::new().scheme(HttpAuthScheme::Bearer).description(Some("An API token: `sk-…`"));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("api_token", SecurityScheme::Http(bearer.build()));
    }
}
