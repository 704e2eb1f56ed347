//! The name and the contact of the service.

use super::contact::Contact;
use super::problem::Noted;
use super::section::Section;

/// The default name of a service.
const TITLE: &str = "Passerelle";

/// The name and the contact that people see, from the section `playground`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presentation {
    /// The service's name.
    pub title: String,
    /// Where people ask for help.
    pub contact: Option<Contact>,
}

impl Default for Presentation {
    fn default() -> Self {
        Self { title: TITLE.to_owned(), contact: None }
    }
}

impl Presentation {
    /// Reads `title` and `contact`.
    ///
    /// # Errors
    /// When one of them is wrong.
    pub fn read(section: &mut Section<'_>) -> Result<Self, Noted> {
        let title = section.optional::<String>("title");
        let contact = section.optional("contact");
        let title = title?.filter(|title| !title.trim().is_empty());
        Ok(Self { title: title.unwrap_or_else(|| TITLE.to_owned()), contact: contact? })
    }
}
