//! What a change did: the findings and the score of an audit beside those of the state before it.
//!
//! Pure. Findings are told apart as a baseline tells them apart, so that moving code, or a file, makes nothing new.

use std::collections::BTreeMap;

use crate::baseline::{Baseline, Entry};
use crate::finding::{Finding, Severity};
use crate::grade::{Grade, LedgerLine};

/// What changed since another state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delta {
    /// What the state before is called, such as `main` or `HEAD`.
    pub since: String,
    /// The commit of the state before; `None` before the first commit.
    pub commit: Option<String>,
    /// Its score; `None` where it had none.
    pub score_before: Option<u32>,
    /// The score now.
    pub score: Option<u32>,
    /// The lines of both ledgers that differ, worst severity first, then by rule.
    pub rules: Vec<RuleDelta>,
    /// How many of the findings that count in the score are new.
    pub new: usize,
    /// Those of the findings that counted before that are there no more.
    pub fixed: Vec<Entry>,
    /// The findings that counted before, for gates that look at a part.
    pub before: Vec<Finding>,
}

/// What one rule's findings of one severity cost before and now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleDelta {
    /// Rule id.
    pub rule: &'static str,
    /// The severity.
    pub severity: Severity,
    /// Findings before.
    pub sites_before: usize,
    /// Findings now.
    pub sites: usize,
    /// Tenths of a point before.
    pub cost_before_tenths: u32,
    /// Tenths of a point now.
    pub cost_tenths: u32,
}

/// The state before, audited.
#[derive(Debug, Clone, Copy)]
pub struct Before<'a> {
    /// Its findings.
    pub findings: &'a [Finding],
    /// Its grade; `None` where there was nothing to audit.
    pub grade: Option<&'a Grade>,
}

impl Delta {
    /// How many points the score fell; 0 where it rose, `None` where one of the two is missing.
    #[must_use]
    pub fn drop(&self) -> Option<u32> {
        Some(self.score_before?.saturating_sub(self.score?))
    }
}

/// Compares, and marks each finding as new or not. `is_file` tells whether a path of the state before is still a file.
#[must_use]
pub fn compare(findings: &mut [Finding], grade: &Grade, before: Before<'_>, is_file: impl Fn(&str) -> bool) -> Delta {
    let counted = Baseline::of(before.findings.iter());
    let listed = Baseline::new(before.findings.iter().filter(|it| !it.is_scored()).map(Entry::of).collect());
    let (scored, others): (Vec<usize>, Vec<usize>) = (0..findings.len()).partition(|&at| findings[at].is_scored());
    let fixed = mark(findings, &scored, &counted, &is_file);
    // What is listed only was there before if it was there in any bucket.
    let rest = Baseline::new(fixed.iter().chain(&listed.entries).cloned().collect());
    mark(findings, &others, &rest, &is_file);
    let new = scored.iter().filter(|&&at| findings[at].is_new == Some(true)).count();
    Delta {
        since: String::new(),
        commit: None,
        score_before: before.grade.and_then(|it| it.score),
        score: grade.score,
        rules: rules(before.grade.map_or(&[], |it| &it.ledger), &grade.ledger),
        new,
        fixed,
        before: before.findings.iter().filter(|it| it.is_scored()).cloned().collect(),
    }
}

/// Marks some of the findings, and returns the entries that none of them is.
fn mark(findings: &mut [Finding], which: &[usize], known: &Baseline, is_file: impl Fn(&str) -> bool) -> Vec<Entry> {
    let asked: Vec<&Finding> = which.iter().map(|&at| &findings[at]).collect();
    let claims = known.claim(&asked, is_file);
    for (&at, entry) in which.iter().zip(&claims.entry_of) {
        let is_known = entry.is_some_and(|entry| !known.entries[entry].is_exceeded_by(&findings[at]));
        findings[at].is_new = Some(!is_known);
    }
    known.entries.iter().zip(&claims.used).filter(|it| !it.1).map(|it| it.0.clone()).collect()
}

fn rules(before: &[LedgerLine], now: &[LedgerLine]) -> Vec<RuleDelta> {
    let mut lines: BTreeMap<(Severity, &'static str), RuleDelta> = BTreeMap::new();
    let empty = |line: &LedgerLine| RuleDelta {
        rule: line.rule,
        severity: line.severity,
        sites_before: 0,
        sites: 0,
        cost_before_tenths: 0,
        cost_tenths: 0,
    };
    for line in before {
        let delta = lines.entry((line.severity, line.rule)).or_insert_with(|| empty(line));
        (delta.sites_before, delta.cost_before_tenths) = (line.sites, line.cost_tenths);
    }
    for line in now {
        let delta = lines.entry((line.severity, line.rule)).or_insert_with(|| empty(line));
        (delta.sites, delta.cost_tenths) = (line.sites, line.cost_tenths);
    }
    let differs = |it: &RuleDelta| (it.sites_before, it.cost_before_tenths) != (it.sites, it.cost_tenths);
    lines.into_values().filter(differs).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Status;
    use crate::grade::grade;
    use crate::report::sample;

    fn found(path: &str, print: &str, severity: Severity, status: Status) -> Finding {
        let fingerprint = format!("{print}{path}");
        Finding { fingerprint, fingerprint_moved: print.to_owned(), ..sample::finding(path, severity, status) }
    }

    fn compared(before: &[Finding], now: &[Finding]) -> (Vec<bool>, Delta) {
        let mut now = now.to_vec();
        let (graded, after) = (grade(before, None), grade(&now, None));
        let delta = compare(&mut now, &after, Before { findings: before, grade: Some(&graded) }, |path| path == "a.ts");
        (now.iter().map(|it| it.is_new == Some(true)).collect(), delta)
    }

    #[test]
    fn new_and_fixed_are_told_by_identity() {
        let of = |print| found("a.ts", print, Severity::P1, Status::Graded);
        let (new, delta) = compared(&[of("x"), of("y")], &[of("x"), of("z")]);
        assert_eq!(new, [false, true]);
        assert_eq!((delta.new, delta.fixed.len(), delta.drop()), (1, 1, Some(0)));
        assert_eq!(delta.rules, [], "the ledger is the same");
        assert_eq!(delta.fixed[0].fingerprint_moved, "y");
    }

    #[test]
    fn a_proven_lead_and_a_graver_finding_are_new() {
        let of = |severity, status| [found("a.ts", "x", severity, status)];
        let new = |before: &[Finding], now: &[Finding]| compared(before, now).0 == [true];
        assert!(new(&of(Severity::P1, Status::Lead), &of(Severity::P1, Status::Graded)));
        assert!(!new(&of(Severity::P1, Status::Graded), &of(Severity::P1, Status::Lead)));
        assert!(new(&of(Severity::P2, Status::Graded), &of(Severity::P1, Status::Graded)));
        assert!(!new(&of(Severity::P1, Status::Graded), &of(Severity::P2, Status::Graded)));
        assert!(!new(&of(Severity::P1, Status::Baselined), &of(Severity::P1, Status::Graded)));
    }

    #[test]
    fn a_moved_file_brings_nothing_new() {
        let of = |path| [found(path, "x", Severity::P1, Status::Graded)];
        assert_eq!(compared(&of("old.ts"), &of("b.ts")).0, [false]);
        assert_eq!(compared(&of("a.ts"), &of("b.ts")).0, [true], "`a.ts` is still there");
    }

    #[test]
    fn the_score_falls_rule_by_rule() {
        let of = |print| found("a.ts", print, Severity::P1, Status::Graded);
        let (_, delta) = compared(&[of("x")], &[of("x"), of("y")]);
        assert_eq!((delta.score_before, delta.score, delta.drop()), (Some(97), Some(96), Some(1)));
        let line = &delta.rules[0];
        assert_eq!((line.sites_before, line.sites, line.cost_before_tenths, line.cost_tenths), (1, 2, 30, 40));
    }
}
