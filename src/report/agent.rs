//! One line per finding with its evidence and what to do, for coding assistants: no source, no layout, the worst first.

use std::io::{self, Write};

use super::concise;
use super::safe::safe;
use super::{Report, Setting, sentence, tag};
use crate::finding::{Finding, Location};

/// Writes the report.
///
/// # Errors
///
/// What the writer says.
pub fn write(report: &Report, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
    let shown = report.worst_first(setting.all);
    for finding in &shown {
        writeln!(out, "{}", safe(&line(finding)))?;
    }
    for note in &report.coverage.unread {
        writeln!(out, "{}: not audited: {}", safe(&note.path), safe(&note.reason))?;
    }
    out.write_all(concise::summary(report, setting.all).as_bytes())?;
    if shown.is_empty() {
        return Ok(());
    }
    writeln!(
        out,
        "Mend the cause, not the line; then run the audit again. `atlas-audit explain RULE` prints why a rule matters, with examples. \
         `atlas-audit why PATH:LINE` prints what was concluded about a line. \
         Where a finding is wrong or accepted, say so above its line: // atlas-ignore RULE: reason"
    )
}

fn line(finding: &Finding) -> String {
    let Finding { location, rule, kind, severity, .. } = finding;
    let (path, line, column) = (&location.path, location.start.line, location.start.column);
    let (severity, bucket) = (severity.name(), tag(finding));
    let mut text = format!("{path}:{line}:{column}: {severity} {rule}/{kind} {bucket}{}", sentence(&finding.message));
    if !finding.help.is_empty() {
        text.push_str(&format!(" Fix: {}", sentence(&finding.help)));
    }
    let evidence = finding.evidence.iter().map(|it| {
        // The file is said where it is another.
        let Location { path: other, start, .. } = &it.location;
        let place = if other == path { "line ".to_owned() } else { format!("{other}:") };
        format!("{place}{}: {}", start.line, it.note)
    });
    let evidence: Vec<_> = evidence.collect();
    if !evidence.is_empty() {
        text.push_str(&format!(" Evidence: {}.", evidence.join("; ")));
    }
    text
}
