use axum::http::header::LOCATION;
use axum::http::{HeaderName, HeaderValue, StatusCode};

use crate::problem::Problem;

/// An answer that sends the browser elsewhere.
pub(in crate::routes) type Redirect = (StatusCode, [(HeaderName, HeaderValue); 1]);

/// Sends the browser to a URL.
pub(in crate::routes) fn redirect(status: StatusCode, url: String) -> Result<Redirect, Problem> {
    let location = HeaderValue::try_from(url).map_err(|_| Problem::internal())?;
    Ok((status, [(LOCATION, location)]))
}
