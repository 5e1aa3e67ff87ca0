//! Latches: what keeps a function from doing its work a second time.
//!
//! A guard is a condition on something that outlives the function and that the function sets: `if (started) return;`,
//! `if (!this.handler) …`, `if (seen.has(name)) return;`. A ref guards one mount only and is no guard here.

use super::Project;
use super::iteration::callee_name;
use crate::facts::{BindingKind, ExprId, ExprKind, FileFacts, FunctionId, JumpKind, RegionId, RegionKind};
use crate::source::{FileId, Span};

impl Project {
    /// Whether something that outlives the function keeps it from going on a second time.
    pub(super) fn is_guarded(
        &self,
        file: FileId,
        facts: &FileFacts,
        function: FunctionId,
        region: RegionId,
        span: Span,
    ) -> bool {
        let body = facts.function(function).span;
        let mut tests = self.tests_before(file, facts, function, (region, span)).into_iter();
        tests.any(|test| self.lasting_in(file, facts, test).iter().any(|it| self.is_set_in(file, facts, it, body)))
    }

    /// The conditions under which a function does not come to a place, or only comes there.
    pub(super) fn tests_before(
        &self,
        file: FileId,
        facts: &FileFacts,
        function: FunctionId,
        (region, span): (RegionId, Span),
    ) -> Vec<Span> {
        let body = facts.function(function).span;
        let index = &self.file(file).index;
        let leaves = facts.jumps.iter().filter(|it| {
            it.kind == JumpKind::Return && it.span.end <= span.start && index.owner(it.region) == Some(function)
        });
        let inside = facts.regions_out(region).take_while(|it| body.contains(it.1.span)).map(|it| it.0);
        let tests = leaves.map(|it| it.region).chain(inside).filter_map(|it| match facts.region(it).kind {
            RegionKind::Then { test } | RegionKind::Branch { test } => Some(facts.expr(test).span),
            _ => None,
        });
        tests.collect()
    }

    /// The names in a test that outlive the function: those of the module, fields, and properties of the global object.
    fn lasting_in(&self, file: FileId, facts: &FileFacts, test: Span) -> Vec<String> {
        let inside = facts.exprs.iter().enumerate().filter(|(_, it)| test.contains(it.span));
        let lasting = inside.filter(|(_, it)| match it.kind {
            ExprKind::Local(binding) => {
                let binding = facts.binding(binding);
                let is_variable = matches!(binding.kind, BindingKind::Let | BindingKind::Var | BindingKind::Const);
                is_variable && facts.function_of(binding.region).is_none()
            }
            ExprKind::Member { object, .. } => {
                matches!(facts.expr(object).kind, ExprKind::This | ExprKind::Global(_) | ExprKind::Local(_))
            }
            _ => false,
        });
        lasting.map(|(at, _)| self.key(file, ExprId(at as u32))).filter(|it| !it.ends_with(".current")).collect()
    }

    /// Whether a function writes to what a key names, or adds to it.
    fn is_set_in(&self, file: FileId, facts: &FileFacts, key: &str, body: Span) -> bool {
        let writes = facts.assignments.iter().filter(|it| body.contains(facts.expr(it.target).span));
        let mut targets = writes.map(|it| it.target);
        let adds = facts.calls().filter(|(_, it)| body.contains(it.span)).filter_map(|(id, _)| callee_name(facts, id));
        let mut kept = adds.filter(|(name, _)| matches!(*name, "add" | "set" | "push")).filter_map(|it| it.1);
        let is_key = |expr: ExprId| match facts.expr(expr).kind {
            ExprKind::Local(binding) => key == format!("b{}", binding.0) || self.key(file, expr) == key,
            _ => self.key(file, expr) == key,
        };
        targets.any(is_key) || kept.any(is_key)
    }
}
