//! The targets of `make fuzz`; see crates/fuzz.

use secrecy::ExposeSecret as _;
use service::testing::{fuzz_configuration, is_this_machine};
use url::Url;

use crate::config::Config;
use crate::origins::{AllowedOrigins, Origin};

#[test]
fn config() {
    fuzz_configuration("api-config", Config::from_document, assert_may_be_trusted);
}

fn assert_may_be_trusted(config: &Config) {
    let oauth2 = &config.oauth2;
    assert!(!config.secrets.client_secret.expose_secret().trim().is_empty());
    assert!(!oauth2.provider.signing_algorithms.is_empty());
    assert!(!oauth2.login_ttl.is_zero());
    assert!(oauth2.provider.scopes.iter().any(|scope| scope == "openid"));
    assert!(oauth2.provider.redirect_uri.fragment().is_none());
    if config.api.environment.is_production() {
        assert!(!config.secrets.keys.has_placeholder());
        for url in [&oauth2.provider.redirect_uri, &oauth2.provider.metadata_url] {
            assert!(url.scheme() == "https" || is_this_machine(url), "{url}");
        }
    }
}

/// The input is a URL, after a line with what is allowed or without one.
#[test]
fn origins() {
    fuzz::run("origins", |input: &[u8]| {
        let Ok(text) = str::from_utf8(input) else { return };
        let (entries, text) = text.split_once('\n').unwrap_or(("localhost, gouv.fr", text));
        let entries: Vec<String> = entries.split(',').map(|entry| entry.trim().to_owned()).collect();
        let Ok(allowed) = AllowedOrigins::parse(&entries) else { return };
        let Ok(origin) = allowed.origin_of(text) else { return };
        let url = Url::parse(text).unwrap();
        assert_eq!(url.origin().ascii_serialization(), origin.as_str());
        assert!(text.to_ascii_lowercase().starts_with(origin.as_str()), "written in another way");
        assert!(url.username().is_empty() && url.password().is_none());
        assert!(url.fragment().is_none_or(str::is_empty));
        assert!(url.scheme() == "https" || (url.scheme() == "http" && is_this_machine(&url)));
        assert!(entries.iter().any(|entry| covers(entry, &url, &origin)), "no entry covers it");
        assert_eq!(allowed.origin_of(origin.as_str()), Ok(origin));
    });
}

fn covers(entry: &str, url: &Url, origin: &Origin) -> bool {
    if entry.contains("://") {
        return Url::parse(entry).unwrap().origin().ascii_serialization() == origin.as_str();
    }
    let allowed = Url::parse(&format!("https://{entry}")).unwrap();
    let (allowed, host) = (allowed.host_str().unwrap(), url.host_str().unwrap());
    (url.port().is_none() || is_this_machine(url))
        && (host == allowed || host.ends_with(&format!(".{allowed}")))
}
