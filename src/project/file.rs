//! One file of the project: where its imports lead, and what its classes take on.

use std::sync::Arc;

use rustc_hash::FxHashMap as HashMap;

use super::index::Index;
use super::query;
use crate::facts::FileFacts;
use crate::source::{FileId, LineIndex};

/// What an import specifier leads to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// A file of this code base.
    File(FileId),
    /// A package, by the specifier as the catalog knows it.
    Package(Box<str>),
    /// A module of the runtime, such as `node:fs`.
    Builtin,
    /// Nothing that the code base holds.
    Missing,
}

/// A name that a module hands on from another one, seen without parsing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reexport {
    /// The name outside; `*` for all.
    pub exported: Box<str>,
    /// The name in the other module; `*` for all.
    pub imported: Box<str>,
    /// The other module's specifier.
    pub specifier: Box<str>,
}

/// What a class of a file extends or implements, seen without parsing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    /// The name under which the other file exports it; in the same file its own name.
    pub name: Box<str>,
    /// The file that it is imported from, perhaps one that only hands it on.
    pub from: FileId,
    /// Whether it may be extended.
    pub is_base: bool,
}

/// What parsing found in one file, with the tables over it; made per file, so that files can be read side by side.
#[derive(Debug)]
pub struct Read {
    text: Arc<str>,
    lines: LineIndex,
    facts: FileFacts,
    index: Index,
}

impl Read {
    /// Prepares a text and its facts.
    #[must_use]
    pub fn new(text: Arc<str>, facts: FileFacts) -> Self {
        Self { lines: LineIndex::new(&text), index: Index::new(&facts), text, facts }
    }

    /// The facts alone.
    #[must_use]
    pub fn facts(self) -> FileFacts {
        self.facts
    }
}

/// One audited file.
#[derive(Debug)]
pub struct File {
    /// Relative to the root, forward slashes.
    pub path: String,
    /// Its text, if it was parsed; else empty.
    pub text: Arc<str>,
    /// Where its lines start.
    pub lines: LineIndex,
    /// What it says; `None` where nothing asked for it to be parsed.
    pub facts: Option<FileFacts>,
    /// Where its imports lead, by specifier.
    pub targets: HashMap<Box<str>, Target>,
    /// The names that it imports, by specifier; what has no entry here it imports whole.
    pub asked: HashMap<Box<str>, Vec<Box<str>>>,
    /// What it hands on from other modules.
    pub reexports: Vec<Reexport>,
    /// The names that its text seems to export, sorted, as [`crate::skim::Skim::exports`] has them: perhaps more than it does.
    pub exports: Vec<Box<str>>,
    /// What its classes extend and implement, as far as it lies in the code base.
    pub roles: Vec<Role>,
    /// The names of the abstract classes that it declares.
    pub abstracts: Vec<Box<str>>,
    /// The tables that its text seems to write to, as [`crate::skim::Skim::fills`] has them.
    pub fills: Vec<Box<str>>,
    /// Whether rules judge it; tests and generated code are only looked through.
    pub is_audited: bool,
    /// Whether it holds nothing but types: read for what its names stand for, and not judged.
    pub is_declaration: bool,
    /// Over how many imports a data store's library is reached, barrels and base classes not counted; `None` where none is.
    pub store_distance: Option<u8>,
    /// The same, where barrels are looked through by name: never less.
    pub store_distance_by_name: Option<u8>,
    /// Tables over its facts.
    pub(super) index: Index,
}

impl File {
    /// A file that nothing has parsed yet.
    #[must_use]
    pub fn unparsed(path: String, targets: HashMap<Box<str>, Target>, reexports: Vec<Reexport>) -> Self {
        let text: Arc<str> = Arc::from("");
        let lines = LineIndex::new(&text);
        Self {
            path,
            text,
            lines,
            facts: None,
            targets,
            asked: HashMap::default(),
            reexports,
            exports: Vec::new(),
            roles: Vec::new(),
            abstracts: Vec::new(),
            fills: Vec::new(),
            is_audited: true,
            is_declaration: false,
            store_distance: None,
            store_distance_by_name: None,
            index: Index::default(),
        }
    }

    /// Whether the file itself may make what it exports under a name; barrels need not be parsed to see that they do not.
    #[must_use]
    pub fn may_export(&self, name: &str) -> bool {
        self.exports.is_empty() || self.seems_to_export(name)
    }

    /// Whether its text shows an export under a name, or one of everything in one value.
    #[must_use]
    pub fn seems_to_export(&self, name: &str) -> bool {
        let has = |name: &str| self.exports.binary_search_by(|it| (**it).cmp(name)).is_ok();
        has(name) || has("=")
    }

    /// Whether it may be parsed for what its names stand for.
    #[must_use]
    pub fn may_be_read(&self) -> bool {
        self.is_audited || self.is_declaration
    }

    /// Whether a query can lie within the calls that are followed from here.
    #[must_use]
    pub fn reaches_store(&self) -> bool {
        self.store_distance.is_some_and(|it| it <= query::HOPS as u8)
    }

    /// Adds what parsing found.
    pub fn set_facts(&mut self, read: Read) {
        (self.text, self.lines, self.index) = (read.text, read.lines, read.index);
        self.facts = Some(read.facts);
    }
}
