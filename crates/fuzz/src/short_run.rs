//! The run of `make test`: each target runs on its corpus and on some mutations of it.

use std::path::Path;
use std::time::{Duration, Instant};

use crate::mutation::Mutation;

const EXECUTIONS: usize = 20_000;
/// How long one target runs at most: on a slow machine there are fewer executions.
const LONGEST: Duration = Duration::from_secs(5);

/// Runs a target on every file of its corpus, and on mutations of them that are the same every time.
///
/// # Panics
/// When the target panics; then it prints the input. Also when the corpus cannot be read or is empty.
pub fn run(name: &str, target: impl Fn(&[u8]) + Send + Sync + 'static) {
    let corpus = files_of(&crate::corpus(name));
    let mut mutation = Mutation::new(&corpus);
    let start = Instant::now();
    let mut executions = 0;
    while executions < EXECUTIONS && (executions < corpus.len() || start.elapsed() < LONGEST) {
        let input = corpus.get(executions).cloned().unwrap_or_else(|| mutation.next_input());
        let shown_on_panic = ShownOnPanic(&input);
        target(shown_on_panic.0);
        executions += 1;
    }
    println!("figure: {executions} executions of the fuzz target {name}");
}

fn files_of(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    assert!(!paths.is_empty(), "{} is empty", folder.display());
    paths.iter().flat_map(std::fs::read).collect()
}

struct ShownOnPanic<'a>(&'a [u8]);

impl Drop for ShownOnPanic<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("the input was b\"{}\"", self.0.escape_ascii());
        }
    }
}
