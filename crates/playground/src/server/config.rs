//! The playground's part of `config.yml`.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use service::reload::Reload;
use service::settings::{DEFAULT_PUBLIC_URL, Document, Environment, Problems, Section, Values};
use token_crypto::KeyRing;
use url::{Host, Url};

use crate::contact::Contact;

/// How long after the login an envelope may arrive, unless `oauth2.envelope_ttl` says otherwise.
const ENVELOPE_TTL: Duration = Duration::from_secs(300);
const LISTEN: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 3000);
const TITLE: &str = "Passerelle";

/// The section `playground`, and the two keys of other sections that it honours: `api.environment` and
/// `oauth2.envelope_ttl`.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the servers run: `api.environment`.
    pub environment: Environment,
    /// Where this server calls the api.
    pub api_url: Base,
    /// Where browsers reach the api.
    pub api_public_url: Base,
    /// Where browsers reach this server: an origin, without path.
    pub public_url: Base,
    /// The address to listen on.
    pub listen: SocketAddr,
    /// How long to go on accepting connections after a stop was asked for.
    pub drain: Duration,
    /// The keys that the envelope is sealed with and the cookies' keys are derived from.
    pub keys: KeyRing,
    /// How old an envelope may be.
    pub envelope_ttl: Duration,
    /// Whether an envelope that names no browser is refused.
    pub require_binding: bool,
    /// The service's name.
    pub title: String,
    /// Where people ask for help.
    pub contact: Option<Contact>,
    /// The folder of the built site, when it is in no usual place.
    pub site_root: Option<PathBuf>,
    /// The operator's copy of the ProConnect logo.
    pub proconnect_logo: Option<PathBuf>,
    /// What was read, to be compared with a later reading.
    pub values: Values,
}

/// An http or https URL without query and fragment, kept without the slash at its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base(Url);

impl Base {
    /// The URL itself, without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.0.as_str().trim_end_matches('/')
    }

    /// The URL of a path below it, which begins with a slash.
    #[must_use]
    pub fn join(&self, path: &str) -> String {
        format!("{}{path}", self.as_str())
    }

    /// Whether browsers reach it over TLS.
    #[must_use]
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether only this machine can reach it.
    fn is_loopback(&self) -> bool {
        match self.0.host() {
            Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
            Some(Host::Ipv4(address)) => address.is_loopback(),
            Some(Host::Ipv6(address)) => address.is_loopback(),
            None => false,
        }
    }
}

impl Config {
    /// Reads a document.
    ///
    /// # Errors
    /// All problems at once.
    pub fn from_document(mut document: Document) -> Result<Self, Problems> {
        let environment = document.environment();
        let envelope_ttl = document.section("oauth2").duration("envelope_ttl", ENVELOPE_TTL);

        let mut section = document.section("playground");
        let api_url = base(&mut section, "api_url");
        section.missing_unless_noted(
            "api_url",
            "the URL where this server reaches the api, such as http://localhost:8000",
        );
        let api_public_url = base(&mut section, "api_public_url").or_else(|| api_url.clone());
        let public_url =
            base(&mut section, "public_url").or_else(|| Url::parse(DEFAULT_PUBLIC_URL).ok().map(Base));
        if let Some(url) = &public_url {
            if url.0.path() != "/" {
                section.problem("public_url", "has a path", "write scheme, host and port only");
            }
            if environment.is_production() && !url.is_https() && !url.is_loopback() {
                section.problem("public_url", "is plain http in production", "use https");
            }
        }
        let keys = section.key_ring("oauth2_encryption_key", environment);
        let listen = section.socket_addr("listen").unwrap_or(LISTEN);
        let drain = section.duration("drain", Duration::ZERO);
        let require_binding = section.boolean("require_binding", true);
        let title = section.text("title").filter(|title| !title.trim().is_empty());
        let contact = contact(&mut section);
        let site_root = section.path("site_root");
        let proconnect_logo = section.path("proconnect_logo");
        section.finish();
        let values = document.finish()?;

        match (api_url, api_public_url, public_url, keys) {
            (Some(api_url), Some(api_public_url), Some(public_url), Some(keys)) => Ok(Self {
                environment,
                api_url,
                api_public_url,
                public_url,
                listen,
                drain,
                keys,
                envelope_ttl,
                require_binding,
                title: title.unwrap_or_else(|| TITLE.to_owned()),
                contact,
                site_root,
                proconnect_logo,
                values,
            }),
            _ => unreachable!("what is missing is a problem, which `finish` reports"),
        }
    }
}

impl Reload for Config {
    const SECRETS: &'static [&'static str] = &["playground.oauth2_encryption_key"];

    fn read(path: &Path) -> Result<Self, Problems> {
        Self::from_document(Document::read(path)?)
    }

    fn values(&self) -> &Values {
        &self.values
    }
}

fn base(section: &mut Section<'_>, key: &str) -> Option<Base> {
    let url = section.url(key)?;
    if url.query().is_some() || url.fragment().is_some() {
        section.problem(key, "has a query or a fragment", "end the URL before `?` or `#`");
    }
    Some(Base(url))
}

/// An e-mail address or the URL of a page.
fn contact(section: &mut Section<'_>) -> Option<Contact> {
    let text = section.text("contact")?;
    let text = text.trim();
    if let Ok(url) = Url::parse(text)
        && matches!(url.scheme(), "http" | "https")
    {
        return Some(Contact::Page(text.into()));
    }
    match text.split_once('@') {
        Some((local, domain))
            if !local.is_empty()
                && domain.contains('.')
                && !text.contains(|c: char| c.is_whitespace() || "?&<>\"'%:,;".contains(c)) =>
        {
            Some(Contact::Mail(text.into()))
        }
        _ => {
            section.problem(
                "contact",
                "is neither an e-mail address nor an http or https URL",
                "write it as assistance@example.gouv.fr or https://example.gouv.fr/aide",
            );
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "VGhpcyBpcyBhIGtleSBmb3IgdGVzdHMgb25seSEhISE=";

    fn read(yaml: &str) -> Result<Config, String> {
        Document::parse("config.yml", yaml)
            .and_then(Config::from_document)
            .map_err(|problems| problems.to_string())
    }

    #[test]
    fn the_two_keys_of_the_original_are_enough() {
        let config = read(&format!(
            "playground:\n  api_url: http://localhost:8000/\n  oauth2_encryption_key: {KEY}\n"
        ))
        .unwrap();
        assert_eq!(config.api_url.join("/v1/me/info"), "http://localhost:8000/v1/me/info");
        assert_eq!(config.api_public_url, config.api_url);
        assert_eq!(config.public_url.as_str(), "http://localhost:3000");
        assert_eq!(config.listen.to_string(), "127.0.0.1:3000");
        assert_eq!(config.envelope_ttl, Duration::from_secs(300));
        assert!(config.require_binding && config.drain.is_zero());
        assert!(!config.keys.has_placeholder());
    }

    #[test]
    fn the_apis_envelopes_live_as_long_as_the_api_says() {
        let config = read(&format!(
            "oauth2: {{envelope_ttl: 60s, client_id: \"${{UNSET_HERE}}\"}}\nplayground:\n  \
             api_url: http://localhost:8000\n  oauth2_encryption_key: {KEY}\n"
        ));
        assert_eq!(config.unwrap().envelope_ttl, Duration::from_mins(1));
    }

    #[test]
    fn all_problems_are_reported_at_once() {
        let problems = read(
            "api:\n  environment: production\nplayground:\n  api_public_url: ftp://api\n  \
             public_url: http://example.gouv.fr/path?x\n  oauth2_encryption_key: changeme\n  contact: nobody\n  \
             listen: here\n  colour: blue\n",
        )
        .unwrap_err();
        for key in [
            "api_url: is missing",
            "api_public_url",
            "public_url: has a path",
            "public_url: is plain http in production",
            "public_url: has a query",
            "oauth2_encryption_key",
            "contact",
            "listen",
            "colour: is not a known key",
        ] {
            assert!(problems.contains(&format!("playground.{key}")), "{key} is not in:\n{problems}");
        }
        assert!(problems.lines().all(|line| line.contains(". Fix: ")), "{problems}");
    }

    #[test]
    fn loopback_stays_plain_in_production() {
        for host in ["localhost", "127.0.0.1", "[::1]", "app.localhost"] {
            let config = read(&format!(
                "api: {{environment: production}}\nplayground:\n  api_url: http://api:8000\n  \
                 public_url: http://{host}:3000\n  oauth2_encryption_key: {KEY}\n"
            ));
            assert!(config.is_ok(), "{host}: {config:?}");
        }
    }

    #[test]
    fn a_contact_is_an_address_or_a_page() {
        for (text, contact) in [
            ("aide@example.gouv.fr", Some(Contact::Mail("aide@example.gouv.fr".into()))),
            ("https://example.gouv.fr/aide", Some(Contact::Page("https://example.gouv.fr/aide".into()))),
            ("javascript:alert(1)@x.y", None),
            ("a@b.fr?subject=x", None),
            ("@example.gouv.fr", None),
        ] {
            let config = read(&format!(
                "playground:\n  api_url: http://localhost:8000\n  oauth2_encryption_key: {KEY}\n  \
                 contact: \"{text}\"\n"
            ));
            assert_eq!(config.ok().and_then(|config| config.contact), contact, "{text}");
        }
    }
}
