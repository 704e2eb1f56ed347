//! Which pages are compressed. The length of a compressed page tells what in it is like something else in it (BREACH), so a page
//! is compressed only when it holds no secret and repeats nothing that others can put into a request: decision 0010.

use axum::http::{Extensions, HeaderMap, StatusCode, Version};
use axum::response::Response;
use tower_http::CompressionLevel;
use tower_http::compression::{CompressionLayer, Predicate};

/// The mark of a page that may be compressed.
#[derive(Clone, Copy)]
struct Compressible;

/// Says of a page that it holds no secret and repeats nothing of the request.
pub(crate) fn compressible(mut page: Response) -> Response {
    page.extensions_mut().insert(Compressible);
    page
}

/// Compresses the pages that are marked, and nothing else.
pub(crate) fn layer() -> CompressionLayer<impl Predicate> {
    // Each page is compressed anew, so quickly.
    CompressionLayer::new().quality(CompressionLevel::Fastest).compress_when(is_marked)
}

fn is_marked(_: StatusCode, _: Version, _: &HeaderMap, extensions: &Extensions) -> bool {
    extensions.get::<Compressible>().is_some()
}
