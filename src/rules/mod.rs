//! The registry: which rules there are, and where each one's judgment lives.

mod invalid_ignore;

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

impl Rule {
    /// The rule's id, as the page's front matter states it.
    ///
    /// # Panics
    ///
    /// Where the page states none, which the tests of the pages exclude.
    #[must_use]
    pub fn id(&self) -> &'static str {
        let id = |line: &'static str| line.strip_prefix("id = \"")?.strip_suffix('"');
        self.page.lines().find_map(id).expect("every page states its id")
    }
}

/// Every rule, in report order.
pub const RULES: &[Rule] = &[invalid_ignore::RULE];
