//! What a rule says about one place, and what becomes of it.
//!
//! A rule states *what* it saw as a [`Verdict`]; [`crate::settle`] turns verdicts into [`Finding`]s. Severity is never stated
//! here by a rule: it belongs to the page. Nothing in this module reads a file or prints.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};

use crate::source::{Place, Position, Span};

/// How bad a finding is at the target load.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Severity {
    /// Outage or data loss.
    P0,
    /// Degradation.
    P1,
    /// Slow decay.
    P2,
    /// Hygiene.
    P3,
}

impl Severity {
    /// All severities, worst first.
    pub const ALL: [Severity; 4] = [Self::P0, Self::P1, Self::P2, Self::P3];

    /// `"P0"` to `"P3"`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::P0 => "P0",
            Self::P1 => "P1",
            Self::P2 => "P2",
            Self::P3 => "P3",
        }
    }
}

/// How sure a rule is of one finding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    /// Proven by the evidence.
    High,
    /// A lead: listed, never graded.
    Low,
}

/// A place that supports a finding, with what it shows.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Evidence {
    /// Where to look.
    pub place: Place,
    /// What is there, in a few words.
    pub note: String,
}

/// What a rule concluded about a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Outcome {
    /// Something is wrong, or may be.
    Found {
        /// One of the page's kinds.
        kind: &'static str,
        /// `High` is graded, `Low` is a lead.
        confidence: Confidence,
        /// What is wrong and why it matters.
        message: String,
        /// What to do about it.
        help: String,
        /// The chain that proves it, in reading order.
        evidence: Vec<Evidence>,
    },
    /// Nothing is wrong, and this is why.
    Cleared {
        /// The deciding evidence, in a few words.
        reason: Cow<'static, str>,
    },
}

/// One rule's conclusion about one site that it looked at.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Verdict {
    /// The site.
    pub place: Place,
    /// Found or cleared.
    pub outcome: Outcome,
}

impl Verdict {
    /// A proven finding of one of the page's kinds.
    pub(crate) fn found(kind: &'static str, place: Place) -> Self {
        Self::with_confidence(kind, place, Confidence::High)
    }

    /// A suspicion that the code does not prove; listed, never graded.
    pub(crate) fn lead(kind: &'static str, place: Place) -> Self {
        Self::with_confidence(kind, place, Confidence::Low)
    }

    /// A site that was looked at and is in order.
    pub(crate) fn cleared(place: Place, reason: impl Into<Cow<'static, str>>) -> Self {
        Self { place, outcome: Outcome::Cleared { reason: reason.into() } }
    }

    /// What is wrong and why it matters.
    pub(crate) fn says(mut self, words: impl Into<String>) -> Self {
        if let Outcome::Found { message, .. } = &mut self.outcome {
            *message = words.into();
        }
        self
    }

    /// What to do.
    pub(crate) fn fix(mut self, words: impl Into<String>) -> Self {
        if let Outcome::Found { help, .. } = &mut self.outcome {
            *help = words.into();
        }
        self
    }

    /// Adds one place to the evidence.
    pub(crate) fn because(self, place: Place, note: impl Into<String>) -> Self {
        self.through([Evidence { place, note: note.into() }])
    }

    /// Adds places to the evidence, in reading order.
    pub(crate) fn through(mut self, hops: impl IntoIterator<Item = Evidence>) -> Self {
        if let Outcome::Found { evidence, .. } = &mut self.outcome {
            evidence.extend(hops);
        }
        self
    }

    fn with_confidence(kind: &'static str, place: Place, confidence: Confidence) -> Self {
        let outcome =
            Outcome::Found { kind, confidence, message: String::new(), help: String::new(), evidence: Vec::new() };
        Self { place, outcome }
    }
}

/// The one bucket in which a finding ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Counts in the score and at the gate.
    Graded,
    /// Counts in the score, exempt from the gate.
    Baselined,
    /// Not proven; listed only.
    Lead,
    /// In code that nothing reaches; listed only.
    Unreachable,
    /// An inline ignore with a reason covers it; listed only.
    Suppressed,
}

/// A range as people count, with its file's path.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Relative to the root, forward slashes.
    pub path: String,
    /// Byte range in the file, for code frames.
    pub span: Span,
    /// First character.
    pub start: Position,
    /// Just past the last character.
    pub end: Position,
}

/// A place of the evidence chain, located.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct LocatedEvidence {
    /// Where to look.
    pub location: Location,
    /// What is there.
    pub note: String,
}

/// A verdict that found something, settled: located, with the page's severity and in its bucket.
///
/// The fields stand in sort order: location first, then rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// Where it is.
    pub location: Location,
    /// Rule id.
    pub rule: &'static str,
    /// One of the rule page's kinds.
    pub kind: &'static str,
    /// The page's severity for that kind.
    pub severity: Severity,
    /// How sure the rule is.
    pub confidence: Confidence,
    /// The bucket.
    pub status: Status,
    /// Why nothing that runs gets there; empty unless the status is [`Status::Unreachable`].
    pub unreached: String,
    /// What is wrong and why it matters.
    pub message: String,
    /// What to do.
    pub help: String,
    /// The chain that proves it.
    pub evidence: Vec<LocatedEvidence>,
    /// Minutes to mend one such site.
    pub effort_minutes: u32,
    /// Identity: rule, path, scope path, tokens, ordinal among equals.
    pub fingerprint: String,
    /// The same without the path, so that a moved file matches.
    pub fingerprint_moved: String,
    /// The functions and classes around it, joined with dots; empty at module level.
    pub scope: String,
    /// Whether the other end of the comparison lacks it; `None` where nothing is compared.
    pub is_new: Option<bool>,
    /// Who answers for its file, as `CODEOWNERS` says.
    pub owners: Vec<String>,
}

impl Finding {
    /// Whether it takes points off the score.
    #[must_use]
    pub fn is_scored(&self) -> bool {
        matches!(self.status, Status::Graded | Status::Baselined)
    }
}
