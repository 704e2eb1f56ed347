//! Moves users, roles, permissions and keys from OpenGateLLM, for `api import-opengatellm`.

mod error;
mod moved;
mod source;
mod target;

use secrecy::SecretString;
use token_crypto::UnixTime;

use crate::database::Database;
use crate::url::DatabaseUrl;

pub use error::ImportError;
pub use moved::{MoveOutcome, Moved};
use source::Source;

/// What is moved, and how.
pub struct Import<'a> {
    /// The database of OpenGateLLM.
    pub from: &'a DatabaseUrl,
    /// The issuer of the subjects that it stores.
    pub issuer: &'a str,
    /// Whether its keys go on working here.
    pub with_keys: bool,
    /// Its master key, with which its keys are made again: it stores only the ends of them.
    pub master_key: Option<&'a SecretString>,
    /// Whether nothing is written.
    pub dry_run: bool,
}

impl Database {
    /// Moves everything or nothing. The source is only read; done again, it moves only what is new there.
    ///
    /// # Errors
    /// When the source or this database cannot be used, or the master key is needed and not given.
    pub async fn import(&self, import: &Import<'_>, now: UnixTime) -> Result<Vec<Moved>, ImportError> {
        let source = Source::read(import.from).await?;
        let keys = if import.with_keys { target::keys(&source, import.master_key, now)? } else { Vec::new() };
        self.transaction_or_trial(import.dry_run, async |transaction| {
            Ok(target::write(transaction, &source, &keys, import.issuer, now).await?)
        })
        .await
    }
}
