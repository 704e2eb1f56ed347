//! Notes when tokens are used, behind the back of the requests: none is slower for it, and none fails.

use std::collections::BTreeMap;

use accounts::{Bearer, Database, Use, is_due};
use axum::http::request::Parts;
use service::client_address::{Proxies, network};
use token_crypto::UnixTime;
use tokio::sync::mpsc::{Receiver, Sender, channel};

/// How many uses may wait to be written. Beyond, they are forgotten: the next request of the token tells again.
const WAITING: usize = 4_096;
/// How many are written at once.
const AT_ONCE: usize = 256;

/// Where uses are told.
#[derive(Clone, Debug)]
pub struct Uses(Sender<Use>);

impl Uses {
    /// Writes to this database, in a task that ends with this.
    #[must_use]
    pub fn of(database: Database) -> Self {
        let (sender, receiver) = channel(WAITING);
        tokio::spawn(write(database, receiver));
        Self(sender)
    }

    /// Tells that a token was used, when that is news.
    pub fn note(&self, bearer: &Bearer, parts: &Parts, proxies: &Proxies, now: UnixTime) {
        if is_due(bearer.token_last_used, now) {
            let address = proxies.seen(&parts.extensions, &parts.headers).map(network);
            let _ = self.0.try_send(Use { token_id: bearer.token_id, at: now, address });
        }
    }
}

async fn write(database: Database, mut receiver: Receiver<Use>) {
    let mut waiting = Vec::with_capacity(AT_ONCE);
    while receiver.recv_many(&mut waiting, AT_ONCE).await > 0 {
        // Of several uses of one token the first is enough. Every replica writes them in the same order, so that no two wait
        // for each other.
        let mut uses: BTreeMap<i64, Use> = BTreeMap::new();
        for used in waiting.drain(..) {
            uses.entry(used.token_id).or_insert(used);
        }
        let uses: Vec<Use> = uses.into_values().collect();
        if let Err(error) = database.note_uses(&uses).await {
            tracing::debug!(error = &error as &dyn std::error::Error, "uses of tokens were not noted");
        }
    }
}
