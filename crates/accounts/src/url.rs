use std::fmt;
use std::path::PathBuf;

use secrecy::{ExposeSecret as _, SecretString};
use sqlx::any::AnyConnectOptions;

use crate::file;

/// The databases there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Engine {
    Sqlite,
    Postgres,
}

/// Which database to use, and how to reach it: `sqlite://FILE?mode=rwc` or `postgres://USER:PASSWORD@HOST/NAME`.
#[derive(Clone)]
pub struct DatabaseUrl {
    pub(crate) engine: Engine,
    pub(crate) options: AnyConnectOptions,
}

/// Not the URL of a database that this program can use.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("is not the URL of a supported database")]
pub struct UnsupportedUrl;

impl DatabaseUrl {
    /// Reads a URL. Nothing is opened yet.
    ///
    /// # Errors
    /// When it is not one of SQLite or PostgreSQL.
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
    /// The file of a SQLite database, and whether it may be made.
    pub(crate) fn file(&self) -> Option<(PathBuf, bool)> {
        file::of_url(self.options.database_url.as_str())
    }
}

/// What an operator knows it by: never a user or a password.
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
    /// A URL may hold a password.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DatabaseUrl").field("engine", &self.engine).finish_non_exhaustive()
    }
}
