//! One file of the project: where its imports lead, and how far it is from a data store.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

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
    /// What it hands on from other modules.
    pub reexports: Vec<Reexport>,
    /// The names that its text seems to export, as [`crate::skim::Skim::exports`] has them: perhaps more than it does.
    pub exports: Vec<Box<str>>,
    /// The files from which it imports what its classes extend.
    pub bases: Vec<FileId>,
    /// Whether rules judge it; tests and generated code are only looked through.
    pub is_audited: bool,
    /// Over how many imports a data store's library is reached, barrels and base classes not counted; `None` where none is.
    pub store_distance: Option<u8>,
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
            reexports,
            exports: Vec::new(),
            bases: Vec::new(),
            is_audited: true,
            store_distance: None,
            index: Index::default(),
        }
    }

    /// Whether the file itself may make what it exports under a name; barrels need not be parsed to see that they do not.
    #[must_use]
    pub fn may_export(&self, name: &str) -> bool {
        let has = |name: &str| self.exports.iter().any(|it| &**it == name);
        self.exports.is_empty() || has(name) || has("=")
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

/// Measures over how many imports each file reaches a store, by walking the imports backwards from the files that are known
/// to use one.
pub(super) fn measure_store_distance(files: &mut [File]) {
    let mut importers: Vec<Vec<u32>> = vec![Vec::new(); files.len()];
    let mut pending = VecDeque::new();
    for (index, file) in files.iter().enumerate() {
        for target in file.targets.values() {
            if let Target::File(id) = target {
                importers[id.index()].push(index as u32);
            }
        }
        if file.store_distance.is_some() {
            pending.push_back((index as u32, 0));
        }
    }
    let mut known: Vec<Option<u8>> = vec![None; files.len()];
    while let Some((index, distance)) = pending.pop_front() {
        if known[index as usize].is_some() {
            continue;
        }
        known[index as usize] = Some(distance);
        for &importer in &importers[index as usize] {
            // A barrel is no step on the way, and what a class inherits it has itself.
            let it = &files[importer as usize];
            if it.reexports.is_empty() && !it.bases.contains(&FileId(index)) {
                pending.push_back((importer, distance.saturating_add(1)));
            } else {
                pending.push_front((importer, distance));
            }
        }
    }
    for (file, distance) in files.iter_mut().zip(known) {
        file.store_distance = distance;
    }
}
