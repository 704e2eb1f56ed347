//! Opens a database without changing it: for `check-config --online`, and for the source of `migrate-database`.

use sqlx::{AnyConnection, Connection as _};

use crate::error::Error;
use crate::url::{DatabaseUrl, Engine};

/// Connects without creating or changing a file.
pub(crate) async fn open_read_only(url: &DatabaseUrl) -> Result<AnyConnection, Error> {
    let mut options = url.options.clone();
    if url.engine == Engine::Sqlite {
        let kept: Vec<(String, String)> =
            options.database_url.query_pairs().into_owned().filter(|(name, _)| name != "mode").collect();
        options.database_url.query_pairs_mut().clear().extend_pairs(kept).append_pair("mode", "ro");
    }
    AnyConnection::connect_with(&options).await.map_err(|error| Error::open(url, &error))
}
