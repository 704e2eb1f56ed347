//! The configuration file: one reader for both programs, every problem reported at once.

mod agreement;
mod contact;
mod document;
mod duration;
mod environment;
mod example;
mod input;
mod keep_alive;
mod log_format;
mod node;
mod presentation;
mod problem;
mod secret;
mod section;
mod substitution;
mod value;
mod values;

use std::path::PathBuf;

pub use agreement::on_another_host;
pub use contact::Contact;
pub use document::{DEFAULT_ENVELOPE_TTL, DEFAULT_LOGIN_TTL, DEFAULT_PUBLIC_URL, Document};
pub use duration::parse as parse_duration;
pub use environment::Environment;
pub use example::{is_left_at_localhost, refuse_placeholder};
pub use input::Input;
pub use keep_alive::keep_alive;
pub use log_format::LogFormat;
pub use presentation::Presentation;
pub use problem::{Noted, Problem, Problems};
pub use section::Section;
pub use value::Value;
pub use values::{Values, Warning};

/// The configuration file to read: the `--config` flag, else `$CONFIG_FILE`, else `config.yml` in the working
/// directory.
#[must_use]
pub fn config_path(flag: Option<PathBuf>) -> PathBuf {
    flag.or_else(|| std::env::var_os("CONFIG_FILE").filter(|path| !path.is_empty()).map(PathBuf::from))
        .unwrap_or_else(|| PathBuf::from("config.yml"))
}
