use std::time::Duration;

use contract::path;
use oidc::Algorithm;
use secrecy::{ExposeSecret as _, SecretString};
use service::settings::{
    DEFAULT_ENVELOPE_TTL, DEFAULT_LOGIN_TTL, Input, Noted, Section, Value, is_left_at_localhost,
    refuse_placeholder,
};
use token_crypto::KeyRing;
use url::Url;

use super::access;
use super::lifetime::lifetime;
use crate::access::Rules;
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
    /// How long a login may take. Default: 60 minutes, which ProConnect allows.
    pub login_ttl: Duration,
    /// How long an envelope may take. Default: 5 minutes.
    pub envelope_ttl: Duration,
    /// Who may enter. Default: everybody whom the provider lets in.
    pub access: Rules,
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

const TTL_FIX: &str = "give a duration such as 300s";
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

impl OAuth2 {
    /// The page of this api to which ProConnect sends browsers back after a logout, from all protected applications.
    #[must_use]
    pub fn signed_out_uri(&self) -> String {
        format!("{}{}", self.provider.redirect_uri.origin().ascii_serialization(), path::SIGNED_OUT)
    }

    pub(super) fn read(mut section: Section<'_>) -> Result<(Self, Secrets), Noted> {
        let client_id =
            section.required("client_id", "the client id that ProConnect registered for this service");
        let client_id = client_id.map(|FromProConnect(client_id)| client_id);
        let client_secret = section
            .required("client_secret", "the client secret that goes with client_id")
            .map(|SecretFromProConnect(secret)| secret);
        let metadata_url = section.required(
            "server_metadata_url",
            "the URL of ProConnect's metadata, https://…/.well-known/openid-configuration",
        );
        let metadata_url = section.check(
            "server_metadata_url",
            metadata_url.map(|SafeUrl(url)| url),
            |url| url.as_str().ends_with(WELL_KNOWN),
            &format!("does not end in {WELL_KNOWN}"),
            "give the issuer's URL followed by that path",
        );
        let redirect_uri = section.required(
            "redirect_uri",
            "this api's callback as registered with ProConnect, https://…/v1/oauth2/callback",
        );
        let redirect_uri = section.check(
            "redirect_uri",
            redirect_uri.map(|SafeUrl(url)| url),
            |url| url.fragment().is_none(),
            "has a fragment",
            "remove # and what follows",
        );
        let redirect_uri = section.check(
            "redirect_uri",
            redirect_uri,
            |url| url.path().ends_with(path::CALLBACK),
            &format!("does not end in {}", path::CALLBACK),
            "give the URL at which browsers reach that path of this api, and register it with ProConnect",
        );
        let scopes = section.required("scope", "the scopes, such as \"openid given_name usual_name email\"");
        let allowed_origins =
            section.required("allowed_domains", "the domains that may receive tokens, such as [gouv.fr]");
        let default_role =
            section.required("default_role", "the role of people who log in for the first time");
        let keys = section.required(
            "encryption_key",
            "the key that the api and the playground share; `api generate-key` makes one",
        );
        let signing_algorithms =
            section.or("signing_algorithms", SigningAlgorithms(vec![Algorithm::Rs256, Algorithm::Es256]));
        let require_signed_userinfo = section.or("require_signed_userinfo", false);
        let leeway = section.or("leeway", Duration::from_secs(60));
        let login_ttl = lifetime(&mut section, "login_ttl", DEFAULT_LOGIN_TTL, TTL_FIX);
        let envelope_ttl = lifetime(&mut section, "envelope_ttl", DEFAULT_ENVELOPE_TTL, TTL_FIX);
        let required_acr: Result<Vec<String>, Noted> = section.or("required_acr", Vec::new());
        let preferred_acr = section.or("preferred_acr", Vec::new());
        let link_by_email = section.or("link_by_email", false);
        let asked: Option<Vec<String>> = scopes.as_ref().ok().map(|Scopes(scopes)| scopes.clone());
        let surroundings = access::Surroundings {
            scopes: asked.as_deref(),
            required_acr: required_acr.as_deref().unwrap_or_default(),
            // What is wrong with it is told there.
            link_by_email: link_by_email.as_ref().is_ok_and(|on| *on) || link_by_email.is_err(),
        };
        let is_blank = section.is_empty_at("access");
        let access = access::read(section.group("access"), &surroundings);
        let access = section.check(
            "access",
            access,
            |_| !is_blank,
            "has no rule",
            "remove the key, or give the rules, indented below it",
        );
        section.finish();
        let envelope_ttl = envelope_ttl?;
        let access = access?;
        let Scopes(scopes) = scopes?;
        let SigningAlgorithms(signing_algorithms) = signing_algorithms?;
        let settings = Self {
            provider: oidc::Settings {
                client_id: client_id?,
                metadata_url: metadata_url?,
                redirect_uri: redirect_uri?,
                scopes,
                signing_algorithms,
                require_signed_userinfo: require_signed_userinfo?,
                leeway: leeway?,
                step_up_acr: access.levels.iter().flat_map(|levels| levels.values.clone()).collect(),
                required_acr: required_acr?,
                preferred_acr: preferred_acr?,
            },
            allowed_origins: allowed_origins?,
            default_role: default_role?,
            login_ttl: login_ttl?,
            envelope_ttl,
            access,
            link_by_email: link_by_email?,
        };
        Ok((settings, Secrets { client_secret: client_secret?, keys: keys? }))
    }
}

/// A URL that is not plain http in production, unless it is on this machine.
struct SafeUrl(Url);

impl Value for SafeUrl {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let url = Url::read(input)?;
        let is_on_this_machine = url.host().is_some_and(|host| is_loopback(&host));
        if input.environment().is_production() && url.scheme() == "http" && !is_on_this_machine {
            return Err(input.refuse("is plain http in production", "use https"));
        }
        if input.environment().is_production() && is_left_at_localhost(&url) {
            let fix = "give the address at which browsers reach this api";
            return Err(input.refuse("was left as in config.yml.example", fix));
        }
        Ok(Self(url))
    }
}

/// What ProConnect gave, and not what the example has in its place.
struct FromProConnect(String);

impl Value for FromProConnect {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let value = String::read(input)?;
        refuse_placeholder(input, &value, "give the client id that ProConnect registered for this service")?;
        Ok(Self(value))
    }

    fn is_blank(&self) -> bool {
        self.0.is_blank()
    }
}

/// The same of a secret.
struct SecretFromProConnect(SecretString);

impl Value for SecretFromProConnect {
    const IS_SECRET: bool = true;

    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let secret = SecretString::read(input)?;
        refuse_placeholder(
            input,
            secret.expose_secret(),
            "give the secret that ProConnect has for client_id",
        )?;
        Ok(Self(secret))
    }
}

/// The scopes to ask for, with spaces between them; `openid` is among them.
struct Scopes(Vec<String>);

impl Value for Scopes {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let scopes: Vec<String> = input.string()?.split_whitespace().map(str::to_owned).collect();
        if scopes.is_empty() || scopes.iter().any(|scope| scope == "openid") {
            return Ok(Self(scopes));
        }
        let fix = "add openid: without it ProConnect does not say who logged in";
        Err(input.refuse("does not contain openid", fix))
    }

    fn is_blank(&self) -> bool {
        self.0.is_empty()
    }
}

impl Value for AllowedOrigins {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let entries = input.strings()?;
        if entries.is_empty() {
            let fix = "give the domains that may receive tokens, such as [gouv.fr]";
            return Err(input.refuse("is empty", fix));
        }
        Self::parse(&entries).map_err(|(index, error)| {
            let fix = "write a host such as gouv.fr, or an origin such as https://x.gouv.fr:8443";
            input.refuse_item(index, error.to_string(), fix)
        })
    }
}

struct SigningAlgorithms(Vec<Algorithm>);

impl Value for SigningAlgorithms {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let names = input.strings()?;
        let algorithms: Option<Vec<_>> = names.iter().map(|name| Algorithm::from_name(name)).collect();
        algorithms.filter(|algorithms| !algorithms.is_empty()).map(Self).ok_or_else(|| {
            let problem = "is empty or names an algorithm that is not accepted";
            input.refuse(problem, "use RS256, ES256 or both")
        })
    }
}
