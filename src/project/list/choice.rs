//! Conditions of which one holds, and which one only the running program knows: the arms of `?:`, the returns of a function.
//!
//! Where all narrow or none does, that is so whichever holds; where only some do, nothing is concluded.

use super::super::Project;
use super::filter::{Filters, Operand};
use crate::facts::{ExprId, ExprKind, FileFacts, Operator};
use crate::source::FileId;

impl Project {
    /// Adds what holds whichever of some conditions does.
    pub(super) fn read_choice(&self, file: FileId, choices: &[ExprId], steps: u32, found: &mut Filters) {
        let branches = choices.iter().map(|it| {
            let mut branch = Filters::default();
            self.read_condition(file, *it, steps, &mut branch);
            branch
        });
        let branches: Vec<Filters> = branches.collect();
        let narrowing = branches.iter().filter(|it| it.narrows()).count();
        if narrowing == branches.len() {
            found.join(branches);
        } else if narrowing > 0 {
            found.unclear = Some("what it asks for depends on a condition");
        } else {
            found.unclear = branches.iter().find_map(|it| it.unclear).or(found.unclear);
        }
    }

    /// `a && { … }`: it holds, or nothing is asked for.
    pub(super) fn read_optional(&self, file: FileId, condition: ExprId, steps: u32, found: &mut Filters) {
        let mut branch = Filters::default();
        self.read_condition(file, condition, steps, &mut branch);
        found.unclear = match branch.unclear {
            None if branch.narrows() => Some("what it asks for depends on a condition"),
            unclear => unclear.or(found.unclear),
        };
    }

    /// The two sides of `?:`, or what stands behind `&&`; `None` for any other expression.
    pub(super) fn read_conditional(&self, file: FileId, expr: ExprId, steps: u32, found: &mut Filters) -> Option<()> {
        match self.facts(file)?.expr(expr).kind {
            ExprKind::Cond { yes, no, .. } => self.read_choice(file, &[yes, no], steps, found),
            ExprKind::Binary(Operator::And, _, right) => self.read_optional(file, right, steps, found),
            _ => return None,
        }
        Some(())
    }
}

impl Filters {
    /// Whether a row has to have a value that is another one each time.
    fn narrows(&self) -> bool {
        self.narrow.iter().any(|it| matches!(it.value, Operand::Varies(_)))
    }
}

/// Whether a value may be `undefined`, as far as its own form says.
pub(super) fn may_be_undefined(facts: &FileFacts, expr: ExprId) -> bool {
    let is = |it: ExprId| facts.expr(it).kind == ExprKind::Undefined;
    match facts.expr(expr).kind {
        ExprKind::Binary(Operator::Or | Operator::Coalesce, _, right) => is(right),
        ExprKind::Cond { yes, no, .. } => is(yes) || is(no),
        _ => false,
    }
}
