//! SARIF 2.1.0, as GitHub code scanning and other viewers of findings read it.
//!
//! Paths are relative to the git root. Every proven finding is here, also one that is suppressed or baselined, and says so: a result that
//! goes missing reads as mended. Leads and unreachable code come with `all` only, and never as failures. The file stays within
//! what GitHub accepts, and says in a notification what it had to leave out. It holds no time and no path of the machine, so
//! that two audits of one commit write the same bytes.

mod invocation;
mod location;
mod result;
mod rule;

use std::io::{self, Write};

use serde::Serialize;

use super::{Report, Setting, stream};
use crate::finding::{Finding, Status};
use invocation::Invocation;
use result::Results;
use rule::Driver;

/// Results that GitHub accepts in one run.
/// <https://docs.github.com/en/code-security/reference/code-scanning/sarif-files/sarif-support>
const ACCEPTED: usize = 25_000;
/// Results that GitHub shows, the most severe first. It is not known to sort them itself.
const SHOWN: usize = 5_000;

/// Writes the report.
///
/// # Errors
///
/// What the writer says.
pub fn write(report: &Report, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
    stream::pretty(&Log::of(report, setting), out)
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    automation_details: Option<AutomationDetails>,
    invocations: [Invocation<'a>; 1],
    column_kind: &'static str,
    original_uri_base_ids: Roots,
    results: Results<'a>,
    properties: Properties<'a>,
}

#[derive(Debug, Serialize)]
struct Tool<'a> {
    driver: Driver<'a>,
}

/// Keeps the runs of several folders of one repository apart.
#[derive(Debug, Serialize)]
struct AutomationDetails {
    id: String,
}

/// What paths are relative to. Where that is on this machine is nobody's business.
#[derive(Debug, Serialize)]
struct Roots {
    #[serde(rename = "%SRCROOT%")]
    root: Described,
}

#[derive(Debug, Serialize)]
struct Described {
    description: Text,
}

/// Words for people.
#[derive(Debug, Serialize)]
pub(super) struct Text {
    text: String,
}

impl Text {
    fn of(text: impl Into<String>) -> Self {
        Self { text: text.into() }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    score: Option<u32>,
    raw_score: Option<u32>,
    score_model: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    unscored: Option<&'a str>,
}

impl<'a> Log<'a> {
    fn of(report: &'a Report, setting: Setting<'a>) -> Self {
        let (findings, left_out) = selected(report, setting.all);
        let run = Run {
            tool: Tool { driver: Driver::of(setting.pages) },
            // Without an id of its own the run belongs to whatever category the upload names.
            automation_details: (!setting.prefix.is_empty())
                .then(|| AutomationDetails { id: format!("{}/{}", env!("CARGO_PKG_NAME"), setting.prefix) }),
            invocations: [Invocation::of(report, setting, left_out)],
            column_kind: "unicodeCodePoints",
            original_uri_base_ids: Roots { root: Described { description: Text::of("The root of the repository.") } },
            results: Results::new(findings, setting),
            properties: Properties {
                score: report.grade.score,
                raw_score: report.grade.raw_score,
                score_model: crate::grade::MODEL,
                unscored: report.grade.unscored.as_deref(),
            },
        };
        Self { schema: "https://json.schemastore.org/sarif-2.1.0.json", version: "2.1.0", runs: [run] }
    }
}

/// The findings that become results, and how many there was no room for.
fn selected(report: &Report, all: bool) -> (Vec<&Finding>, usize) {
    let is_result = |it: &&Finding| all || !matches!(it.status, Status::Lead | Status::Unreachable);
    let mut findings: Vec<_> = report.findings.iter().filter(is_result).collect();
    if findings.len() > SHOWN {
        // What decides comes first: graded before whatever is only told, then the most severe.
        findings.sort_by_key(|it| (it.status, it.severity));
    }
    let left_out = findings.len().saturating_sub(ACCEPTED);
    findings.truncate(ACCEPTED);
    (findings, left_out)
}

#[cfg(test)]
mod tests;
