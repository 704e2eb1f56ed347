//! What a login stores with its token, besides the person.

use secrecy::SecretString;

/// What is stored about a login besides the person.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// The ID token that the login returns; stored as a hash.
    pub id_token: SecretString,
    /// The browser, according to its own header.
    pub browser: Option<String>,
    /// The operating system, according to the browser's header.
    pub system: Option<String>,
    /// The network it came from.
    pub address: Option<String>,
    /// The origin of the application that the person logs in to; none for the playground.
    pub application: Option<String>,
}
