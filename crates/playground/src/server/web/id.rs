use axum::extract::{FromRequestParts, Path};
use axum::http::request::Parts;
use axum::response::Response;

use crate::pages::refusal::Refusal;
use crate::server::state::Shared;
use crate::text::Lang;

/// The number in the path. Nothing is at a path with anything else.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Id(pub(crate) i64);

impl FromRequestParts<Shared> for Id {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Response> {
        if let Ok(Path(id)) = Path::from_request_parts(parts, state).await {
            return Ok(Self(id));
        }
        let Ok(lang) = Lang::from_request_parts(parts, state).await;
        Err(state.refuse(lang, Refusal::NotFound).await)
    }
}
