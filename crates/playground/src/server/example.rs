//! The request that « Essayer l’API » shows and sends: `playground.example`.

mod program;

use service::client::Method;
use service::settings::{Environment, Input, Noted, Section, Value};
use url::Url;

use super::base::{Base, is_loopback};
use crate::pages::try_api::Sample;

/// Headers that are set here, or that say who sends the request.
const OURS: &[&str] =
    &["authorization", "connection", "content-length", "cookie", "host", "transfer-encoding", "x-api-key"];

/// A request to the operator's own API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// What it does, in the operator's words.
    pub title: Option<String>,
    /// Its method.
    pub method: Method,
    /// Where people and their programs send it.
    pub url: String,
    /// Its headers, without the token.
    pub headers: Vec<(String, String)>,
    /// Its body.
    pub body: Option<String>,
}

impl Example {
    /// Reads the group; without it, the example is who one is.
    pub(super) fn read(
        mut section: Section<'_>,
        api: Option<&Base>,
        environment: Environment,
    ) -> Result<Self, Noted> {
        let title = section.optional::<String>("title");
        let method = section.or("method", Verb(Method::GET));
        let url = section.optional::<Target>("url");
        let headers = headers(section.group("headers"));
        let body = section.optional::<String>("body");
        let lacks_url =
            matches!(&url, Ok(None)) && ["method", "headers", "body"].into_iter().any(|key| section.has(key));
        let missing = lacks_url.then(|| {
            section.problem(
                "url",
                "is missing",
                "give the whole URL of the request, such as https://api.example.gouv.fr/v1/models",
            )
        });
        let plain = match &url {
            Ok(Some(Target(url)))
                if environment.is_production() && url.scheme() == "http" && !is_loopback(url) =>
            {
                Some(section.problem(
                    "url",
                    "is plain http in production",
                    "use https: the request carries a token",
                ))
            }
            _ => None,
        };
        let has_body = matches!(&body, Ok(Some(_)));
        let takes_none = matches!(&method, Ok(Verb(Method::GET | Method::DELETE)));
        let useless = (has_body && takes_none)
            .then(|| section.problem("body", "belongs to no GET or DELETE", "remove it, or set method"));
        section.finish();
        if let Some(noted) = missing.or(plain).or(useless) {
            return Err(noted);
        }
        let (Verb(method), mut headers, body) = (method?, headers?, body?);
        if body.is_some() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
            headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
        }
        let url = match url? {
            Some(Target(url)) => url.into(),
            // What is wrong with the api's own address is told there.
            None => api.map(|api| api.join(contract::path::ME)).unwrap_or_default(),
        };
        Ok(Self { title: title?.filter(|title| !title.trim().is_empty()), method, url, headers, body })
    }

    /// The same request in the languages of those who will send it. The token is in a variable of the environment.
    pub(super) fn samples(&self) -> [Sample; 3] {
        [program::curl(self), program::python(self), program::javascript(self)]
    }
}

fn headers(mut section: Section<'_>) -> Result<Vec<(String, String)>, Noted> {
    let names = section.keys();
    let read = names.into_iter().map(|name| {
        let HeaderText(value) = section.required(&name, "the value of the header")?;
        let is_token = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
        if !name.bytes().all(is_token) || OURS.contains(&name.to_ascii_lowercase().as_str()) {
            let fix = "remove it: the token and the connection's own headers are set by the page";
            return Err(section.problem(&name, "is no header that may be set here", fix));
        }
        Ok((name, value))
    });
    let read: Vec<Result<_, Noted>> = read.collect();
    section.finish();
    read.into_iter().collect()
}

/// A method that a form may send.
struct Verb(Method);

impl Value for Verb {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        match input.string()?.as_str() {
            "GET" => Ok(Self(Method::GET)),
            "POST" => Ok(Self(Method::POST)),
            "PUT" => Ok(Self(Method::PUT)),
            "PATCH" => Ok(Self(Method::PATCH)),
            "DELETE" => Ok(Self(Method::DELETE)),
            _ => Err(input.refuse("is no method", "write GET, POST, PUT, PATCH or DELETE")),
        }
    }
}

/// An absolute URL without a fragment, which no server would see.
struct Target(Url);

impl Value for Target {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let url = Url::read(input)?;
        if url.fragment().is_some() {
            return Err(input.refuse("has a fragment", "end the URL before `#`"));
        }
        Ok(Self(url))
    }
}

/// The value of a header: visible ASCII and spaces.
struct HeaderText(String);

impl Value for HeaderText {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let text = input.string()?;
        if text.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic()) {
            return Ok(Self(text));
        }
        Err(input.refuse("is no value of a header", "write visible ASCII characters on one line"))
    }
}

#[cfg(test)]
mod tests {
    use service::settings::Document;

    use crate::server::config::Config;

    const KEY: &str = "VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE=";

    #[test]
    fn the_example_is_a_whole_request_or_who_one_is() {
        let example = |environment: &str, lines: &str| {
            let yaml = format!(
                "api: {{environment: {environment}}}\nplayground:\n  api_url: http://api:8000\n  \
                 api_public_url: https://api.gouv.fr/\n  public_url: https://app.gouv.fr\n  \
                 oauth2_encryption_key: {KEY}\n  {lines}\n"
            );
            let read = Document::parse("config.yml", &yaml).and_then(Config::from_document);
            read.map(|config| config.example).map_err(|problems| problems.to_string())
        };
        let usual = example("production", "").unwrap();
        assert_eq!((usual.method.as_str(), usual.url.as_str()), ("GET", "https://api.gouv.fr/v1/me"));
        let posted = example(
            "production",
            "example: {method: POST, url: \"https://api.gouv.fr/v1/chat?a=1\", headers: {Accept: text/plain}, body: Bonjour}",
        );
        let posted = posted.unwrap();
        assert_eq!(posted.url, "https://api.gouv.fr/v1/chat?a=1");
        let headers: Vec<_> = posted.headers.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(headers, ["Accept: text/plain", "Content-Type: application/json"]);
        let plain = "example: {url: http://api.gouv.fr/}";
        assert!(example("development", plain).is_ok());
        assert!(example("production", "example: {url: \"http://127.0.0.1:3001/\"}").is_ok());
        for (lines, problem) in [
            (plain, "url: is plain http in production"),
            ("example: {url: /v1/models}", "url: is not an http or https URL"),
            ("example: {url: \"https://a:b@api.gouv.fr\"}", "url: is not an http or https URL"),
            ("example: {url: \"https://api.gouv.fr/#x\"}", "url: has a fragment"),
            ("example: {method: POST}", "url: is missing"),
            ("example: {body: x}", "url: is missing"),
            ("example: {url: \"https://api.gouv.fr\", method: TRACE}", "method: is no method"),
            ("example: {url: \"https://api.gouv.fr\", body: x}", "body: belongs to no GET or DELETE"),
            (
                "example: {url: \"https://api.gouv.fr\", headers: {Authorization: x}}",
                "headers.Authorization: is no header",
            ),
            ("example: {url: \"https://api.gouv.fr\", headers: {cookie: x}}", "headers.cookie: is no header"),
            ("example: {url: \"https://api.gouv.fr\", headers: {\"a b\": x}}", "headers.a b: is no header"),
            (
                "example: {url: \"https://api.gouv.fr\", headers: {A: \"x\\r\\ny: z\"}}",
                "headers.A: is no value of a header",
            ),
            ("example: {link: x}", "link: is not a known key"),
        ] {
            let problems = example("production", lines).unwrap_err();
            assert!(problems.contains(&format!("playground.example.{problem}")), "{lines}: {problems}");
        }
    }
}
