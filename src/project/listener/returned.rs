//! The functions that a function hands back: how effects give their cleanup, and others their remover.
//!
//! Only functions of the same file are told apart. What a call makes of the functions that it is given counts as them.

use super::release::Scene;
use crate::facts::{BindingKind, ExprId, ExprKind, FunctionId, JumpKind, RegionId};

/// A function that an effect returns, and where it does.
pub(super) struct Return {
    pub(super) region: RegionId,
    /// Where the statement starts; 0 for the value of an arrow.
    pub(super) start: u32,
    pub(super) functions: Vec<FunctionId>,
}

impl Scene<'_> {
    /// What a function returns, as the functions that each return hands over.
    pub(super) fn returns(&self, function: FunctionId) -> Vec<Return> {
        let it = self.facts.function(function);
        let hand = |region, start, value| Return { region, start, functions: self.functions_in(value, 4) };
        let index = &self.project.file(self.file).index;
        let jumps = self
            .facts
            .jumps
            .iter()
            .filter(|it| it.kind == JumpKind::Return && index.owner(it.region) == Some(function));
        let statements = jumps.filter_map(|jump| Some(hand(jump.region, jump.span.start, jump.value?)));
        it.value.map(|value| hand(it.body, 0, value)).into_iter().chain(statements).collect()
    }

    /// The functions that an expression is, holds or is made from.
    fn functions_in(&self, expr: ExprId, depth: u32) -> Vec<FunctionId> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let all = |exprs: &[ExprId]| exprs.iter().flat_map(|it| self.functions_in(*it, depth)).collect();
        match &self.facts.expr(expr).kind {
            ExprKind::Function(id) => vec![*id],
            ExprKind::Local(binding) => {
                let own = self.project.function_of(self.file, expr).filter(|it| it.0 == self.file).map(|it| it.1);
                let init = self
                    .facts
                    .binding(*binding)
                    .init
                    .filter(|_| self.facts.binding(*binding).kind == BindingKind::Const);
                own.map_or_else(|| init.map_or_else(Vec::new, |it| self.functions_in(it, depth)), |it| vec![it])
            }
            ExprKind::Member { .. } => {
                let own = self.project.function_of(self.file, expr).filter(|it| it.0 == self.file);
                own.into_iter().map(|it| it.1).collect()
            }
            ExprKind::Call(call) => all(&self.facts.call(*call).args),
            ExprKind::Cond { yes, no, .. } => all(&[*yes, *no]),
            ExprKind::Binary(_, left, right) => all(&[*left, *right]),
            ExprKind::Array(items) => all(items),
            ExprKind::Object(props) => props.iter().flat_map(|it| self.functions_in(it.value, depth)).collect(),
            _ => Vec::new(),
        }
    }

    /// Every function of the file that runs when an owner ends.
    pub(super) fn all_cleanups(&self) -> Vec<FunctionId> {
        let returned = self.effects.iter().flat_map(|it| self.returns(*it)).flat_map(|it| it.functions);
        let handed = self.facts.calls().filter(|(id, _)| crate::project::framework::is_end_hook(self.facts, *id));
        let handed = handed.flat_map(|(_, call)| call.args.iter().flat_map(|it| self.functions_in(*it, 2)));
        returned.chain(handed).collect()
    }
}
