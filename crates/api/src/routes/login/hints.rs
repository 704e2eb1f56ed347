use crate::access::Mailbox;

/// The longest value of a hint that is passed on.
const LONGEST: usize = 254;

/// What an application suggests to ProConnect: the address, the identity provider or the organisation of whoever logs in. It spares
/// the person a page, and decides nothing.
#[derive(Default)]
pub(super) struct Hints(Vec<(&'static str, String)>);

impl Hints {
    /// Takes the hints that are well-formed. ProConnect would refuse the whole login for another one, so the others are left out.
    pub(super) fn of(
        login_hint: Option<String>,
        idp_hint: Option<String>,
        siret_hint: Option<String>,
    ) -> Self {
        let is_address = |value: &str| value.is_ascii() && Mailbox::parse(value).is_some();
        let is_identifier = |value: &str| {
            !value.is_empty()
                && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
        };
        let is_siret = |value: &str| value.len() == 14 && value.bytes().all(|byte| byte.is_ascii_digit());
        let given = [
            login_hint.filter(|value| is_address(value)).map(|value| ("login_hint", value)),
            idp_hint.filter(|value| is_identifier(value)).map(|value| ("idp_hint", value)),
            siret_hint.filter(|value| is_siret(value)).map(|value| ("siret_hint", value)),
        ];
        Self(given.into_iter().flatten().filter(|(_, value)| value.len() <= LONGEST).collect())
    }

    /// As parameters of a URL.
    pub(super) fn pairs(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.0.iter().map(|(name, value)| (*name, value.as_str()))
    }
}
