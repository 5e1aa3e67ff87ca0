//! What stops a run before there is a report: every way it can happen, with the cure beside it.
//!
//! Each of these ends the process with exit code 2. A file that cannot be read is not here: it is a fact in the report.

use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

use miette::{Diagnostic, NamedSource, SourceSpan};
use thiserror::Error;

/// Why no report could be made or delivered.
#[derive(Debug, Error, Diagnostic)]
pub enum Failure {
    /// A path on the command line names nothing.
    #[error("there is no `{}`", path.display())]
    Missing {
        /// As typed.
        path: PathBuf,
        /// What was probably meant.
        #[help]
        help: String,
    },
    /// The paths hold no source file that is audited.
    #[error("nothing to audit in {place}: {found}")]
    #[diagnostic(help(
        "give a folder with TypeScript or JavaScript sources; a file that .gitignore or `exclude` names is not audited, \
         and test files are only with --include-tests"
    ))]
    NothingToAudit {
        /// The paths as typed, quoted and joined.
        place: String,
        /// What was there instead, such as `"no source file"` or `"all 12 source files are tests"`.
        found: String,
    },
    /// `--rule` or `explain` names no rule.
    #[error("no rule is called `{rule}`")]
    UnknownRule {
        /// As typed.
        rule: String,
        /// The nearest rule, or where to find the list.
        #[help]
        help: String,
    },
    /// A configuration file says something that it cannot say.
    #[error("{file}: {problem}")]
    Config {
        /// The file as the user would name it.
        file: String,
        /// What is wrong.
        problem: String,
        /// What to write instead.
        #[help]
        help: String,
        /// The file's text.
        #[source_code]
        text: Arc<NamedSource<String>>,
        /// The offending part.
        #[label("here")]
        at: Option<SourceSpan>,
    },
    /// Both configuration places are in use.
    #[error("`atlas-audit.toml` and the key `atlas-audit` of `package.json` both configure this folder")]
    #[diagnostic(help("keep one of the two: move the settings into atlas-audit.toml and delete the key"))]
    TwoConfigurations,
    /// `init` would overwrite something.
    #[error("`{}` exists already", path.display())]
    #[diagnostic(help("edit it, or delete it first: init never overwrites a file"))]
    Exists {
        /// The file that would be written.
        path: PathBuf,
    },
    /// A minimum score was asked of an audit that has no score.
    #[error("{flag} needs a score, and {why}")]
    #[diagnostic(help("audit the whole folder with all rules, or leave {flag} out; --fail-on works on any selection"))]
    NoScoreToCompare {
        /// The flag that asks for one.
        flag: &'static str,
        /// Why there is none, as a clause.
        why: &'static str,
    },
    /// `why` names a file outside the audited folder.
    #[error("`{}` is not inside `{}`", path.display(), root.display())]
    #[diagnostic(help("name the audited folder after the place: atlas-audit why PATH:LINE FOLDER"))]
    Outside {
        /// As typed.
        path: PathBuf,
        /// The audited folder.
        root: PathBuf,
    },
    /// Reading or writing something the run needs did not work.
    #[error("cannot {action} `{}`: {source}", path.display())]
    #[diagnostic(help("check that the path is right and that you may access it"))]
    Access {
        /// A verb, such as `"read"` or `"write"`.
        action: &'static str,
        /// What was accessed.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// A command that is about a whole folder was given something else.
    #[error("`{}` is not a folder", path.display())]
    NoFolder {
        /// As typed.
        path: PathBuf,
        /// What to name.
        #[help]
        help: String,
    },
    /// The git repository lacks what a comparison needs.
    #[error("{problem}")]
    Git {
        /// What is missing.
        problem: String,
        /// How to get it.
        #[help]
        help: String,
    },
    /// Two reports would be written to one file.
    #[error("two --output reports name `{}`", path.display())]
    #[diagnostic(help("give each report a file of its own"))]
    SameOutput {
        /// The file.
        path: PathBuf,
    },
    /// The report could not be printed.
    #[error("cannot write the report to standard output: {0}")]
    #[diagnostic(help("write it to a file instead: --output FORMAT=FILE"))]
    Standard(#[source] io::Error),
}

impl Failure {
    /// Something that git does not give.
    pub(crate) fn git(problem: String, help: String) -> Self {
        Self::Git { problem, help }
    }

    /// A configuration that says what it cannot say, with the offending bytes of its text.
    pub(crate) fn config(file: &str, text: &str, problem: &str, help: String, at: Option<Range<usize>>) -> Self {
        Self::Config {
            file: file.to_owned(),
            problem: problem.to_owned(),
            help,
            text: NamedSource::new(file, text.to_owned()).into(),
            at: at.map(|range| SourceSpan::new(range.start.into(), range.len())),
        }
    }
}

/// The candidate that a mistyped word most likely meant, if one is near enough to be worth saying.
#[must_use]
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase().replace('_', "-");
    let distance = |candidate: &str| strsim::osa_distance(&word, &candidate.replace('_', "-"));
    let limit = (word.chars().count() / 3).max(1);
    candidates
        .into_iter()
        .map(|candidate| (distance(candidate), candidate))
        .filter(|(distance, _)| *distance <= limit)
        .min()
        .map(|(_, candidate)| candidate)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_typo_finds_its_word_and_a_stranger_finds_none() {
        let rules = ["empty-catch", "query-in-loop", "listener-leak"];
        assert_eq!(nearest("empty-cacth", rules), Some("empty-catch"));
        assert_eq!(nearest("QUERY_IN_LOOP", rules), Some("query-in-loop"));
        assert_eq!(nearest("no-console", rules), None);
        assert_eq!(nearest("", rules), None);
    }

    #[test]
    fn every_failure_has_a_help() {
        let access = Failure::Access { action: "read", path: "x".into(), source: io::Error::other("no") };
        let all = [
            Failure::Missing { path: "x".into(), help: "h".into() },
            Failure::NothingToAudit { place: "`x`".into(), found: "no source file".into() },
            Failure::TwoConfigurations,
            Failure::Exists { path: "x".into() },
            Failure::NoScoreToCompare { flag: "--min-score", why: "there is none" },
            Failure::Outside { path: "x".into(), root: "y".into() },
            access,
            Failure::git("x".into(), "h".into()),
            Failure::SameOutput { path: "x".into() },
            Failure::Standard(io::Error::other("no")),
        ];
        for failure in all {
            assert!(failure.help().is_some(), "{failure}");
        }
    }
}
