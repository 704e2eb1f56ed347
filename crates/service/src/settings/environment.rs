//! Development or production, the value of `api.environment`.

use std::fmt;

/// Where the servers run. Production refuses values that are only convenient on a developer's machine.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Environment {
    /// On a developer's machine; the default.
    #[default]
    Development,
    /// With real people.
    Production,
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_production() { "production" } else { "development" })
    }
}

impl Environment {
    /// Whether this is production.
    #[must_use]
    pub fn is_production(self) -> bool {
        self == Self::Production
    }
}
