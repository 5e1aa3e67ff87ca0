//! What keeps a query from being sent again for what was asked before: a look into a collection that is filled afterwards, a
//! variable that outlives the function, a wrapper that remembers.
//!
//! The code has to show both the look and the keeping: a condition that asks a set for a key may just as well pass others over.

use super::Project;
use super::index::Use;
use super::iteration::{Iteration, callee_name};
use super::query::QueryPath;
use crate::facts::{
    BindingKind, Call, CallForm, CallId, ExprId, ExprKind, FileFacts, FunctionId, JumpKind, Operator, RegionKind,
};
use crate::source::{FileId, Span};

impl Project {
    /// Whether a call of a loop is skipped for what was asked before.
    #[must_use]
    pub fn is_kept_here(&self, iteration: &Iteration, call: CallId) -> bool {
        self.facts(iteration.file).is_some_and(|facts| {
            let (call, body) = (facts.call(call), facts.region(iteration.region).span);
            self.is_looked_up(iteration.file, facts, call, body)
                || self.is_asked_once(iteration.file, facts, call, body)
        })
    }

    /// A query that a call leads to and that nothing remembers, where the first one is remembered.
    #[must_use]
    pub fn asked_again(&self, file: FileId, call: CallId) -> Option<QueryPath> {
        self.asked_besides(file, call, &|it| !self.remembers(it))
    }

    /// A query that a call leads to and that the library does not put together with others, where it does so with the first.
    #[must_use]
    pub fn asked_apart(&self, file: FileId, call: CallId) -> Option<QueryPath> {
        self.asked_besides(file, call, &|it| it.query.effect.same_tick.is_none() && !self.remembers(it))
    }

    fn asked_besides(&self, file: FileId, call: CallId, wanted: &dyn Fn(&QueryPath) -> bool) -> Option<QueryPath> {
        let facts = self.facts(file)?;
        let (target, function) = self.run_by(file, facts, call)?;
        let mut path = self.another(target, function, wanted, &mut Vec::new())?;
        path.hops.insert(0, self.called_here(file, facts, call));
        Some(path)
    }

    /// The first query behind a function that is wanted, past others that are not.
    fn another(
        &self,
        file: FileId,
        function: FunctionId,
        wanted: &dyn Fn(&QueryPath) -> bool,
        seen: &mut Vec<(FileId, FunctionId)>,
    ) -> Option<QueryPath> {
        const MOST: usize = 60;
        if seen.contains(&(file, function)) || seen.len() == MOST {
            return None;
        }
        seen.push((file, function));
        let facts = self.facts(file)?;
        // What runs after a failure does not run each time, and neither does what only some calls far down come to.
        let is_far = seen.len() > 1;
        let is_rare = |call: &CallId| {
            facts.regions_out(facts.call(*call).region).any(|(_, it)| match it.kind {
                RegionKind::Catch { .. } => true,
                RegionKind::Then { .. } | RegionKind::Branch { .. } => is_far,
                _ => false,
            })
        };
        let calls = self.calls_run_by(file, function).into_iter().filter(|it| !is_rare(it));
        calls.into_iter().find_map(|call| {
            // What leads nowhere is known, and not gone through again.
            let first = self.leads_to_query(file, call)?;
            if self.keeps_answer(file, call) {
                return None;
            }
            if wanted(&first) {
                return Some(first);
            }
            let (target, function) = self.run_by(file, facts, call)?;
            let mut path = self.another(target, function, wanted, seen)?;
            path.hops.insert(0, self.called_here(file, facts, call));
            Some(path)
        })
    }

    /// Whether the query on a path is skipped for what was asked before, or a call on the way to it is.
    #[must_use]
    pub fn remembers(&self, path: &QueryPath) -> bool {
        let query = &path.query;
        self.keeps_answer(query.file, query.call)
            || path.hops.iter().skip(1).any(|it| {
                let facts = self.facts(it.place.file);
                let call = facts
                    .and_then(|facts| facts.calls().find(|(id, _)| self.anchor_of(it.place.file, *id) == it.place));
                call.is_some_and(|(id, _)| self.keeps_answer(it.place.file, id))
            })
    }

    /// Whether a function keeps what a call in it gives, and does not call again.
    fn keeps_answer(&self, file: FileId, call: CallId) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        let call = facts.call(call);
        let own = facts.function_of(call.region).map(|it| facts.function(it).span);
        own.is_some_and(|it| self.is_kept_within(file, facts, call, it))
            || self.functions_out(facts, call.region).any(|it| self.is_memoized(file, facts, it))
    }

    fn is_memoized(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> bool {
        let Some(Use::Argument(call, at)) = self.file(file).index.uses.get(&function) else { return false };
        let is_named = callee_name(facts, *call).is_some_and(|(name, _)| {
            let name = name.to_ascii_lowercase();
            name == "cache" || name.contains("memoize") || name.contains("unstable_cache") || name.contains("getorset")
        });
        is_named || self.is_run_on_a_miss(file, facts, *call, *at)
    }

    /// `cache.get(key, () => load(key))`, with a function of this code base that keeps what it is given to run.
    fn is_run_on_a_miss(&self, file: FileId, facts: &FileFacts, call: CallId, at: u32) -> bool {
        // Who keeps things need not know any store.
        let Some((home, function)) = self.deeper(|| self.run_by(file, facts, call)).flatten() else { return false };
        let Some(there) = self.facts(home) else { return false };
        let is_given = |it: &Call| match there.expr(it.callee).kind {
            ExprKind::Local(of) => there.binding(of).kind == BindingKind::Param(function, at),
            _ => false,
        };
        let own = there.function(function).span;
        let mut runs = there.calls().filter(|(_, it)| own.contains(it.span) && is_given(it)).peekable();
        runs.peek().is_some() && runs.all(|(_, it)| self.is_kept_within(home, there, it, own))
    }

    /// Whether a function keeps what a call in it gives.
    fn is_kept_within(&self, file: FileId, facts: &FileFacts, call: &Call, own: Span) -> bool {
        self.is_looked_up(file, facts, call, own) || self.is_asked_once(file, facts, call, own)
    }

    /// `if (!known.has(id)) known.set(id, await …)`, `if (known.has(id)) return known.get(id);`
    fn is_looked_up(&self, file: FileId, facts: &FileFacts, call: &Call, within: Span) -> bool {
        let own = facts.function_of(call.region);
        let body = own.map(|it| facts.function(it).span);
        let around = facts.regions_out(call.region).filter_map(|(_, it)| match it.kind {
            RegionKind::Then { test } | RegionKind::Else { test } | RegionKind::Branch { test } => Some((test, None)),
            _ => None,
        });
        let left = facts.jumps.iter().filter(|it| {
            // A bare `return` passes something over, and says nothing about what was asked for.
            it.kind == JumpKind::Return && it.span.end <= call.span.start && facts.function_of(it.region) == own
        });
        let left = left.filter_map(|it| match facts.region(it.region).kind {
            RegionKind::Then { test } if own.is_some() => Some((test, Some(it.value?))),
            _ => None,
        });
        around.chain(left).any(|(test, answer)| {
            looks(facts, test).filter(|it| outlives(facts, *it, within)).any(|object| {
                let text = |it: ExprId| self.text_of(self.place_of(file, it));
                let answers = answer.is_some_and(|it| text(it).contains(text(object)));
                answers || self.fills(file, facts, object, body)
            })
        })
    }

    /// Whether code adds to a collection.
    fn fills(&self, file: FileId, facts: &FileFacts, object: ExprId, body: Option<Span>) -> bool {
        self.is_called_on(file, facts, (object, &["set", "add", "put", "push"]), body)
    }

    /// Whether one of some methods of a collection is called.
    fn is_called_on(
        &self,
        file: FileId,
        facts: &FileFacts,
        (object, methods): (ExprId, &[&str]),
        body: Option<Span>,
    ) -> bool {
        let key = self.key(file, object);
        facts.calls().filter(|(_, it)| body.is_none_or(|body| body.contains(it.span))).any(|(id, _)| {
            matches!(callee_name(facts, id), Some((name, Some(of))) if methods.contains(&name) && self.key(file, of) == key)
        })
    }

    /// `this.rows ??= await …`, `if (rows === null) rows = await …`, with something that outlives a round or a function.
    fn is_asked_once(&self, file: FileId, facts: &FileFacts, call: &Call, body: Span) -> bool {
        let Some(own) = facts.function_of(call.region) else { return false };
        let outlives = |target: ExprId| match facts.expr(target).kind {
            ExprKind::Local(binding) => {
                let it = facts.binding(binding);
                !matches!(it.kind, BindingKind::Param(..)) && !body.contains(it.span)
            }
            ExprKind::Member { object, .. } => facts.expr(object).kind == ExprKind::This,
            _ => false,
        };
        let coalesces = |it: &ExprKind| match *it {
            ExprKind::Assign { target, value, operator: Operator::Coalesce | Operator::Or } => {
                outlives(target) && facts.expr(value).span.contains(call.span)
            }
            _ => false,
        };
        let tests = self.tests_before(file, facts, own, (call.region, call.span));
        let is_tested = |target: ExprId| {
            let key = self.key(file, target);
            tests.iter().any(|it| facts.within(*it).any(|(id, _)| self.key(file, id) == key))
        };
        let written = facts.assignments.iter().filter(|it| facts.expr(it.value).span.contains(call.span));
        facts.exprs.iter().any(|it| coalesces(&it.kind))
            || written.map(|it| it.target).any(|it| outlives(it) && is_tested(it))
            || self.is_missing(file, facts, call, body)
            || self.is_found_before(file, facts, call, body)
    }

    /// `const known = users.get(id); if (known) return known; …; users.set(id, found);`
    fn is_found_before(&self, file: FileId, facts: &FileFacts, call: &Call, within: Span) -> bool {
        let own = facts.function_of(call.region);
        let Some(body) = own.map(|it| facts.function(it).span) else { return false };
        let left = facts.jumps.iter().filter(|it| {
            it.kind == JumpKind::Return && it.span.end <= call.span.start && facts.function_of(it.region) == own
        });
        let known = left.filter_map(|it| match (facts.region(it.region).kind, facts.expr(it.value?).kind.clone()) {
            (RegionKind::Then { test }, ExprKind::Local(name)) => {
                facts.references(facts.expr(test).span).any(|it| it == name).then_some(name)
            }
            _ => None,
        });
        let mut asked = known.filter_map(|it| asked_collection(facts, facts.binding(it).init?));
        asked.any(|object| {
            (outlives(facts, object, within) || is_got(facts, object))
                && self.fills(file, facts, object, Some(body))
                // What is taken out again is in flight, not kept.
                && !self.is_called_on(file, facts, (object, &["delete"]), Some(body))
        })
    }

    /// `let user = known[id]; if (!user) { user = await load(id); known[id] = user; }`
    fn is_missing(&self, file: FileId, facts: &FileFacts, call: &Call, within: Span) -> bool {
        let written = facts.assignments.iter().filter(|it| facts.expr(it.value).span.contains(call.span));
        let mut names = written.filter_map(|it| match facts.expr(it.target).kind {
            ExprKind::Local(binding) => Some(binding),
            _ => None,
        });
        names.any(|name| {
            let Some(init) = facts.binding(name).init else { return false };
            let Some(kept) = asked_collection(facts, init) else { return false };
            if !outlives(facts, kept, within) {
                return false;
            }
            let Some((_, around)) = facts.regions_out(call.region).next() else { return false };
            let is_tested = matches!(around.kind, RegionKind::Then { test }
                if facts.references(facts.expr(test).span).any(|it| it == name));
            let key = self.key(file, kept);
            let puts = || {
                facts.assignments.iter().any(|it| match facts.expr(it.target).kind {
                    ExprKind::Index { object, .. } => {
                        around.span.contains(facts.expr(it.target).span) && self.key(file, object) == key
                    }
                    _ => false,
                })
            };
            is_tested && (puts() || self.fills(file, facts, kept, Some(around.span)))
        })
    }
}

/// Whether a collection is there before a round or a function begins: what is made within keeps nothing for the next one.
fn outlives(facts: &FileFacts, collection: ExprId, within: Span) -> bool {
    let root = facts.references(facts.expr(collection).span).next().map(|it| facts.binding(it));
    root.is_none_or(|it| matches!(it.kind, BindingKind::Param(..)) || !within.contains(it.span))
}

/// The collection that a value comes from: `users[id]`, `users.get(id)`.
fn asked_collection(facts: &FileFacts, value: ExprId) -> Option<ExprId> {
    match facts.expr(value).kind {
        ExprKind::Index { object, .. } => Some(object),
        ExprKind::Call(asked) => callee_name(facts, asked).filter(|(name, _)| *name == "get")?.1,
        _ => None,
    }
}

/// Whether a collection is what a function gave, which may have it from before: nobody looks into one that was just made.
fn is_got(facts: &FileFacts, collection: ExprId) -> bool {
    let ExprKind::Local(name) = facts.expr(collection).kind else { return false };
    let init = facts.binding(name).init.map(|it| &facts.expr(it).kind);
    matches!(init, Some(ExprKind::Call(call)) if facts.call(*call).form == CallForm::Call)
}

/// The collections that a condition asks for a key.
fn looks(facts: &FileFacts, test: ExprId) -> impl Iterator<Item = ExprId> {
    facts.within(facts.expr(test).span).filter_map(|(_, it)| match it.kind {
        ExprKind::Call(call) => callee_name(facts, call).filter(|(name, _)| *name == "has").and_then(|it| it.1),
        _ => None,
    })
}
