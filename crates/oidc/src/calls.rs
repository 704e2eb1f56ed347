//! Calls to the provider: each is timed, and whether the provider answers is remembered.

use std::sync::atomic::{AtomicU8, Ordering};
use std::time::Instant;

use service::client::{Answer, CallError, Client, RequestBuilder, StatusCode};
use service::durations::Durations;

/// Which of the provider's endpoints is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// Its metadata.
    Discovery,
    /// Its keys.
    Jwks,
    /// Where a code is exchanged.
    Token,
    /// What it says of a person.
    Userinfo,
}

impl Endpoint {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Discovery, Self::Jwks, Self::Token, Self::Userinfo];

    /// Its name in the metrics and the traces.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Jwks => "jwks",
            Self::Token => "token",
            Self::Userinfo => "userinfo",
        }
    }
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallOutcome {
    /// The provider answered 200.
    Success,
    /// It answered with another status below 500.
    Refused,
    /// It did not answer, or its answer was an error of its own.
    Failed,
}

impl CallOutcome {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Success, Self::Refused, Self::Failed];

    /// Its name in the metrics.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Success => "success",
            Self::Refused => "refused",
            Self::Failed => "failed",
        }
    }

    fn of(answer: Result<&Answer, &CallError>) -> Self {
        match answer.map(|answer| answer.status) {
            Ok(StatusCode::OK) => Self::Success,
            Ok(status) if !status.is_server_error() => Self::Refused,
            Ok(_) | Err(_) => Self::Failed,
        }
    }
}

/// Nobody has asked the provider yet.
const UNKNOWN: u8 = 0;
const UP: u8 = 1;
const DOWN: u8 = 2;

/// Calls the provider, and counts how long it takes.
pub(crate) struct Calls {
    pub(crate) client: Client,
    durations: [[Durations; CallOutcome::ALL.len()]; Endpoint::ALL.len()],
    state: AtomicU8,
}

impl Calls {
    pub(crate) fn new(client: Client) -> Self {
        Self { client, durations: Default::default(), state: AtomicU8::new(UNKNOWN) }
    }

    /// Sends a request to one of the endpoints.
    pub(crate) async fn send(
        &self,
        endpoint: Endpoint,
        request: RequestBuilder,
    ) -> Result<Answer, CallError> {
        let started = Instant::now();
        let answer = self.client.send_for(endpoint.as_str(), request).await;
        let outcome = CallOutcome::of(answer.as_ref());
        self.durations(endpoint, outcome).observe(started.elapsed());
        self.note(outcome != CallOutcome::Failed);
        answer
    }

    /// Notes whether the provider can be used.
    pub(crate) fn note(&self, is_up: bool) {
        self.state.store(if is_up { UP } else { DOWN }, Ordering::Relaxed);
    }

    pub(crate) fn durations(&self, endpoint: Endpoint, outcome: CallOutcome) -> &Durations {
        &self.durations[endpoint as usize][outcome as usize]
    }

    /// Whether the provider could be used the last time; none before it was first asked.
    pub(crate) fn is_up(&self) -> Option<bool> {
        match self.state.load(Ordering::Relaxed) {
            UNKNOWN => None,
            state => Some(state == UP),
        }
    }
}
