//! Reviewdog Diagnostic Format, for `reviewdog -f=rdjson`. Paths are relative to the audited folder, where reviewdog is to run.
//!
//! Columns there count bytes, so they are reckoned from the text and not taken from the finding.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::safe::safe;
use super::{Note, Report, Setting, bucket_tag, sentence, stream};
use crate::finding::{Finding, Location, Severity, Status};

/// Writes the report.
///
/// # Errors
///
/// What the writer says.
pub fn write(report: &Report, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
    let source = Source { name: env!("CARGO_PKG_NAME") };
    stream::pretty(&Results { source, diagnostics: Diagnostics { report, all: setting.all } }, out)
}

#[derive(Serialize)]
struct Results<'a> {
    source: Source,
    diagnostics: Diagnostics<'a>,
}

#[derive(Serialize)]
struct Source {
    name: &'static str,
}

struct Diagnostics<'a> {
    report: &'a Report,
    all: bool,
}

impl Serialize for Diagnostics<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let unread = self.report.coverage.unread.iter().map(unread);
        serializer.collect_seq(unread.chain(self.report.shown(self.all).map(|it| self.diagnostic(it))))
    }
}

#[derive(Serialize)]
struct Diagnostic {
    message: String,
    location: Place,
    severity: &'static str,
    code: Code,
    #[serde(rename = "relatedLocations", skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Related>,
}

#[derive(Serialize)]
struct Code {
    value: String,
}

#[derive(Serialize)]
struct Related {
    message: String,
    location: Place,
}

#[derive(Serialize)]
struct Place {
    path: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    range: Option<Range>,
}

#[derive(Serialize)]
struct Range {
    start: Position,
    end: Position,
}

#[derive(Serialize)]
struct Position {
    line: u32,
    column: u32,
}

/// A file that could not be audited, as a whole.
fn unread(note: &Note) -> Diagnostic {
    Diagnostic {
        message: safe(&format!("This could not be audited: {}.", note.reason)).into_owned(),
        location: Place { path: safe(&note.path).into_owned(), range: None },
        severity: "ERROR",
        code: Code { value: "unread".to_owned() },
        related_locations: Vec::new(),
    }
}

impl Diagnostics<'_> {
    fn diagnostic(&self, finding: &Finding) -> Diagnostic {
        let message =
            format!("{}{} {}", bucket_tag(finding.status), sentence(&finding.message), sentence(&finding.help));
        let related = |it: &crate::finding::LocatedEvidence| Related {
            message: safe(&it.note).into_owned(),
            location: self.place(&it.location),
        };
        Diagnostic {
            message: safe(message.trim_end()).into_owned(),
            location: self.place(&finding.location),
            severity: match (finding.status, finding.severity) {
                (Status::Graded, Severity::P0 | Severity::P1) => "ERROR",
                (Status::Graded, Severity::P2) => "WARNING",
                _ => "INFO",
            },
            code: Code { value: format!("{}/{}", finding.rule, finding.kind) },
            related_locations: finding.evidence.iter().map(related).collect(),
        }
    }

    fn place(&self, location: &Location) -> Place {
        let text = self.report.texts.get(&location.path).map(AsRef::as_ref);
        let position = |line, column, offset| Position { line, column: bytes(text, offset).unwrap_or(column) };
        let Location { path, span, start, end } = location;
        Place {
            path: safe(path).into_owned(),
            range: Some(Range {
                start: position(start.line, start.column, span.start),
                end: position(end.line, end.column, span.end),
            }),
        }
    }
}

/// The column of an offset in bytes, from 1; `None` where the text is not at hand.
fn bytes(text: Option<&str>, offset: u32) -> Option<u32> {
    let before = text?.as_bytes().get(..offset as usize)?;
    let line = before.iter().rposition(|it| matches!(it, b'\n' | b'\r')).map_or(0, |at| at + 1);
    Some((before.len() - line) as u32 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_bytes() {
        // Reviewdog's own example: `a𐐀b`.
        let text = Some("\r\na𐐀b");
        assert_eq!([2, 3, 7].map(|at| bytes(text, at)), [Some(1), Some(2), Some(6)]);
        assert_eq!(bytes(None, 3), None);
        assert_eq!(bytes(text, 99), None);
    }
}
