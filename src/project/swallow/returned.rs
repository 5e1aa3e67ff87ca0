//! Errors that come back as a value and that nobody looks at: a client that answers `{ data, error }` throws nothing.
//!
//! Only answers that are taken apart where they are asked for are looked at. One that is handed on, or whose error is read for
//! anything but a test, is none; neither is one behind `throwOnError()`.

use super::super::callee::among;
use super::super::chain::ChainLink;
use super::super::iteration::callee_name;
use super::super::void::is_literal;
use super::super::{Guarded, Left, Project, Query, Swallow};
use super::leaving::is_blank;
use crate::facts::{
    BindingId, CallId, ExprId, ExprKind, FileFacts, Jump, JumpKind, Operator, Region, RegionId, RegionKind,
};
use crate::source::{FileId, Place, Span};

/// What becomes of an error that was returned.
enum Fate {
    /// Nobody looks.
    Unread,
    /// A test on it leaves a literal, and says nothing.
    Tested(ExprId, Option<ExprId>, Option<String>),
}

impl Project {
    /// A call that returns its error to nobody.
    pub(super) fn unread(&self, file: FileId, facts: &FileFacts, id: CallId) -> Option<Swallow> {
        let query = self.query_at(file, id).filter(|it| it.library.returns_errors)?;
        if throws(facts, &query) {
            return None;
        }
        let whole = self.awaited_whole(file, facts, facts.call(id).expr);
        let fate = self.fate(file, facts, whole)?;
        let (span, left, comment) = match fate {
            Fate::Unread => (facts.call(id).name_span, Left::Unread(None), None),
            Fate::Tested(test, value, comment) => (facts.expr(test).span, Left::Unread(Some(value)), comment),
        };
        Some(Swallow {
            file,
            place: Place { file, span },
            guarded: Guarded::Promise(query.head, id),
            left,
            comment,
            span: facts.expr(whole).span,
        })
    }

    /// What becomes of the error in an answer; `None` where somebody may look at it.
    fn fate(&self, file: FileId, facts: &FileFacts, whole: ExprId) -> Option<Fate> {
        let parents = &self.file(file).index.parents;
        if self.is_returned(file, facts, whole) {
            return None;
        }
        let (whole, position) = self.in_a_list(file, facts, whole);
        let names: Vec<BindingId> = (0..facts.bindings.len() as u32)
            .map(BindingId)
            .filter(|it| facts.binding(*it).init == Some(whole))
            .filter(|it| position.is_none_or(|at| takes_element(facts, *it, at)))
            .collect();
        if names.is_empty() {
            return match parents.get(&whole).map(|it| &facts.expr(*it).kind) {
                None if position.is_none() => Some(Fate::Unread),
                Some(ExprKind::Member { property, .. }) if reads_answer(facts.name(*property)) => Some(Fate::Unread),
                _ => None,
            };
        }
        let depth = usize::from(position.is_some());
        let mut errors = Vec::new();
        for name in names {
            match facts.binding(name).path.get(depth).map(|it| facts.name(*it)) {
                Some("error") => errors.extend(mentions(facts, name)),
                Some("...") => return None,
                Some(_) => {}
                None => errors.extend(self.errors_read(file, facts, name)?),
            }
        }
        self.fate_of_errors(file, facts, &errors)
    }

    /// The list that is waited for together, where an answer is one of it, and its place there.
    fn in_a_list(&self, file: FileId, facts: &FileFacts, whole: ExprId) -> (ExprId, Option<usize>) {
        match self.waited_among(file, facts, whole) {
            Some((parts, all)) => (self.awaited_whole(file, facts, all), parts.iter().position(|it| *it == whole)),
            None => (whole, None),
        }
    }

    /// Where the error of a named answer is read; `None` where the answer is handed on.
    fn errors_read(&self, file: FileId, facts: &FileFacts, name: BindingId) -> Option<Vec<ExprId>> {
        let mut errors = Vec::new();
        for mention in mentions(facts, name) {
            let parent = *self.file(file).index.parents.get(&mention)?;
            match facts.expr(parent).kind {
                ExprKind::Member { property, .. } if facts.name(property) == "error" => errors.push(parent),
                ExprKind::Member { property, .. } if reads_answer(facts.name(property)) => {}
                _ => return None,
            }
        }
        Some(errors)
    }

    fn fate_of_errors(&self, file: FileId, facts: &FileFacts, errors: &[ExprId]) -> Option<Fate> {
        let mut fate = Fate::Unread;
        for error in errors {
            let (test, is_negated) = self.tested(file, facts, *error)?;
            let branches: Vec<(RegionId, &Region)> = facts
                .regions
                .iter()
                .enumerate()
                .filter(|(_, it)| matches!(it.kind, RegionKind::Then { test: of } | RegionKind::Else { test: of } if of == test))
                .map(|(at, it)| (RegionId(at as u32), it))
                .collect();
            let [(branch, then)] = branches[..] else { return None };
            let leaves = || facts.jumps.iter().any(|it| facts.is_inside(it.region, branch));
            match is_negated {
                // Who counts what succeeded knows what did not.
                true if !leaves() && !counts(self.text_of(Place { file, span: then.span })) => {}
                true => return None,
                false => {
                    let (value, comment) = self.sole_literal(file, facts, branch, then.span)?;
                    fate = Fate::Tested(test, value, comment);
                }
            }
        }
        Some(fate)
    }

    /// The whole test that an expression is part of, and whether it asks that there is none.
    fn tested(&self, file: FileId, facts: &FileFacts, error: ExprId) -> Option<(ExprId, bool)> {
        let (mut at, mut is_negated) = (error, false);
        while let Some(&parent) = self.file(file).index.parents.get(&at) {
            match facts.expr(parent).kind {
                ExprKind::Unary(Operator::Not, _) => is_negated = !is_negated,
                ExprKind::Binary(Operator::And, ..) if is_negated => {}
                ExprKind::Binary(Operator::Or, ..) if !is_negated => {}
                _ => return None,
            }
            at = parent;
        }
        Some((at, is_negated))
    }

    /// The literal that a branch returns, if that is all it does, and what a comment before it says.
    fn sole_literal(
        &self,
        file: FileId,
        facts: &FileFacts,
        branch: RegionId,
        span: Span,
    ) -> Option<(Option<ExprId>, Option<String>)> {
        let text = |span: Span| self.text_of(Place { file, span }).trim_matches(['{', '}']);
        let is_sole = |it: &&Jump| {
            it.region == branch
                && is_blank(text(Span::new(span.start, it.span.start)))
                && is_blank(text(Span::new(it.span.end, span.end)))
        };
        let jump = facts.jumps.iter().find(is_sole)?;
        let is_void = jump.value.is_none_or(|it| is_literal(facts, it));
        let said = text(Span::new(span.start, jump.span.start)).trim();
        let comment = (!said.is_empty()).then(|| said.trim_start_matches(['/', '*', ' ']).to_owned());
        // Who goes on with the next may come back to this one.
        (jump.kind == JumpKind::Return && is_void).then_some((jump.value, comment))
    }

    /// Whether an error that was returned is that of somebody who shows who they are: without an answer there is nobody.
    #[must_use]
    pub fn asks_who_it_is(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Promise(head, _)) = (self.facts(site.file), site.guarded) else { return false };
        facts
            .within(facts.expr(head).span)
            .any(|(_, it)| matches!(it.kind, ExprKind::Member { property, .. } if facts.name(property) == "auth"))
    }
}

/// Whether a chain asks for errors to be thrown, or goes on with a handler of its own.
fn throws(facts: &FileFacts, query: &Query) -> bool {
    let named = |name: &str| among("throwOnError then catch finally", name);
    query.chained.links.iter().any(|it| match it {
        ChainLink::Call(id) => callee_name(facts, *id).is_some_and(|(name, _)| named(name)),
        _ => false,
    })
}

/// Whether a branch counts.
fn counts(branch: &str) -> bool {
    branch.contains("++") || branch.contains("+=")
}

fn reads_answer(property: &str) -> bool {
    among("data count", property)
}

fn takes_element(facts: &FileFacts, binding: BindingId, position: usize) -> bool {
    facts.binding(binding).path.first().is_some_and(|it| facts.name(*it).parse() == Ok(position))
}

fn mentions(facts: &FileFacts, name: BindingId) -> impl Iterator<Item = ExprId> {
    let declared = facts.binding(name).span.end;
    let all = facts.exprs.iter().enumerate();
    all.filter(move |(_, it)| it.kind == ExprKind::Local(name) && it.span.start >= declared)
        .map(|(at, _)| ExprId(at as u32))
}
