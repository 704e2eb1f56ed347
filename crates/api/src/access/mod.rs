//! Who may enter: the rules of `oauth2.access`, pure. Nothing here asks the database or the provider.

mod email;
mod organization;
mod rules;
mod verdict;

pub use email::{Domain, Mailbox};
pub use organization::Organization;
pub use rules::{Claims, Combine, CustomRule, Deny, Rules};
pub use verdict::{Asked, Verdict};
