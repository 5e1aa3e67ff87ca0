//! Places as people count them: what reports show of verdicts, and the texts that they quote.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::Scan;
use crate::finding::{Finding, Location, Outcome, Status, Verdict};
use crate::page::Page;
use crate::project::Project;
use crate::report::{LocatedOutcome, LocatedVerdict};
use crate::settle::locate_evidence;

/// The texts of the files in which findings and their evidence stand, by path.
pub(super) fn texts_of(project: &Project, findings: &[Finding]) -> BTreeMap<String, Arc<str>> {
    let evidence = findings.iter().flat_map(|it| it.evidence.iter().map(|it| &it.location.path));
    let paths: BTreeSet<&String> = findings.iter().map(|it| &it.location.path).chain(evidence).collect();
    let text = |path: &&String| {
        let at = project.files.binary_search_by(|it| it.path.as_str().cmp(path)).ok()?;
        Some(((*path).clone(), project.files[at].text.clone()))
    };
    paths.iter().filter_map(text).collect()
}

/// A verdict as reports show it, with the bucket of its finding.
pub(super) fn located(
    scan: &Scan<'_>,
    project: &Project,
    page: &Page,
    rule: &'static str,
    verdict: Verdict,
    location: Location,
    bucket: Option<(Status, &str)>,
) -> LocatedVerdict {
    let (status, unreached) = bucket.map_or((None, String::new()), |(status, why)| (Some(status), why.to_owned()));
    match verdict.outcome {
        Outcome::Found { kind, confidence, message, help, evidence } => {
            let evidence = evidence.iter().map(|it| locate_evidence(project, it)).collect();
            let severity = scan.severity(rule, kind, &location.path).unwrap_or_else(|| page.severity(kind));
            let outcome = LocatedOutcome::Found { kind, severity, confidence, message, help, evidence };
            LocatedVerdict { rule, location, outcome, status, unreached }
        }
        Outcome::Cleared { reason } => {
            let outcome = LocatedOutcome::Cleared { reason: reason.into_owned() };
            LocatedVerdict { rule, location, outcome, status: None, unreached: String::new() }
        }
    }
}
