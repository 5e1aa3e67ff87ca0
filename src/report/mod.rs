//! What an audit found, and its renderings: one file per format.
//!
//! A [`Report`] owns what was found; a [`Setting`] is what else a rendering for other programs says. Renderings turn both into text; they compute no finding, no score and
//! no exit code, and they read and write no file. Text that comes from the audited code base goes through [`safe`] first.

pub mod agent;
mod census;
mod change;
pub mod checkstyle;
pub mod concise;
mod excerpt;
mod explain;
mod frame;
pub mod github;
pub mod gitlab;
pub mod json;
pub mod junit;
mod ledger;
mod listing;
pub mod look;
pub mod markdown;
mod parts;
pub mod rdjson;
pub mod safe;
// The hand-made report of the tests; the stub of `audit` uses it too until there is a pipeline.
#[doc(hidden)]
#[cfg(test)]
pub mod sample;
pub mod sarif;
mod stream;
pub mod terminal;
#[cfg(test)]
mod tests;
mod why;
mod window;
mod xml;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::baseline;
use crate::config::Nested;
use crate::delta::Delta;
use crate::finding::{Confidence, Finding, LocatedEvidence, Location, Severity, Status};
use crate::grade::Grade;
use crate::page::Page;
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
    /// What the baseline did; `None` without one.
    pub baseline: Option<baseline::Coverage>,
    /// What changed since another state; `None` where nothing is compared.
    pub delta: Option<Delta>,
    /// Every package with sources, by folder, with the score of what lies in it and in no package further in.
    pub packages: Vec<PackageGrade>,
    /// What the configurations of packages say.
    pub nested: Nested,
    /// Settings that are about nothing, one sentence each.
    pub hints: Vec<String>,
    /// The text of each file that a finding or its evidence lies in, by path, for code frames.
    pub texts: BTreeMap<String, Arc<str>>,
    /// How long each stage took, in order; never part of a rendering, so that reports stay reproducible.
    pub timings: Vec<(&'static str, Duration)>,
}

/// What a rendering for other programs says besides the report.
#[derive(Clone, Copy)]
pub struct Setting<'a> {
    /// The rules' pages, in report order.
    pub pages: &'a [Page],
    /// What stands before a path of the report to make it relative to the git root: empty, or a folder with a final slash.
    pub prefix: &'a str,
    /// Why the run does not pass, one sentence each; empty where it passes.
    pub reasons: &'a [String],
    /// Whether a finding fails the run by itself.
    pub fails: &'a dyn Fn(&Finding) -> bool,
    /// Whether what is only listed is rendered too: leads, unreachable, suppressed, baselined.
    pub all: bool,
}

impl Default for Setting<'_> {
    /// A run that passes, of a whole repository.
    fn default() -> Self {
        Self { pages: &[], prefix: "", reasons: &[], fails: &|_| false, all: false }
    }
}

impl Report {
    /// The findings that are shown: the graded ones, or those of every bucket.
    pub(crate) fn shown(&self, all: bool) -> impl Iterator<Item = &Finding> {
        self.findings.iter().filter(move |it| all || it.status == Status::Graded)
    }

    /// The same, the worst first; those of one severity in the order of the report.
    pub(crate) fn worst_first(&self, all: bool) -> Vec<&Finding> {
        let mut shown: Vec<_> = self.shown(all).collect();
        shown.sort_by_key(|it| it.severity);
        shown
    }

    /// How many findings of one bucket have one severity.
    #[must_use]
    pub fn count(&self, status: Status, severity: Severity) -> usize {
        self.findings.iter().filter(|it| it.status == status && it.severity == severity).count()
    }

    /// The innermost package around a path.
    #[must_use]
    pub fn package_of(&self, path: &str) -> Option<&PackageGrade> {
        let is_around = |it: &&PackageGrade| {
            it.folder.is_empty() || path.strip_prefix(&it.folder).is_some_and(|it| it.starts_with('/'))
        };
        self.packages.iter().filter(is_around).max_by_key(|it| it.folder.len())
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

/// One package of the code base.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackageGrade {
    /// Its folder, relative to the root; empty for the root.
    pub folder: String,
    /// Its name, or else its folder.
    pub name: String,
    /// Its score; the severities are those of the whole.
    pub grade: Grade,
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
    /// Why nothing that runs gets there; empty where something does.
    pub unreached: String,
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

/// What to put before a finding's message: its bucket, unless it is graded, or that it is new.
pub(crate) fn tag(finding: &Finding) -> String {
    match finding.status {
        Status::Graded if finding.is_new == Some(true) => "[new] ".to_owned(),
        Status::Graded => String::new(),
        _ => format!("[{}] ", bucket_words(finding)),
    }
}

/// Where a finding ended, and why nothing reaches it where that is so: `"unreachable: nothing that runs uses `f`"`.
pub(crate) fn bucket_words(finding: &Finding) -> String {
    let name = status_name(finding.status);
    if finding.unreached.is_empty() { name.to_owned() } else { format!("{name}: {}", safe::safe(&finding.unreached)) }
}

/// `"[lead] "` before whatever is not graded, for readers that keep new and old apart themselves.
pub(crate) fn bucket_tag(status: Status) -> String {
    match status {
        Status::Graded => String::new(),
        other => format!("[{}] ", status_name(other)),
    }
}

/// A text as a sentence among others: with a full stop where it has no end of its own.
pub(crate) fn sentence(text: &str) -> String {
    let text = text.trim();
    if text.is_empty() || text.ends_with(['.', '!', '?', ':', ';']) { text.to_owned() } else { format!("{text}.") }
}

/// What a rendering writes, as text.
#[cfg(test)]
pub(crate) fn written(write: impl FnOnce(&mut dyn std::io::Write) -> std::io::Result<()>) -> String {
    let mut out = Vec::new();
    write(&mut out).expect("a vector takes all bytes");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// `"1 site"`, `"2 sites"`.
pub(crate) fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// Tenths of a point as people write them: `"6.0"`.
pub(crate) fn tenths(tenths: u32) -> String {
    format!("{}.{}", tenths / 10, tenths % 10)
}
