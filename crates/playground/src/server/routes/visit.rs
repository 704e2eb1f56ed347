//! A request of somebody who is logged in, and what all of their pages have in common.

use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::http::uri::PathAndQuery;
use axum::response::{IntoResponse, Response};
use contract::{ProblemCode, UserInfo};
use leptos::prelude::*;
use secrecy::SecretString;
use service::cookies::Cookies;
use token_crypto::UnixTime;

use super::login_page::login_page_for;
use crate::notice::Notice;
use crate::pages::refusal::Refusal;
use crate::pages::unavailable::UnavailablePage;
use crate::server::api_client::ApiError;
use crate::server::session::{Found, Live, ReturnPath};
use crate::server::state::{Secrets, Shared};
use crate::server::web::page::see_other;
use crate::server::web::time::Teller;
use crate::text::Lang;

/// A request of somebody who is logged in. A handler that takes it shows everybody else the way in.
pub(in crate::server) struct Visit {
    pub(super) state: Shared,
    pub(super) lang: Lang,
    cookies: Cookies,
    live: Live,
    /// Where the page is that was asked for.
    path: ReturnPath,
}

impl FromRequestParts<Shared> for Visit {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &Shared) -> Result<Self, Response> {
        let Ok(lang) = Lang::from_request_parts(parts, state).await;
        let cookies = Cookies::from_request_parts(parts, state).await.map_err(IntoResponse::into_response)?;
        let asked = parts.uri.path_and_query().map_or("/", PathAndQuery::as_str);
        let path = ReturnPath::of(asked);
        let secrets = state.secrets.get();
        let notice = match secrets.sessions.find(&cookies, state.now()) {
            Some(Found::Live(live)) => return Ok(Self::of(state.clone(), lang, cookies, live, path)),
            Some(Found::Ended(_)) => Some(Notice::SessionEnded),
            None => None,
        };
        secrets.sessions.clear(&cookies);
        Err(login_page_for(state, lang, notice, &path).await)
    }
}

impl Visit {
    pub(super) fn of(state: Shared, lang: Lang, cookies: Cookies, live: Live, path: ReturnPath) -> Self {
        Self { state, lang, cookies, live, path }
    }

    /// The token of the session, for calls to the api.
    pub(super) fn token(&self) -> &SecretString {
        &self.live.session.app_token
    }

    /// Whether this is the id of the session itself.
    pub(super) fn is_this(&self, id: i64) -> bool {
        self.live.session.token_id == id
    }

    /// What the page has to tell of what happened just before.
    pub(super) fn notice(&self) -> Option<Notice> {
        let notice = self.state.flash.take(&self.cookies);
        notice.filter(|notice| !notice.is_of_logout() && !notice.is_moot_when_logged_in())
    }

    /// Has the next page tell something.
    pub(super) fn tell_next(&self, notice: Notice) {
        self.state.flash.set(&self.cookies, notice);
    }

    /// On to a page that tells what was done.
    pub(super) fn done(&self, notice: Notice, path: &str) -> Response {
        self.tell_next(notice);
        see_other(&format!("{path}#notice"))
    }

    /// Tells times to this person.
    pub(super) fn teller(&self) -> Teller {
        Teller { lang: self.lang, now: self.state.now() }
    }

    /// Asks the api whose session it is.
    pub(super) async fn me(&self) -> Result<UserInfo, ApiError> {
        let info = self.state.api.me(self.token()).await?;
        self.renew(expires(&info));
        Ok(info)
    }

    /// The person's name beside what else a page needs of the api.
    pub(super) async fn with_name<T>(
        &self,
        call: impl Future<Output = Result<T, ApiError>>,
    ) -> Result<(Option<String>, T), ApiError> {
        let (me, answer) = tokio::join!(self.me(), call);
        Ok((name(me?), answer?))
    }

    /// The person's name for a page that is shown whether it is known or not.
    pub(super) async fn name(&self) -> Option<String> {
        self.me().await.ok().and_then(name)
    }

    /// What is shown instead of a page that the api gave nothing for.
    pub(super) async fn failed(&self, error: ApiError) -> Response {
        match error {
            ApiError::Unauthorized => {
                tracing::info!(token_id = self.live.session.token_id, %error, "a session has ended");
                self.state.secrets.get().sessions.clear(&self.cookies);
                login_page_for(&self.state, self.lang, Some(Notice::SessionEnded), &self.path).await
            }
            ApiError::Refused(problem) if problem.code == ProblemCode::NotFound => {
                self.state.refuse(self.lang, Refusal::NotFound).await
            }
            error => {
                log(&error);
                let path = self.path.as_str().to_owned();
                let view = || view! { <UnavailablePage path /> };
                self.state.page(self.lang, StatusCode::SERVICE_UNAVAILABLE, view).await
            }
        }
    }

    /// Stores the session anew when the api first says when its token expires, or when an old key
    /// sealed it.
    fn renew(&self, expires: UnixTime) {
        let told = Some(expires);
        if told == self.live.session.expires && !self.live.with_old_key {
            return;
        }
        let mut session = self.live.session.clone();
        session.expires = told;
        let secrets: &Secrets = &self.state.secrets.get();
        if let Err(error) = secrets.sessions.store(&self.cookies, &session, self.state.now()) {
            tracing::error!(%error, "a session was not renewed");
        }
    }
}

/// Logs why the api gave nothing.
pub(super) fn log(error: &ApiError) {
    tracing::error!(error = error as &dyn std::error::Error, "no answer of use from the api");
}

/// When the token expires. A time before 1970 has passed, too.
pub(super) fn expires(info: &UserInfo) -> UnixTime {
    UnixTime(info.expires.unwrap_or_default().try_into().unwrap_or_default())
}

/// The name, when it says something.
pub(super) fn name(info: UserInfo) -> Option<String> {
    info.name.filter(|name| !name.trim().is_empty())
}
