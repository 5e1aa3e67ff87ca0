//! One line per finding, for editors, `grep` and logs.
//!
//! `path:line:column: P2 rule/kind message`, then one line of summary. The shape of a line is stable; no color, no wrapping.

use std::fmt::Write;

use super::ledger::hidden;
use super::safe::safe;
use super::{Report, counted, tag};
use crate::finding::{Finding, Severity, Status};

/// Renders the graded findings, or with `all` those of every bucket, marked.
#[must_use]
pub fn render(report: &Report, all: bool) -> String {
    let mut out = String::new();
    for finding in report.shown(all) {
        line(&mut out, finding);
    }
    out.push_str(&summary(report, all));
    out
}

fn line(out: &mut String, finding: &Finding) {
    let Finding { location, rule, kind, .. } = finding;
    let (line, column) = (location.start.line, location.start.column);
    let bucket = tag(finding);
    let (path, severity, message) = (safe(&location.path), finding.severity.name(), safe(&finding.message));
    writeln!(out, "{path}:{line}:{column}: {severity} {rule}/{kind} {bucket}{message}")
        .expect("a string takes all text");
}

/// The score, the counts and what is not shown, on one line.
pub(super) fn summary(report: &Report, all: bool) -> String {
    let grade = &report.grade;
    let score = match (grade.score, grade.band) {
        (Some(score), Some(band)) => format!("{score}/100 {}", band.words()),
        (Some(score), None) => format!("{score}/100"),
        (None, _) => format!("no score ({})", safe(grade.unscored.as_deref().unwrap_or("incomplete"))),
    };
    let counts =
        Severity::ALL.map(|severity| format!("{} {}", report.count(Status::Graded, severity), severity.name()));
    let files = counted(report.coverage.files as usize, "file");
    let hidden = hidden(report).filter(|_| !all).map_or_else(String::new, |it| format!("; not shown: {it} (--all)"));
    format!("atlas-audit: {score}; {} in {files}{hidden}\n", counts.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn concise_lines_are_one_finding_each() {
        let text = render(&sample::report(), true);
        let lines: Vec<_> = text.lines().collect();
        assert_eq!(lines.len(), 3);
        assert!(lines[0].starts_with("server/sync.ts:5:9: P1 query-in-loop/write-per-row `saveRow` writes"), "{text}");
        assert!(lines[1].starts_with("server/db.ts:1:1: P2 listener-leak/leak [lead] "), "{text}");
    }
}
