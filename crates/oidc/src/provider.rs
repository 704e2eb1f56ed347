//! The provider, and what is remembered of it: fetched when first needed, then kept.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};
use service::client::Client;
use service::durations::Snapshot;
use tokio::sync::Mutex;
use tokio::time::timeout;
use tracing::Instrument as _;

use crate::calls::{CallOutcome, Calls, Endpoint};
use crate::claims::Parties;
use crate::contradiction::Contradiction;
use crate::jws::{JwsError, Unverified};
use crate::metadata::{Metadata, fetch_keys};
use crate::provider_error::ProviderError;
use crate::settings::Settings;

/// ProConnect, as this service knows it. A clone shares what is remembered.
#[derive(Clone)]
pub struct Provider(Arc<Inner>);

struct Inner {
    settings: Settings,
    calls: Calls,
    policy: CachePolicy,
    metadata: RwLock<Option<Arc<Metadata>>>,
    /// When and why the last discovery failed. Whoever holds it is the only one to try.
    failed_discovery: Mutex<Option<(Instant, ProviderError)>>,
    last_key_refetch: Mutex<Option<Instant>>,
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

/// Whether the provider has been reached, for a readiness report.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ProviderStatus {
    /// Its metadata is known.
    Known,
    /// Nobody has needed it yet, or it was unreachable.
    Unknown,
}

/// Why the claims of a token are not known.
#[derive(Debug)]
pub(crate) enum VerifyError {
    /// The provider's keys cannot be had.
    Provider(ProviderError),
    /// The token is not accepted.
    Token(JwsError),
}

impl From<ProviderError> for VerifyError {
    fn from(error: ProviderError) -> Self {
        Self::Provider(error)
    }
}

impl From<JwsError> for VerifyError {
    fn from(error: JwsError) -> Self {
        Self::Token(error)
    }
}

impl Provider {
    /// The provider of these settings. It is not contacted yet.
    #[must_use]
    pub fn new(settings: Settings, client: Client, policy: CachePolicy) -> Self {
        Self(Arc::new(Inner {
            settings,
            calls: Calls::new(client),
            policy,
            metadata: RwLock::default(),
            failed_discovery: Mutex::default(),
            last_key_refetch: Mutex::default(),
        }))
    }

    /// Whether the provider has been reached.
    #[must_use]
    pub fn status(&self) -> ProviderStatus {
        if self.cached().is_some() { ProviderStatus::Known } else { ProviderStatus::Unknown }
    }

    /// What was agreed with it.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.0.settings
    }

    /// For whom a token must be, and from whom.
    pub(crate) fn parties<'a>(&'a self, metadata: &'a Metadata) -> Parties<'a> {
        Parties { issuer: &metadata.issuer, client_id: &self.settings().client_id }
    }

    pub(crate) fn client(&self) -> &Client {
        &self.0.calls.client
    }

    pub(crate) fn calls(&self) -> &Calls {
        &self.0.calls
    }

    /// How long calls to it took.
    #[must_use]
    pub fn durations(&self, endpoint: Endpoint, outcome: CallOutcome) -> Snapshot {
        self.0.calls.durations(endpoint, outcome).snapshot()
    }

    /// Whether it could be used the last time; none before it was first asked.
    #[must_use]
    pub fn is_up(&self) -> Option<bool> {
        self.0.calls.is_up()
    }

    /// What the provider says of itself: from memory, or fetched when it is not there yet.
    pub(crate) async fn metadata(&self) -> Result<Arc<Metadata>, ProviderError> {
        if let Some(metadata) = self.cached() {
            if metadata.fetched.elapsed() > self.0.policy.refresh_after {
                self.refresh_in_background();
            }
            return Ok(metadata);
        }
        let mut last_failure = self.0.failed_discovery.lock().await;
        if let Some(metadata) = self.cached() {
            return Ok(metadata);
        }
        if let Some((at, error)) = last_failure.as_ref()
            && at.elapsed() < self.0.policy.retry_discovery_after
        {
            return Err(error.again());
        }
        let discovered = self.discover().await;
        *last_failure = discovered.as_ref().err().map(|error| (Instant::now(), error.again()));
        Ok(self.remember(discovered?))
    }

    /// Fetches what the provider says of itself when it is not known yet, but waits no longer than this. A discovery that takes
    /// longer goes on.
    pub(crate) async fn get_to_know_within(&self, limit: Duration) {
        if self.cached().is_none() {
            let provider = self.clone();
            let discovering =
                tokio::spawn(async move { provider.metadata().await.is_ok() }.in_current_span());
            // What is not known afterwards is what the caller does without.
            let _ = timeout(limit, discovering).await;
        }
    }

    /// Where the provider's description contradicts our configuration.
    ///
    /// # Errors
    /// When the provider cannot be used at all.
    pub async fn contradictions(&self) -> Result<Vec<Contradiction>, ProviderError> {
        Ok(self.metadata().await?.contradictions.clone())
    }

    /// The claims of a token that one of the provider's keys signed. When none of those known fits, the keys are fetched again,
    /// which may take no longer than `patience`.
    pub(crate) async fn verify(
        &self,
        token: &str,
        patience: Duration,
    ) -> Result<Map<String, Value>, VerifyError> {
        let token = Unverified::parse(token, &self.settings().signing_algorithms)?;
        let metadata = self.metadata().await?;
        let error = match metadata.keys.verify(&token) {
            Err(error) if error.is_about_keys() => error,
            verified => return Ok(verified?),
        };
        match timeout(patience, self.newer_keys(&metadata)).await {
            Ok(Ok(Some(newer))) => Ok(newer.keys.verify(&token)?),
            Ok(Err(failure)) if error.is_without_key() => Err(failure.into()),
            Ok(Ok(None) | Err(_)) | Err(_) => Err(error.into()),
        }
    }

    /// Fetches the keys again, but not often: anybody can invent tokens.
    async fn newer_keys(&self, than: &Arc<Metadata>) -> Result<Option<Arc<Metadata>>, ProviderError> {
        let mut last_refetch = self.0.last_key_refetch.lock().await;
        let metadata = self.metadata().await?;
        if !Arc::ptr_eq(&metadata, than) {
            return Ok(Some(metadata));
        }
        if last_refetch.is_some_and(|at| at.elapsed() < self.0.policy.refetch_keys_after) {
            return Ok(None);
        }
        *last_refetch = Some(Instant::now());
        let keys = Arc::new(fetch_keys(self.calls(), metadata.jwks_uri.url()).await?);
        tracing::info!("a token fits no known key: the provider's keys were fetched again");
        Ok(Some(self.remember(Metadata { keys, ..Metadata::clone(&metadata) })))
    }

    async fn discover(&self) -> Result<Metadata, ProviderError> {
        let discovered = Metadata::discover(self.calls(), self.settings()).await;
        // Metadata that cannot be used stop every login, whatever the status.
        self.calls().note(discovered.is_ok());
        discovered
    }

    /// What is known of the provider.
    pub(crate) fn cached(&self) -> Option<Arc<Metadata>> {
        self.0.metadata.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn remember(&self, metadata: Metadata) -> Arc<Metadata> {
        let metadata = Arc::new(metadata);
        *self.0.metadata.write().unwrap_or_else(PoisonError::into_inner) = Some(metadata.clone());
        metadata
    }

    /// What is known stays in use meanwhile, and afterwards too when the provider does not answer.
    fn refresh_in_background(&self) {
        let provider = self.clone();
        tokio::spawn(async move {
            let Ok(mut last_failure) = provider.0.failed_discovery.try_lock() else { return };
            let too_soon = |at: &Instant| at.elapsed() < provider.0.policy.refetch_keys_after;
            if last_failure.as_ref().is_some_and(|(at, _)| too_soon(at)) {
                return;
            }
            match provider.discover().await {
                Ok(metadata) => {
                    provider.remember(metadata);
                    *last_failure = None;
                }
                Err(error) => {
                    *last_failure = Some((Instant::now(), error.again()));
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "the provider's metadata could not be refreshed; what is known stays in use"
                    );
                }
            }
        });
    }
}
