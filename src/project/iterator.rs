//! Functions of the code base that call what they are given once per element of a list that they are given:
//! `mapWithLimit(5, users, async (user) => …)`.
//!
//! The function's own code has to show it. Its name only decides whether that code is looked at.

use super::callee::words;
use super::index::Use;
use super::iteration::{PER_ELEMENT, callee_name};
use super::{Project, Value};
use crate::facts::{BindingId, BindingKind, CallId, ExprId, ExprKind, FileFacts, FunctionId, RegionKind};
use crate::source::FileId;

/// Words of the names of such functions.
const ITERATING: &[&str] = &[
    "map",
    "each",
    "foreach",
    "all",
    "series",
    "parallel",
    "limit",
    "concurrency",
    "concurrent",
    "concurrently",
    "pool",
];

/// What a function does with a callback.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct OwnIterator {
    /// The list.
    pub(super) subject: ExprId,
    /// Whether each call waits for the one before.
    pub(super) in_turn: bool,
    /// Whether only so many are under way at a time.
    pub(super) limited: bool,
}

impl Project {
    /// What a call does with the function that it is given there, if it calls it once per element of another argument.
    pub(super) fn own_iterator(&self, file: FileId, facts: &FileFacts, call: CallId, at: u32) -> Option<OwnIterator> {
        let (name, _) = callee_name(facts, call)?;
        let given = &facts.call(call).args;
        if given.len() < 2 || !words(name).iter().any(|it| ITERATING.contains(&it.as_str())) {
            return None;
        }
        // Such functions live far from any store.
        let Value::Function(home, id) = self.deeper(|| self.value(file, facts.call(call).callee))? else { return None };
        let own = self.facts(home)?;
        let callback = own.function(id).params.get(at as usize)?.binding?;
        let uses = own.calls().filter_map(|(inner, _)| self.iterates(home, own, (id, callback), inner));
        let (list, found) = uses.into_iter().next()?;
        Some(OwnIterator { subject: *given.get(list as usize)?, ..found })
    }

    /// Whether a call is one of the callback, or hands it to `map` and the like; which parameter it then runs over.
    fn iterates(
        &self,
        file: FileId,
        facts: &FileFacts,
        (function, callback): (FunctionId, BindingId),
        call: CallId,
    ) -> Option<(u32, OwnIterator)> {
        let is_callback = |it: ExprId| facts.expr(it).kind == ExprKind::Local(callback);
        let it = facts.call(call);
        let mut found = OwnIterator { subject: it.callee, in_turn: false, limited: false };
        if let Some(list) = mapped(facts, call).filter(|_| it.args.first().is_some_and(|it| is_callback(*it))) {
            return Some((list_of(facts, function, list)?, found));
        }
        if !is_callback(it.callee) {
            return None;
        }
        for (_, around) in facts.regions_out(it.region) {
            match around.kind {
                RegionKind::Loop(number) => {
                    let subject = facts.loops[number as usize].subject?;
                    found.in_turn = it.awaited;
                    return Some((list_of(facts, function, subject)?, found));
                }
                RegionKind::Function(inner) if inner != function => {
                    let Some(Use::Argument(outer, _)) = self.file(file).index.uses.get(&inner) else { return None };
                    match callee_name(facts, *outer) {
                        Some((name, Some(list))) if PER_ELEMENT.contains(&name) => {
                            found.in_turn |= name.starts_with("reduce");
                            return Some((list_of(facts, function, list)?, found));
                        }
                        _ => found.limited |= self.limiter(file, facts, *outer).is_some(),
                    }
                }
                RegionKind::Function(_) => return None,
                _ => {}
            }
        }
        None
    }
}

/// The list of a call of `map` and the like.
fn mapped(facts: &FileFacts, call: CallId) -> Option<ExprId> {
    callee_name(facts, call).filter(|it| PER_ELEMENT.contains(&it.0)).and_then(|it| it.1)
}

/// The parameter that a list is, or whose entries it is.
fn list_of(facts: &FileFacts, function: FunctionId, list: ExprId) -> Option<u32> {
    match facts.expr(list).kind {
        ExprKind::Local(binding) => match facts.binding(binding).kind {
            BindingKind::Param(of, position) if of == function && facts.binding(binding).path.is_empty() => {
                Some(position)
            }
            _ => None,
        },
        ExprKind::Call(call) => match callee_name(facts, call) {
            Some(("entries" | "values" | "keys", Some(of))) => list_of(facts, function, of),
            _ => None,
        },
        _ => None,
    }
}
