//! Where to come back to after a login.

/// A page of this site: never another host, and never a page on which nobody wants to land after a login. A link may fill in
/// a form with its query, as tutorials do; the home page takes none, which would be part of a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnPath(String);

/// Longer paths are not remembered: the cookie has other things to carry.
const LONGEST: usize = 512;

impl ReturnPath {
    /// The page that somebody asked for, or the home page when it is not one to come back to.
    pub(crate) fn of(asked: &str) -> Self {
        let (path, query) = asked.split_once('?').unwrap_or((asked, ""));
        if !is_ours(path) || asked.len() > LONGEST {
            Self::home()
        } else if query.is_empty() || path == "/" || !is_a_query(query) {
            Self(path.to_owned())
        } else {
            Self(asked.to_owned())
        }
    }

    /// The path of a page to show again, whatever page it is, or the home page when it is no path of ours.
    pub(crate) fn shown(path: &str) -> Self {
        if is_a_path(path) { Self(path.to_owned()) } else { Self::home() }
    }

    pub(crate) fn home() -> Self {
        Self("/".to_owned())
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    /// The page as the value of a parameter in a query. What a parameter may hold as it is stays readable.
    pub(crate) fn as_parameter(&self) -> String {
        self.0.replace('%', "%25").replace('&', "%26").replace('+', "%2B")
    }

    pub(crate) fn is_home(&self) -> bool {
        self.0 == "/"
    }
}

/// Decided by characters and not by a parser, because browsers do not agree with parsers on what `\`, tabs
/// and `//` mean in a path.
fn is_a_path(path: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte);
    path.len() <= LONGEST
        && path.starts_with('/')
        && path.bytes().all(plain)
        && !path.contains("//")
        && !path.split('/').any(|segment| segment == "." || segment == "..")
}

/// As browsers and forms write it.
fn is_a_query(query: &str) -> bool {
    query.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~!*()=&+%".contains(&byte))
}

/// Nobody wants to land on the pages of a login or a logout.
fn is_ours(path: &str) -> bool {
    is_a_path(path)
        && !matches!(
            path.trim_end_matches('/'),
            "/login" | "/logout" | "/logged-out" | "/cookies" | "/language"
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_this_site_are_kept() {
        for path in [
            "/",
            "/playground",
            "/a/b-c_d.e~f",
            "/logout-help",
            "/a/",
            "/keys?name=Import+de+nuit%21&expires_in=30",
        ] {
            assert_eq!(ReturnPath::of(path).as_str(), path);
        }
    }

    #[test]
    fn a_parameter_brings_the_page_back() {
        let page = ReturnPath::of("/keys?name=l%27%C3%A9t%C3%A9+%26&expires_in=30");
        let url =
            url::Url::parse(&format!("http://x/login?return_to={}&moved=1", page.as_parameter())).unwrap();
        let pairs: Vec<_> = url.query_pairs().into_owned().collect();
        assert_eq!(pairs, [("return_to".to_owned(), page.as_str().to_owned()), ("moved".into(), "1".into())]);
    }

    #[test]
    fn a_query_that_no_form_writes_is_left_out() {
        for (asked, kept) in [
            ("/a?b#c", "/a"),
            ("/a?b c", "/a"),
            ("/a?b?c", "/a"),
            ("/a?//evil.example", "/a"),
            ("/a?b\\c", "/a"),
            ("/a?b\r\nSet-Cookie: x=y", "/a"),
            ("/a?é", "/a"),
            ("/a?", "/a"),
            ("/?encrypted_token=x", "/"),
            ("/?login_error=internal", "/"),
        ] {
            assert_eq!(ReturnPath::of(asked).as_str(), kept, "{asked:?}");
        }
    }

    #[test]
    fn any_page_may_be_shown_again_but_none_of_others() {
        assert_eq!(ReturnPath::shown("/logged-out").as_str(), "/logged-out");
        for path in ["//evil.example", "/\\evil.example", "https://evil.example/", "", "/a?b"] {
            assert!(ReturnPath::shown(path).is_home(), "{path:?}");
        }
    }

    #[test]
    fn everything_else_is_the_home_page() {
        let long = format!("/{}", "a".repeat(LONGEST));
        for path in [
            "",
            "playground",
            "//evil.example",
            "/\\evil.example",
            "\\/evil.example",
            "/\t/evil.example",
            "/a//b",
            "https://evil.example/",
            "javascript:alert(1)",
            "/?encrypted_token=x",
            "/a#b",
            "//evil.example?a",
            "?a=b",
            "/login?return_to=/keys",
            "/logged-out?state=x",
            "/%2f/evil.example",
            "/a/../..//evil.example",
            "/./",
            "/..",
            "/a\r\nSet-Cookie: x=y",
            "/é",
            "/ ",
            "/login",
            "/login/",
            "/logout",
            "/logged-out",
            "/cookies",
            "/language",
            &long,
        ] {
            assert!(ReturnPath::of(path).is_home(), "{path:?}");
        }
    }
}
