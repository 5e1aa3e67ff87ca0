//! Whether what a condition or a limit depends on is given at all: a caller that leaves an optional argument out reads without it.
//!
//! Only calls that show it count; what a request may leave out is not concluded from a type.

use super::super::definition::entry;
use super::super::{Amount, Project};
use super::filter::Filters;
use super::handed::Through;
use crate::facts::{BindingId, BindingKind, CallId, ExprId, ExprKind, FileFacts, FunctionId, Operator};
use crate::source::{FileId, Place};

/// Through so many functions an argument is followed that is only handed on.
const STEPS: u32 = 4;

/// What a question carries along.
#[derive(Debug, Clone, Copy)]
struct Trail<'t> {
    steps: u32,
    through: Through<'t>,
}

/// A call that leaves an optional argument out, or hands in nothing that bounds the read.
#[derive(Debug, Clone, PartialEq)]
pub struct LeftOut {
    /// The call.
    pub call: (FileId, CallId),
    /// Where it stands.
    pub place: Place,
    /// What it does not give; `None` where what it gives bounds nothing.
    pub name: Option<Box<str>>,
}

impl Project {
    /// The calls that leave out what a name or property stands for; of functions that the question came through, only the calls
    /// that it took.
    pub(super) fn left_out(&self, file: FileId, expr: ExprId, through: Through<'_>) -> Vec<LeftOut> {
        self.deeper(|| self.not_given(file, expr, &[], Trail { steps: STEPS, through })).unwrap_or_default()
    }

    fn not_given(&self, file: FileId, expr: ExprId, path: &[&str], trail: Trail<'_>) -> Vec<LeftOut> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        match facts.expr(expr).kind {
            ExprKind::Local(binding) => self.binding_not_given(file, binding, path, trail),
            ExprKind::Member { object, property } => {
                let path: Vec<&str> = std::iter::once(facts.name(property)).chain(path.iter().copied()).collect();
                self.not_given(file, object, &path, trail)
            }
            // `limit || undefined`, `limit ? limit : undefined`
            ExprKind::Binary(Operator::Or | Operator::Coalesce, it, other) if facts.is_nothing(other) => {
                self.not_given(file, it, path, trail)
            }
            ExprKind::Cond { yes: it, no: other, .. } | ExprKind::Cond { yes: other, no: it, .. }
                if facts.is_nothing(other) =>
            {
                self.not_given(file, it, path, trail)
            }
            _ => Vec::new(),
        }
    }

    fn binding_not_given(&self, file: FileId, id: BindingId, path: &[&str], trail: Trail<'_>) -> Vec<LeftOut> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let binding = facts.binding(id);
        if is_filled(facts, binding.default)
            || binding.element_of.is_some()
            || self.file(file).index.writes.contains_key(&id)
        {
            return Vec::new();
        }
        let whole: Vec<&str> = binding.path.iter().map(|it| facts.name(*it)).chain(path.iter().copied()).collect();
        match binding.kind {
            BindingKind::Param(function, position) => self.param_not_given(file, (function, position), &whole, trail),
            BindingKind::Const | BindingKind::Let | BindingKind::Var => {
                binding.init.map_or_else(Vec::new, |it| self.not_given(file, it, &whole, trail))
            }
            _ => Vec::new(),
        }
    }

    fn param_not_given(
        &self,
        file: FileId,
        (function, position): (FunctionId, u32),
        path: &[&str],
        trail: Trail<'_>,
    ) -> Vec<LeftOut> {
        let (Some(facts), Some(steps)) = (self.facts(file), trail.steps.checked_sub(1)) else { return Vec::new() };
        let trail = Trail { steps, ..trail };
        let Some(param) = facts.function(function).params.get(position as usize) else { return Vec::new() };
        if path.is_empty() && is_filled(facts, param.default) {
            return Vec::new();
        }
        let name = path.last().map_or_else(|| self.text_of(self.place_of(file, param.pattern)), |it| *it);
        let name = name.split([':', '?', ' ']).next().unwrap_or(name);
        let taken = trail.through.iter().rev().find(|(it, _)| *it == (file, function)).map(|(_, call)| vec![*call]);
        let calls = taken.unwrap_or_else(|| self.callers(file, function));
        let calls = calls.into_iter().filter(|(from, _)| self.file(*from).is_audited);
        calls.flat_map(|(from, call)| self.call_not_giving(from, call, position as usize, path, name, trail)).collect()
    }

    /// One call, if it leaves out what stands under a path of an argument, or the calls that make it do so.
    fn call_not_giving(
        &self,
        file: FileId,
        call: CallId,
        position: usize,
        path: &[&str],
        name: &str,
        trail: Trail<'_>,
    ) -> Vec<LeftOut> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let args = &facts.call(call).args;
        let is_open = || args.iter().any(|it| matches!(facts.expr(*it).kind, ExprKind::Spread(_)));
        let here = || vec![LeftOut { call: (file, call), place: self.anchor_of(file, call), name: Some(name.into()) }];
        match (args.get(position), path) {
            (None, _) if is_open() => Vec::new(),
            (None, _) => here(),
            (Some(&given), []) if facts.is_nothing(given) => here(),
            (Some(&given), [only]) => match entry(facts, given, only) {
                Some(it) if facts.is_nothing(it) => here(),
                Some(it) => self.not_given(file, it, &[], trail),
                None if self.lacks(file, given, path) => here(),
                None => self.not_given(file, given, path, trail),
            },
            (Some(&given), _) => self.not_given(file, given, path, trail),
        }
    }

    /// The calls that leave out the number of a limit, so that there is none.
    pub(super) fn limit_left_out(&self, file: FileId, expr: ExprId, through: Through<'_>) -> Vec<LeftOut> {
        let left = self.left_out(file, expr, through);
        // A default further on bounds it all the same.
        if !left.is_empty() && matches!(self.amount(file, expr), Amount::AtMost(_)) { Vec::new() } else { left }
    }
}

/// Whether a default stands for something: `limit = null` leaves the argument out all the same.
fn is_filled(facts: &FileFacts, default: Option<ExprId>) -> bool {
    default.is_some_and(|it| !facts.is_nothing(it))
}

impl Filters {
    /// Goes on with what holds for some calls; where no call leaves out all that was assumed, that is not shown.
    pub(super) fn assume(&mut self, left: Vec<LeftOut>) {
        let both = match self.left_out.take() {
            Some(before) => before.into_iter().filter(|it| left.iter().any(|other| other.place == it.place)).collect(),
            None => left,
        };
        if both.is_empty() {
            self.unclear = Some("its callers give one condition or the other");
        }
        self.left_out = Some(both).filter(|it| !it.is_empty());
    }
}
