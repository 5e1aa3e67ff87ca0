//! Inline ignores: `// atlas-ignore rule-a, rule-b until=2027-01-31: reason`.

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// One `atlas-ignore` comment as written; whether it holds is decided elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ignore {
    /// The comment, delimiters included.
    pub span: Span,
    /// The rules that it names, in order.
    pub rules: Vec<String>,
    /// The text after the colon, trimmed; `None` where it is missing or blank.
    pub reason: Option<String>,
    /// The text after `until=`, as written.
    pub until: Option<String>,
}
