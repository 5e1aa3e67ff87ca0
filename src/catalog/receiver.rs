//! Receivers, resolved: every name is an id, every default is filled in, methods are found by name.
//!
//! A receiver says what a value offers; [`super::Walk`] follows a chain through them. Nothing here knows source code.

use std::collections::HashMap;

use super::library::Evidence;
use super::shape::{EffectKind, Exec, FilterSite, LimitSite, Rows, SameTick, SqlText};

/// The index of a library in [`super::Catalog::libraries`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LibraryId(pub u32);

/// The index of a receiver in its catalog.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ReceiverId(pub u32);

/// What a chain of calls does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Effect {
    /// To the store.
    pub kind: EffectKind,
    /// How many rows come back.
    pub rows: Rows,
    /// When.
    pub exec: Exec,
    /// Whether it acts on a set in one round trip.
    pub batch: bool,
    /// The argument that makes it so when it is an array.
    pub batch_arg: Option<u8>,
    /// What becomes of calls in the same tick.
    pub same_tick: Option<SameTick>,
    /// Rows at most where no limit is stated.
    pub cap: Option<u64>,
    /// Whether it blocks the event loop while it works.
    pub sync: bool,
    /// How this is known.
    pub evidence: Evidence,
}

impl Effect {
    /// Whether every matching row is read.
    #[must_use]
    pub fn reads_all(&self) -> bool {
        matches!(self.rows, Rows::Many | Rows::FirstOfAll)
    }

    /// Whether a bare call, neither awaited nor followed by `then`, already runs it.
    #[must_use]
    pub fn runs_when_called(&self) -> bool {
        matches!(self.exec, Exec::Eager | Exec::Terminal)
    }
}

/// A property that is a receiver.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Member {
    /// Which.
    pub gives: ReceiverId,
    /// Whether the property's name is that of a table.
    pub table: bool,
}

/// A method.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Method {
    /// Its name; `()` for a call of the value itself, ` `` ` for a tagged template.
    pub name: Box<str>,
    /// What it does; `None` where it only extends or refines a chain.
    pub effect: Option<Effect>,
    /// Without an effect of its own: the rows that the chain's effect has from here on.
    pub rows: Option<Rows>,
    /// Without an effect of its own: when the chain's effect takes place from here on.
    pub exec: Option<Exec>,
    /// Where the statement's text stands.
    pub sql: Option<SqlText>,
    /// The argument that names the table.
    pub table_arg: Option<u8>,
    /// The argument whose own chain carries table, limits and filters.
    pub source_arg: Option<u8>,
    /// Whose methods, by the name of the class constructed as first argument, say what the call does.
    pub commands: Option<ReceiverId>,
    /// Where a limit may stand.
    pub limits: Box<[LimitSite]>,
    /// Where a filter may stand.
    pub filters: Box<[FilterSite]>,
    /// What comes back, promises aside.
    pub returns: Option<ReceiverId>,
    /// What a callback, the last function among the arguments, gets by position.
    pub callback: Box<[Option<ReceiverId>]>,
    /// The method of what comes back that must be called to give it back.
    pub checkout: Option<Box<str>>,
    /// How this is known.
    pub evidence: Evidence,
    /// What a reader of a finding should know.
    pub note: Box<str>,
}

/// One type of value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receiver {
    /// The library that it belongs to.
    pub library: LibraryId,
    /// `library.Name`.
    pub name: Box<str>,
    /// What a row is that its reads give, where rows have methods of their own.
    pub row: Option<ReceiverId>,
    /// Whether methods that are not listed return the receiver itself.
    pub fluent: bool,
    pub(super) members: HashMap<Box<str>, Member>,
    pub(super) methods: HashMap<Box<str>, Method>,
}

impl Receiver {
    /// The method of that name.
    #[must_use]
    pub fn method(&self, name: &str) -> Option<&Method> {
        self.methods.get(name)
    }

    /// The property of that name, or what any property is.
    #[must_use]
    pub fn member(&self, name: &str) -> Option<Member> {
        self.members.get(name).or_else(|| self.members.get("*")).copied()
    }
}
