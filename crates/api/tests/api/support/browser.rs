//! A browser: it keeps cookies, and follows a redirect only when a test says so.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use reqwest::header::{HeaderMap, HeaderValue};
use reqwest::redirect::Policy;
use reqwest::{Client, Method};
use secrecy::ExposeSecret as _;
use token_crypto::Envelope;
use url::Url;

use super::api::{Api, ENVELOPE_TTL, ORIGIN, keys};
use super::clock;
use super::reply::Reply;

/// Keeps no connection, because each test has its own runtime.
static CLIENT: LazyLock<Client> = LazyLock::new(|| {
    Client::builder().redirect(Policy::none()).no_proxy().pool_max_idle_per_host(0).build().unwrap()
});

#[derive(Clone)]
pub(crate) struct Browser {
    base: String,
    pub(crate) cookies: BTreeMap<String, String>,
    /// Foreign pairs, sent before and after our own.
    pub(crate) foreign: &'static [u8],
}

/// What a login returned.
#[derive(Clone, Debug)]
pub(crate) struct Session {
    pub(crate) app_token: String,
    pub(crate) token_id: i64,
    pub(crate) id_token: String,
    pub(crate) binding: Option<String>,
}

impl Browser {
    pub(crate) fn new(api: &Api) -> Self {
        Self::at(&api.base)
    }

    pub(crate) fn at(base: &str) -> Self {
        Self { base: base.to_owned(), cookies: BTreeMap::new(), foreign: b"" }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Reply {
        self.send(Method::GET, path, &[], String::new()).await
    }

    pub(crate) async fn get_with(&mut self, path: &str, headers: &[(&'static str, &str)]) -> Reply {
        self.send(Method::GET, path, headers, String::new()).await
    }

    /// Sends a request as browsers do when a person follows a link.
    pub(crate) async fn visit(&mut self, path: &str) -> Reply {
        self.get_with(path, &[("accept", "text/html,application/xhtml+xml,*/*;q=0.8")]).await
    }

    pub(crate) async fn send(
        &mut self,
        method: Method,
        path: &str,
        headers: &[(&'static str, &str)],
        body: String,
    ) -> Reply {
        let mut request = CLIENT.request(method, format!("{}{path}", self.base)).body(body);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !self.cookies.is_empty() {
            let pairs: Vec<_> = self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            let ours = pairs.join("; ").into_bytes();
            let line = if self.foreign.is_empty() {
                ours
            } else {
                [self.foreign, b"; ", &ours, b"; ", self.foreign].concat()
            };
            request = request.header("cookie", HeaderValue::from_bytes(&line).unwrap());
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        self.keep(&headers);
        Reply { status, headers, body: response.text().await.unwrap() }
    }

    fn keep(&mut self, headers: &HeaderMap) {
        for line in headers.get_all("set-cookie") {
            let (pair, attributes) = line.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
    }

    /// Begins a login from the usual origin; returns the provider's URL.
    pub(crate) async fn begin(&mut self) -> Url {
        let reply = self.get(&login_path(ORIGIN)).await;
        assert_eq!(reply.status, 302, "{reply:?}");
        Url::parse(reply.location()).unwrap()
    }

    /// Logs in at the provider; returns the URL that it sends the browser back to.
    pub(crate) async fn authorize(&self, url: &Url) -> Url {
        let response = CLIENT.get(url.clone()).send().await.unwrap();
        assert_eq!(response.status(), 303);
        Url::parse(response.headers()["location"].to_str().unwrap()).unwrap()
    }

    /// The first two steps of a login.
    pub(crate) async fn until_callback(&mut self) -> Url {
        let url = self.begin().await;
        self.authorize(&url).await
    }

    /// The last step of a login.
    pub(crate) async fn call_back(&mut self, url: &Url) -> Reply {
        self.get(&format!("{}?{}", url.path(), url.query().unwrap_or_default())).await
    }

    pub(crate) async fn try_to_log_in(&mut self) -> Reply {
        let url = self.until_callback().await;
        self.call_back(&url).await
    }

    pub(crate) async fn log_in(&mut self) -> Session {
        let reply = self.try_to_log_in().await;
        Session::from(&reply)
    }
}

impl Session {
    /// Opens the envelope, as the playground does.
    pub(crate) fn from(reply: &Reply) -> Self {
        Self::try_from(reply).unwrap_or_else(|| panic!("no envelope: {reply:?}"))
    }

    pub(crate) fn try_from(reply: &Reply) -> Option<Self> {
        let text = reply.location_parameter("encrypted_token").filter(|_| reply.status == 303)?;
        let envelope = Envelope::open(&text, &keys(), clock::now(), ENVELOPE_TTL).unwrap();
        Some(Self {
            app_token: envelope.app_token.expose_secret().to_owned(),
            token_id: envelope.token_id,
            id_token: envelope.proconnect_token.expose_secret().to_owned(),
            binding: envelope.binding,
        })
    }

    /// `GET /v1/me/info` with the API token.
    pub(crate) async fn me(&self, api: &Api) -> Reply {
        Browser::new(api).get_with("/v1/me/info", &[("authorization", &self.bearer())]).await
    }

    pub(crate) fn bearer(&self) -> String {
        format!("Bearer {}", self.app_token)
    }
}

/// The path that begins a login from an origin, marked as already redirected to this host: in a test, the host is rarely
/// that of the redirect URI.
pub(crate) fn login_path(origin: &str) -> String {
    path_with("/v1/oauth2/login", &[("origin", origin), ("moved", "1")])
}

pub(crate) fn path_with(path: &str, pairs: &[(&str, &str)]) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
    format!("{path}?{query}")
}

/// Turns a callback into one that brings an error.
pub(crate) fn fail(back: &mut Url, error: &str, description: &str) {
    let state = back.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    back.query_pairs_mut()
        .clear()
        .append_pair("state", &state)
        .append_pair("error", error)
        .append_pair("error_description", description);
}
