//! The table `tokens`: sessions and keys, stored as hashes.

use std::array;
use std::sync::LazyLock;

use secrecy::{ExposeSecret as _, SecretString};
use service::random;
use sha2::{Digest as _, Sha256};
use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, AnyConnection, FromRow as _};
use token_crypto::{ApiToken, TokenKind, UnixTime};

use crate::circumstances::Circumstances;
use crate::database::Database;
use crate::error::Error;
use crate::profile;
use crate::record::{Event, record};
use crate::recorded_change::{RecordedChange, TokenIds};
use crate::url::Engine;
use crate::users::Person;

/// The expiry of a token that does not expire.
pub(crate) const WITHOUT_END: i64 = i64::MAX;

/// The SQL condition that a token is valid at a time, which is the parameter `$2` or another: it has not expired, and was not ended.
macro_rules! live {
    () => {
        $crate::tokens::live!("$2")
    };
    ($time:literal) => {
        concat!("expires > ", $time, " AND (revoked IS NULL OR revoked > ", $time, ")")
    };
}
pub(crate) use live;

/// A new session token.
pub(crate) fn new_session() -> Result<ApiToken, random::Error> {
    ApiToken::mint(TokenKind::Session, random::bytes)
}

/// The hash that the database stores for a token. The token is random, so nobody can find it from a plain hash.
pub(crate) fn hash(token: &ApiToken) -> Vec<u8> {
    Sha256::digest(token.reveal().expose_secret()).to_vec()
}

/// The hash that the database stores for an ID token.
fn hash_of_id_token(id_token: &SecretString) -> String {
    format!("{:x}", Sha256::digest(id_token.expose_secret()))
}

/// A token that is made at a login.
pub(crate) struct NewSession<'a> {
    pub(crate) person: &'a Person,
    pub(crate) token: &'a ApiToken,
    pub(crate) circumstances: &'a Circumstances,
    pub(crate) now: UnixTime,
    pub(crate) expires: UnixTime,
}

/// The columns of a new session besides its account, and the number of its parameters with those that find the account.
const COLUMNS: &str =
    "hash, created, last_used, expires, hint, acr, id_token_hash, browser, system, last_address, application";
const PARAMETERS: usize = FIRST + 9;
const FIRST: usize = 3 + profile::COUNT;

/// Adds a token to the person's account, if they have one that is not disabled and whose profile is up to date.
static INSERT: LazyLock<String> = LazyLock::new(|| {
    let [hash, now, expires, hint, acr, id_token, browser, system, address, application] =
        array::from_fn(|number| FIRST + number);
    format!(
        "INSERT INTO tokens (user_id, {COLUMNS})
         SELECT id, ${hash}, ${now}, ${now}, ${expires}, ${hint}, ${acr}, ${id_token}, ${browser}, ${system}, ${address},
             ${application}
         FROM users WHERE issuer = $1 AND sub = $2 AND disabled = 0 AND {is_unchanged}",
        is_unchanged = profile::is_unchanged(3),
    )
});

impl NewSession<'_> {
    fn bind<'q>(&'q self, query: Query<'q, Any, AnyArguments>) -> Query<'q, Any, AnyArguments> {
        let Self { person, token, circumstances, now, expires } = self;
        let query = person.profile.bind(query.bind(&person.issuer).bind(&person.sub));
        let query = query.bind(hash(token)).bind(now.seconds()).bind(expires.seconds());
        query
            .bind(token.hint())
            .bind(&person.profile.acr)
            .bind(hash_of_id_token(&circumstances.id_token))
            .bind(&circumstances.browser)
            .bind(&circumstances.system)
            .bind(&circumstances.address)
            .bind(&circumstances.application)
    }

    /// Adds it, in a transaction.
    pub(crate) async fn mint(&self, connection: &mut AnyConnection) -> Result<Option<TokenIds>, sqlx::Error> {
        static RETURNING: LazyLock<String> = LazyLock::new(|| format!("{} RETURNING user_id, id", *INSERT));
        let row = self.bind(sqlx::query(RETURNING.as_str())).fetch_optional(connection).await?;
        row.map(|row| TokenIds::from_row(&row)).transpose()
    }

    /// Adds it and records the login, outside of a transaction.
    pub(crate) async fn mint_and_record(
        &self,
        engine: Engine,
        connection: &mut AnyConnection,
    ) -> Result<Option<TokenIds>, sqlx::Error> {
        static LOGIN: LazyLock<RecordedChange> = LazyLock::new(|| {
            RecordedChange::new(&INSERT, &format!("hash = ${FIRST}"), "login.success", PARAMETERS)
        });
        LOGIN.run(engine, connection, |query| self.bind(query), self.now).await
    }
}

/// Ends a session because its person logs out, and records it, outside of a transaction. Returns whether it was valid.
pub(crate) async fn log_out(
    engine: Engine,
    connection: &mut AnyConnection,
    token_id: i64,
    now: UnixTime,
) -> Result<bool, sqlx::Error> {
    static LOGOUT: LazyLock<RecordedChange> = LazyLock::new(|| {
        let end = concat!(
            "UPDATE tokens SET revoked = $2, revoked_by = 'logout' WHERE id = $1 AND kind = 'session' AND ",
            live!()
        );
        RecordedChange::new(end, "id = $1", "logout", 2)
    });
    let ended = LOGOUT.run(engine, connection, |query| query.bind(token_id).bind(now.seconds()), now).await?;
    Ok(ended.is_some())
}

/// Ends a token at once, and records it. Returns whether it was valid.
pub(crate) async fn revoke(
    connection: &mut AnyConnection,
    token_id: i64,
    by: &str,
    now: UnixTime,
) -> Result<bool, sqlx::Error> {
    let ended: Vec<(i64, String)> = sqlx::query_as(concat!(
        "UPDATE tokens SET revoked = $2, revoked_by = $3 WHERE id = $1 AND ",
        live!(),
        " RETURNING user_id, kind"
    ))
    .bind(token_id)
    .bind(now.seconds())
    .bind(by)
    .fetch_all(&mut *connection)
    .await?;
    for (user_id, kind) in &ended {
        let event = match (kind.as_str(), by) {
            ("session", "logout") => Event::success("logout"),
            ("session", _) => Event::success("session.ended").because(by),
            _ => Event::success("key.revoked").because(by),
        };
        record(connection, event.of_user(*user_id).of_token(token_id), now).await?;
    }
    Ok(!ended.is_empty())
}

/// The state of a token that somebody ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// The token was valid and has ended now.
    Now {
        /// Whether it was a key.
        is_key: bool,
    },
    /// It had ended before.
    Before,
    /// There is no such token.
    Unknown,
}

impl Database {
    /// Ends a token at once, for whoever has it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke_held(&self, token: &ApiToken, by: &str, now: UnixTime) -> Result<Revoked, Error> {
        self.transaction(async |transaction| {
            let held: Option<(i64, String)> = sqlx::query_as("SELECT id, kind FROM tokens WHERE hash = $1")
                .bind(hash(token))
                .fetch_optional(&mut *transaction)
                .await?;
            let Some((id, kind)) = held else { return Ok(Revoked::Unknown) };
            let was_live = revoke(transaction, id, by, now).await?;
            Ok::<_, Error>(if was_live { Revoked::Now { is_key: kind == "key" } } else { Revoked::Before })
        })
        .await
    }

    /// Whether this is the ID token that the login of a session returned.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn was_handed_out(&self, token_id: i64, id_token: &SecretString) -> Result<bool, Error> {
        let known: Option<i64> = self
            .run(async |connection| {
                sqlx::query_scalar("SELECT id FROM tokens WHERE id = $1 AND id_token_hash = $2")
                    .bind(token_id)
                    .bind(hash_of_id_token(id_token))
                    .fetch_optional(connection)
                    .await
            })
            .await?;
        Ok(known.is_some())
    }

    /// Ends a token at once. Returns whether it was valid.
    ///
    /// # Errors
    /// When the database does not answer.
    pub async fn revoke(&self, token_id: i64, by: &str, now: UnixTime) -> Result<bool, Error> {
        self.transaction(async |transaction| Ok(revoke(transaction, token_id, by, now).await?)).await
    }
}
