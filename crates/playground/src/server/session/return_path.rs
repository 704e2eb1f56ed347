//! Where to come back to after a login.

/// A path of this site: never another host, never a query, and never a page on which nobody wants to land
/// after a login.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct ReturnPath(String);

/// Longer paths are not remembered: the cookie has other things to carry.
const LONGEST: usize = 512;

impl ReturnPath {
    /// The path that somebody asked for, or the home page when it is not one to come back to.
    pub(crate) fn of(asked: &str) -> Self {
        if is_ours(asked) { Self(asked.to_owned()) } else { Self::home() }
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
        for path in ["/", "/playground", "/a/b-c_d.e~f", "/logout-help", "/a/"] {
            assert_eq!(ReturnPath::of(path).as_str(), path);
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
            "/a?b",
            "/a#b",
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
