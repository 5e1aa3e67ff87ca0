//! Report in, exit code out.
//!
//! A pure function of the report and what was asked of it: it reads nothing and prints nothing. It errs towards failing: an
//! audit that could not finish, or a score that does not exist, never passes.

use std::process::{ExitCode, Termination};

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
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gate {
    /// A graded finding this bad, or worse, fails; `None` = never.
    pub fail_on: Option<Severity>,
    /// The least score that passes, 0 to 100.
    pub min_score: Option<u32>,
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
        let reasons = [
            (Exit::Incomplete, incomplete(report)),
            (Exit::Failed, self.too_severe(report)),
            (Exit::Failed, self.too_low(report)),
        ];
        let mut ruling = Ruling { exit: Exit::Passed, reasons: Vec::new() };
        for (exit, reason) in reasons {
            if let Some(reason) = reason {
                ruling.exit = ruling.exit.or(exit);
                ruling.reasons.push(reason);
            }
        }
        ruling
    }

    /// Whether a finding fails the run by itself.
    #[must_use]
    pub fn fails(&self, finding: &Finding) -> bool {
        finding.status == Status::Graded && self.fail_on.is_some_and(|limit| finding.severity <= limit)
    }

    fn too_severe(&self, report: &Report) -> Option<String> {
        let limit = self.fail_on?;
        let counts: Vec<_> = Severity::ALL
            .into_iter()
            .filter(|severity| *severity <= limit)
            .map(|severity| (severity, report.count(Status::Graded, severity)))
            .filter(|(_, count)| *count > 0)
            .map(|(severity, count)| format!("{count} {}", severity.name()))
            .collect();
        (!counts.is_empty()).then(|| format!("failed the gate: {} (--fail-on {})", counts.join(", "), limit.name()))
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
        let gate = |fail_on, min_score| Gate { fail_on, min_score };
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
            let ruling = ruling(complete, score, worst, gate);
            assert_eq!(ruling.exit, exit, "{complete} {score:?} {worst:?} {gate:?}");
            assert_eq!(ruling.reasons.is_empty(), exit == Exit::Passed);
        }
    }

    #[test]
    fn an_incomplete_audit_still_tells_what_failed() {
        let gate = Gate { fail_on: Some(Severity::P1), min_score: None };
        let ruling = ruling(false, None, Some(Severity::P0), gate);
        assert_eq!(ruling.reasons.len(), 2, "{:?}", ruling.reasons);
    }

    #[test]
    fn a_finding_fails_by_itself_where_it_fails_the_run() {
        for fail_on in [None, Some(Severity::P0), Some(Severity::P1), Some(Severity::P3)] {
            for severity in Severity::ALL {
                let gate = Gate { fail_on, min_score: None };
                let fails = gate.fails(&sample::finding("a.ts", severity, Status::Graded));
                assert_eq!(fails, ruling(true, Some(90), Some(severity), gate).exit == Exit::Failed);
            }
        }
    }

    #[test]
    fn only_graded_findings_fail() {
        for status in [Status::Baselined, Status::Lead, Status::Unreachable, Status::Suppressed] {
            let mut report = sample::empty();
            report.findings.push(sample::finding("a.ts", Severity::P0, status));
            let gate = Gate { fail_on: Some(Severity::P3), min_score: None };
            assert!(!gate.fails(&report.findings[0]), "{status:?}");
            assert_eq!(gate.judge(&report).exit, Exit::Passed, "{status:?}");
        }
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
