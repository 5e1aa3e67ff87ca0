//! Calls of a loop's body that one of its rounds comes to, however many there are: the first one, or the one for a value that the
//! code spells out.
//!
//! What is compared has to be the element, its key or the number of its round: rows may share every other value.

use super::Project;
use super::iteration::{Iteration, IterationSource};
use crate::facts::{BindingId, BindingKind, CallId, ExprId, ExprKind, FileFacts, LoopForm, Operator, RegionKind};
use crate::source::Place;

impl Project {
    /// Why a call is come to for single values alone.
    pub(super) fn only_for(&self, iteration: &Iteration, facts: &FileFacts, call: CallId) -> Option<&'static str> {
        if self.is_in_case_of_element(iteration, facts, call) {
            return Some("each value has a `case` of its own");
        }
        self.is_for_one_value(iteration, facts, call).then_some("in the round of one value alone")
    }

    /// Whether a call stands in a `case` of a `switch` over the elements themselves, so that only one of them comes to it.
    fn is_in_case_of_element(&self, iteration: &Iteration, facts: &FileFacts, call: CallId) -> bool {
        let element = self.element_of(iteration);
        let mut inside = facts.regions_out(facts.call(call).region).take_while(|(id, _)| *id != iteration.region);
        inside.any(|(_, it)| match it.kind {
            RegionKind::Case { subject } => {
                let text = |span| self.text_of(Place { file: iteration.file, span });
                text(facts.expr(subject).span) == element && !text(it.span).trim_start().starts_with("default")
            }
            _ => false,
        })
    }

    /// Whether a call waits for the one element, or the one key of an object, that equals a constant.
    fn is_for_one_value(&self, iteration: &Iteration, facts: &FileFacts, call: CallId) -> bool {
        let is_value = |it: ExprId| match facts.expr(it).kind {
            ExprKind::Local(binding) => is_element_or_key(facts, iteration, binding),
            _ => false,
        };
        // `"email"`, `Claim.Email`, with what a module declares or imports.
        let is_constant = |it: ExprId| match facts.expr(it).kind {
            ExprKind::Str(_) => true,
            ExprKind::Member { object, .. } => match facts.expr(object).kind {
                ExprKind::Local(of) => facts.region(facts.binding(of).region).kind == RegionKind::Module,
                _ => false,
            },
            _ => false,
        };
        let equals = |test: ExprId| match facts.expr(test).kind {
            ExprKind::Binary(Operator::Equal, left, right) => {
                (is_value(left) && is_constant(right)) || (is_value(right) && is_constant(left))
            }
            _ => false,
        };
        let mut inside = facts.regions_out(facts.call(call).region).take_while(|(id, _)| *id != iteration.region);
        inside.any(|(_, it)| match it.kind {
            RegionKind::Then { test } => match facts.expr(test).kind {
                ExprKind::Binary(Operator::And, left, right) => equals(left) || equals(right),
                _ => equals(test),
            },
            _ => false,
        })
    }
}

/// Whether a name stands for the element itself, or for the key beside it: `[name, value]`.
fn is_element_or_key(facts: &FileFacts, iteration: &Iteration, binding: BindingId) -> bool {
    let it = facts.binding(binding);
    let is_whole = match &*it.path {
        [] => true,
        [first] => facts.name(*first) == "0",
        _ => false,
    };
    is_whole
        && match iteration.source {
            IterationSource::Loop(number) => {
                let of = &facts.loops[number as usize];
                of.subject.is_some() && of.head.contains(it.span)
            }
            IterationSource::Callback(_, function) => it.kind == BindingKind::Param(function, 0),
            IterationSource::Named(..) => false,
        }
}

/// `if (index === 0) …`, by the number of the round or what is counted from it.
pub(super) fn is_for_one_number(facts: &FileFacts, iteration: &Iteration, call: CallId) -> bool {
    let mut inside = facts.regions_out(facts.call(call).region).take_while(|(id, _)| *id != iteration.region);
    let counts = |binding: BindingId| {
        let it = facts.binding(binding);
        match iteration.source {
            IterationSource::Loop(number) => {
                let of = &facts.loops[number as usize];
                of.form == LoopForm::For && of.head.contains(it.span)
            }
            IterationSource::Callback(_, function) => it.kind == BindingKind::Param(function, 1),
            IterationSource::Named(..) => false,
        }
    };
    let is_number = |it: ExprId| match facts.expr(it).kind {
        ExprKind::Local(binding) => {
            let init = facts.binding(binding).init.filter(|_| facts.binding(binding).kind == BindingKind::Const);
            let counted = |it: ExprId| match facts.expr(it).kind {
                ExprKind::Binary(_, left, right) => {
                    let number = |it: ExprId| matches!(facts.expr(it).kind, ExprKind::Num(_));
                    let name = |it: ExprId| matches!(facts.expr(it).kind, ExprKind::Local(of) if counts(of));
                    name(left) && number(right)
                }
                _ => false,
            };
            counts(binding) || init.is_some_and(counted)
        }
        _ => false,
    };
    inside.any(|(_, it)| match it.kind {
        RegionKind::Then { test } => matches!(facts.expr(test).kind, ExprKind::Binary(Operator::Equal, left, right)
            if is_number(left) && matches!(facts.expr(right).kind, ExprKind::Num(_))),
        _ => false,
    })
}
