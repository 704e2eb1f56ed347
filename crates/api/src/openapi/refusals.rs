//! How a call says what it may refuse: the codes, from which the description gets statuses, headers and examples.

use std::collections::BTreeMap;

use axum::http::StatusCode;
use contract::{ProblemBody, ProblemCode};
use serde_json::Value;
use utoipa::ToSchema as _;
use utoipa::openapi::example::{Example, ExampleBuilder};
use utoipa::openapi::{
    ContentBuilder, HeaderBuilder, ObjectBuilder, Ref, RefOr, Response, ResponseBuilder, Type,
};

use crate::problem;

/// A code, and the status that it has at a call.
pub type Refusal = (StatusCode, ProblemCode);

/// What a call may refuse. Implemented by [`refusals!`].
pub trait Refusals {
    /// The codes, each with its status.
    fn refusals() -> Vec<Refusal>;
}

/// Declares what a call may refuse, for `responses(…, NAME)`: `NAME = OTHERS + …: CODE, CODE at STATUS, …`.
macro_rules! refusals {
    ($(#[$about:meta])* $vis:vis $name:ident = $($base:ident)? $(+ $more:ident)* $(: $($code:ident $(at $status:ident)?),+)?) => {
        $(#[$about])*
        $vis struct $name;

        impl $crate::openapi::refusals::Refusals for $name {
            fn refusals() -> Vec<$crate::openapi::refusals::Refusal> {
                #[allow(unused_mut, reason = "some have nothing to add")]
                let mut all = Vec::new();
                $(all.extend(<$base as $crate::openapi::refusals::Refusals>::refusals());)?
                $(all.extend(<$more as $crate::openapi::refusals::Refusals>::refusals());)*
                $($({
                    let code = contract::ProblemCode::$code;
                    #[allow(unused_variables, reason = "another one may follow")]
                    let status = $crate::problem::status(code);
                    $(let status = axum::http::StatusCode::$status;)?
                    all.push((status, code));
                })+)?
                all
            }
        }

        impl utoipa::IntoResponses for $name {
            fn responses() -> std::collections::BTreeMap<
                String,
                utoipa::openapi::RefOr<utoipa::openapi::Response>,
            > {
                let refusals = <Self as $crate::openapi::refusals::Refusals>::refusals();
                $crate::openapi::refusals::responses(&refusals)
            }
        }
    };
}

pub(crate) use refusals;

refusals!(
    /// What any call may refuse.
    pub(crate) AnyRefusals = : Internal, Timeout
);
refusals!(
    /// What every call may refuse that takes a body.
    pub(crate) BodyRefusals = : InvalidBody, RequestTimeout, BodyTooLarge
);
refusals!(
    /// What every call may refuse that takes an API token.
    pub(crate) BearerRefusals = AnyRefusals: MissingToken, InvalidToken, TooManyRequests, DatabaseUnavailable
);
refusals!(
    /// What every call may refuse that only a session may make.
    pub(crate) SessionRefusals = BearerRefusals: SessionRequired
);
refusals!(
    /// The same for a person's own things, where no parameter may be unknown.
    pub(crate) OwnRefusals = SessionRefusals: InvalidQuery at UNPROCESSABLE_ENTITY
);
refusals!(
    /// The same for one of them.
    pub(crate) OneRefusals = OwnRefusals: NotFound
);
refusals!(
    /// What everything may refuse that is on the host of a protected application.
    pub(crate) ApplicationRefusals = AnyRefusals: Forbidden, NotFound
);

/// The answers of a call that refuses this, each with an example of every code.
pub(crate) fn responses(refusals: &[Refusal]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<StatusCode, Vec<ProblemCode>> = BTreeMap::new();
    for (status, code) in refusals {
        let codes = by_status.entry(*status).or_default();
        if !codes.contains(code) {
            codes.push(*code);
        }
    }
    by_status
        .into_iter()
        .map(|(status, codes)| (status.as_str().to_owned(), response(status, &codes).into()))
        .collect()
}

fn response(status: StatusCode, codes: &[ProblemCode]) -> Response {
    let described: Vec<_> =
        codes.iter().map(|code| format!("`{}`: {}", code.as_str(), sentence(*code))).collect();
    let examples = codes.iter().map(|code| {
        let location = format!("#/components/examples/{}", example_name(status, *code));
        (code.as_str(), RefOr::Ref(Ref::new(location)))
    });
    let body = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(ProblemBody::name())))
        .examples_from_iter(examples);
    let response = ResponseBuilder::new()
        .description(described.join("\n\n"))
        .content("application/problem+json", body.build());
    let header = |name: &str, about: &str, example: &str| {
        let text = ObjectBuilder::new().schema_type(Type::String);
        let header = HeaderBuilder::new().schema(Some(text)).description(Some(about));
        (name.to_owned(), header.example(Some(example.into())).build())
    };
    let header = match status {
        StatusCode::UNAUTHORIZED => header(
            "www-authenticate",
            "RFC 6750, section 3.",
            r#"Bearer realm="passerelle", error="invalid_token""#,
        ),
        StatusCode::FORBIDDEN => header(
            "www-authenticate",
            "RFC 6750, section 3.",
            r#"Bearer realm="passerelle", error="insufficient_scope""#,
        ),
        StatusCode::TOO_MANY_REQUESTS => header("retry-after", "How many seconds to wait.", "5"),
        _ => return response.build(),
    };
    response.header(header.0, header.1).build()
}

/// The examples that the answers refer to, by name.
pub(super) fn examples() -> impl Iterator<Item = (String, Example)> {
    let usual = ProblemCode::ALL.iter().map(|code| (problem::status(*code), *code));
    let more = (StatusCode::UNPROCESSABLE_ENTITY, ProblemCode::InvalidQuery);
    usual.chain([more]).map(|(status, code)| (example_name(status, code), example(status, code)))
}

fn example_name(status: StatusCode, code: ProblemCode) -> String {
    format!("{}_{}", status.as_str(), code.as_str())
}

/// A problem as a client gets it.
fn example(status: StatusCode, code: ProblemCode) -> Example {
    let field = match code {
        ProblemCode::InvalidQuery if status == StatusCode::UNPROCESSABLE_ENTITY => Some("query"),
        ProblemCode::InvalidName => Some("name"),
        ProblemCode::InvalidExpires | ProblemCode::ExpiresTooLate | ProblemCode::ExpiryRequired => {
            Some("expires")
        }
        ProblemCode::InvalidGrace => Some("grace"),
        ProblemCode::InvalidIdempotencyKey => Some("Idempotency-Key"),
        _ => None,
    };
    let body = ProblemBody {
        r#type: "about:blank".to_owned(),
        title: problem::name(status).to_owned(),
        status: status.as_u16(),
        code,
        detail: sentence(code),
        request_id: "7eb0f48200000001".to_owned(),
        field: field.map(str::to_owned),
        max_expires: (code == ProblemCode::ExpiresTooLate).then_some(1_797_776_000),
        id: (code == ProblemCode::AlreadyCreated).then_some(8),
    };
    // Only strings and numbers: this cannot fail.
    let value = serde_json::to_value(body).unwrap_or(Value::Null);
    ExampleBuilder::new().summary(sentence(code)).value(Some(value)).build()
}

/// What a code means, without the status before it.
fn sentence(code: ProblemCode) -> String {
    let meaning = code.meaning();
    let meaning = meaning.split_once(": ").map_or(meaning, |(_, meaning)| meaning);
    let mut letters = meaning.chars();
    letters.next().into_iter().flat_map(char::to_uppercase).chain(letters).collect()
}
