//! A playground, an api and a browser for each test.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::{Duration, SystemTime};
use std::{env, fs, process};

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use axum::routing::{get, post};
use playground::server::App;
use playground::server::config::Config;
use reqwest::redirect::Policy;
use secrecy::SecretString;
use serde_json::{Value, json};
use service::settings::Document;
use token_crypto::{Envelope, KeyRing, UnixTime};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;
use url::Url;

pub(crate) const KEY: &str = "VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE=";
pub(crate) const OTHER_KEY: &str = "QW5kIHRoaXMgb25lIGlzIGFub3RoZXIga2V5LCB0b28=";
pub(crate) const APP_TOKEN: &str = "sk-the-token-of-the-tests";
pub(crate) const ID_TOKEN: &str = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ0ZXN0In0.c2lnbmF0dXJl";
pub(crate) const LOGOUT_URL: &str = "https://proconnect.example/session/end?id_token_hint=a.b.c&client_id=x";

/// A moment at which nothing of the tests has expired.
pub(crate) fn now() -> UnixTime {
    SystemTime::now().into()
}

pub(crate) fn keys(texts: &[&str]) -> KeyRing {
    KeyRing::parse(texts.iter().map(|text| SecretString::from(*text))).unwrap()
}

/// An envelope of the api, as it should be.
pub(crate) fn envelope(binding: Option<&str>) -> Envelope {
    Envelope {
        app_token: APP_TOKEN.into(),
        token_id: 42,
        proconnect_token: ID_TOKEN.into(),
        binding: binding.map(str::to_owned),
    }
}

pub(crate) fn sealed(binding: Option<&str>) -> String {
    envelope(binding).seal(&keys(&[KEY]), now())
}

/// A built site: three files with hashes in their names, and what stands beside them.
pub(crate) fn site() -> PathBuf {
    static SITE: OnceLock<PathBuf> = OnceLock::new();
    SITE.get_or_init(|| {
        let root = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("site-{}", process::id()));
        let pkg = root.join("pkg");
        fs::create_dir_all(&pkg).unwrap();
        fs::write(root.join("hash.txt"), "js: JsHash\nwasm: WasmHash\ncss: CssHash\n").unwrap();
        for (name, content) in [
            ("playground.JsHash.js", "export default 1"),
            ("playground.WasmHash.wasm", "\0asm"),
            ("playground.CssHash.css", "p{color:red}"),
            ("playground.CssHash.css.br", "in brotli"),
            ("playground.CssHash.css.gz", "in gzip"),
        ] {
            fs::write(pkg.join(name), content).unwrap();
        }
        root
    })
    .clone()
}

/// What the api of a test answers.
#[derive(Clone)]
pub(crate) struct Answers {
    pub(crate) me: Answer,
    pub(crate) logout: Answer,
}

#[derive(Clone)]
pub(crate) enum Answer {
    Json(Value),
    Status(u16),
    Text(&'static str),
    /// More than anybody should read.
    Endless,
    /// Says nothing for longer than anybody should wait.
    Silent,
    /// A redirect to somewhere else, which must not get the token.
    Elsewhere,
}

impl Default for Answers {
    fn default() -> Self {
        Self {
            me: Answer::Json(json!({
                "object": "userInfo",
                "id": 7,
                "email": "camille.martin@example.gouv.fr",
                "name": "Camille Martin",
                "role": "Freemium",
                "permissions": [],
                "organization": "Direction interministérielle du numérique",
                "siret": "13002526500013",
                "expires": now().0 + 3600,
                "created": 1,
                "updated": 1
            })),
            logout: Answer::Json(json!({
                "status": "success",
                "message": "Successfully logged out from ProConnect",
                "logout_url": LOGOUT_URL
            })),
        }
    }
}

impl Answers {
    pub(crate) fn me(me: Answer) -> Self {
        Self { me, ..Self::default() }
    }

    pub(crate) fn logout(logout: Answer) -> Self {
        Self { logout, ..Self::default() }
    }
}

/// A call that the api of a test received.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) path: &'static str,
    pub(crate) authorization: String,
    pub(crate) body: String,
}

#[derive(Clone)]
struct Api {
    answers: Answers,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Api {
    async fn answer(
        &self,
        path: &'static str,
        headers: &HeaderMap,
        body: String,
        answer: &Answer,
    ) -> Response {
        let authorization = headers.get("authorization").map(|value| value.to_str().unwrap().to_owned());
        self.calls.lock().unwrap().push(Call {
            path,
            authorization: authorization.unwrap_or_default(),
            body,
        });
        match answer {
            Answer::Json(value) => axum::Json(value).into_response(),
            Answer::Status(status) => StatusCode::from_u16(*status).unwrap().into_response(),
            Answer::Text(text) => text.into_response(),
            Answer::Endless => {
                let chunks = futures::stream::repeat_with(|| Ok::<_, std::io::Error>(vec![b' '; 1 << 16]));
                Body::from_stream(chunks).into_response()
            }
            Answer::Silent => {
                tokio::time::sleep(Duration::from_secs(60)).await;
                StatusCode::OK.into_response()
            }
            Answer::Elsewhere => axum::response::Redirect::temporary("/v1/me/elsewhere").into_response(),
        }
    }
}

/// A running playground and the api behind it.
pub(crate) struct Playground {
    pub(crate) addr: SocketAddr,
    /// Seconds that the playground's clock is ahead of the machine's.
    pub(crate) ahead: Arc<AtomicU64>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl Playground {
    pub(crate) async fn start() -> Self {
        Self::configured("").await
    }

    /// `extra` are further lines of the section, without indentation.
    pub(crate) async fn configured(extra: &str) -> Self {
        Self::with(Answers::default(), extra).await
    }

    pub(crate) async fn with(answers: Answers, extra: &str) -> Self {
        let calls = Arc::new(Mutex::new(Vec::new()));
        let api = Api { answers, calls: calls.clone() };
        let router = Router::new()
            .route(
                "/v1/me/info",
                get(|State(api): State<Api>, headers: HeaderMap| async move {
                    api.answer("/v1/me/info", &headers, String::new(), &api.answers.me).await
                }),
            )
            .route(
                "/v1/me/elsewhere",
                get(|State(api): State<Api>, headers: HeaderMap| async move {
                    api.answer("/v1/me/elsewhere", &headers, String::new(), &Answers::default().me).await
                }),
            )
            .route(
                "/v1/oauth2/logout",
                post(|State(api): State<Api>, headers: HeaderMap, body: String| async move {
                    api.answer("/v1/oauth2/logout", &headers, body, &api.answers.logout).await
                }),
            )
            .with_state(api);
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api_url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(service::server::serve_until(listener, router, std::future::pending()));
        Self::over(&api_url, extra, calls).await
    }

    /// A playground whose api is down.
    pub(crate) async fn alone() -> Self {
        // The port was free a moment ago.
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api_url = format!("http://{}", listener.local_addr().unwrap());
        drop(listener);
        Self::over(&api_url, "", Arc::default()).await
    }

    async fn over(api_url: &str, extra: &str, calls: Arc<Mutex<Vec<Call>>>) -> Self {
        let api_url = format!("api_url: {api_url}");
        let site_root = format!("site_root: {}", site().display());
        let key = format!("oauth2_encryption_key: {KEY}");
        let mut lines = vec![api_url.as_str(), &site_root];
        if !extra.contains("oauth2_encryption_key") {
            lines.push(&key);
        }
        lines.extend(extra.lines());
        let yaml = format!("playground:\n  {}\n", lines.join("\n  "));
        let config = Document::parse("config.yml", &yaml).and_then(Config::from_document).unwrap();
        let ahead = Arc::new(AtomicU64::new(0));
        let clock = {
            let ahead = ahead.clone();
            Arc::new(move || UnixTime(now().0 + ahead.load(Ordering::Relaxed)))
        };
        let app = App::with_clock(config, clock).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        tokio::spawn(app.serve_until(listener, std::future::pending()));
        Self { addr, ahead, calls }
    }

    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap().clone()
    }

    pub(crate) fn browser(&self) -> Browser {
        Browser::at(self.addr)
    }

    /// Sends bytes that no HTTP client would send, and reads until the connection closes.
    pub(crate) async fn raw(&self, request: &[u8]) -> String {
        let mut stream = TcpStream::connect(self.addr).await.unwrap();
        stream.write_all(request).await.unwrap();
        let mut answer = Vec::new();
        // A connection that is cut off after the answer is as good as one that is closed.
        let read = timeout(Duration::from_secs(5), stream.read_to_end(&mut answer)).await;
        assert!(read.is_ok(), "the connection stays open");
        String::from_utf8_lossy(&answer).into_owned()
    }

    /// A browser that has logged in.
    pub(crate) async fn logged_in(&self) -> Browser {
        let mut browser = self.browser();
        let page = browser.log_in().await;
        assert_eq!((page.status, page.location()), (303, "/"), "{}", page.html);
        browser
    }
}

/// A browser: it keeps cookies and follows no redirect by itself.
pub(crate) struct Browser {
    addr: SocketAddr,
    client: reqwest::Client,
    pub(crate) cookies: BTreeMap<String, String>,
    pub(crate) language: &'static str,
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Page {
    pub(crate) status: u16,
    pub(crate) headers: HeaderMap,
    pub(crate) html: String,
}

impl Browser {
    pub(crate) fn at(addr: SocketAddr) -> Self {
        let client = reqwest::Client::builder().redirect(Policy::none()).no_proxy().build().unwrap();
        Self { addr, client, cookies: BTreeMap::new(), language: "fr" }
    }

    pub(crate) async fn get(&mut self, path: &str) -> Page {
        let request = self.client.get(self.url(path));
        self.send(request).await
    }

    /// Posts as our own form does: with `Referrer-Policy: no-referrer`, browsers send `Origin: null`.
    pub(crate) async fn post(&mut self, path: &str) -> Page {
        self.post_with(path, &[("origin", "null"), ("sec-fetch-site", "same-origin")]).await
    }

    pub(crate) async fn post_with(&mut self, path: &str, headers: &[(&'static str, &str)]) -> Page {
        let mut request = self.client.post(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    pub(crate) async fn request(&mut self, method: reqwest::Method, path: &str) -> Page {
        let request = self.client.request(method, self.url(path));
        self.send(request).await
    }

    pub(crate) async fn send_with(&mut self, path: &str, headers: &[(&'static str, &str)]) -> Page {
        let mut request = self.client.get(self.url(path));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        self.send(request).await
    }

    /// Goes to `/login`, and says with which binding the api is called.
    pub(crate) async fn begin_login(&mut self, path: &str) -> String {
        let page = self.get(path).await;
        assert_eq!(page.status, 303, "{}", page.html);
        let url = Url::parse(page.location()).unwrap();
        let binding = url.query_pairs().find(|(name, _)| name == "binding");
        binding.expect("no binding").1.into_owned()
    }

    /// A whole login, with the api's part played by the test.
    pub(crate) async fn log_in(&mut self) -> Page {
        let binding = self.begin_login("/login").await;
        self.land(&sealed(Some(&binding))).await
    }

    pub(crate) async fn land(&mut self, envelope: &str) -> Page {
        self.get(&format!("/?encrypted_token={envelope}")).await
    }

    pub(crate) fn cookies_named(&self, part: &str) -> Vec<String> {
        self.cookies.keys().filter(|name| name.contains(part)).cloned().collect()
    }

    pub(crate) fn has_session(&self) -> bool {
        !self.cookies_named("playground_session").is_empty()
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.addr)
    }

    async fn send(&mut self, request: reqwest::RequestBuilder) -> Page {
        let mut request = request.header("accept-language", self.language);
        if !self.cookies.is_empty() {
            let cookies: Vec<String> =
                self.cookies.iter().map(|(name, value)| format!("{name}={value}")).collect();
            request = request.header("cookie", cookies.join("; "));
        }
        let response = request.send().await.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        for line in headers.get_all("set-cookie") {
            let (pair, attributes) = line.to_str().unwrap().split_once(';').unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if attributes.contains("Max-Age=0") {
                self.cookies.remove(name);
            } else {
                self.cookies.insert(name.to_owned(), value.to_owned());
            }
        }
        Page { status, headers, html: response.text().await.unwrap() }
    }
}

impl Page {
    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    pub(crate) fn location(&self) -> &str {
        self.header("location")
    }

    /// The `Set-Cookie` of the one cookie whose name contains this.
    pub(crate) fn set_cookie(&self, part: &str) -> &str {
        let lines = self.headers.get_all("set-cookie").iter().map(|value| value.to_str().unwrap());
        let mut found = lines.filter(|line| line.split('=').next().unwrap().contains(part));
        let line = found.next().unwrap_or_else(|| panic!("no cookie {part} in {:?}", self.headers));
        assert!(found.next().is_none(), "several cookies {part}");
        line
    }

    pub(crate) fn title(&self) -> &str {
        self.html.split("<title>").nth(1).unwrap_or_default().split("</title>").next().unwrap_or_default()
    }

    /// The content of the element with this role, tags and all.
    pub(crate) fn role(&self, role: &str) -> Option<&str> {
        let (_, after) = self.html.split_once(&format!("role=\"{role}\""))?;
        let (_, content) = after.split_once('>')?;
        content.split("</div>").next()
    }

    #[track_caller]
    pub(crate) fn assert_alert(&self, message: &str) {
        let alert = self.role("alert").unwrap_or_else(|| panic!("no alert in {}", self.html));
        assert!(alert.contains(message), "{message} is not in {alert}");
    }
}
