//! The form that makes a key: what a link fills in, what somebody typed, and what that asks of the api.

use contract::{ProblemBody, ProblemCode};
use serde::Deserialize;
use service::random;
use token_crypto::UnixTime;

use crate::components::key_form::{DAY, Fault, KeyForm, Lifetime};
use crate::server::web::time::{Teller, day_of, end_of_day};

/// A link that asks for more days than this asks for nothing.
const MOST_DAYS: i64 = 36_500;

/// What the form sends.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(in crate::server) struct Sent {
    name: String,
    lifetime: String,
    date: String,
    request: String,
}

/// An empty form with a mark of its own.
///
/// # Errors
/// When the operating system gives no random bytes.
pub(super) fn empty() -> Result<KeyForm, random::Error> {
    Ok(KeyForm { request: random::base64url::<24>()?, ..KeyForm::default() })
}

/// A form as a link fills it in: a name, and for how many days.
///
/// # Errors
/// As [`empty`].
pub(super) fn filled_in(name: &str, days: &str, now: UnixTime) -> Result<KeyForm, random::Error> {
    let days = days.parse().ok().filter(|days| (1..=MOST_DAYS).contains(days));
    let (lifetime, date) = match days {
        Some(30 | 90 | 180 | 365) => (days.map(Lifetime::Days).unwrap_or_default(), String::new()),
        Some(days) => (Lifetime::Date, day_of(now.seconds().saturating_add(days * DAY))),
        None => (Lifetime::default(), String::new()),
    };
    Ok(KeyForm { name: name.to_owned(), lifetime, date, ..empty()? })
}

/// A form as it was sent.
pub(super) fn sent(sent: Sent) -> KeyForm {
    let Sent { name, lifetime, date, request } = sent;
    KeyForm { name, lifetime: Lifetime::parse(&lifetime).unwrap_or_default(), date, request, fault: None }
}

/// When the key is to expire; nothing for a key without end.
pub(super) fn end(form: &KeyForm, now: UnixTime) -> Result<Option<i64>, Fault> {
    match form.lifetime {
        Lifetime::Days(days) => Ok(Some(now.seconds().saturating_add(days * DAY))),
        Lifetime::Date => end_of_day(&form.date).map(Some).ok_or(Fault::NoDate),
        Lifetime::Endless => Ok(None),
    }
}

/// The end to ask for instead, when the api refuses one that is on the last day it allows: people choose days, not seconds.
pub(super) fn nearest_end(asked: Option<i64>, problem: &ProblemBody) -> Option<i64> {
    let latest = problem.max_expires.filter(|_| problem.code == ProblemCode::ExpiresTooLate)?;
    (day_of(asked?) == day_of(latest)).then_some(latest)
}

/// What a refusal of the api says of the form, when it does.
pub(super) fn fault(problem: &ProblemBody, teller: Teller) -> Option<Fault> {
    match problem.code {
        ProblemCode::InvalidName => Some(Fault::Name),
        ProblemCode::InvalidExpires => Some(Fault::Passed),
        ProblemCode::ExpiryRequired => Some(Fault::EndRequired),
        ProblemCode::ExpiresTooLate => {
            Some(Fault::TooLate(problem.max_expires.and_then(|latest| teller.day(latest))))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: UnixTime = UnixTime(1_790_000_000);

    #[test]
    fn a_link_fills_in_name_and_days() {
        for (days, lifetime, date) in [
            ("90", Lifetime::Days(90), ""),
            ("365", Lifetime::Days(365), ""),
            ("7", Lifetime::Date, "2026-09-28"),
            ("", Lifetime::Days(90), ""),
            ("0", Lifetime::Days(90), ""),
            ("-1", Lifetime::Days(90), ""),
            ("36501", Lifetime::Days(90), ""),
            ("99999999999999999999", Lifetime::Days(90), ""),
            ("<b>", Lifetime::Days(90), ""),
        ] {
            let form = filled_in("Import", days, NOW).unwrap();
            assert_eq!(
                (form.name.as_str(), form.lifetime, form.date.as_str()),
                ("Import", lifetime, date),
                "{days}"
            );
            assert_eq!(form.request.len(), 32);
        }
    }

    #[test]
    fn a_form_asks_for_an_end() {
        let form = |lifetime, date: &str| KeyForm { lifetime, date: date.to_owned(), ..KeyForm::default() };
        assert_eq!(end(&form(Lifetime::Days(30), ""), NOW), Ok(Some(1_790_000_000 + 30 * DAY)));
        assert_eq!(end(&form(Lifetime::Date, "2026-11-24"), NOW), Ok(Some(1_795_561_199)));
        assert_eq!(end(&form(Lifetime::Date, "bientôt"), NOW), Err(Fault::NoDate));
        assert_eq!(end(&form(Lifetime::Endless, ""), NOW), Ok(None));
    }

    #[test]
    fn the_last_day_that_is_allowed_can_be_chosen() {
        let refusal = |code, max_expires| ProblemBody {
            r#type: "about:blank".into(),
            title: String::new(),
            status: 422,
            code,
            detail: String::new(),
            request_id: String::new(),
            field: None,
            max_expires,
            id: None,
        };
        let noon = 1_795_561_199 - DAY / 2;
        let too_late = refusal(ProblemCode::ExpiresTooLate, Some(noon));
        assert_eq!(nearest_end(Some(1_795_561_199), &too_late), Some(noon));
        assert_eq!(nearest_end(Some(1_795_561_200), &too_late), None);
        assert_eq!(nearest_end(None, &too_late), None);
        assert_eq!(nearest_end(Some(noon), &refusal(ProblemCode::InvalidExpires, Some(noon))), None);
    }
}
