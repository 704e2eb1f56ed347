//! What is stored of an account, as the claims that the rules ask for.

use accounts::StoredAccount;
use serde_json::{Map, Value};

use super::claims::Claims;
use super::rules::Rules;
use super::verdict::Verdict;

impl Rules {
    /// Decides about the person of an account by what their last logins told.
    #[must_use]
    pub fn decide_stored(&self, account: &StoredAccount) -> Verdict {
        self.decide(&Claims(&claims(account)), account.is_prepared)
    }
}

fn claims(account: &StoredAccount) -> Map<String, Value> {
    let profile = &account.profile;
    let told = [("email", &profile.email), ("siret", &profile.siret), ("idp_id", &profile.idp_id)];
    let told = told.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?.into())));
    let mut claims: Map<String, Value> = told.collect();
    let roles = profile.roles.as_ref().and_then(|roles| serde_json::from_str(roles).ok());
    claims.extend(roles.map(|roles: Value| ("roles".to_owned(), roles)));
    for (path, value) in &account.custom {
        insert(&mut claims, path, value.clone());
    }
    claims
}

/// Puts a value where the dots of a path lead.
fn insert(claims: &mut Map<String, Value>, path: &str, value: Value) {
    let Some((first, rest)) = path.split_once('.') else {
        claims.insert(path.to_owned(), value);
        return;
    };
    let inner = claims.entry(first).or_insert_with(|| Map::new().into());
    if let Value::Object(inner) = inner {
        insert(inner, rest, value);
    }
}
