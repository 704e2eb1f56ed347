#![doc = include_str!("../README.md")]

#[cfg(fuzzing)]
mod long_run;
#[cfg(not(fuzzing))]
mod mutation;
#[cfg(not(fuzzing))]
mod short_run;

use std::path::PathBuf;

#[cfg(fuzzing)]
pub use long_run::run;
#[cfg(not(fuzzing))]
pub use short_run::run;

/// The folder with the seed inputs of a target.
fn corpus(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "corpus", name].iter().collect()
}
