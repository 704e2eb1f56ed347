//! The URL of a database, parsed.

use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::any::AnyConnectOptions;

use crate::file;

/// The supported databases.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    /// Its name in traces, as OpenTelemetry calls it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgresql",
        }
    }
}

/// Which database to use, and how to reach it: `sqlite://FILE?mode=rwc` or `postgres://USER:PASSWORD@HOST/NAME`.
#[derive(Clone)]
pub struct DatabaseUrl {
    pub(crate) engine: Engine,
    pub(crate) options: AnyConnectOptions,
}

/// The string is not the URL of a supported database.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the URL of a supported database")]
pub struct UnsupportedUrl;

impl DatabaseUrl {
    /// Parses a URL. It opens nothing yet.
    ///
    /// # Errors
    /// When it is not a URL of SQLite or PostgreSQL.
    pub fn parse(url: &SecretString) -> Result<Self, UnsupportedUrl> {
        sqlx::any::install_default_drivers();
        let options: AnyConnectOptions = url.expose_secret().parse().map_err(|_| UnsupportedUrl)?;
        let engine = match options.database_url.scheme() {
            "sqlite" => Engine::Sqlite,
            "postgres" | "postgresql" => Engine::Postgres,
            _ => return Err(UnsupportedUrl),
        };
        Ok(Self { engine, options })
    }
}

impl DatabaseUrl {
    /// The file of a SQLite database.
    #[must_use]
    pub fn path(&self) -> Option<PathBuf> {
        self.file().map(|(path, _)| path)
    }

    /// The file of a SQLite database, and whether it may be created.
    pub(crate) fn file(&self) -> Option<(PathBuf, bool)> {
        file::of_url(self.options.database_url.as_str())
    }
}

/// Names the database for an operator, without user or password.
impl fmt::Display for DatabaseUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = &self.options.database_url;
        match (self.engine, self.file()) {
            (Engine::Sqlite, Some((path, _))) => write!(f, "sqlite {}", path.display()),
            (Engine::Sqlite, None) => f.write_str("sqlite in memory"),
            (Engine::Postgres, _) => {
                write!(f, "postgresql {}", url.host_str().unwrap_or("by socket"))?;
                url.port().map_or(Ok(()), |port| write!(f, ":{port}"))?;
                f.write_str(url.path())
            }
        }
    }
}

impl PartialEq for DatabaseUrl {
    fn eq(&self, other: &Self) -> bool {
        self.options.database_url == other.options.database_url
    }
}

impl fmt::Debug for DatabaseUrl {
    /// Does not show the URL, which may contain a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseUrl").field("engine", &self.engine).finish_non_exhaustive()
    }
}
