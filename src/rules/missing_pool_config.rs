//! Interim.
use super::Rule;
use crate::finding::Verdict;
use crate::project::Project;
/// The rule.
pub(super) const RULE: Rule = Rule { page: include_str!("../../rules/missing-pool-config.md"), judge, triggers: &[], store_triggers: &[] };
fn judge(_project: &Project) -> Vec<Verdict> { Vec::new() }
