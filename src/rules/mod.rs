//! The registry: which rules there are, and where each one's judgment lives.

use crate::finding::Verdict;
use crate::project::Project;

/// One rule: its page and its judgment.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The text of `rules/<id>.md`.
    pub page: &'static str,
    /// One verdict per site looked at.
    pub judge: fn(&Project) -> Vec<Verdict>,
}

/// Every rule, in report order.
pub const RULES: &[Rule] = &[];
