//! An inline ignore that names no rule, gives no reason or has expired.
//!
//! Whether one that holds covers anything is known only to `settle`, which adds those verdicts.

use super::{Judge, RULES, Rule};
use crate::facts::Ignore;
use crate::finding::Verdict;
use crate::inline::{Standing, standing};
use crate::project::Project;
use crate::skim::Trigger;
use crate::source::{FileId, Place};

/// The rule.
pub(super) const RULE: Rule = Rule {
    page: include_str!("../../rules/invalid-ignore.md"),
    judge: Judge::Whole(judge),
    triggers: &[Trigger { anchor: "atlas-ignore", then: None }],
    store_triggers: &[],
    store_reach: 1,
};

fn judge(project: &Project) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    for (index, file) in project.files.iter().enumerate() {
        for ignore in file.facts.iter().flat_map(|it| &it.ignores) {
            let place = Place { file: FileId(index as u32), span: ignore.span };
            verdicts.extend(unknown_rules(ignore, place));
            verdicts.extend(powerless(standing(ignore, project.today), place));
        }
    }
    verdicts
}

fn unknown_rules(ignore: &Ignore, place: Place) -> Vec<Verdict> {
    let unknown = |words: String| {
        Verdict::found("unknown-rule", place)
            .says(format!("{words}, so nothing is ignored"))
            .fix("Name the rule as the finding does; `atlas-audit rules` lists every id.")
    };
    if ignore.rules.is_empty() {
        return vec![unknown("This ignore names no rule".to_owned())];
    }
    let is_known = |name: &str| RULES.iter().any(|it| it.id() == name);
    ignore.rules.iter().filter(|it| !is_known(it)).map(|it| unknown(format!("There is no rule `{it}`"))).collect()
}

fn powerless(standing: Standing, place: Place) -> Option<Verdict> {
    let verdict = match standing {
        Standing::Holds => return None,
        Standing::NoReason => Verdict::found("no-reason", place)
            .says("This ignore gives no reason, so it suppresses nothing")
            .fix("Say after a colon why the code may stay as it is: what was weighed, and who would notice."),
        Standing::Malformed(error) => Verdict::found("expired", place)
            .says(format!("{error}; until then this ignore suppresses nothing"))
            .fix("Give the last day on which the ignore is to hold."),
        Standing::Expired(until) => Verdict::found("expired", place)
            .says(format!("This ignore expired on {until} and suppresses nothing"))
            .fix("Mend what it covered, or decide again and set a new date."),
    };
    Some(verdict)
}
