//! What every database must do with keys. Each function gets the URL of an empty one.

use accounts::{Key, KeyError, KeyQuery, KeyRequest, KeySort, KeyStatus, MadeKey, Rotation};
use futures_util::future::join_all;
use token_crypto::UnixTime;

use crate::Url;
use crate::suite::{Fixture, NOW, somebody};

const DAY: i64 = 24 * 3_600;
const KEPT: i64 = 30 * DAY;
const LIMIT: u32 = 3;
const ALL: KeyQuery =
    KeyQuery { status: None, sort: KeySort::Created, descending: true, offset: 0, limit: 100 };

struct Owner {
    database: Fixture,
    id: i64,
}

impl Owner {
    async fn of(url: Url) -> Self {
        let database = Fixture::open(url).await;
        let id = database.log_in(&somebody("owner")).await.unwrap().user_id;
        Self { database, id }
    }

    async fn make(&self, name: &str, expires: Option<i64>) -> Result<MadeKey, KeyError> {
        let request = KeyRequest { user_id: self.id, name, expires, idempotency_key: None, limit: LIMIT };
        self.database.accounts.make_key(request, NOW).await
    }

    async fn rotate(&self, id: i64, grace: i64, now: UnixTime) -> Result<MadeKey, KeyError> {
        let rotation = Rotation { user_id: self.id, id, grace, limit: LIMIT, keep_ended: KEPT };
        let same_length =
            |lifetime: Option<i64>| Some(lifetime.map(|lifetime| now.0.cast_signed() + lifetime));
        self.database.accounts.rotate_key(rotation, same_length, now).await
    }

    async fn key(&self, id: i64, now: UnixTime) -> Option<Key> {
        self.database.accounts.key(self.id, id, KEPT, now).await.unwrap()
    }

    async fn ids(&self, query: KeyQuery, now: UnixTime) -> Vec<i64> {
        let (total, keys) = self.database.accounts.keys(self.id, query, KEPT, now).await.unwrap();
        if query.offset == 0 && query.limit >= total {
            assert_eq!(usize::try_from(total).unwrap(), keys.len());
        }
        keys.into_iter().map(|key| key.id).collect()
    }

    async fn lets_in(&self, made: &MadeKey, now: UnixTime) -> bool {
        self.database.accounts.bearer(&made.token, now).await.unwrap().is_ok()
    }
}

fn after(seconds: i64) -> UnixTime {
    UnixTime(NOW.0 + seconds.cast_unsigned())
}

fn in_a_day() -> i64 {
    after(DAY).0.cast_signed()
}

pub(crate) async fn a_key_is_valid_until_it_expires_or_is_ended(url: Url) {
    let owner = Owner::of(url).await;
    let made = owner.make("Script – été", Some(in_a_day())).await.unwrap();
    assert_eq!((made.key.name.as_str(), made.key.expires), ("Script – été", Some(in_a_day())));
    assert!(owner.lets_in(&made, NOW).await && !owner.lets_in(&made, after(DAY)).await);
    assert_eq!(owner.key(made.key.id, after(DAY)).await.unwrap().status, KeyStatus::Expired);
    assert_eq!(owner.database.accounts.end_key(owner.id, made.key.id, KEPT, NOW).await.unwrap(), Some(true));
    assert!(!owner.lets_in(&made, NOW).await);
    assert_eq!(owner.key(made.key.id, NOW).await.unwrap().status, KeyStatus::Revoked);
    // Ending a key again is no error; ending the key of another person is not possible.
    assert_eq!(owner.database.accounts.end_key(owner.id, made.key.id, KEPT, NOW).await.unwrap(), Some(false));
    assert_eq!(owner.database.accounts.end_key(owner.id + 1, made.key.id, KEPT, NOW).await.unwrap(), None);
    assert_eq!(owner.key(made.key.id, after(KEPT + DAY)).await, None);
}

pub(crate) async fn a_key_may_have_no_expiry(url: Url) {
    let owner = Owner::of(url).await;
    let made = owner.make("for ever", None).await.unwrap();
    assert_eq!(made.key.expires, None);
    assert!(owner.lets_in(&made, after(100 * 365 * DAY)).await);
    let new = owner.rotate(made.key.id, 60, NOW).await.unwrap();
    assert_eq!(new.key.expires, None);
    assert_eq!(owner.key(made.key.id, NOW).await.unwrap().expires, Some(after(60).0.cast_signed()));
}

pub(crate) async fn keys_are_listed_by_status_and_in_order(url: Url) {
    let owner = Owner::of(url).await;
    let [later, sooner, endless] = [("b", Some(2)), ("a", Some(1)), ("c", None)]
        .map(|(name, days)| (name, days.map(|days: i64| after(days * DAY).0.cast_signed())));
    let mut ids = Vec::new();
    for (name, expires) in [later, sooner, endless] {
        ids.push(owner.make(name, expires).await.unwrap().key.id);
    }
    let (later, sooner, endless) = (ids[0], ids[1], ids[2]);
    assert_eq!(owner.ids(ALL, NOW).await, [endless, sooner, later]);
    let ascending = |sort| KeyQuery { sort, descending: false, ..ALL };
    assert_eq!(owner.ids(ascending(KeySort::Name), NOW).await, [sooner, later, endless]);
    assert_eq!(owner.ids(ascending(KeySort::Expires), NOW).await, [sooner, later, endless]);
    assert_eq!(owner.ids(ascending(KeySort::LastUsed), NOW).await, [later, sooner, endless]);
    assert_eq!(owner.ids(KeyQuery { offset: 1, limit: 1, ..ALL }, NOW).await, [sooner]);
    assert_eq!(owner.database.accounts.end_key(owner.id, later, KEPT, NOW).await.unwrap(), Some(true));
    let of = |status| KeyQuery { status: Some(status), ..ALL };
    assert_eq!(owner.ids(of(KeyStatus::Active), after(DAY)).await, [endless]);
    assert_eq!(owner.ids(of(KeyStatus::Expired), after(DAY)).await, [sooner]);
    assert_eq!(owner.ids(of(KeyStatus::Revoked), after(DAY)).await, [later]);
    let renamed = owner.database.accounts.rename_key(owner.id, sooner, "z", KEPT, NOW).await.unwrap();
    assert_eq!(renamed.unwrap().name, "z");
}

pub(crate) async fn names_are_sorted_alike_on_every_database(url: Url) {
    let owner = Owner::of(url).await;
    let mut ids = Vec::new();
    for name in ["b", "Z", "é", "a", "B", "-a", "É"] {
        let request =
            KeyRequest { user_id: owner.id, name, expires: None, idempotency_key: None, limit: 100 };
        ids.push(owner.database.accounts.make_key(request, NOW).await.unwrap().key.id);
    }
    let [b, z, e_acute, a, capital_b, minus_a, capital_e_acute] = ids[..] else { unreachable!() };
    let by_name = KeyQuery { sort: KeySort::Name, descending: false, ..ALL };
    let sorted = [minus_a, a, b, capital_b, z, capital_e_acute, e_acute];
    assert_eq!(owner.ids(by_name, NOW).await, sorted);
    let mut reversed = sorted;
    reversed.reverse();
    assert_eq!(owner.ids(KeyQuery { descending: true, ..by_name }, NOW).await, reversed);
}

pub(crate) async fn keys_made_at_the_same_time_respect_the_limit(url: Url) {
    let owner = Owner::of(url).await;
    let made = join_all((0..12).map(|_| owner.make("script", Some(in_a_day())))).await;
    assert_eq!(made.iter().filter(|made| made.is_ok()).count(), LIMIT as usize);
    assert!(made.iter().all(|made| matches!(made, Ok(_) | Err(KeyError::TooMany))), "{made:?}");
    assert_eq!(owner.ids(ALL, NOW).await.len(), LIMIT as usize);
}

pub(crate) async fn a_key_is_replaced_once(url: Url) {
    let owner = Owner::of(url).await;
    let old = owner.make("script", Some(in_a_day())).await.unwrap();
    let made = join_all((0..6).map(|_| owner.rotate(old.key.id, 60, NOW))).await;
    let (new, refused): (Vec<_>, Vec<_>) = made.into_iter().partition(Result::is_ok);
    assert!(refused.iter().all(|refused| matches!(refused, Err(KeyError::AlreadyReplaced))), "{refused:?}");
    assert_eq!(new.len(), 1, "{new:?}");
    let new = new[0].as_ref().unwrap();
    assert_eq!((new.key.name.as_str(), new.key.expires), ("script", Some(in_a_day())));
    let seen = owner.key(old.key.id, NOW).await.unwrap();
    assert_eq!((seen.status, seen.replaced_by), (KeyStatus::Active, Some(new.key.id)));
    assert!(owner.lets_in(&old, after(59)).await && !owner.lets_in(&old, after(60)).await);
    assert_eq!(owner.key(old.key.id, after(60)).await.unwrap().status, KeyStatus::Revoked);
    assert!(owner.lets_in(new, after(60)).await);
}

pub(crate) async fn the_same_request_makes_one_key(url: Url) {
    let owner = Owner::of(url).await;
    let request = KeyRequest {
        user_id: owner.id,
        name: "script",
        expires: Some(in_a_day()),
        idempotency_key: Some("0123456789abcdef"),
        limit: LIMIT,
    };
    let made = join_all((0..4).map(|_| owner.database.accounts.make_key(request, NOW))).await;
    let made_id = made.iter().flatten().next().unwrap().key.id;
    let again = |made: &Result<_, _>| matches!(made, Err(KeyError::AlreadyMade(id)) if *id == made_id);
    assert_eq!(made.iter().filter(|made| again(made)).count(), 3, "{made:?}");
    assert!(owner.database.accounts.make_key(request, after(DAY)).await.is_ok());
}
