//! Callbacks that come twice at once: a person clicks twice, or a browser sends a request again. A code works once, so the second
//! would be told that the login has expired; it gets the outcome of the first instead.
//!
//! A login that has begun to use its code finishes even when the browser gives up the first of two requests. Another replica does
//! not need to know of it: there, the second callback is refused as a used code is.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use oidc::PendingLogin;
use secrecy::SecretString;
use sha2::{Digest as _, Sha256};
use token_crypto::Envelope;
use tokio::sync::watch;
use tracing::Instrument as _;
use url::Url;

/// What a login came to, for each browser request that waits for it.
#[derive(Clone)]
pub enum Outcome {
    /// The envelope for the application.
    LoggedIn(Envelope),
    /// The person is asked once more: where to send the browser, and what to remember.
    AskedAgain(Url, PendingLogin),
    /// What the application is told, and the ID token of somebody whom only this service refuses.
    Refused(String, Option<SecretString>),
}

/// Tells equal callbacks from others: the digest of what they say.
pub type Callback = [u8; 32];

type Running = Arc<Mutex<HashMap<Callback, watch::Receiver<Option<Outcome>>>>>;

/// The logins that are being finished in this process.
#[derive(Clone, Default)]
pub struct SharedLogins(Running);

/// The digest of what a callback says.
#[must_use]
pub fn digest(said: [&str; 5]) -> Callback {
    let mut digest = Sha256::new();
    for text in said {
        digest.update(text.len().to_be_bytes());
        digest.update(text);
    }
    digest.finalize().into()
}

impl SharedLogins {
    /// What this callback comes to. `login` runs in a task of its own, unless the same callback is being answered already. Nothing
    /// when the task fails.
    pub async fn outcome(
        &self,
        callback: Callback,
        login: impl Future<Output = Outcome> + Send + 'static,
    ) -> Option<Outcome> {
        let mut outcome = self.join(callback, login);
        outcome.wait_for(Option::is_some).await.ok()?.clone()
    }

    fn join(
        &self,
        callback: Callback,
        login: impl Future<Output = Outcome> + Send + 'static,
    ) -> watch::Receiver<Option<Outcome>> {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(outcome) = running.get(&callback) {
            return outcome.clone();
        }
        let (tell, outcome) = watch::channel(None);
        running.insert(callback, outcome.clone());
        let entry = Entry { running: self.0.clone(), callback };
        let login = async move {
            let _entry = entry;
            tell.send_replace(Some(login.await));
        };
        tokio::spawn(login.in_current_span());
        outcome
    }
}

/// Removes a login when it has finished or failed.
struct Entry {
    running: Running,
    callback: Callback,
}

impl Drop for Entry {
    fn drop(&mut self) {
        self.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.callback);
    }
}
