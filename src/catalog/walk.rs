//! Following a chain of properties and calls from something imported or known to what the whole chain does.
//!
//! The caller feeds one [`Step`] per link, in source order, for a chain taken as a whole: `supabase.from("t").select()` is
//! one query, not two. The walk sees names and the form of calls, never arguments: it says *where* tables, limits and filters
//! stand, and the caller reads them there.

use super::Catalog;
use super::constructor::{Constructor, Form};
use super::receiver::{Effect, LibraryId, Method, ReceiverId};
use super::shape::{Exec, FilterSite, LimitSite};

/// One link of a chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step<'s> {
    /// `.name`.
    Get(&'s str),
    /// `(…)`.
    Call,
    /// `new …(…)`.
    New,
    /// A tagged template.
    Tag,
}

/// Where a chain names its table. Steps count from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TableAt {
    /// The name of the property read in that step.
    Member(usize),
    /// An argument of the call in that step.
    Arg(usize, u8),
}

/// One call of the chain that the catalog knows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Link<'c> {
    /// Its step.
    pub step: usize,
    /// What it calls.
    pub method: &'c Method,
}

/// What a chain came to.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Chain<'c> {
    /// What the chain's value is, if it is one of ours.
    pub receiver: Option<ReceiverId>,
    /// The method named last and not called: `redis.get` in `ids.map(redis.get)`.
    pub named: Option<&'c Method>,
    /// What it does.
    pub effect: Option<Effect>,
    /// The step of the call that does it: where a finding is anchored.
    pub anchor: Option<usize>,
    /// What a row is that it reads, if rows have methods of their own.
    pub row: Option<ReceiverId>,
    /// Where the table is named.
    pub table: Option<TableAt>,
    /// Where limits may stand, with the steps of their calls.
    pub limits: Vec<(usize, &'c LimitSite)>,
    /// Where filters may stand, with the steps of their calls.
    pub filters: Vec<(usize, &'c FilterSite)>,
    /// The library that the effect, or the construction, belongs to.
    pub library: Option<LibraryId>,
    /// The client that it constructs, and the step that does.
    pub created: Option<(usize, &'c Constructor)>,
    /// Every call that the catalog knows.
    pub links: Vec<Link<'c>>,
}

/// A walk along one chain.
#[derive(Debug, Clone)]
pub struct Walk<'c> {
    catalog: &'c Catalog,
    origin: Option<Origin>,
    /// The library whose exports it started among.
    library: Option<LibraryId>,
    /// The last link named something that its receiver does not list.
    unlisted: bool,
    next: usize,
    chain: Chain<'c>,
}

/// Still among a module's exports: by which path.
#[derive(Debug, Clone)]
struct Origin {
    library: LibraryId,
    specifier: String,
    path: String,
}

impl<'c> Walk<'c> {
    /// Starts at a value that is known to be a receiver.
    #[must_use]
    pub fn from_receiver(catalog: &'c Catalog, receiver: ReceiverId) -> Self {
        let chain = Chain { receiver: Some(receiver), ..Chain::default() };
        Self { catalog, origin: None, library: None, unlisted: false, next: 0, chain }
    }

    /// Starts at an imported name: `default`, `*` for a namespace or a whole `require`, or a named export.
    #[must_use]
    pub fn from_import(catalog: &'c Catalog, specifier: &str, imported: &str) -> Option<Self> {
        let library = catalog.find(specifier, imported)?;
        Some(Self::among_exports(catalog, library, specifier, imported))
    }

    /// Starts at a name that needs no import: `fetch`, `Map`.
    #[must_use]
    pub fn from_global(catalog: &'c Catalog, name: &str) -> Option<Self> {
        let library = catalog.find_global(name)?;
        Some(Self::among_exports(catalog, library, "", name))
    }

    fn among_exports(catalog: &'c Catalog, library: LibraryId, specifier: &str, imported: &str) -> Self {
        let origin = Origin { library, specifier: specifier.to_owned(), path: imported.to_owned() };
        let mut walk =
            Self { catalog, origin: None, library: Some(library), unlisted: false, next: 0, chain: Chain::default() };
        walk.look_up(&origin);
        walk.origin = Some(origin);
        walk
    }

    /// Takes one link.
    pub fn step(&mut self, step: Step<'_>) {
        match step {
            Step::Get(name) => self.get(name),
            Step::Call => self.call("()", Some(Form::Call)),
            Step::New => self.call("new", Some(Form::New)),
            Step::Tag => self.call("``", None),
        }
        self.next += 1;
    }

    /// Takes the links and says what the chain came to.
    #[must_use]
    pub fn along<'s>(mut self, steps: impl IntoIterator<Item = Step<'s>>) -> Chain<'c> {
        for step in steps {
            self.step(step);
        }
        self.finish()
    }

    /// What the chain came to.
    #[must_use]
    pub fn finish(self) -> Chain<'c> {
        self.chain
    }

    fn get(&mut self, name: &str) {
        self.unlisted = false;
        if let Some(mut origin) = self.origin.take() {
            // `require("x").default` is what `import x` means.
            origin.path = if (origin.path.as_str(), name) == ("*", "default") {
                name.to_owned()
            } else {
                format!("{}.{name}", origin.path)
            };
            let found = self.look_up(&origin);
            self.origin = Some(origin);
            if found {
                return;
            }
        }
        self.chain.named = None;
        let Some(receiver) = self.chain.receiver.map(|id| self.catalog.receiver(id)) else {
            if matches!(name, "then" | "catch" | "finally") {
                self.settle();
            }
            return;
        };
        self.chain.named = receiver.method(name);
        match (receiver.member(name), self.chain.named) {
            (Some(member), named) => {
                self.chain.receiver = Some(member.gives);
                if member.table && named.is_none() {
                    self.chain.table = Some(TableAt::Member(self.next));
                }
            }
            (None, Some(_)) => {}
            (None, None) if matches!(name, "then" | "catch" | "finally") => self.settle(),
            (None, None) if receiver.fluent => self.unlisted = true,
            (None, None) => self.chain.receiver = None,
        }
    }

    /// A call of what was named last, or of the value itself by its `own` method.
    fn call(&mut self, own: &str, form: Option<Form>) {
        let named = self.chain.named.take();
        if let (Some(origin), Some(form)) = (self.origin.take(), form) {
            let library = self.catalog.library(origin.library);
            if let Some(made) = library.constructor(&origin.specifier, &origin.path, form) {
                self.chain.created = Some((self.next, made));
                self.chain.library = Some(origin.library);
                self.chain.receiver = made.gives.as_deref().and_then(|it| self.catalog.receiver_in(origin.library, it));
                return;
            }
        }
        if std::mem::take(&mut self.unlisted) {
            return;
        }
        let receiver = self.chain.receiver.map(|id| self.catalog.receiver(id));
        self.apply(named.or_else(|| receiver?.method(own)));
    }

    /// What a call of `method` adds; of an unknown one nothing is known any more.
    fn apply(&mut self, method: Option<&'c Method>) {
        let step = self.next;
        let on = self.chain.receiver.map(|id| self.catalog.receiver(id));
        let owner = on.map(|it| it.library).or(self.library);
        self.chain.receiver = method.and_then(|it| it.returns);
        let Some(method) = method else { return };
        if let Some(effect) = method.effect {
            self.chain.effect = Some(effect);
            self.chain.anchor = Some(step);
            self.chain.library = owner;
            self.chain.row = on.and_then(|it| it.row);
        } else if let Some(effect) = &mut self.chain.effect {
            effect.rows = method.rows.unwrap_or(effect.rows);
            effect.exec = method.exec.unwrap_or(effect.exec);
        }
        if let Some(arg) = method.table_arg {
            self.chain.table = Some(TableAt::Arg(step, arg));
        }
        self.chain.limits.extend(method.limits.iter().map(|limit| (step, limit)));
        self.chain.filters.extend(method.filters.iter().map(|filter| (step, filter)));
        self.chain.links.push(Link { step, method });
    }

    /// `then`, `catch` and `finally` run what is lazy, and what they give is the caller's.
    fn settle(&mut self) {
        if let Some(effect) = &mut self.chain.effect
            && matches!(effect.exec, Exec::Lazy | Exec::Tag)
        {
            effect.exec = Exec::Eager;
        }
        self.chain.receiver = None;
    }

    /// Whether an export path is a value or a function of ours; if so, that is where the walk stands.
    fn look_up(&mut self, origin: &Origin) -> bool {
        let (value, named) = self.catalog.export(origin.library, &origin.path);
        let found = value.is_some() || named.is_some();
        if found {
            (self.chain.receiver, self.chain.named) = (value, named);
        }
        found
    }
}
