//! Conditions of which one holds, and which one only the running program knows: the arms of `?:`, the returns of a function.
//!
//! Where all narrow or none does, that is so whichever holds; where only some do, nothing is concluded.

use super::super::{Project, Value};
use super::filter::{Filters, Narrow, Operand};
use super::given::LeftOut;
use crate::catalog::Test;
use crate::facts::{BindingKind, CallId, ExprId, ExprKind, FileFacts, Operator};
use crate::source::FileId;

impl Project {
    /// Adds what holds whichever of some conditions does.
    pub(super) fn read_choice(&self, file: FileId, choices: &[ExprId], steps: u32, found: &mut Filters) {
        let branches = choices.iter().map(|it| {
            let mut branch = found.branch();
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
        let mut branch = found.branch();
        self.read_condition(file, condition, steps, &mut branch);
        found.unclear = match branch.unclear {
            None if branch.narrows() => Some("what it asks for depends on a condition"),
            unclear => unclear.or(found.unclear),
        };
    }

    /// The calls for which a test fails, because they leave out what is tested; and whether the test is the opposite: `!owner`.
    fn decided(&self, file: FileId, test: ExprId, found: &Filters) -> (Vec<LeftOut>, bool) {
        let inner = self.facts(file).map(|it| &it.expr(test).kind);
        match inner {
            Some(ExprKind::Unary(Operator::Not, inner)) => (self.left_out(file, *inner, &found.through), true),
            _ => (self.left_out(file, test, &found.through), false),
        }
    }

    /// `exists(db.select().from(members).where(eq(members.user, user)))`: what narrows the rows there narrows those here.
    pub(super) fn read_exists(&self, file: FileId, args: &[ExprId], found: &mut Filters) {
        let query = args.first().map(|it| self.definition(file, *it, 8).unwrap_or((file, *it)));
        let Some(chained) = query.and_then(|(at, it)| Some((at, self.chain(at, it)?))) else {
            return found.push("", Test::Range, Operand::Fixed, true);
        };
        let within = self.filters_of(&[chained], &found.through);
        let kept = within.narrow.into_iter().filter(|it| !self.is_joined(it.value));
        found.narrow.extend(kept.map(|it| Narrow { related: true, ..it }));
        found.push("", Test::Range, Operand::Fixed, true);
    }

    /// Whether what a column is compared with is a column of the query around it: the parameter of a condition that is no
    /// argument of a call, `where: (team) => exists(…)`.
    fn is_joined(&self, value: Operand) -> bool {
        let Operand::Varies(Some((file, expr))) = value else { return false };
        let Some(facts) = self.facts(file) else { return false };
        let ExprKind::Member { object, .. } = facts.expr(expr).kind else { return false };
        let ExprKind::Local(binding) = facts.expr(object).kind else { return false };
        match facts.binding(binding).kind {
            BindingKind::Param(function, 0) => {
                !self.file(file).index.uses.contains_key(&function) && !facts.function(function).is_async
            }
            _ => false,
        }
    }

    /// What a function of the code base puts together.
    pub(super) fn read_made(&self, file: FileId, call: CallId, callee: ExprId, steps: u32, found: &mut Filters) {
        // What only puts conditions together lies where no store is near.
        let Some(Value::Function(at, function)) = self.deeper(|| self.value(file, callee)) else {
            found.unclear = Some("the condition is put together elsewhere");
            return;
        };
        if self.gives_nothing(at, function) {
            found.unclear = Some("the condition is put together elsewhere");
        }
        found.through.push(((at, function), (file, call)));
        self.read_returned(at, function, steps, found);
        found.through.pop();
    }

    /// The two sides of `?:`, or what stands behind `&&`; `None` for any other expression.
    pub(super) fn read_conditional(&self, file: FileId, expr: ExprId, steps: u32, found: &mut Filters) -> Option<()> {
        match self.facts(file)?.expr(expr).kind {
            ExprKind::Cond { test, yes, no } => {
                let (left, is_negated) = self.decided(file, test, found);
                if left.is_empty() {
                    self.read_choice(file, &[yes, no], steps, found);
                } else {
                    found.assume(left);
                    self.read_condition(file, if is_negated { yes } else { no }, steps, found);
                }
            }
            ExprKind::Binary(Operator::And, test, right) => match self.decided(file, test, found) {
                (left, false) if !left.is_empty() => found.assume(left),
                _ => self.read_optional(file, right, steps, found),
            },
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
