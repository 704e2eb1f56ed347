//! The details of a person that come from the provider and are kept in the table `users`.
//!
//! To keep one more claim, add a line to `profile!` and a migration with its column.

use serde_json::{Map, Value};
use sqlx::Any;
use sqlx::any::AnyArguments;
use sqlx::query::Query;

macro_rules! profile {
    ($($(#[$about:meta])* $column:ident: $read:ident($claim:literal $(or $other:literal)?),)*) => {
        /// A person's details from the provider. A detail that the provider did not give is none.
        #[derive(Clone, Debug, Default, PartialEq, Eq, sqlx::FromRow)]
        pub struct Profile {
            $($(#[$about])* pub $column: Option<String>,)*
        }

        /// The columns of the table `users` that hold a [`Profile`].
        const COLUMNS: &[&str] = &[$(stringify!($column),)*];

        impl Profile {
            /// Takes the details from verified claims. A claim that is missing, empty or of another type is ignored.
            #[must_use]
            pub fn from_claims(claims: &Map<String, Value>) -> Self {
                Self { $($column: claims.get($claim).and_then($read)$(.or_else(|| claims.get($other).and_then($read)))?,)* }
            }

            /// Binds every column, in order.
            pub(crate) fn bind<'q>(
                &'q self,
                query: Query<'q, Any, AnyArguments>,
            ) -> Query<'q, Any, AnyArguments> {
                query$(.bind(&self.$column))*
            }
        }
    };
}

profile! {
    /// E-mail address. It may change, be shared, or be absent.
    email: string("email"),
    /// First name.
    given_name: string("given_name"),
    /// Usual name; the family name where the provider gives no other.
    usual_name: string("usual_name" or "family_name"),
    /// The name of the person's organisation at ProConnect.
    organization: string("organization_label"),
    /// The organisation's number in the French register of establishments, 14 digits.
    siret: string("siret"),
    /// The identity provider of the organisation, which authenticated the person.
    idp_id: string("idp_id"),
    /// The kinds of public service that the organisation belongs to: a JSON list.
    roles: list("roles"),
    /// The level of authentication of the last login.
    acr: string("acr"),
    /// How the person authenticated at the last login: a JSON list.
    amr: list("amr"),
}

/// A string that is not blank, without NUL, which PostgreSQL cannot store.
fn string(claim: &Value) -> Option<String> {
    let text = claim.as_str()?.replace('\0', "");
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// A list of strings, as JSON. An empty list is kept too.
fn list(claim: &Value) -> Option<String> {
    let is_list = claim.as_array()?.iter().all(Value::is_string);
    is_list.then(|| claim.to_string().replace("\\u0000", ""))
}

/// The number of columns of a profile.
pub(crate) const COUNT: usize = COLUMNS.len();

/// Turns each column and its place into SQL, and joins them.
fn joined(separator: &str, sql: impl Fn(&str, usize) -> String) -> String {
    let columns = COLUMNS.iter().enumerate().map(|(place, column)| sql(column, place));
    columns.collect::<Vec<_>>().join(separator)
}

/// `a, b, c`
pub(crate) fn columns() -> String {
    joined(", ", |column, _| column.to_owned())
}

/// `users.a, users.b, users.c`
pub(crate) fn columns_of_users() -> String {
    joined(", ", |column, _| format!("users.{column}"))
}

/// `$3, $4, $5`
pub(crate) fn parameters(first: usize) -> String {
    joined(", ", |_, place| format!("${}", first + place))
}

/// The assignments of a login, with the profile bound from `first` on: a missing detail erases nothing. But SIRET and
/// label of an organisation belong together, so a new SIRET without a label erases the old label.
pub(crate) fn assignments(first: usize) -> String {
    let siret = first + COLUMNS.iter().position(|column| *column == "siret").unwrap_or_default();
    joined(", ", |column, place| {
        let said = format!("coalesce(${}, {column})", first + place);
        match column {
            "organization" => format!(
                "organization = CASE WHEN ${siret} <> coalesce(siret, '') THEN ${} ELSE {said} END",
                first + place
            ),
            _ => format!("{column} = {said}"),
        }
    })
}

/// The SQL condition that the profile bound from `first` on changes nothing in the row.
pub(crate) fn is_unchanged(first: usize) -> String {
    joined(" AND ", |column, place| {
        format!("{column} IS NOT DISTINCT FROM coalesce(${}, {column})", first + place)
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn from(claims: &Value) -> Profile {
        Profile::from_claims(claims.as_object().unwrap())
    }

    #[test]
    fn claims_are_kept_under_the_names_of_our_columns() {
        let profile = from(&json!({
            "email": " a@example.gouv.fr ", "organization_label": "Mairie", "idp_id": "71144ab3",
            "roles": ["agent_public"], "acr": "eidas1", "amr": ["pwd", "mfa"], "uid": "not kept",
        }));
        assert_eq!(profile.email.as_deref(), Some("a@example.gouv.fr"));
        assert_eq!(profile.organization.as_deref(), Some("Mairie"));
        assert_eq!(profile.idp_id.as_deref(), Some("71144ab3"));
        assert_eq!(profile.roles.as_deref(), Some(r#"["agent_public"]"#));
        assert_eq!(
            (profile.acr.as_deref(), profile.amr.as_deref()),
            (Some("eidas1"), Some(r#"["pwd","mfa"]"#))
        );
        assert_eq!(from(&json!({ "roles": [] })).roles.as_deref(), Some("[]"));
    }

    #[test]
    fn a_claim_that_says_nothing_is_absent() {
        for nothing in [json!(null), json!(""), json!("  "), json!("\0"), json!(42), json!(["x"]), json!({})]
        {
            assert_eq!(
                from(&json!({ "email": nothing, "idp_id": nothing })),
                Profile::default(),
                "{nothing}"
            );
        }
        for nothing in [json!(null), json!("agent_public"), json!([1]), json!({ "0": "x" }), json!([null])] {
            assert_eq!(from(&json!({ "roles": nothing, "amr": nothing })), Profile::default(), "{nothing}");
        }
    }

    #[test]
    fn nothing_that_is_kept_holds_a_nul() {
        let profile = from(&json!({ "email": "a\0b", "roles": ["a\0b"] }));
        assert_eq!((profile.email.as_deref(), profile.roles.as_deref()), (Some("ab"), Some(r#"["ab"]"#)));
    }
}
