//! The playground of a test.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use playground::server::App;
use playground::server::config::Config;
use service::settings::Document;
use token_crypto::UnixTime;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::timeout;

use super::api::{self, Answers, Call, Calls};
use super::browser::Browser;
use super::{KEY, now, site};

/// A running playground and its api.
pub(crate) struct Playground {
    pub(crate) addr: SocketAddr,
    /// Seconds that the playground's clock is ahead of the machine's.
    pub(crate) ahead: Arc<AtomicU64>,
    calls: Calls,
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
        let (api_url, calls) = api::start(answers).await;
        Self::over(&api_url, extra, calls).await
    }

    /// A playground whose api is unreachable.
    pub(crate) async fn alone() -> Self {
        let api_url = format!("http://{}", test_programs::free_address());
        Self::over(&api_url, "", Arc::default()).await
    }

    async fn over(api_url: &str, extra: &str, calls: Calls) -> Self {
        let api_url = format!("api_url: {api_url}");
        let site_root = format!("site_root: {}", site().display());
        let key = format!("oauth2_encryption_key: {KEY}");
        let mut lines = vec![api_url.as_str()];
        if !extra.contains("site_root") {
            lines.push(&site_root);
        }
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
        // A connection that is reset after the answer counts as closed.
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
