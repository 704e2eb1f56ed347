//! Whether somebody whom ProConnect identified may enter: the one place of a login that asks the rules.

use accounts::{LoginError, Person, Standing};
use oidc::{LoggedIn, PendingLogin, quoted};
use serde_json::Value;

use super::refusal::{AccessRefusal, Refusal};
use crate::access::Claims;
use crate::state::AppState;

/// What is decided about a login that nothing refuses.
pub(super) enum Admission<'a> {
    /// The person may enter.
    Enters {
        /// Who it is.
        logged_in: LoggedIn,
        /// Whether only because an operator prepared their account.
        only_prepared: bool,
    },
    /// They may enter once they have reached one of these levels of authentication.
    AskedAgain(&'a [String]),
}

/// Asks, in this order: the level of authentication, whether the account is disabled, the rules. Whoever comes back from the
/// second question may be somebody else, so all of it is asked anew; but nobody is asked for a level a third time.
pub(super) async fn admission<'a>(
    state: &'a AppState,
    pending: &PendingLogin,
    logged_in: LoggedIn,
    person: &Person,
) -> Result<Admission<'a>, Refusal> {
    let (rules, claims) = (&state.oauth2.access, Claims(&logged_in.identity.claims));
    let acr = logged_in.identity.claims.get("acr").and_then(Value::as_str).unwrap_or_default();
    let missed = rules.levels_of(&claims).filter(|levels| !levels.iter().any(|level| level == acr));
    if missed.is_some() && pending.is_second {
        return Err(Refusal::Level { acr: quoted(acr), id_token: logged_in.id_token });
    }
    let unprepared = rules.decide(&claims, false);
    let standing = if missed.is_some() || unprepared.refusal.is_some() {
        let standing = state.database.standing(person, state.login_policy.link_by_email).await;
        standing.map_err(|error| Refusal::Account(error.into()))?
    } else {
        // The login itself finds out whether the account is disabled.
        Standing::default()
    };
    if standing.is_disabled {
        return Err(Refusal::Disabled(LoginError::Disabled, logged_in.id_token));
    }
    let verdict = if standing.is_prepared { rules.decide(&claims, true) } else { unprepared.clone() };
    if let Some(reason) = verdict.refusal {
        return Err(Refusal::Access(AccessRefusal {
            reason,
            own_value: verdict.own_value,
            claims: logged_in.identity.claims,
            id_token: logged_in.id_token,
        }));
    }
    let only_prepared = unprepared.refusal.is_some();
    Ok(missed.map_or(Admission::Enters { logged_in, only_prepared }, Admission::AskedAgain))
}
