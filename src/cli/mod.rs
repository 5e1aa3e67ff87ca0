//! Every flag and its help text.
//!
//! Parsing only: nothing here touches the file system, and a flag that does nothing yet is not here.

mod value;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::config::{Against, Asked, FailOn, Format};
use crate::date::Date;

const WHAT: &str = "What to audit";
const REPORT: &str = "What to report";
const GATE: &str = "When to fail";
const RUN: &str = "How to run";

const EXIT_CODES: &str = "\
Exit codes: 0 passed the gate, 1 failed it, 2 usage, configuration or nothing to audit, 3 the audit is incomplete.

Examples:
  atlas-audit                                    audit this folder
  atlas-audit --fail-on P0 --output json=r.json  gate on P0, keep a JSON report
  atlas-audit why server/sync.ts:12              what was concluded about that line, and why
  atlas-audit ./rules                            audit a folder that is called like a command";

/// Reads a TypeScript/JavaScript code base and says whether it will survive 10,000 users: what breaks first, with evidence.
#[derive(Debug, Parser)]
#[command(
    name = "atlas-audit",
    version,
    after_help = EXIT_CODES,
    args_conflicts_with_subcommands = true,
    subcommand_precedence_over_arg = true,
    disable_help_subcommand = true,
    max_term_width = 110
)]
pub struct Cli {
    /// What to do instead of an audit.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The audit.
    #[command(flatten)]
    pub audit: Audit,
    /// How to print.
    #[command(flatten)]
    pub print: Print,
}

/// What else the program can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Print a rule's page: what it finds, why it matters, what to do, with examples
    Explain {
        /// A rule's id, as the report and `atlas-audit rules` print it
        rule: String,
    },
    /// Print every verdict at a place, found or cleared, and by which evidence
    Why(Why),
    /// List every rule, its kinds of finding and their severities
    Rules {
        /// How to print the list: for people or for programs
        #[arg(long, value_enum, default_value_t, value_name = "terminal|json", hide_possible_values = true)]
        format: ListFormat,
    },
    /// Write atlas-audit.baseline: what is found now does not fail the gate later
    Baseline(Accept),
    /// Write a commented atlas-audit.toml into this folder; never overwrites one
    Init,
    /// Print the JSON Schema of `--format json`
    Schema,
    /// Print a script that completes the command line in a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page: atlas-audit man | man -l -
    Man,
}

/// The names of the commands, for suggestions.
pub const COMMANDS: [&str; 8] = ["explain", "why", "rules", "baseline", "init", "schema", "completions", "man"];

/// The place to explain.
#[derive(Debug, Args)]
pub struct Why {
    /// The file and the line, such as server/sync.ts:12
    #[arg(value_name = "PATH:LINE", value_parser = value::spot)]
    pub spot: Spot,
    /// The folder that is audited
    #[arg(value_name = "FOLDER", default_value = ".")]
    pub root: PathBuf,
    /// Audit test files too
    #[arg(long)]
    pub include_tests: bool,
    /// Read this configuration instead of the folder's own
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// What to accept as it is.
#[derive(Debug, Args)]
pub struct Accept {
    /// The folder that is audited, and that the file is written to
    #[arg(value_name = "PATH", default_value = ".")]
    pub root: PathBuf,
    /// Accept nothing: only drop the entries of what is not found any more
    #[arg(long)]
    pub prune: bool,
    /// Audit test files too
    #[arg(long)]
    pub include_tests: bool,
    /// Read this configuration instead of the folder's own
    #[arg(long, value_name = "FILE")]
    pub config: Option<PathBuf>,
}

/// A line of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spot {
    /// As typed.
    pub path: PathBuf,
    /// From 1.
    pub line: u32,
}

/// How to print the list of rules.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ListFormat {
    /// For people
    #[default]
    Terminal,
    /// For programs
    Json,
}

/// Flags of the audit itself.
#[derive(Debug, Args)]
pub struct Audit {
    /// Folder or files to audit; a folder is read whole, files select what is reported
    #[arg(value_name = "PATH", default_value = ".")]
    pub paths: Vec<PathBuf>,
    /// Audit test files too
    #[arg(long, value_name = "BOOL", num_args = 0..=1, require_equals = true, default_missing_value = "true", hide_possible_values = true, help_heading = WHAT)]
    pub include_tests: Option<bool>,
    /// Only this rule, repeatable; the report then has no score
    #[arg(long = "rule", value_name = "ID", help_heading = WHAT)]
    pub rules: Vec<String>,
    /// Read this configuration instead of the folder's own
    #[arg(long, value_name = "FILE", help_heading = WHAT)]
    pub config: Option<PathBuf>,
    /// Print the configuration in effect, and where each setting was made, instead of a report
    #[arg(long, help_heading = WHAT)]
    pub print_config: bool,
    /// The day on which `until=` of inline ignores is judged
    #[arg(long, value_name = "YYYY-MM-DD", value_parser = Date::from_str, help_heading = WHAT)]
    pub today: Option<Date>,

    /// What to print: terminal, concise, agent, markdown, json, ndjson, sarif, github, gitlab, rdjson, junit or checkstyle
    #[arg(long, value_enum, default_value_t, value_name = "FORMAT", hide_possible_values = true, help_heading = REPORT)]
    pub format: Format,
    /// Write a report to a file as well, repeatable: several reports from one audit; an ending such as .sarif says the format
    #[arg(long = "output", value_name = "[FORMAT=]FILE", value_parser = value::output, help_heading = REPORT)]
    pub outputs: Vec<Output>,
    /// Show every finding with its code, and what is listed only: leads, unreachable, suppressed, baselined
    #[arg(long, help_heading = REPORT)]
    pub all: bool,

    /// Fail on a graded finding this severe or worse [default: P1]
    #[arg(long, value_enum, ignore_case = true, value_name = "P0|P1|P2|P3|never", hide_possible_values = true, help_heading = GATE)]
    pub fail_on: Option<FailOn>,
    /// Fail below this score, 0 to 100
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(0..=100), help_heading = GATE)]
    pub min_score: Option<u32>,

    /// Judge only what is new since the merge base with a branch, tag or commit, such as origin/main
    #[arg(long, value_name = "REF", group = "compared", help_heading = GATE)]
    pub since: Option<String>,
    /// Audit the git index, and judge only what is new since the current commit: for commit hooks
    #[arg(long, group = "compared", help_heading = GATE)]
    pub staged: bool,
    /// With --since or --staged: fail if the score falls by more than this
    #[arg(long, value_name = "N", requires = "compared", value_parser = clap::value_parser!(u32).range(0..=100), help_heading = GATE)]
    pub max_drop: Option<u32>,

    /// Threads to use [default: all cores]; the report is the same for any number
    #[arg(long, value_name = "N", help_heading = RUN)]
    pub threads: Option<NonZeroUsize>,
    /// Neither use nor keep what is known of unchanged files; the report is the same
    #[arg(long, help_heading = RUN)]
    pub no_cache: bool,
    /// Print to standard error how long each stage took
    #[arg(long, help_heading = RUN)]
    pub timings: bool,
}

/// Flags that every command has.
#[derive(Debug, Clone, Copy, Args)]
pub struct Print {
    /// When to use color; NO_COLOR and CLICOLOR_FORCE are honored
    #[arg(long, value_enum, global = true, default_value_t, value_name = "auto|always|never", hide_possible_values = true, help_heading = RUN)]
    pub color: ColorWhen,
    /// Print the report and errors only: no progress bar, no hints, no word on why the gate failed
    #[arg(short, long, global = true, help_heading = RUN)]
    pub quiet: bool,
}

/// When to use color.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// A report to be written to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Output {
    /// Which rendering.
    pub format: Format,
    /// Where to.
    pub path: PathBuf,
}

impl Audit {
    /// What the flags ask for, to be joined with the configuration.
    #[must_use]
    pub fn asked(&self) -> Asked {
        Asked {
            paths: self.paths.clone(),
            include_tests: self.include_tests,
            rules: self.rules.clone(),
            config: self.config.clone(),
            today: self.today,
            fail_on: self.fail_on,
            min_score: self.min_score,
            max_drop: self.max_drop,
            no_cache: self.no_cache,
            against: self.since.clone().map(Against::Since).or(self.staged.then_some(Against::Staged)),
            threads: self.threads,
        }
    }
}

impl Why {
    /// What an audit of the folder asks for.
    #[must_use]
    pub fn asked(&self) -> Asked {
        whole(&self.root, self.include_tests, self.config.as_deref())
    }
}

impl Accept {
    /// What an audit of the folder asks for.
    #[must_use]
    pub fn asked(&self) -> Asked {
        whole(&self.root, self.include_tests, self.config.as_deref())
    }
}

/// An audit of a whole folder.
fn whole(root: &Path, include_tests: bool, config: Option<&Path>) -> Asked {
    Asked {
        paths: vec![root.to_owned()],
        include_tests: include_tests.then_some(true),
        config: config.map(Path::to_owned),
        ..Asked::default()
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::value::spot;
    use super::*;
    use crate::finding::Severity;

    fn parse(words: &str) -> Result<Cli, clap::Error> {
        Cli::try_parse_from(std::iter::once("atlas-audit").chain(words.split_whitespace()))
    }

    #[test]
    fn the_definition_is_consistent_and_its_commands_are_listed() {
        let command = Cli::command();
        command.clone().debug_assert();
        let names: Vec<_> = command.get_subcommands().map(|it| it.get_name().to_owned()).collect();
        assert_eq!(names, COMMANDS);
    }

    #[test]
    fn a_command_wins_over_a_folder_of_its_name() {
        assert!(matches!(parse("rules").expect("valid").command, Some(Command::Rules { .. })));
        let folder = parse("./rules").expect("valid");
        assert!(folder.command.is_none());
        assert_eq!(folder.audit.paths, [PathBuf::from("./rules")]);
    }

    #[test]
    fn flags_stand_after_paths_too() {
        let cli = parse("src --fail-on p2 --output json=a=b.json --include-tests=false -q").expect("valid");
        assert_eq!(cli.audit.fail_on, Some(FailOn(Some(Severity::P2))));
        assert_eq!(cli.audit.outputs, [Output { format: Format::Json, path: "a=b.json".into() }]);
        let short = parse("--output a.sarif").expect("valid").audit.outputs;
        assert_eq!(short, [Output { format: Format::Sarif, path: "a.sarif".into() }]);
        assert_eq!(cli.audit.include_tests, Some(false));
        assert!(cli.print.quiet);
        assert_eq!(parse("--include-tests src").expect("valid").audit.paths, [PathBuf::from("src")]);
    }

    #[test]
    fn typos_are_named_and_corrected() {
        for (words, correction) in [
            ("--fail-onn P1", "--fail-on"),
            ("--format jsn", "json"),
            ("--output jsn=x", "json"),
            ("--output report.xml", "junit=FILE"),
            ("--output report", "FORMAT=FILE"),
            ("--output json=", "file name is missing"),
            ("--min-score 101", "0..=100"),
            ("--today 2026-02-30", "YYYY-MM-DD"),
            ("why server.ts", "PATH:LINE"),
        ] {
            let error = parse(words).expect_err(words);
            assert_eq!(error.exit_code(), 2);
            assert!(error.to_string().contains(correction), "{words}: {error}");
        }
    }

    #[test]
    fn places_are_read_as_the_reports_print_them() {
        let place = |path: &str, line| Ok(Spot { path: path.into(), line });
        assert_eq!(spot("a.ts:3"), place("a.ts", 3));
        assert_eq!(spot("a.ts:3:7"), place("a.ts", 3));
        assert_eq!(spot("c:/a.ts:3"), place("c:/a.ts", 3));
        assert!(spot("a.ts:0").is_err() && spot(":3").is_err() && spot("a.ts").is_err());
    }
}
