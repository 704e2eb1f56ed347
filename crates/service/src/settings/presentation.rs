//! The name of the service, and where people find help.

use url::Url;

use super::contact::Contact;
use super::problem::Noted;
use super::section::Section;

/// The default name of a service.
const TITLE: &str = "Passerelle";

/// The name that people see and where they find help, from the section `playground`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presentation {
    /// The service's name.
    pub title: String,
    /// Where people ask for help.
    pub contact: Option<Contact>,
    /// The page that helps people who are refused.
    pub help: Option<Url>,
}

impl Default for Presentation {
    fn default() -> Self {
        Self { title: TITLE.to_owned(), contact: None, help: None }
    }
}

impl Presentation {
    /// Reads `title`, `contact` and `help`.
    ///
    /// # Errors
    /// When one of them is wrong.
    pub fn read(section: &mut Section<'_>) -> Result<Self, Noted> {
        let title = section.optional::<String>("title");
        let contact = section.optional("contact");
        let help = section.optional("help");
        let title = title?.filter(|title| !title.trim().is_empty());
        Ok(Self { title: title.unwrap_or_else(|| TITLE.to_owned()), contact: contact?, help: help? })
    }

    /// Where people who are refused find help: the page for them, or else the contact.
    #[must_use]
    pub fn help(&self) -> Option<Contact> {
        let page = self.help.as_ref().map(|url| Contact::Page(url.as_str().into()));
        page.or_else(|| self.contact.clone())
    }
}
