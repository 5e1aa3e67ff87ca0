//! Whether the rounds of a loop wait for each other, or are only started by it.
//!
//! A loop says nothing of that: what it starts and keeps for later runs all at once, and what shares one connection waits for it.
//! Without a proof that nobody waits within the round, the round is taken to wait.

use super::index::Use;
use super::iteration::{IterationSource, callee_name};
use super::value::root_of;
use super::{Iteration, Project, QueryPath, Turn};
use crate::facts::{BindingId, BindingKind, CallId, ExprKind, FileFacts, FunctionId};
use crate::source::{Place, Span};

impl Project {
    /// How rounds follow each other for a query in the body: those of one transaction share its connection, and wait for it; those
    /// that are only started in a round wait for nobody.
    #[must_use]
    pub fn turn_of(&self, iteration: &Iteration, call: CallId, path: &QueryPath) -> Turn {
        match self.turn_on_connection(iteration, path) {
            Turn::Sequential if self.is_only_started(iteration, call) => Turn::Concurrent,
            Turn::Sequential if self.is_left_alone(iteration, call, path) => Turn::Concurrent,
            turn => turn,
        }
    }

    /// The turn that the iteration gives, or that of the one connection of a transaction.
    fn turn_on_connection(&self, iteration: &Iteration, path: &QueryPath) -> Turn {
        let query = &path.query;
        let Some(facts) = self.facts(query.file).filter(|_| path.hops.is_empty()) else { return iteration.turn };
        let Some(BindingKind::Param(function, _)) = root_of(facts, query.head).map(|it| facts.binding(it).kind) else {
            return iteration.turn;
        };
        match self.file(query.file).index.uses.get(&function) {
            Some(Use::Argument(call, _))
                if callee_name(facts, *call).is_some_and(|(name, _)| name.to_lowercase().contains("transaction")) =>
            {
                Turn::Sequential
            }
            _ => iteration.turn,
        }
    }

    /// `void save(row)`, `save(row).catch(report)`: nobody waits for it. What is no function that waits may be done when it returns.
    fn is_left_alone(&self, iteration: &Iteration, call: CallId, path: &QueryPath) -> bool {
        let Some(facts) = self.facts(iteration.file) else { return false };
        let head = self.head_of(iteration.file, facts.call(call).expr);
        let ExprKind::Call(last) = facts.expr(head).kind else { return false };
        let catches = callee_name(facts, last).is_some_and(|(name, _)| matches!(name, "then" | "catch" | "finally"));
        let waits = facts.call(call).awaited || facts.call(last).awaited;
        let runs_on = || {
            let run = self.run_by(iteration.file, facts, call).filter(|_| !path.hops.is_empty());
            run.is_some_and(|(home, function)| self.facts(home).is_some_and(|it| it.function(function).is_async))
        };
        let is_dropped = match self.file(iteration.file).index.parents.get(&head).map(|it| &facts.expr(*it).kind) {
            None => true,
            Some(ExprKind::Unary(..)) => {
                let before = facts.expr(head).span.start;
                let from = before.saturating_sub(5);
                self.text_of(Place { file: iteration.file, span: Span::new(from, before) }).starts_with("void")
            }
            Some(_) => false,
        };
        let is_kept = self.is_returned(iteration.file, facts, head) || self.is_initializer(facts, head);
        !waits && is_dropped && !is_kept && (catches || runs_on())
    }

    /// `jobs.push(save(row))` with `Promise.all(jobs)` behind the loop, and what a plain callback of `forEach` starts.
    fn is_only_started(&self, iteration: &Iteration, call: CallId) -> bool {
        let Some(facts) = self.facts(iteration.file) else { return false };
        // What is collected in the round is run behind it.
        let mut within = self
            .functions_out(facts, facts.call(call).region)
            .take_while(|it| facts.function(*it).body != iteration.region);
        let is_run_later = |it: FunctionId| match self.file(iteration.file).index.uses.get(&it) {
            Some(Use::Argument(push, _)) => self.collected_to_run(facts, *push).is_some_and(|it| it.by.is_some()),
            _ => false,
        };
        if iteration.turn == Turn::Sequential && within.any(is_run_later) {
            return true;
        }
        let head = self.head_of(iteration.file, facts.call(call).expr);
        let waits = matches!(facts.expr(head).kind, ExprKind::Call(last) if facts.call(last).awaited);
        if waits || facts.call(call).awaited || iteration.turn == Turn::Concurrent {
            return false;
        }
        let owner = facts.function_of(facts.call(call).region);
        if let IterationSource::Callback(each, function) = iteration.source
            && callee_name(facts, each).is_some_and(|(name, _)| name == "forEach")
            && !facts.function(function).is_async
            && owner == Some(function)
            && !self.file(iteration.file).index.parents.contains_key(&head)
        {
            return true;
        }
        let parent = self.file(iteration.file).index.parents.get(&head).map(|it| &facts.expr(*it).kind);
        let Some(&ExprKind::Call(around)) = parent else { return false };
        let Some(("push", Some(list))) = callee_name(facts, around) else { return false };
        let ExprKind::Local(list) = facts.expr(list).kind else { return false };
        let round = facts.region(iteration.region).span;
        !round.contains(facts.binding(list).span) && waits_for_all(facts, list)
    }
}

/// Whether a list is given to `Promise.all` or `Promise.allSettled` anywhere.
fn waits_for_all(facts: &FileFacts, list: BindingId) -> bool {
    facts.calls().any(|(id, call)| {
        let is_given = |it: &crate::facts::ExprId| facts.expr(*it).kind == ExprKind::Local(list);
        matches!(callee_name(facts, id), Some(("all" | "allSettled", _))) && call.args.iter().any(is_given)
    })
}
