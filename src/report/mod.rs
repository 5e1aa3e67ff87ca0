//! What an audit found, and its renderings: one file per format.
//!
//! A [`Report`] owns everything that a rendering needs. Renderings turn it into text; they compute no finding, no score and
//! no exit code, and they read and write no file. Text that comes from the audited code base goes through [`safe`] first.

mod census;
pub mod concise;
mod excerpt;
mod explain;
mod frame;
pub mod json;
mod ledger;
mod listing;
pub mod look;
pub mod safe;
// The hand-made report of the tests; the stub of `audit` uses it too until there is a pipeline.
#[doc(hidden)]
#[cfg(test)]
pub mod sample;
pub mod terminal;
#[cfg(test)]
mod tests;
mod why;
mod window;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::finding::{Confidence, Finding, LocatedEvidence, Location, Severity, Status};
use crate::grade::Grade;
use crate::settle::Rate;

pub use explain::explain;
pub use frame::trouble;
pub use listing::{listing, listing_json};
pub use look::Look;
pub use why::why;

/// Everything that one audit found out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// The score and its ledger.
    pub grade: Grade,
    /// Every finding of every bucket, sorted.
    pub findings: Vec<Finding>,
    /// Per rule: sites looked at, sites found wrong.
    pub rates: Vec<Rate>,
    /// What was audited, and what was not.
    pub coverage: Coverage,
    /// Whether all that should have been audited was.
    pub complete: bool,
    /// Every verdict, sorted by place, for [`why()`].
    pub verdicts: Vec<LocatedVerdict>,
    /// Every client that the code makes, by place.
    pub clients: Vec<Client>,
    /// The text of each file that a finding or its evidence lies in, by path, for code frames.
    pub texts: BTreeMap<String, Arc<str>>,
    /// How long each stage took, in order; never part of a rendering, so that reports stay reproducible.
    pub timings: Vec<(&'static str, Duration)>,
}

impl Report {
    /// How many findings of one bucket have one severity.
    #[must_use]
    pub fn count(&self, status: Status, severity: Severity) -> usize {
        self.findings.iter().filter(|it| it.status == status && it.severity == severity).count()
    }

    /// How many findings are in one bucket.
    #[must_use]
    pub fn bucket(&self, status: Status) -> usize {
        self.findings.iter().filter(|it| it.status == status).count()
    }
}

/// One client that the code makes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Where it is made.
    pub location: Location,
    /// The library, as people call it.
    pub library: String,
    /// What it is: `pool`, `client`, `connection`, `orm`, `http-client` or `agent`.
    pub creates: &'static str,
    /// How often it is made, in one word of the JSON report's.
    pub scope: &'static str,
    /// Why, in a few words.
    pub why: String,
    /// The limits that are set.
    pub set: Vec<String>,
    /// Those that are not.
    pub missing: Vec<String>,
    /// Whether options are passed that the code does not show.
    pub is_hidden: bool,
}

/// What was audited, and what was not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// Source files audited.
    pub files: u64,
    /// Their size in bytes.
    pub bytes: u64,
    /// Those of them that had to be parsed.
    pub parsed: u64,
    /// Their size in bytes.
    pub parsed_bytes: u64,
    /// Audited with a gap: syntax errors, or invalid UTF-8 replaced.
    pub partial: Vec<Note>,
    /// Left out by policy.
    pub skipped: Vec<Note>,
    /// Wanted and failed; any of these makes the audit incomplete.
    pub unread: Vec<Note>,
}

/// A file or folder, and what happened to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Note {
    /// Relative to the root, forward slashes.
    pub path: String,
    /// In a few words, the same words for the same reason.
    pub reason: String,
}

/// A verdict with its place as people count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LocatedVerdict {
    /// Rule id.
    pub rule: &'static str,
    /// The site.
    pub location: Location,
    /// Found or cleared.
    pub outcome: LocatedOutcome,
    /// The bucket of the finding; `None` where the site was cleared.
    pub status: Option<Status>,
}

/// What a rule concluded about a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LocatedOutcome {
    /// Something is wrong, or may be.
    Found {
        /// One of the page's kinds.
        kind: &'static str,
        /// The page's severity for that kind.
        severity: Severity,
        /// How sure the rule is.
        confidence: Confidence,
        /// What is wrong and why it matters.
        message: String,
        /// What to do.
        help: String,
        /// The chain that proves it.
        evidence: Vec<LocatedEvidence>,
    },
    /// Nothing is wrong, and this is why.
    Cleared {
        /// The deciding evidence, in a few words.
        reason: String,
    },
}

/// The bucket's name, as in the JSON report.
pub(crate) fn status_name(status: Status) -> &'static str {
    match status {
        Status::Graded => "graded",
        Status::Baselined => "baselined",
        Status::Lead => "lead",
        Status::Unreachable => "unreachable",
        Status::Suppressed => "suppressed",
    }
}

/// `"1 site"`, `"2 sites"`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// Tenths of a point as people write them: `"6.0"`.
pub(crate) fn tenths(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}
