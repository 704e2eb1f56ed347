//! The guides about personal data name every column that there is, and no other.

use std::collections::BTreeSet;

use accounts::{Database, PoolLimits};
use sqlx::{AnyConnection, Connection as _};

use crate::suite::parsed;

#[tokio::test]
async fn both_guides_name_every_column_of_every_table() {
    let folder = crate::temporary("personal_data");
    let url = format!("sqlite://{}?mode=rwc", folder.join("accounts.db").display());
    Database::open(&parsed(&url.as_str().into()), PoolLimits::default()).await.unwrap().close().await;
    let mut connection = AnyConnection::connect(&url).await.unwrap();
    let columns: Vec<String> = sqlx::query_scalar(
        "SELECT tables.name || '.' || columns.name FROM sqlite_master AS tables
         JOIN pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' AND tables.name NOT LIKE 'sqlite%' AND tables.name <> '_sqlx_migrations'",
    )
    .fetch_all(&mut connection)
    .await
    .unwrap();
    let columns: BTreeSet<&str> = columns.iter().map(String::as_str).collect();
    let tables: BTreeSet<&str> = columns.iter().map(|column| column.split_once('.').unwrap().0).collect();
    assert!(columns.len() > 40 && columns.contains("users.email"), "{columns:?}");
    for guide in ["donnees-personnelles.md", "personal-data.md"] {
        let path = format!("{}/../../docs/{guide}", env!("CARGO_MANIFEST_DIR"));
        let text = std::fs::read_to_string(path).unwrap();
        let is_column = |code: &&str| {
            code.split_once('.')
                .is_some_and(|(table, column)| tables.contains(table) && !column.contains('.'))
        };
        let named: BTreeSet<&str> = text.split('`').skip(1).step_by(2).filter(is_column).collect();
        assert_eq!(named, columns, "{guide}");
    }
    std::fs::remove_dir_all(folder).unwrap();
}
