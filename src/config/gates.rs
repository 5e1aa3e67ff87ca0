//! Gates and severities of a part of the code base: `[[gate]]` and `[[severity]]`.

use std::ops::Range;

use globset::{Glob, GlobSet, GlobSetBuilder};

use super::FailOn;
use super::settings::{Entry, Source};
use crate::failure::Failure;
use crate::finding::Severity;

/// A gate for the findings that it is about.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GateRule {
    /// Globs relative to the root; none means every path.
    pub paths: Vec<String>,
    /// Rule ids; none means every rule.
    pub rules: Vec<String>,
    /// Globs for the names or folders of packages; none means every package.
    pub packages: Vec<String>,
    /// Another limit for these findings; of several gates the last decides.
    pub fail_on: Option<FailOn>,
    /// The least score of these findings alone, 0 to 100; with `packages`, of each package by itself.
    pub min_score: Option<u32>,
    /// The most points that this score may fall where two states are compared.
    pub max_drop: Option<u32>,
    /// File and line.
    pub from: String,
}

/// Another severity for the findings that it is about; of several the last decides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeverityRule {
    /// Rule id.
    pub rule: String,
    /// A kind of the rule; `None` = every kind.
    pub kind: Option<String>,
    /// Globs relative to the root; none means every path.
    pub paths: Vec<String>,
    /// How bad it is here.
    pub severity: Severity,
    /// Why the page is wrong about it here.
    pub reason: String,
    /// File and line.
    pub from: String,
}

const GATE_KEYS: [&str; 6] = ["paths", "rules", "packages", "fail_on", "min_score", "max_drop"];
const SEVERITY_KEYS: [&str; 5] = ["rule", "kind", "paths", "severity", "reason"];

impl Source<'_> {
    pub(super) fn gate(&self, entries: Vec<Entry<'_>>, at: Option<Range<usize>>) -> Result<GateRule, Failure> {
        let place = entries.first().and_then(|it| it.key_at.clone()).or(at.clone());
        let mut gate = GateRule { from: self.place(place.as_ref()), ..GateRule::default() };
        for entry in entries {
            match entry.key {
                "paths" => gate.paths = self.globs(entry)?,
                "packages" => gate.packages = self.globs(entry)?,
                "rules" => gate.rules = self.texts(entry)?,
                "fail_on" => gate.fail_on = Some(self.fail_on(entry)?),
                "min_score" => gate.min_score = Some(self.number(entry)?),
                "max_drop" => gate.max_drop = Some(self.number(entry)?),
                _ => return Err(self.unknown(&entry, &GATE_KEYS, " in `[[gate]]`")),
            }
        }
        if gate.fail_on.is_none() && gate.min_score.is_none() && gate.max_drop.is_none() {
            let help = "say what fails: fail_on, min_score or max_drop".to_owned();
            return Err(self.wrong("`[[gate]]` asks for nothing", help, place));
        }
        Ok(gate)
    }

    pub(super) fn severity(&self, entries: Vec<Entry<'_>>, at: Option<Range<usize>>) -> Result<SeverityRule, Failure> {
        let place = entries.first().and_then(|it| it.key_at.clone()).or(at);
        let (mut rule, mut kind, mut paths, mut severity, mut reason) = (None, None, Vec::new(), None, None);
        for entry in entries {
            match entry.key {
                "rule" => rule = Some(self.text_in(entry)?),
                "kind" => kind = Some(self.text_in(entry)?),
                "paths" => paths = self.globs(entry)?,
                "severity" => {
                    let wrong = self.cannot(&entry, "write \"P0\", \"P1\", \"P2\" or \"P3\"");
                    severity = Some(self.fail_on(entry)?.0.ok_or(wrong)?);
                }
                "reason" => reason = Some(self.text_in(entry)?).filter(|it| !it.trim().is_empty()),
                _ => return Err(self.unknown(&entry, &SEVERITY_KEYS, " in `[[severity]]`")),
            }
        }
        let lacks = |key: &str| {
            let help = "write rule, severity and a reason that the next reader can judge".to_owned();
            self.wrong(&format!("`[[severity]]` lacks `{key}`"), help, place.clone())
        };
        Ok(SeverityRule {
            rule: rule.ok_or_else(|| lacks("rule"))?,
            kind,
            paths,
            severity: severity.ok_or_else(|| lacks("severity"))?,
            reason: reason.ok_or_else(|| lacks("reason"))?,
            from: self.place(place.as_ref()),
        })
    }
}

impl GateRule {
    /// Whether a finding of a rule at a path in a package is what this gate is about.
    #[must_use]
    pub fn is_about(&self, rule: &str, path: &str, package: Option<(&str, &str)>) -> bool {
        (self.rules.is_empty() || self.rules.iter().any(|it| it == rule))
            && (self.paths.is_empty() || matches(&self.paths, path))
            && (self.packages.is_empty() || package.is_some_and(|it| self.names(it)))
    }

    /// Whether a package, by name and folder, is among those named.
    #[must_use]
    pub fn names(&self, (name, folder): (&str, &str)) -> bool {
        matches(&self.packages, name) || matches(&self.packages, folder)
    }
}

impl SeverityRule {
    /// Whether it decides about a finding.
    #[must_use]
    pub fn is_about(&self, rule: &str, kind: &str, path: &str) -> bool {
        self.rule == rule
            && self.kind.as_deref().is_none_or(|it| it == kind)
            && (self.paths.is_empty() || matches(&self.paths, path))
    }
}

/// Whether one of some globs, each known to be valid, matches.
#[must_use]
pub fn matches(globs: &[String], path: &str) -> bool {
    set(globs).is_match(path)
}

/// Globs, each known to be valid, as one matcher.
#[must_use]
pub fn set(globs: &[String]) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in globs.iter().filter_map(|it| Glob::new(it).ok()) {
        set.add(glob);
    }
    set.build().unwrap_or_else(|_| GlobSet::empty())
}
