//! atlas-audit.

pub mod catalog;
pub mod cli;
pub mod command;
pub mod config;
pub mod date;
pub mod discover;
pub mod extract;
pub mod facts;
pub mod failure;
pub mod finding;
pub mod gate;
pub mod grade;
pub mod page;
pub mod parse;
pub mod progress;
pub mod project;
pub mod report;
pub mod rules;
pub mod settle;
pub mod skim;
pub mod source;
pub mod tree;

pub use config::Options;

use failure::Failure;
use progress::Progress;
use report::Report;

/// STUB, replaced by the pipeline at merge: a hand-made report for any folder that holds a source file.
///
/// # Errors
///
/// Nothing to audit.
pub fn audit(options: &Options, progress: &dyn Progress) -> Result<Report, Failure> {
    progress.begin("reading", 1);
    let mut walk = ignore::WalkBuilder::new(&options.root).require_git(false).build().filter_map(Result::ok);
    if !walk.any(|it| source::Language::of_path(&it.path().to_string_lossy()).is_some()) {
        let place = options.paths.iter().map(|it| format!("`{}`", it.display())).collect::<Vec<_>>().join(", ");
        return Err(Failure::NothingToAudit { place, found: "no source file".into() });
    }
    progress.advance(1);
    Ok(report::sample::report())
}
