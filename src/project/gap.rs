//! What a test comes to where a default stands in place of an answer: whether the branch behind it is for the missing answer.
//!
//! Only the shape of the test is read. Calls in it, and comparisons with what is not written out, are left open.

use super::callee::among;
use crate::facts::{BindingId, ExprId, ExprKind, FileFacts, Operator, RegionId, RegionKind};

/// Names that hold either an answer or a default.
pub(super) struct Gap<'p> {
    /// The file.
    pub(super) facts: &'p FileFacts,
    /// The names.
    pub(super) names: &'p [BindingId],
    /// The default, where it is written out; nothing is `undefined`.
    pub(super) stands: Option<ExprId>,
}

impl Gap<'_> {
    /// Whether a test holds where there is no answer; `None` where its shape does not say.
    pub(super) fn comes_to(&self, test: ExprId) -> Option<bool> {
        match self.facts.expr(test).kind {
            ExprKind::Local(id) if self.names.contains(&id) => self.whole(),
            ExprKind::Member { .. } | ExprKind::Index { .. } if self.is_inside(test) => Some(false),
            ExprKind::Unary(Operator::Not, inner) => self.comes_to(inner).map(|it| !it),
            ExprKind::Binary(Operator::And, left, right) => match (self.comes_to(left), self.comes_to(right)) {
                (Some(false), _) | (_, Some(false)) => Some(false),
                (Some(true), Some(true)) => Some(true),
                _ => None,
            },
            ExprKind::Binary(Operator::Or, left, right) => match (self.comes_to(left), self.comes_to(right)) {
                (Some(true), _) | (_, Some(true)) => Some(true),
                (Some(false), Some(false)) => Some(false),
                _ => None,
            },
            ExprKind::Binary(Operator::Equal, left, right) => self.equals(left, right),
            ExprKind::Binary(Operator::Unequal, left, right) => self.equals(left, right).map(|it| !it),
            ExprKind::Binary(Operator::Compare, left, right) => {
                let counts = |it: ExprId| matches!(self.facts.expr(it).kind, ExprKind::Member { property, .. } if among("length size", self.facts.name(property)));
                let reads = [left, right].into_iter().find(|it| self.is_inside(*it))?;
                (!counts(reads)).then_some(false)
            }
            _ => None,
        }
    }

    /// Whether a test weighs what an answer says, and not only whether there is one.
    pub(super) fn compares(&self, test: ExprId) -> bool {
        self.facts
            .within(self.facts.expr(test).span)
            .any(|(_, it)| matches!(it.kind, ExprKind::Binary(Operator::Compare, ..)))
    }

    /// Whether a branch lies within one that is for an answer that is there.
    pub(super) fn needs_answer(&self, branch: RegionId) -> bool {
        self.facts.regions_out(branch).skip(1).any(|(_, it)| match it.kind {
            RegionKind::Then { test } => self.comes_to(test) == Some(false),
            _ => false,
        })
    }

    /// Whether the default itself counts as true.
    fn whole(&self) -> Option<bool> {
        match self.stands.map(|it| &self.facts.expr(it).kind) {
            None | Some(ExprKind::Null | ExprKind::Undefined | ExprKind::Bool(false)) => Some(false),
            Some(ExprKind::Bool(true) | ExprKind::Array(_) | ExprKind::Object(_)) => Some(true),
            Some(ExprKind::Num(number)) => Some(*number != 0.0),
            Some(ExprKind::Str(text)) => Some(!self.facts.name(*text).is_empty()),
            Some(ExprKind::Global(name)) if self.facts.name(*name) == "undefined" => Some(false),
            Some(_) => None,
        }
    }

    /// Whether an expression is read from what a name holds.
    fn is_inside(&self, expr: ExprId) -> bool {
        match self.facts.expr(expr).kind {
            ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => {
                matches!(self.facts.expr(object).kind, ExprKind::Local(id) if self.names.contains(&id))
                    || self.is_inside(object)
            }
            _ => false,
        }
    }

    fn equals(&self, left: ExprId, right: ExprId) -> Option<bool> {
        let is_name = |it: ExprId| matches!(self.facts.expr(it).kind, ExprKind::Local(id) if self.names.contains(&id));
        let (read, other) = if is_name(left) || self.is_inside(left) { (left, right) } else { (right, left) };
        if !is_name(read) && !self.is_inside(read) {
            return None;
        }
        match (&self.facts.expr(other).kind, self.comes_to(read)) {
            (ExprKind::Null | ExprKind::Undefined | ExprKind::Bool(false), Some(holds)) => Some(!holds),
            (ExprKind::Global(name), Some(holds)) if self.facts.name(*name) == "undefined" => Some(!holds),
            (ExprKind::Str(text), Some(false)) if !self.facts.name(*text).is_empty() => Some(false),
            (ExprKind::Bool(true), Some(holds)) => Some(holds),
            _ => None,
        }
    }
}
