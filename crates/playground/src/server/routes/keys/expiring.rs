//! The keys that end soon.

use contract::Key;

use crate::components::expiring_keys::{Expiring, Urgency};
use crate::server::api_client::ApiError;
use crate::server::routes::visit::Visit;
use crate::server::web::time::Teller;

const DAY: i64 = 86_400;

/// Asks the api for them. Those that another has replaced are left out: they are meant to end.
pub(in crate::server::routes) async fn of(visit: &Visit) -> Result<Option<Expiring>, ApiError> {
    let keys = visit.state.api.keys_by_end(visit.token()).await?.data;
    Ok(banner(keys, visit.teller()))
}

fn banner(keys: Vec<Key>, teller: Teller) -> Option<Expiring> {
    let left = |key: &Key| key.expires.map(|end| end.saturating_sub(teller.now.seconds()));
    let ends_soon =
        |key: &Key| key.replaced_by.is_none() && left(key).is_some_and(|left| (0..=30 * DAY).contains(&left));
    let soon: Vec<Key> = keys.into_iter().filter(ends_soon).collect();
    let count = soon.len();
    let first = soon.into_iter().next()?;
    let urgency = match left(&first)? {
        ..=DAY => Urgency::Day,
        left if left <= 7 * DAY => Urgency::Week,
        _ => Urgency::Month,
    };
    let ends = teller.exact(first.expires?)?;
    Some(Expiring { first: (first.id, first.name), ends, count, urgency })
}

#[cfg(test)]
mod tests {
    use contract::KeyStatus;
    use token_crypto::UnixTime;

    use super::*;
    use crate::text::Lang;

    const NOW: i64 = 1_790_000_000;

    fn key(id: i64, expires: Option<i64>, replaced_by: Option<i64>) -> Key {
        Key {
            object: "key".into(),
            id,
            name: format!("key {id}"),
            value: "sk-pslAb…wxyz".into(),
            token: "sk-pslAb…wxyz".into(),
            user: 1,
            status: KeyStatus::Active,
            created: NOW,
            expires,
            last_used: None,
            replaced_by,
        }
    }

    fn told(keys: Vec<Key>) -> Option<(i64, usize, Urgency)> {
        let teller = Teller { lang: Lang::Fr, now: UnixTime(1_790_000_000) };
        banner(keys, teller).map(|expiring| (expiring.first.0, expiring.count, expiring.urgency))
    }

    #[test]
    fn the_first_to_end_says_how_urgent_it_is() {
        for (left, urgency) in [
            (1, Some(Urgency::Day)),
            (DAY, Some(Urgency::Day)),
            (DAY + 1, Some(Urgency::Week)),
            (7 * DAY + 1, Some(Urgency::Month)),
            (30 * DAY, Some(Urgency::Month)),
            (30 * DAY + 1, None),
        ] {
            let keys = vec![key(1, Some(NOW + left), None)];
            assert_eq!(told(keys), urgency.map(|urgency| (1, 1, urgency)), "{left}");
        }
    }

    #[test]
    fn keys_without_end_and_those_with_a_successor_are_left_out() {
        let end = Some(NOW + DAY);
        let keys = vec![
            key(1, end, Some(2)),
            key(2, end, None),
            key(3, Some(NOW + 9 * DAY), None),
            key(4, None, None),
        ];
        assert_eq!(told(keys), Some((2, 2, Urgency::Day)));
        assert_eq!(told(vec![key(1, end, Some(2)), key(4, None, None)]), None);
    }
}
