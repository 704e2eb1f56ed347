use std::time::Duration;

use oidc::Algorithm;
use secrecy::SecretString;
use service::settings::{Environment, Section};
use token_crypto::KeyRing;
use url::Url;

use crate::origins::{AllowedOrigins, is_loopback};

/// The section `oauth2`. The keys of OpenGateLLM keep their names and meaning.
#[derive(Clone, Debug)]
pub struct OAuth2 {
    /// What the relying party needs of it.
    pub provider: oidc::Settings,
    /// Where envelopes and browsers may be sent.
    pub allowed_origins: AllowedOrigins,
    /// The role of somebody who logs in for the first time. Created when it is not there.
    pub default_role: String,
    /// How long a login may take. Default: 600 seconds.
    pub login_ttl: Duration,
    /// Whether a first login may take over an account with the same e-mail address and no subject. Default: no.
    pub link_by_email: bool,
}

/// What is secret in the section, and read again at SIGHUP.
#[derive(Clone, Debug)]
pub struct Secrets {
    /// The client secret that goes with `client_id`.
    pub client_secret: SecretString,
    /// The keys shared with the playground: the first seals, all open. The placeholder `changeme` may be among
    /// them, but never in production.
    pub keys: KeyRing,
}

const WELL_KNOWN: &str = "/.well-known/openid-configuration";

impl OAuth2 {
    /// Reads the section; nothing when something in it is wrong.
    pub(super) fn read(mut section: Section<'_>, environment: Environment) -> Option<(Self, Secrets)> {
        let client_id =
            section.required_text("client_id", "the client id that ProConnect registered for this service");
        let client_secret =
            section.required_secret("client_secret", "the client secret that goes with client_id");
        let server_metadata_url = metadata_url(&mut section, environment);
        let redirect_uri = redirect_uri(&mut section, environment);
        let scopes = scopes(&mut section);
        let allowed_origins = allowed_origins(&mut section);
        let default_role =
            section.required_text("default_role", "the role of people who log in for the first time");
        let keys = section.key_ring("encryption_key", environment);
        let signing_algorithms = signing_algorithms(&mut section);
        let require_signed_userinfo = section.boolean("require_signed_userinfo", false);
        let leeway = section.duration("leeway", Duration::from_secs(60));
        let login_ttl = section.duration("login_ttl", Duration::from_secs(600));
        let envelope_ttl = section.duration("envelope_ttl", Duration::from_secs(300));
        for (key, ttl) in [("login_ttl", login_ttl), ("envelope_ttl", envelope_ttl)] {
            if ttl.is_zero() {
                section.problem(key, "is zero", "give a duration such as 300s");
            }
        }
        let required_acr = section.texts("required_acr").unwrap_or_default();
        let link_by_email = section.boolean("link_by_email", false);
        section.finish();
        let secrets = Secrets { client_secret: client_secret?, keys: keys? };
        let settings = Self {
            provider: oidc::Settings {
                client_id: client_id?,
                metadata_url: server_metadata_url?,
                redirect_uri: redirect_uri?,
                scopes: scopes?,
                signing_algorithms: signing_algorithms?,
                require_signed_userinfo,
                leeway,
                required_acr,
            },
            allowed_origins: allowed_origins?,
            default_role: default_role?,
            login_ttl,
            link_by_email,
        };
        Some((settings, secrets))
    }
}

fn metadata_url(section: &mut Section<'_>, environment: Environment) -> Option<Url> {
    const KEY: &str = "server_metadata_url";
    let url = required_url(
        section,
        KEY,
        "the URL of ProConnect's metadata, https://…/.well-known/openid-configuration",
    )?;
    if !url.as_str().ends_with(WELL_KNOWN) {
        section.problem(
            KEY,
            format!("does not end in {WELL_KNOWN}"),
            "give the issuer's URL followed by that path",
        );
        return None;
    }
    refuse_plain_http(section, KEY, url, environment)
}

fn redirect_uri(section: &mut Section<'_>, environment: Environment) -> Option<Url> {
    const KEY: &str = "redirect_uri";
    let url = required_url(
        section,
        KEY,
        "this api's callback as registered with ProConnect, https://…/v1/oauth2/callback",
    )?;
    if url.fragment().is_some() {
        section.problem(KEY, "has a fragment", "remove # and what follows");
        return None;
    }
    refuse_plain_http(section, KEY, url, environment)
}

fn required_url(section: &mut Section<'_>, key: &str, what: &str) -> Option<Url> {
    section.required_text(key, what)?;
    section.url(key)
}

fn refuse_plain_http(
    section: &mut Section<'_>,
    key: &str,
    url: Url,
    environment: Environment,
) -> Option<Url> {
    let on_this_machine = url.host().is_some_and(|host| is_loopback(&host));
    if environment.is_production() && url.scheme() == "http" && !on_this_machine {
        section.problem(key, "is plain http in production", "use https");
        return None;
    }
    Some(url)
}

fn scopes(section: &mut Section<'_>) -> Option<Vec<String>> {
    let text =
        section.required_text("scope", "the scopes, such as \"openid given_name usual_name email\"")?;
    let scopes: Vec<String> = text.split_whitespace().map(str::to_owned).collect();
    if scopes.iter().any(|scope| scope == "openid") {
        return Some(scopes);
    }
    section.problem(
        "scope",
        "does not contain openid",
        "add openid: without it ProConnect does not say who logged in",
    );
    None
}

fn allowed_origins(section: &mut Section<'_>) -> Option<AllowedOrigins> {
    const KEY: &str = "allowed_domains";
    let Some(entries) = section.texts(KEY) else {
        section.missing_unless_noted(KEY, "the domains that may receive tokens, such as [gouv.fr]");
        return None;
    };
    if entries.is_empty() {
        section.problem(KEY, "is empty", "give the domains that may receive tokens, such as [gouv.fr]");
        return None;
    }
    AllowedOrigins::parse(&entries)
        .map_err(|(index, error)| {
            let fix = "write a host such as gouv.fr, or an origin such as https://x.gouv.fr:8443";
            section.problem(&format!("{KEY}[{index}]"), error.to_string(), fix);
        })
        .ok()
}

fn signing_algorithms(section: &mut Section<'_>) -> Option<Vec<Algorithm>> {
    const KEY: &str = "signing_algorithms";
    let Some(names) = section.texts(KEY) else { return Some(vec![Algorithm::Rs256, Algorithm::Es256]) };
    let algorithms: Option<Vec<_>> = names.iter().map(|name| Algorithm::from_name(name)).collect();
    let algorithms = algorithms.filter(|algorithms| !algorithms.is_empty());
    if algorithms.is_none() {
        section.problem(
            KEY,
            "is empty or names an algorithm that is not accepted",
            "use RS256, ES256 or both",
        );
    }
    algorithms
}
