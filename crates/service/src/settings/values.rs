use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::LazyLock;

/// One seed for all readings of this process.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// What a program read of its configuration, by key and as hashes: enough to tell what is another value in a
/// later reading, without keeping any secret.
#[derive(Clone, Debug, Default)]
pub struct Values {
    hashes: BTreeMap<String, u64>,
    warnings: Vec<String>,
}

impl Values {
    /// What is not wrong, and yet to be looked at, each with what to do.
    #[must_use]
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Adds a warning.
    pub(crate) fn warn(&mut self, warning: String) {
        self.warnings.push(warning);
    }

    /// Warns of a file that every user of the machine can read: there are secrets in it.
    pub(crate) fn note_file(&mut self, path: &Path) {
        const READABLE_BY_OTHERS: u32 = 0o004;
        let mode = path.metadata().map(|metadata| metadata.mode()).unwrap_or_default();
        if mode & READABLE_BY_OTHERS != 0 {
            let name = path.display();
            self.warnings.push(format!(
                "{name} can be read by every user of this machine (mode {:04o}). Fix: chmod o-rwx {name}",
                mode & 0o7777
            ));
        }
    }

    pub(crate) fn note(&mut self, key: String, value: &impl Hash) {
        self.hashes.insert(key, HASHER.hash_one(value));
    }

    /// The keys, as `section.key`, that have another value in a later reading, or in only one of the two.
    pub(crate) fn changed(&self, later: &Self) -> Vec<String> {
        let mut keys: Vec<&String> = self.hashes.keys().chain(later.hashes.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().filter(|key| self.hashes.get(*key) != later.hashes.get(*key)).cloned().collect()
    }

    /// Takes one key's value from a later reading.
    pub(crate) fn adopt(&mut self, later: &Self, key: &str) {
        match later.hashes.get(key) {
            Some(hash) => self.hashes.insert(key.to_owned(), *hash),
            None => self.hashes.remove(key),
        };
    }
}

/// What comes of a document while it is read.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) problems: super::Problems,
    pub(crate) values: Values,
}
