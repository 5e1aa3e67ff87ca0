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

/// How many calls may lie between a loop and a query.
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
        self.search(file, call, HOPS, &mut Vec::new())
    }

    fn search(&self, file: FileId, call: CallId, hops: usize, seen: &mut Vec<(FileId, FunctionId)>) -> Option<QueryPath> {
        if let Some(query) = self.query_at(file, call) {
            let is_store = query.library.kind.is_store() || query.effect.kind == EffectKind::Enqueue;
            return is_store.then(|| QueryPath { hops: Vec::new(), query });
        }
        let facts = self.facts(file)?;
        let Value::Function(target, function) = self.value(file, facts.call(call).callee) else { return None };
        if hops == 0 || seen.contains(&(target, function)) {
            return None;
        }
        seen.push((target, function));
        let calls = self.file(target).index.calls.get(&Some(function))?;
        let found = calls.iter().find_map(|it| self.search(target, *it, hops - 1, seen));
        let mut path = found.or_else(|| self.search_callbacks(target, function, hops - 1, seen))?;
        let name = callee_name(facts, call).map_or("it", |(name, _)| name);
        path.hops.insert(0, Evidence { place: self.anchor_of(file, call), note: format!("`{name}` is called here") });
        Some(path)
    }

    /// Queries in the callbacks that a function runs as part of itself.
    fn search_callbacks(&self, file: FileId, function: FunctionId, hops: usize, seen: &mut Vec<(FileId, FunctionId)>) -> Option<QueryPath> {
        let facts = self.facts(file)?;
        let body = facts.function(function).span;
        let inside = facts.calls().filter(|(_, it)| body.contains(it.span));
        let mut nested = inside.filter(|(_, it)| self.file(file).index.owner(it.region) != Some(function));
        nested.find_map(|(id, _)| self.search(file, id, hops.min(1), seen))
    }

    /// Whether a chain is carried out: by itself, or because somebody takes its promise.
    fn runs(&self, file: FileId, facts: &FileFacts, head: ExprId, effect: &Effect) -> bool {
        if effect.runs_when_called() {
            return true;
        }
        let awaited = matches!(facts.expr(head).kind, ExprKind::Call(call) if facts.call(call).awaited);
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
