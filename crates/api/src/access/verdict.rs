use contract::AccessReason;

/// What the rules say of somebody.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Every rule, as listed.
    pub asked: Vec<Asked>,
    /// Why they may not enter; nothing when they may.
    pub refusal: Option<AccessReason>,
    /// What the provider says of them that the refusal is about.
    pub own_value: Option<String>,
    /// Whether no claim that is missing could change it.
    pub is_certain: bool,
}

/// A rule, and whether it held.
#[derive(Clone, Debug)]
pub struct Asked {
    /// Its key below `oauth2.access`.
    pub rule: String,
    /// Whether it held.
    pub held: bool,
    /// What is said when it did not.
    pub reason: AccessReason,
    /// Whether the claim that it asks for is there.
    pub is_known: bool,
    /// What the person has there.
    pub own_value: Option<String>,
}
