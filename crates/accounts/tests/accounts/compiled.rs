//! The SQLite that is compiled into the program has the settings of `.cargo/config.toml`.

use sqlx::{AnyConnection, Connection as _};

#[tokio::test]
async fn sqlite_takes_no_lock_to_count_its_memory() {
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect("sqlite::memory:").await.unwrap();
    let options: Vec<(String,)> =
        sqlx::query_as("PRAGMA compile_options").fetch_all(&mut connection).await.unwrap();
    assert!(options.iter().any(|(option,)| option == "DEFAULT_MEMSTATUS=0"), "{options:?}");
}
