//! What the provider says, and whether it knows this service.

use contract::path;
use jiff::fmt::rfc2822;
use oidc::{
    CachePolicy, Contradiction, EndSession, LogoutVisit, MetadataError, Provider, ProviderError, quoted,
};
use service::client::{Client, Method};
use url::Url;

use super::Both;
use super::finding::Finding;
use crate::app;
use crate::cli::exit::told;
use crate::config::Config;

/// A clock that is wrong by more than this many seconds is worth a look; network and rounding take a part of it.
const CLOCK_TOLERANCE: i64 = 5;

/// The addresses that have to be registered with ProConnect, to the letter.
pub(super) fn to_register(both: &Both, config: &Config) -> String {
    let redirect_uri = &config.oauth2.provider.redirect_uri;
    let after_logout: Vec<String> = after_logout(both, config)
        .iter()
        .map(|url| format!("; as post-logout redirect URI: {url}"))
        .collect();
    format!("to register as redirect URI: {redirect_uri}{}", after_logout.concat())
}

/// Of the playground, and of all protected applications together.
fn after_logout(both: &Both, config: &Config) -> Vec<String> {
    let playground = both
        .playground
        .as_ref()
        .map(|url| format!("{}{}", url.as_str().trim_end_matches('/'), path::LOGGED_OUT));
    let applications = (!config.api.protected_origins.is_empty()).then(|| config.oauth2.signed_out_uri());
    playground.into_iter().chain(applications).collect()
}

pub(super) async fn examine(both: &Both, config: &Config) -> Vec<Finding> {
    let client = match app::client() {
        Ok(client) => client,
        Err(error) => return vec![Finding::fail("discovery", told(&error), "install ca-certificates")],
    };
    let settings = config.oauth2.provider.clone();
    let provider = Provider::new(settings, client.clone(), CachePolicy::default());
    let mut findings = vec![clock(&client, config).await];
    let contradictions = match provider.contradictions().await {
        Ok(contradictions) => contradictions,
        Err(error) => {
            findings.push(of_error(&error));
            findings.push(Finding::skipped("redirect_uri", to_register(both, config)));
            return findings;
        }
    };
    let issuer = config.oauth2.provider.issuer_asked();
    findings.push(Finding::ok("discovery", format!("{} answers", config.oauth2.provider.metadata_url)));
    findings.push(Finding::ok(
        "issuer",
        format!("the metadata names {issuer}, as oauth2.server_metadata_url does"),
    ));
    findings.extend(of_contradictions(&contradictions, config));
    findings.push(registration(&provider, &client, both, config).await);
    findings
}

fn of_error(error: &ProviderError) -> Finding {
    match error {
        ProviderError::Metadata(MetadataError::Issuer { named, .. }) => {
            let fix = format!(
                "write oauth2.server_metadata_url: {named}/.well-known/openid-configuration, if that is your ProConnect"
            );
            Finding::fail("issuer", told(error), fix)
        }
        ProviderError::Metadata(MetadataError::Keys | MetadataError::NoKey { .. }) => Finding::fail(
            "signing_keys",
            told(error),
            "tell ProConnect, or add its algorithm to oauth2.signing_algorithms",
        ),
        _ => {
            let fix = "try oauth2.server_metadata_url from this machine with curl; look at DNS, the firewall and HTTPS_PROXY";
            Finding::fail("discovery", told(error), fix)
        }
    }
}

/// An algorithm without a key is nothing to do about as long as another one has a key.
fn of_contradictions(contradictions: &[Contradiction], config: &Config) -> Vec<Finding> {
    let of = |key| -> Vec<String> {
        let those = contradictions.iter().filter(|contradiction| contradiction.key == key);
        those.map(ToString::to_string).collect()
    };
    let (scopes, levels, algorithms) =
        (of("oauth2.scope"), of("oauth2.required_acr"), of("oauth2.signing_algorithms"));
    let provider = &config.oauth2.provider;
    let has_key = algorithms.len() < provider.signing_algorithms.len();
    let scopes = if scopes.is_empty() {
        Finding::ok("scopes", provider.scopes.join(" "))
    } else {
        let fix = "remove them from oauth2.scope, or have them granted by ProConnect";
        Finding::fail("scopes", scopes.join("; "), fix)
    };
    let levels = if !levels.is_empty() {
        Finding::fail(
            "acr",
            levels.join("; "),
            "write the levels of ProConnect's acr_values_supported in oauth2.required_acr",
        )
    } else if provider.required_acr.is_empty() {
        Finding::ok("acr", "any level of authentication is accepted")
    } else {
        Finding::ok("acr", provider.required_acr.join(", "))
    };
    let keys = if has_key {
        Finding::ok("signing_keys", "the provider has a key of an algorithm of oauth2.signing_algorithms")
    } else {
        Finding::fail(
            "signing_keys",
            algorithms.join("; "),
            "write the algorithm that ProConnect registered in oauth2.signing_algorithms",
        )
    };
    vec![scopes, levels, keys]
}

/// Compares the clocks: tokens of a provider whose clock is another are refused.
async fn clock(client: &Client, config: &Config) -> Finding {
    let request = client.request(Method::GET, config.oauth2.provider.metadata_url.clone());
    let date = match client.send(request).await {
        Ok(answer) => answer.date,
        Err(_) => return Finding::skipped("clock", "the provider does not answer"),
    };
    let Some(theirs) = date.and_then(|date| rfc2822::parse(&date).ok()) else {
        return Finding::skipped("clock", "the provider does not say what time it is");
    };
    let seconds = jiff::Timestamp::now().as_second() - theirs.timestamp().as_second();
    let found = match seconds {
        0 => "this clock and the provider's agree".to_owned(),
        seconds if seconds > 0 => format!("this clock is {seconds} seconds ahead of the provider's"),
        seconds => format!("this clock is {} seconds behind the provider's", -seconds),
    };
    let leeway = i64::try_from(config.oauth2.provider.leeway.as_secs()).unwrap_or(i64::MAX);
    let fix = "set this machine's clock with NTP: `timedatectl set-ntp true`";
    match seconds.abs() {
        off if off > leeway => {
            Finding::fail("clock", format!("{found}, more than oauth2.leeway: every login is refused"), fix)
        }
        off if off > CLOCK_TOLERANCE => Finding::warn("clock", found, fix),
        _ => Finding::ok("clock", found),
    }
}

/// Whether the provider knows the client, its secret and its addresses. Nobody logs in or out.
async fn registration(provider: &Provider, client: &Client, both: &Both, config: &Config) -> Finding {
    let mut problems = Vec::new();
    if let Some(problem) = redirect_uri(provider, client, config).await {
        problems.push(problem);
    }
    if let Err(failure) = provider.check_client(&config.secrets.client_secret).await {
        problems.push(format!("the token endpoint does not accept this client ({})", told(&failure)));
    }
    for uri in after_logout(both, config) {
        let visit = LogoutVisit { post_logout_redirect_uri: Some(&uri), ..LogoutVisit::default() };
        if matches!(provider.end_session(visit).await, EndSession::UriRefused) {
            problems.push(format!("{uri} is not registered as post-logout redirect URI"));
        }
    }
    let uris = to_register(both, config);
    if problems.is_empty() {
        return Finding::ok("redirect_uri", format!("the provider knows this client; {uris}"));
    }
    let fix = format!(
        "compare client_id, client_secret and these addresses with what ProConnect registered, to the letter; {uris}"
    );
    Finding::fail("redirect_uri", problems.join("; "), fix)
}

/// What the provider has against a request to log in.
async fn redirect_uri(provider: &Provider, client: &Client, config: &Config) -> Option<String> {
    let redirect_uri = &config.oauth2.provider.redirect_uri;
    let url = match provider.begin(String::new(), None).await {
        Ok((url, _)) => url,
        Err(error) => return Some(told(&error)),
    };
    let answer = match client.send(client.request(Method::GET, url)).await {
        Ok(answer) => answer,
        Err(error) => return Some(format!("the authorization endpoint does not answer ({})", told(&error))),
    };
    if answer.status.is_client_error() || answer.status.is_server_error() {
        let status = answer.status.as_u16();
        return Some(format!(
            "the provider answers {status} to a login with the redirect URI {redirect_uri}, as it does when that is not registered"
        ));
    }
    let location = Url::parse(&answer.location?).ok()?;
    let is_sent_back = location.path() == redirect_uri.path() && location.path().ends_with(path::CALLBACK);
    let said = |name: &str| {
        location
            .query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| quoted(&value))
            .unwrap_or_default()
    };
    let error = said("error");
    (is_sent_back && !error.is_empty()).then(|| {
        format!("the provider refuses a login: {error} {}", said("error_description")).trim_end().to_owned()
    })
}
