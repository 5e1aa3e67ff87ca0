//! Calls that query, and the calls that lead to them.

use std::sync::Arc;

use super::iteration::callee_name;
use super::memo::ANEW;
use super::{Chained, Project, Value};
use crate::catalog::{Effect, EffectKind, Library};
use crate::facts::{CallId, ExprId, FileFacts, FunctionId};
use crate::finding::Evidence;
use crate::source::{FileId, Place};

/// One call of a data store.
#[derive(Debug, Clone)]
pub struct Query {
    /// The file.
    pub file: FileId,
    /// The call that does it, where findings are anchored.
    pub call: CallId,
    /// The whole chain.
    pub head: ExprId,
    /// What it does.
    pub effect: Effect,
    /// The library.
    pub library: &'static Library,
    /// The table, if it is named.
    pub table: Option<String>,
    /// The chain behind it.
    pub chained: Chained,
}

/// How a call leads to a query.
#[derive(Debug, Clone)]
pub struct QueryPath {
    /// The calls on the way, outermost first; empty where the call is the query.
    pub hops: Vec<Evidence>,
    /// The first query behind it.
    pub query: Query,
}

/// What a search for a query came to.
enum Search {
    Found(Box<QueryPath>),
    Nothing,
    /// Nothing as far as the search went.
    TooDeep,
    /// The search met itself.
    Cyclic,
}

/// What is known to lie behind a function, within so many calls.
#[derive(Debug, Clone)]
pub(super) enum Behind {
    Query(Arc<QueryPath>),
    Nothing,
    /// Nothing as far as the search went.
    TooDeep,
}

/// Whether a query costs a round trip to something that all requests share.
pub(super) fn counts(query: &Query) -> bool {
    query.library.kind.is_store() || query.effect.kind == EffectKind::Enqueue
}

/// How many functions may lie between a loop and a query.
pub(super) const HOPS: usize = 5;

impl Project {
    /// The query that a call is part of, if the call is the one that does it.
    #[must_use]
    pub fn query_at(&self, file: FileId, call: CallId) -> Option<Query> {
        let facts = self.facts(file)?;
        let head = self.head_of(file, facts.call(call).expr);
        let chained = self.chain(file, head)?;
        let effect = chained.chain.effect?;
        if chained.call_at(chained.chain.anchor?) != Some(call) || !self.runs(file, facts, head, &effect) {
            return None;
        }
        let method = chained.chain.links.last()?;
        let library = self.catalog.library(chained.chain.library?);
        if effect.kind == EffectKind::Tx && (!method.method.callback.is_empty() || method.method.checkout.is_some()) {
            return None;
        }
        let table = self.table_of(file, &chained).or_else(|| self.entity_of(file, head));
        Some(Query { file, call, head, effect, library, table, chained })
    }

    /// The first query that a call leads to: itself, or one in a function that it calls.
    #[must_use]
    pub fn leads_to_query(&self, file: FileId, call: CallId) -> Option<QueryPath> {
        match self.search(file, call, &mut Vec::new()) {
            Search::Found(path) => Some(*path),
            Search::Nothing | Search::TooDeep | Search::Cyclic => None,
        }
    }

    /// The first query that running a function leads to.
    pub(super) fn behind_function(&self, file: FileId, function: FunctionId) -> Option<QueryPath> {
        match self.behind(file, function, &mut Vec::new()) {
            Search::Found(path) => Some(*path),
            Search::Nothing | Search::TooDeep | Search::Cyclic => None,
        }
    }

    fn search(&self, file: FileId, call: CallId, open: &mut Vec<(FileId, FunctionId)>) -> Search {
        if let Some(query) = self.query_at(file, call) {
            return if counts(&query) {
                Search::Found(Box::new(QueryPath { hops: Vec::new(), query }))
            } else {
                Search::Nothing
            };
        }
        let Some(facts) = self.facts(file) else { return Search::Nothing };
        let Some((target, function)) = self.run_by(file, facts, call) else { return Search::Nothing };
        match self.behind(target, function, open) {
            Search::Found(mut path) => {
                path.hops.insert(0, self.called_here(file, facts, call));
                Search::Found(path)
            }
            other => other,
        }
    }

    /// The function of this code base that a call runs.
    pub(super) fn run_by(&self, file: FileId, facts: &FileFacts, call: CallId) -> Option<(FileId, FunctionId)> {
        match self.value(file, facts.call(call).callee) {
            Value::Function(target, function) => Some((target, function)),
            _ => self
                .dispatched(file, call)
                .or_else(|| self.handed_by_name(file, call))
                .or_else(|| self.handed_in(file, facts, call)),
        }
    }

    /// A call on the way to a query.
    pub(super) fn called_here(&self, file: FileId, facts: &FileFacts, call: CallId) -> Evidence {
        let name = self.handed_words(file, call).or_else(|| Some(callee_name(facts, call)?.0)).unwrap_or("it");
        Evidence { place: self.anchor_of(file, call), note: format!("`{name}` is called here") }
    }

    /// The first query that a function leads to. That none was found is remembered together with how far the search went;
    /// a search that met itself proves nothing and is not remembered.
    fn behind(&self, file: FileId, function: FunctionId, open: &mut Vec<(FileId, FunctionId)>) -> Search {
        let (left, asking) = (HOPS - open.len(), self.asking());
        if open.contains(&(file, function)) {
            asking.cut_short();
            return Search::Cyclic;
        }
        if left == 0 {
            return Search::TooDeep;
        }
        let key = (file, function, left);
        match self.behind.get(&key, asking, ANEW) {
            Some(Behind::Query(path)) => return Search::Found(Box::new((*path).clone())),
            Some(Behind::Nothing) => return Search::Nothing,
            Some(Behind::TooDeep) => return Search::TooDeep,
            None => {}
        }
        open.push((file, function));
        let mark = asking.begin(ANEW);
        let horizon = asking.horizon.replace(left as u8 - 1);
        let outcome = self.search_all(file, self.calls_run_by(file, function), open);
        asking.horizon.set(horizon);
        open.pop();
        let known = match &outcome {
            Search::Found(path) => Some(Behind::Query(Arc::new((**path).clone()))),
            Search::Nothing => Some(Behind::Nothing),
            Search::TooDeep => Some(Behind::TooDeep),
            // A search that met itself proves nothing.
            Search::Cyclic => None,
        };
        self.behind.close(key, asking, &mark, ANEW, known);
        outcome
    }

    fn search_all(&self, file: FileId, calls: Vec<CallId>, open: &mut Vec<(FileId, FunctionId)>) -> Search {
        let mut outcome = Search::Nothing;
        for call in calls {
            match self.search(file, call, open) {
                Search::Nothing => {}
                Search::TooDeep if matches!(outcome, Search::Cyclic) => {}
                found @ Search::Found(_) => return found,
                cut => outcome = cut,
            }
        }
        outcome
    }

    /// The next query of the function that a path ends in, if the library does not put its calls together.
    #[must_use]
    pub fn goes_on_to(&self, path: &QueryPath) -> Option<QueryPath> {
        let (last, facts) = (&path.query, self.facts(path.query.file)?);
        let function =
            self.file(last.file).index.owner(facts.call(last.call).region).filter(|_| !path.hops.is_empty())?;
        let later = self.calls_run_by(last.file, function).into_iter().filter(|it| *it > last.call);
        let mut queries = later.filter_map(|it| self.query_at(last.file, it)).filter(counts);
        let query = queries.find(|it| it.effect.same_tick.is_none())?;
        Some(QueryPath { hops: path.hops.clone(), query })
    }

    /// The calls that running a function runs: its own, and those of the callbacks that it runs at once.
    pub(super) fn calls_run_by(&self, file: FileId, function: FunctionId) -> Vec<CallId> {
        let (Some(facts), index) = (self.facts(file), &self.file(file).index) else { return Vec::new() };
        let mut calls = Vec::new();
        let mut pending = vec![function];
        while let Some(at) = pending.pop() {
            calls.extend(index.calls.get(&Some(at)).into_iter().flatten());
            let nested = index.nested.get(&Some(at)).into_iter().flatten();
            let runs = |it: FunctionId| self.runs_in_place(file, facts, it) || self.runs_when_shown(file, facts, it);
            pending.extend(nested.filter(|it| runs(**it)));
        }
        calls.sort_unstable();
        calls
    }

    pub(super) fn is_initializer(&self, facts: &FileFacts, expr: ExprId) -> bool {
        facts.bindings.iter().any(|it| it.init == Some(expr))
    }

    /// The place of a query.
    #[must_use]
    pub fn place_of_query(&self, query: &Query) -> Place {
        self.anchor_of(query.file, query.call)
    }
}
