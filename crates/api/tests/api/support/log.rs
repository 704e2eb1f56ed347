//! What the api logs during a test.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

use tracing::Metadata;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::filter_fn;
use tracing_subscriber::fmt::{self, MakeWriter};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use super::reply::Reply;

thread_local! {
    /// The logs of the test that runs on this thread, if it captures them.
    static LINES: RefCell<Option<Vec<u8>>> = const { RefCell::new(None) };
}

/// Captures the logs of this thread until it is dropped.
pub(crate) struct Log(());

impl Log {
    pub(crate) fn capture() -> Self {
        LINES.set(Some(Vec::new()));
        Self(())
    }

    /// What was logged since the last call.
    #[expect(clippy::unused_self, reason = "only a test that captures has logs to take")]
    pub(crate) fn take(&self) -> String {
        String::from_utf8(LINES.replace(Some(Vec::new())).unwrap_or_default()).unwrap()
    }
}

impl Log {
    /// The only line about a refusal: it names the request, and neither an address nor a token.
    pub(crate) fn the_refusal(&self, reply: &Reply, sentence: &str) -> String {
        let said = self.take();
        let lines: Vec<&str> =
            said.lines().filter(|line| line.contains(" WARN ") || line.contains(" ERROR ")).collect();
        assert_eq!(lines.len(), 1, "{said}");
        let line = lines[0];
        assert!(line.contains(sentence), "{line}");
        assert!(line.contains(reply.header("x-request-id")), "{line}");
        let has_token = line.split("sk-").skip(1).any(|rest| rest.starts_with(char::is_alphanumeric));
        assert!(!line.contains('@') && !line.contains("eyJ") && !has_token, "{line}");
        assert!(line.len() < 900, "{line}");
        line.to_owned()
    }
}

impl Drop for Log {
    fn drop(&mut self) {
        LINES.set(None);
    }
}

/// Sets up the logs, once for all tests: subscribers of several tests would race for the library's cache.
pub(crate) fn init() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let ours = filter_fn(|metadata: &Metadata<'_>| {
            ["accounts", "api", "oidc", "service"]
                .contains(&metadata.target().split("::").next().unwrap_or_default())
        });
        let lines = fmt::layer().with_ansi(false).with_writer(ThisThread).with_filter(ours);
        tracing_subscriber::registry().with(lines).init();
    });
}

struct ThisThread;

impl io::Write for ThisThread {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| {
            if let Some(lines) = lines {
                lines.extend_from_slice(bytes);
            }
        });
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for ThisThread {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}
