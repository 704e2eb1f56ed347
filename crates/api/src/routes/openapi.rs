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
