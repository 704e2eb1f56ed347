//! What ProConnect is asked for, so that the login page can say it.

use crate::text::Lang;

/// Something that ProConnect tells of a person and the api keeps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Datum {
    /// First name and name.
    Name,
    /// E-mail address.
    Email,
    /// The name of the organisation.
    Organization,
    /// The organisation's number.
    Siret,
    /// Which identity provider the organisation has.
    IdentityProvider,
    /// The kinds of public service that the organisation belongs to.
    Roles,
    /// The subject, and how the person authenticated; both come with every login.
    Login,
}

/// What each scope of ProConnect brings, and each of those that OpenID Connect itself defines.
const SCOPES: [(&str, Datum); 9] = [
    ("profile", Datum::Name),
    ("given_name", Datum::Name),
    ("usual_name", Datum::Name),
    ("family_name", Datum::Name),
    ("email", Datum::Email),
    ("organization_label", Datum::Organization),
    ("siret", Datum::Siret),
    ("idp_id", Datum::IdentityProvider),
    ("roles", Datum::Roles),
];

impl Datum {
    /// What these scopes bring, each datum once.
    #[must_use]
    pub fn of_scopes(scopes: &[String]) -> Vec<Self> {
        let mut data: Vec<Self> = Vec::new();
        for (scope, datum) in SCOPES {
            if scopes.iter().any(|asked| asked == scope) && !data.contains(&datum) {
                data.push(datum);
            }
        }
        data.push(Self::Login);
        data
    }

    /// What is asked for where the configuration of the api is unknown: what this project's example asks for.
    #[must_use]
    pub fn usual() -> Vec<Self> {
        vec![Self::Name, Self::Email, Self::Organization, Self::Siret, Self::Roles, Self::Login]
    }

    /// The words for it.
    #[must_use]
    pub fn words(self, lang: Lang) -> &'static str {
        match self {
            Self::Name => lang.datum_name(),
            Self::Email => lang.datum_email(),
            Self::Organization => lang.datum_organization(),
            Self::Siret => lang.datum_siret(),
            Self::IdentityProvider => lang.datum_identity_provider(),
            Self::Roles => lang.datum_roles(),
            Self::Login => lang.datum_login(),
        }
    }
}

#[cfg(test)]
mod tests {
    use service::testing::EXAMPLE;

    use super::*;

    #[test]
    fn each_scope_is_told_once() {
        let scopes = ["openid", "usual_name", "given_name", "idp_id", "uid", "email"].map(str::to_owned);
        assert_eq!(
            Datum::of_scopes(&scopes),
            [Datum::Name, Datum::Email, Datum::IdentityProvider, Datum::Login]
        );
        assert_eq!(Datum::of_scopes(&[]), [Datum::Login]);
    }

    #[test]
    fn the_usual_scopes_are_those_of_the_example() {
        let scopes = service::settings::Document::parse("config.yml", EXAMPLE).unwrap().scopes().unwrap();
        assert_eq!(Datum::of_scopes(&scopes), Datum::usual());
    }
}
