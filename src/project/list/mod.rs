//! Reads of many rows, and what keeps their number in bounds.
//!
//! The catalog says which calls read a list and where limits and filters stand; here they are read, through variables,
//! spreads, constants and builders that grow step by step. What the code does not show is [`Extent::Unclear`], never a guess.

mod aggregate;
mod callback;
mod choice;
mod circumstance;
mod column;
mod compared;
mod condition;
mod extent;
mod filter;
mod given;
mod handed;
mod links;
mod spelling;
mod stated;
mod sums;
mod text;

pub use extent::Extent;
pub use given::LeftOut;

use super::chain::{ChainLink, unroll};
use super::iteration::callee_name;
use super::query::Query;
use super::{Exposure, Project, Value};
use crate::catalog::{EffectKind, Exec, Rows, TableAt};
use crate::facts::{CallId, ExprId, ExprKind, FileFacts};
use crate::source::FileId;

/// One read of many rows.
#[derive(Debug, Clone)]
pub struct ListRead {
    /// The query.
    pub query: Query,
    /// What bounds it.
    pub extent: Extent,
}

impl Project {
    /// Every read of many rows in the audited files.
    #[must_use]
    pub fn list_reads(&self) -> Vec<ListRead> {
        self.audited_near_store().flat_map(|(file, _)| self.list_reads_in(file)).collect()
    }

    /// Every read of many rows in one file.
    pub(super) fn list_reads_in(&self, file: FileId) -> Vec<ListRead> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        // Following a call that can read no list would ask for files in vain.
        let may_list = |id: &CallId| match callee_name(facts, *id) {
            Some((name, Some(_))) => self.catalog.may_list(name),
            Some((name, None)) => self.catalog.may_list(name) || self.starts_query(file, facts, *id),
            None => false,
        };
        let calls = facts.calls().filter(|(id, call)| call.text.is_some() || may_list(id));
        calls.filter_map(|(id, _)| self.list_read(file, facts, id)).collect()
    }

    fn list_read(&self, file: FileId, facts: &FileFacts, call: CallId) -> Option<ListRead> {
        let mut query = self.query_at(file, call)?;
        let lists = query.library.kind.holds_lists();
        let reads = matches!(query.effect.kind, EffectKind::Read | EffectKind::Raw) && query.effect.reads_all();
        if !lists || !reads || query.effect.exec == Exec::Cursor || query.effect.cap.is_some() {
            return None;
        }
        let writes = |kind: EffectKind| matches!(kind, EffectKind::Write | EffectKind::Ddl);
        if query.chained.chain.links.iter().any(|it| it.method.effect.is_some_and(|it| writes(it.kind))) {
            return None;
        }
        if self.is_part_of_another(file, facts, &query) {
            return None;
        }
        if query.effect.kind == EffectKind::Raw {
            query.table = self.table_said(&query).or(query.table);
        }
        let extent = match self.extent_of(&query) {
            Extent::Open { .. } if self.is_continued(file, facts, &query) => {
                Extent::Bounded("a start: each of its callers goes on to say which rows".to_owned())
            }
            Extent::Open { .. } if self.reads_query(file, facts, &query) => {
                Extent::Unclear("its rows are those of another query".to_owned())
            }
            extent => extent,
        };
        Some(ListRead { query, extent })
    }

    /// Whether a function gives a builder to callers that all go on with it: `accounts().where({ id }).first()`.
    fn is_continued(&self, file: FileId, facts: &FileFacts, query: &Query) -> bool {
        let Some(function) = self.file(file).index.owner(facts.call(query.call).region) else { return false };
        if query.effect.runs_when_called() || facts.function(function).is_async {
            return false;
        }
        let returns = self.file(file).index.returns.get(&function);
        if !returns.is_some_and(|it| it.contains(&query.head)) {
            return false;
        }
        let goes_on = |&(at, call): &(FileId, CallId)| {
            let Some(facts) = self.facts(at) else { return false };
            let parent = self.file(at).index.parents.get(&facts.call(call).expr);
            matches!(parent.map(|it| &facts.expr(*it).kind), Some(ExprKind::Member { property, .. })
                if !matches!(facts.name(*property), "then" | "catch" | "finally"))
        };
        let callers = self.callers(file, function);
        !callers.is_empty() && callers.iter().all(goes_on)
    }

    /// Whether what is read has no table of its own but is a query that was put together before: `.from(ranked)`.
    fn reads_query(&self, file: FileId, facts: &FileFacts, query: &Query) -> bool {
        let Some(TableAt::Arg(step, argument)) = query.chained.chain.table else { return false };
        let named = query.chained.call_at(step).and_then(|it| facts.call(it).args.get(argument as usize));
        if let Some(ExprKind::Str(name)) = named.map(|it| &facts.expr(*it).kind) {
            // `db.with("recent", (part) => …).from("recent")`
            let calls = unroll(facts, query.head).1.into_iter().filter_map(|it| match it {
                ChainLink::Call(call) => Some(call),
                _ => None,
            });
            return calls.into_iter().any(|it| {
                let first = facts.call(it).args.first().map(|it| &facts.expr(*it).kind);
                callee_name(facts, it).is_some_and(|(name, _)| matches!(name, "with" | "withRecursive"))
                    && matches!(first, Some(ExprKind::Str(it)) if it == name)
            });
        }
        let Some(ExprKind::Local(binding)) = named.map(|it| &facts.expr(*it).kind) else { return false };
        let Some(init) = facts.binding(*binding).init else { return false };
        let is_builder = || {
            let chained = self.chain(file, init).map(|it| it.chain);
            chained.is_some_and(|it| it.receiver.is_some() && it.effect.is_some_and(|it| !it.runs_when_called()))
        };
        matches!(facts.expr(init).kind, ExprKind::Call(_)) && (self.is_subquery(file, facts, init) || is_builder())
    }

    /// `knex("users").where(…)`: a call of the client itself, which names a table.
    fn starts_query(&self, file: FileId, facts: &FileFacts, call: CallId) -> bool {
        let it = facts.call(call);
        let names_table = matches!(*it.args, [only] if matches!(facts.expr(only).kind, ExprKind::Str(_)));
        names_table && (it.awaited || self.head_of(file, it.expr) != it.expr)
    }

    /// Whether a query is handed to another one: a subquery, a condition, a union.
    pub(super) fn is_part_of_another(&self, file: FileId, facts: &FileFacts, query: &Query) -> bool {
        if self.is_subquery(file, facts, query.head) {
            return true;
        }
        // What is sent when it is called is no part of anything.
        let is_builder = query.chained.chain.receiver.is_some() && !query.effect.runs_when_called();
        let whole = self.mapped_into(file, facts, query).unwrap_or(query.head);
        let parent = self.file(file).index.parents.get(&whole).map(|it| &facts.expr(*it).kind);
        let Some(ExprKind::Call(around)) = parent.filter(|_| is_builder) else { return false };
        !matches!(callee_name(facts, *around), Some(("all" | "allSettled" | "resolve" | "json" | "send" | "push", _)))
            && !matches!(self.value(file, facts.call(*around).callee), Value::Function(..))
    }

    /// The list that a query is mapped into: `ids.map((id) => knex.select(…))`.
    fn mapped_into(&self, file: FileId, facts: &FileFacts, query: &Query) -> Option<ExprId> {
        let index = &self.file(file).index;
        let function = facts.function_of(facts.expr(query.head).region)?;
        let is_given = index.returns.get(&function)?.contains(&query.head);
        let super::index::Use::Argument(call, 0) = *index.uses.get(&function).filter(|_| is_given)? else {
            return None;
        };
        let maps = callee_name(facts, call).is_some_and(|(name, _)| matches!(name, "map" | "flatMap"));
        maps.then(|| facts.call(call).expr)
    }

    /// The request that a read without bounds serves, if one is seen to, with the call that leaves the bounds out, if it is one of
    /// several: the one that a request comes to counts first.
    #[must_use]
    pub fn exposure_of<'r>(&self, read: &'r ListRead) -> (Option<Exposure>, Option<&'r LeftOut>) {
        let Extent::Open { left_out, .. } = &read.extent else { return (self.exposure(&read.query), None) };
        let mut first = None;
        for it in left_out {
            let exposure = self.exposure_of_call(it.call.0, it.call.1);
            if exposure.as_ref().is_some_and(Exposure::is_request) {
                return (exposure, Some(it));
            }
            first = first.or(Some((exposure, Some(it))));
        }
        first.unwrap_or_else(|| (self.exposure(&read.query), None))
    }

    /// Asks what rules will ask about the lists of a file, so that the files that the answers need become known.
    pub(super) fn look_ahead_at_lists(&self, file: FileId) {
        for read in self.list_reads_in(file) {
            if matches!(read.extent, Extent::Open { .. }) {
                drop(self.exposure_of(&read));
                let _ = self.runs_at_start(read.query.file, read.query.call);
            }
        }
    }
}

impl ListRead {
    /// Whether one row of those that are read is wanted.
    #[must_use]
    pub fn wants_one(&self) -> bool {
        wants_one(&self.query)
    }
}

fn wants_one(query: &Query) -> bool {
    query.effect.rows == Rows::FirstOfAll
}
