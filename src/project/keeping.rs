//! What keeps a value from being made again: a variable that outlives the function, a collection that is asked first, a wrapper
//! that remembers.
//!
//! The code has to show both the look and the keeping; a name that promises a cache proves nothing by itself.

use super::Project;
use super::index::Use;
use super::iteration::callee_name;
use crate::facts::{BindingId, BindingKind, CallId, ExprId, ExprKind, FileFacts, FunctionId, Operator, RegionId};
use crate::source::{FileId, Span};

/// Functions that remember what they are given, or what a function that they are given makes; in lower case.
const KEEPERS: &[&str] = &[
    "once",
    "lazy",
    "cache",
    "singleton",
    "remember",
    "memo",
    "usememo",
    "useref",
    "usestate",
    "unstable_cache",
    "getorset",
    "getorcreate",
    "usesingleton",
    "useonce",
    "createsingleton",
    "lazyvalue",
    "shallowref",
];

/// Methods that ask a collection, and those that put something into it.
const ASKING: &[&str] = &["get", "has", "find", "peek", "fetch"];
const PUTTING: &[&str] = &["set", "add", "push", "put"];

impl Project {
    /// Why an expression's value is kept where it stands: `client ??= make()`, `useRef(make())`.
    pub(super) fn kept_here(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> Option<String> {
        let parents = &self.file(file).index.parents;
        let body = facts.function_of(facts.expr(expr).region).map(|it| facts.function(it).span);
        let mut at = expr;
        while let Some(&parent) = parents.get(&at) {
            match facts.expr(parent).kind {
                ExprKind::Assign { target, value, operator: Operator::Or | Operator::Coalesce }
                    if value == at && body.is_none_or(|it| outlives(facts, target, it)) =>
                {
                    return Some(format!("kept in `{}`, made once", self.text_of(self.place_of(file, target))));
                }
                ExprKind::Call(call) if facts.call(call).callee != at => {
                    if let Some(name) = keeper(facts, call) {
                        return Some(format!("`{name}` keeps it"));
                    }
                }
                _ => {}
            }
            at = parent;
        }
        None
    }

    /// Why a function makes a value at a place once: it looks first whether it has it.
    pub(super) fn kept_by(
        &self,
        file: FileId,
        facts: &FileFacts,
        function: FunctionId,
        (region, span): (RegionId, Span),
    ) -> Option<String> {
        if let Some(Use::Argument(call, _)) = self.file(file).index.uses.get(&function)
            && let Some(name) = keeper(facts, *call)
        {
            return Some(format!("`{name}` keeps what it makes"));
        }
        let body = facts.function(function).span;
        let tests = self.tests_before(file, facts, function, (region, span));
        let kept = tests.into_iter().flat_map(|test| self.outliving_in(file, facts, test, body));
        if let Some((_, text)) = kept.into_iter().find(|(key, _)| self.is_set_in(file, facts, key, body)) {
            return Some(format!("kept in `{text}`, made once"));
        }
        self.kept_in_collection(file, facts, body)
    }

    /// What a test asks that outlives the function, as keys and as text: directly, or through a name that holds it.
    fn outliving_in(&self, file: FileId, facts: &FileFacts, test: Span, body: Span) -> Vec<(String, String)> {
        let named = facts.within(test).map(|(id, it)| match it.kind {
            ExprKind::Local(binding) if body.contains(facts.binding(binding).span) => {
                facts.binding(binding).init.unwrap_or(id)
            }
            _ => id,
        });
        let lasting: Vec<ExprId> = named.filter(|it| outlives(facts, *it, body)).collect();
        let told = lasting.into_iter().map(|it| (self.key(file, it), self.text_of(self.place_of(file, it)).to_owned()));
        told.collect()
    }

    /// `const known = clients.get(key); if (known) return known; …; clients.set(key, client)`, and the same with `[key]`.
    fn kept_in_collection(&self, file: FileId, facts: &FileFacts, body: Span) -> Option<String> {
        let calls = facts.calls().filter(|(_, it)| body.contains(it.span));
        let named: Vec<(&str, ExprId)> = calls
            .filter_map(|(id, _)| callee_name(facts, id))
            .filter_map(|(name, object)| Some((name, object?)))
            .collect();
        let asked = named.iter().filter(|(name, object)| ASKING.contains(name) && outlives(facts, *object, body));
        let asked: Vec<String> = asked.map(|(_, object)| self.key(file, *object)).collect();
        let mut put = named.iter().filter(|(name, object)| PUTTING.contains(name) && outlives(facts, *object, body));
        let found = put.find(|(_, object)| asked.contains(&self.key(file, *object))).map(|it| it.1);
        let indexed = || {
            let element = |it: ExprId| match facts.expr(it).kind {
                ExprKind::Index { object, .. } if outlives(facts, object, body) => Some(object),
                _ => None,
            };
            let written = facts.assignments.iter().filter(|it| body.contains(facts.expr(it.target).span));
            let written: Vec<(ExprId, ExprId)> =
                written.filter_map(|it| Some((it.target, element(it.target)?))).collect();
            let read = facts.within(body).filter(|(id, _)| written.iter().all(|it| it.0 != *id));
            let read: Vec<String> = read.filter_map(|(id, _)| element(id)).map(|it| self.key(file, it)).collect();
            written.into_iter().map(|it| it.1).find(|it| read.contains(&self.key(file, *it)))
        };
        let collection = found.or_else(indexed)?;
        Some(format!("kept in `{}`, one per key", self.text_of(self.place_of(file, collection))))
    }
}

/// Whether an expression names something that is there before and after a function runs: a variable around it, a field, a
/// global's property. What a parameter holds belongs to the caller and is not asked for.
fn outlives(facts: &FileFacts, expr: ExprId, body: Span) -> bool {
    let is_outside = |binding: BindingId| {
        let it = facts.binding(binding);
        !body.contains(it.span) && !matches!(it.kind, BindingKind::Param(..) | BindingKind::Function(_))
    };
    match facts.expr(expr).kind {
        ExprKind::Local(binding) => is_outside(binding),
        ExprKind::Member { object, .. } => match facts.expr(object).kind {
            ExprKind::This | ExprKind::Global(_) => true,
            _ => outlives(facts, object, body),
        },
        ExprKind::Index { object, .. } => outlives(facts, object, body) || is_global(facts, object),
        _ => false,
    }
}

fn is_global(facts: &FileFacts, expr: ExprId) -> bool {
    matches!(facts.expr(expr).kind, ExprKind::Global(name) if matches!(facts.name(name), "globalThis" | "global" | "window"))
}

/// The name of a called function that keeps what it is given.
pub(super) fn keeper(facts: &FileFacts, call: CallId) -> Option<&str> {
    let (name, _) = callee_name(facts, call)?;
    let lower = name.to_ascii_lowercase();
    (KEEPERS.contains(&lower.as_str()) || lower.contains("memoize") || lower.ends_with("singleton")).then_some(name)
}
