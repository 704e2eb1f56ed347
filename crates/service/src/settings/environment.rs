use std::fmt;

/// Where the servers run: what is convenient on a developer's machine is refused in production.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Environment {
    /// On a developer's machine; the default.
    #[default]
    Development,
    /// Before real people.
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
