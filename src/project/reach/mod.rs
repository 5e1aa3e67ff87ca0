//! What a running program can get to: which files, and which functions in them.
//!
//! A file is reached when a chain of imports leads to it from where a program starts ([`Entries`]); a function is reached when
//! its name is used in a file that is ([`Mentions`]). Doubt makes code live: what is wrongly taken for dead hides what is found
//! in it. Nothing is read here and no severity known; whoever asks hands texts in.

mod command;
mod entry;
mod function;
mod holder;
mod layout;
mod mention;
mod walk;

pub use entry::{Entries, Entry};
pub use function::{Named, Verdicts};
pub use layout::Layout;
pub use mention::{Mentions, Occurrence, finder, is_comment_line, words_in};
pub use walk::{Edges, Reach, Tails, loaded_by_name};

/// A file that can be reached: an index into the sources, and behind them into the markup.
pub type Node = usize;

/// What a program is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Aim {
    /// Users.
    Production,
    /// Development: scripts that people run by hand, configuration, show cases.
    Tooling,
    /// Tests.
    Test,
}
