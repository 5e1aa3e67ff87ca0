//! The parts of the JSON report that are about less or more than one state: packages, the baseline, and what changed since a
//! commit.

use serde::Serialize;

use super::PackageGrade;
use crate::baseline::{Coverage, Entry};
use crate::delta::{Delta, RuleDelta};
use crate::grade::Band;

/// What the baseline did.
#[derive(Debug, Serialize)]
pub(super) struct Accepted<'a> {
    entries: usize,
    stale: Vec<Earlier<'a>>,
}

/// A finding that was here before.
#[derive(Debug, Serialize)]
struct Earlier<'a> {
    rule: &'a str,
    severity: &'static str,
    path: &'a str,
    scope: &'a str,
    fingerprint: &'a str,
    fingerprint_moved: &'a str,
}

/// One package.
#[derive(Debug, Serialize)]
pub(super) struct Package<'a> {
    name: &'a str,
    path: &'a str,
    score: Option<u32>,
    band: Option<&'static str>,
}

impl<'a> Package<'a> {
    pub(super) fn of(package: &'a PackageGrade) -> Self {
        let PackageGrade { folder, name, grade } = package;
        Self { name, path: folder, score: grade.score, band: grade.band.map(Band::name) }
    }
}

/// What changed since another state.
#[derive(Debug, Serialize)]
pub(super) struct Changed<'a> {
    since: &'a str,
    commit: Option<&'a str>,
    score_before: Option<u32>,
    score: Option<u32>,
    new: usize,
    fixed: Vec<Earlier<'a>>,
    rules: Vec<Line>,
}

#[derive(Debug, Serialize)]
struct Line {
    rule: &'static str,
    severity: &'static str,
    sites_before: usize,
    sites: usize,
    cost_before: f64,
    cost: f64,
}

impl<'a> Accepted<'a> {
    pub(super) fn of(coverage: &'a Coverage) -> Self {
        Self { entries: coverage.entries, stale: coverage.stale.iter().map(Earlier::of).collect() }
    }
}

impl<'a> Earlier<'a> {
    fn of(entry: &'a Entry) -> Self {
        Self {
            rule: &entry.rule,
            severity: entry.severity.name(),
            path: &entry.path,
            scope: &entry.scope,
            fingerprint: &entry.fingerprint,
            fingerprint_moved: &entry.fingerprint_moved,
        }
    }
}

impl<'a> Changed<'a> {
    pub(super) fn of(delta: &'a Delta) -> Self {
        Self {
            since: &delta.since,
            commit: delta.commit.as_deref(),
            score_before: delta.score_before,
            score: delta.score,
            new: delta.new,
            fixed: delta.fixed.iter().map(Earlier::of).collect(),
            rules: delta.rules.iter().map(Line::of).collect(),
        }
    }
}

impl Line {
    fn of(delta: &RuleDelta) -> Self {
        let points = |tenths: u32| f64::from(tenths) / 10.0;
        Self {
            rule: delta.rule,
            severity: delta.severity.name(),
            sites_before: delta.sites_before,
            sites: delta.sites,
            cost_before: points(delta.cost_before_tenths),
            cost: points(delta.cost_tenths),
        }
    }
}
