//! The registry: which rules there are, and where each one's judgment lives.

mod client_per_request;
mod empty_catch;
mod invalid_ignore;
mod listener_leak;
mod missing_pool_config;
mod query_in_loop;
mod unbounded_http_client;
mod unbounded_limit;
mod unbounded_query;

use crate::finding::Verdict;
use crate::project::Project;
use crate::skim::Trigger;
use crate::source::FileId;

/// How a rule judges.
#[derive(Debug, Clone, Copy)]
pub enum Judge {
    /// The whole project at once.
    Whole(fn(&Project) -> Vec<Verdict>),
    /// Each audited file by itself, so that files can be judged side by side.
    ByFile(fn(&Project, FileId) -> Vec<Verdict>),
}

/// One rule: its page, its judgment, and what makes a file worth parsing for it.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// The text of `rules/<id>.md`.
    pub page: &'static str,
    /// One verdict per site looked at.
    pub judge: Judge,
    /// Byte shapes; a file that holds one of them is parsed.
    pub triggers: &'static [Trigger],
    /// Byte shapes that matter only in files whose imports lead to a data store.
    pub store_triggers: &'static [Trigger],
    /// Over how many imports, at most.
    pub store_reach: u8,
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
///
/// To add a rule: write `rules/<id>.md` (front matter, why, cure, executed examples) and `src/rules/<id>.rs` with one `judge`,
/// declare the module above and add its `RULE` here. The tests compare the three and name what is missing.
pub const RULES: &[Rule] = &[
    query_in_loop::RULE,
    client_per_request::RULE,
    missing_pool_config::RULE,
    unbounded_limit::RULE,
    unbounded_query::RULE,
    unbounded_http_client::RULE,
    empty_catch::RULE,
    listener_leak::RULE,
    invalid_ignore::RULE,
];
