//! `GET /`: what this is, for somebody who has nothing but the address.

use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, VARY};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::{IntoResponse as _, Response};
use contract::path;
use serde::Serialize;
use utoipa::ToSchema;

use crate::answer::accepts_html;
use crate::docs::STYLE;
use crate::openapi::refusals::AnyRefusals;
use crate::page::{escape, policy};
use crate::state::AppState;
use crate::visitor::prefers_english;

/// What answers here.
#[derive(Serialize, ToSchema)]
pub struct Service {
    /// The service's name.
    #[schema(example = "Passerelle")]
    name: String,
    /// The version of the program.
    #[schema(example = "0.1.0")]
    version: &'static str,
    /// The page that describes the api; `null` where it is hidden.
    #[schema(example = "/docs")]
    documentation: Option<&'static str>,
}

/// What answers here. A browser gets a page with links.
#[utoipa::path(get, path = path::ROOT, tag = "documentation",
    responses((status = 200, description = "The service.", body = Service), AnyRefusals))]
pub async fn root(State(state): State<AppState>, headers: HeaderMap) -> Response {
    let vary = (VARY, HeaderValue::from_static("accept, accept-language"));
    if accepts_html(&headers) {
        let html_type = HeaderValue::from_static("text/html; charset=utf-8");
        let headers_of_page = [vary, (CONTENT_TYPE, html_type), (CONTENT_SECURITY_POLICY, policy(STYLE))];
        return (headers_of_page, page(&state, prefers_english(&headers))).into_response();
    }
    let documentation = state.api.docs.then_some(path::DOCS);
    let service =
        Service { name: state.presentation.title.clone(), version: env!("CARGO_PKG_VERSION"), documentation };
    ([vary], Json(service)).into_response()
}

fn page(state: &AppState, in_english: bool) -> String {
    let words = |french: &'static str, english: &'static str| if in_english { english } else { french };
    let link = |href: &str, title: &str, about: &str| {
        format!("<li><a href=\"{}\">{title}</a> <span>{about}</span></li>", escape(href))
    };
    let mut links = String::new();
    if let Some(playground) = &state.restart_url {
        let about =
            words("Connexion, clés d’API, sessions et journal.", "Log in, API keys, sessions and history.");
        links += &link(playground, words("Mon compte", "My account"), about);
    }
    if state.api.docs {
        let about =
            words("Les appels de cette API, avec des exemples.", "The calls of this API, with examples.");
        links += &link(path::DOCS, words("Documentation de l’API", "API documentation"), about);
        let about = words("Pour les programmes.", "For programs.");
        links += &link(path::OPENAPI, words("Description OpenAPI", "OpenAPI description"), about);
    }
    let about =
        words("Si le service peut répondre, en ce moment.", "Whether the service can answer, right now.");
    links += &link(path::READY, words("État du service", "State of the service"), about);
    format!(
        "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
         <title>{service}</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <header class=\"small\"><p class=\"brand\">{service}</p></header>\n\
         <main class=\"small\"><h1>{title}</h1><p class=\"lead\">{lead}</p>\
         <ul class=\"links\">{links}</ul>\n<p class=\"type\">Version {version}</p></main>\n</body>\n</html>\n",
        lang = words("fr", "en"),
        service = escape(&state.presentation.title),
        title = words("Cette adresse est celle d’une API", "This is the address of an API"),
        lead = words(
            "Les programmes y entrent avec un jeton, que l’on obtient en se connectant avec ProConnect.",
            "Programs come in with a token, which people get by logging in with ProConnect.",
        ),
        version = env!("CARGO_PKG_VERSION"),
    )
}
