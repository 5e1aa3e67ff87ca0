//! Whether a client is closed again by the code that made it.
//!
//! A client that is handed to code which is not followed may be closed there: that is neither closed nor kept open.

use super::chain::unroll;
use super::iteration::callee_name;
use super::{Construction, Project, Value};
use crate::facts::{BindingId, BindingKind, ExprId, ExprKind, FileFacts, RegionKind};
use crate::source::{FileId, Place};

/// What becomes of a client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// It is closed there.
    Closed {
        /// Where.
        place: Place,
        /// Whether that happens when something throws, too.
        is_sure: bool,
    },
    /// Nothing closes it.
    Never,
    /// It is handed to code that may close it.
    HandedOn(Place),
}

/// Methods that close a client, or stop what keeps it alive.
const CLOSING: &[&str] = &[
    "end",
    "close",
    "destroy",
    "disconnect",
    "$disconnect",
    "quit",
    "stop",
    "shutdown",
    "terminate",
    "dispose",
    "stopAutoRefresh",
    "destroyAllSockets",
];

impl Project {
    /// What becomes of a client; `files` are those that lead to where it is made.
    #[must_use]
    pub fn ending(&self, made: &Construction, files: &[FileId]) -> Ending {
        let Some(facts) = self.facts(made.file) else { return Ending::Never };
        let holder = self.holder(made.file, facts, facts.call(made.call).expr);
        if let Some(binding) = holder
            && facts.binding(binding).kind == BindingKind::Using
        {
            let place = Place { file: made.file, span: facts.binding(binding).span };
            return Ending::Closed { place, is_sure: true };
        }
        let place = self.place_of_construction(made);
        for file in std::iter::once(&made.file).chain(files) {
            let Some(facts) = self.facts(*file) else { continue };
            for (id, call) in facts.calls() {
                let Some((name, Some(object))) = callee_name(facts, id) else { continue };
                let of_holder = || match facts.expr(unroll(facts, object).0).kind {
                    ExprKind::Local(binding) => *file == made.file && Some(binding) == holder,
                    _ => false,
                };
                let of_value =
                    || matches!(self.value(*file, object), Value::Receiver { made: Some(at), .. } if at == place);
                if CLOSING.contains(&name) && (of_holder() || of_value()) {
                    let mut around = facts.regions_out(call.region);
                    let is_sure = around.any(|(_, it)| matches!(it.kind, RegionKind::Finally { .. }));
                    return Ending::Closed { place: self.anchor_of(*file, id), is_sure };
                }
            }
        }
        holder.and_then(|it| self.handed_on_at(made.file, facts, it)).map_or(Ending::Never, Ending::HandedOn)
    }

    /// The name that holds what an expression makes, through `await` and what a library wraps around it.
    fn holder(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> Option<BindingId> {
        let parents = &self.file(file).index.parents;
        let mut at = expr;
        loop {
            let named = facts.bindings.iter().position(|it| it.init == Some(at));
            let written = || {
                let write = facts.assignments.iter().find(|it| it.value == at)?;
                match facts.expr(write.target).kind {
                    ExprKind::Local(binding) => Some(binding),
                    _ => None,
                }
            };
            if let Some(found) = named.map(|it| BindingId(it as u32)).or_else(written) {
                return Some(found);
            }
            at = *parents.get(&at)?;
        }
    }

    /// Where the client that a name holds goes out of sight.
    fn handed_on_at(&self, file: FileId, facts: &FileFacts, binding: BindingId) -> Option<Place> {
        let parents = &self.file(file).index.parents;
        let uses = facts.exprs.iter().enumerate().filter(|(_, it)| it.kind == ExprKind::Local(binding));
        let mut uses = uses.map(|(at, _)| ExprId(at as u32));
        let found = uses.find(|it| match parents.get(it).map(|it| &facts.expr(*it).kind) {
            None
            | Some(
                ExprKind::Member { .. }
                | ExprKind::Await(_)
                | ExprKind::Binary(..)
                | ExprKind::Cond { .. }
                | ExprKind::Unary(..),
            ) => false,
            Some(ExprKind::Assign { target, .. }) => target != it,
            Some(ExprKind::Call(call)) => {
                let callee = facts.call(*call).callee;
                callee != *it && !matches!(self.value(file, callee), Value::Export { .. } | Value::Receiver { .. })
            }
            Some(_) => true,
        })?;
        Some(self.place_of(file, found))
    }
}
