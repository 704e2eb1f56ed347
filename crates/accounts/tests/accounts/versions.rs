//! What every database must do with the tables of another version.

use accounts::{Database, PoolLimits, Tables};
use secrecy::ExposeSecret as _;
use token_crypto::{ApiToken, TokenKind};

use crate::Url;
use crate::suite::{Fixture, NOW, parsed, somebody};

pub(crate) async fn a_database_of_the_first_version_keeps_its_people_and_their_sessions(url: Url) {
    let token = ApiToken::parse(&format!("sk-{}", "a".repeat(43))).unwrap();
    // The database as the first version created and filled it.
    let (tables, hash) = if url.expose_secret().starts_with("sqlite") {
        (
            sqlx::migrate!("migrations/sqlite"),
            "x'65f376a44cec73581dbd6ad34fd4db499a56e86dc3ea38128af8a7fb42e0f5cb'",
        )
    } else {
        (
            sqlx::migrate!("migrations/postgres"),
            "'\\x65f376a44cec73581dbd6ad34fd4db499a56e86dc3ea38128af8a7fb42e0f5cb'",
        )
    };
    sqlx::any::install_default_drivers();
    let pool = sqlx::AnyPool::connect(url.expose_secret()).await.unwrap();
    tables.run(&pool).await.unwrap();
    let filled = format!(
        "INSERT INTO roles (name, created) VALUES ('Freemium', 1);
         INSERT INTO users (issuer, sub, email, given_name, usual_name, organization, siret, role_id, created, updated)
             VALUES ('https://issuer.example/api/v2', 'one', 'Camille.Exemple@example.gouv.fr', 'Camille', 'Exemple',
                     'Mairie d’Exemple', '00000000000000', 1, 7, 8);
         INSERT INTO tokens (user_id, hash, created, expires) VALUES (1, {hash}, 1, 1790003600)",
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(filled)).execute(&pool).await.unwrap();
    pool.close().await;

    let database = Fixture::open(url).await;
    let bearer = database.accounts.bearer(&token, NOW).await.unwrap().unwrap();
    assert_eq!((bearer.user_id, bearer.token_id, bearer.created), (1, 1, 7));
    assert_eq!(bearer.kind, TokenKind::Session);
    let sessions = database.accounts.sessions(1, NOW).await.unwrap();
    assert_eq!(sessions.iter().map(|session| session.id).collect::<Vec<_>>(), [1]);
    assert_eq!(bearer.profile.siret.as_deref(), Some("00000000000000"));
    assert_eq!((bearer.profile.idp_id, bearer.profile.roles), (None, None));
    assert_eq!(database.log_in(&somebody("one")).await.unwrap().user_id, 1);
    let bearer = database.accounts.bearer(&token, NOW).await.unwrap().unwrap();
    assert_eq!(bearer.profile, somebody("one").profile);
}

/// What a later version leaves in the list of migrations.
pub(crate) fn later_migration(name: &str) -> String {
    format!(
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT max(version) + 1, '{name}', TRUE, (SELECT checksum FROM _sqlx_migrations WHERE version = 1), 0
         FROM _sqlx_migrations"
    )
}

pub(crate) async fn a_version_goes_on_with_what_a_later_one_added(url: Url) {
    let database = Fixture::open(url.clone()).await;
    let minted = database.log_in(&somebody("one")).await.unwrap();
    for change in [
        "ALTER TABLE users ADD COLUMN nickname TEXT",
        "ALTER TABLE tokens ADD COLUMN colour TEXT NOT NULL DEFAULT 'blue'",
        "ALTER TABLE audit ADD COLUMN weather TEXT",
        &later_migration("more columns"),
    ] {
        database.execute(change).await;
    }
    // The one that runs, whose statements are prepared, and one that starts.
    for database in [database, Fixture::open(url.clone()).await] {
        assert!(database.accounts.bearer(&minted.token, NOW).await.unwrap().is_ok());
        let again = database.log_in(&somebody("one")).await.unwrap();
        assert_eq!(again.user_id, minted.user_id);
        database.accounts.revoke(again.token_id, "owner", NOW).await.unwrap();
        assert!(database.accounts.bearer(&again.token, NOW).await.unwrap().is_err());
    }
    let database = Fixture::open(url.clone()).await;
    database.execute(&later_migration("breaking what was there")).await;
    let refused = Database::open(&parsed(&url), PoolLimits::default()).await.err().unwrap().to_string();
    assert!(refused.contains("Fix: start the version of this program that last used them"), "{refused}");
}

pub(crate) async fn tables_are_compared_without_changing_them(url: Url) {
    let compare = async || Database::tables(&parsed(&url), PoolLimits::default()).await.unwrap();
    assert_eq!(compare().await, Tables::None);
    let database = Fixture::open(url.clone()).await;
    assert_eq!(compare().await, Tables::Current);
    for (name, tables) in
        [("one", Tables::Ahead(1)), ("two", Tables::Ahead(2)), ("breaking three", Tables::Foreign)]
    {
        database.execute(&later_migration(name)).await;
        assert_eq!(compare().await, tables);
    }
    database
        .execute("UPDATE _sqlx_migrations SET description = 'three' WHERE description = 'breaking three'")
        .await;
    assert_eq!(compare().await, Tables::Ahead(3));
    database.execute("UPDATE _sqlx_migrations SET success = FALSE WHERE description = 'three'").await;
    assert_eq!(compare().await, Tables::Foreign, "it was interrupted");
    database.execute("DELETE FROM _sqlx_migrations WHERE description IN ('one', 'two', 'three')").await;
    database
        .execute(
            "DELETE FROM _sqlx_migrations WHERE version > (SELECT max(version) - 2 FROM _sqlx_migrations)",
        )
        .await;
    assert_eq!(compare().await, Tables::Behind(2));
    assert_eq!(compare().await, Tables::Behind(2), "comparing changed something");
    database.execute("UPDATE _sqlx_migrations SET version = 1000 WHERE version = 2").await;
    assert_eq!(compare().await, Tables::Foreign);
}
