//! JUnit's XML, which every CI server shows as test results. Paths are relative to the audited folder.
//!
//! Each rule is a suite and each finding a test, so that the counts mean something. A test fails exactly where its finding fails the
//! run; milder findings pass and say what they are. What keeps the run from passing otherwise is a test of the suite `gate`.

use std::io::{self, Write};

use super::xml::Document;
use super::{Report, Setting, bucket_tag, sentence};
use crate::finding::Finding;
use crate::page::Page;

/// Writes the report.
///
/// # Errors
///
/// What the writer says.
pub fn write(report: &Report, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
    let mut document = Document::new(out)?;
    let shown: Vec<&Finding> = report.shown(setting.all).collect();
    let failing = shown.iter().filter(|it| (setting.fails)(it)).count();
    let silent = setting.pages.iter().filter(|page| shown.iter().all(|it| it.rule != page.id)).count();
    let gate = Gate::of(report, setting);
    let tests = (shown.len() + silent + 1 + report.coverage.unread.len()).to_string();
    let failures = (failing + usize::from(gate.failure.is_some())).to_string();
    let errors = report.coverage.unread.len().to_string();
    let counts = [("name", "atlas-audit"), ("tests", &*tests), ("failures", &*failures), ("errors", &*errors)];
    document.open("testsuites", &counts)?;
    gate.write(report, &mut document)?;
    for page in setting.pages {
        let findings: Vec<&Finding> = shown.iter().filter(|it| it.rule == page.id).copied().collect();
        suite(page, &findings, setting, &mut document)?;
    }
    document.close("testsuites")?;
    document.end()
}

/// The run as a whole: whether it passes, and what could not be audited.
struct Gate {
    failure: Option<String>,
}

impl Gate {
    fn of(report: &Report, setting: Setting<'_>) -> Self {
        let reasons = setting.reasons.iter().map(String::as_str);
        let incomplete = (!report.complete && setting.reasons.is_empty()).then_some("the audit is incomplete");
        let words: Vec<_> = reasons.chain(incomplete).collect();
        Self { failure: (!words.is_empty()).then(|| words.join("\n")) }
    }

    fn write(&self, report: &Report, document: &mut Document<'_>) -> io::Result<()> {
        let unread = &report.coverage.unread;
        let (tests, errors) = ((unread.len() + 1).to_string(), unread.len().to_string());
        let failures = usize::from(self.failure.is_some()).to_string();
        document
            .open("testsuite", &[("name", "gate"), ("tests", &tests), ("failures", &failures), ("errors", &errors)])?;
        let case = [("classname", "gate"), ("name", "the audit passes")];
        match &self.failure {
            None => document.empty("testcase", &case)?,
            Some(words) => {
                document.open("testcase", &case)?;
                let first = words.lines().next().unwrap_or_default();
                document.text("failure", &[("message", first), ("type", "gate")], words)?;
                document.close("testcase")?;
            }
        }
        for note in unread {
            document.open("testcase", &[("classname", "gate"), ("name", &note.path), ("file", &note.path)])?;
            document.text("error", &[("message", "could not be audited"), ("type", "unread")], &note.reason)?;
            document.close("testcase")?;
        }
        document.close("testsuite")
    }
}

fn suite(page: &Page, findings: &[&Finding], setting: Setting<'_>, document: &mut Document<'_>) -> io::Result<()> {
    let failures = findings.iter().filter(|it| (setting.fails)(it)).count().to_string();
    let tests = findings.len().max(1).to_string();
    document.open("testsuite", &[("name", &page.id), ("tests", &tests), ("failures", &failures), ("errors", "0")])?;
    if findings.is_empty() {
        document.empty("testcase", &[("classname", &page.id), ("name", "no finding")])?;
    }
    for finding in findings {
        test(finding, setting, document)?;
    }
    document.close("testsuite")
}

fn test(finding: &Finding, setting: Setting<'_>, document: &mut Document<'_>) -> io::Result<()> {
    let Finding { location, rule, kind, severity, .. } = finding;
    let place = format!("{}:{}:{}", location.path, location.start.line, location.start.column);
    let name = format!("{place} {kind}");
    let line = location.start.line.to_string();
    document.open("testcase", &[("classname", rule), ("name", &name), ("file", &location.path), ("line", &line)])?;
    let message = format!("{}{}", bucket_tag(finding.status), finding.message);
    let mut words = format!("{} {rule}/{kind} at {place}\n{}", severity.name(), sentence(&message));
    for text in
        finding.evidence.iter().map(|it| format!("{}:{}: {}", it.location.path, it.location.start.line, it.note))
    {
        words.push('\n');
        words.push_str(&text);
    }
    words.push_str(&format!("\nWhat to do: {}", sentence(&finding.help)));
    if (setting.fails)(finding) {
        document.text("failure", &[("message", &message), ("type", severity.name())], &words)?;
    } else {
        document.text("system-out", &[], &words)?;
    }
    document.close("testcase")
}
