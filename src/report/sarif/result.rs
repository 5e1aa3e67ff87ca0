//! Findings as results.

use serde::{Serialize, Serializer};

use super::location::Place;
use super::rule::level;
use super::{SHOWN, Text};
use crate::finding::{Confidence, Finding, LocatedEvidence, Location, Status};
use crate::report::safe::safe;
use crate::report::{Setting, sentence, status_name};

/// Related locations that GitHub shows.
const RELATED: usize = 100;
/// Steps of a flow that GitHub shows.
const STEPS: usize = 1_000;

/// Results that are made one at a time, while they are written.
pub(super) struct Results<'a> {
    findings: Vec<&'a Finding>,
    setting: Setting<'a>,
    /// SARIF wants these fields on all results or on none.
    has_suppressed: bool,
    has_baseline: bool,
}

impl<'a> Results<'a> {
    pub(super) fn new(findings: Vec<&'a Finding>, setting: Setting<'a>) -> Self {
        let has = |status| findings.iter().any(|it| it.status == status);
        let has_suppressed = has(Status::Suppressed);
        let has_baseline = has(Status::Baselined) || findings.iter().any(|it| it.is_new.is_some());
        Self { findings, setting, has_suppressed, has_baseline }
    }

    fn result(&self, finding: &'a Finding, evidence: &[LocatedEvidence]) -> Outcome<'a> {
        let prefix = self.setting.prefix;
        let related = evidence.iter().take(RELATED).enumerate();
        let is_open = !matches!(finding.status, Status::Lead | Status::Unreachable);
        Outcome {
            rule_id: finding.rule,
            rule_index: self.setting.pages.iter().position(|it| it.id == finding.rule),
            kind: match finding.status {
                Status::Lead => "review",
                Status::Unreachable => "informational",
                _ => "fail",
            },
            level: if is_open { level(finding.severity) } else { "none" },
            message: Text::of(message(finding, evidence)),
            locations: [Place::at(&finding.location, prefix)],
            related_locations: related.map(|(at, it)| Place::numbered(at + 1, it, prefix)).collect(),
            code_flows: (!evidence.is_empty()).then(|| [CodeFlow::of(finding, prefix)]),
            partial_fingerprints: Fingerprints {
                github: &finding.fingerprint,
                whole: &finding.fingerprint,
                moved: &finding.fingerprint_moved,
            },
            baseline_state: self.has_baseline.then_some(if finding.status == Status::Baselined {
                "unchanged"
            } else {
                "new"
            }),
            suppressions: self.has_suppressed.then(|| {
                let is_suppressed = finding.status == Status::Suppressed;
                is_suppressed.then_some(Suppression { kind: "inSource", status: "accepted" }).into_iter().collect()
            }),
            properties: Properties::of(finding),
        }
    }
}

impl<'a> Serialize for Results<'a> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        // What GitHub will not show needs no evidence, which is most of a result.
        let evidence = |at: usize, it: &'a Finding| if at < SHOWN { &it.evidence[..] } else { &[] };
        serializer.collect_seq(self.findings.iter().enumerate().map(|(at, it)| self.result(it, evidence(at, it))))
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Outcome<'a> {
    rule_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    rule_index: Option<usize>,
    kind: &'static str,
    level: &'static str,
    message: Text,
    locations: [Place; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Place>,
    #[serde(skip_serializing_if = "Option::is_none")]
    code_flows: Option<[CodeFlow; 1]>,
    partial_fingerprints: Fingerprints<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline_state: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suppressions: Option<Vec<Suppression>>,
    properties: Properties<'a>,
}

/// The identity of a finding. GitHub reads the first and no other.
#[derive(Debug, Serialize)]
struct Fingerprints<'a> {
    #[serde(rename = "primaryLocationLineHash")]
    github: &'a str,
    #[serde(rename = "atlasAudit/v1")]
    whole: &'a str,
    #[serde(rename = "atlasAuditMoved/v1")]
    moved: &'a str,
}

#[derive(Debug, Serialize)]
struct Suppression {
    kind: &'static str,
    status: &'static str,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Properties<'a> {
    kind: &'a str,
    severity: &'static str,
    confidence: &'static str,
    status: &'static str,
    effort_minutes: u32,
}

impl<'a> Properties<'a> {
    fn of(finding: &'a Finding) -> Self {
        Self {
            kind: finding.kind,
            severity: finding.severity.name(),
            confidence: if finding.confidence == Confidence::High { "high" } else { "low" },
            status: status_name(finding.status),
            effort_minutes: finding.effort_minutes,
        }
    }
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct CodeFlow {
    thread_flows: [ThreadFlow; 1],
}

#[derive(Debug, Serialize)]
struct ThreadFlow {
    locations: Vec<Step>,
}

#[derive(Debug, Serialize)]
struct Step {
    location: Place,
}

impl CodeFlow {
    /// The evidence in reading order, with the finding itself where the reader comes by it: after what stands before it in its file.
    fn of(finding: &Finding, prefix: &str) -> Self {
        let Location { path, span, .. } = &finding.location;
        let is_before = |it: &&LocatedEvidence| it.location.path == *path && it.location.span.start <= span.start;
        let before = finding.evidence.iter().take_while(is_before).count();
        let mut places: Vec<_> =
            finding.evidence.iter().map(|it| Place::at(&it.location, prefix).saying(&it.note)).collect();
        places.insert(before, Place::at(&finding.location, prefix).saying(&finding.message));
        places.truncate(STEPS);
        Self {
            thread_flows: [ThreadFlow { locations: places.into_iter().map(|location| Step { location }).collect() }],
        }
    }
}

/// What is wrong, what to do, and the evidence as links, which GitHub shows for no other related location.
fn message(finding: &Finding, evidence: &[LocatedEvidence]) -> String {
    let mut text = sentence(&escaped(&finding.message));
    if !finding.help.is_empty() {
        text.push(' ');
        text.push_str(&sentence(&escaped(&finding.help)));
    }
    let link = |(at, it): (usize, &LocatedEvidence)| format!("[{}]({})", escaped(&it.note), at + 1);
    let links: Vec<_> = evidence.iter().take(RELATED).enumerate().map(link).collect();
    if !links.is_empty() {
        text.push_str(&format!(" Evidence: {}.", links.join(", ")));
    }
    text
}

/// Brackets would be taken for a link.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in safe(text).chars() {
        if matches!(character, '[' | ']' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out
}
