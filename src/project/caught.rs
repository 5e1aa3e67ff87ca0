//! Whether an error leaves a stretch of code at all: an inner handler may take it, or it may happen later.

use super::Project;
use super::callee::{among, tells};
use super::index::Use;
use super::iteration::callee_name;
use super::{Deed, Guarded, Swallow, Value};
use crate::facts::{
    BindingId, BindingKind, CallForm, CallId, ExprId, ExprKind, FileFacts, FunctionId, JumpKind, Operator, Region,
    RegionId, RegionKind,
};
use crate::source::{FileId, Span};

impl Project {
    /// Whether an error from a region never leaves a stretch: an inner handler takes it, or it happens later.
    pub(super) fn is_caught_within(&self, file: FileId, facts: &FileFacts, from: RegionId, stretch: Span) -> bool {
        let inside = facts.regions_out(from).take_while(|(_, it)| stretch.contains(it.span) && it.span != stretch);
        let mut inside = inside.filter(|(_, it)| !matches!(it.kind, RegionKind::Module));
        inside.any(|(id, region)| match region.kind {
            RegionKind::Try => is_handled(facts, id),
            RegionKind::Function(function) => self.is_later(file, facts, function),
            _ => false,
        })
    }

    /// Whether an error of a call gets out of a stretch, and nobody has heard of it by then.
    pub(super) fn gets_out(&self, file: FileId, facts: &FileFacts, id: CallId, stretch: Span) -> bool {
        let from = facts.call(id).region;
        !self.is_caught_within(file, facts, from, stretch)
            && !self.is_told_within(file, facts, from, stretch)
            && !self.has_own_handler(file, facts, id, None)
    }

    /// Whether an error from a region is reported on its way out of a stretch: a `catch` logs it before it throws.
    pub(super) fn is_told_within(&self, file: FileId, facts: &FileFacts, from: RegionId, stretch: Span) -> bool {
        let mut inside = facts.regions_out(from).take_while(|(_, it)| stretch.contains(it.span) && it.span != stretch);
        inside.any(|(id, region)| region.kind == RegionKind::Try && self.is_told(file, facts, id))
    }

    /// Whether the `catch` of a `try` block tells others what failed.
    fn is_told(&self, file: FileId, facts: &FileFacts, block: RegionId) -> bool {
        let mut clauses = facts
            .regions
            .iter()
            .filter(|it| matches!(it.kind, RegionKind::Catch { body, .. } if body == block))
            .map(|it| it.span);
        clauses.any(|clause| {
            let is_error =
                |id: BindingId| facts.binding(id).kind == BindingKind::Catch && clause.contains(facts.binding(id).span);
            facts.calls().filter(|(_, it)| clause.contains(it.span)).any(|(id, call)| {
                let Some((name, object)) = callee_name(facts, id) else { return false };
                // `onData(`failed: ${error}`)`, for nothing but to tell.
                let speaks = || {
                    object.is_none()
                        && call.form == CallForm::Call
                        && name.starts_with("on")
                        && facts.references(call.span).any(is_error)
                        && !self.is_taken(file, facts, call.expr)
                };
                tells(name, object.map(|it| self.text_of(self.place_of(file, it)))) || speaks()
            })
        })
    }

    /// Whether the function of this code base that a deed calls tells of its own errors before they leave it.
    #[must_use]
    pub fn is_told_by_callee(&self, site: &Swallow, deed: &Deed) -> bool {
        let Some(facts) = self.facts(site.file) else { return false };
        facts.calls().filter(|(_, it)| it.span == deed.span).any(|(_, it)| {
            let Value::Function(home, function) = self.value(site.file, it.callee) else { return false };
            let Some(facts) = self.facts(home) else { return false };
            let body = facts.function(function).span;
            let mut tries = facts.regions.iter().enumerate().filter(|(_, it)| it.kind == RegionKind::Try);
            tries.any(|(id, it)| body.contains(it.span) && self.is_told(home, facts, RegionId(id as u32)))
        })
    }

    /// Whether a function runs after the code around it has gone on.
    fn is_later(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> bool {
        const LATER: &str = "setTimeout setInterval setImmediate on once addEventListener addListener subscribe requestAnimationFrame \
            queueMicrotask nextTick useEffect after waitUntil defer";
        match self.file(file).index.uses.get(&function) {
            Some(Use::Argument(call, _)) => callee_name(facts, *call).is_some_and(|(name, _)| among(LATER, name)),
            Some(Use::Callee(_)) => false,
            None => true,
        }
    }

    /// Whether a promise has a handler of its own before it comes to the one in question.
    pub(super) fn has_own_handler(&self, file: FileId, facts: &FileFacts, id: CallId, own: Option<CallId>) -> bool {
        let head = self.head_of(file, facts.call(id).expr);
        let ExprKind::Call(last) = facts.expr(head).kind else { return false };
        last != id && Some(last) != own && callee_name(facts, last).is_some_and(|(name, _)| name == "catch")
    }

    /// Whether a handler stands in a `catch` that throws, so that the first error is on its way already.
    #[must_use]
    pub fn is_on_the_way_out(&self, site: &Swallow) -> bool {
        let Some(facts) = self.facts(site.file) else { return false };
        if region_around(facts, site).is_some_and(|it| self.makes_an_error(site.file, facts, it)) {
            return true;
        }
        let mut clauses =
            regions_around(facts, site).filter(|(_, it)| matches!(it.kind, RegionKind::Catch { .. })).map(|(id, _)| id);
        clauses.any(|clause| {
            facts
                .jumps
                .iter()
                .any(|it| it.kind == JumpKind::Throw && it.region == clause && it.span.start > site.span.end)
        })
    }

    /// Whether a handler stands in a `catch` that has told of the first error, or gives it to who called: the code here only
    /// tidies up after it.
    #[must_use]
    pub fn is_told_around(&self, site: &Swallow) -> bool {
        let Some(facts) = self.facts(site.file) else { return false };
        regions_around(facts, site).any(|(clause, it)| {
            let RegionKind::Catch { block, .. } = it.kind else { return false };
            let before = Span::new(block.start, site.span.start);
            let told = || {
                facts.calls().filter(|(_, it)| it.region == clause && before.contains(it.span)).any(|(id, _)| {
                    let Some((name, object)) = callee_name(facts, id) else { return false };
                    tells(name, object.map(|it| self.text_of(self.place_of(site.file, it))))
                })
            };
            let is_error = |id: BindingId| {
                let named = facts.binding(id).span;
                it.span.contains(named) && named.end <= block.start
            };
            let given = || {
                let returns = facts.jumps.iter().filter(|it| it.kind == JumpKind::Return && it.region == clause);
                let mut values = returns.filter_map(|it| it.value).map(|it| facts.expr(it).span);
                values.any(|it| facts.references(it).any(is_error))
            };
            told() || given()
        })
    }

    /// Whether a handler stands in a `finally` block, where what is done is over.
    #[must_use]
    pub fn is_at_the_end(&self, site: &Swallow) -> bool {
        let Some(facts) = self.facts(site.file) else { return false };
        regions_around(facts, site).any(|(_, it)| matches!(it.kind, RegionKind::Finally { .. }))
    }

    /// Whether what fails was to tell of a first error, which it is given: `catch (error) { try { await report(error); } catch {} }`.
    #[must_use]
    pub fn tells_of_a_first_error(&self, site: &Swallow, deed: &Deed) -> bool {
        let Some(facts) = self.facts(site.file) else { return false };
        let around: Vec<Span> = regions_around(facts, site)
            .filter_map(|(_, it)| match it.kind {
                RegionKind::Catch { block, .. } => Some(Span::new(it.span.start, block.start)),
                _ => None,
            })
            .collect();
        facts.references(deed.span).any(|it| {
            let it = facts.binding(it);
            it.kind == BindingKind::Catch && around.iter().any(|of| of.contains(it.span))
        })
    }

    /// Whether all that the function around a region returns is an error that it makes.
    fn makes_an_error(&self, file: FileId, facts: &FileFacts, region: RegionId) -> bool {
        let index = &self.file(file).index;
        let returns = index.owner(region).and_then(|it| index.returns.get(&it)).map(Vec::as_slice).unwrap_or_default();
        let is_error = |it: &ExprId| match facts.expr(*it).kind {
            ExprKind::Call(call) if facts.call(call).form == CallForm::New => {
                callee_name(facts, call).is_some_and(|(name, _)| name.ends_with("Error"))
            }
            _ => false,
        };
        !returns.is_empty() && returns.iter().all(is_error)
    }

    /// Whether the promise that a handler is put on is waited for elsewhere as well: it only keeps the runtime quiet.
    #[must_use]
    pub fn is_waited_for_elsewhere(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Promise(object, call)) = (self.facts(site.file), site.guarded) else { return false };
        let ExprKind::Local(name) = facts.expr(object).kind else { return false };
        let own = facts.call(call).span;
        self.mentions(facts, name).any(|it| {
            let parent = self.file(site.file).index.parents.get(&it).map(|it| &facts.expr(*it).kind);
            let handed_on = match parent {
                Some(ExprKind::Await(_) | ExprKind::Array(_)) => true,
                Some(ExprKind::Call(to)) => facts.call(*to).args.contains(&it),
                _ => self.is_returned(site.file, facts, it),
            };
            handed_on && !own.contains(facts.expr(it).span)
        })
    }

    /// Whether code stops where the answer is missing: `if (!role && !owner) throw …`, `role` being made from the answer.
    #[must_use]
    pub fn is_refused_below(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Promise(_, call)) = (self.facts(site.file), site.guarded) else { return false };
        let own = facts.call(call).span;
        let made_from =
            |init: Option<ExprId>, holds: &dyn Fn(Span) -> bool| init.is_some_and(|it| holds(facts.expr(it).span));
        let named = |holds: &dyn Fn(Span) -> bool| -> Vec<BindingId> {
            let all = facts.bindings.iter().enumerate().filter(|(_, it)| made_from(it.init, holds));
            all.map(|(index, _)| BindingId(index as u32)).collect()
        };
        let mut answers = named(&|init| init.contains(own));
        answers.extend(named(&|init| facts.references(init).any(|it| answers.contains(&it))));
        let thrown = facts.jumps.iter().filter(|it| it.kind == JumpKind::Throw && it.span.start > own.end);
        thrown.into_iter().any(|it| match facts.region(it.region).kind {
            RegionKind::Then { test } => facts.within(facts.expr(test).span).any(|(_, it)| match it.kind {
                ExprKind::Unary(Operator::Not, operand) => {
                    matches!(facts.expr(operand).kind, ExprKind::Local(it) if answers.contains(&it))
                }
                _ => false,
            }),
            _ => false,
        })
    }

    fn mentions<'f>(&self, facts: &'f FileFacts, name: BindingId) -> impl Iterator<Item = ExprId> + 'f {
        let all = facts.exprs.iter().enumerate();
        all.filter(move |(_, it)| it.kind == ExprKind::Local(name)).map(|(index, _)| ExprId(index as u32))
    }
}

/// The region around what a handler guards.
fn region_around(facts: &FileFacts, site: &Swallow) -> Option<RegionId> {
    match site.guarded {
        Guarded::Block(body) => facts.region(body).parent,
        Guarded::Promise(_, call) | Guarded::Effect(_, call) => Some(facts.call(call).region),
    }
}

/// The regions around what a handler guards, innermost first, out to its function.
fn regions_around<'f>(facts: &'f FileFacts, site: &Swallow) -> impl Iterator<Item = (RegionId, &'f Region)> {
    let around = region_around(facts, site).into_iter().flat_map(|it| facts.regions_out(it));
    around.take_while(|(_, it)| !matches!(it.kind, RegionKind::Function(_)))
}

/// Whether a `try` block has a `catch` that keeps the error.
pub(super) fn is_handled(facts: &FileFacts, block: RegionId) -> bool {
    let clause = facts.regions.iter().position(|it| matches!(it.kind, RegionKind::Catch { body, .. } if body == block));
    clause.is_some_and(|clause| {
        let clause = facts.regions[clause].span;
        !facts.jumps.iter().any(|it| it.kind == JumpKind::Throw && clause.contains(it.span))
    })
}
