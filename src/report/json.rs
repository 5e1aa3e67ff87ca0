//! The report for programs: version 1, a frozen copy of what the internal types say.
//!
//! These structs change only by addition; a change of meaning is a new `schema_version`. `schema.json` beside this file
//! describes them and is printed by `atlas-audit schema`.

use serde::Serialize;

use super::safe::is_hazard;
use super::{Client, Coverage, Note, Report, status_name};
use crate::finding::{Confidence, Finding};
use crate::grade::MODEL;

/// The JSON Schema of the report, draft 2020-12.
pub const SCHEMA: &str = include_str!("schema.json");

/// Renders the report as indented JSON with a final newline.
#[must_use]
pub fn render(report: &Report) -> String {
    pretty(&Version1::of(report))
}

/// Indented JSON in which no character is left that a terminal would obey.
pub(super) fn pretty(value: &impl Serialize) -> String {
    let plain = serde_json::to_string_pretty(value).expect("these types have no failing serialisation");
    let mut out = String::with_capacity(plain.len() + 1);
    for character in plain.chars() {
        if character != '\n' && is_hazard(character) {
            // Outside of strings JSON is ASCII, so this is inside one and may be written as an escape.
            for unit in character.encode_utf16(&mut [0; 2]) {
                out.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            out.push(character);
        }
    }
    out.push('\n');
    out
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
    findings: Vec<Found<'a>>,
    rates: Vec<Rate>,
    clients: Vec<Made<'a>>,
    strengths: [(); 0],
    capacity: Option<()>,
    scenarios: [(); 0],
    plan: [(); 0],
    coverage: Covered<'a>,
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
            findings: report.findings.iter().map(Found::of).collect(),
            rates: report.rates.iter().map(|it| Rate { rule: it.rule, sites: it.sites, found: it.found }).collect(),
            clients: report.clients.iter().map(Made::of).collect(),
            strengths: [],
            capacity: None,
            scenarios: [],
            plan: [],
            coverage: Covered::of(&report.coverage),
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
    use crate::report::sample;

    #[test]
    fn json_obeys_its_schema() {
        let schema: serde_json::Value = serde_json::from_str(SCHEMA).expect("the schema is JSON");
        let validator = jsonschema::draft202012::new(&schema).expect("the schema is a schema");
        let mut incomplete = sample::report();
        incomplete.complete = false;
        (incomplete.grade.score, incomplete.grade.raw_score, incomplete.grade.band) = (None, None, None);
        incomplete.grade.unscored = Some("a file could not be read".to_owned());
        incomplete.coverage.unread = vec![Note { path: "a.ts".into(), reason: "permission denied".into() }];
        for report in [sample::report(), sample::empty(), incomplete] {
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
