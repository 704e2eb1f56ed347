//! A login: account and token, in one transaction.

use std::time::Duration;

use service::random;
use token_crypto::{ApiToken, UnixTime};

use crate::circumstances::Circumstances;
use crate::database::Database;
use crate::error::Error;
use crate::record::{Event, record};
use crate::recorded_change::TokenIds;
use crate::tokens::{self, NewSession};
use crate::users::{self, Person};

/// How an account is found or created, and how long its token lives.
#[derive(Clone, Copy, Debug)]
pub struct LoginPolicy {
    /// The role of somebody who logs in for the first time.
    pub role_id: i64,
    /// Whether a first login takes over the one account with the same e-mail address and no subject. The subject of an
    /// account never changes.
    pub link_by_email: bool,
    /// How long the token is valid.
    pub token_ttl: Duration,
    /// Whether the person may log in because an operator prepared an account for them, so that no account is created.
    pub only_prepared: bool,
}

/// A token made at a login.
#[derive(Debug)]
pub struct Minted {
    /// The account it belongs to.
    pub user_id: i64,
    /// Its id in the database.
    pub token_id: i64,
    /// The token, which can be read only now.
    pub token: ApiToken,
    /// After a first login: the oldest other account that may belong to the same person. Accounts are never merged.
    pub possible_duplicate_of: Option<i64>,
}

/// Why a login that the provider confirmed got no token. It creates no account and no token.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// An operator disabled the account.
    #[error("the account is disabled")]
    Disabled,
    /// No account was prepared for the person, or it has gone meanwhile.
    #[error("no account is prepared for this person")]
    NotPrepared,
    /// The operating system gave no random bytes.
    #[error("no random bytes")]
    Random(#[from] random::Error),
    /// The database failed.
    #[error(transparent)]
    Database(#[from] Error),
}

impl From<sqlx::Error> for LoginError {
    fn from(error: sqlx::Error) -> Self {
        Self::Database(error.into())
    }
}

impl Database {
    /// Finds or creates the person's account, updates their details, and makes a token, in one transaction.
    ///
    /// # Errors
    /// When the account is disabled or the database fails.
    pub async fn log_in(
        &self,
        person: &Person,
        circumstances: &Circumstances,
        policy: LoginPolicy,
        now: UnixTime,
    ) -> Result<Minted, LoginError> {
        let token = tokens::new_session()?;
        let session =
            NewSession { person, token: &token, circumstances, now, expires: now.after(policy.token_ttl) };
        // Most logins are of a known person whose details have not changed: one round trip is enough.
        let known = self.write(async |connection| session.mint_and_record(self.engine(), connection).await);
        let (ids, possible_duplicate_of) = match known.await? {
            Some(ids) => (ids, None),
            None => self.first_or_changed(&session, policy).await?,
        };
        let TokenIds { user_id, token_id } = ids;
        Ok(Minted { user_id, token_id, token, possible_duplicate_of })
    }

    /// A first login, changed details, or a disabled account.
    async fn first_or_changed(
        &self,
        session: &NewSession<'_>,
        policy: LoginPolicy,
    ) -> Result<(TokenIds, Option<i64>), LoginError> {
        let NewSession { person, circumstances, now, .. } = *session;
        self.transaction(async |transaction| {
            let is_linked = policy.link_by_email && users::link(transaction, person).await?;
            let is_new = users::create(transaction, person, policy.role_id, now).await?;
            if is_new && policy.only_prepared {
                return Err(LoginError::NotPrepared);
            }
            if !is_new {
                users::refresh(transaction, person, now).await?;
            }
            let ids = session.mint(transaction).await?.ok_or(LoginError::Disabled)?;
            let duplicate = if is_new { users::possible_duplicate(transaction, person).await? } else { None };
            let of_this_user = |name| Event::success(name).of_user(ids.user_id);
            if is_new {
                record(transaction, of_this_user("user.created"), now).await?;
            }
            if is_linked {
                record(transaction, of_this_user("user.linked"), now).await?;
            }
            if let Some(older) = duplicate {
                let event = of_this_user("user.possible_duplicate").by_the_system();
                record(transaction, event.with("older_user_id", older), now).await?;
            }
            let mut event = of_this_user("login.success").of_token(ids.token_id);
            if let Some(application) = &circumstances.application {
                event = event.with("application", application.as_str());
            }
            record(transaction, event, now).await?;
            Ok((ids, duplicate))
        })
        .await
    }
}
