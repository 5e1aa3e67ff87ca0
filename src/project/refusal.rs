//! What is left to do where a `try` block failed that returns where it succeeds: refuse, or work out another answer.

use super::callee::{among, is_predicate, words};
use super::iteration::callee_name;
use super::void::is_literal;
use super::{Deed, Guarded, Left, Project, Swallow};
use crate::facts::{
    Call, CallId, ExprId, ExprKind, FileFacts, Jump, JumpKind, LoopForm, Operator, Prop, PropKey, RegionId, RegionKind,
};
use crate::source::Span;

impl Project {
    /// Whether another answer takes the place of the one that failed: the block returns where it succeeds, and what follows it
    /// returns something that is worked out.
    #[must_use]
    pub fn falls_back(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let parent = facts.region(body).parent;
        let returns = |it: &&Jump| it.kind == JumpKind::Return && it.value.is_some();
        let succeeds =
            facts.jumps.iter().filter(returns).any(|it| facts.regions_out(it.region).any(|(id, _)| id == body));
        let follows = facts.jumps.iter().filter(returns).any(|it| {
            Some(it.region) == parent
                && it.span.start > site.span.end
                && it.value.is_some_and(|it| !is_literal(facts, it))
        });
        site.left == Left::Nothing && succeeds && follows
    }

    /// Whether what takes the place of the answer that failed is asked of somebody else.
    #[must_use]
    pub fn asks_again(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let index = &self.file(site.file).index;
        let owner = index.owner(body);
        let after = |it: &&crate::facts::Call| it.span.start > site.span.end && index.owner(it.region) == owner;
        self.falls_back(site) && facts.calls.iter().filter(after).any(|it| it.awaited)
    }

    /// Whether the next round tries again: the loop is left where the block succeeds, or goes on without an end or for a while,
    /// and waits between two rounds.
    #[must_use]
    pub fn tries_again(&self, site: &Swallow) -> bool {
        const WAITING: &str = "sleep delay wait pause backoff timeout timer";
        let Some(facts) = self.facts(site.file) else { return false };
        let (at, guarded) = match site.guarded {
            Guarded::Block(body) => (body, facts.region(body).span),
            Guarded::Promise(_, call) | Guarded::Effect(_, call) => (facts.call(call).region, facts.call(call).span),
        };
        let index = &self.file(site.file).index;
        let owner = index.owner(at);
        let mut around = facts.regions_out(at).take_while(|(_, it)| !matches!(it.kind, RegionKind::Function(_)));
        let round = around.find_map(|(_, it)| match it.kind {
            RegionKind::Loop(number) => Some((it.span, facts.loops[number as usize].form)),
            _ => None,
        });
        let Some((round, form)) = round else { return false };
        // At the end of the round, or the start of it; a timer's call is within the promise that is made for it.
        let waits = |(id, it): (CallId, &Call)| {
            round.contains(it.span)
                && !guarded.contains(it.span)
                && callee_name(facts, id).is_some_and(|(name, _)| {
                    name == "setTimeout"
                        || index.owner(it.region) == owner && words(name).iter().any(|it| among(WAITING, it))
                })
        };
        let is_open = matches!(form, LoopForm::While | LoopForm::DoWhile);
        let is_void = matches!(site.left, Left::Nothing | Left::Returned(_));
        let is_left = site.left == Left::Nothing && self.tries_the_next(site);
        let goes_on =
            is_open && is_void && !matches!((site.left, site.guarded), (Left::Returned(_), Guarded::Block(_)));
        (is_left || goes_on) && facts.calls().any(waits)
    }

    /// Whether a comment says that another way is taken, and one is: the block returns where it succeeds, and the function goes
    /// on to something that it waits for.
    #[must_use]
    pub fn takes_another_way(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let index = &self.file(site.file).index;
        let is_said = site.comment.iter().flat_map(|it| words(it)).any(|it| it.starts_with("fall") || it == "instead");
        let returns = |it: &Jump| it.kind == JumpKind::Return && it.value.is_some();
        let succeeds =
            || facts.jumps.iter().any(|it| returns(it) && facts.regions_out(it.region).any(|(id, _)| id == body));
        let owner = index.owner(body);
        let after = |it: &crate::facts::Call| it.span.start > site.span.end && index.owner(it.region) == owner;
        let is_waited_for = |it: &crate::facts::Call| {
            it.awaited || self.is_returned(site.file, facts, self.head_of(site.file, it.expr))
        };
        site.left == Left::Nothing
            && is_said
            && succeeds()
            && facts.calls.iter().any(|it| after(it) && is_waited_for(it))
    }

    /// Whether who fails a check gets what they get who show nothing: the same literal is returned outside of the block, or
    /// inside of it to those who show nothing.
    #[must_use]
    pub fn gives_the_least(&self, site: &Swallow, deed: &Deed) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let Left::Returned(Some(left)) = site.left else { return false };
        let index = &self.file(site.file).index;
        let block = facts.region(body).span;
        let text = |it| self.text_of(self.place_of(site.file, it));
        let returns = index.owner(body).and_then(|it| index.returns.get(&it)).into_iter().flatten();
        let mut before = returns.filter(|it| facts.expr(**it).span.end <= block.start);
        // `return claims ? 60 : 15`
        let within = || {
            facts.within(block).any(|(_, it)| match it.kind {
                ExprKind::Cond { yes, no, .. } => [yes, no].into_iter().any(|it| text(it) == text(left)),
                _ => false,
            })
        };
        deed.is_gate() && is_literal(facts, left) && (before.any(|it| text(*it) == text(left)) || within())
    }

    /// Whether what a check lets through is let through in its own block alone, behind it: `intent = verify(flow); ctx.intent = intent`.
    #[must_use]
    pub fn lets_through_within(&self, site: &Swallow, deed: &Deed) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let block = facts.region(body).span;
        let behind = |span: Span| block.contains(span) && span.start >= deed.span.end;
        deed.is_gate()
            && site.left == Left::Nothing
            && facts.assignments.iter().any(|it| behind(facts.expr(it.target).span))
    }

    /// Whether a function only says whether it succeeded: `true` at the end of the block that may fail, or right behind it, and
    /// `false` otherwise.
    #[must_use]
    pub fn says_whether(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let index = &self.file(site.file).index;
        let Some(owner) = index.owner(body) else { return false };
        let mut jumps =
            facts.jumps.iter().filter(|it| it.kind == JumpKind::Return && index.owner(it.region) == Some(owner));
        let says = |it: &Jump| it.value.map(|it| &facts.expr(it).kind);
        // Right behind the block, whose handler has left.
        let is_end = |it: &Jump| {
            let goes_on = facts.calls.iter().any(|call| {
                index.owner(call.region) == Some(owner)
                    && call.span.start > site.span.end
                    && call.span.end < it.span.end
            });
            let is_behind = Some(it.region) == facts.region(body).parent && it.span.start > site.span.end;
            matches!(site.left, Left::Returned(_)) && is_behind && !goes_on
        };
        let fits = |it: &Jump| match says(it) {
            Some(ExprKind::Bool(true)) => is_end(it) || facts.regions_out(it.region).any(|(id, _)| id == body),
            Some(ExprKind::Bool(false)) => true,
            _ => false,
        };
        let fails = |it: &Jump| says(it) == Some(&ExprKind::Bool(false)) && it.span.end > site.span.start;
        let succeeds = |it: &Jump| (it.region == body || is_end(it)) && says(it) == Some(&ExprKind::Bool(true));
        jumps.clone().any(fails) && jumps.clone().any(succeeds) && jumps.all(fits)
    }

    /// What is returned right behind a block that returns where it succeeds, and whose handler does nothing.
    fn returned_behind(&self, site: &Swallow, facts: &FileFacts) -> Option<ExprId> {
        let Guarded::Block(body) = site.guarded else { return None };
        let returns = |it: &&Jump| it.kind == JumpKind::Return && it.value.is_some();
        let mut all = facts.jumps.iter().filter(returns);
        all.clone().find(|it| facts.is_inside(it.region, body)).filter(|_| site.left == Left::Nothing)?;
        let behind = |it: &&Jump| Some(it.region) == facts.region(body).parent && it.span.start > site.span.end;
        all.find(behind)?.value
    }

    /// Whether what is left says no to the question whether it succeeded: `{ sent: false }`, `.then(() => true).catch(() => false)`,
    /// `.then((it) => it.ok).catch(() => false)`.
    #[must_use]
    pub fn says_no(&self, site: &Swallow) -> bool {
        let Some(facts) = self.facts(site.file) else { return false };
        let Some(left) = site.left.value().or_else(|| self.returned_behind(site, facts)) else { return false };
        if let ExprKind::Object(props) = &facts.expr(left).kind {
            // `isKnown` is what was asked, and not whether it could be found out.
            let asks = |key| matches!(key, PropKey::Name(key) if is_predicate(facts.name(key)));
            let is_no = |it: &Prop| facts.expr(it.value).kind == ExprKind::Bool(false) && !asks(it.key);
            return !props.is_empty() && props.iter().all(is_no);
        }
        let Guarded::Promise(made, _) = site.guarded else { return false };
        let ExprKind::Call(then) = facts.expr(made).kind else { return false };
        let answer = facts.call(then).args.first().and_then(|it| match facts.expr(*it).kind {
            ExprKind::Function(id) => facts.function(id).value,
            _ => None,
        });
        let is_yes = |it| match facts.expr(it).kind {
            ExprKind::Bool(true) => true,
            ExprKind::Member { property, .. } => facts.name(property) == "ok",
            _ => false,
        };
        facts.expr(left).kind == ExprKind::Bool(false)
            && callee_name(facts, then).is_some_and(|(name, _)| name == "then")
            && answer.is_some_and(is_yes)
    }

    /// Whether the one who asks is turned away where the block fails: it returns what it found out, and behind it nothing is
    /// called and nothing but a refusal is returned or thrown.
    #[must_use]
    pub fn is_refused_after(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let index = &self.file(site.file).index;
        let Some(owner) = index.owner(body) else { return false };
        let is_after = |start: usize, region| start >= site.span.end as usize && index.owner(region) == Some(owner);
        let tries_again = |region| {
            facts.regions_out(region).any(|(_, it)| it.kind == RegionKind::Try && it.span.start > site.span.end)
        };
        let jumps: Vec<&Jump> = facts.jumps.iter().filter(|it| is_after(it.span.start as usize, it.region)).collect();
        let refuses = |it: &Jump| match it.kind {
            JumpKind::Return => it.value.is_none_or(|it| is_refusal(facts, it)) || tries_again(it.region),
            JumpKind::Throw => true,
            JumpKind::Break | JumpKind::Continue => false,
        };
        let is_told = |it: &crate::facts::Call| {
            tries_again(it.region)
                || jumps.iter().any(|jump| jump.kind == JumpKind::Throw && jump.span.contains(it.span))
        };
        let mut calls = facts.calls.iter().filter(|it| is_after(it.span.start as usize, it.region));
        // Who may goes on, and behind it is nothing but an error.
        let only_throws = !jumps.is_empty() && jumps.iter().all(|it| it.kind == JumpKind::Throw);
        let lets_through = |it: &Jump| {
            it.kind == JumpKind::Return && it.value.is_none() && facts.regions_out(it.region).any(|(id, _)| id == body)
        };
        site.left == Left::Nothing
            && facts.jumps.iter().any(|it| gives_answer(facts, it, body) || only_throws && lets_through(it))
            && jumps.iter().all(|it| refuses(it))
            && calls.all(is_told)
    }
}

/// Whether a jump returns what a block found out: without a condition, or on condition that it is there.
fn gives_answer(facts: &FileFacts, jump: &Jump, body: RegionId) -> bool {
    let Some(value) = jump.value.filter(|it| jump.kind == JumpKind::Return && !is_refusal(facts, *it)) else {
        return false;
    };
    let mut inside = facts.regions_out(jump.region);
    let value = facts.expr(value).span;
    let is_there = |test| {
        let simple = matches!(
            facts.expr(test).kind,
            ExprKind::Local(_) | ExprKind::Member { .. } | ExprKind::Binary(Operator::And, ..)
        );
        simple && facts.references(facts.expr(test).span).any(|it| facts.references(value).any(|other| other == it))
    };
    for (id, region) in inside.by_ref() {
        match region.kind {
            _ if id == body => return true,
            RegionKind::Block => {}
            RegionKind::Then { test } if is_there(test) => {}
            _ => return false,
        }
    }
    false
}

/// Whether a value turns away who asks for it.
fn is_refusal(facts: &FileFacts, value: ExprId) -> bool {
    match facts.expr(value).kind {
        ExprKind::Null | ExprKind::Undefined | ExprKind::Bool(false) => true,
        ExprKind::Global(name) => facts.name(name) == "undefined",
        ExprKind::Str(text) => facts.name(text).is_empty(),
        ExprKind::Object(_) => is_literal(facts, value),
        _ => false,
    }
}
