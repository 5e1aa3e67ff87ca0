//! Every file's facts, joined: what rules read.
//!
//! The project knows what a name stands for across files (`value`), what a chain of calls does according to the catalog (`chain`),
//! what runs once per element (`iteration`), and which functions lead to a query (`query`). It reports what the code says; whether
//! that is a problem is for rules to judge. Unparsed files that it would have needed [`Project::wants`] hands out for the next round.

mod ahead;
mod amount;
mod answer;
mod batches;
mod brevity;
mod building;
mod callee;
mod callers;
mod caught;
mod census;
mod chain;
mod checkout;
mod closing;
mod comment;
mod configured;
mod context;
mod convention;
mod database;
mod definition;
mod deployment;
mod dispatch;
mod distance;
mod drawing;
mod effect;
mod entity;
mod essence;
mod export;
mod exposure;
mod file;
mod fixed;
mod framework;
mod gap;
mod guard;
mod handler;
mod harm;
mod implementer;
mod index;
mod iteration;
mod iterator;
mod keeping;
mod latch;
mod length;
mod lifetime;
mod limit;
mod list;
mod listener;
mod lone;
mod member;
mod memo;
pub mod modules;
mod options;
mod origin;
mod poll;
mod pooling;
mod query;
pub mod reach;
mod recurrence;
mod reference;
mod refusal;
mod remembering;
mod request;
mod rerun;
mod rounds;
mod rows;
mod runtime;
mod schema;
mod setting;
mod shown;
mod sites;
mod stamp;
mod starting;
mod statement;
mod swallow;
mod tables;
mod telling;
mod transport;
mod turn;
mod value;
mod void;
mod wanting;

pub use amount::Amount;
pub use census::Client;
pub use chain::{Chained, Construction};
pub use closing::Ending;
pub use comment::{Excuse, Excuses, expects_absence, expects_end, expects_lack, names_failure, says_who_deals};
pub use deployment::Deployment;
pub use drawing::Drawn;
pub use exposure::Exposure;
pub use file::{File, Read, Reexport, Role, Target};
pub use handler::Handler;
pub use harm::{Deed, DeedKind, finds_out, likely, parses, weighty};
pub use iteration::{Iteration, Turn};
pub use lifetime::Lifetime;
pub use limit::Limit;
pub use list::{Extent, LeftOut, ListRead};
pub use listener::{Listener, Release};
pub use options::{Options, Setting};
pub use poll::{Poll, Polls};
pub use pooling::{Decides, Pooling};
pub use query::{Query, QueryPath};
pub use recurrence::Recurrence;
pub use rerun::Rerun;
pub use rounds::Rounds;
pub use runtime::Runtime;
pub use swallow::{Guarded, Left, RETURNING, Reply, SWALLOWING, Swallow};
pub use tables::{Table, Tables};
pub use transport::Fetch;
pub use value::Value;

use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};

use thread_local::ThreadLocal;

use memo::{Asking, Memo};

use crate::catalog::Catalog;
use crate::facts::{CallId, ExprId, FileFacts, FunctionId};
use crate::source::{FileId, Place, Span};

/// The whole code base.
#[derive(Debug)]
pub struct Project {
    /// Every source file, sorted by path.
    pub files: Vec<File>,
    /// Libraries as data.
    pub catalog: &'static Catalog,
    /// The day that dates in ignores are compared with.
    pub today: crate::date::Date,
    /// What the files that set up the platform say.
    pub deployment: Deployment,
    /// What schema files say about tables.
    pub tables: Tables,
    asking: ThreadLocal<Asking>,
    answered: BTreeSet<FileId>,
    importers: OnceLock<Vec<Vec<FileId>>>,
    /// The tables that audited files seem to write to.
    filled: OnceLock<BTreeSet<Box<str>>>,
    wanted: Mutex<BTreeSet<FileId>>,
    /// Every construction of a client in what is parsed so far.
    made: OnceLock<Vec<Construction>>,
    values: Memo<value::Key, Value>,
    calls: Memo<(FileId, FunctionId), callers::Callers>,
    /// What lies behind functions, by how many more calls may be followed.
    behind: Memo<(FileId, FunctionId, usize), query::Behind>,
    /// How often the code around calls runs while a server serves.
    recurrences: Memo<(FileId, CallId), Recurrence>,
    /// How often functions run, by how many more calls may be followed.
    reruns: Memo<(FileId, FunctionId, u32), Rerun>,
}

impl Project {
    /// Joins files; ids are positions in `files`, which are sorted by path.
    #[must_use]
    pub fn new(mut files: Vec<File>, today: crate::date::Date) -> Self {
        let catalog = Catalog::shipped();
        distance::measure_store_distance(&mut files);
        Self {
            files,
            catalog,
            today,
            deployment: Deployment::default(),
            tables: Tables::default(),
            asking: ThreadLocal::new(),
            answered: BTreeSet::new(),
            importers: OnceLock::new(),
            filled: OnceLock::new(),
            wanted: Mutex::default(),
            made: OnceLock::new(),
            values: Memo::default(),
            calls: Memo::default(),
            behind: Memo::default(),
            recurrences: Memo::default(),
            reruns: Memo::default(),
        }
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

    /// Those of them that rules judge.
    pub fn audited(&self) -> impl Iterator<Item = (FileId, &FileFacts)> {
        self.parsed().filter(|(file, _)| self.file(*file).is_audited)
    }

    /// Those of the audited files from which a query can be reached.
    fn audited_near_store(&self) -> impl Iterator<Item = (FileId, &FileFacts)> {
        self.audited().filter(|(file, _)| self.file(*file).reaches_store())
    }

    /// The files that answers would have needed, and forgets what was answered without them. `answered` are the files about
    /// which every question was answered.
    pub fn wants(&mut self, answered: Vec<FileId>) -> Vec<FileId> {
        self.answered.extend(answered);
        self.made = OnceLock::new();
        self.values.forget_open();
        self.calls.forget_all();
        self.behind.forget_open();
        self.recurrences.forget_all();
        self.reruns.forget_all();
        let wanted = self.wanted.get_mut().unwrap_or_else(PoisonError::into_inner);
        std::mem::take(wanted).into_iter().collect()
    }

    /// Works on one of several tasks that threads share. What a task is told depends on no other task, nor on their order.
    pub fn task<T>(&self, work: impl FnOnce(&Self) -> T) -> T {
        self.values.forget_own();
        self.calls.forget_own();
        self.behind.forget_own();
        self.recurrences.forget_own();
        self.reruns.forget_own();
        work(self)
    }

    /// What this thread knows about the question that it is working on.
    fn asking(&self) -> &Asking {
        self.asking.get_or(|| Asking::new(query::HOPS as u8))
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
}
