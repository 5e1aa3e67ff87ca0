//! GitLab's Code Quality report. Paths are relative to the git root, as GitLab needs them.
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>

use std::borrow::Cow;
use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::safe::safe;
use super::{Note, Report, Setting, bucket_tag, sentence, stream};
use crate::finding::{Finding, Severity, Status};

/// Writes the report.
///
/// # Errors
///
/// What the writer says.
pub fn write(report: &Report, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
    stream::pretty(&Issues { report, setting }, out)
}

struct Issues<'a> {
    report: &'a Report,
    setting: Setting<'a>,
}

impl Serialize for Issues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let prefix = self.setting.prefix;
        // What could not be audited would read as mended otherwise.
        let unread = self.report.coverage.unread.iter().map(|it| Issue::unread(it, prefix));
        serializer.collect_seq(unread.chain(self.report.shown(self.setting.all).map(|it| Issue::of(it, prefix))))
    }
}

#[derive(Debug, Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'a str,
    fingerprint: Cow<'a, str>,
    severity: &'static str,
    location: Place,
}

#[derive(Debug, Serialize)]
struct Place {
    path: String,
    lines: Lines,
}

#[derive(Debug, Serialize)]
struct Lines {
    begin: u32,
    end: u32,
}

impl<'a> Issue<'a> {
    fn of(finding: &'a Finding, prefix: &str) -> Self {
        let location = &finding.location;
        let description =
            format!("{}{} {}", bucket_tag(finding.status), sentence(&finding.message), sentence(&finding.help));
        Self {
            description: safe(description.trim_end()).into_owned(),
            check_name: finding.rule,
            fingerprint: Cow::Borrowed(&finding.fingerprint),
            severity: match (finding.status, finding.severity) {
                (Status::Graded | Status::Baselined, Severity::P0) => "blocker",
                (Status::Graded | Status::Baselined, Severity::P1) => "critical",
                (Status::Graded | Status::Baselined, Severity::P2) => "major",
                (Status::Graded | Status::Baselined, Severity::P3) => "minor",
                _ => "info",
            },
            location: Place::of(&location.path, prefix, location.start.line, location.end.line),
        }
    }

    fn unread(note: &Note, prefix: &str) -> Self {
        let location = Place::of(&note.path, prefix, 1, 1);
        Self {
            description: safe(&format!("This could not be audited: {}.", note.reason)).into_owned(),
            check_name: "unread",
            fingerprint: Cow::Owned(format!("unread:{}", location.path)),
            severity: "blocker",
            location,
        }
    }
}

impl Place {
    fn of(path: &str, prefix: &str, begin: u32, end: u32) -> Self {
        Self { path: safe(&format!("{prefix}{path}")).into_owned(), lines: Lines { begin, end } }
    }
}
