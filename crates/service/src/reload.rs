//! SIGHUP: reads the secrets of the configuration again while the program runs.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};

use tokio::signal::unix::{Signal, SignalKind, signal};
use tokio::task::spawn_blocking;

use crate::notify;
use crate::settings::{Problem, Problems, Values};

/// This key decides how the rest of the file is checked, so it keeps its value from the start.
const ENVIRONMENT: &str = "api.environment";

/// A value that can be replaced as a whole while requests are in flight.
#[derive(Debug)]
pub struct Current<T>(RwLock<Arc<T>>);

impl<T> Current<T> {
    /// Starts with this value.
    #[must_use]
    pub fn new(value: T) -> Self {
        Self(RwLock::new(Arc::new(value)))
    }

    /// The current value. A request must call this once and keep the result, so that it never sees two values.
    #[must_use]
    pub fn get(&self) -> Arc<T> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Replaces the value, for later requests.
    pub fn set(&self, value: T) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(value);
    }
}

/// A configuration that can be read again.
pub trait Reload: Sized + Send + 'static {
    /// The keys, as `section.key`, that take effect without a restart.
    const SECRETS: &'static [&'static str];

    /// Reads the file.
    ///
    /// # Errors
    /// Everything that is wrong in it, at once.
    fn read(path: &Path) -> Result<Self, Problems>;

    /// What was read.
    fn values(&self) -> &Values;
}

/// Waits for SIGHUP.
#[derive(Debug)]
pub struct Hangups(Signal);

impl Hangups {
    /// From now on SIGHUP no longer ends the program.
    ///
    /// # Errors
    /// When the system does not let the program listen to the signal.
    pub fn new() -> io::Result<Self> {
        signal(SignalKind::hangup()).map(Self)
    }

    /// At each SIGHUP reads the file and, if nothing is wrong in it, passes the configuration to `take`, which
    /// starts to use its secrets. `in_use` is what was read at the start. Never returns.
    pub async fn follow<C: Reload>(mut self, path: PathBuf, mut in_use: Values, take: impl Fn(C)) {
        while self.0.recv().await.is_some() {
            notify::reloading();
            let path = path.clone();
            // The disk may be slow, so the file is read on another thread.
            let read = spawn_blocking(move || C::read(&path)).await;
            notify::reloaded();
            let Ok(read) = read else { continue };
            match read.and_then(|config| usable(config, &in_use)) {
                Ok(config) => {
                    let values = config.values().clone();
                    take(config);
                    report(&mut in_use, &values, C::SECRETS);
                }
                Err(problems) => {
                    for problem in problems.0 {
                        tracing::error!("{problem}");
                    }
                    tracing::error!(
                        "the configuration was read again and refused: what is in use stays in use"
                    );
                }
            }
        }
    }
}

/// The configuration, or a problem when it is for another environment than this process.
fn usable<C: Reload>(config: C, in_use: &Values) -> Result<C, Problems> {
    if !in_use.changed(config.values()).iter().any(|key| key == ENVIRONMENT) {
        return Ok(config);
    }
    Err(Problems(vec![Problem {
        path: ENVIRONMENT.to_owned(),
        problem: "is not what it was at the start, and decides what the rest may be".to_owned(),
        fix: "restart the program, or put back what it was".to_owned(),
    }]))
}

/// Logs which keys are in use from now on and which need a restart, without their values.
fn report(in_use: &mut Values, read: &Values, secrets: &[&str]) {
    let (replaced, waiting): (Vec<_>, Vec<_>) =
        in_use.changed(read).into_iter().partition(|key| secrets.contains(&key.as_str()));
    for key in waiting {
        tracing::warn!(key, "this key has changed, but only a restart makes it take effect");
    }
    for key in &replaced {
        in_use.adopt(read, key);
    }
    tracing::info!(replaced = replaced.join(", "), "the configuration was read again and taken over");
}
