//! Where files come from: one small interface over the disk or anything else that holds a code base.
//!
//! A tree says which files are worth knowing and gives their bytes. It judges no content, and it opens nothing but regular
//! files below its root, so that a pipe, a device or a link out of the root is named and left alone.

mod disk;
mod git;
mod memory;
mod policy;

use std::io;

pub use disk::Disk;
pub use git::{Commit, Git, Repository};
pub use memory::Memory;
pub(crate) use policy::is_machine_made;

/// A code base.
pub trait Tree: Send + Sync {
    /// Every file worth knowing, with what was left out and why.
    fn list(&self) -> Listing;

    /// The bytes of one file, by its path relative to the root with forward slashes.
    ///
    /// # Errors
    ///
    /// Where the path leaves the root or is no regular file, and where the file cannot be read or has vanished.
    fn read(&self, path: &str) -> io::Result<Vec<u8>>;
}

/// What a tree holds. All three lists are sorted by path, so that they never depend on the order of the walk.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Listing {
    /// Files worth knowing.
    pub entries: Vec<Entry>,
    /// Left out by policy; one row for a whole folder.
    pub skipped: Vec<Skipped>,
    /// Wanted and not to be had.
    pub unread: Vec<Unread>,
}

impl Listing {
    fn sorted(mut self) -> Self {
        self.entries.sort_unstable();
        self.skipped.sort_unstable();
        self.unread.sort_unstable();
        self
    }
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// Relative to the root, forward slashes.
    pub path: String,
    /// Size in bytes when it was listed.
    pub bytes: u64,
}

/// A file or folder that policy leaves out.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Skipped {
    /// Relative to the root, forward slashes.
    pub path: String,
    /// Why, in a few words.
    pub reason: String,
}

impl Skipped {
    /// A row.
    #[must_use]
    pub fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }
}

/// A file or folder that was wanted and could not be read.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unread {
    /// Relative to the root, forward slashes; empty for the root itself.
    pub path: String,
    /// What went wrong.
    pub reason: String,
}

impl Unread {
    /// A row.
    #[must_use]
    pub fn new(path: impl Into<String>, reason: impl Into<String>) -> Self {
        Self { path: path.into(), reason: reason.into() }
    }
}

/// Whether a path is one that [`Tree::read`] may be asked for: relative, and never above the root.
fn is_inside(path: &str) -> bool {
    !path.is_empty() && path.split('/').all(|part| !matches!(part, "" | "." | ".."))
}
