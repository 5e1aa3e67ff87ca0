//! Connections taken out of a pool, and whether they surely come back.
//!
//! A connection that is handed on, kept or given back by way of a helper is not followed; only one that is plainly lost when
//! something throws is told.

use super::Project;
use super::iteration::callee_name;
use crate::facts::{BindingId, BindingKind, Call, CallId, ExprId, ExprKind, FileFacts, RegionKind};
use crate::source::{FileId, Place};

impl Project {
    /// The places where a connection of the pool made at `made` is taken out and lost if what follows throws.
    #[must_use]
    pub fn lost_checkouts(&self, made: Place) -> Vec<Place> {
        let mut lost = Vec::new();
        for (file, facts) in self.audited_near_store() {
            for (id, call) in facts.calls() {
                if call.args.is_empty()
                    && call.awaited
                    && self.takes_out(file, call, made)
                    && self.is_lost(file, facts, id)
                {
                    lost.push(self.anchor_of(file, id));
                }
            }
        }
        lost
    }

    fn takes_out(&self, file: FileId, call: &Call, made: Place) -> bool {
        let Some(chained) = self.chain(file, call.expr) else { return false };
        chained.made == Some(made) && chained.chain.links.last().is_some_and(|it| it.method.checkout.is_some())
    }

    fn is_lost(&self, file: FileId, facts: &FileFacts, call: CallId) -> bool {
        let expr = facts.call(call).expr;
        let holds = |it: &crate::facts::Binding| {
            it.path.is_empty()
                && it.kind != BindingKind::Using
                && it.init.is_some_and(|init| init == expr || facts.expr(init).kind == ExprKind::Await(expr))
        };
        let Some(binding) = facts.bindings.iter().position(holds).map(|it| BindingId(it as u32)) else { return false };
        let mut works = false;
        for (number, it) in facts.exprs.iter().enumerate() {
            // The name in its own declaration is no use of it.
            if it.kind != ExprKind::Local(binding) || it.span == facts.binding(binding).span {
                continue;
            }
            match self.used_as(file, facts, ExprId(number as u32)) {
                Used::Worked => works = true,
                Used::GivenBackOnThrow | Used::HandedOn => return false,
                Used::GivenBack => {}
            }
        }
        works
    }

    fn used_as(&self, file: FileId, facts: &FileFacts, reference: ExprId) -> Used {
        let parents = &self.file(file).index.parents;
        let Some(&member) = parents.get(&reference) else { return Used::HandedOn };
        let ExprKind::Member { object, property } = facts.expr(member).kind else { return Used::HandedOn };
        let called = parents.get(&member).is_some_and(
            |it| matches!(facts.expr(*it).kind, ExprKind::Call(call) if facts.call(call).callee == member),
        );
        if object != reference || !called {
            return Used::HandedOn;
        }
        if !matches!(facts.name(property), "release" | "end" | "destroy") {
            return Used::Worked;
        }
        let guarded = facts
            .regions_out(facts.expr(reference).region)
            .any(|(_, it)| matches!(it.kind, RegionKind::Finally { .. } | RegionKind::Catch { .. }));
        let in_callback = self.file(file).index.owner(facts.expr(reference).region).is_some_and(|it| {
            self.file(file).index.uses.contains_key(&it)
                && matches!(
                    self.callback_name(file, facts, it),
                    Some("finally" | "catch" | "addFinalizer" | "acquireRelease")
                )
        });
        if guarded || in_callback { Used::GivenBackOnThrow } else { Used::GivenBack }
    }

    fn callback_name<'f>(
        &self,
        file: FileId,
        facts: &'f FileFacts,
        function: crate::facts::FunctionId,
    ) -> Option<&'f str> {
        let super::index::Use::Argument(call, _) = *self.file(file).index.uses.get(&function)? else { return None };
        callee_name(facts, call).map(|(name, _)| name)
    }
}

/// What becomes of a connection at one mention of it.
enum Used {
    /// Something is done with it that can throw.
    Worked,
    /// It is given back, if the code gets there.
    GivenBack,
    /// It is given back in any case.
    GivenBackOnThrow,
    /// Others have it.
    HandedOn,
}
