//! Findings in, score ledger out: model `atlas-1`.
//!
//! A pure function in integer tenths of a point: no floats, no clock, no lines-of-code divisor. The weights stand in one table;
//! strengths add no points, and leads and unreachable code take none.

use std::collections::BTreeMap;

use crate::finding::{Confidence, Finding, Severity, Status};

/// The name of the arithmetic below; a change of weights is a new model.
pub const MODEL: &str = "atlas-1";

/// The score and how it came about.
///
/// The costs of the ledger add up to 100 − score, before rounding and before the ceiling; where they exceed 100 the score is 0.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grade {
    /// 0 to 100; `None` where the audit is incomplete or covers a selection.
    pub score: Option<u32>,
    /// The score as if nothing were suppressed.
    pub raw_score: Option<u32>,
    /// The score in words.
    pub band: Option<Band>,
    /// What was taken off and for what, worst severity and highest cost first; empty without a score.
    pub ledger: Vec<LedgerLine>,
    /// The highest score open while P0 rules are; `None` without an open P0, or without a score.
    pub ceiling: Option<Ceiling>,
    /// Why there is no score.
    pub unscored: Option<String>,
}

/// A range of scores with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Band {
    /// 90 and more.
    Ready,
    /// 70 to 89.
    MostlyReady,
    /// 50 to 69.
    AtRisk,
    /// Below 50.
    NotReady,
}

/// What one rule costs at one severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// Rule id.
    pub rule: &'static str,
    /// The severity of all its sites.
    pub severity: Severity,
    /// How many findings are behind it; at least 1.
    pub sites: usize,
    /// Tenths of a point taken off the score, after both caps.
    pub cost_tenths: u32,
    /// Tenths that the cap of the severity's tier keeps from being taken off; 0 where that cap does not cut this line.
    pub forgiven_tenths: u32,
}

/// The highest score that open P0 rules leave possible.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceiling {
    /// The score that cannot be exceeded.
    pub score: u32,
    /// How many rules have an open P0.
    pub p0_rules: usize,
}

/// Grades findings; those that are neither graded, baselined nor (for the raw score) suppressed do not matter.
///
/// `unscored` says why there can be no score, if there cannot.
#[must_use]
pub fn grade(findings: &[Finding], unscored: Option<String>) -> Grade {
    if unscored.is_some() {
        return Grade { score: None, raw_score: None, band: None, ledger: Vec::new(), ceiling: None, unscored };
    }
    let scored = |it: &&Finding| it.is_scored();
    // A suppressed lead would be a lead without its ignore, and leads do not score.
    let raw = |it: &&Finding| scored(it) || (it.status == Status::Suppressed && it.confidence == Confidence::High);
    let ledger = ledger(findings.iter().filter(scored));
    let score = score(&ledger);
    Grade {
        score: Some(score),
        raw_score: Some(self::score(&self::ledger(findings.iter().filter(raw)))),
        band: Some(Band::of(score)),
        ceiling: ceiling(&ledger),
        ledger,
        unscored,
    }
}

impl Band {
    /// The band of a score.
    #[must_use]
    pub fn of(score: u32) -> Self {
        match score {
            90.. => Self::Ready,
            70..90 => Self::MostlyReady,
            50..70 => Self::AtRisk,
            ..50 => Self::NotReady,
        }
    }

    /// The band's name in machine-readable reports.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::MostlyReady => "mostly-ready",
            Self::AtRisk => "at-risk",
            Self::NotReady => "not-ready",
        }
    }

    /// The band as a colored dot.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Ready => "🟢",
            Self::MostlyReady => "🟡",
            Self::AtRisk => "🟠",
            Self::NotReady => "🔴",
        }
    }

    /// The band's name for people.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::MostlyReady => "mostly ready",
            Self::AtRisk => "at risk",
            Self::NotReady => "not ready",
        }
    }
}

/// What one severity costs, in tenths of a point.
struct Weight {
    first: u32,
    doubling: u32,
    rule_cap: u32,
    tier_cap: Option<u32>,
}

fn weight(severity: Severity) -> Weight {
    match severity {
        Severity::P0 => Weight { first: 60, doubling: 30, rule_cap: 150, tier_cap: None },
        Severity::P1 => Weight { first: 30, doubling: 10, rule_cap: 70, tier_cap: None },
        Severity::P2 => Weight { first: 7, doubling: 4, rule_cap: 35, tier_cap: Some(200) },
        Severity::P3 => Weight { first: 2, doubling: 1, rule_cap: 8, tier_cap: Some(40) },
    }
}

/// One line per rule and severity. A tier's cap is spent line by line, so that what is printed is what was taken off.
fn ledger<'a>(scored: impl Iterator<Item = &'a Finding>) -> Vec<LedgerLine> {
    let mut sites: BTreeMap<(Severity, &'static str), usize> = BTreeMap::new();
    for finding in scored {
        *sites.entry((finding.severity, finding.rule)).or_default() += 1;
    }
    let mut lines: Vec<LedgerLine> = sites
        .into_iter()
        .map(|((severity, rule), sites)| {
            let cost_tenths = cost(severity, sites);
            LedgerLine { rule, severity, sites, cost_tenths, forgiven_tenths: 0 }
        })
        .collect();
    lines.sort_by_key(|it| (it.severity, u32::MAX - it.cost_tenths, it.rule));
    for tier in lines.chunk_by_mut(|a, b| a.severity == b.severity) {
        let mut left = weight(tier[0].severity).tier_cap.unwrap_or(u32::MAX);
        for line in tier {
            let taken = line.cost_tenths.min(left);
            line.forgiven_tenths = line.cost_tenths - taken;
            line.cost_tenths = taken;
            left -= taken;
        }
    }
    lines
}

/// What `sites` findings of one rule cost at one severity; `sites` is at least 1.
fn cost(severity: Severity, sites: usize) -> u32 {
    let Weight { first, doubling, rule_cap, .. } = weight(severity);
    // ⌈log₂ n⌉ is the number of bits of n − 1.
    let doublings = usize::BITS - (sites - 1).leading_zeros();
    (first + doubling * doublings).min(rule_cap)
}

fn score(ledger: &[LedgerLine]) -> u32 {
    let taken: u32 = ledger.iter().map(|it| it.cost_tenths).sum();
    let left = 1000_u32.saturating_sub(taken);
    let rounded = (left + 5) / 10;
    ceiling(ledger).map_or(rounded, |it| rounded.min(it.score))
}

fn ceiling(ledger: &[LedgerLine]) -> Option<Ceiling> {
    let p0_rules = ledger.iter().filter(|it| it.severity == Severity::P0).count();
    let score = match p0_rules {
        0 => return None,
        1 => 89,
        2 => 74,
        _ => 59,
    };
    Some(Ceiling { score, p0_rules })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Location;
    use crate::source::{Position, Span};

    fn some(count: usize, rule: &'static str, severity: Severity, status: Status) -> Vec<Finding> {
        let at = Position { line: 1, column: 1 };
        let finding = Finding {
            location: Location { path: "a.ts".to_owned(), span: Span::new(0, 0), start: at, end: at },
            rule,
            kind: "kind",
            severity,
            confidence: if status == Status::Lead { Confidence::Low } else { Confidence::High },
            status,
            unreached: String::new(),
            message: String::new(),
            help: String::new(),
            evidence: Vec::new(),
            effort_minutes: 0,
            fingerprint: String::new(),
            fingerprint_moved: String::new(),
            scope: String::new(),
            is_new: None,
            owners: Vec::new(),
        };
        vec![finding; count]
    }

    fn graded(sites: &[(usize, &'static str, Severity)]) -> Grade {
        let findings: Vec<Finding> =
            sites.iter().flat_map(|&(count, rule, severity)| some(count, rule, severity, Status::Graded)).collect();
        grade(&findings, None)
    }

    fn costs(grade: &Grade) -> Vec<(&'static str, u32, u32)> {
        grade.ledger.iter().map(|it| (it.rule, it.cost_tenths, it.forgiven_tenths)).collect()
    }

    #[test]
    fn the_model_s_own_example_is_85() {
        let grade = graded(&[
            (6, "c", Severity::P2),
            (1, "a", Severity::P0),
            (4, "e", Severity::P2),
            (1, "b", Severity::P1),
            (22, "d", Severity::P2),
        ]);
        assert_eq!(costs(&grade), [("a", 60, 0), ("b", 30, 0), ("d", 27, 0), ("c", 19, 0), ("e", 15, 0)]);
        assert_eq!((grade.score, grade.raw_score), (Some(85), Some(85)));
        assert_eq!(grade.band.map(Band::mark), Some("🟡"));
        assert_eq!(grade.ceiling, Some(Ceiling { score: 89, p0_rules: 1 }));
    }

    #[test]
    fn each_doubling_costs_once() {
        let steps = |severity| [1, 2, 3, 4, 5, 8, 9, 1000].map(|sites| cost(severity, sites));
        assert_eq!(steps(Severity::P0), [60, 90, 120, 120, 150, 150, 150, 150]);
        assert_eq!(steps(Severity::P1), [30, 40, 50, 50, 60, 60, 70, 70]);
        assert_eq!(steps(Severity::P2), [7, 11, 15, 15, 19, 19, 23, 35]);
        assert_eq!(steps(Severity::P3), [2, 3, 4, 4, 5, 5, 6, 8]);
    }

    #[test]
    fn one_rule_at_two_severities_is_two_lines() {
        let grade = graded(&[(1, "a", Severity::P1), (1, "a", Severity::P3)]);
        assert_eq!(costs(&grade), [("a", 30, 0), ("a", 2, 0)]);
        assert_eq!(grade.score, Some(97));
    }

    #[test]
    fn a_tier_s_cap_shows_in_the_lines_that_it_cuts() {
        let rules = ["a", "b", "c", "d", "e", "f", "g"];
        let grade = graded(&rules.map(|rule| (1000, rule, Severity::P2)));
        assert_eq!(grade.score, Some(80));
        assert_eq!(costs(&grade)[5..], [("f", 25, 10), ("g", 0, 35)]);
        let grade = graded(&rules.map(|rule| (1000, rule, Severity::P3)));
        assert_eq!((grade.score, grade.band), (Some(96), Some(Band::Ready)));
        assert_eq!(costs(&grade)[4..], [("e", 8, 0), ("f", 0, 8), ("g", 0, 8)]);
    }

    #[test]
    fn half_a_point_rounds_up() {
        assert_eq!(graded(&[(2, "a", Severity::P3), (1, "b", Severity::P3)]).score, Some(100), "99.5");
        assert_eq!(graded(&[(2, "a", Severity::P3), (2, "b", Severity::P3)]).score, Some(99), "99.4");
    }

    #[test]
    fn open_p0_rules_lower_the_ceiling() {
        let rules = [(1, "a", Severity::P0), (1, "b", Severity::P0), (1, "c", Severity::P0), (1, "d", Severity::P0)];
        let scores = [1, 2, 3, 4].map(|count| graded(&rules[..count]).score);
        assert_eq!(scores, [Some(89), Some(74), Some(59), Some(59)]);
        assert_eq!(graded(&[(100, "a", Severity::P0)]).score, Some(85), "one rule, however many sites");
    }

    #[test]
    fn the_score_ends_at_zero() {
        let rules = ["a", "b", "c", "d", "e", "f", "g"];
        let grade = graded(&rules.map(|rule| (9, rule, Severity::P0)));
        assert_eq!((grade.score, grade.band), (Some(0), Some(Band::NotReady)));
    }

    #[test]
    fn the_bucket_decides_what_scores() {
        let of = |status| {
            let grade = grade(&some(1, "a", Severity::P1, status), None);
            (grade.score, grade.raw_score)
        };
        assert_eq!(of(Status::Graded), (Some(97), Some(97)));
        assert_eq!(of(Status::Baselined), (Some(97), Some(97)));
        assert_eq!(of(Status::Suppressed), (Some(100), Some(97)));
        assert_eq!(of(Status::Lead), (Some(100), Some(100)));
        assert_eq!(of(Status::Unreachable), (Some(100), Some(100)));
        let mut lead = some(1, "a", Severity::P1, Status::Suppressed);
        lead[0].confidence = Confidence::Low;
        assert_eq!(grade(&lead, None).raw_score, Some(100), "a suppressed lead is still no more than a lead");
    }

    #[test]
    fn an_incomplete_audit_has_no_score() {
        let grade = grade(&some(3, "a", Severity::P0, Status::Graded), Some("2 files could not be read".to_owned()));
        assert_eq!((grade.score, grade.raw_score, grade.band, grade.ceiling), (None, None, None, None));
        assert_eq!(grade.ledger, []);
        assert_eq!(grade.unscored.as_deref(), Some("2 files could not be read"));
    }

    #[test]
    fn bands_meet_at_their_borders() {
        let names = [100, 90, 89, 70, 69, 50, 49, 0].map(|score| Band::of(score).name());
        let expected =
            ["ready", "ready", "mostly-ready", "mostly-ready", "at-risk", "at-risk", "not-ready", "not-ready"];
        assert_eq!(names, expected);
    }
}
