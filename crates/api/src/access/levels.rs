/// Levels of authentication that the people of some identity providers must reach. It selects nobody: they are asked again.
#[derive(Clone, Debug)]
pub struct Levels {
    /// The identity providers (`idp_id`).
    pub identity_providers: Vec<String>,
    /// The levels, of which one is enough.
    pub values: Vec<String>,
}
