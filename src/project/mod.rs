//! Every file's facts, joined: what rules read.
//!
//! The project knows what a name stands for across files ([`value`]), what a chain of calls does according to the catalog
//! ([`chain`]), what runs once per element ([`iteration`]), and which functions lead to a query ([`query`]). It reports what
//! the code says; whether that is a problem is for rules to judge. While it answers, it notes which unparsed files it would
//! have needed; [`Project::wants`] hands those out for the next round.

mod chain;
mod framework;
mod guard;
mod importers;
mod index;
mod iteration;
mod lifetime;
mod listener;
pub mod modules;
mod query;
mod rerun;
mod value;

pub use chain::{Chained, Construction};
pub use iteration::{Iteration, Turn};
pub use lifetime::Lifetime;
pub use listener::{Listener, Release};
pub use query::{Query, QueryPath};
pub use rerun::Rerun;
pub use value::Value;

use std::cell::{OnceCell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::catalog::Catalog;
use crate::facts::{CallId, ExprId, FileFacts, FunctionId, RegionKind};
use crate::source::{FileId, LineIndex, Place, Span};
use index::Index;

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
    /// Whether rules judge it; tests and generated code are only looked through.
    pub is_audited: bool,
    /// Whether its imports lead to a data store, through however many files.
    pub reaches_store: bool,
    /// Tables over its facts.
    index: Index,
}

impl File {
    /// A file that nothing has parsed yet.
    #[must_use]
    pub fn unparsed(path: String, targets: HashMap<Box<str>, Target>, reexports: Vec<Reexport>) -> Self {
        let text: Arc<str> = Arc::from("");
        let lines = LineIndex::new(&text);
        Self { path, text, lines, facts: None, targets, reexports, is_audited: true, reaches_store: false, index: Index::default() }
    }

    /// Adds what parsing found.
    pub fn set_facts(&mut self, text: Arc<str>, facts: FileFacts) {
        self.lines = LineIndex::new(&text);
        self.text = text;
        self.index = Index::new(&facts);
        self.facts = Some(facts);
    }
}

/// The whole code base.
#[derive(Debug)]
pub struct Project {
    /// Every source file, sorted by path.
    pub files: Vec<File>,
    /// Libraries as data.
    pub catalog: &'static Catalog,
    /// The day that dates in ignores are compared with.
    pub today: crate::date::Date,
    memo: RefCell<HashMap<value::Key, Value>>,
    behind: RefCell<HashMap<(FileId, FunctionId), Option<QueryPath>>>,
    wanted: RefCell<BTreeSet<FileId>>,
    /// How often functions run, as far as that was asked.
    reruns: RefCell<HashMap<(FileId, FunctionId), Rerun>>,
    /// The files that import each file.
    importers: OnceCell<Vec<Vec<FileId>>>,
}

impl Project {
    /// Joins files; ids are positions in `files`, which are sorted by path.
    #[must_use]
    pub fn new(mut files: Vec<File>, today: crate::date::Date) -> Self {
        let catalog = Catalog::shipped();
        mark_store_reach(&mut files, catalog);
        Self { files, catalog, today, memo: RefCell::default(), behind: RefCell::default(), wanted: RefCell::default(), reruns: RefCell::default(), importers: OnceCell::new() }
    }

    /// A file.
    #[must_use]
    pub fn file(&self, id: FileId) -> &File {
        &self.files[id.index()]
    }

    /// The facts of a file, if it was parsed.
    #[must_use]
    pub fn facts(&self, id: FileId) -> Option<&FileFacts> {
        self.file(id).facts.as_ref()
    }

    /// Every parsed file with its facts, by path.
    pub fn parsed(&self) -> impl Iterator<Item = (FileId, &FileFacts)> {
        let with_ids = self.files.iter().enumerate();
        with_ids.filter_map(|(index, file)| Some((FileId(index as u32), file.facts.as_ref()?)))
    }

    /// The files that answers would have needed, and forgets what was answered without them.
    pub fn wants(&mut self) -> Vec<FileId> {
        self.look_ahead();
        self.look_for_callers();
        self.memo.get_mut().clear();
        self.reruns.get_mut().clear();
        self.behind.get_mut().clear();
        std::mem::take(self.wanted.get_mut()).into_iter().collect()
    }

    /// The place of an expression.
    #[must_use]
    pub fn place_of(&self, file: FileId, expr: ExprId) -> Place {
        let span = self.facts(file).map_or(Span::new(0, 0), |facts| facts.expr(expr).span);
        Place { file, span }
    }

    /// The place where a finding about a call is anchored: the called name.
    #[must_use]
    pub fn anchor_of(&self, file: FileId, call: CallId) -> Place {
        let span = self.facts(file).map_or(Span::new(0, 0), |facts| facts.call(call).name_span);
        Place { file, span }
    }

    /// The text of a place.
    #[must_use]
    pub fn text_of(&self, place: Place) -> &str {
        place.span.of(&self.file(place.file).text)
    }

    /// The names of the functions and classes around a place, joined with dots; empty at module level.
    #[must_use]
    pub fn scope_path(&self, place: Place) -> String {
        let Some(facts) = self.facts(place.file) else { return String::new() };
        let around = facts.regions.iter().filter(|it| it.span.contains(place.span));
        let names = around.filter_map(|region| match region.kind {
            RegionKind::Function(id) => Some(self.name_of(facts, id)),
            RegionKind::Class(id) => Some(facts.class(id).name.map_or("<class>", |it| facts.name(it))),
            _ => None,
        });
        names.collect::<Vec<_>>().join(".")
    }

    /// Records that an answer needed a file that is not parsed; files that lead to no store have no answer to give.
    fn want(&self, file: FileId) {
        if self.facts(file).is_none() && self.file(file).reaches_store && self.file(file).is_audited {
            self.wanted.borrow_mut().insert(file);
        }
    }

    /// Records that an answer needs an audited file, store or not.
    fn want_anyway(&self, file: FileId) {
        if self.facts(file).is_none() && self.file(file).is_audited {
            self.wanted.borrow_mut().insert(file);
        }
    }

    fn name_of<'f>(&self, facts: &'f FileFacts, id: FunctionId) -> &'f str {
        facts.function(id).name.map_or("<function>", |it| facts.name(it))
    }
}

/// Marks the files from which imports lead to a store, by walking the imports backwards.
fn mark_store_reach(files: &mut [File], catalog: &Catalog) {
    let mut importers: Vec<Vec<u32>> = vec![Vec::new(); files.len()];
    let mut pending = Vec::new();
    for (index, file) in files.iter().enumerate() {
        for target in file.targets.values() {
            match target {
                Target::File(id) => importers[id.index()].push(index as u32),
                Target::Package(name) => {
                    if catalog.library_of(name).is_some_and(|it| it.kind.is_store()) {
                        pending.push(index as u32);
                    }
                }
                Target::Builtin | Target::Missing => {}
            }
        }
    }
    while let Some(index) = pending.pop() {
        let file = &mut files[index as usize];
        if !std::mem::replace(&mut file.reaches_store, true) {
            pending.extend(&importers[index as usize]);
        }
    }
}
