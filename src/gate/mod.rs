//! Report in, exit code out.
//!
//! A pure function of the report and what was asked of it: it reads nothing and prints nothing. It errs towards failing: an
//! audit that could not finish, or a score that does not exist, never passes.

mod part;

use std::collections::BTreeMap;
use std::process::{ExitCode, Termination};

use crate::config::GateRule;
use crate::finding::{Finding, Severity, Status};
use crate::report::Report;

/// How a run ends. The discriminants are the process's exit codes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Exit {
    /// The audit is complete and nothing failed the gate.
    Passed = 0,
    /// The audit is complete and failed the gate.
    Failed = 1,
    /// Usage, configuration, or nothing to audit: there is no verdict.
    Usage = 2,
    /// Something that should have been audited was not.
    Incomplete = 3,
}

impl Exit {
    /// Of two endings the one that is told: usage before incomplete before failed before passed.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let rank = |exit: Self| match exit {
            Self::Usage => 3,
            Self::Incomplete => 2,
            Self::Failed => 1,
            Self::Passed => 0,
        };
        if rank(other) > rank(self) { other } else { self }
    }
}

impl Termination for Exit {
    fn report(self) -> ExitCode {
        ExitCode::from(self as u8)
    }
}

/// What a report must satisfy.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gate {
    /// A graded finding this bad, or worse, fails; `None` = never.
    pub fail_on: Option<Severity>,
    /// The least score that passes, 0 to 100.
    pub min_score: Option<u32>,
    /// The most points that the score may fall where two states are compared.
    pub max_drop: Option<u32>,
    /// Gates for parts, beside those that the report brings along.
    pub parts: Vec<GateRule>,
}

/// The gate's answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ruling {
    /// How the process ends.
    pub exit: Exit,
    /// Why it does not pass, one sentence each, the weightiest first; empty where it passes.
    pub reasons: Vec<String>,
}

impl Gate {
    /// Holds a report against the gate.
    #[must_use]
    pub fn judge(&self, report: &Report) -> Ruling {
        let parts = self.parts_of(report);
        let mut reasons: Vec<(Exit, Option<String>)> = vec![(Exit::Incomplete, incomplete(report))];
        reasons.extend(self.too_severe(report, &parts).into_iter().map(|it| (Exit::Failed, Some(it))));
        reasons.push((Exit::Failed, self.too_low(report)));
        reasons.push((Exit::Failed, self.too_steep(report)));
        let scored = parts.iter().flat_map(|it| part::scores(it, report));
        reasons.extend(scored.map(|it| (Exit::Failed, Some(it))));
        let mut ruling = Ruling { exit: Exit::Passed, reasons: Vec::new() };
        for (exit, reason) in reasons {
            if let Some(reason) = reason {
                ruling.exit = ruling.exit.or(exit);
                ruling.reasons.push(reason);
            }
        }
        ruling
    }

    /// Whether a finding of the report fails the run by itself.
    #[must_use]
    pub fn fails(&self, finding: &Finding, report: &Report) -> bool {
        self.failed_by(finding, report, &self.parts_of(report)).is_some()
    }

    /// The gates for parts, the last of which that is about a finding decides.
    fn parts_of<'a>(&'a self, report: &'a Report) -> Vec<&'a GateRule> {
        self.parts.iter().chain(&report.nested.gates).collect()
    }

    /// Which gate a finding fails, if any: one of the parts, or `None` for the one of the whole.
    fn failed_by(&self, finding: &Finding, report: &Report, parts: &[&GateRule]) -> Option<Option<usize>> {
        if finding.status != Status::Graded || finding.is_new == Some(false) {
            return None;
        }
        let package = report.package_of(&finding.location.path).map(|it| (it.name.as_str(), it.folder.as_str()));
        let is_about =
            |it: &&GateRule| it.fail_on.is_some() && it.is_about(finding.rule, &finding.location.path, package);
        let part = parts.iter().rposition(is_about);
        let limit = part.map_or(self.fail_on, |at| parts[at].fail_on.and_then(|it| it.0));
        limit.is_some_and(|limit| finding.severity <= limit).then_some(part)
    }

    /// One reason per gate that something fails. Where two states are compared, only what is new can fail.
    fn too_severe(&self, report: &Report, parts: &[&GateRule]) -> Vec<String> {
        let mut failing: BTreeMap<Option<usize>, BTreeMap<Severity, usize>> = BTreeMap::new();
        for finding in &report.findings {
            if let Some(part) = self.failed_by(finding, report, parts) {
                *failing.entry(part).or_default().entry(finding.severity).or_default() += 1;
            }
        }
        let new = if report.delta.is_some() { "new " } else { "" };
        let reason = |(part, counts): (Option<usize>, BTreeMap<Severity, usize>)| {
            let counts: Vec<_> =
                counts.iter().map(|(severity, count)| format!("{count} {new}{}", severity.name())).collect();
            let by = match part {
                Some(at) => format!("fail_on of {}", parts[at].from),
                None => format!("--fail-on {}", self.fail_on.map_or("never", Severity::name)),
            };
            format!("failed the gate: {} ({by})", counts.join(", "))
        };
        failing.into_iter().map(reason).collect()
    }

    fn too_low(&self, report: &Report) -> Option<String> {
        let least = self.min_score?;
        match report.grade.score {
            Some(score) if score >= least => None,
            Some(score) => Some(format!("failed the gate: the score {score} is below {least} (--min-score {least})")),
            // An incomplete audit has said so already.
            None if !report.complete => None,
            None => Some(format!("failed the gate: there is no score to compare with --min-score {least}")),
        }
    }

    fn too_steep(&self, report: &Report) -> Option<String> {
        let (most, delta) = (self.max_drop?, report.delta.as_ref()?);
        match (delta.drop(), delta.score_before, delta.score) {
            (Some(drop), ..) if drop <= most => None,
            (Some(drop), Some(before), Some(now)) => {
                Some(format!("failed the gate: the score fell by {drop}, from {before} to {now} (--max-drop {most})"))
            }
            // An incomplete audit has said so already.
            _ if !report.complete => None,
            _ => Some(format!("failed the gate: there are no two scores to compare for --max-drop {most}")),
        }
    }
}

fn incomplete(report: &Report) -> Option<String> {
    if report.complete {
        return None;
    }
    let unread = &report.coverage.unread;
    Some(match unread.first() {
        None => "the audit is incomplete".to_owned(),
        Some(first) if unread.len() == 1 => {
            format!("the audit is incomplete: `{}` could not be audited: {}", first.path, first.reason)
        }
        Some(first) => format!(
            "the audit is incomplete: {} files could not be audited, such as `{}`: {}",
            unread.len(),
            first.path,
            first.reason
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::FailOn;
    use crate::delta::Delta;
    use crate::report::sample;

    fn ruling(complete: bool, score: Option<u32>, worst: Option<Severity>, gate: Gate) -> Ruling {
        let mut report = sample::empty();
        report.complete = complete;
        report.grade.score = score;
        report.findings.extend(worst.map(|severity| sample::finding("a.ts", severity, Status::Graded)));
        gate.judge(&report)
    }

    #[test]
    fn the_precedence_table_holds() {
        use Severity::{P0, P1, P2, P3};
        let gate = |fail_on, min_score| Gate { fail_on, min_score, ..Gate::default() };
        let table = [
            (true, Some(100), None, gate(Some(P1), None), Exit::Passed),
            (true, Some(90), Some(P2), gate(Some(P1), None), Exit::Passed),
            (true, Some(90), Some(P1), gate(Some(P1), None), Exit::Failed),
            (true, Some(90), Some(P0), gate(Some(P1), None), Exit::Failed),
            (true, Some(90), Some(P3), gate(Some(P3), None), Exit::Failed),
            (true, Some(90), Some(P1), gate(Some(P0), None), Exit::Passed),
            (true, Some(90), Some(P0), gate(None, None), Exit::Passed),
            (true, Some(85), None, gate(None, Some(85)), Exit::Passed),
            (true, Some(84), None, gate(None, Some(85)), Exit::Failed),
            (true, None, None, gate(None, Some(0)), Exit::Failed),
            (false, None, None, gate(None, None), Exit::Incomplete),
            (false, None, Some(P0), gate(Some(P1), Some(85)), Exit::Incomplete),
            (false, Some(100), None, gate(Some(P1), Some(85)), Exit::Incomplete),
        ];
        for (complete, score, worst, gate, exit) in table {
            let ruling = ruling(complete, score, worst, gate.clone());
            assert_eq!(ruling.exit, exit, "{complete} {score:?} {worst:?} {gate:?}");
            assert_eq!(ruling.reasons.is_empty(), exit == Exit::Passed);
        }
    }

    #[test]
    fn an_incomplete_audit_still_tells_what_failed() {
        let gate = Gate { fail_on: Some(Severity::P1), ..Gate::default() };
        let ruling = ruling(false, None, Some(Severity::P0), gate);
        assert_eq!(ruling.reasons.len(), 2, "{:?}", ruling.reasons);
    }

    #[test]
    fn a_finding_fails_by_itself_where_it_fails_the_run() {
        for fail_on in [None, Some(Severity::P0), Some(Severity::P1), Some(Severity::P3)] {
            for severity in Severity::ALL {
                let gate = Gate { fail_on, ..Gate::default() };
                let fails = gate.fails(&sample::finding("a.ts", severity, Status::Graded), &sample::empty());
                assert_eq!(fails, ruling(true, Some(90), Some(severity), gate).exit == Exit::Failed);
            }
        }
    }

    #[test]
    fn only_graded_findings_fail() {
        for status in [Status::Baselined, Status::Lead, Status::Unreachable, Status::Suppressed] {
            let mut report = sample::empty();
            report.findings.push(sample::finding("a.ts", Severity::P0, status));
            let gate = Gate { fail_on: Some(Severity::P3), ..Gate::default() };
            assert_eq!(gate.judge(&report).exit, Exit::Passed, "{status:?}");
        }
    }

    #[test]
    fn where_states_are_compared_only_what_is_new_fails() {
        let gate = Gate { fail_on: Some(Severity::P3), max_drop: Some(2), ..Gate::default() };
        for (is_new, before, exit) in [
            (Some(false), Some(100), Exit::Passed),
            (Some(true), Some(100), Exit::Failed),
            (Some(false), Some(102), Exit::Passed),
            (Some(false), Some(103), Exit::Failed),
            (Some(false), None, Exit::Failed),
        ] {
            let mut report = sample::empty();
            let finding = sample::finding("a.ts", Severity::P1, Status::Graded);
            report.findings.push(Finding { is_new, ..finding });
            report.delta = Some(Delta { score_before: before, ..sample::delta() });
            assert_eq!(gate.judge(&report).exit, exit, "{is_new:?} {before:?}");
        }
    }

    #[test]
    fn a_part_has_a_gate_of_its_own_and_the_last_decides() {
        let part = |paths: &[&str], fail_on| GateRule {
            paths: paths.iter().map(|it| (*it).to_owned()).collect(),
            fail_on: Some(FailOn(fail_on)),
            from: "atlas-audit.toml:1".to_owned(),
            ..GateRule::default()
        };
        let mut report = sample::empty();
        report.findings.push(sample::finding("apps/a.ts", Severity::P2, Status::Graded));
        let exit = |parts: &[GateRule]| {
            let gate = Gate { fail_on: Some(Severity::P1), parts: parts.to_vec(), ..Gate::default() };
            gate.judge(&report).exit
        };
        assert_eq!(exit(&[]), Exit::Passed);
        assert_eq!(exit(&[part(&["apps/**"], Some(Severity::P2))]), Exit::Failed);
        assert_eq!(exit(&[part(&["libs/**"], Some(Severity::P2))]), Exit::Passed);
        assert_eq!(exit(&[part(&["apps/**"], Some(Severity::P2)), part(&["apps/a.ts"], None)]), Exit::Passed);
        let rules = GateRule { rules: vec!["empty-catch".into()], ..part(&[], Some(Severity::P3)) };
        assert_eq!(exit(&[rules]), Exit::Passed);
    }

    #[test]
    fn a_part_has_a_score_of_its_own() {
        let part = GateRule { packages: vec!["web".into()], min_score: Some(98), ..GateRule::default() };
        let gate = Gate { parts: vec![part], ..Gate::default() };
        let mut report = sample::empty();
        report.packages = ["web", "api"]
            .map(|name| crate::report::PackageGrade {
                folder: name.into(),
                name: name.into(),
                grade: report.grade.clone(),
            })
            .into();
        report.findings.push(sample::finding("api/a.ts", Severity::P1, Status::Graded));
        assert_eq!(gate.judge(&report).exit, Exit::Passed);
        report.findings.push(sample::finding("web/a.ts", Severity::P1, Status::Graded));
        assert_eq!(gate.judge(&report).reasons, ["failed the gate: the score of web is 97, below 98 (min_score of )"]);
    }

    #[test]
    fn usage_beats_incomplete_beats_failed_beats_passed() {
        let order = [Exit::Usage, Exit::Incomplete, Exit::Failed, Exit::Passed];
        for (at, stronger) in order.iter().enumerate() {
            for weaker in &order[at..] {
                assert_eq!(stronger.or(*weaker), *stronger);
                assert_eq!(weaker.or(*stronger), *stronger);
            }
        }
        assert_eq!(order.map(|exit| exit as u8), [2, 3, 1, 0]);
    }
}
