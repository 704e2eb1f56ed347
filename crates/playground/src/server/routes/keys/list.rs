//! `GET /keys`: the list, and the form that makes a key.

use axum::extract::Query;
use axum::extract::rejection::QueryRejection;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use leptos::prelude::*;
use serde::Deserialize;

use super::{expiring, form, shown};
use crate::components::key_form::{KeyForm, Longest};
use crate::components::list_filter::Filter;
use crate::pages::keys::{Keys, KeysPage, Told};
use crate::server::api_client::ApiError;
use crate::server::api_client::keys::KeyQuery;
use crate::server::routes::visit::Visit;
use crate::server::web::compression::compressible;
use crate::server::web::page::see_other;

/// How many keys a page of the list shows.
const PAGE: i64 = 20;

/// What the page may be asked with.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::server) struct Asked {
    status: String,
    page: String,
    name: String,
    expires_in: String,
}

/// The page.
pub(in crate::server) async fn show(visit: Visit, asked: Result<Query<Asked>, QueryRejection>) -> Response {
    let Query(asked) = asked.unwrap_or_default();
    let filter = Filter::parse(&asked.status);
    let page = asked.page.parse().ok().filter(|page| (1..=100_000).contains(page)).unwrap_or(1);
    let Ok(form) = form::filled_in(&asked.name, &asked.expires_in, visit.state.now()) else {
        tracing::error!("the operating system gives no random bytes");
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    match visit.with_name(list(&visit, filter, page)).await {
        // The list has become shorter.
        Ok((_, keys)) if keys.rows.is_empty() && page > 1 => see_other(&filter.path(1)),
        Ok((name, keys)) => {
            let told = Told { notice: visit.notice(), key: None };
            let page = render(&visit, StatusCode::OK, name, keys, Some(form), told).await;
            // A link may fill in the form with anything.
            if asked.name.is_empty() { compressible(page) } else { page }
        }
        Err(error) => visit.failed(error).await,
    }
}

/// The page once more, as the answer to a form that made no key.
pub(super) async fn show_again(
    visit: &Visit,
    status: StatusCode,
    form: Option<KeyForm>,
    told: Told,
) -> Response {
    match visit.with_name(list(visit, Filter::All, 1)).await {
        Ok((name, keys)) => render(visit, status, name, keys, form, told).await,
        Err(error) => visit.failed(error).await,
    }
}

async fn render(
    visit: &Visit,
    status: StatusCode,
    name: Option<String>,
    keys: Keys,
    form: Option<KeyForm>,
    told: Told,
) -> Response {
    visit.state.page(visit.lang, status, move || view! { <KeysPage name keys form told /> }).await
}

async fn list(visit: &Visit, filter: Filter, page: i64) -> Result<Keys, ApiError> {
    let query = KeyQuery { status: filter.word(), offset: (page - 1) * PAGE, limit: PAGE };
    let (list, expiring) = tokio::try_join!(visit.state.api.keys(visit.token(), query), expiring::of(visit))?;
    let teller = visit.teller();
    Ok(Keys {
        rows: list.data.into_iter().map(|key| shown::row(key, teller)).collect(),
        filter,
        page,
        pages: list.total.saturating_add(PAGE - 1) / PAGE,
        expiring,
        longest: Longest { lifetime: list.max_lifetime, or_endless: list.without_expiry },
    })
}
