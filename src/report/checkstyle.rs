//! Checkstyle's XML, which Jenkins, reviewdog and many editors read. Paths are relative to the audited folder.

use std::io::{self, Write};

use super::xml::Document;
use super::{Report, Setting, bucket_tag, sentence};
use crate::finding::{Finding, Severity, Status};

/// Writes the report.
///
/// # Errors
///
/// What the writer says.
pub fn write(report: &Report, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut document = Document::new(out)?;
    document.open("checkstyle", &[("version", "4.3")])?;
    // Findings are sorted by path.
    let shown: Vec<&Finding> = report.shown(setting.all).collect();
    for file in shown.chunk_by(|a, b| a.location.path == b.location.path) {
        document.open("file", &[("name", &file[0].location.path)])?;
        for finding in file {
            error(&mut document, finding)?;
        }
        document.close("file")?;
    }
    for note in &report.coverage.unread {
        document.open("file", &[("name", &note.path)])?;
        let message = format!("This could not be audited: {}.", note.reason);
        document.empty(
            "error",
            &[("line", "1"), ("severity", "error"), ("message", &message), ("source", "atlas-audit")],
        )?;
        document.close("file")?;
    }
    document.close("checkstyle")?;
    document.end()
}

fn error(document: &mut Document<'_>, finding: &Finding) -> io::Result<()> {
    let start = finding.location.start;
    let message = format!("{}{} {}", bucket_tag(finding.status), sentence(&finding.message), sentence(&finding.help));
    let severity = match (finding.status, finding.severity) {
        (Status::Graded, Severity::P0 | Severity::P1) => "error",
        (Status::Graded, Severity::P2) => "warning",
        _ => "info",
    };
    document.empty(
        "error",
        &[
            ("line", &start.line.to_string()),
            ("column", &start.column.to_string()),
            ("severity", severity),
            ("message", message.trim_end()),
            ("source", &format!("atlas-audit.{}.{}", finding.rule, finding.kind)),
        ],
    )
}
