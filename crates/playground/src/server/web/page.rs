//! Renders pages whole: status, headers and cookies are settled before the first byte leaves.

use std::pin::Pin;

use axum::body::{self, Body};
use axum::extract::Request;
use axum::http::header::{CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, VARY};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use futures::stream::{self, Stream};
use leptos::nonce::use_nonce;
use leptos::prelude::*;
use leptos_axum::ResponseOptions;

use super::headers::content_security_policy;
use crate::pages::refusal::{Refusal, RefusalPage};
use crate::server::state::AppState;
use crate::text::Lang;

type Html = Pin<Box<dyn Stream<Item = String> + Send>>;

impl AppState {
    /// A page, with a nonce of its own in its policy and in its scripts.
    pub(crate) async fn page<V: IntoView + 'static>(
        &self,
        lang: Lang,
        status: StatusCode,
        view: impl FnOnce() -> V + Send + 'static,
    ) -> Response {
        let (site, live_reload) = (self.site.clone(), self.live_reload.clone());
        let context = move || {
            provide_context(lang);
            provide_context(site.clone());
            if let Some(options) = &live_reload {
                provide_context(options.clone());
            }
            let nonce = use_nonce().map(|nonce| nonce.to_string()).unwrap_or_default();
            if let Ok(policy) =
                content_security_policy(&nonce, live_reload.as_ref().map(|options| options.reload_port))
                    .try_into()
            {
                expect_context::<ResponseOptions>().insert_header(CONTENT_SECURITY_POLICY, policy);
            }
        };
        // The page sees no request: nothing of it, and no cookie, can end up in the HTML.
        let rendered = leptos_axum::handle_response_inner(context, view, Request::default(), whole).await;
        let (mut parts, body) = rendered.into_parts();
        let Ok(html) = body::to_bytes(body, usize::MAX).await else {
            return StatusCode::INTERNAL_SERVER_ERROR.into_response();
        };
        parts.status = status;
        parts.headers.insert(VARY, HeaderValue::from_static("accept-language, cookie"));
        parts.headers.insert(CONTENT_LANGUAGE, HeaderValue::from_static(lang.code()));
        Response::from_parts(parts, Body::from(html))
    }

    /// The page of a request that is refused.
    pub(crate) async fn refuse(&self, lang: Lang, refusal: Refusal) -> Response {
        let status = match refusal {
            Refusal::NotFound => StatusCode::NOT_FOUND,
            Refusal::MethodNotAllowed => StatusCode::METHOD_NOT_ALLOWED,
            Refusal::Forbidden => StatusCode::FORBIDDEN,
        };
        self.page(lang, status, move || view! { <RefusalPage refusal /> }).await
    }
}

/// Renders in one piece and leaves out leptos's scripts for resources, of which no page has any.
fn whole<V: IntoView + 'static>(
    view: V,
    _resources: Box<dyn FnOnce() -> Html + Send>,
    _out_of_order: bool,
) -> Pin<Box<dyn Future<Output = Html> + Send>> {
    let html = view.to_html();
    Box::pin(async { Box::pin(stream::once(async { html })) as Html })
}

/// On to another page of this site.
pub(crate) fn see_other(path: &str) -> Response {
    Redirect::to(path).into_response()
}
