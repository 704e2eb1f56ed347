//! How logs are written, the value of `api.log_format`.

use super::environment::Environment;
use super::input::Input;
use super::problem::Noted;
use super::value::Value;

/// How logs are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people; the default in development.
    Text,
    /// One JSON object a line; the default in production.
    Json,
}

impl LogFormat {
    /// The format where the file names none.
    #[must_use]
    pub fn of(environment: Environment) -> Self {
        if environment.is_production() { Self::Json } else { Self::Text }
    }
}

impl Value for LogFormat {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        match input.string()?.as_str() {
            "text" => Ok(Self::Text),
            "json" => Ok(Self::Json),
            _ => Err(input.refuse("is neither text nor json", "write one of the two")),
        }
    }
}
