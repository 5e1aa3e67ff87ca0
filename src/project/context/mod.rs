//! What functions are handed by what they are given to or kept in: the context that a builder of procedures was made for, with
//! what middleware adds to it; and what the type of a variable says.
//!
//! `initTRPC.context<typeof createContext>().create()` names what makes the context; `.use(({ next }) => next({ ctx }))` adds to
//! it. A context that is made elsewhere, or handed on unseen, is not known.

mod by_type;

use super::chain::{ChainLink, unroll};
use super::definition::entry;
use super::index::Use;
use super::iteration::callee_name;
use super::{Project, Value};
use crate::facts::{CallId, ExprId, ExprKind, FileFacts, FunctionId};
use crate::source::FileId;

/// Calls that register the handler of a procedure.
const REGISTERING: &[&str] = &["query", "mutation", "subscription", "use", "middleware", "handler", "action"];

impl Project {
    /// The call that registers a function as a handler of a procedure, whose first parameter the procedure fills.
    pub(super) fn procedure_of(
        &self,
        file: FileId,
        facts: &FileFacts,
        function: FunctionId,
        position: u32,
    ) -> Option<CallId> {
        let Use::Argument(call, _) = *self.file(file).index.uses.get(&function)? else { return None };
        let (name, object) = callee_name(facts, call)?;
        (position == 0 && object.is_some() && REGISTERING.contains(&name)).then_some(call)
    }

    /// What stands under a name in what a procedure hands over.
    pub(super) fn context_entry(&self, file: FileId, call: CallId, name: &str, steps: u32) -> Value {
        let Some(facts) = self.facts(file) else { return Value::Unknown };
        match name {
            "ctx" | "context" => Value::Context(file, call),
            "input" | "next" | "path" | "type" | "signal" | "rawInput" | "parsedInput" => Value::Unknown,
            _ => self.in_chain(file, facts.call(call).callee, name, steps),
        }
    }

    /// What the links of a builder chain put under a name, the last one first.
    fn in_chain(&self, file: FileId, expr: ExprId, name: &str, steps: u32) -> Value {
        let (Some(facts), Some(steps)) = (self.facts(file), self.asking().step(steps)) else { return Value::Unknown };
        let (root, links) = unroll(facts, expr);
        for link in links.iter().rev() {
            let ChainLink::Call(call) = *link else { continue };
            let found = match callee_name(facts, call).map(|it| it.0) {
                Some("use" | "middleware") => self.added(file, facts, call, name, steps),
                Some("context") => self.made_for(file, facts, call, name, steps),
                _ => None,
            };
            if let Some(value) = found.filter(|it| self.tells(it)) {
                return value;
            }
        }
        match self.definition(file, root, 8) {
            Some((at, it)) if (at, it) != (file, root) => self.in_chain(at, it, name, steps),
            _ => Value::Unknown,
        }
    }

    /// What a middleware puts under a name: `next({ ctx: { name } })`.
    fn added(&self, file: FileId, facts: &FileFacts, call: CallId, name: &str, steps: u32) -> Option<Value> {
        let middleware = *facts.call(call).args.first()?;
        let (at, it) = self.definition(file, middleware, 8)?;
        let facts = self.facts(at)?;
        let function = match facts.expr(it).kind {
            ExprKind::Function(function) => function,
            // `t.middleware(({ ctx, next }) => …)`
            ExprKind::Call(made) => match facts.expr(*facts.call(made).args.first()?).kind {
                ExprKind::Function(function) => function,
                _ => return None,
            },
            _ => return None,
        };
        let span = facts.function(function).span;
        let next = facts.calls().filter(|(id, it)| {
            span.contains(it.span) && callee_name(facts, *id).is_some_and(|(name, _)| name == "next")
        });
        let contexts = next.filter_map(|(_, it)| entry(facts, *it.args.first()?, "ctx"));
        contexts.map(|it| self.property(self.follow(at, it, steps), name, steps)).find(|it| self.tells(it))
    }

    /// What stands under a name in the type that a builder was made for.
    fn made_for(&self, file: FileId, facts: &FileFacts, call: CallId, name: &str, steps: u32) -> Option<Value> {
        let of = facts.call(call).type_argument?;
        let context = match self.typed(file, facts.name(of), steps) {
            // `context<typeof createContext>()` is about what that gives.
            Value::Function(at, function) => self.returned(at, function, steps),
            value => value,
        };
        Some(self.property(context, name, steps))
    }
}
