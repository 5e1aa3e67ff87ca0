//! atlas-audit reads a TypeScript/JavaScript code base and says whether it will survive N users.
//!
//! ```text
//! discover ─ read ─ skim ─ parse ─ extract ┐                  ┌ report/*
//!   (Tree)    └──── rayon, per file ───────┴ link ─ judge ─ settle ─ grade ─┤
//!                        FileFacts            Project  Verdicts  Report      └ gate → exit code
//!                                      ↑ wants() │
//!                                      └─────────┘ rounds
//! ```
//!
//! * [`tree`] is where files come from. [`mod@discover`] says which of them count and what kind each is.
//! * [`skim`] finds imports and triggers in bytes. **A file that nothing asks for is not parsed**: parsing costs fifteen times
//!   what reading does.
//! * [`parse`] gives a tree and never fails. [`extract`] turns it into [`facts`], and the tree dies there.
//!   **Nothing past extraction sees a syntax tree.**
//! * [`project`] joins all facts and answers what a name stands for, what a call does and what runs per element. It knows
//!   libraries from the [`catalog`] alone. While answering it notes which files it would have needed; `audit` parses those and
//!   asks again.
//! * [`rules`] read the project and give verdicts, one per site. **A rule states a kind, never a severity**; that belongs to
//!   its [`page`].
//! * [`settle`] puts every finding into exactly one bucket; **nothing is deleted**. [`grade`] is a pure function of what is left.
//! * [`report`] renders, [`gate`] decides the exit code, [`command`] and [`cli`] are the program's surface.
//!
//! **The core cannot fail.** IO and errors live in `tree`, `config`, `command` and [`failure`]; a file that could not be read is
//! a row in the report's coverage. **Only this module runs things in parallel**, and everything it collects is in path order, so
//! that the same input gives the same bytes for any number of threads.

pub mod baseline;
pub mod cache;
pub mod catalog;
pub mod cli;
pub mod command;
pub mod config;
pub mod date;
pub mod delta;
pub mod discover;
pub mod extract;
pub mod facts;
pub mod failure;
pub mod finding;
mod fingerprint;
pub mod gate;
pub mod grade;
mod inline;
pub mod owners;
pub mod page;
pub mod parse;
mod parts;
pub mod progress;
pub mod project;
pub mod report;
pub mod rules;
mod scan;
pub mod settle;
pub mod skim;
pub mod source;
pub mod tree;

use std::time::Instant;

use rayon::prelude::*;

use cache::Cache;
use config::Against;
pub use config::Options;
use date::Date;
use discover::{Discovery, discover};
use failure::Failure;
use progress::Progress;
use project::Project;
use project::modules::Modules;
use report::{Note, Report};
use scan::{Scan, Scanned, Surroundings};
use source::FileId;
use tree::{Disk, Git, Repository, Tree};

/// How many times the project may ask for more files; a query is looked for behind at most five calls.
const ROUNDS: usize = 6;

/// Audits the folder that the options name.
///
/// # Errors
///
/// When there is nothing to audit. What cannot be read is no error: it stands in the report's coverage.
pub fn audit(options: &Options, progress: &dyn Progress) -> Result<Report, Failure> {
    let folder = if options.cache { Cache::folder_for(&options.root) } else { None };
    // A comparison asks about most files twice.
    let spare = || if options.against.is_some() { Cache::in_memory() } else { Cache::none() };
    let cache = folder.map_or_else(spare, |folder| Cache::at(folder, days_since_1970()));
    let report = audit_cached(options, &cache, progress);
    cache.save();
    report
}

fn audit_cached(options: &Options, cache: &Cache, progress: &dyn Progress) -> Result<Report, Failure> {
    let disk = Disk::new(&options.root).with_threads(threads(options));
    match &options.against {
        None => in_pool(&disk, options, cache, progress),
        Some(against) => {
            let repository = Repository::around(&options.root)?;
            let (name, commit) = match against {
                Against::Since(name) => (name.as_str(), Some(repository.merge_base(name)?)),
                Against::Staged => ("HEAD", repository.head()?),
            };
            let before = Git::at(&repository, commit.as_ref())?;
            let mut report = match against {
                Against::Since(_) => {
                    refuse_submodules(&before, &disk)?;
                    audit_change(&before, &disk, options, cache, progress)?
                }
                Against::Staged => audit_change(&before, &Git::index(&repository)?, options, cache, progress)?,
            };
            if let Some(delta) = &mut report.delta {
                (delta.since, delta.commit) = (name.to_owned(), commit.map(|it| it.0));
            }
            Ok(report)
        }
    }
}

/// The files of a submodule are on disk and in no commit, so that all they hold would be new.
fn refuse_submodules(before: &Git, disk: &Disk) -> Result<(), Failure> {
    let listing = disk.list();
    for folder in before.submodules() {
        let is_inside = |path: &str| path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        if let Some(entry) = listing.entries.iter().find(|it| is_inside(&it.path)) {
            let problem =
                format!("`{folder}` is a submodule, and the audit reads files in it such as `{}`", entry.path);
            let help =
                "its history is in another repository: leave it out with an .ignore file, or audit without --since";
            return Err(Failure::git(problem, help.to_owned()));
        }
    }
    Ok(())
}

/// Audits two states of a code base, and says what the second changed.
///
/// # Errors
///
/// When there is nothing to audit in the second.
pub fn audit_change(
    before: &dyn Tree,
    now: &dyn Tree,
    options: &Options,
    cache: &Cache,
    progress: &dyn Progress,
) -> Result<Report, Failure> {
    let earlier = match in_pool(before, &Options { baseline: false, ..options.clone() }, cache, &()) {
        Ok(report) => Some(report),
        Err(Failure::NothingToAudit { .. }) => None,
        Err(failure) => return Err(failure),
    };
    let mut report = in_pool(now, options, cache, progress)?;
    let is_file = |path: &str| now.read(path).is_ok();
    let state = delta::Before {
        findings: earlier.as_ref().map_or(&[], |it| &it.findings),
        grade: earlier.as_ref().map(|it| &it.grade),
    };
    report.delta = Some(delta::compare(&mut report.findings, &report.grade, state, is_file));
    if let Some(earlier) = earlier.filter(|it| !it.complete) {
        // What was new cannot be told from what could not be read.
        report.complete = false;
        let of_before = earlier.coverage.unread.into_iter();
        report
            .coverage
            .unread
            .extend(of_before.map(|it| Note { reason: format!("in the state before: {}", it.reason), ..it }));
    }
    Ok(report)
}

/// Audits the files of any [`Tree`].
///
/// # Errors
///
/// When there is nothing to audit.
pub fn audit_tree(tree: &dyn Tree, options: &Options, progress: &dyn Progress) -> Result<Report, Failure> {
    in_pool(tree, options, &Cache::none(), progress)
}

fn in_pool(tree: &dyn Tree, options: &Options, cache: &Cache, progress: &dyn Progress) -> Result<Report, Failure> {
    // Questions about a code base lead to questions, so the stack is large; memory is taken only for what is used.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads(options)).stack_size(16 << 20).build();
    match pool {
        Ok(pool) => pool.install(|| run(tree, options, cache, progress)),
        // Without a pool of its own the audit takes longer and says the same.
        Err(_) => run(tree, options, cache, progress),
    }
}

fn run(tree: &dyn Tree, options: &Options, cache: &Cache, progress: &dyn Progress) -> Result<Report, Failure> {
    let mut clock = Clock::start();
    progress.begin("discovering", 0);
    let found = discover(tree, tree.list());
    clock.lap("discover");
    let scan = Scan::new(tree, options, cache, &found)?;
    scan.refuse_nothing(&found)?;
    progress.begin("reading", found.sources.len() as u64);
    let mut scanned = read_all(&scan, &found, progress);
    clock.lap("read, skim, parse");
    let modules = Modules::new(&found);
    let targets: Vec<_> =
        (0..scanned.len()).into_par_iter().map(|at| scan.targets(&modules, &found, at, &scanned[at])).collect();
    clock.lap("resolve");
    let mut project = scan.project(&found, &mut scanned, targets, &modules, today(options));
    clock.lap("link");
    let near_store = scan.near_store(&project, &scanned);
    parse_files(&scan, &found, &mut scanned, &mut project, near_store);
    for _ in 0..ROUNDS {
        let wanted = look_ahead(&mut project);
        if wanted.is_empty() {
            break;
        }
        parse_files(&scan, &found, &mut scanned, &mut project, wanted);
    }
    scan::prepare(&project);
    clock.lap("rounds");
    let coverage = scan.coverage(&found, &scanned);
    let pages = scan::pages();
    let around = Surroundings { found: &found, modules: &modules, scanned: &scanned };
    let (judged, routes) = rayon::join(|| scan.judged(&project, &pages), || scan.routes(&project, &around));
    clock.lap("judge");
    let unreachable = scan.unreachable(routes, &judged);
    clock.lap("reach");
    let report = scan.by_package(scan.report(&project, &pages, judged, &unreachable, coverage), &found);
    clock.lap("report");
    Ok(Report { timings: clock.laps, ..report })
}

/// Reads and skims every file, and parses those that a trigger hits.
fn read_all(scan: &Scan<'_>, found: &Discovery, progress: &dyn Progress) -> Vec<Scanned> {
    let read = |at: usize| {
        let scanned = scan.first_look(&found.sources[at]);
        progress.advance(1);
        scanned
    };
    (0..found.sources.len()).into_par_iter().map(read).collect()
}

/// The files that answers to the rules' questions need.
fn look_ahead(project: &mut Project) -> Vec<FileId> {
    let open = project.unanswered();
    let is_answered = |file: &FileId| project.task(|it| it.look_ahead(*file));
    let (answered, ()) =
        rayon::join(|| open.into_par_iter().filter(is_answered).collect(), || project.task(Project::look_across));
    project.wants(answered)
}

/// Parses files that turned out to be needed.
fn parse_files(
    scan: &Scan<'_>,
    found: &Discovery,
    scanned: &mut [Scanned],
    project: &mut Project,
    wanted: Vec<FileId>,
) {
    let seen: &[Scanned] = scanned;
    let parse = |id: FileId| (id, scan.parse(&found.sources[id.index()], &seen[id.index()]));
    let parsed: Vec<_> = wanted.into_par_iter().map(parse).collect();
    for (id, parsed) in parsed {
        scanned[id.index()].take(parsed, |read| project.files[id.index()].set_facts(read));
    }
}

/// The number of threads that the options name; 0 is one per core.
fn threads(options: &Options) -> usize {
    options.threads.map_or(0, std::num::NonZeroUsize::get)
}

/// The day that the options name, or the clock's.
fn today(options: &Options) -> Date {
    options.today.unwrap_or_else(|| Date::of_unix_seconds(i64::from(days_since_1970()) * 86_400))
}

/// The clock's day.
fn days_since_1970() -> u32 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |it| (it.as_secs() / 86_400) as u32)
}

/// Times the stages, for `--timings`.
struct Clock {
    last: Instant,
    laps: Vec<(&'static str, std::time::Duration)>,
}

impl Clock {
    fn start() -> Self {
        Self { last: Instant::now(), laps: Vec::new() }
    }

    fn lap(&mut self, name: &'static str) {
        self.laps.push((name, self.last.elapsed()));
        self.last = Instant::now();
    }
}
