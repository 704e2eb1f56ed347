use secrecy::SecretString;

/// What is noted of a login besides the person.
#[derive(Clone, Debug)]
pub struct Circumstances {
    /// The ID token that the person leaves with; remembered as a hash.
    pub id_token: SecretString,
    /// The browser, by its own word.
    pub browser: Option<String>,
    /// The operating system, by the browser's word.
    pub system: Option<String>,
    /// The network it came from.
    pub address: Option<String>,
}
