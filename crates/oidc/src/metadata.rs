//! What the provider says of itself, and the keys it signs with.

use std::sync::Arc;
use std::time::Instant;

use openidconnect::{AuthUrl, EndSessionUrl, IssuerUrl, JsonWebKeySetUrl, TokenUrl, UserInfoUrl};
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use service::client::{Method, StatusCode};
use url::Url;

use crate::calls::{Calls, Endpoint};
use crate::contradiction::Contradiction;
use crate::json;
use crate::jwks::KeySet;
use crate::provider_error::{MetadataError, ProviderError};
use crate::quote::quoted;
use crate::settings::Settings;

/// The endpoints and keys of the provider.
#[derive(Clone)]
pub(crate) struct Metadata {
    /// What the provider calls itself, to the letter.
    pub(crate) issuer: String,
    /// The authorization endpoint, with the parameters that are the same for every login.
    pub(crate) authorization: Url,
    pub(crate) token_endpoint: TokenUrl,
    pub(crate) userinfo_endpoint: UserInfoUrl,
    pub(crate) end_session_endpoint: Option<EndSessionUrl>,
    pub(crate) jwks_uri: JsonWebKeySetUrl,
    pub(crate) keys: Arc<KeySet>,
    /// Where it contradicts our configuration.
    pub(crate) contradictions: Vec<Contradiction>,
    pub(crate) fetched: Instant,
}

/// The metadata as it came: fields of any type, most of which nobody here needs.
struct Document<'a> {
    fields: Map<String, Value>,
    settings: &'a Settings,
}

impl Metadata {
    /// Fetches the metadata (OpenID Connect Discovery 1.0, section 4) and the keys that it names. No more is asked of it than
    /// is used.
    pub(crate) async fn discover(calls: &Calls, settings: &Settings) -> Result<Self, ProviderError> {
        let body =
            fetch(calls, Endpoint::Discovery, &settings.metadata_url, "the provider's metadata").await?;
        let fields = json::members(&body).ok_or(MetadataError::NotJson)?;
        let document = Document { fields, settings };
        let issuer = document.issuer()?;
        let authorization: AuthUrl = document.endpoint("authorization_endpoint", AuthUrl::url)?;
        let token_endpoint = document.endpoint("token_endpoint", TokenUrl::url)?;
        let userinfo_endpoint = document.endpoint("userinfo_endpoint", UserInfoUrl::url)?;
        let jwks_uri: JsonWebKeySetUrl = document.endpoint("jwks_uri", JsonWebKeySetUrl::url)?;
        let end_session_endpoint = document.optional_endpoint("end_session_endpoint", EndSessionUrl::url);
        let keys = Arc::new(fetch_keys(calls, jwks_uri.url()).await?);
        let contradictions = Contradiction::find(&document.fields, &keys, settings);
        for contradiction in &contradictions {
            let Contradiction { key, value, problem } = contradiction;
            tracing::warn!(key, value, "the configuration contradicts the provider's metadata: {problem}");
        }
        tracing::info!(issuer, "the provider's metadata and keys were fetched");
        Ok(Self {
            issuer,
            authorization: authorization_request(authorization.url().clone(), settings),
            token_endpoint,
            userinfo_endpoint,
            end_session_endpoint,
            jwks_uri,
            keys,
            contradictions,
            fetched: Instant::now(),
        })
    }
}

impl Document<'_> {
    /// What the provider calls itself. Its metadata is at this URL followed by a path, and a slash between both may be part of
    /// either.
    fn issuer(&self) -> Result<String, MetadataError> {
        let issuer: IssuerUrl = self.field("issuer")?;
        let without_slash = |url: &str| url.strip_suffix('/').unwrap_or(url).to_owned();
        let asked = self.settings.issuer_asked();
        if without_slash(issuer.as_str()) == without_slash(asked) {
            return Ok(issuer.to_string());
        }
        Err(MetadataError::Issuer { named: quoted(issuer.as_str()), asked: quoted(asked) })
    }

    fn field<T: DeserializeOwned>(&self, name: &'static str) -> Result<T, MetadataError> {
        let value = self.fields.get(name).filter(|value| !value.is_null());
        let value = value.ok_or(MetadataError::Missing(name))?;
        T::deserialize(value).map_err(|_| MetadataError::Field {
            name,
            value: quoted(&value.to_string()),
            problem: "no URL",
        })
    }

    /// An endpoint. Of a provider on https none may be without it.
    fn endpoint<T: DeserializeOwned>(
        &self,
        name: &'static str,
        url: fn(&T) -> &Url,
    ) -> Result<T, MetadataError> {
        let endpoint = self.field(name)?;
        let url = url(&endpoint);
        let problem = match url.scheme() {
            "http" | "https" if !is_less_safe(&self.settings.metadata_url, url) => return Ok(endpoint),
            "http" => "not on https, as the metadata is",
            _ => "no http or https URL",
        };
        Err(MetadataError::Field { name, value: quoted(url.as_str()), problem })
    }

    /// An endpoint that logins do without. One that cannot be used is passed over.
    fn optional_endpoint<T: DeserializeOwned>(&self, name: &'static str, url: fn(&T) -> &Url) -> Option<T> {
        match self.endpoint(name, url) {
            Ok(endpoint) => Some(endpoint),
            Err(MetadataError::Missing(_)) => None,
            Err(error) => {
                tracing::warn!(%error, "a field of the provider's metadata is passed over");
                None
            }
        }
    }
}

/// Fetches the provider's keys (RFC 7517).
pub(crate) async fn fetch_keys(calls: &Calls, jwks_uri: &Url) -> Result<KeySet, ProviderError> {
    let body = fetch(calls, Endpoint::Jwks, jwks_uri, "the provider's keys").await?;
    let keys = KeySet::parse(&body).ok_or(MetadataError::Keys)?;
    if !keys.has_usable() {
        return Err(MetadataError::NoKey { published: quoted(&keys.to_string()) }.into());
    }
    Ok(keys)
}

async fn fetch(
    calls: &Calls,
    endpoint: Endpoint,
    url: &Url,
    what: &'static str,
) -> Result<Vec<u8>, ProviderError> {
    let answer = calls.send(endpoint, calls.client.request(Method::GET, url.clone())).await?;
    match answer.status {
        StatusCode::OK => Ok(answer.body),
        status => Err(ProviderError::Status { what, status: status.as_u16() }),
    }
}

/// A request for an authorization code with PKCE (OpenID Connect Core 1.0, section 3.1.2.1; RFC 7636, section 4.3),
/// but for what is new each time.
fn authorization_request(mut endpoint: Url, settings: &Settings) -> Url {
    endpoint
        .query_pairs_mut()
        .append_pair("response_type", "code")
        .append_pair("client_id", &settings.client_id)
        .append_pair("redirect_uri", settings.redirect_uri.as_str())
        .append_pair("scope", &settings.scopes.join(" "))
        .append_pair("code_challenge_method", "S256");
    endpoint
}

/// Whether an endpoint of a provider on https would be called without it.
fn is_less_safe(metadata_url: &Url, endpoint: &Url) -> bool {
    metadata_url.scheme() == "https" && endpoint.scheme() != "https"
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A provider with a certificate is more than a test can start, so this asks the function itself.
    #[test]
    fn a_provider_on_https_has_no_endpoint_without_it() {
        let [https, http] =
            ["https://proconnect.example/", "http://proconnect.example/"].map(|url| Url::parse(url).unwrap());
        assert!(is_less_safe(&https, &http));
        assert!(!is_less_safe(&https, &https));
        assert!(!is_less_safe(&http, &http));
    }
}
