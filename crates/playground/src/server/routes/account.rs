//! The home page of those who are logged in.

use axum::http::StatusCode;
use axum::response::Response;
use contract::UserInfo;
use leptos::prelude::*;

use super::keys::expiring;
use super::visit::{Visit, expires, log};
use crate::components::expiring_keys::Expiring;
use crate::notice::Notice;
use crate::pages::account::{Account, AccountPage};
use crate::server::web::compression::compressible;
use crate::server::web::time::Teller;

/// Asks the api whose session it is, and which of their keys end soon.
pub(in crate::server) async fn show(visit: Visit, notice: Option<Notice>) -> Response {
    let (me, expiring) = tokio::join!(visit.me(), expiring::of(&visit));
    let info = match me {
        Ok(info) => info,
        Err(error) => return visit.failed(error).await,
    };
    // The page is worth showing without them.
    let expiring = expiring.unwrap_or_else(|error| {
        log(&error);
        None
    });
    let account = account_of(info, expiring, visit.teller());
    let notice = notice.filter(|notice| !notice.is_moot_when_logged_in());
    let view = move || view! { <AccountPage account notice /> };
    compressible(visit.state.page(visit.lang, StatusCode::OK, view).await)
}

fn account_of(info: UserInfo, expiring: Option<Expiring>, teller: Teller) -> Account {
    let session_end = teller.exact(expires(&info).seconds());
    let given = |text: Option<String>| text.filter(|text| !text.trim().is_empty());
    Account {
        name: given(info.name),
        email: given(info.email),
        organization: given(info.organization),
        siret: given(info.siret),
        role: given(Some(info.role)),
        session_end,
        expiring,
    }
}
