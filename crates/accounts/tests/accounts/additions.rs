//! During an upgrade the version before works on the tables of the new one, so a migration only adds what that one need not know.
//! One that does more has a name that begins with `breaking_`; versions before it then refuse its tables.

use std::collections::BTreeSet;

use secrecy::ExposeSecret as _;
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AssertSqlSafe, Connection as _, Executor as _};

use crate::Url;
use crate::suite::Fixture;

/// The last migration before the first release: no version of before it is in use anywhere.
const LAST_BEFORE_THE_RULE: i64 = 9;

/// What statements rely on: columns.
const SQLITE_OFFERS: &str = r#"
    SELECT m.name, c.name || ' ' || c.type || ' ' || c."notnull" || ' ' || coalesce(c.dflt_value, '') || ' ' || c.pk
    FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"#;
const POSTGRES_OFFERS: &str = "
    SELECT table_name::text, column_name || ' ' || data_type || ' ' || is_nullable || ' ' || coalesce(column_default, '')
    FROM information_schema.columns WHERE table_schema = 'public'";

/// What statements must respect: columns to fill, what is unique, checks, triggers, rows that others refer to.
const SQLITE_ASKS: &str = r#"
    SELECT m.name, c.name || ' must be filled' FROM sqlite_master m, pragma_table_info(m.name) c
        WHERE m.type = 'table' AND c."notnull" = 1 AND c.dflt_value IS NULL AND c.pk = 0
    UNION SELECT m.name, 'unique: ' || i.name FROM sqlite_master m, pragma_index_list(m.name) i
        WHERE m.type = 'table' AND i."unique" = 1
    UNION SELECT tbl_name, 'trigger: ' || name FROM sqlite_master WHERE type = 'trigger'
    UNION SELECT f."table", 'kept by ' || m.name || '.' || f."from"
        FROM sqlite_master m, pragma_foreign_key_list(m.name) f
        WHERE m.type = 'table' AND f.on_delete NOT IN ('CASCADE', 'SET NULL')"#;
const POSTGRES_ASKS: &str = "
    SELECT table_name::text, column_name || ' must be filled' FROM information_schema.columns
        WHERE table_schema = 'public' AND is_nullable = 'NO' AND column_default IS NULL AND is_identity = 'NO'
    UNION SELECT tablename::text, 'unique: ' || indexname FROM pg_indexes
        WHERE schemaname = 'public' AND indexdef LIKE 'CREATE UNIQUE %'
    UNION SELECT tgrelid::regclass::text, 'trigger: ' || tgname FROM pg_trigger WHERE NOT tgisinternal
    UNION SELECT conrelid::regclass::text, 'check: ' || conname FROM pg_constraint WHERE contype IN ('c', 'x')
    UNION SELECT confrelid::regclass::text, 'kept by ' || conname FROM pg_constraint
        WHERE contype = 'f' AND confdeltype NOT IN ('c', 'n')";

/// Sentences about tables, each with the name of one.
type Sentences = BTreeSet<(String, String)>;

/// A database as the statements of a program see it.
struct Shape {
    offers: Sentences,
    asks: Sentences,
}

impl Shape {
    async fn of(connection: &mut AnyConnection, is_postgresql: bool) -> Self {
        let [offers, asks] =
            if is_postgresql { [POSTGRES_OFFERS, POSTGRES_ASKS] } else { [SQLITE_OFFERS, SQLITE_ASKS] };
        Self { offers: sentences(connection, offers).await, asks: sentences(connection, asks).await }
    }

    /// What a program that was made for this database would miss or disregard in a later one.
    fn broken_by(&self, later: &Self) -> Vec<String> {
        let is_known = |table: &String| self.offers.iter().any(|(known, _)| known == table);
        let missed =
            self.offers.difference(&later.offers).map(|(table, column)| format!("{table} lacks {column}"));
        let disregarded = later.asks.difference(&self.asks).filter(|(table, _)| is_known(table));
        missed.chain(disregarded.map(|(table, what)| format!("{table}: {what}"))).collect()
    }
}

async fn sentences(connection: &mut AnyConnection, sql: &'static str) -> Sentences {
    sqlx::query_as(sql).fetch_all(connection).await.unwrap().into_iter().collect()
}

/// The migrations of a database, as the program has them.
pub(crate) fn migrations(is_postgresql: bool) -> Migrator {
    let own = if is_postgresql {
        sqlx::migrate!("migrations/postgres")
    } else {
        sqlx::migrate!("migrations/sqlite")
    };
    let common = sqlx::migrate!("migrations/both");
    Migrator::with_migrations(own.iter().chain(common.iter()).cloned().collect())
}

pub(crate) async fn a_migration_only_adds(url: Url) {
    let is_postgresql = url.expose_secret().starts_with("postgres");
    sqlx::any::install_default_drivers();
    let mut connection = AnyConnection::connect(url.expose_secret()).await.unwrap();
    let migrations = migrations(is_postgresql);
    for migration in migrations.iter() {
        let before = Shape::of(&mut connection, is_postgresql).await;
        migrations.run_to(migration.version, &mut connection).await.unwrap();
        let broken = before.broken_by(&Shape::of(&mut connection, is_postgresql).await);
        let may_break =
            migration.version <= LAST_BEFORE_THE_RULE || migration.description.starts_with("breaking ");
        assert!(
            broken.is_empty() || may_break,
            "{} {}: {broken:#?}",
            migration.version,
            migration.description
        );
    }
}

pub(crate) async fn what_does_more_than_add_is_found(url: Url) {
    let database = Fixture::open(url).await;
    let is_postgresql = database.is_postgresql();
    let mut connection = database.connection().await;
    let trigger = if is_postgresql {
        "CREATE TRIGGER other BEFORE INSERT ON users FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()"
    } else {
        "CREATE TRIGGER other BEFORE INSERT ON users BEGIN SELECT 1; END"
    };
    let both = [
        ("ALTER TABLE users ADD COLUMN free TEXT", 0),
        ("ALTER TABLE users ADD COLUMN filled TEXT NOT NULL DEFAULT ''", 0),
        (
            "CREATE TABLE new (id BIGINT PRIMARY KEY, user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE)",
            0,
        ),
        ("CREATE UNIQUE INDEX within_new ON new (user_id)", 1),
        ("CREATE INDEX faster ON users (free)", 0),
        ("DROP INDEX faster", 0),
        ("CREATE UNIQUE INDEX once ON users (free)", 1),
        (trigger, 1),
        ("CREATE TABLE holding (id BIGINT PRIMARY KEY, user_id BIGINT REFERENCES users (id))", 1),
        ("ALTER TABLE users RENAME COLUMN filled TO renamed", 1),
        ("ALTER TABLE users DROP COLUMN renamed", 1),
        ("DROP TABLE custom_claims", 4),
    ];
    // SQLite refuses the first two by itself, or does not know them.
    let postgres = [
        ("ALTER TABLE users ADD COLUMN asked TEXT NOT NULL", 1),
        ("ALTER TABLE users ADD CONSTRAINT low CHECK (email = lower(email))", 1),
        ("ALTER TABLE users ALTER COLUMN siret TYPE VARCHAR(14)", 1),
    ];
    for (change, found) in both.into_iter().chain(postgres.into_iter().filter(|_| is_postgresql)) {
        let before = Shape::of(&mut connection, is_postgresql).await;
        connection.execute(AssertSqlSafe(change)).await.unwrap();
        let broken = before.broken_by(&Shape::of(&mut connection, is_postgresql).await);
        assert_eq!(broken.len(), found, "{change}: {broken:#?}");
    }
}
