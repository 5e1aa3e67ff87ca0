//! Workflow commands that GitHub turns into annotations of a pull request's lines. Paths are relative to the git root, since GitHub knows no other.
//!
//! GitHub shows so many annotations per step and drops the rest without a word, so the worst come first and what has
//! no room is a line of the log. The summary comes last.

use std::io::{self, Write};

use super::concise;
use super::safe::safe;
use super::{Report, Setting, bucket_tag, counted, sentence};
use crate::finding::{Finding, Severity, Status};

/// Annotations of one level that GitHub shows for one step.
/// <https://github.com/actions/toolkit/blob/main/docs/problem-matchers.md#limitations>
const SHOWN: usize = 10;

/// Writes the report.
///
/// # Errors
///
/// What the writer says.
pub fn write(report: &Report, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut room = Room([("error", SHOWN), ("warning", SHOWN), ("notice", SHOWN)]);
    for note in report.coverage.unread.iter().filter(|_| room.take("error")) {
        let path = format!("{}{}", setting.prefix, note.path);
        let message = format!("This could not be audited: {}.", note.reason);
        writeln!(out, "::error file={},title=atlas-audit::{}", property(&path), data(&message))?;
    }
    let mut rest = Vec::new();
    // What was there before the change is no news to its author.
    for finding in report.worst_first(setting.all).into_iter().filter(|it| it.is_new != Some(false)) {
        let level = level(finding);
        if room.take(level) {
            annotation(finding, level, setting.prefix, out)?;
        } else {
            rest.push(finding);
        }
    }
    if !rest.is_empty() {
        let more = counted(rest.len(), "more finding");
        writeln!(out, "::group::{more}: GitHub annotates {SHOWN} of each level per step")?;
        for finding in rest {
            writeln!(out, "{}", log(finding))?;
        }
        writeln!(out, "::endgroup::")?;
    }
    out.write_all(concise::summary(report, setting.all).as_bytes())
}

/// How many annotations of each level will be shown yet.
struct Room([(&'static str, usize); 3]);

impl Room {
    fn take(&mut self, level: &str) -> bool {
        let left = self.0.iter_mut().find(|it| it.0 == level);
        let left = left.filter(|it| it.1 > 0);
        left.is_some_and(|it| {
            it.1 -= 1;
            true
        })
    }
}

/// A finding as a line of the log, in which nothing is a command.
fn log(finding: &Finding) -> String {
    let Finding { location, rule, kind, severity, .. } = finding;
    let (line, column) = (location.start.line, location.start.column);
    let place = format!("{}:{line}:{column}", location.path);
    let line = format!("{} {place}: {rule}/{kind} {}{}", severity.name(), bucket_tag(finding.status), finding.message);
    // The runner obeys this wherever it stands in a line.
    safe(&line).replace("##[", "## [")
}

fn level(finding: &Finding) -> &'static str {
    match (finding.status, finding.severity) {
        (Status::Graded, Severity::P0 | Severity::P1) => "error",
        (Status::Graded, Severity::P2) => "warning",
        _ => "notice",
    }
}

fn annotation(finding: &Finding, level: &str, prefix: &str, out: &mut dyn Write) -> io::Result<()> {
    let Finding { location, rule, kind, severity, .. } = finding;
    let path = property(&format!("{prefix}{}", location.path));
    let (start, end) = (location.start, location.end);
    // GitHub knows columns only within one line.
    let columns =
        if start.line == end.line { format!(",col={},endColumn={}", start.column, end.column) } else { String::new() };
    let title = property(&format!("{} {rule}/{kind}", severity.name()));
    let message = format!("{}{}\n{}", bucket_tag(finding.status), sentence(&finding.message), sentence(&finding.help));
    let message = data(message.trim_end());
    writeln!(out, "::{level} file={path},line={},endLine={}{columns},title={title}::{message}", start.line, end.line)
}

/// Text after the last `::`. Line endings stay line endings.
fn data(text: &str) -> String {
    let lines: Vec<_> = text.split('\n').map(|it| safe(it).replace('%', "%25")).collect();
    lines.join("%0A")
}

/// A value among the properties, which colons and commas would end.
fn property(text: &str) -> String {
    safe(text).replace('%', "%25").replace(':', "%3A").replace(',', "%2C")
}
