//! Where people ask for help.

use std::sync::Arc;

/// Where people ask for help.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Contact {
    /// An e-mail address.
    Mail(Arc<str>),
    /// A page.
    Page(Arc<str>),
}
