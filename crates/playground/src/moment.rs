//! Points in time, ready to be read.

/// A point in time, for people and for machines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// Date, and where it matters time, in words, in Paris.
    pub words: String,
    /// RFC 3339.
    pub datetime: String,
    /// How far away it is, in words; empty where that does not matter.
    pub distance: String,
}
