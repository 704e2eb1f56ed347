use crate::error::Error;

/// Why nothing was moved. The accounts have not changed.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The source is no PostgreSQL.
    #[error("OpenGateLLM keeps its users in PostgreSQL. Fix: give --from postgres://USER@HOST/NAME")]
    NoPostgres,
    /// The source cannot be opened.
    #[error("the database of OpenGateLLM: {0}")]
    Open(#[source] Error),
    /// It has not the tables of OpenGateLLM.
    #[error("the database has no table \"{0}\". Fix: name the database of OpenGateLLM itself")]
    NoTable(&'static str),
    /// A statement failed at the source.
    #[error("the database of OpenGateLLM cannot be read ({0})")]
    Read(#[source] sqlx::Error),
    /// The keys cannot be made again.
    #[error(
        "OpenGateLLM stores only the ends of its keys. Fix: give its auth.master_key with --master-key-file"
    )]
    NoMasterKey,
    /// The database here failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<sqlx::Error> for ImportError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}
