use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use openidconnect::ProviderMetadataWithLogout;
use reqwest::StatusCode;
use serde::de::DeserializeOwned;
use tokio::sync::Mutex;
use url::Url;

use super::http::{FetchError, Http};
use super::jwt::{JwtError, Unverified};
use super::keys::KeySet;
use crate::config::OAuth2;

/// Where an issuer's metadata stands below it (OpenID Connect Discovery 1.0, section 4).
const WELL_KNOWN: &str = "/.well-known/openid-configuration";

/// ProConnect, as this service knows it: its metadata and keys, fetched when first needed and kept.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    config: Arc<OAuth2>,
    issuer: String,
    http: Http,
    policy: CachePolicy,
    known: RwLock<Option<Arc<Known>>>,
    discovery: Mutex<Option<Instant>>,
    key_refetch: Mutex<Option<Instant>>,
}

/// How long what the provider says is kept.
#[derive(Clone, Copy, Debug)]
pub struct CachePolicy {
    /// Metadata and keys are fetched again, in the background, when they are older than this.
    pub refresh_after: Duration,
    /// After a failed discovery, how long the failure is answered from memory.
    pub retry_discovery_after: Duration,
    /// The least time between two fetches of the keys because a token does not fit those that are known.
    pub refetch_keys_after: Duration,
}

impl Default for CachePolicy {
    fn default() -> Self {
        Self {
            refresh_after: Duration::from_secs(3_600),
            retry_discovery_after: Duration::from_secs(5),
            refetch_keys_after: Duration::from_secs(60),
        }
    }
}

/// What the provider says of itself.
#[derive(Clone)]
pub(super) struct Known {
    /// The authorization endpoint, with what is the same for every login.
    pub(super) authorization: Url,
    pub(super) token_endpoint: Url,
    pub(super) userinfo_endpoint: Url,
    pub(super) end_session_endpoint: Option<Url>,
    jwks_uri: Url,
    keys: Arc<KeySet>,
    fetched: Instant,
}

/// Whether the provider has been reached, for a readiness report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderStatus {
    /// Its metadata is known.
    Known,
    /// Nobody has needed it yet, or it could not be reached.
    Unknown,
}

/// Why the provider cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It does not answer.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// It answers with an error.
    #[error("{what} answered with status {status}")]
    Status {
        /// What was asked for.
        what: &'static str,
        /// The HTTP status.
        status: u16,
    },
    /// What it says of itself cannot be used.
    #[error("{0}")]
    Metadata(&'static str),
    /// The last attempt, a moment ago, failed.
    #[error("the provider could not be reached a moment ago")]
    FailedRecently,
}

impl Provider {
    /// The provider of a configuration. It is not contacted yet.
    ///
    /// # Errors
    /// When the HTTP client cannot be set up.
    pub fn new(config: Arc<OAuth2>, policy: CachePolicy) -> Result<Self, reqwest::Error> {
        let issuer = config.server_metadata_url.as_str().trim_end_matches(WELL_KNOWN).to_owned();
        Ok(Self(Arc::new(Inner {
            config,
            issuer,
            http: Http::new()?,
            policy,
            known: RwLock::default(),
            discovery: Mutex::default(),
            key_refetch: Mutex::default(),
        })))
    }

    /// Whether the provider has been reached.
    #[must_use]
    pub fn status(&self) -> ProviderStatus {
        if self.cached().is_some() { ProviderStatus::Known } else { ProviderStatus::Unknown }
    }

    /// The issuer identifier that every token must name.
    #[must_use]
    pub fn issuer(&self) -> &str {
        &self.0.issuer
    }

    pub(super) fn config(&self) -> &OAuth2 {
        &self.0.config
    }

    pub(super) fn http(&self) -> &Http {
        &self.0.http
    }

    /// What the provider says of itself: from memory, or fetched when it is not there yet.
    pub(super) async fn known(&self) -> Result<Arc<Known>, ProviderError> {
        if let Some(known) = self.cached() {
            if known.fetched.elapsed() > self.0.policy.refresh_after {
                self.refresh_in_background();
            }
            return Ok(known);
        }
        let mut last_failure = self.0.discovery.lock().await;
        if let Some(known) = self.cached() {
            return Ok(known);
        }
        if last_failure.is_some_and(|at| at.elapsed() < self.0.policy.retry_discovery_after) {
            return Err(ProviderError::FailedRecently);
        }
        let discovered = self.discover().await;
        *last_failure = discovered.is_err().then(Instant::now);
        Ok(self.remember(discovered?))
    }

    /// The claims of a token that one of the provider's keys signed.
    pub(super) async fn verify<T: DeserializeOwned>(
        &self,
        token: &Unverified<'_>,
    ) -> Result<Result<T, JwtError>, ProviderError> {
        let known = self.known().await?;
        let error = match known.keys.verify(token) {
            Err(error @ (JwtError::UnknownKey | JwtError::Signature)) => error,
            verified => return Ok(verified),
        };
        // The provider may have new keys, be it under the same names.
        match self.newer_keys(&known).await {
            Ok(Some(newer)) => Ok(newer.keys.verify(token)),
            Err(failure) if error == JwtError::UnknownKey => Err(failure),
            Ok(None) | Err(_) => Ok(Err(error)),
        }
    }

    /// Fetches the keys again, but not often, for anybody can invent tokens.
    async fn newer_keys(&self, than: &Arc<Known>) -> Result<Option<Arc<Known>>, ProviderError> {
        let mut last_refetch = self.0.key_refetch.lock().await;
        let known = self.known().await?;
        if !Arc::ptr_eq(&known, than) {
            return Ok(Some(known));
        }
        if last_refetch.is_some_and(|at| at.elapsed() < self.0.policy.refetch_keys_after) {
            return Ok(None);
        }
        *last_refetch = Some(Instant::now());
        let keys = Arc::new(self.fetch_keys(&known.jwks_uri).await?);
        tracing::info!("a token fits no key that is known: the provider's keys were fetched again");
        Ok(Some(self.remember(Known { keys, ..Known::clone(&known) })))
    }

    fn cached(&self) -> Option<Arc<Known>> {
        self.0.known.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, known: Known) -> Arc<Known> {
        let known = Arc::new(known);
        *self.0.known.write().unwrap_or_else(PoisonError::into_inner) = Some(known.clone());
        known
    }

    /// What is known goes on being used meanwhile, and afterwards too when the provider does not answer.
    fn refresh_in_background(&self) {
        let provider = self.clone();
        tokio::spawn(async move {
            let Ok(mut last_failure) = provider.0.discovery.try_lock() else { return };
            if last_failure.is_some_and(|at| at.elapsed() < provider.0.policy.refetch_keys_after) {
                return;
            }
            match provider.discover().await {
                Ok(known) => {
                    provider.remember(known);
                    *last_failure = None;
                }
                Err(error) => {
                    *last_failure = Some(Instant::now());
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the provider's metadata could not be refreshed; what is known stays in use"
                    );
                }
            }
        });
    }

    async fn discover(&self) -> Result<Known, ProviderError> {
        let config = &self.0.config;
        let json = self.fetch(&config.server_metadata_url, "the provider's metadata").await?;
        let metadata: ProviderMetadataWithLogout = serde_json::from_slice(&json).map_err(|_| {
            ProviderError::Metadata("the provider's metadata is not what OpenID Connect Discovery asks for")
        })?;
        if metadata.issuer().as_str() != self.0.issuer {
            return Err(ProviderError::Metadata(
                "the provider's metadata names another issuer than the URL it was fetched from",
            ));
        }
        let userinfo_endpoint = metadata
            .userinfo_endpoint()
            .map(|endpoint| endpoint.url().clone())
            .ok_or(ProviderError::Metadata("the provider has no userinfo endpoint"))?;
        let token_endpoint = metadata
            .token_endpoint()
            .ok_or(ProviderError::Metadata("the provider has no token endpoint"))?
            .url()
            .clone();
        let end_session_endpoint = metadata
            .additional_metadata()
            .end_session_endpoint
            .as_ref()
            .map(|endpoint| endpoint.url().clone());
        let jwks_uri = metadata.jwks_uri().url().clone();
        let endpoints = [
            Some(metadata.authorization_endpoint().url()),
            Some(&token_endpoint),
            Some(&userinfo_endpoint),
            Some(&jwks_uri),
            end_session_endpoint.as_ref(),
        ];
        if is_less_safe(&config.server_metadata_url, endpoints.into_iter().flatten()) {
            return Err(ProviderError::Metadata("the provider has an endpoint without https"));
        }
        let keys = Arc::new(self.fetch_keys(&jwks_uri).await?);
        let authorization = authorization(metadata.authorization_endpoint().url().clone(), config);
        tracing::info!(issuer = self.0.issuer, "the provider's metadata and keys were fetched");
        Ok(Known {
            authorization,
            token_endpoint,
            userinfo_endpoint,
            end_session_endpoint,
            jwks_uri,
            keys,
            fetched: Instant::now(),
        })
    }

    async fn fetch_keys(&self, jwks_uri: &Url) -> Result<KeySet, ProviderError> {
        let json = self.fetch(jwks_uri, "the provider's keys").await?;
        let keys = KeySet::parse(&json)
            .ok_or(ProviderError::Metadata("the provider's keys are no JSON Web Key Set"))?;
        if keys.is_empty() {
            return Err(ProviderError::Metadata("the provider has no RS256 or ES256 key"));
        }
        Ok(keys)
    }

    async fn fetch(&self, url: &Url, what: &'static str) -> Result<Vec<u8>, ProviderError> {
        let answer = self.0.http.get(url).await?;
        match answer.status {
            StatusCode::OK => Ok(answer.body),
            status => Err(ProviderError::Status { what, status: status.as_u16() }),
        }
    }
}

/// A request for an authorization code with PKCE (OpenID Connect Core 1.0, section 3.1.2.1; RFC 7636, section 4.3),
/// but for what is new each time.
fn authorization(mut endpoint: Url, config: &OAuth2) -> Url {
    endpoint
        .query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &config.client_id)
        .append_pair("redirect_uri", config.redirect_uri.as_str())
        .append_pair("scope", &config.scopes.join(" "))
        .append_pair("code_challenge_method", "S256")
        .extend_pairs(config.claims_parameter.iter().map(|claims| ("claims", claims)));
    endpoint
}

/// Whether what is known over https would be used without it.
fn is_less_safe<'a>(metadata_url: &Url, mut endpoints: impl Iterator<Item = &'a Url>) -> bool {
    metadata_url.scheme() == "https" && endpoints.any(|endpoint| endpoint.scheme() != "https")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A provider with a certificate is more than a test can start, so this asks the function itself.
    #[test]
    fn a_provider_on_https_has_no_endpoint_without_it() {
        let [https, http] =
            ["https://proconnect.example/", "http://proconnect.example/"].map(|url| Url::parse(url).unwrap());
        assert!(is_less_safe(&https, [&https, &http].into_iter()));
        assert!(!is_less_safe(&https, [&https, &https].into_iter()));
        assert!(!is_less_safe(&http, [&https, &http].into_iter()));
    }
}
