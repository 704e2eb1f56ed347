//! The playground's part of `config.yml`.

use std::path::{Path, PathBuf};
use std::time::Duration;

use service::address::Address;
use service::client_address::Proxies;
use service::collector::Collector;
use service::reload::Reload;
use service::settings::{
    DEFAULT_ENVELOPE_TTL, DEFAULT_LOGIN_TTL, DEFAULT_PUBLIC_URL, Document, Environment, Input, LogFormat,
    Noted, Presentation, Problems, Section, Value, Values, is_left_at_localhost, keep_alive,
};
use token_crypto::KeyRing;

use super::base::Base;
use super::example::Example;
use crate::site::{Accessibility, Links};

/// The port to listen on, on this machine alone, when the file names none.
pub(super) const DEFAULT_PORT: u16 = 3000;

/// The section `playground`, and the keys of other sections that it honours: `api.environment`, `oauth2.login_ttl` and
/// `oauth2.envelope_ttl`.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the servers run: `api.environment`.
    pub environment: Environment,
    /// How logs are written: `api.log_format`.
    pub log_format: LogFormat,
    /// Where traces are sent: `api.traces`.
    pub traces: Option<Collector>,
    /// Where this server calls the api.
    pub api_url: Base,
    /// Where browsers reach the api.
    pub api_public_url: Base,
    /// Where browsers reach this server: an origin, without path.
    pub public_url: Base,
    /// The address to listen on.
    pub listen: Address,
    /// How long to go on accepting connections after a stop was asked for.
    pub drain: Duration,
    /// How long a connection may be idle.
    pub keep_alive: Duration,
    /// The keys that the envelope is sealed with and the cookies' keys are derived from.
    pub keys: KeyRing,
    /// How long a login may take.
    pub login_ttl: Duration,
    /// How old an envelope may be.
    pub envelope_ttl: Duration,
    /// Whether an envelope that names no browser is refused.
    pub require_binding: bool,
    /// The proxies that may say who the visitor is, and the header in which they do (`api.client_address`). Default: none but
    /// those on this machine, in `X-Forwarded-For`.
    pub proxies: Proxies,
    /// The service's name, and where people ask for help.
    pub presentation: Presentation,
    /// What is to be told to everybody who comes to log in.
    pub announce: Option<String>,
    /// The pages that the footer links to.
    pub links: Links,
    /// The request that « Essayer l’API » sends.
    pub example: Example,
    /// How far the pages comply with the French rules for accessibility.
    pub accessibility: Accessibility,
    /// What the api asks ProConnect for (`oauth2.scope`), when the file says so.
    pub scopes: Option<Vec<String>>,
    /// The folder of the built site, when it is in no usual place.
    pub site_root: Option<PathBuf>,
    /// The operator's copy of the ProConnect logo.
    pub proconnect_logo: Option<PathBuf>,
    /// What was read, to be compared with a later reading.
    pub values: Values,
}

impl Config {
    /// Reads a document.
    ///
    /// # Errors
    /// All problems at once.
    pub fn from_document(mut document: Document) -> Result<Self, Problems> {
        let config = sections(&mut document);
        let (config, values) = document.finish(config)?;
        Ok(Self { values, ..config })
    }
}

fn sections(document: &mut Document) -> Result<Config, Noted> {
    let environment = document.environment();
    let log_format = document.log_format();
    let scopes = document.scopes();
    let header = document.client_header();
    let traces = document.traces();
    let mut oauth2 = document.section("oauth2");
    let login_ttl = oauth2.or("login_ttl", DEFAULT_LOGIN_TTL);
    let envelope_ttl = oauth2.or("envelope_ttl", DEFAULT_ENVELOPE_TTL);

    let mut section = document.section("playground");
    let api_url = section.required::<Base>(
        "api_url",
        "the URL where this server reaches the api, such as http://localhost:8000",
    );
    let api_public_url = api_public_url(&mut section, api_url.as_ref().ok(), environment);
    let public_url = public_url(&mut section, environment);
    let keys = section.required(
        "oauth2_encryption_key",
        "the key that the api and the playground share; `api generate-key` makes one",
    );
    let listen = section.or("listen", Address::local(DEFAULT_PORT));
    let drain = section.or("drain", Duration::ZERO);
    let keep_alive = keep_alive(&mut section);
    let require_binding = section.or("require_binding", true);
    let trusted = section.or("trusted_proxies", Vec::new());
    let presentation = Presentation::read(&mut section);
    let announce = section.optional::<String>("announce");
    let links = links(section.group("links"));
    let example = Example::read(section.group("example"), api_public_url.as_ref().ok(), environment);
    let accessibility = section.or("accessibility", Accessibility::default());
    let site_root = section.optional("site_root");
    let proconnect_logo = section.optional("proconnect_logo");
    section.finish();

    let api_url = api_url?;
    Ok(Config {
        environment,
        log_format,
        traces: traces?,
        api_public_url: api_public_url?,
        api_url,
        public_url: public_url?,
        listen: listen?,
        drain: drain?,
        keep_alive: keep_alive?,
        keys: keys?,
        login_ttl: login_ttl?,
        envelope_ttl: envelope_ttl?,
        require_binding: require_binding?,
        proxies: Proxies { trusted: trusted?, header },
        presentation: presentation?,
        announce: announce?.filter(|announce| !announce.trim().is_empty()),
        links: links?,
        example: example?,
        accessibility: accessibility?,
        scopes,
        site_root: site_root?,
        proconnect_logo: proconnect_logo?,
        values: Values::default(),
    })
}

/// Where browsers reach the api: where this server does, unless the file says otherwise.
fn api_public_url(
    section: &mut Section<'_>,
    api_url: Option<&Base>,
    environment: Environment,
) -> Result<Base, Noted> {
    const KEY: &str = "api_public_url";
    let url = section.optional::<Base>(KEY)?;
    let is_given = url.is_some();
    // What is wrong with api_url is told there.
    let Some(url) = url.or_else(|| api_url.cloned()).or_else(|| Base::parse(DEFAULT_PUBLIC_URL)) else {
        return Err(section.problem(KEY, "is missing", "give where browsers reach the api"));
    };
    if environment.is_production() && api_url.is_some() && is_left_at_localhost(&url.0) {
        let problem = if is_given {
            "was left as in config.yml.example"
        } else {
            "is missing, and browsers cannot reach api_url"
        };
        return Err(section.problem(KEY, problem, "give the address at which browsers reach the api"));
    }
    Ok(url)
}

fn public_url(section: &mut Section<'_>, environment: Environment) -> Result<Base, Noted> {
    const KEY: &str = "public_url";
    let url = match section.optional::<Base>(KEY)? {
        Some(url) => url,
        None => Base::parse(DEFAULT_PUBLIC_URL)
            .ok_or_else(|| section.problem(KEY, "is missing", "give where browsers reach the playground"))?,
    };
    let mut noted = Ok(());
    if url.0.path() != "/" {
        noted = Err(section.problem(KEY, "has a path", "write scheme, host and port only"));
    }
    if environment.is_production() && is_left_at_localhost(&url.0) {
        noted = Err(section.problem(
            KEY,
            "was left as in config.yml.example",
            "give the address at which browsers reach the playground",
        ));
    }
    if environment.is_production() && !url.is_https() && !url.is_loopback() {
        noted = Err(section.problem(KEY, "is plain http in production", "use https"));
    }
    noted.map(|()| url)
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

/// The group `playground.links`.
fn links(mut group: Section<'_>) -> Result<Links, Noted> {
    let legal_notice = group.optional("legal_notice");
    let privacy = group.optional("privacy");
    let accessibility = group.optional("accessibility");
    let status = group.optional("status");
    group.finish();
    Ok(Links {
        legal_notice: legal_notice?,
        privacy: privacy?,
        accessibility: accessibility?,
        status: status?,
    })
}

impl Value for Accessibility {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        match input.string()?.as_str() {
            "none" => Ok(Self::None),
            "partial" => Ok(Self::Partial),
            "full" => Ok(Self::Full),
            _ => Err(input.refuse("is neither none, partial nor full", "write what your last audit found")),
        }
    }
}

#[cfg(test)]
mod tests {
    use service::client_address::ClientHeader;
    use service::settings::Contact;
    use service::testing::{EXAMPLE, example_with_every_key};

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
        assert_eq!(config.login_ttl, Duration::from_secs(3_600));
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
             public_url: http://example.gouv.fr/path\n  oauth2_encryption_key: changeme\n  contact: nobody\n  \
             listen: here\n  colour: blue\n  help: aide\n  accessibility: soon\n  \
             links: {privacy: \"javascript:alert(1)\", imprint: https://example.gouv.fr/}\n",
        )
        .unwrap_err();
        for key in [
            "api_url: is missing",
            "api_public_url",
            "public_url: has a path",
            "public_url: is plain http in production",
            "oauth2_encryption_key",
            "contact",
            "listen",
            "help: is not an http or https URL",
            "accessibility: is neither",
            "links.privacy: is not an http or https URL",
            "links.imprint: is not a known key",
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
                 public_url: http://{host}:3001\n  oauth2_encryption_key: {KEY}\n"
            ));
            assert!(config.is_ok(), "{host}: {config:?}");
        }
    }

    #[test]
    fn an_address_left_at_localhost_is_refused_in_production() {
        for (lines, wrong) in [
            ("api_url: http://api:8000", &["public_url"][..]),
            ("api_url: http://localhost:8000", &["public_url", "api_public_url"]),
            ("api_url: http://localhost:8000\n  public_url: https://app.gouv.fr", &["api_public_url"]),
            (
                "api_url: http://localhost:8000\n  public_url: https://app.gouv.fr\n  api_public_url: https://api.gouv.fr",
                &[],
            ),
        ] {
            let yaml = |environment| {
                format!(
                    "api: {{environment: {environment}}}\nplayground:\n  {lines}\n  oauth2_encryption_key: {KEY}\n"
                )
            };
            let problems = read(&yaml("production")).err().unwrap_or_default();
            assert_eq!(problems.lines().count(), wrong.len(), "{lines}: {problems}");
            for key in wrong {
                assert!(problems.contains(&format!("playground.{key}: ")), "{lines}: {problems}");
            }
            assert!(read(&yaml("development")).is_ok(), "{lines}");
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
            assert_eq!(config.ok().and_then(|config| config.presentation.contact), contact, "{text}");
        }
    }

    #[test]
    fn the_header_that_names_the_client_is_the_apis() {
        let header = |api: &str| {
            let config = read(&format!(
                "{api}playground:\n  api_url: http://localhost:8000\n  oauth2_encryption_key: {KEY}\n"
            ));
            config.unwrap().proxies.header
        };
        assert_eq!(header(""), ClientHeader::XForwardedFor);
        assert_eq!(header("api: {client_address: x-real-ip}\n"), ClientHeader::XRealIp);
        assert_eq!(
            header("api: {client_address: cf-ip}\n"),
            ClientHeader::XForwardedFor,
            "the api reports it"
        );
    }

    #[test]
    fn traces_go_where_the_apis_go() {
        let traces = |api: &str| {
            read(&format!(
                "{api}playground:\n  api_url: http://localhost:8000\n  oauth2_encryption_key: {KEY}\n"
            ))
            .map(|config| config.traces)
        };
        assert_eq!((traces(""), traces("api: {traces: ''}\n")), (Ok(None), Ok(None)));
        assert!(traces("api: {traces: http://127.0.0.1:4318}\n").unwrap().is_some());
        let problems = traces("api: {traces: 127.0.0.1:4318}\n").unwrap_err();
        assert!(problems.starts_with("api.traces: is not an http or https URL. Fix: "), "{problems}");
    }

    #[test]
    fn what_the_api_asks_for_is_read_from_the_same_file() {
        let scopes = |oauth2: &str| {
            let config = read(&format!(
                "{oauth2}playground:\n  api_url: http://localhost:8000\n  oauth2_encryption_key: {KEY}\n"
            ));
            config.unwrap().scopes
        };
        assert_eq!(scopes("oauth2: {scope: openid  email}\n"), Some(vec!["openid".into(), "email".into()]));
        assert_eq!(scopes(""), None);
        assert_eq!(
            scopes("oauth2: {scope: \"${UNSET_HERE}\"}\n"),
            None,
            "the api reports what is wrong with it"
        );
    }

    #[test]
    fn a_url_with_a_query_is_refused() {
        for key in ["api_url", "api_public_url", "public_url"] {
            let problems = read(&format!("playground:\n  {key}: http://localhost/?x\n")).unwrap_err();
            assert!(problems.contains(&format!("playground.{key}: has a query or a fragment")), "{problems}");
        }
    }

    #[test]
    fn the_example_is_valid_and_with_every_key_switched_on_shows_the_defaults() {
        let config = read(EXAMPLE).unwrap();
        let mut every_key = read(&example_with_every_key()).unwrap();
        // These show what to write; there are none without them.
        assert!(every_key.presentation.contact.take().is_some());
        assert!(every_key.traces.take().is_some());
        assert!(every_key.presentation.help.take().is_some());
        assert!(every_key.announce.take().is_some());
        let links = std::mem::take(&mut every_key.links);
        let links = [links.legal_notice, links.privacy, links.accessibility, links.status];
        assert!(links.iter().all(Option::is_some), "{links:?}");
        assert!(every_key.proconnect_logo.take().is_some());
        assert!(every_key.site_root.take().is_some());
        every_key.values = config.values.clone();
        assert_eq!(format!("{every_key:#?}"), format!("{config:#?}"));
    }
}
