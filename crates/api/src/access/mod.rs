//! Who may enter: the rules of `oauth2.access`, pure. Nothing here asks the database or the provider.

mod claims;
mod contradiction;
mod description;
mod email;
mod levels;
mod organization;
mod rules;
mod stored;
mod verdict;

pub use claims::Claims;
pub use contradiction::Contradiction;
pub use email::{Domain, Mailbox};
pub use levels::Levels;
pub use organization::Organization;
pub use rules::{Combine, CustomRule, Deny, Rules};
pub use verdict::{Asked, Verdict};
