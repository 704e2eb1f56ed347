//! `GET /oauth2/signed-out`: back from ProConnect's end of session, on the api's own host, for all protected applications.

use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use contract::path;

use super::{pages, query::parameter};
use crate::openapi::refusals::AnyRefusals;
use crate::problem::Problem;
use crate::routes::redirect::redirect;
use crate::state::AppState;
use crate::visitor::Visitor;

/// Takes the browser back from ProConnect's end of session.
///
/// The one post-logout redirect URI to register with ProConnect for all protected applications.
#[utoipa::path(
    get,
    path = path::SIGNED_OUT,
    tag = "applications",
    params(("state" = Option<String>, Query, description = "What this api gave ProConnect.")),
    responses(
        (status = 200, description = "A page that says that the person is logged out."),
        (status = 303, description = "To where they said at the application.", headers(("location" = String))),
        AnyRefusals,
    ),
)]
pub(crate) async fn signed_out(
    State(state): State<AppState>,
    visitor: Visitor,
    RawQuery(query): RawQuery,
) -> Result<Response, Problem> {
    let frame = visitor.frame(&state.presentation);
    let sealed = parameter(&query.unwrap_or_default(), "state").unwrap_or_default();
    let departure = state.secrets.get().departures.open_back(&sealed, state.now());
    let Some(departure) = departure else { return Ok(pages::signed_out(frame, None)) };
    let protected = state.protected.get();
    let Some(origin) = protected.origin_of(departure.origin.as_str()) else {
        return Ok(pages::signed_out(frame, None));
    };
    match departure.target {
        Some(target) => {
            let url = format!("{}{}", origin.as_str(), target.as_str());
            Ok(redirect(StatusCode::SEE_OTHER, url)?.into_response())
        }
        None => Ok(pages::signed_out(frame, Some(&origin))),
    }
}
