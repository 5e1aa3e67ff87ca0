//! Findings and coverage in, score ledger out: model `atlas-1`.

use crate::finding::Severity;

/// The name of the arithmetic below; a change of weights is a new model.
pub const MODEL: &str = "atlas-1";

/// The score and how it came about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grade {
    /// 0 to 100; `None` where `unscored` says why.
    pub score: Option<u32>,
    /// The score that the suppressed findings would leave.
    pub raw_score: Option<u32>,
    /// The band of the score.
    pub band: Option<Band>,
    /// What each rule costs, per severity.
    pub ledger: Vec<LedgerLine>,
    /// The most that open P0 rules allow.
    pub ceiling: Option<Ceiling>,
    /// Why there is no score.
    pub unscored: Option<String>,
}

/// What a score means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Band {
    /// 90 and more.
    Ready,
    /// 70 to 89.
    MostlyReady,
    /// 50 to 69.
    AtRisk,
    /// Less than 50.
    NotReady,
}

impl Band {
    /// `"mostly-ready"`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::MostlyReady => "mostly-ready",
            Self::AtRisk => "at-risk",
            Self::NotReady => "not-ready",
        }
    }

    /// One emoji.
    #[must_use]
    pub fn mark(self) -> &'static str {
        match self {
            Self::Ready => "🟢",
            Self::MostlyReady => "🟡",
            Self::AtRisk => "🟠",
            Self::NotReady => "🔴",
        }
    }

    /// `"mostly ready"`.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::MostlyReady => "mostly ready",
            Self::AtRisk => "at risk",
            Self::NotReady => "not ready",
        }
    }
}

/// What one rule costs at one severity.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LedgerLine {
    /// Rule id.
    pub rule: &'static str,
    /// The severity of these sites.
    pub severity: Severity,
    /// Scored findings.
    pub sites: usize,
    /// Tenths of a point taken off the score, after both caps.
    pub cost_tenths: u32,
    /// Tenths that the cap of the severity's tier keeps from being taken off; 0 where that cap does not cut this line.
    pub forgiven_tenths: u32,
}

/// The most that open P0 rules allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ceiling {
    /// The highest score possible.
    pub score: u32,
    /// Rules with an open P0.
    pub p0_rules: usize,
}
