//! What the provider says of itself, and the keys it signs with.

use std::sync::Arc;
use std::time::Instant;

use openidconnect::ProviderMetadataWithLogout;
use service::client::{CallError, Client, Method, StatusCode};
use url::Url;

use crate::jwks::KeySet;
use crate::settings::Settings;

/// The endpoints and keys of the provider.
#[derive(Clone)]
pub(crate) struct Metadata {
    /// The authorization endpoint, with the parameters that are the same for every login.
    pub(crate) authorization: Url,
    pub(crate) token_endpoint: Url,
    pub(crate) userinfo_endpoint: Url,
    pub(crate) end_session_endpoint: Option<Url>,
    pub(crate) jwks_uri: Url,
    pub(crate) keys: Arc<KeySet>,
    pub(crate) fetched: Instant,
}

/// Why the provider cannot be used. Its message is safe to log.
#[derive(Debug, thiserror::Error)]
pub enum ProviderError {
    /// It does not answer.
    #[error(transparent)]
    Call(#[from] CallError),
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
    #[error("the provider was unreachable a moment ago")]
    FailedRecently,
}

impl Metadata {
    /// Fetches the metadata (OpenID Connect Discovery 1.0, section 4) and the keys that it names.
    pub(crate) async fn discover(client: &Client, settings: &Settings) -> Result<Self, ProviderError> {
        let json = fetch(client, &settings.metadata_url, "the provider's metadata").await?;
        let metadata: ProviderMetadataWithLogout = serde_json::from_slice(&json).map_err(|_| {
            ProviderError::Metadata("the provider's metadata is not what OpenID Connect Discovery asks for")
        })?;
        if metadata.issuer().as_str() != settings.issuer() {
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
        if is_less_safe(&settings.metadata_url, endpoints.into_iter().flatten()) {
            return Err(ProviderError::Metadata("the provider has an endpoint without https"));
        }
        let keys = Arc::new(fetch_keys(client, &jwks_uri).await?);
        let authorization = authorization(metadata.authorization_endpoint().url().clone(), settings);
        tracing::info!(issuer = settings.issuer(), "the provider's metadata and keys were fetched");
        Ok(Self {
            authorization,
            token_endpoint,
            userinfo_endpoint,
            end_session_endpoint,
            jwks_uri,
            keys,
            fetched: Instant::now(),
        })
    }
}

/// Fetches the provider's keys (RFC 7517).
pub(crate) async fn fetch_keys(client: &Client, jwks_uri: &Url) -> Result<KeySet, ProviderError> {
    let json = fetch(client, jwks_uri, "the provider's keys").await?;
    let keys =
        KeySet::parse(&json).ok_or(ProviderError::Metadata("the provider's keys are no JSON Web Key Set"))?;
    if keys.is_empty() {
        return Err(ProviderError::Metadata("the provider has no RS256 or ES256 key"));
    }
    Ok(keys)
}

async fn fetch(client: &Client, url: &Url, what: &'static str) -> Result<Vec<u8>, ProviderError> {
    let answer = client.send(client.request(Method::GET, url.clone())).await?;
    match answer.status {
        StatusCode::OK => Ok(answer.body),
        status => Err(ProviderError::Status { what, status: status.as_u16() }),
    }
}

/// A request for an authorization code with PKCE (OpenID Connect Core 1.0, section 3.1.2.1; RFC 7636, section 4.3),
/// but for what is new each time.
fn authorization(mut endpoint: Url, settings: &Settings) -> Url {
    endpoint
        .query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &settings.client_id)
        .append_pair("redirect_uri", settings.redirect_uri.as_str())
        .append_pair("scope", &settings.scopes.join(" "))
        .append_pair("code_challenge_method", "S256")
        .extend_pairs(claims_parameter(&settings.required_acr).map(|claims| ("claims", claims)));
    endpoint
}

/// What asks for one of these levels as an essential claim (OpenID Connect Core 1.0, section 5.5.1.1).
fn claims_parameter(required_acr: &[String]) -> Option<String> {
    (!required_acr.is_empty()).then(|| {
        serde_json::json!({ "id_token": { "acr": { "essential": true, "values": required_acr } } })
            .to_string()
    })
}

/// Whether an endpoint of a provider on https would be called without it.
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
