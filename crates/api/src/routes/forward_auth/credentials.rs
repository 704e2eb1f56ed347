//! Which of a caller's headers has our token, and what is left of them for the application behind.

use axum::http::header::{AUTHORIZATION, COOKIE};
use axum::http::{HeaderMap, HeaderName, HeaderValue};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::SecretString;
use token_crypto::ApiToken;

pub(super) const X_API_KEY: HeaderName = HeaderName::from_static("x-api-key");

/// What a caller has to show.
#[derive(Debug)]
pub(super) enum Credentials {
    /// Nothing that is for us.
    None,
    /// Two of one kind: another program might read the other.
    Several,
    /// This, whatever it is worth.
    Token(SecretString),
}

/// Takes the first that is there: `Authorization: Bearer`, `X-API-Key`, `Basic` with a token of ours in it.
pub(super) fn credentials(headers: &HeaderMap) -> Credentials {
    let Ok(authorization) = only(headers, &AUTHORIZATION) else { return Credentials::Several };
    let Ok(key) = only(headers, &X_API_KEY) else { return Credentials::Several };
    let scheme = authorization.and_then(|value| value.split_once(' '));
    if let Some((scheme, rest)) = scheme
        && scheme.eq_ignore_ascii_case("bearer")
    {
        return Credentials::Token(rest.into());
    }
    if let Some(key) = key {
        return Credentials::Token(key.into());
    }
    match scheme {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("basic") => {
            basic(rest).map_or(Credentials::None, Credentials::Token)
        }
        _ => Credentials::None,
    }
}

/// The one value of a header; an error when there are several, or one that is no text.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Result<Option<&'a str>, ()> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (None, _) => Ok(None),
        (Some(value), None) => value.to_str().map(Some).map_err(|_| ()),
        (Some(_), Some(_)) => Err(()),
    }
}

/// The token of ours among a name and a password (RFC 7617).
fn basic(encoded: &str) -> Option<SecretString> {
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (user, password) = decoded.split_once(':')?;
    [user, password].into_iter().find(|part| is_ours(part)).map(Into::into)
}

fn is_of_token(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '-' | '_')
}

fn is_ours(text: &str) -> bool {
    ApiToken::parse(text).is_some()
}

/// `Authorization` without what was ours. A value with the form of a token of ours is ours, whatever scheme stands before it.
pub(super) fn foreign_authorization(headers: &HeaderMap) -> HeaderValue {
    let Ok(Some(value)) = only(headers, &AUTHORIZATION) else { return HeaderValue::from_static("") };
    let (scheme, rest) = value.split_once(' ').unwrap_or(("", value));
    let has_ours = scheme.eq_ignore_ascii_case("bearer")
        || basic(rest).is_some()
        || value.split(|c: char| !is_of_token(c)).any(is_ours)
        // A key that came from OpenGateLLM has dots.
        || value.split(|c: char| !is_of_token(c) && c != '.').any(is_ours);
    if has_ours {
        return HeaderValue::from_static("");
    }
    HeaderValue::from_str(value).unwrap_or(HeaderValue::from_static(""))
}

/// `Cookie` without what was ours, to the letter.
pub(super) fn foreign_cookies(headers: &HeaderMap) -> HeaderValue {
    let mut kept: Vec<&[u8]> = Vec::new();
    for line in headers.get_all(COOKIE) {
        for pair in line.as_bytes().split(|byte| *byte == b';').map(<[u8]>::trim_ascii) {
            let (name, value) = match pair.iter().position(|byte| *byte == b'=') {
                Some(at) => (&pair[..at], &pair[at + 1..]),
                None => (&[][..], pair),
            };
            let is_token = str::from_utf8(value).is_ok_and(is_ours);
            let bare = name.strip_prefix(b"__Host-").unwrap_or(name);
            let is_cookie_of_ours = bare == b"passerelle" || bare.starts_with(b"passerelle_gate_");
            if !pair.is_empty() && !is_token && !is_cookie_of_ours {
                kept.push(pair);
            }
        }
    }
    HeaderValue::from_bytes(&kept.join(&b"; "[..])).unwrap_or(HeaderValue::from_static(""))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    const TOKEN: &str = "sk-psl0123456789abcdefghijklmnopqrst2WLFGD";

    const IMPORTED: &str = "sk-eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJ1c2VyX2lkIjoxLCJ0b2tlbl9pZCI6MiwiZXhwaXJlc19hdCI6bnVsbH0.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_str(value).unwrap());
        }
        headers
    }

    fn found(pairs: &[(&'static str, &str)]) -> String {
        match credentials(&headers(pairs)) {
            Credentials::None => "none".to_owned(),
            Credentials::Several => "several".to_owned(),
            Credentials::Token(token) => token.expose_secret().to_owned(),
        }
    }

    #[test]
    fn the_first_that_is_there_counts() {
        let basic = |text: &str| format!("Basic {}", STANDARD.encode(text));
        for (pairs, expected) in [
            (&[][..], "none"),
            (&[("authorization", "Bearer x")], "x"),
            (&[("authorization", "bearer x"), ("x-api-key", "y")], "x"),
            (&[("x-api-key", "y"), ("authorization", "Digest z")], "y"),
            (&[("authorization", "Digest z")], "none"),
            (&[("authorization", "x"), ("authorization", "y")], "several"),
            (&[("x-api-key", "x"), ("x-api-key", "x")], "several"),
            (&[("authorization", &basic(&format!("{TOKEN}:")))], TOKEN),
            (&[("authorization", &basic(&format!("somebody:{TOKEN}")))], TOKEN),
            (&[("authorization", &basic("somebody:password"))], "none"),
            (&[("authorization", "Basic !")], "none"),
        ] {
            assert_eq!(found(pairs), expected, "{pairs:?}");
        }
    }

    #[test]
    fn the_application_gets_what_was_its_own() {
        let left = |value: &str| foreign_authorization(&headers(&[("authorization", value)]));
        for ours in [
            "Bearer x".to_owned(),
            TOKEN.to_owned(),
            format!("Token {TOKEN}"),
            format!("Digest token=\"{TOKEN}\", x=y"),
            format!("Digest {TOKEN}. More."),
            format!("Token {IMPORTED}"),
            format!("Digest token=\"{IMPORTED}\", x=y"),
            format!("Basic {}", STANDARD.encode(format!("a:{TOKEN}"))),
        ] {
            assert_eq!(left(&ours), "", "{ours}");
        }
        for theirs in ["Digest username=\"x\"", "Basic c29tZWJvZHk6cGFzc3dvcmQ=", "Negotiate abc"] {
            assert_eq!(left(theirs), theirs);
        }
        let cookies = |value: &str| foreign_cookies(&headers(&[("cookie", value)]));
        assert_eq!(
            cookies(&format!(
                "a=1; passerelle=x; __Host-passerelle_gate_0_x=y; passerelle_gate_=z; b=\"2\"; key={TOKEN}; __Host-passerelle=y;c"
            )),
            "a=1; b=\"2\"; c"
        );
        assert_eq!(foreign_cookies(&headers(&[("cookie", "a=1"), ("cookie", "b=2")])), "a=1; b=2");
        assert_eq!(foreign_cookies(&HeaderMap::new()), "");
    }
}
