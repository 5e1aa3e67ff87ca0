//! The one funnel: every finding ends in exactly one bucket.

/// How many of the sites that a rule looked at it found wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// Rule id.
    pub rule: &'static str,
    /// Sites looked at.
    pub sites: usize,
    /// Sites found wrong.
    pub found: usize,
}
