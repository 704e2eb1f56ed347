//! Says where a browser gets a page instead of JSON.

use contract::path;
use serde_json::json;
use utoipa::openapi::path::{Operation, PathItem};
use utoipa::openapi::{ContentBuilder, ObjectBuilder, OpenApi, RefOr, Type};

/// The answers that are pages for whoever accepts HTML.
const PAGES: [(&str, &[&str]); 9] = [
    (path::ROOT, &["200"]),
    (path::LOGIN, &["400", "429", "503"]),
    (path::CALLBACK, &["400", "429"]),
    (path::SWITCH, &["400", "429", "503"]),
    (path::SIGN_IN, &["200"]),
    (path::APPLICATION_CALLBACK, &["400", "403", "429", "500", "503"]),
    (path::SIGN_OUT, &["200"]),
    (path::SIGN_OUT_HERE, &["200", "400", "429", "503"]),
    (path::SIGNED_OUT, &["200"]),
];

/// Adds the media type.
pub(crate) fn complete(document: &mut OpenApi) {
    for (path, statuses) in PAGES {
        let Some(PathItem { get, post, .. }) = document.paths.paths.get_mut(path) else { continue };
        for operation in [get, post].into_iter().flatten() {
            add_pages(operation, statuses);
        }
    }
}

/// Adds the media type to answers of these statuses.
fn add_pages(operation: &mut Operation, statuses: &[&str]) {
    for status in statuses {
        if let Some(RefOr::T(answer)) = operation.responses.responses.get_mut(*status) {
            let text = ObjectBuilder::new().schema_type(Type::String);
            let page = ContentBuilder::new().schema(Some(text)).example(Some(json!("<!doctype html>…")));
            answer.content.insert("text/html".to_owned(), page.build().into());
        }
    }
}
