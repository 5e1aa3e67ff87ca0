//! Flags and `atlas-audit.toml` (or `package.json#atlas-audit`) in, [`Options`] out.
//!
//! Flags beat the file. A key that is not known is an error, never ignored: a gate that reads `fail_onn` and shrugs is no gate.

mod file;
mod format;
mod gates;
mod libraries;
mod nested;
mod settings;
mod shown;
mod template;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use crate::date::Date;
use crate::failure::Failure;
use crate::finding::Severity;
pub use format::Format;
pub use gates::{GateRule, SeverityRule, matches, set};
pub use libraries::Known;
pub use nested::{Nested, nested};
pub use shown::{Shown, show};
pub use template::TEMPLATE;

/// The file that configures a folder.
pub const FILE: &str = "atlas-audit.toml";
/// The target load that the audit asks about.
pub const USERS: u64 = 10_000;

/// The mildest severity that fails the gate; `None` is `never`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FailOn(pub Option<Severity>);

impl FailOn {
    /// As on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.0.map_or("never", Severity::name)
    }

    fn parse(text: &str) -> Option<Self> {
        if text == "never" {
            return Some(Self(None));
        }
        Severity::ALL.into_iter().find(|severity| severity.name() == text).map(|severity| Self(Some(severity)))
    }
}

/// What the command line asks for, as typed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Asked {
    /// Folders and files; none means the current folder.
    pub paths: Vec<PathBuf>,
    /// Whether to audit tests; `None` = as configured.
    pub include_tests: Option<bool>,
    /// Rule ids; none means all.
    pub rules: Vec<String>,
    /// A configuration file to read instead of the root's.
    pub config: Option<PathBuf>,
    /// The day on which `until=` is judged.
    pub today: Option<Date>,
    /// `None` = as configured.
    pub fail_on: Option<FailOn>,
    /// `None` = as configured.
    pub min_score: Option<u32>,
    /// The most points that the score may fall; needs `against`.
    pub max_drop: Option<u32>,
    /// Whether to parse every file again, whatever is known of it.
    pub no_cache: bool,
    /// What to compare with.
    pub against: Option<Against>,
    /// `None` = all cores.
    pub threads: Option<NonZeroUsize>,
}

/// The two states that an audit compares.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Against {
    /// The merge base with a branch, tag or commit, and the files on disk.
    Since(String),
    /// The current commit, and the index.
    Staged,
}

/// What an audit is to do: flags and configuration joined.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// The folder that is linked whole; every path in the report is relative to it.
    pub root: PathBuf,
    /// The paths as typed, all of them existing.
    pub paths: Vec<PathBuf>,
    /// What is reported, relative to the root with forward slashes; empty = everything, otherwise the score is null.
    pub selected: Vec<String>,
    /// Whether test files are audited.
    pub include_tests: bool,
    /// Globs, relative to the root, of what is left out. Each is known to be valid.
    pub exclude: Vec<String>,
    /// Rule ids; empty = all rules, otherwise the score is null.
    pub rules: Vec<String>,
    /// The target load.
    pub users: u64,
    /// `None` = all cores.
    pub threads: Option<NonZeroUsize>,
    /// The day on which `until=` is judged; `None` = the clock's.
    pub today: Option<Date>,
    /// A graded finding this severe, or worse, fails; `None` = never.
    pub fail_on: Option<Severity>,
    /// The least score that passes, 0 to 100.
    pub min_score: Option<u32>,
    /// The libraries that the audit knows: those shipped, and those of the configuration.
    pub known: Known,
    /// The most points that the score may fall; `None` = any number.
    pub max_drop: Option<u32>,
    /// Gates for parts of the code base, which `fail_on` as a flag overrules.
    pub gates: Vec<GateRule>,
    /// Severities that differ from the pages.
    pub severities: Vec<SeverityRule>,
    /// Every setting with where it was made.
    pub shown: Vec<Shown>,
    /// What to compare with; `None` = nothing.
    pub against: Option<Against>,
    /// Whether facts are kept for the next run in the user's folder for caches.
    pub cache: bool,
    /// Whether the root's baseline is read.
    pub baseline: bool,
}

impl Default for Options {
    /// An audit of the current folder that no file configures.
    fn default() -> Self {
        Self {
            root: PathBuf::from("."),
            paths: vec![PathBuf::from(".")],
            selected: Vec::new(),
            include_tests: false,
            exclude: Vec::new(),
            rules: Vec::new(),
            users: USERS,
            threads: None,
            today: None,
            fail_on: Some(Severity::P1),
            min_score: None,
            known: Known::default(),
            max_drop: None,
            gates: Vec::new(),
            severities: Vec::new(),
            shown: Vec::new(),
            against: None,
            cache: false,
            baseline: true,
        }
    }
}

impl Options {
    /// Finds the root, reads its configuration and lets the flags win. Rule ids are taken as they are.
    ///
    /// # Errors
    ///
    /// A path that does not exist, a configuration that cannot be read or says what it cannot say, or a `--min-score` that can
    /// have no score to compare with.
    pub fn resolve(asked: Asked) -> Result<Self, Failure> {
        let paths = if asked.paths.is_empty() { vec![PathBuf::from(".")] } else { asked.paths.clone() };
        let (root, selected) = root_of(&paths)?;
        let settings = match &asked.config {
            Some(path) => file::read(path)?,
            None => file::find(&root)?,
        };
        let partial = partial(&asked.rules, &selected);
        let bound = asked.min_score.map(|_| "--min-score").or(asked.max_drop.map(|_| "--max-drop"));
        if let (Some(flag), Some(why)) = (bound, partial) {
            return Err(Failure::NoScoreToCompare { flag, why });
        }
        let shown = shown::of(&asked, &settings);
        let known = Known::with(settings.libraries)?;
        let default = Self::default();
        Ok(Self {
            root,
            paths,
            selected,
            include_tests: asked.include_tests.or(value(&settings.include_tests)).unwrap_or(default.include_tests),
            exclude: settings.exclude.into_iter().map(|it| it.value).collect(),
            rules: asked.rules,
            threads: asked.threads,
            today: asked.today,
            fail_on: asked.fail_on.or(value(&settings.fail_on)).map_or(default.fail_on, |it| it.0),
            // A configured minimum is about the whole; who looks at a part has not asked for it.
            min_score: asked.min_score.or(value(&settings.min_score).filter(|_| partial.is_none())),
            max_drop: asked
                .max_drop
                .or(value(&settings.max_drop).filter(|_| partial.is_none() && asked.against.is_some())),
            gates: gates_of(settings.gates, asked.fail_on.is_some(), partial.is_some()),
            severities: settings.severities,
            shown,
            against: asked.against,
            cache: !asked.no_cache,
            known,
            ..default
        })
    }
}

/// Why an audit of less than everything has no score.
fn partial(rules: &[String], selected: &[String]) -> Option<&'static str> {
    match (rules.is_empty(), selected.is_empty()) {
        (true, true) => None,
        (false, _) => Some("an audit with --rule has none"),
        (true, false) => Some("an audit of a selection has none"),
    }
}

fn value<T: Copy>(set: &Option<settings::Set<T>>) -> Option<T> {
    set.as_ref().map(|it| it.value)
}

/// The gates of parts, without what a flag overrules and what a part of an audit cannot have.
fn gates_of(mut gates: Vec<GateRule>, is_forced: bool, is_partial: bool) -> Vec<GateRule> {
    for gate in &mut gates {
        gate.fail_on = gate.fail_on.filter(|_| !is_forced);
        gate.min_score = gate.min_score.filter(|_| !is_partial);
        gate.max_drop = gate.max_drop.filter(|_| !is_partial);
    }
    gates
}

/// The root for these paths, and the selection below it where they are not simply the root.
fn root_of(paths: &[PathBuf]) -> Result<(PathBuf, Vec<String>), Failure> {
    let mut real = Vec::new();
    for path in paths {
        real.push(canonical(path)?);
    }
    real.sort();
    real.dedup();
    if let [only] = real.as_slice()
        && only.is_dir()
    {
        return Ok((paths[0].clone(), Vec::new()));
    }
    let mut common = real[0].clone();
    while !(common.is_dir() && real.iter().all(|path| path.starts_with(&common))) && common.pop() {}
    let marked = |folder: &&Path| [FILE, "package.json", ".git"].iter().any(|mark| folder.join(mark).exists());
    let root = common.ancestors().find(marked).unwrap_or(&common).to_path_buf();
    let below = |path: &PathBuf| path.strip_prefix(&root).map_or_else(|_| String::new(), slashed);
    let selected = real.iter().map(below).collect::<Vec<_>>();
    // The root itself among the paths selects everything.
    if selected.iter().any(String::is_empty) { Ok((root, Vec::new())) } else { Ok((root, selected)) }
}

fn canonical(path: &Path) -> Result<PathBuf, Failure> {
    path.canonicalize().map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => Failure::Missing {
            path: path.to_owned(),
            help: "check the spelling, or leave it out to audit this folder".into(),
        },
        _ => Failure::Access { action: "read", path: path.to_owned(), source: error },
    })
}

/// A path relative to the root, with forward slashes on every system.
#[must_use]
pub fn slashed(path: &Path) -> String {
    let parts: Vec<_> = path.components().map(|part| part.as_os_str().to_string_lossy()).collect();
    parts.join("/")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn folder(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().expect("a temporary folder");
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().expect("has a parent")).expect("can create");
            fs::write(path, text).expect("can write");
        }
        folder
    }

    fn asked(folder: &tempfile::TempDir, paths: &[&str]) -> Asked {
        Asked { paths: paths.iter().map(|path| folder.path().join(path)).collect(), ..Asked::default() }
    }

    #[test]
    fn flags_beat_the_file_and_the_file_beats_the_defaults() {
        let text = "fail_on = \"P3\"\nmin_score = 70\ninclude_tests = true\nexclude = [\"old/**\"]\n";
        let folder = folder(&[(FILE, text)]);
        let options = Options::resolve(asked(&folder, &["."])).expect("valid");
        assert_eq!((options.fail_on, options.min_score, options.include_tests), (Some(Severity::P3), Some(70), true));
        assert_eq!(options.exclude, ["old/**"]);
        let flags = Asked {
            fail_on: Some(FailOn(None)),
            min_score: Some(90),
            include_tests: Some(false),
            ..asked(&folder, &["."])
        };
        let options = Options::resolve(flags).expect("valid");
        assert_eq!((options.fail_on, options.min_score, options.include_tests), (None, Some(90), false));
    }

    #[test]
    fn nothing_configured_gates_on_p1() {
        let options = Options::resolve(asked(&folder(&[("a.ts", "")]), &["."])).expect("valid");
        assert_eq!((options.fail_on, options.min_score), (Some(Severity::P1), None));
        assert!(options.selected.is_empty() && !options.include_tests);
    }

    #[test]
    fn files_select_below_the_nearest_marked_folder() {
        let folder = folder(&[("package.json", "{}"), ("src/a/x.ts", ""), ("src/b/y.ts", "")]);
        let options = Options::resolve(asked(&folder, &["src/b/y.ts", "src/a"])).expect("valid");
        assert_eq!(options.root, folder.path().canonicalize().expect("exists"));
        assert_eq!(options.selected, ["src/a", "src/b/y.ts"]);
        let whole = Options::resolve(asked(&folder, &["src/a", "."])).expect("valid");
        assert!(whole.selected.is_empty());
    }

    #[test]
    fn one_folder_is_the_root_even_below_a_marked_one() {
        let folder = folder(&[("package.json", "{}"), ("src/x.ts", "")]);
        let options = Options::resolve(asked(&folder, &["src"])).expect("valid");
        assert_eq!(options.root, folder.path().join("src"));
        assert!(options.selected.is_empty());
    }

    #[test]
    fn a_missing_path_is_named() {
        let folder = folder(&[]);
        let failure = Options::resolve(asked(&folder, &["nowhere"])).expect_err("missing");
        assert!(matches!(&failure, Failure::Missing { path, .. } if path.ends_with("nowhere")), "{failure}");
    }

    #[test]
    fn a_minimum_score_for_a_part_is_refused_as_a_flag_and_set_aside_as_a_setting() {
        let folder = folder(&[(FILE, "min_score = 70\n"), ("a.ts", "")]);
        let rule = || Asked { rules: vec!["empty-catch".into()], ..asked(&folder, &["."]) };
        assert_eq!(Options::resolve(rule()).expect("valid").min_score, None);
        assert_eq!(Options::resolve(asked(&folder, &["a.ts"])).expect("valid").min_score, None);
        let failure = Options::resolve(Asked { min_score: Some(1), ..rule() }).expect_err("contradiction");
        assert!(matches!(failure, Failure::NoScoreToCompare { .. }));
    }
}
