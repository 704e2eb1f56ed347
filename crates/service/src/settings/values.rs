//! What was read, as hashes, to find which keys have changed in a later reading.

use std::collections::BTreeMap;
use std::fmt;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::LazyLock;

/// The same seed for all readings of this process, so that their hashes can be compared.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// The hash of each value that a program read: enough to find which values differ in a later reading, without
/// keeping any secret.
#[derive(Clone, Debug, Default)]
pub struct Values {
    hashes: BTreeMap<String, u64>,
    warnings: Vec<Warning>,
}

/// Something of the configuration that is not wrong, and that an operator should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Warning {
    /// A file with secrets that every user of the machine can read.
    File {
        /// Its path.
        path: String,
        /// Its mode.
        mode: u32,
    },
    /// The value of a key.
    Value {
        /// Its path, as `section.key`.
        path: String,
        /// What is to be known, to be read after the path.
        warning: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, mode } => write!(
                f,
                "{path} can be read by every user of this machine (mode {mode:04o}). Fix: chmod o-rwx {path}"
            ),
            Self::Value { path, warning } => write!(f, "{path} {warning}"),
        }
    }
}

impl Values {
    /// Warnings about values that are not wrong, each with what to do.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Adds a warning.
    pub(crate) fn warn(&mut self, warning: Warning) {
        self.warnings.push(warning);
    }

    /// Adds a warning when every user of the machine can read this file, which contains secrets.
    pub(crate) fn note_file(&mut self, path: &Path) {
        const READABLE_BY_OTHERS: u32 = 0o004;
        let mode = path.metadata().map(|metadata| metadata.mode()).unwrap_or_default();
        if mode & READABLE_BY_OTHERS != 0 {
            self.warn(Warning::File { path: path.display().to_string(), mode: mode & 0o7777 });
        }
    }

    pub(crate) fn note(&mut self, key: String, value: &impl Hash) {
        self.hashes.insert(key, HASHER.hash_one(value));
    }

    /// The keys, as `section.key`, whose value differs in a later reading, or that only one of the two has.
    pub(crate) fn changed(&self, later: &Self) -> Vec<String> {
        let mut keys: Vec<&String> = self.hashes.keys().chain(later.hashes.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().filter(|key| self.hashes.get(*key) != later.hashes.get(*key)).cloned().collect()
    }

    /// Takes the value of one key from a later reading.
    pub(crate) fn adopt(&mut self, later: &Self, key: &str) {
        match later.hashes.get(key) {
            Some(hash) => self.hashes.insert(key.to_owned(), *hash),
            None => self.hashes.remove(key),
        };
    }
}

/// What is collected while a document is read.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) problems: super::Problems,
    pub(crate) values: Values,
}
