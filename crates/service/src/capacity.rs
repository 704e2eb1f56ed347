//! Limits the connections of a process. There are fewer of them than the process may have open files, because it also needs
//! files for the database, for its own calls and for the log.

use std::sync::{Arc, Once};
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;

/// Files reserved for everything else. A pool has at most a thousand connections to its database, usually 10.
const RESERVED: u64 = 200;
/// More than any machine serves at once.
const MOST: u64 = 1 << 20;
/// How long to wait for a connection to close before asking the next one.
const PAUSE: Duration = Duration::from_millis(20);

/// Raises the number of files that the process may have open to what the system allows. The default is often 1,024, only for
/// compatibility with old programs.
pub(crate) fn raise_limit() {
    let Rlimit { maximum, .. } = getrlimit(Resource::Nofile);
    // If this fails, the old limit stays, and there are fewer connections.
    let _ = setrlimit(Resource::Nofile, Rlimit { current: maximum, maximum });
}

/// Fewer files than this are told in the log: a busy day needs more.
const FEW: u64 = 4_096;

/// Logs once, however many servers there are, that the process may open few files.
fn tell_few(files: u64, connections: u64) {
    static TOLD: Once = Once::new();
    TOLD.call_once(|| {
        let fix =
            "let the program open more files: LimitNOFILE=65536 in its systemd unit, or `ulimit -n 65536`";
        tracing::warn!(files, connections, fix, "few connections can be open at once");
    });
}

/// The room for connections.
#[derive(Clone)]
pub(crate) struct Capacity {
    room: Arc<Semaphore>,
    crowd: Arc<Notify>,
}

impl Capacity {
    /// Room for as many connections as the process may have open files, minus the reserved ones.
    pub(crate) fn of_this_process() -> Self {
        let files = getrlimit(Resource::Nofile).current.unwrap_or(MOST).min(MOST);
        // When few files are allowed, use half of them.
        let connections = files.saturating_sub(RESERVED).max(files / 2).max(1);
        if files < FEW {
            tell_few(files, connections);
        }
        let room = Semaphore::new(usize::try_from(connections).unwrap_or(Semaphore::MAX_PERMITS));
        Self { room: Arc::new(room), crowd: Arc::default() }
    }

    /// Waits for room for one more connection. When there is none, asks the oldest connections to close, one after the
    /// other: an idle one closes at once, any other after its answer.
    pub(crate) async fn permit(&self) -> Option<OwnedSemaphorePermit> {
        loop {
            if let Ok(permit) = self.room.clone().try_acquire_owned() {
                return Some(permit);
            }
            self.crowd.notify_one();
            sleep(PAUSE).await;
        }
    }

    /// Notifies a connection that it should make room.
    pub(crate) fn crowd(&self) -> Arc<Notify> {
        self.crowd.clone()
    }
}
