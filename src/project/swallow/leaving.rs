//! What a handler leaves in place of an error, where that is all it does: a default, a name, a fixed answer, the next round.
//!
//! One statement is read. A handler that looks at the error, calls anything that is not known here, or does two things is none.

use super::super::callee::{among, is_setter, names_a_failure, words};
use super::super::comment::names_unsound;
use super::super::iteration::callee_name;
use super::super::void::is_literal;
use super::super::{Guarded, Left, Project, Reply, Swallow};
use crate::facts::{
    BindingId, BindingKind, CallForm, ExprId, ExprKind, FileFacts, FunctionId, JumpKind, RegionId, RegionKind,
};
use crate::source::{FileId, Place, Span};

impl Project {
    /// What a rejection handler that is written out leaves.
    pub(super) fn left_by(&self, file: FileId, facts: &FileFacts, id: FunctionId) -> Option<Left> {
        let function = facts.function(id);
        match function.value {
            Some(value) if is_literal(facts, value) => Some(Left::Returned(Some(value))),
            Some(value) => self.left_by_value(file, facts, value, Some(id)),
            None if function.is_empty => Some(Left::Nothing),
            None => match self.left_in_block(file, facts, function.body, function.body_span, Some(id))? {
                Left::Assigned(_) | Left::Skipped => None,
                left => Some(left),
            },
        }
    }

    /// What a block leaves, if that is its only statement; `own` is the handler, where it is a function.
    pub(super) fn left_in_block(
        &self,
        file: FileId,
        facts: &FileFacts,
        region: RegionId,
        block: Span,
        own: Option<FunctionId>,
    ) -> Option<Left> {
        let sole = |span: Span| self.is_sole(file, block, span);
        let jump = facts.jumps.iter().find(|it| it.region == region && block.contains(it.span));
        if let Some(jump) = jump.filter(|it| sole(it.span)) {
            return match (jump.kind, jump.value) {
                (JumpKind::Return, value) if value.is_none_or(|it| is_literal(facts, it)) => {
                    Some(Left::Returned(value))
                }
                (JumpKind::Return, Some(value)) if self.hands_back(file, facts, value, own) => Some(Left::HandedBack),
                (JumpKind::Return, Some(value)) => self.left_by_value(file, facts, value, own),
                (JumpKind::Continue, _) => Some(Left::Skipped),
                _ => None,
            };
        }
        self.left_by_write(file, facts, region, block).or_else(|| {
            let whole = facts.within(block).filter(|(_, it)| it.region == region && sole(it.span)).last()?.0;
            let whole = match facts.expr(whole).kind {
                ExprKind::Await(inner) => inner,
                _ => whole,
            };
            self.left_by_call(file, facts, whole, own)
        })
    }

    /// Whether a value is the error itself, or says that it failed: `{ success: false, error }`.
    fn hands_back(&self, file: FileId, facts: &FileFacts, value: ExprId, own: Option<FunctionId>) -> bool {
        let span = facts.expr(value).span;
        match facts.expr(value).kind {
            ExprKind::Local(_) => tells_of_error(facts, span, own),
            ExprKind::Object(_) => {
                !holds_call(facts, span) && (tells_of_error(facts, span, own) || self.tells_failure(file, facts, value))
            }
            _ => false,
        }
    }

    /// The literal or constant that a block assigns.
    fn left_by_write(&self, file: FileId, facts: &FileFacts, region: RegionId, block: Span) -> Option<Left> {
        let write =
            facts.assignments.iter().find(|it| it.region == region && block.contains(facts.expr(it.value).span))?;
        let target = facts.expr(write.target).span;
        // Who notes that something failed swallows nothing: `hasError = true`.
        if names_a_failure(self.text_of(Place { file, span: target })) {
            return None;
        }
        let span = Span::new(target.start, facts.expr(write.value).span.end);
        // `request.session = EMPTY_SESSION`
        let is_constant = || {
            let name = self.text_of(self.place_of(file, write.value));
            matches!(facts.expr(write.value).kind, ExprKind::Local(_))
                && name.contains(|it: char| it.is_ascii_uppercase())
                && !name.contains(|it: char| it.is_ascii_lowercase())
                && !names_a_failure(name)
        };
        let is_fixed = is_literal(facts, write.value) || is_constant();
        (is_fixed && self.is_sole(file, block, span)).then_some(Left::Assigned(write.value))
    }

    /// What a value leaves that is no literal: a name, or an answer to a request.
    fn left_by_value(&self, file: FileId, facts: &FileFacts, value: ExprId, own: Option<FunctionId>) -> Option<Left> {
        let value = match facts.expr(value).kind {
            ExprKind::Await(inner) => inner,
            _ => value,
        };
        if is_plain_name(facts, value) && !tells_of_error(facts, facts.expr(value).span, own) {
            return Some(Left::Given(value));
        }
        self.left_by_call(file, facts, value, own)
    }

    /// What a call leaves: an answer to a request, a state that is set, a word in a list.
    fn left_by_call(&self, file: FileId, facts: &FileFacts, expr: ExprId, own: Option<FunctionId>) -> Option<Left> {
        let ExprKind::Call(call) = facts.expr(expr).kind else { return None };
        let tells = |it: &ExprId| tells_of_error(facts, facts.expr(*it).span, own);
        if facts.call(call).args.iter().any(tells) {
            return None;
        }
        if let Some(reply) = self.reply(file, facts, expr) {
            return Some(Left::Answered(reply));
        }
        let args = &facts.call(call).args;
        let (name, object) = callee_name(facts, call)?;
        let is_fixed =
            (name == "next" || !args.is_empty()) && args.iter().all(|it| !holds_call(facts, facts.expr(*it).span));
        if facts.call(call).form != CallForm::Call || !is_fixed {
            return None;
        }
        match object {
            None if name == "next" && args.is_empty() => Some(Left::Answered(Reply::Fine)),
            Some(list) if among("push add", name) => {
                let list = self.text_of(self.place_of(file, list));
                // A mark on the page is seen by whoever looks at it.
                if list.ends_with("classList") {
                    return None;
                }
                let says = names_a_failure(list) || args.iter().any(|it| self.tells_failure(file, facts, *it));
                says.then_some(Left::Listed)
            }
            None if is_setter(name, None) && !names_a_failure(name) && args.len() == 1 => {
                let is_default = is_literal(facts, args[0]) && !matches!(facts.expr(args[0]).kind, ExprKind::Bool(_));
                is_default.then_some(Left::Assigned(args[0]))
            }
            _ => None,
        }
    }

    /// Whether the block leaves its loop, or the function, once it succeeds, so that each round is one attempt.
    #[must_use]
    pub fn tries_the_next(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let leaves = |kind| matches!(kind, JumpKind::Return | JumpKind::Break);
        facts.jumps.iter().any(|it| leaves(it.kind) && facts.is_inside(it.region, body))
    }

    /// Whether a handler stands in a loop that is left once the block succeeds, so that what failed is tried in another way.
    #[must_use]
    pub fn is_one_round(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let mut around = facts.regions_out(body).take_while(|(_, it)| !matches!(it.kind, RegionKind::Function(_)));
        around.any(|(_, it)| matches!(it.kind, RegionKind::Loop(_))) && self.tries_the_next(site)
    }

    /// Whether something stands in for what could not be taken apart: a name that was given a value before, another answer
    /// behind the block, or a comment that says what it is then.
    #[must_use]
    pub fn has_stand_in(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let assigns = facts.assignments.iter().any(|it| {
            let is_outside = |id: BindingId| !facts.is_inside(facts.binding(id).region, body);
            let target = matches!(facts.expr(it.target).kind, ExprKind::Local(id) if is_outside(id));
            target && facts.is_inside(it.region, body)
        });
        assigns || self.falls_back(site) || names_unsound(site)
    }

    /// Whether the code around a handler decrypts, so that what was there before is no answer.
    #[must_use]
    pub fn decrypts(&self, site: &Swallow) -> bool {
        let scope = self.scope_path(site.place);
        scope.rsplit('.').next().is_some_and(|it| words(it).iter().any(|it| among("decrypt decipher", it)))
    }

    /// Whether the name that is given back was handed in for that: `fallback`.
    #[must_use]
    pub fn is_stated_by_caller(&self, site: &Swallow) -> bool {
        const STATED: &str = "fallback default initial";
        let (Some(facts), Left::Given(value)) = (self.facts(site.file), site.left) else { return false };
        facts.references(facts.expr(value).span).any(|it| {
            let it = facts.binding(it);
            let is_stated = || words(facts.name(it.name)).iter().any(|it| among(STATED, it));
            matches!(it.kind, BindingKind::Param(..)) && is_stated()
        })
    }

    /// Whether the name that is given back was started with nothing in it: `const rows = []`, `new Map()`.
    #[must_use]
    pub fn starts_empty(&self, site: &Swallow) -> bool {
        let (Some(facts), Left::Given(value)) = (self.facts(site.file), site.left) else { return false };
        let ExprKind::Local(id) = facts.expr(value).kind else { return false };
        facts.binding(id).init.is_some_and(|it| match facts.expr(it).kind {
            ExprKind::Call(call) => facts.call(call).form == CallForm::New && facts.call(call).args.is_empty(),
            ExprKind::Array(_) | ExprKind::Object(_) => is_literal(facts, it),
            _ => false,
        })
    }

    /// Whether a block holds one statement and comments, and perhaps a bare `return` behind it.
    fn is_sole(&self, file: FileId, block: Span, statement: Span) -> bool {
        let text = |span: Span| self.text_of(Place { file, span });
        let before = text(Span::new(block.start + 1, statement.start));
        let after = text(Span::new(statement.end, block.end.saturating_sub(1)));
        let after = after.trim_start_matches(|it: char| it.is_whitespace() || it == ';');
        is_blank(before) && is_blank(after.strip_prefix("return;").unwrap_or(after))
    }
}

/// Whether an expression is a name, or a property of one.
fn is_plain_name(facts: &FileFacts, expr: ExprId) -> bool {
    match facts.expr(expr).kind {
        ExprKind::Local(id) => !matches!(facts.binding(id).kind, BindingKind::Import(..) | BindingKind::Function(_)),
        ExprKind::Member { object, .. } => is_plain_name(facts, object),
        _ => false,
    }
}

/// Whether a stretch mentions what a handler was given, or a name that says that something failed.
fn tells_of_error(facts: &FileFacts, span: Span, own: Option<FunctionId>) -> bool {
    facts.references(span).any(|it| {
        let it = facts.binding(it);
        let is_given = matches!(it.kind, BindingKind::Param(function, _) if Some(function) == own);
        is_given || it.kind == BindingKind::Catch || names_a_failure(facts.name(it.name))
    })
}

/// Whether a stretch calls anything.
pub(super) fn holds_call(facts: &FileFacts, span: Span) -> bool {
    facts.within(span).any(|(_, it)| matches!(it.kind, ExprKind::Call(_)))
}

/// Whether text holds nothing but spaces, semicolons and comments.
pub(super) fn is_blank(text: &str) -> bool {
    let mut rest = text.trim_start_matches(|it: char| it.is_whitespace() || it == ';');
    while !rest.is_empty() {
        let end = if rest.starts_with("//") {
            rest.find('\n').unwrap_or(rest.len())
        } else if rest.starts_with("/*") {
            rest.find("*/").map_or(rest.len(), |it| it + 2)
        } else {
            return false;
        };
        rest = rest[end..].trim_start_matches(|it: char| it.is_whitespace() || it == ';');
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_are_blank_and_code_is_not() {
        assert!(is_blank(" // a\n /* b */ ;\n"));
        assert!(!is_blank("/* a */ log()"));
    }
}
