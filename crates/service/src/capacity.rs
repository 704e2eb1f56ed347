//! How many connections a process may have: fewer than it may have files open, for it needs some for the database, for its own
//! calls and for the log.

use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

/// What is kept for all else. A pool has at most a thousand connections to its database, usually 10.
const RESERVED: u64 = 200;
/// More than any machine of this program serves at once.
const MOST: u64 = 1 << 20;
/// How long to wait for a connection to end before the next is asked to.
const PAUSE: Duration = Duration::from_millis(20);

/// Raises the number of files that the process may have open to what the system allows. It is often 1,024 for the sake of old
/// programs, which this is not.
pub(crate) fn raise_limit() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // What cannot be raised stays: the connections are bounded below it.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// Room for connections.
#[derive(Clone)]
pub(crate) struct Capacity {
    room: Arc<Semaphore>,
    crowd: Arc<Notify>,
}

impl Capacity {
    /// As many as the process may have files open, but for some.
    pub(crate) fn of_this_process() -> Self {
        let files = getrlimit(Resource::Nofile).current.unwrap_or(MOST).min(MOST);
        // Where few files are allowed, half of them.
        let connections = files.saturating_sub(RESERVED).max(files / 2).max(1);
        let room = Semaphore::new(usize::try_from(connections).unwrap_or(Semaphore::MAX_PERMITS));
        Self { room: Arc::new(room), crowd: Arc::default() }
    }

    /// Room for one more. When there is none, the connections that have been there longest are asked to end, one after the
    /// other: an idle one does at once, any other with its answer.
    pub(crate) async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        loop {
            if let Ok(permit) = self.room.clone().try_acquire_owned() {
                return Some(permit);
            }
            self.crowd.notify_one();
            sleep(PAUSE).await;
        }
    }

    /// Where a connection hears that it should make room.
    pub(crate) fn crowd(&self) -> Arc<Notify> {
        self.crowd.clone()
    }
}
