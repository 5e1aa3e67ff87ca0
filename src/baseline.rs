//! Findings that were here before: what `atlas-audit.baseline` says, and which findings it means.
//!
//! A finding is recognised by its fingerprint, never by how many there are: one that is mended makes no room for another. Equal
//! findings are counted, since nothing tells them apart. A file that is gone hands its entries to one with the same finding
//! elsewhere. Nothing here reads or writes a file.

use std::collections::HashMap;
use std::fmt::Write;

use crate::failure::Failure;
use crate::finding::{Finding, Severity, Status};
use crate::fingerprint::shared;

/// The file's name, in the root.
pub const FILE: &str = "atlas-audit.baseline";

const HEAD: &str = "\
# Findings that were here before: they count in the score and do not fail the gate. Written by `atlas-audit baseline`.
# One a line: fingerprint, the same without the path, severity, rule, path, scope. A merge keeps the lines of both sides;
# the marks between them are there so that it can.
";

/// How many fingerprints, by their first two digits, share a mark. Lines that two branches add conflict only where no line
/// stands between them; 64 marks see to that for small files, and fingerprints are spread evenly.
const MARK: usize = 4;

/// One finding that was here before.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// As [`Finding::fingerprint`].
    pub fingerprint: String,
    /// As [`Finding::fingerprint_moved`].
    pub fingerprint_moved: String,
    /// How bad it was; worse is not what was accepted.
    pub severity: Severity,
    /// Rule id.
    pub rule: String,
    /// Relative to the root, forward slashes.
    pub path: String,
    /// The functions and classes around it, joined with dots.
    pub scope: String,
}

/// Everything that was here before, sorted.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Baseline {
    /// In the order of the file.
    pub entries: Vec<Entry>,
}

/// What a baseline did for one audit.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// How many entries there are.
    pub entries: usize,
    /// Those of them that stand for nothing any more.
    pub stale: Vec<Entry>,
}

/// Which findings a baseline knows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// For each finding the entry that stands for it.
    pub entry_of: Vec<Option<usize>>,
    /// For each entry whether it stands for a finding.
    pub used: Vec<bool>,
}

impl Entry {
    /// The entry of a finding.
    #[must_use]
    pub fn of(finding: &Finding) -> Self {
        Self {
            fingerprint: finding.fingerprint.clone(),
            fingerprint_moved: finding.fingerprint_moved.clone(),
            severity: finding.severity,
            rule: finding.rule.to_owned(),
            path: finding.location.path.clone(),
            scope: finding.scope.clone(),
        }
    }

    /// Whether a finding is worse than what this entry accepts.
    #[must_use]
    pub fn is_exceeded_by(&self, finding: &Finding) -> bool {
        finding.severity < self.severity
    }
}

impl Baseline {
    /// The baseline of an audit: whatever takes points off its score.
    #[must_use]
    pub fn of<'f>(findings: impl Iterator<Item = &'f Finding>) -> Self {
        Self::new(findings.filter(|it| it.is_scored()).map(Entry::of).collect())
    }

    /// A baseline of these entries.
    #[must_use]
    pub fn new(mut entries: Vec<Entry>) -> Self {
        entries.sort();
        Self { entries }
    }

    /// Reads the file.
    ///
    /// # Errors
    ///
    /// A line that is no entry, with its place. A gate that skips what it cannot read is no gate.
    pub fn parse(text: &str) -> Result<Self, Failure> {
        let mut entries = Vec::new();
        let mut at = 0;
        for line in text.split_inclusive('\n') {
            let span = at..at + line.trim_end().len();
            at += line.len();
            let line = line.trim_end_matches(['\n', '\r']);
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            let Some(entry) = entry(line) else {
                let is_conflict = ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|it| line.starts_with(it));
                let (problem, help) = if is_conflict {
                    ("a merge conflict is not resolved", "keep the lines of both sides and delete the markers")
                } else {
                    ("this line is no entry", "delete it, or write the file again with `atlas-audit baseline`")
                };
                return Err(Failure::config(FILE, text, problem, help.to_owned(), Some(span)));
            };
            entries.push(entry);
        }
        Ok(Self::new(entries))
    }

    /// The file's text; [`Baseline::parse`] reads it back.
    #[must_use]
    pub fn render(&self) -> String {
        let mut out = HEAD.to_owned();
        let mut rest = self.entries.as_slice();
        for mark in (0..=0xff).step_by(MARK) {
            writeln!(out, "# {mark:02x}").expect("a string takes all text");
            let next = format!("{:02x}", mark + MARK);
            let is_here = |it: &Entry| mark + MARK > 0xff || it.fingerprint < next;
            let (here, later) = rest.split_at(rest.partition_point(is_here));
            for Entry { fingerprint, fingerprint_moved, severity, rule, path, scope } in here {
                let (path, scope, severity) = (written(path), written(scope), severity.name());
                writeln!(out, "{fingerprint}\t{fingerprint_moved}\t{severity}\t{rule}\t{path}\t{scope}")
                    .expect("a string takes all text");
            }
            rest = later;
        }
        out
    }

    /// Finds the entry of each finding: the same one first, then an equal, then one of a file that is gone.
    #[must_use]
    pub fn claim(&self, findings: &[&Finding], is_file: impl Fn(&str) -> bool) -> Claims {
        let mut claims = Claims { entry_of: vec![None; findings.len()], used: vec![false; self.entries.len()] };
        let is_any = |_: &Entry| true;
        self.pass(&mut claims, findings, is_any, |it| &it.fingerprint, |it| &it.fingerprint);
        self.pass(&mut claims, findings, is_any, |it| shared(&it.fingerprint), |it| shared(&it.fingerprint));
        let is_gone = |it: &Entry| !is_file(&it.path);
        self.pass(&mut claims, findings, is_gone, |it| &it.fingerprint_moved, |it| &it.fingerprint_moved);
        self.pass(
            &mut claims,
            findings,
            is_gone,
            |it| shared(&it.fingerprint_moved),
            |it| shared(&it.fingerprint_moved),
        );
        claims
    }

    fn pass(
        &self,
        claims: &mut Claims,
        findings: &[&Finding],
        is_offered: impl Fn(&Entry) -> bool,
        key_of_entry: impl Fn(&Entry) -> &str,
        key_of_finding: impl Fn(&Finding) -> &str,
    ) {
        let unused = self.entries.iter().enumerate().rev().filter(|(at, _)| !claims.used[*at]);
        let mut open: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, entry) in unused.filter(|it| is_offered(it.1)) {
            open.entry(key_of_entry(entry)).or_default().push(at);
        }
        for (entry_of, finding) in claims.entry_of.iter_mut().zip(findings).filter(|it| it.0.is_none()) {
            *entry_of = open.get_mut(key_of_finding(finding)).and_then(Vec::pop);
            if let Some(entry) = *entry_of {
                claims.used[entry] = true;
            }
        }
    }

    /// Marks the findings that were here before as such, and says which entries stand for nothing. Entries of rules that did
    /// not run, and outside what is looked at, are neither.
    pub(crate) fn apply(
        &self,
        findings: &mut [Finding],
        is_file: impl Fn(&str) -> bool,
        is_asked: impl Fn(&Entry) -> bool,
    ) -> Coverage {
        // An entry goes to a finding that needs it; what else has its fingerprint only keeps it from being stale.
        let (needy, others): (Vec<&Finding>, Vec<&Finding>) =
            findings.iter().partition(|it| it.status == Status::Graded);
        let claims = self.claim(&[needy, others].concat(), is_file);
        let graded: Vec<usize> =
            findings.iter().enumerate().filter(|it| it.1.status == Status::Graded).map(|it| it.0).collect();
        for (&at, entry) in graded.iter().zip(&claims.entry_of) {
            if entry.is_some_and(|entry| !self.entries[entry].is_exceeded_by(&findings[at])) {
                findings[at].status = Status::Baselined;
            }
        }
        let unused = self.entries.iter().zip(&claims.used).filter(|(entry, used)| !**used && is_asked(entry));
        Coverage { entries: self.entries.len(), stale: unused.map(|it| it.0.clone()).collect() }
    }
}

fn entry(line: &str) -> Option<Entry> {
    let mut parts = line.split('\t');
    let mut part = || parts.next().filter(|it| !it.is_empty());
    let (fingerprint, fingerprint_moved) = (print(part()?)?, print(part()?)?);
    let severity = part()?;
    let severity = Severity::ALL.into_iter().find(|it| it.name() == severity)?;
    let (rule, path) = (part()?.to_owned(), read_back(part()?));
    let scope = parts.next().map(read_back).unwrap_or_default();
    parts.next().is_none().then_some(Entry { fingerprint, fingerprint_moved, severity, rule, path, scope })
}

fn print(text: &str) -> Option<String> {
    (text.len() == 32 && text.bytes().all(|it| it.is_ascii_hexdigit())).then(|| text.to_owned())
}

/// A path or scope on one line: control characters and what would be read as one are escaped.
fn written(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for it in text.chars() {
        if it == '\\' || it.is_control() {
            write!(out, "\\{:x};", it as u32).expect("a string takes all text");
        } else {
            out.push(it);
        }
    }
    out
}

fn read_back(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((plain, after)) = rest.split_once('\\') {
        out.push_str(plain);
        let escaped = after.split_once(';').and_then(|(code, after)| {
            let it = char::from_u32(u32::from_str_radix(code, 16).ok()?)?;
            Some((it, after))
        });
        match escaped {
            Some((it, after)) => {
                out.push(it);
                rest = after;
            }
            None => {
                out.push('\\');
                rest = after;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    /// A finding whose fingerprints are made of a letter for the anchor and a digit for the ordinal.
    fn found(path: &str, anchor: char, ordinal: u8) -> Finding {
        let print = |prefix: &str| {
            let mark = format!("{prefix}{:x}", anchor as u32);
            format!("{mark:0<28}{ordinal:04}")
        };
        Finding {
            fingerprint: print(if path == "a.ts" { "a" } else { "b" }),
            fingerprint_moved: print("c"),
            ..sample::finding(path, Severity::P1, Status::Graded)
        }
    }

    fn applied(baseline: &[Finding], findings: &[Finding], files: &[&str]) -> (Vec<bool>, usize) {
        let mut findings = findings.to_vec();
        let coverage = Baseline::of(baseline.iter()).apply(&mut findings, |path| files.contains(&path), |_| true);
        (findings.iter().map(|it| it.status == Status::Baselined).collect(), coverage.stale.len())
    }

    #[test]
    fn it_reads_back_what_it_writes() {
        let mut odd = found("a.ts", 'x', 1);
        odd.location.path = "a\tb\\c\n/ü;.ts".to_owned();
        let baseline = Baseline::of([found("a.ts", 'y', 0), odd, found("b.ts", 'x', 0)].iter());
        let text = baseline.render();
        assert_eq!(Baseline::parse(&text).expect("valid"), baseline);
        assert_eq!(Baseline::parse(&text.replace('\n', "\r\n")).expect("valid"), baseline);
        assert_eq!(text.lines().filter(|it| !it.starts_with('#')).count(), 3);
        let sorted: Vec<_> = text.lines().skip(3).map(|it| it.trim_start_matches("# ")).collect();
        assert!(sorted.is_sorted(), "{text}");
    }

    #[test]
    fn what_it_cannot_read_is_pointed_at() {
        for (text, words) in [
            ("<<<<<<< HEAD\n", "merge conflict"),
            ("# fine\n\nnonsense\n", "no entry"),
            ("0123456789abcdef0123456789abcdef\tx\tP1\ta\tb\t\n", "no entry"),
        ] {
            let failure = Baseline::parse(text).expect_err("must be refused");
            assert!(failure.to_string().contains(words), "{failure}");
        }
    }

    #[test]
    fn findings_are_known_by_identity_and_not_by_count() {
        let old = [found("a.ts", 'x', 0), found("a.ts", 'y', 0)];
        assert_eq!(applied(&old, &old, &["a.ts"]), (vec![true, true], 0));
        let swapped = [found("a.ts", 'x', 0), found("a.ts", 'z', 0)];
        assert_eq!(applied(&old, &swapped, &["a.ts"]), (vec![true, false], 1));
    }

    #[test]
    fn equals_are_a_multiset() {
        let one = [found("a.ts", 'x', 0)];
        let copied = [found("a.ts", 'x', 0), found("a.ts", 'x', 1)];
        assert_eq!(applied(&one, &copied, &["a.ts"]), (vec![true, false], 0));
        assert_eq!(applied(&copied, &one, &["a.ts"]), (vec![true], 1));
        assert_eq!(applied(&copied[1..], &one, &["a.ts"]), (vec![true], 0), "an ordinal moves up");
    }

    #[test]
    fn only_a_file_that_is_gone_hands_on_its_entries() {
        let (old, moved) = ([found("a.ts", 'x', 0)], [found("b.ts", 'x', 0)]);
        assert_eq!(applied(&old, &moved, &["b.ts"]), (vec![true], 0));
        assert_eq!(applied(&old, &moved, &["a.ts", "b.ts"]), (vec![false], 1));
    }

    #[test]
    fn what_became_worse_was_not_accepted() {
        let mut old = found("a.ts", 'x', 0);
        old.severity = Severity::P3;
        assert_eq!(applied(&[old], &[found("a.ts", 'x', 0)], &["a.ts"]), (vec![false], 0));
        let mut milder = found("a.ts", 'x', 0);
        milder.severity = Severity::P3;
        assert_eq!(applied(&[found("a.ts", 'x', 0)], &[milder], &["a.ts"]), (vec![true], 0));
    }

    #[test]
    fn a_lead_takes_no_entry_from_a_proven_finding() {
        let mut lead = found("a.ts", 'x', 0);
        lead.status = Status::Lead;
        let proven = found("a.ts", 'x', 1);
        let old = [proven.clone()];
        assert_eq!(applied(&old, &[lead.clone(), proven], &["a.ts"]), (vec![false, true], 0));
        assert_eq!(applied(&old, &[lead], &["a.ts"]), (vec![false], 0), "it may be proven again tomorrow");
    }
}
