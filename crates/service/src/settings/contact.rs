//! The contact that the pages of both servers show.

use std::sync::Arc;

use url::Url;

use super::input::Input;
use super::problem::Noted;
use super::value::Value;

/// Where people ask for help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// An e-mail address.
    Mail(Arc<str>),
    /// A page.
    Page(Arc<str>),
}

impl Contact {
    /// The target of a link to it.
    #[must_use]
    pub fn href(&self) -> String {
        match self {
            Self::Mail(address) => format!("mailto:{address}"),
            Self::Page(url) => url.to_string(),
        }
    }
}

/// An e-mail address or the URL of a page.
impl Value for Contact {
    fn read(input: &mut Input<'_>) -> Result<Self, Noted> {
        let text = input.string()?;
        let text = text.trim();
        if let Ok(url) = Url::parse(text)
            && matches!(url.scheme(), "http" | "https")
        {
            return Ok(Self::Page(text.into()));
        }
        match text.split_once('@') {
            Some((local, domain))
                if !local.is_empty()
                    && domain.contains('.')
                    && !text.contains(|c: char| c.is_whitespace() || "?&<>\"'%:,;".contains(c)) =>
            {
                Ok(Self::Mail(text.into()))
            }
            _ => Err(input.refuse(
                "is neither an e-mail address nor an http or https URL",
                "write it as assistance@example.gouv.fr or https://example.gouv.fr/aide",
            )),
        }
    }
}
