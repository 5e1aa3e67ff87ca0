//! Calls that query, and the calls that lead to them.

use super::iteration::callee_name;
use super::{Chained, Project, Value};
use crate::catalog::{Effect, EffectKind, Library};
use crate::facts::{CallId, ExprId, ExprKind, FileFacts, FunctionId};
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
    /// The search met itself or went too deep, so that finding nothing proves nothing.
    Cut,
}

/// How many functions may lie between a loop and a query.
const HOPS: usize = 4;

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
        let table = self.table_of(file, &chained);
        Some(Query { file, call, head, effect, library, table, chained })
    }

    /// The first query that a call leads to: itself, or one in a function that it calls.
    #[must_use]
    pub fn leads_to_query(&self, file: FileId, call: CallId) -> Option<QueryPath> {
        match self.search(file, call, &mut Vec::new()) {
            Search::Found(path) => Some(*path),
            Search::Nothing | Search::Cut => None,
        }
    }

    fn search(&self, file: FileId, call: CallId, open: &mut Vec<(FileId, FunctionId)>) -> Search {
        if let Some(query) = self.query_at(file, call) {
            let counts = query.library.kind.is_store() || query.effect.kind == EffectKind::Enqueue;
            return if counts { Search::Found(Box::new(QueryPath { hops: Vec::new(), query })) } else { Search::Nothing };
        }
        let Some(facts) = self.facts(file) else { return Search::Nothing };
        let Value::Function(target, function) = self.value(file, facts.call(call).callee) else { return Search::Nothing };
        match self.behind(target, function, open) {
            Search::Found(mut path) => {
                let name = callee_name(facts, call).map_or("it", |(name, _)| name);
                path.hops.insert(0, Evidence { place: self.anchor_of(file, call), note: format!("`{name}` is called here") });
                Search::Found(path)
            }
            other => other,
        }
    }

    /// The first query that a function leads to. Answers are kept, except where the search was cut short.
    fn behind(&self, file: FileId, function: FunctionId, open: &mut Vec<(FileId, FunctionId)>) -> Search {
        let key = (file, function);
        if let Some(known) = self.behind.borrow().get(&key) {
            return known.clone().map_or(Search::Nothing, |path| Search::Found(Box::new(path)));
        }
        if open.len() >= HOPS || open.contains(&key) {
            return Search::Cut;
        }
        open.push(key);
        let mut outcome = Search::Nothing;
        for call in self.calls_run_by(file, function) {
            match self.search(file, call, open) {
                Search::Nothing => {}
                Search::Cut => outcome = Search::Cut,
                found @ Search::Found(_) => {
                    outcome = found;
                    break;
                }
            }
        }
        open.pop();
        match &outcome {
            Search::Found(path) => drop(self.behind.borrow_mut().insert(key, Some((**path).clone()))),
            Search::Nothing => drop(self.behind.borrow_mut().insert(key, None)),
            Search::Cut => {}
        }
        outcome
    }

    /// The calls that running a function runs: its own, and those of the callbacks that it runs at once.
    fn calls_run_by(&self, file: FileId, function: FunctionId) -> Vec<CallId> {
        let (Some(facts), index) = (self.facts(file), &self.file(file).index) else { return Vec::new() };
        let mut calls = Vec::new();
        let mut pending = vec![function];
        while let Some(at) = pending.pop() {
            calls.extend(index.calls.get(&Some(at)).into_iter().flatten());
            let nested = index.nested.get(&Some(at)).into_iter().flatten();
            pending.extend(nested.filter(|it| self.runs_in_place(file, facts, **it)));
        }
        calls.sort_unstable();
        calls
    }

    /// Whether a chain is carried out: by itself, or because somebody takes its promise.
    fn runs(&self, file: FileId, facts: &FileFacts, head: ExprId, effect: &Effect) -> bool {
        if effect.runs_when_called() {
            return true;
        }
        let ExprKind::Call(last) = facts.expr(head).kind else { return false };
        let takes = |name: &str| matches!(name, "then" | "catch" | "finally");
        let awaited = facts.call(last).awaited || callee_name(facts, last).is_some_and(|(name, _)| takes(name));
        awaited || self.is_returned(file, facts, head) || self.file(file).index.parents.contains_key(&head) || self.is_initializer(facts, head)
    }

    fn is_initializer(&self, facts: &FileFacts, expr: ExprId) -> bool {
        facts.bindings.iter().any(|it| it.init == Some(expr))
    }

    /// Asks what rules will ask, so that the files that the answers need become known.
    pub(super) fn look_ahead(&self) {
        for (file, facts) in self.parsed() {
            if !self.file(file).reaches_store {
                continue;
            }
            self.swallows(file).iter().for_each(|it| drop(self.deeds(it)));
            for (id, call) in facts.calls() {
                let bounded = callee_name(facts, id).is_some_and(|(name, _)| matches!(name, "limit" | "take" | "range" | "top"));
                if bounded || !self.iterations(file, call.region, call.span).is_empty() {
                    let _ = self.leads_to_query(file, id);
                }
            }
        }
    }

    /// The place of a query.
    #[must_use]
    pub fn place_of_query(&self, query: &Query) -> Place {
        self.anchor_of(query.file, query.call)
    }
}
