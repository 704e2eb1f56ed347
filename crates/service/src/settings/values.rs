use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::LazyLock;

/// One seed for all readings of this process.
static HASHER: LazyLock<RandomState> = LazyLock::new(RandomState::new);

/// What a program read of its configuration, by key and as hashes: enough to tell what is another value in a
/// later reading, without keeping any secret.
#[derive(Clone, Debug, Default)]
pub struct Values(BTreeMap<String, u64>);

impl Values {
    pub(crate) fn note(&mut self, key: String, value: &impl Hash) {
        self.0.insert(key, HASHER.hash_one(value));
    }

    /// The keys, as `section.key`, that have another value in a later reading, or in only one of the two.
    pub(crate) fn changed(&self, later: &Self) -> Vec<String> {
        let mut keys: Vec<&String> = self.0.keys().chain(later.0.keys()).collect();
        keys.sort_unstable();
        keys.dedup();
        keys.into_iter().filter(|key| self.0.get(*key) != later.0.get(*key)).cloned().collect()
    }

    /// Takes one key's value from a later reading.
    pub(crate) fn adopt(&mut self, later: &Self, key: &str) {
        match later.0.get(key) {
            Some(hash) => self.0.insert(key.to_owned(), *hash),
            None => self.0.remove(key),
        };
    }
}

/// What comes of a document while it is read.
#[derive(Default)]
pub(crate) struct Reading {
    pub(crate) problems: super::Problems,
    pub(crate) values: Values,
}
