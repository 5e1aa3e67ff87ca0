//! Errors that vanish in part: a `catch` that deals with one class alone, and `Promise.allSettled` whose rejections nobody looks at.
//!
//! A handler with an `else`, a `throw` or a word behind its `if` is none, and neither are results that are handed on.

use super::super::callee::{among, names_a_failure};
use super::super::index::Use;
use super::super::iteration::callee_name;
use super::super::void::is_literal;
use super::super::{Guarded, Left, Project, Swallow};
use super::leaving::is_blank;
use crate::facts::{
    BindingId, CallId, ExprId, ExprKind, FileFacts, FunctionId, JumpKind, Region, RegionId, RegionKind,
};
use crate::source::{FileId, Place, Span};

impl Project {
    /// Whether a `catch` block is one `if` on the class of the error, and perhaps a default behind it.
    pub(super) fn left_by_class(&self, file: FileId, facts: &FileFacts, clause: RegionId, block: Span) -> Option<Left> {
        let text = |span: Span| self.text_of(Place { file, span });
        let mut branches = facts.regions.iter().filter(|it| it.parent == Some(clause)).filter_map(|it| match it.kind {
            RegionKind::Then { test } => Some((it.span, test)),
            _ => None,
        });
        let (branch, test) = branches.next()?;
        let has_else = |it: RegionKind| matches!(it, RegionKind::Else { test: of } if of == test);
        if branches.next().is_some() || facts.regions.iter().any(|it| has_else(it.kind)) {
            return None;
        }
        let test = facts.expr(test).span;
        let before = text(Span::new(block.start + 1, test.start)).trim_end().strip_suffix('(')?.trim_end();
        let tail = Span::new(branch.end, block.end.saturating_sub(1));
        let last = facts.jumps.iter().find(|it| it.region == clause && tail.contains(it.span));
        let is_default = match last {
            None => is_blank(text(tail)),
            Some(it) => {
                it.kind == JumpKind::Return
                    && it.value.is_none_or(|it| is_literal(facts, it))
                    && is_blank(text(Span::new(tail.start, it.span.start)))
            }
        };
        let is_sole = before.strip_suffix("if").is_some_and(is_blank);
        (is_sole && is_default && asks_for_class(text(test))).then_some(Left::Partly)
    }

    /// A call of `Promise.allSettled` whose rejections nobody looks at.
    pub(super) fn settled(&self, file: FileId, facts: &FileFacts, id: CallId) -> Option<Swallow> {
        let ("allSettled", Some(object)) = callee_name(facts, id)? else { return None };
        let call = facts.call(id);
        let entries = *call.args.first()?;
        if self.text_of(self.place_of(file, object)) != "Promise" || !self.drops_rejections(file, facts, id) {
            return None;
        }
        Some(Swallow {
            file,
            place: Place { file, span: call.name_span },
            guarded: Guarded::Promise(entries, id),
            left: Left::Settled,
            comment: None,
            span: call.span,
        })
    }

    /// Where the answer of `Promise.allSettled` is asked what was fulfilled.
    #[must_use]
    pub fn asks_what_succeeded(&self, site: &Swallow) -> Option<Place> {
        let (facts, Guarded::Promise(_, call)) = (self.facts(site.file)?, site.guarded) else { return None };
        let owner = self.file(site.file).index.owner(facts.call(call).region);
        let asks = facts.exprs.iter().filter(|it| it.span.start > site.span.start).find(|it| match it.kind {
            ExprKind::Str(text) => facts.name(text) == "fulfilled",
            _ => false,
        })?;
        let around = owner.map_or(site.span, |it| facts.function(it).span);
        around.contains(asks.span).then_some(Place { file: site.file, span: asks.span })
    }

    /// Whether what became of each promise is dropped, or read where it was fulfilled alone.
    fn drops_rejections(&self, file: FileId, facts: &FileFacts, id: CallId) -> bool {
        let call = facts.call(id);
        if !self.is_taken(file, facts, call.expr) {
            return true;
        }
        let whole = self.awaited_whole(file, facts, call.expr);
        let owner = self.file(file).index.owner(call.region);
        if self.is_returned(file, facts, whole) {
            return owner.is_some_and(|it| self.is_dropped_by_runner(file, facts, it));
        }
        let names: Vec<BindingId> = (0..facts.bindings.len() as u32)
            .map(BindingId)
            .filter(|it| facts.binding(*it).init == Some(whole))
            .collect();
        let reads_only = |it: ExprId| self.reads_an_entry(file, facts, it);
        let is_read = match names.is_empty() {
            true => reads_only(whole),
            false => {
                let mentions = facts.exprs.iter().enumerate().filter_map(|(at, it)| match it.kind {
                    ExprKind::Local(name) if names.contains(&name) && it.span.start >= call.span.end => {
                        Some(ExprId(at as u32))
                    }
                    _ => None,
                });
                mentions.into_iter().all(reads_only)
            }
        };
        let around = owner.map_or(call.span, |it| facts.function(it).span);
        is_read && self.reads_success_alone(file, facts, Span::new(call.span.start, around.end))
    }

    /// Whether the function that runs another one gives its answer to nobody: `await trace("name", () => …);`
    fn is_dropped_by_runner(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> bool {
        match self.file(file).index.uses.get(&function) {
            Some(Use::Argument(call, _)) => {
                let call = facts.call(*call);
                call.awaited && !self.is_taken(file, facts, call.expr)
            }
            _ => false,
        }
    }

    /// Whether an expression is gone through, or one of its entries is read.
    fn reads_an_entry(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> bool {
        const READS: &str = "map filter flatMap some every find forEach reduce status value entries";
        match self.file(file).index.parents.get(&expr).map(|it| &facts.expr(*it).kind) {
            Some(ExprKind::Member { property, .. }) => among(READS, facts.name(*property)),
            Some(ExprKind::Index { object, .. }) => *object == expr,
            Some(_) => false,
            None => facts.loops.iter().any(|it| it.subject == Some(expr)),
        }
    }

    /// Whether a stretch asks for what was fulfilled, does nothing where it was not, and speaks of no failure.
    fn reads_success_alone(&self, file: FileId, facts: &FileFacts, stretch: Span) -> bool {
        let text = |span: Span| self.text_of(Place { file, span });
        let all = text(stretch);
        let asks = |test: ExprId| text(facts.expr(test).span).contains("fulfilled");
        let holds_call = |span: Span| facts.calls().any(|(_, it)| span.contains(it.span));
        let is_second = |span: Span, test: ExprId| {
            let other = |it: &Region| it.kind == RegionKind::Branch { test } && it.span.start < span.start;
            facts.regions.iter().any(other)
        };
        let looks = facts.regions.iter().filter(|it| stretch.contains(it.span)).any(|it| match it.kind {
            RegionKind::Else { test } => asks(test),
            RegionKind::Branch { test } => asks(test) && holds_call(it.span) && is_second(it.span, test),
            _ => false,
        });
        let mut named = facts.bindings.iter().filter(|it| stretch.contains(it.span));
        all.contains("fulfilled")
            && !["rejected", ".reason", "!== \"fulfilled", "!== 'fulfilled"].iter().any(|it| all.contains(it))
            && !looks
            && !named.any(|it| names_a_failure(facts.name(it.name)))
    }
}

/// Whether a test asks whether an error is of one class, and not of any: `error instanceof HttpError`.
fn asks_for_class(test: &str) -> bool {
    let Some((error, class)) = test.split_once(" instanceof ") else { return false };
    let class: String = class.trim_start().chars().take_while(|it| it.is_alphanumeric() || *it == '_').collect();
    let is_name = error.chars().all(|it| it.is_alphanumeric() || it == '_');
    is_name && !test.contains("||") && class != "Error" && class != "Object"
}
