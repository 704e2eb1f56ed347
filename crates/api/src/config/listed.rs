//! The lists of the group `oauth2.access`.

use service::settings::{Input, Noted, Value};

use crate::access::{Domain, Mailbox, Organization};

/// A list that is not empty: an empty one would let nobody in, which nobody means.
pub(super) struct Listed<T>(Vec<T>);

impl<T> Listed<T> {
    pub(super) fn items(self) -> Vec<T> {
        self.0
    }
}

impl Listed<Name> {
    pub(super) fn names(self) -> Vec<String> {
        self.0.into_iter().map(|Name(name)| name).collect()
    }
}

/// An item of a list, and what is said of one that is wrong.
pub(super) trait Item: Sized {
    const PROBLEM: &'static str;
    const FIX: &'static str;

    fn parse(text: &str) -> Option<Self>;
}

/// Any string.
pub(super) struct Name(String);

impl Item for Name {
    const PROBLEM: &'static str = "is empty";
    const FIX: &'static str = "give what the claim holds";

    fn parse(text: &str) -> Option<Self> {
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }
}

impl Item for Domain {
    const PROBLEM: &'static str = "is no domain of e-mail addresses";
    const FIX: &'static str = "write gouv.fr for that domain alone, or .gouv.fr for all below it";

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Item for Mailbox {
    const PROBLEM: &'static str = "is no e-mail address";
    const FIX: &'static str = "write it as agent@example.fr";

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl Item for Organization {
    const PROBLEM: &'static str =
        "is no SIRET or SIREN: its check digit is wrong, or it has not 14 or 9 digits";
    const FIX: &'static str = "copy the number from the register, between quotes";

    fn parse(text: &str) -> Option<Self> {
        Self::parse(text)
    }
}

impl<T: Item> Value for Listed<T> {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let texts = input.strings()?;
        if texts.is_empty() {
            return Err(
                input.refuse("is empty, and would let nobody in", "remove the rule, or list what it lets in")
            );
        }
        let items = texts
            .iter()
            .enumerate()
            .map(|(index, text)| T::parse(text).ok_or_else(|| input.refuse_item(index, T::PROBLEM, T::FIX)));
        let items: Vec<Result<T, Noted>> = items.collect();
        items.into_iter().collect::<Result<_, _>>().map(Self)
    }
}
