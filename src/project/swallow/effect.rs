//! Errors that a program of `effect` drops: `Effect.catchAll(() => Effect.void)`, `Effect.ignore`, `Effect.orElseSucceed(() => [])`.
//!
//! They are put on a pipe or around the effect. A handler that does more than succeed is none, and neither is one for a tag alone.

use super::super::callee::among;
use super::super::iteration::callee_name;
use super::super::void::is_literal;
use super::super::{Guarded, Left, Project, Swallow};
use crate::facts::{CallId, ExprId, ExprKind, FileFacts};
use crate::source::{FileId, Place, Span};

impl Project {
    /// A step of a pipe, or a call around an effect, that drops its errors.
    pub(super) fn recovered(&self, file: FileId, facts: &FileFacts, id: CallId) -> Vec<Swallow> {
        let Some((name, _)) = callee_name(facts, id) else { return Vec::new() };
        let call = facts.call(id);
        if name == "pipe" {
            let ignored = call.args.iter().filter(|it| member_of_effect(facts, **it) == Some("ignore"));
            let site = |it: &ExprId| {
                let span = facts.expr(*it).span;
                self.recovery(file, facts, id, piped(facts, id, span.start), span, (Left::Nothing, None))
            };
            return ignored.map(site).collect();
        }
        if !among("catchAll catchAllCause orElseSucceed", name) || member_of_effect(facts, call.callee) != Some(name) {
            return Vec::new();
        }
        let Some(left) = call.args.last().and_then(|it| self.recovers(file, facts, *it, name)) else {
            return Vec::new();
        };
        let (around, guarded) = match call.args[..] {
            [effect, _] => (id, facts.expr(effect).span),
            _ => match self.file(file).index.parents.get(&call.expr).map(|it| &facts.expr(*it).kind) {
                Some(ExprKind::Call(pipe)) => (*pipe, piped(facts, *pipe, call.span.start)),
                _ => return Vec::new(),
            },
        };
        // What was told on the way is not lost.
        let tells = |(it, _)| {
            callee_name(facts, it).is_some_and(|(name, _)| name.starts_with("tapE") || name.starts_with("log"))
        };
        if facts.calls().filter(|(_, it)| guarded.contains(it.span)).any(tells) {
            return Vec::new();
        }
        vec![self.recovery(file, facts, around, guarded, call.name_span, left)]
    }

    fn recovery(
        &self,
        file: FileId,
        facts: &FileFacts,
        around: CallId,
        guarded: Span,
        span: Span,
        (left, comment): (Left, Option<String>),
    ) -> Swallow {
        Swallow {
            file,
            place: Place { file, span },
            guarded: Guarded::Effect(guarded, around),
            left,
            comment,
            span: facts.call(around).span,
        }
    }

    /// What a handler succeeds with, if that is all it does.
    fn recovers(&self, file: FileId, facts: &FileFacts, handler: ExprId, name: &str) -> Option<(Left, Option<String>)> {
        let ExprKind::Function(id) = facts.expr(handler).kind else { return None };
        let comment = facts.function(id).comment.map(|it| facts.name(it).to_owned());
        let returns = self.file(file).index.returns.get(&id)?;
        let ([value], None) = (
            &returns[..],
            facts.calls().find(|(_, it)| {
                self.file(file).index.owner(it.region) == Some(id)
                    && !returns.iter().any(|of| facts.expr(*of).span.contains(it.span))
            }),
        ) else {
            return None;
        };
        let left = match (name, &facts.expr(*value).kind) {
            ("orElseSucceed", _) => left_as(facts, *value),
            (_, ExprKind::Call(call)) if member_of_effect(facts, facts.call(*call).callee) == Some("succeed") => {
                match facts.call(*call).args[..] {
                    [value] => left_as(facts, value),
                    _ => None,
                }
            }
            _ => among("void succeedNone", member_of_effect(facts, *value)?).then_some(Left::Nothing),
        };
        Some((left?, comment))
    }
}

/// What a pipe puts its steps on, as far as one of them: the stretch before that, or what the name of an effect was made with.
fn piped(facts: &FileFacts, pipe: CallId, end: u32) -> Span {
    let call = facts.call(pipe);
    let made = match facts.expr(call.callee).kind {
        ExprKind::Member { object, .. } => match facts.expr(object).kind {
            ExprKind::Local(id) => facts.binding(id).init,
            _ => None,
        },
        _ => None,
    };
    made.map_or(Span::new(call.span.start, end), |it| facts.expr(it).span)
}

/// What a value leaves that is the same whatever failed.
fn left_as(facts: &FileFacts, value: ExprId) -> Option<Left> {
    match facts.expr(value).kind {
        ExprKind::Undefined => Some(Left::Nothing),
        _ => is_literal(facts, value).then_some(Left::Returned(Some(value))),
    }
}

/// The member of `Effect` that an expression is.
fn member_of_effect(facts: &FileFacts, expr: ExprId) -> Option<&str> {
    let ExprKind::Member { object, property } = facts.expr(expr).kind else { return None };
    let name = match facts.expr(object).kind {
        ExprKind::Local(id) => facts.name(facts.binding(id).name),
        _ => return None,
    };
    (name == "Effect").then(|| facts.name(property))
}
