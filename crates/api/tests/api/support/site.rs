//! A protected application, as somebody in a browser sees it: its own host, whose proxy routes `/oauth2/` to the api, and the api's.

use oidc::CachePolicy;
use reqwest::Method;
use url::Url;

use super::{Api, Browser, Extra, Provider, Reply, path_with};

/// The application. It is not among the allowed domains.
pub(crate) const SITE: &str = "https://site.example.org";
pub(crate) const HOST: &str = "site.example.org";
/// Another one.
pub(crate) const OTHER_HOST: &str = "other.example.org";
pub(crate) const PROTECTED: &str = "protected_origins: [https://site.example.org, https://other.example.org]";

/// An api that protects both.
pub(crate) async fn protecting(oauth2: &'static str) -> Api {
    let extra = Extra { oauth2, api: PROTECTED, ..Extra::default() };
    Api::with(Provider::start(), extra, CachePolicy::default()).await
}

/// Somebody, with the cookies of each host.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) site: Browser,
    pub(crate) other: Browser,
    pub(crate) api: Browser,
}

impl Person {
    pub(crate) fn new(api: &Api) -> Self {
        Self::at(&api.base)
    }

    /// The same for an api at this address.
    pub(crate) fn at(base: &str) -> Self {
        Self { site: Browser::at(base), other: Browser::at(base), api: Browser::at(base) }
    }

    fn browser(&mut self, host: &str) -> &mut Browser {
        if host == HOST { &mut self.site } else { &mut self.other }
    }

    /// Asks at the application's host, through its proxy.
    pub(crate) async fn ask_at(&mut self, host: &str, path: &str, headers: &[(&'static str, &str)]) -> Reply {
        let headers = [headers, &[("x-forwarded-host", host)]].concat();
        self.browser(host).get_with(path, &headers).await
    }

    pub(crate) async fn ask(&mut self, path: &str, headers: &[(&'static str, &str)]) -> Reply {
        self.ask_at(HOST, path, headers).await
    }

    pub(crate) async fn post(&mut self, path: &str, headers: &[(&'static str, &str)]) -> Reply {
        let headers = [headers, &[("x-forwarded-host", HOST)]].concat();
        self.site.send(Method::POST, path, &headers, String::new()).await
    }

    /// A login up to where the browser comes back to the application: the path there.
    pub(crate) async fn until_landing(&mut self, host: &str, start: &str) -> String {
        let reply = self.ask_at(host, start, &[]).await;
        assert_eq!(reply.status, 303, "{reply:?}");
        let login = Url::parse(reply.location()).unwrap();
        assert_eq!(login.path(), "/v1/oauth2/login");
        let reply = self.api.get(&path_of(&login)).await;
        assert_eq!(reply.status, 302, "{reply:?}");
        let back = self.api.authorize(&Url::parse(reply.location()).unwrap()).await;
        let reply = self.api.call_back(&back).await;
        assert_eq!(reply.status, 303, "{reply:?}");
        let landing = Url::parse(reply.location()).unwrap();
        assert_eq!((landing.authority(), landing.path()), (host, "/oauth2/callback"));
        path_of(&landing)
    }

    /// A whole login: the answer that sends the browser to the page that was wanted.
    pub(crate) async fn enter_at(&mut self, host: &str, rd: &str) -> Reply {
        let landing = self.until_landing(host, &path_with("/oauth2/start", &[("rd", rd)])).await;
        self.ask_at(host, &landing, &[]).await
    }

    pub(crate) async fn enter(&mut self) {
        let reply = self.enter_at(HOST, "/wanted").await;
        assert_eq!((reply.status, reply.location()), (303, "/wanted"), "{reply:?}");
    }

    /// The status of `/oauth2/auth`, with the session cookie alone.
    pub(crate) async fn status(&mut self) -> u16 {
        self.ask("/oauth2/auth", &[]).await.status
    }
}

pub(crate) fn path_of(url: &Url) -> String {
    url[url::Position::BeforePath..url::Position::AfterQuery].to_owned()
}
