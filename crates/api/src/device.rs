//! What a browser says it is, in two words that people know.

use std::sync::LazyLock;

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use woothee::parser::Parser;

/// No browser's is longer, in bytes.
const LONGEST: usize = 512;
/// What the library says of what it does not know.
const UNKNOWN: &str = "UNKNOWN";

/// The browser and the operating system, by their own word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// The browser.
    pub browser: Option<String>,
    /// The operating system.
    pub system: Option<String>,
}

impl Device {
    /// Reads the `User-Agent` of a request.
    #[must_use]
    pub fn of(headers: &HeaderMap) -> Self {
        static PARSER: LazyLock<Parser> = LazyLock::new(Parser::new);
        let agent = headers.get(USER_AGENT).and_then(|value| value.to_str().ok());
        let found = agent.filter(|agent| agent.len() <= LONGEST).and_then(|agent| PARSER.parse(agent));
        found.map_or_else(Self::default, |found| Self {
            browser: known(found.name),
            system: known(system(found.os)),
        })
    }
}

fn known(name: &str) -> Option<String> {
    (!name.is_empty() && name != UNKNOWN).then(|| name.to_owned())
}

/// Without versions, which change under one's feet.
fn system(name: &str) -> &str {
    match name {
        "Mac OSX" | "Mac OS Classic" => "macOS",
        "iPhone" | "iPad" | "iPod" => "iOS",
        name if name.starts_with("Windows Phone") => "Windows Phone",
        name if name.starts_with("Windows") => "Windows",
        name => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn device(agent: &str) -> (Option<String>, Option<String>) {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, agent.parse().unwrap());
        let Device { browser, system } = Device::of(&headers);
        (browser, system)
    }

    #[test]
    fn the_browsers_of_our_people_are_known_by_name() {
        for (agent, browser, system) in [
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0",
                "Firefox",
                "Windows",
            ),
            ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox", "Linux"),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36",
                "Chrome",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36 Edg/141.0.0.0",
                "Edge",
                "Windows",
            ),
            (
                "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Safari/605.1.15",
                "Safari",
                "macOS",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1",
                "Safari",
                "iOS",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel 8) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Mobile Safari/537.36",
                "Chrome",
                "Android",
            ),
        ] {
            assert_eq!(device(agent), (Some(browser.to_owned()), Some(system.to_owned())), "{agent}");
        }
    }

    #[test]
    fn what_is_no_browser_has_no_name() {
        for agent in ["", "x", "<script>alert(1)</script>", &"Mozilla/5.0 ".repeat(100)] {
            assert_eq!(device(agent), (None, None), "{agent}");
        }
        assert_eq!(Device::of(&HeaderMap::new()), Device::default());
    }
}
