//! The report for programs: version 1, a frozen copy of what the internal types say.
//!
//! These structs change only by addition; a change of meaning is a new `schema_version`. `schema.json` beside this file
//! describes them and is printed by `atlas-audit schema`.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::change::{Accepted, Changed, Package};
use super::{Client, Coverage, Note, Report, status_name, stream};
use crate::finding::{Confidence, Finding};
use crate::grade::MODEL;

/// The JSON Schema of the report, draft 2020-12.
pub const SCHEMA: &str = include_str!("schema.json");

/// The report as indented JSON with a final newline, as text.
#[must_use]
pub fn render(report: &Report) -> String {
    pretty(&Version1::of(report))
}

/// Writes the report as indented JSON with a final newline.
///
/// # Errors
///
/// What the writer says.
pub fn write(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    stream::pretty(&Version1::of(report), out)
}

/// Writes one line of JSON per finding, then one with everything else that the report says.
///
/// # Errors
///
/// What the writer says.
pub fn write_lines(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    for finding in &report.findings {
        stream::line(&Line { r#type: "finding", content: Found::of(finding) }, out)?;
    }
    let summary = Version1 { findings: None, ..Version1::of(report) };
    stream::line(&Line { r#type: "summary", content: summary }, out)
}

/// Indented JSON as text.
pub(super) fn pretty(value: &impl Serialize) -> String {
    let mut out = Vec::new();
    stream::pretty(value, &mut out).expect("these types have no failing serialisation");
    String::from_utf8(out).expect("JSON is UTF-8")
}

/// A line that says what it is.
#[derive(Debug, Serialize)]
struct Line<T> {
    r#type: &'static str,
    #[serde(flatten)]
    content: T,
}

/// Findings that are turned into JSON one at a time.
#[derive(Debug)]
struct Findings<'a>(&'a [Finding]);

impl Serialize for Findings<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.0.iter().map(Found::of))
    }
}

#[derive(Debug, Serialize)]
struct Version1<'a> {
    schema_version: u32,
    tool: Tool,
    score_model: &'static str,
    complete: bool,
    score: Option<u32>,
    raw_score: Option<u32>,
    band: Option<&'static str>,
    unscored: Option<&'a str>,
    ledger: Vec<LedgerLine>,
    #[serde(skip_serializing_if = "Option::is_none")]
    findings: Option<Findings<'a>>,
    rates: Vec<Rate>,
    clients: Vec<Made<'a>>,
    strengths: [(); 0],
    capacity: Option<()>,
    scenarios: [(); 0],
    plan: [(); 0],
    coverage: Covered<'a>,
    baseline: Option<Accepted<'a>>,
    delta: Option<Changed<'a>>,
    packages: Vec<Package<'a>>,
    hints: &'a [String],
}

#[derive(Debug, Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Debug, Serialize)]
struct LedgerLine {
    rule: &'static str,
    severity: &'static str,
    sites: usize,
    cost: f64,
}

#[derive(Debug, Serialize)]
struct Found<'a> {
    rule: &'static str,
    kind: &'static str,
    severity: &'static str,
    confidence: &'static str,
    status: &'static str,
    unreached: Option<&'a str>,
    path: &'a str,
    line: u32,
    column: u32,
    end_line: u32,
    end_column: u32,
    message: &'a str,
    help: &'a str,
    evidence: Vec<Evidence<'a>>,
    effort_minutes: u32,
    fingerprint: &'a str,
    fingerprint_moved: &'a str,
    scope: &'a str,
    new: Option<bool>,
    owners: &'a [String],
}

#[derive(Debug, Serialize)]
struct Evidence<'a> {
    path: &'a str,
    line: u32,
    column: u32,
    note: &'a str,
}

#[derive(Debug, Serialize)]
struct Rate {
    rule: &'static str,
    sites: usize,
    found: usize,
}

#[derive(Debug, Serialize)]
struct Made<'a> {
    library: &'a str,
    creates: &'static str,
    scope: &'static str,
    reason: &'a str,
    path: &'a str,
    line: u32,
    column: u32,
    limits: &'a [String],
    missing: &'a [String],
    hidden: bool,
}

#[derive(Debug, Serialize)]
struct Covered<'a> {
    files: u64,
    bytes: u64,
    parsed: u64,
    parsed_bytes: u64,
    partial: Vec<Uncovered<'a>>,
    skipped: Vec<Uncovered<'a>>,
    unread: Vec<Uncovered<'a>>,
}

#[derive(Debug, Serialize)]
struct Uncovered<'a> {
    path: &'a str,
    reason: &'a str,
}

impl<'a> Version1<'a> {
    fn of(report: &'a Report) -> Self {
        let grade = &report.grade;
        let ledger = grade.ledger.iter().map(|line| LedgerLine {
            rule: line.rule,
            severity: line.severity.name(),
            sites: line.sites,
            // The nearest double to a number with one decimal prints as that decimal.
            cost: f64::from(line.cost_tenths) / 10.0,
        });
        Self {
            schema_version: 1,
            tool: Tool { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION") },
            score_model: MODEL,
            complete: report.complete,
            score: grade.score,
            raw_score: grade.raw_score,
            band: grade.band.map(crate::grade::Band::name),
            unscored: grade.unscored.as_deref(),
            ledger: ledger.collect(),
            findings: Some(Findings(&report.findings)),
            rates: report.rates.iter().map(|it| Rate { rule: it.rule, sites: it.sites, found: it.found }).collect(),
            clients: report.clients.iter().map(Made::of).collect(),
            strengths: [],
            capacity: None,
            scenarios: [],
            plan: [],
            coverage: Covered::of(&report.coverage),
            baseline: report.baseline.as_ref().map(Accepted::of),
            delta: report.delta.as_ref().map(Changed::of),
            packages: report.packages.iter().map(Package::of).collect(),
            hints: &report.hints,
        }
    }
}

impl<'a> Found<'a> {
    fn of(finding: &'a Finding) -> Self {
        let location = &finding.location;
        let evidence = finding.evidence.iter().map(|it| Evidence {
            path: &it.location.path,
            line: it.location.start.line,
            column: it.location.start.column,
            note: &it.note,
        });
        Self {
            rule: finding.rule,
            kind: finding.kind,
            severity: finding.severity.name(),
            confidence: match finding.confidence {
                Confidence::High => "high",
                Confidence::Low => "low",
            },
            status: status_name(finding.status),
            unreached: Some(finding.unreached.as_str()).filter(|it| !it.is_empty()),
            path: &location.path,
            line: location.start.line,
            column: location.start.column,
            end_line: location.end.line,
            end_column: location.end.column,
            message: &finding.message,
            help: &finding.help,
            evidence: evidence.collect(),
            effort_minutes: finding.effort_minutes,
            fingerprint: &finding.fingerprint,
            fingerprint_moved: &finding.fingerprint_moved,
            scope: &finding.scope,
            new: finding.is_new,
            owners: &finding.owners,
        }
    }
}

impl<'a> Made<'a> {
    fn of(client: &'a Client) -> Self {
        Self {
            library: &client.library,
            creates: client.creates,
            scope: client.scope,
            reason: &client.why,
            path: &client.location.path,
            line: client.location.start.line,
            column: client.location.start.column,
            limits: &client.set,
            missing: &client.missing,
            hidden: client.is_hidden,
        }
    }
}

impl<'a> Covered<'a> {
    fn of(coverage: &'a Coverage) -> Self {
        let list =
            |notes: &'a [Note]| notes.iter().map(|it| Uncovered { path: &it.path, reason: &it.reason }).collect();
        Self {
            files: coverage.files,
            bytes: coverage.bytes,
            parsed: coverage.parsed,
            parsed_bytes: coverage.parsed_bytes,
            partial: list(&coverage.partial),
            skipped: list(&coverage.skipped),
            unread: list(&coverage.unread),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::{Severity, Status};
    use crate::report::{sample, written};

    #[test]
    fn json_obeys_its_schema() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
        let validator = jsonschema::draft202012::new(&schema).expect("the schema is a schema");
        let mut incomplete = sample::report();
        incomplete.complete = false;
        (incomplete.grade.score, incomplete.grade.raw_score, incomplete.grade.band) = (None, None, None);
        incomplete.grade.unscored = Some("a file could not be read".to_owned());
        incomplete.coverage.unread = vec![Note { path: "a.ts".into(), reason: "permission denied".into() }];
        let mut compared = sample::report();
        compared.delta = Some(sample::delta());
        compared.findings[0].is_new = Some(true);
        let grade = compared.grade.clone();
        compared.packages.push(crate::report::PackageGrade { folder: "a".into(), name: "@x/a".into(), grade });
        compared.hints.push("exclude: `x` matches no file".to_owned());
        let stale = vec![crate::baseline::Entry::of(&compared.findings[0])];
        compared.baseline = Some(crate::baseline::Coverage { entries: 2, stale });
        let mut dead = sample::empty();
        dead.findings.push(sample::finding("a.ts", Severity::P1, Status::Unreachable));
        assert!(render(&dead).contains("\"unreached\": \"nothing imports it\""), "{}", render(&dead));
        for report in [sample::report(), sample::empty(), incomplete, compared, dead] {
            let value: serde_json::Value = serde_json::from_str(&render(&report)).expect("the report is JSON");
            let errors: Vec<_> = validator.iter_errors(&value).map(|it| it.to_string()).collect();
            assert!(errors.is_empty(), "{errors:?}");
        }
        let mut extra: serde_json::Value = serde_json::from_str(&render(&sample::report())).expect("JSON");
        extra["findings"][0]["colour"] = "red".into();
        assert!(!validator.is_valid(&extra), "the schema must notice a key that it does not know");
    }

    #[test]
    fn json_costs_have_one_decimal_whatever_the_cost() {
        let mut report = sample::report();
        for cost_tenths in 0..2_000 {
            report.grade.ledger[0].cost_tenths = cost_tenths;
            let expected = format!("\"cost\": {}\n", crate::report::tenths(cost_tenths));
            assert!(render(&report).contains(&expected), "{expected}");
        }
    }

    #[test]
    fn lines_hold_what_the_whole_report_holds() {
        let report = sample::report();
        let text = written(|out| write_lines(&report, out));
        let mut lines: Vec<serde_json::Value> =
            text.lines().map(|it| serde_json::from_str(it).expect("JSON")).collect();
        for line in &mut lines {
            let kind = line.as_object_mut().expect("an object").shift_remove("type");
            assert!(matches!(kind.as_ref().and_then(|it| it.as_str()), Some("finding" | "summary")));
        }
        let mut summary = lines.pop().expect("a summary");
        summary["findings"] = lines.into();
        assert_eq!(summary, serde_json::from_str::<serde_json::Value>(&render(&report)).expect("JSON"));
    }

    #[test]
    fn json_gives_foreign_text_back_unchanged() {
        let mut report = sample::empty();
        let evil = "\u{1b}\u{9b}\u{202e}\u{7f}\u{e0001}\t\n\"\\é";
        let mut finding = sample::finding("a.ts", Severity::P3, Status::Lead);
        finding.message = evil.to_owned();
        report.findings.push(finding);
        let value: serde_json::Value = serde_json::from_str(&render(&report)).expect("JSON");
        assert_eq!(value["findings"][0]["message"], evil);
    }
}
