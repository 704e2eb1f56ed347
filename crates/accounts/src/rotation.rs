//! Replaces a key with a new one of the same name, while the old one stays valid for its grace period.

use service::random;
use token_crypto::{ApiToken, TokenKind, UnixTime};

use crate::database::Database;
use crate::keys::{KeyStatus, find};
use crate::new_key::{KeyError, KeyRequest, MadeKey, active, insert, lock};
use crate::record::{Event, record};

/// The request to replace a key.
#[derive(Clone, Copy, Debug)]
pub struct Rotation {
    /// The owner.
    pub user_id: i64,
    /// The key.
    pub id: i64,
    /// How long the old key stays valid, in seconds.
    pub grace: i64,
    /// How many active keys the owner may have.
    pub limit: u32,
    /// How long an ended key can still be seen, in seconds.
    pub keep_ended: i64,
}

impl Database {
    /// Replaces a key with a new one of the same name. `expires` gets the lifetime of the old key and returns when the new
    /// one expires, or none when it may not live so long.
    ///
    /// # Errors
    /// When the key was not replaced.
    pub async fn rotate_key(
        &self,
        rotation: Rotation,
        expires: impl Fn(Option<i64>) -> Option<Option<i64>>,
        now: UnixTime,
    ) -> Result<MadeKey, KeyError> {
        let Rotation { user_id, id, grace, limit, keep_ended } = rotation;
        let token = ApiToken::mint(TokenKind::Key, random::bytes)?;
        let (at, now) = (now, now.seconds());
        let row = self
            .transaction(async |transaction| {
                lock(transaction, user_id).await?;
                let old = find(transaction, user_id, id, keep_ended, now).await?.ok_or(KeyError::Unknown)?;
                if old.replaced_by.is_some() {
                    return Err(KeyError::AlreadyReplaced);
                }
                let status = old.status(now);
                if status == KeyStatus::Revoked {
                    return Err(KeyError::Revoked);
                }
                let expires = expires(old.lifetime).ok_or(KeyError::Lifetime(old.lifetime))?;
                // During its grace period the old key does not count. A key that had ended did not count before.
                let replaced = i64::from(status == KeyStatus::Active);
                if active(transaction, user_id, now).await? - replaced >= i64::from(limit) {
                    return Err(KeyError::TooMany);
                }
                let name = old.name.as_deref().unwrap_or_default();
                let request = KeyRequest { user_id, name, expires, idempotency_key: None, limit };
                let new = insert(transaction, &token, request, None, now).await?;
                if status == KeyStatus::Active {
                    sqlx::query(
                        "UPDATE tokens SET replaced_by = $2, expires = $3, revoked = $3, revoked_by = 'rotated'
                         WHERE id = $1",
                    )
                    .bind(id)
                    .bind(new.id)
                    .bind(old.expires.min(now + grace))
                    .execute(&mut *transaction)
                    .await?;
                } else {
                    sqlx::query("UPDATE tokens SET replaced_by = $2 WHERE id = $1")
                        .bind(id)
                        .bind(new.id)
                        .execute(&mut *transaction)
                        .await?;
                }
                let event = Event::success("key.rotated").of_user(user_id).of_token(id);
                record(transaction, event.with("replaced_by", new.id), at).await?;
                Ok(new)
            })
            .await?;
        Ok(MadeKey { key: row.into_key(now), token })
    }
}
