//! The one funnel: every finding ends in exactly one bucket.
//!
//! Locates verdicts, gives them the page's severity and an identity, and decides what counts. Nothing is deleted, and no rule
//! is judged here but one: whether an inline ignore covered anything, which nobody can know earlier.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rustc_hash::FxHashMap as HashMap;

use crate::baseline::{self, Baseline};
use crate::date::Date;
use crate::finding::{Confidence, Evidence, Finding, LocatedEvidence, Location, Outcome, Severity, Status, Verdict};
use crate::fingerprint::Anchor;
use crate::inline::{self, Standing};
use crate::page::Page;
use crate::project::Project;
use crate::source::{FileId, Place};

/// The rule that judges the ignores themselves.
const INVALID_IGNORE: &str = "invalid-ignore";

/// Places that no running program gets to, and why.
pub type Unreachable = HashMap<Place, String>;

/// What one rule said.
#[derive(Debug)]
pub struct Judged<'a> {
    /// Rule id.
    pub rule: &'static str,
    /// The rule's page.
    pub page: &'a Page,
    /// One verdict per site that it looked at.
    pub verdicts: Vec<Verdict>,
}

/// How much of what a rule looked at is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rate {
    /// Rule id.
    pub rule: &'static str,
    /// Sites looked at.
    pub sites: usize,
    /// Proven findings among them, whatever their bucket; leads are not among them.
    pub found: usize,
}

/// Everything that was said, settled.
#[derive(Debug, Default)]
pub struct Settled {
    /// Every finding in its bucket, sorted by location, then rule.
    pub findings: Vec<Finding>,
    /// One rate per rule, in the order in which the rules were given.
    pub rates: Vec<Rate>,
    /// Every verdict with its rule, sorted by place, then rule: what was given and what was added about unused ignores.
    pub verdicts: Vec<(&'static str, Verdict)>,
    /// What the baseline did.
    pub baseline: baseline::Coverage,
}

/// The severity that somebody gives a kind of a rule's findings at a path, instead of the page's.
pub type Override<'a> = &'a dyn Fn(&str, &str, &str) -> Option<Severity>;

/// Settles what the rules said on a day, beside what a baseline says was there before. `unreachable` tells of places why no
/// running program gets there.
///
/// # Panics
///
/// Where a rule names a kind that its page lacks, which the tests of the pages exclude.
#[must_use]
pub fn settle(
    project: &Project,
    mut judged: Vec<Judged<'_>>,
    today: Date,
    before: &Baseline,
    severity: Override<'_>,
    unreachable: &Unreachable,
) -> Settled {
    let ran: Vec<&'static str> = judged.iter().map(|it| it.rule).collect();
    let mut ignores = Ignores::of(project, today);
    judge_ignores(&mut ignores, &mut judged);
    let funnel = Funnel { project, ignores, severity, unreachable };
    let mut settled = Settled::default();
    let mut drafts = Vec::new();
    for Judged { rule, page, verdicts } in judged {
        let found = verdicts.iter().filter(|it| is_proven(it)).count();
        settled.rates.push(Rate { rule, sites: verdicts.len(), found });
        drafts.extend(verdicts.iter().filter_map(|it| funnel.draft(rule, page, it)));
        settled.verdicts.extend(verdicts.into_iter().map(|it| (rule, it)));
    }
    settled.verdicts.sort_by(|a, b| (a.1.place, a.0, &a.1).cmp(&(b.1.place, b.0, &b.1)));
    settled.findings = funnel.identified(drafts);
    let is_file = |path: &str| project.files.binary_search_by(|it| it.path.as_str().cmp(path)).is_ok();
    settled.baseline = before.apply(&mut settled.findings, is_file, |it| ran.contains(&it.rule.as_str()));
    settled
}

fn is_proven(verdict: &Verdict) -> bool {
    matches!(verdict.outcome, Outcome::Found { confidence: Confidence::High, .. })
}

/// Says of each ignore that holds whether it covers a finding.
///
/// Ignores of `invalid-ignore` come last and from the bottom up: what one covers stands below it, and none vouches for itself,
/// so each question is answered before it is asked and nothing goes round in circles.
fn judge_ignores(ignores: &mut Ignores<'_>, judged: &mut [Judged<'_>]) {
    for Judged { rule, verdicts, .. } in judged.iter() {
        for verdict in verdicts.iter().filter(|it| matches!(it.outcome, Outcome::Found { .. })) {
            ignores.use_up(rule, verdict.place);
        }
    }
    let rules: Vec<&str> = judged.iter().map(|it| it.rule).collect();
    let Some(own) = judged.iter_mut().find(|it| it.rule == INVALID_IGNORE) else { return };
    let mut order: Vec<usize> = (0..ignores.all.len()).collect();
    order.sort_by_key(|&at| (ignores.all[at].rule == INVALID_IGNORE, Reverse(ignores.all[at].place), at));
    for at in order {
        let Covering { rule, place, used, .. } = ignores.all[at];
        // A rule that was not run has found nothing, which is no fault of its ignores.
        if !rules.contains(&rule) {
            continue;
        }
        own.verdicts.push(if used { Verdict::cleared(place, "covers a finding") } else { unused(rule, place) });
        if !used {
            ignores.use_up(INVALID_IGNORE, place);
        }
    }
}

fn unused(rule: &str, place: Place) -> Verdict {
    Verdict::found("unused", place)
        .says(format!("`{rule}` finds nothing here, so this ignore hides whatever comes to stand here next"))
        .fix(format!("Remove `{rule}` from the comment, or move the comment to the line of the finding."))
}

/// The ignores that hold, one entry per rule that each names.
struct Ignores<'a> {
    project: &'a Project,
    /// Sorted by place.
    all: Vec<Covering<'a>>,
}

/// One rule that one ignore covers.
#[derive(Clone)]
struct Covering<'a> {
    rule: &'a str,
    /// The comment.
    place: Place,
    lines: RangeInclusive<u32>,
    used: bool,
}

impl<'a> Ignores<'a> {
    fn of(project: &'a Project, today: Date) -> Self {
        let mut all = Vec::new();
        for (index, file) in project.files.iter().enumerate() {
            let ignores = file.facts.as_ref().map_or(&[][..], |it| &it.ignores);
            let covered = inline::covered_lines(&file.text, &file.lines, ignores);
            for (ignore, lines) in ignores.iter().zip(covered) {
                if inline::standing(ignore, today) != Standing::Holds {
                    continue;
                }
                let place = Place { file: FileId(index as u32), span: ignore.span };
                let covering = |rule: &'a String| Covering { rule, place, lines: lines.clone(), used: false };
                all.extend(ignore.rules.iter().map(covering));
            }
        }
        all.sort_by_key(|it| it.place);
        Self { project, all }
    }

    /// Marks what covers a finding.
    fn use_up(&mut self, rule: &str, place: Place) {
        let covering: Vec<usize> = self.covering(rule, place).collect();
        for at in covering {
            self.all[at].used = true;
        }
    }

    fn cover(&self, rule: &str, place: Place) -> bool {
        self.covering(rule, place).next().is_some()
    }

    fn covering(&self, rule: &str, place: Place) -> impl Iterator<Item = usize> {
        let line = self.project.file(place.file).lines.line(place.span.start);
        let from = self.all.partition_point(|it| it.place.file < place.file);
        (from..self.all.len()).take_while(move |&at| self.all[at].place.file == place.file).filter(move |&at| {
            let it = &self.all[at];
            it.rule == rule && it.lines.contains(&line) && it.place != place
        })
    }
}

/// A finding without its fingerprints, and the place that they are made from.
struct Draft {
    finding: Finding,
    place: Place,
}

struct Funnel<'a> {
    project: &'a Project,
    ignores: Ignores<'a>,
    severity: Override<'a>,
    unreachable: &'a Unreachable,
}

impl Funnel<'_> {
    /// The bucket of a finding: the first that fits.
    fn bucket(&self, rule: &str, place: Place, confidence: Confidence) -> Status {
        if self.ignores.cover(rule, place) {
            Status::Suppressed
        } else if self.unreachable.contains_key(&place) {
            Status::Unreachable
        } else if confidence == Confidence::Low {
            Status::Lead
        } else {
            Status::Graded
        }
    }

    fn draft(&self, rule: &'static str, page: &Page, verdict: &Verdict) -> Option<Draft> {
        let place = verdict.place;
        let Outcome::Found { kind, confidence, message, help, evidence } = &verdict.outcome else { return None };
        let location = locate(self.project, place);
        let severity = (self.severity)(rule, kind, &location.path).unwrap_or_else(|| page.severity(kind));
        let status = self.bucket(rule, place, *confidence);
        let reason = self.unreachable.get(&place).filter(|_| status == Status::Unreachable).cloned();
        let finding = Finding {
            location,
            rule,
            kind,
            severity,
            confidence: *confidence,
            status,
            unreached: reason.unwrap_or_default(),
            message: message.clone(),
            help: help.clone(),
            evidence: evidence.iter().map(|it| locate_evidence(self.project, it)).collect(),
            effort_minutes: page.effort_minutes,
            fingerprint: String::new(),
            fingerprint_moved: String::new(),
            scope: self.project.scope_path(place),
            is_new: None,
            owners: Vec::new(),
        };
        Some(Draft { finding, place })
    }

    /// Sorts findings and numbers those that nothing else tells apart, in every bucket alike: an ignore renames nothing.
    fn identified(&self, mut drafts: Vec<Draft>) -> Vec<Finding> {
        drafts.sort_by(|a, b| a.finding.cmp(&b.finding));
        let mut seen: BTreeMap<[u8; 32], u64> = BTreeMap::new();
        let identify = |Draft { mut finding, place }: Draft| {
            let file = self.project.file(place.file);
            let text = self.project.essence(place);
            let anchor = Anchor { rule: finding.rule, path: &file.path, scope: &finding.scope, text: &text };
            let equals = seen.entry(*anchor.identity().as_bytes()).or_default();
            let (fingerprint, fingerprint_moved) = (anchor.fingerprint(*equals), anchor.moved(*equals));
            *equals += 1;
            (finding.fingerprint, finding.fingerprint_moved) = (fingerprint, fingerprint_moved);
            finding
        };
        drafts.into_iter().map(identify).collect()
    }
}

/// A place as people count.
pub(crate) fn locate(project: &Project, place: Place) -> Location {
    let file = project.file(place.file);
    let position = |offset| file.lines.position(&file.text, offset);
    let Place { span, .. } = place;
    Location { path: file.path.clone(), span, start: position(span.start), end: position(span.end) }
}

/// A piece of evidence as people count.
pub(crate) fn locate_evidence(project: &Project, evidence: &Evidence) -> LocatedEvidence {
    LocatedEvidence { location: locate(project, evidence.place), note: evidence.note.clone() }
}

#[cfg(test)]
mod tests {
    use rustc_hash::FxHashMap as HashMap;
    use std::sync::Arc;

    use super::*;
    use crate::facts::{FileFacts, Ignore, Region, RegionKind};
    use crate::project::File;
    use crate::source::Span;

    const TODAY: Date = Date { year: 2026, month: 3, day: 1 };
    const PAGE: &str = "+++\nid = \"a\"\ntitle = \"A\"\neffort_minutes = 15\n[kinds.bad]\nseverity = \"P1\"\n[kinds.unused]\nseverity = \"P3\"\n+++\n";

    /// A project of files in which every `//` comment is an ignore: `// a, b until=2020-01-01: reason`.
    fn project(files: &[(&str, &str)]) -> Project {
        let file = |&(path, text): &(&str, &str)| {
            let mut file = File::unparsed(path.to_owned(), HashMap::default(), Vec::new());
            file.set_facts(crate::project::Read::new(Arc::from(text), facts(text)));
            file
        };
        Project::new(files.iter().map(file).collect(), TODAY)
    }

    /// Facts of a module that holds nothing but ignores.
    fn facts(text: &str) -> FileFacts {
        let module = Region { kind: RegionKind::Module, parent: None, span: Span::new(0, text.len() as u32) };
        FileFacts { regions: vec![module], ignores: ignores(text), ..FileFacts::default() }
    }

    fn ignores(text: &str) -> Vec<Ignore> {
        let comment = |(start, _): (usize, &str)| {
            let comment = text[start..].lines().next().unwrap();
            let (rules, reason) = comment[2..].split_once(':').unwrap();
            let (rules, until) = rules.split_once(" until=").map_or((rules, None), |(a, b)| (a, Some(b.to_owned())));
            Ignore {
                span: Span::new(start as u32, (start + comment.len()) as u32),
                rules: rules.split(',').map(|it| it.trim().to_owned()).collect(),
                reason: Some(reason.trim().to_owned()).filter(|it| !it.is_empty()),
                until,
            }
        };
        text.match_indices("//").map(comment).collect()
    }

    /// A verdict at each `bad` (proven), `odd` (a lead) and `fine` (cleared) of every file, for rules `a` and `invalid-ignore`.
    fn settled(files: &[(&str, &str)]) -> Settled {
        let project = project(files);
        let page = Page::parse(PAGE).unwrap();
        let mut verdicts = Vec::new();
        for (index, (_, text)) in files.iter().enumerate() {
            for (word, verdict) in [
                ("bad()", Verdict::found as fn(&'static str, Place) -> Verdict),
                ("odd()", Verdict::lead),
                ("fine()", |_, place| Verdict::cleared(place, "fine")),
            ] {
                verdicts.extend(text.match_indices(word).map(|(at, _)| {
                    let span = Span::new(at as u32, (at + word.len()) as u32);
                    verdict("bad", Place { file: FileId(index as u32), span })
                }));
            }
        }
        let judged = vec![
            Judged { rule: "a", page: &page, verdicts },
            Judged { rule: INVALID_IGNORE, page: &page, verdicts: Vec::new() },
        ];
        settle(&project, judged, TODAY, &Baseline::default(), &|_, _, _| None, &Unreachable::default())
    }

    fn buckets(text: &str) -> Vec<(u32, &'static str, Status)> {
        settled(&[("a.ts", text)]).findings.iter().map(|it| (it.location.start.line, it.kind, it.status)).collect()
    }

    #[test]
    fn each_finding_has_one_bucket() {
        assert_eq!(buckets("bad();\nodd();\nfine();\n"), [(1, "bad", Status::Graded), (2, "bad", Status::Lead)]);
        assert_eq!(
            buckets("bad(); // a: known\n// a: known\nodd();\n"),
            [(1, "bad", Status::Suppressed), (3, "bad", Status::Suppressed)]
        );
    }

    #[test]
    fn an_ignore_without_reason_expired_or_of_another_rule_suppresses_nothing() {
        assert_eq!(buckets("bad(); // a:\n"), [(1, "bad", Status::Graded)]);
        assert_eq!(buckets("bad(); // a until=2026-02-28: known\n"), [(1, "bad", Status::Graded)]);
        assert_eq!(buckets("bad(); // a until=2026-03-01: known\n"), [(1, "bad", Status::Suppressed)]);
        assert_eq!(buckets("bad(); // b: known\n"), [(1, "bad", Status::Graded)], "`b` was not run");
        assert_eq!(buckets("bad(); // b, a: known\n"), [(1, "bad", Status::Suppressed)]);
    }

    #[test]
    fn an_ignore_that_covers_nothing_is_found() {
        let text = "// a: known\nfine();\nbad();\n";
        assert_eq!(buckets(text), [(1, "unused", Status::Graded), (3, "bad", Status::Graded)]);
        let rates = settled(&[("a.ts", "bad(); // a: known\nfine(); // a: known\n")]).rates;
        let rate = |rule, sites, found| Rate { rule, sites, found };
        assert_eq!(rates, [rate("a", 2, 1), rate(INVALID_IGNORE, 2, 1)]);
    }

    #[test]
    fn ignores_of_ignores_end() {
        let suppressed = (2, "unused", Status::Suppressed);
        assert_eq!(buckets("// invalid-ignore: kept\n// a: known\nfine();\n"), [suppressed]);
        assert_eq!(buckets("// invalid-ignore: kept\nfine();\n"), [(1, "unused", Status::Graded)], "not by itself");
        assert_eq!(
            buckets("// a, invalid-ignore: kept\nfine();\n"),
            [(1, "unused", Status::Graded), (1, "unused", Status::Graded)]
        );
        assert_eq!(buckets("// invalid-ignore: one\n// invalid-ignore: two\nfine();\n"), [suppressed]);
    }

    #[test]
    fn fingerprints_survive_what_does_not_matter() {
        let prints = |path, text| -> Vec<[String; 2]> {
            let findings = settled(&[(path, text)]).findings;
            findings.into_iter().map(|it| [it.fingerprint, it.fingerprint_moved]).collect()
        };
        let before = prints("a.ts", "bad();\nbad();\n");
        assert_ne!(before[0], before[1], "equals are numbered");
        assert_eq!(prints("a.ts", "\n\nbad();\nfine();\n  bad();\n"), before);
        assert_eq!(prints("a.ts", "bad(); // a: known\nbad();\n"), before, "an ignore renames nothing");
        let moved = prints("b.ts", "bad();\nbad();\n");
        assert_eq!(
            moved.iter().map(|it| &it[1]).collect::<Vec<_>>(),
            before.iter().map(|it| &it[1]).collect::<Vec<_>>()
        );
        assert_ne!(moved[0][0], before[0][0]);
    }

    #[test]
    fn findings_are_located_sorted_and_priced_by_their_page() {
        let settled = settled(&[("a.ts", "é; bad();\n"), ("b.ts", "bad();\n")]);
        let paths: Vec<&str> = settled.findings.iter().map(|it| it.location.path.as_str()).collect();
        assert_eq!(paths, ["a.ts", "b.ts"]);
        let Finding { location, severity, effort_minutes, .. } = &settled.findings[0];
        assert_eq!((location.start.column, location.end.column, location.span.start), (4, 9, 4));
        assert_eq!((severity.name(), *effort_minutes), ("P1", 15));
    }
}
