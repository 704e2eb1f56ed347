//! What spans for a collector of traces have in common. The module `traces` sends them.

/// The target of these spans. A collector gets nothing else, and the log gets none of them: what is to be seen of a request
/// elsewhere is written there on purpose. Their fields are names, numbers and fixed words, as OpenTelemetry calls them; never a
/// path, a query, a token, an e-mail address, a subject or the address of a client.
pub const TARGET: &str = "traces";
