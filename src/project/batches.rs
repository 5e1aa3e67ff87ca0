//! Sets that are put together and handled whole, and names that only sound like it.

use super::iteration::{Iteration, callee_name};
use super::{Project, Value};
use crate::facts::{CallId, ExprId, ExprKind, FileFacts};
use crate::source::{FileId, Place};

impl Project {
    /// Whether a value is plain rows, whatever it is called: what a query reads, or what a function gives that cuts nothing.
    pub(super) fn gives_rows(&self, file: FileId, facts: &FileFacts, value: ExprId) -> bool {
        const CUTTING: &[&str] = &["slice", "splice", "chunk", "yield", "push", "subarray", "Array.from", "reduce"];
        let ExprKind::Call(call) = facts.expr(plain(facts, value)).kind else { return false };
        if self.leads_to_query(file, call).is_some_and(|it| it.hops.is_empty()) {
            return true;
        }
        let Value::Function(at, function) = self.value(file, facts.call(call).callee) else { return false };
        let Some(facts) = self.facts(at) else { return false };
        let body = self.text_of(Place { file: at, span: facts.function(function).body_span });
        !CUTTING.iter().any(|it| body.contains(it))
    }

    /// Whether a call is handed a list that its round puts together element by element, and nothing else of that round: one round
    /// trip for all of them. A list beside the row that it belongs to is one row's.
    #[must_use]
    pub fn is_given_a_set(&self, iteration: &Iteration, call: CallId) -> bool {
        let Some(facts) = self.facts(iteration.file) else { return false };
        let round = facts.region(iteration.region).span;
        let args = &facts.call(call).args;
        let of_round = |it: &&ExprId| {
            let mut named = facts.references(facts.expr(**it).span).map(|it| facts.binding(it));
            named.any(|it| round.contains(it.span) || it.element_of.is_some())
        };
        args.iter().filter(of_round).count() == 1
            && args.iter().any(|it| {
                let ExprKind::Local(list) = facts.expr(*it).kind else { return false };
                let binding = facts.binding(list);
                let starts_empty = binding
                    .init
                    .is_some_and(|it| matches!(&facts.expr(it).kind, ExprKind::Array(items) if items.is_empty()));
                let is_grown = |(id, push): (CallId, &crate::facts::Call)| {
                    let onto = callee_name(facts, id).filter(|it| it.0 == "push").and_then(|it| it.1);
                    onto.is_some_and(|it| facts.expr(it).kind == ExprKind::Local(list))
                        && self.iterations(iteration.file, push.region, push.span).len()
                            > self.iterations(iteration.file, facts.call(call).region, facts.call(call).span).len()
                };
                starts_empty && round.contains(binding.span) && facts.calls().any(is_grown)
            })
    }
}

/// An expression without the `await` around it.
pub(super) fn plain(facts: &FileFacts, expr: ExprId) -> ExprId {
    if let ExprKind::Await(inner) = facts.expr(expr).kind { inner } else { expr }
}
