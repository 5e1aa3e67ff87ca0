//! What happens to one file, and how many become one report: the steps that [`crate::audit_tree`] runs.
//!
//! Nothing here is parallel, and nothing here fails: a file that cannot be read, or that makes a parser panic, is remembered
//! as unread.

mod judging;
mod located;
mod reach;
mod store;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::Arc;

use globset::GlobSet;
use rustc_hash::FxHashMap as HashMap;

use crate::baseline::{self, Baseline};
use crate::cache::Cache;
use crate::config::{self, Nested, Options};
use crate::date::Date;
use crate::discover::{Class, Discovery, MAX_BYTES, SourceFile, command_files, sniff};
use crate::extract::extract;
use crate::facts::FileFacts;
use crate::failure::Failure;
use crate::finding::{Finding, Severity, Verdict};
use crate::grade::grade;
use crate::page::Page;
use crate::parse::parse;
use crate::parts;
use crate::project::modules::{Modules, Resolved};
use crate::project::{File, Project, Read, Reexport, Tables, Target};
use crate::report::{Client, Coverage, LocatedVerdict, Note, Report};
use crate::rules::RULES;
use crate::settle::{Judged, Settled, Unreachable, locate, settle};
use crate::skim::{Skim, SkimForm as Form, Trigger, Triggers, skim};
use crate::source::{FileId, LineIndex};
use crate::tree::Tree;

pub(crate) use judging::prepare;
use located::{located, texts_of};
pub(crate) use reach::Surroundings;
use store::{asked, makes_client, roles, uses_store};

/// What is the same for every file of one run.
pub(crate) struct Scan<'a> {
    tree: &'a dyn Tree,
    options: &'a Options,
    cache: &'a Cache,
    /// What was there before, as the tree's own file says.
    before: Option<Baseline>,
    /// What packages say about themselves.
    nested: Nested,
    excluded: GlobSet,
    triggers: Triggers,
    /// The first so many triggers call for parsing wherever they occur; the others only near a store.
    n_anywhere: usize,
    /// How near, for each of the others.
    reach: Vec<u8>,
}

/// What became of one file.
#[derive(Default)]
pub(crate) struct Scanned {
    skim: Skim,
    bytes: u64,
    /// The text, while it is not parsed: most are looked at again.
    text: Option<Box<str>>,
    read: Option<Read>,
    fate: Fate,
    notes: Vec<String>,
}

/// Whether a file is audited.
#[derive(Debug, Default, PartialEq, Eq)]
enum Fate {
    /// It is.
    #[default]
    Audited,
    /// It was left out without a row in the report: tests and declarations.
    PassedOver,
    /// It was left out for a reason that the report gives.
    Skipped(String),
    /// It could not be read.
    Unread(String),
}

/// The outcome of parsing one file.
pub(crate) type Parsed = Result<(Read, Vec<String>), String>;

impl<'a> Scan<'a> {
    pub(crate) fn new(
        tree: &'a dyn Tree,
        options: &'a Options,
        cache: &'a Cache,
        found: &Discovery,
    ) -> Result<Self, Failure> {
        let nested = nested_of(tree, options, found)?;
        let before = if options.baseline { baseline_of(tree)? } else { None };
        let anywhere: Vec<Trigger> = RULES.iter().flat_map(|it| it.triggers).copied().collect();
        let near_store = RULES.iter().flat_map(|it| it.store_triggers).copied();
        let reach = RULES.iter().flat_map(|it| it.store_triggers.iter().map(|_| it.store_reach)).collect();
        let n_anywhere = anywhere.len();
        let triggers = Triggers::new(anywhere.into_iter().chain(near_store)).deciding(n_anywhere);
        let excluded = config::set(&[&options.exclude[..], &nested.exclude].concat());
        Ok(Self { tree, options, cache, before, nested, excluded, triggers, n_anywhere, reach })
    }

    /// Refuses a folder that holds nothing to audit, and a selection that holds nothing which could be.
    pub(crate) fn refuse_nothing(&self, found: &Discovery) -> Result<(), Failure> {
        let audited = found.sources.iter().any(|it| it.class.is_audited(self.options.include_tests));
        // A commit may consist of tests and generated code; that is no mistake.
        let known = found.sources.iter().map(|it| &it.path).chain(found.skipped.iter().map(|it| &it.path));
        let selected = known.into_iter().any(|it| self.is_selected(it));
        if (audited && selected) || !found.unread.is_empty() {
            return Ok(());
        }
        let place = self.options.paths.iter().map(|it| format!("`{}`", it.display())).collect::<Vec<_>>().join(", ");
        let what = if found.sources.is_empty() || !selected { "no source file" } else { "no production file" };
        Err(Failure::NothingToAudit { place, found: what.into() })
    }

    /// Reads and skims a file; parses it if a trigger asks for it.
    pub(crate) fn first_look(&self, source: &SourceFile) -> Scanned {
        let mut scanned = Scanned::default();
        if self.excluded.is_match(Path::new(&source.path)) {
            scanned.fate = Fate::Skipped("excluded by the configuration".to_owned());
        } else if !self.is_audited(source.class) {
            scanned.fate = source.class.skip_reason().map_or(Fate::PassedOver, |it| Fate::Skipped(it.to_owned()));
        }
        // What is left out may still be the only thing that imports what is not.
        if matches!(scanned.fate, Fate::Skipped(_)) {
            let text = self.tree.read(&source.path).unwrap_or_default();
            scanned.skim = skim(&text, &self.triggers);
            return scanned;
        }
        match catch_unwind(AssertUnwindSafe(|| self.look(source, &mut scanned))) {
            Ok(Ok(())) => {}
            Ok(Err(reason)) => scanned.fate = Fate::Unread(reason),
            Err(_) => scanned.fate = Fate::Unread("the audit of this file failed; please report it".to_owned()),
        }
        scanned
    }

    fn look(&self, source: &SourceFile, scanned: &mut Scanned) -> Result<(), String> {
        let (text, notes) = self.read(source)?;
        scanned.bytes = text.len() as u64;
        scanned.notes = notes;
        if scanned.bytes > MAX_BYTES {
            // It grew after it was listed.
            scanned.fate = Fate::Skipped("larger than 2 MiB".to_owned());
            return Ok(());
        }
        if let Some(class) = sniff(&text).filter(|it| !self.is_audited(*it)) {
            scanned.fate = Fate::Skipped(class.skip_reason().unwrap_or("not production").to_owned());
        }
        scanned.skim = skim(text.as_bytes(), &self.triggers);
        let hit = scanned.skim.triggers.iter().any(|at| at < self.n_anywhere);
        if hit && scanned.fate == Fate::Audited {
            let (facts, mut notes) = self.facts(&text, source);
            scanned.notes.append(&mut notes);
            scanned.read = Some(Read::new(text.into(), facts));
        } else if scanned.fate == Fate::Audited {
            scanned.text = Some(text.into());
        }
        Ok(())
    }

    /// A file's text, and what had to be done to get it. A byte order mark is no part of the text.
    fn read(&self, source: &SourceFile) -> Result<(String, Vec<String>), String> {
        let mut bytes = self.tree.read(&source.path).map_err(|error| error.to_string())?;
        if bytes.starts_with(b"\xEF\xBB\xBF") {
            bytes.drain(..3);
        }
        Ok(match String::from_utf8(bytes) {
            Ok(text) => (text, Vec::new()),
            Err(error) => (
                String::from_utf8_lossy(error.as_bytes()).into_owned(),
                vec!["holds invalid UTF-8, which was replaced".to_owned()],
            ),
        })
    }

    /// Parses a file that was not parsed at first.
    pub(crate) fn parse(&self, source: &SourceFile, scanned: &Scanned) -> Parsed {
        let parsed = catch_unwind(AssertUnwindSafe(|| {
            let text = match &scanned.text {
                Some(text) => Arc::from(&**text),
                None => Arc::from(self.read(source)?.0),
            };
            let (facts, notes) = self.facts(&text, source);
            Ok((Read::new(text, facts), notes))
        }));
        parsed.unwrap_or_else(|_| Err("the audit of this file failed; please report it".to_owned()))
    }

    fn facts(&self, text: &str, source: &SourceFile) -> (FileFacts, Vec<String>) {
        self.cache.facts(text, source.language, || facts_of(text, source))
    }

    /// Where a file's imports lead.
    pub(crate) fn targets(
        &self,
        modules: &Modules,
        found: &Discovery,
        at: usize,
        scanned: &Scanned,
    ) -> HashMap<Box<str>, Target> {
        let mut targets = HashMap::default();
        // What is left out is no part of the project: it only leads to what is.
        let is_part = !matches!(scanned.fate, Fate::Skipped(_));
        for import in scanned.skim.imports.iter().filter(|_| is_part) {
            if targets.contains_key(&import.specifier) {
                continue;
            }
            if self.options.known.catalog().is_own(&import.specifier) {
                targets.insert(import.specifier.clone(), Target::Package(import.specifier.clone()));
                continue;
            }
            let target = match modules.resolve(&found.sources[at].path, &import.specifier) {
                Resolved::Source(file) => Target::File(file),
                Resolved::Package { specifier, .. } => Target::Package(specifier.into()),
                Resolved::Builtin => Target::Builtin,
                Resolved::Missing | Resolved::Markup(_) | Resolved::Other => Target::Missing,
            };
            targets.insert(import.specifier.clone(), target);
        }
        targets
    }

    /// Joins what was found.
    pub(crate) fn project(
        &self,
        found: &Discovery,
        scanned: &mut [Scanned],
        targets: Vec<HashMap<Box<str>, Target>>,
        modules: &Modules,
        today: Date,
    ) -> Project {
        let mut files = Vec::with_capacity(scanned.len());
        for ((source, scanned), targets) in found.sources.iter().zip(scanned).zip(targets) {
            let reexports = scanned.skim.imports.iter().filter(|it| it.form == Form::Reexport).flat_map(|import| {
                import.names.iter().map(|name| Reexport {
                    exported: name.local.clone(),
                    imported: name.imported.clone(),
                    specifier: import.specifier.clone(),
                })
            });
            let mut file = File::unparsed(source.path.clone(), targets, reexports.collect());
            file.asked = asked(&scanned.skim);
            file.exports = std::mem::take(&mut scanned.skim.exports);
            file.roles = roles(FileId(files.len() as u32), &file, &scanned.skim);
            file.abstracts = std::mem::take(&mut scanned.skim.abstracts);
            file.fills = std::mem::take(&mut scanned.skim.fills);
            file.is_audited = scanned.fate == Fate::Audited;
            file.is_declaration = source.class == Class::Declaration && scanned.fate == Fate::PassedOver;
            file.store_distance = uses_store(self.options.known.catalog(), &file, scanned).then_some(0);
            if let Some(read) = scanned.read.take() {
                file.set_facts(read);
            }
            files.push(file);
        }
        let mut project = Project::new(files, today);
        project.catalog = self.options.known.catalog();
        self.read_platform(found, modules, &mut project);
        project.tables = self.tables(found);
        project
    }

    /// Reads what start scripts and platform files say about processes.
    fn read_platform(&self, found: &Discovery, modules: &Modules, project: &mut Project) {
        for package in &found.packages {
            let started = package.started().filter_map(|it| source_at(modules, &package.dir, it));
            project.deployment.started.extend(started);
        }
        for path in &found.platform {
            let Ok(bytes) = self.tree.read(path) else { continue };
            let text = String::from_utf8_lossy(&bytes);
            project.deployment.read(path, &text);
            let dir = path.rsplit_once('/').map_or("", |it| it.0);
            let started = command_files(&text).flat_map(|it| [source_at(modules, dir, it), source_at(modules, "", it)]);
            project.deployment.started.extend(started.flatten());
        }
    }

    /// What schema files say. Prisma's own migrations say nothing that its schema does not.
    fn tables(&self, found: &Discovery) -> Tables {
        let mut tables = Tables::default();
        let read = |path: &String| self.tree.read(path).map(|it| String::from_utf8_lossy(&it).into_owned()).ok();
        found.prisma.iter().filter_map(read).for_each(|it| tables.read_prisma(&it));
        let sql = found.sql.iter().filter(|it| !it.contains("prisma/"));
        sql.filter_map(read).for_each(|it| tables.read_sql(&it));
        tables
    }

    /// The files whose triggers count because their imports lead to a store, or that import what makes a client.
    pub(crate) fn near_store(&self, project: &Project, scanned: &[Scanned]) -> Vec<FileId> {
        let ids = (0..project.files.len() as u32).map(FileId);
        let wanted = |id: &FileId| {
            let (file, scanned) = (project.file(*id), &scanned[id.index()]);
            let distance = |at: usize| self.reach[at - self.n_anywhere];
            let is_within = |it: Option<u8>, most: u8| it.is_some_and(|it| it <= most);
            let near = |at: usize| {
                at >= self.n_anywhere
                    && is_within(file.store_distance, distance(at))
                    // What is handed in leads there by names that its own imports do not say.
                    && is_within(file.store_distance_by_name, distance(at) + 1)
            };
            let hit = || scanned.skim.triggers.iter().any(near);
            file.is_audited && file.facts.is_none() && (hit() || makes_client(project.catalog, file, scanned))
        };
        ids.filter(wanted).collect()
    }

    /// What was audited, and what was not.
    pub(crate) fn coverage(&self, found: &Discovery, scanned: &[Scanned]) -> Coverage {
        let note = |path: &str, reason: &str| Note { path: path.to_owned(), reason: reason.to_owned() };
        let mut coverage = Coverage::default();
        coverage.skipped.extend(found.skipped.iter().map(|it| note(&it.path, &it.reason)));
        coverage.unread.extend(found.unread.iter().map(|it| note(&it.path, &it.reason)));
        for (source, scanned) in found.sources.iter().zip(scanned) {
            match &scanned.fate {
                Fate::Audited => {
                    coverage.files += 1;
                    coverage.bytes += scanned.bytes;
                    coverage.partial.extend(scanned.notes.iter().map(|it| note(&source.path, it)));
                }
                Fate::PassedOver => {}
                Fate::Skipped(reason) => coverage.skipped.push(note(&source.path, reason)),
                Fate::Unread(reason) => coverage.unread.push(note(&source.path, reason)),
            }
        }
        coverage.skipped.sort();
        coverage.unread.sort();
        coverage
    }

    /// Settles and grades what the rules said.
    pub(crate) fn report(
        &self,
        project: &Project,
        pages: &[Page],
        judged: Vec<Judged<'_>>,
        unreachable: &Unreachable,
        mut coverage: Coverage,
    ) -> Report {
        for (_, facts) in project.parsed() {
            coverage.parsed += u64::from(!facts.regions.is_empty());
            coverage.parsed_bytes += facts.regions.first().map_or(0, |it| u64::from(it.span.end));
        }
        let none = Baseline::default();
        let before = self.before.as_ref().unwrap_or(&none);
        let severity = |rule: &str, kind: &str, path: &str| self.severity(rule, kind, path);
        let Settled { mut findings, rates, verdicts, mut baseline } =
            settle(project, judged, project.today, before, &severity, unreachable);
        findings.retain(|it| self.is_selected(&it.location.path));
        let clients = self.clients(project);
        baseline.stale.retain(|it| self.is_selected(&it.path));
        let baseline = self.before.is_some().then_some(baseline);
        let complete = coverage.unread.is_empty();
        let grade = grade(&findings, self.unscored(&coverage));
        let texts = texts_of(project, &findings);
        let verdicts = self.located(project, pages, &findings, verdicts);
        parts::own(self.tree, &mut findings);
        let (nested, timings) = (self.nested.clone(), Vec::new());
        let (delta, packages, hints) = (None, Vec::new(), Vec::new());
        #[rustfmt::skip]
        let report = Report {
            grade, findings, rates, coverage, complete, verdicts, clients, baseline, delta, packages, nested, hints, texts, timings,
        };
        report
    }

    /// Verdicts as people count, with the bucket of each finding.
    fn located(
        &self,
        project: &Project,
        pages: &[Page],
        findings: &[Finding],
        verdicts: Vec<(&'static str, Verdict)>,
    ) -> Vec<LocatedVerdict> {
        let key = |it: &Finding| (it.rule, it.location.path.clone(), it.location.span);
        let buckets: HashMap<_, _> =
            findings.iter().rev().map(|it| (key(it), (it.status, it.unreached.as_str()))).collect();
        let located = verdicts.into_iter().map(|(rule, verdict)| {
            let location = locate(project, verdict.place);
            let bucket = buckets.get(&(rule, location.path.clone(), location.span)).copied();
            let page = pages.iter().find(|it| it.id == rule).expect("a rule that judged has a page");
            located(self, project, page, rule, verdict, location, bucket)
        });
        located.collect()
    }

    /// The clients of what is reported.
    fn clients(&self, project: &Project) -> Vec<Client> {
        let located = project.clients().into_iter().map(|it| Client {
            location: locate(project, it.place),
            library: it.library.to_owned(),
            creates: it.creates.name(),
            scope: it.scope,
            why: it.why,
            set: it.set,
            missing: it.missing,
            is_hidden: it.is_hidden,
        });
        located.filter(|it| self.is_selected(&it.location.path)).collect()
    }

    /// Scores each package by itself, and says which settings are about nothing.
    pub(crate) fn by_package(&self, report: Report, found: &Discovery) -> Report {
        let packages = parts::packages(&report, found);
        let hints = parts::hints(self.options, &self.nested, found);
        Report { packages, hints, ..report }
    }

    /// The severity that the configuration gives a finding, if it gives one.
    fn severity(&self, rule: &str, kind: &str, path: &str) -> Option<Severity> {
        let all = self.options.severities.iter().chain(&self.nested.severities);
        all.rev().find(|it| it.is_about(rule, kind, path)).map(|it| it.severity)
    }

    fn is_audited(&self, class: Class) -> bool {
        class.is_audited(self.options.include_tests)
    }

    fn is_selected(&self, path: &str) -> bool {
        let below =
            |it: &String| path == it || path.strip_prefix(it.as_str()).is_some_and(|rest| rest.starts_with('/'));
        self.options.selected.is_empty() || self.options.selected.iter().any(below)
    }

    /// Why there is no score, if there is none.
    fn unscored(&self, coverage: &Coverage) -> Option<String> {
        if !coverage.unread.is_empty() {
            return Some(format!("{} could not be read", crate::report::counted(coverage.unread.len(), "file")));
        }
        if !self.options.rules.is_empty() {
            return Some("only some of the rules ran".to_owned());
        }
        (!self.options.selected.is_empty()).then(|| "only a part of the code base is reported".to_owned())
    }
}

impl Scanned {
    /// Takes what parsing gave.
    pub(crate) fn take(&mut self, parsed: Parsed, use_facts: impl FnOnce(Read)) {
        match parsed {
            Ok((read, mut notes)) => {
                self.text = None;
                self.notes.append(&mut notes);
                use_facts(read);
            }
            Err(reason) => self.fate = Fate::Unread(reason),
        }
    }
}

/// What the packages' own configurations say. Those of an earlier state do not matter: both are held against today's.
fn nested_of(tree: &dyn Tree, options: &Options, found: &Discovery) -> Result<Nested, Failure> {
    let mut all = Nested::default();
    for package in found.packages.iter().filter(|it| !it.dir.is_empty()) {
        let path = format!("{}/{}", package.dir, config::FILE);
        let Ok(bytes) = tree.read(&path) else { continue };
        match config::nested(&package.dir, &String::from_utf8_lossy(&bytes)) {
            Ok(one) => all.extend(one),
            Err(failure) if options.baseline => return Err(failure),
            Err(_) => {}
        }
    }
    Ok(all)
}

/// What the tree's own baseline says, if it has one.
fn baseline_of(tree: &dyn Tree) -> Result<Option<Baseline>, Failure> {
    match tree.read(baseline::FILE) {
        Ok(bytes) => Baseline::parse(&String::from_utf8_lossy(&bytes)).map(Some),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Failure::Access { action: "read", path: baseline::FILE.into(), source }),
    }
}

/// The page of every rule, in the order of the registry.
pub(crate) fn pages() -> Vec<Page> {
    RULES.iter().map(|it| Page::parse(it.page).expect("a test parses every page")).collect()
}

fn facts_of(text: &str, source: &SourceFile) -> (FileFacts, Vec<String>) {
    let parsed = parse(text, source.language);
    let mut notes = Vec::new();
    if parsed.stopped {
        notes.push("too deeply nested to parse to its end".to_owned());
    } else if let Some(first) = parsed.errors.first() {
        let line = LineIndex::new(text).line(first.start);
        notes.push(format!(
            "could not be parsed in {}, the first in line {line}",
            crate::report::counted(parsed.errors.len(), "place")
        ));
    }
    (extract(text, source.language, &parsed.tree, parsed.errors), notes)
}

/// The source file that a word of a command names, from a folder; one in build output stands for what it is made from.
fn source_at(modules: &Modules, dir: &str, word: &str) -> Option<FileId> {
    let from = if dir.is_empty() { "package.json".to_owned() } else { format!("{dir}/package.json") };
    match modules.resolve(&from, &format!("./{}", word.trim_start_matches("./"))) {
        Resolved::Source(file) => Some(file),
        _ => None,
    }
}
