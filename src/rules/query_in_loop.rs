//! Interim.
use super::Rule;
use crate::finding::Verdict;
use crate::project::Project;
/// The rule.
pub(super) const RULE: Rule = Rule { page: include_str!("../../rules/query-in-loop.md"), judge, triggers: &[], store_triggers: &[] };
fn judge(_project: &Project) -> Vec<Verdict> { Vec::new() }
