//! What pages show of a key of the api.

use contract::{Key, KeyStatus};

use crate::components::key_table::{KeyRow, KeyState};
use crate::pages::new_key::{NewKey, Replaced};
use crate::server::web::time::Teller;

/// A key as lists show it.
pub(super) fn row(key: Key, teller: Teller) -> KeyRow {
    let mut expires = key.expires.and_then(|time| teller.day(time));
    if key.status == KeyStatus::Revoked
        && let Some(expires) = &mut expires
    {
        // It ended before: how far away that day is no longer matters.
        expires.distance.clear();
    }
    KeyRow {
        id: key.id,
        name: key.name,
        hint: key.value,
        created: teller.day(key.created),
        last_used: key.last_used.and_then(|time| teller.day(time)),
        expires,
        state: match (key.status, key.replaced_by) {
            (KeyStatus::Active, None) => KeyState::Active,
            (KeyStatus::Active, Some(_)) => KeyState::Leaving,
            (KeyStatus::Expired, None) => KeyState::Expired,
            (KeyStatus::Revoked, None) => KeyState::Revoked,
            (KeyStatus::Expired | KeyStatus::Revoked, Some(_)) => KeyState::Replaced,
        },
    }
}

/// A key that was just made, whole.
pub(super) fn whole(key: Key, me_url: String, replaced: Option<Replaced>, teller: Teller) -> NewKey {
    NewKey {
        name: key.name,
        token: key.value,
        expires: key.expires.and_then(|time| teller.exact(time)),
        me_url,
        replaced,
    }
}
