//! Calls that reach their function through a bus: `bus.execute(new Rename(…))` runs the method `execute` of the class that
//! `@CommandHandler(Rename)` stands on.
//!
//! The message's class and the decorator name each other; nothing is concluded from names alone.

use super::iteration::callee_name;
use super::{Project, Value};
use crate::facts::{CallForm, CallId, ClassId, ExprKind, FileFacts, FunctionId, MemberKind};
use crate::source::FileId;

/// Decorators that say whose messages a class handles.
const HANDLES: &[&str] = &["CommandHandler", "QueryHandler"];

/// The method of buses and of their handlers.
const EXECUTE: &str = "execute";

impl Project {
    /// The function that a call to a bus ends up in.
    pub(super) fn dispatched(&self, file: FileId, call: CallId) -> Option<(FileId, FunctionId)> {
        let facts = self.facts(file)?;
        if !matches!(callee_name(facts, call), Some((EXECUTE, Some(_)))) {
            return None;
        }
        let message = *facts.call(call).args.first()?;
        let ExprKind::Call(made) = facts.expr(message).kind else { return None };
        let made = facts.call(made);
        // Messages lie where no store is near.
        let Value::Class(home, class) = self.deeper(|| self.value(file, made.callee))? else { return None };
        if made.form != CallForm::New {
            return None;
        }
        let message = Value::Class(home, class);
        self.users(home).into_iter().find_map(|at| {
            self.want(at);
            let facts = self.facts(at).filter(|_| HANDLES.iter().any(|it| self.may_name(at, it)))?;
            let mut classes = (0..facts.classes.len() as u32).map(ClassId);
            let handler = classes.find(|it| self.handles(at, facts, *it, &message))?;
            facts.class(handler).members.iter().find_map(|it| match it.kind {
                MemberKind::Method(id) if it.name.is_some_and(|it| facts.name(it) == EXECUTE) => Some((at, id)),
                _ => None,
            })
        })
    }

    fn handles(&self, file: FileId, facts: &FileFacts, class: ClassId, message: &Value) -> bool {
        facts.class(class).decorators.iter().any(|it| match facts.expr(*it).kind {
            ExprKind::Call(call) => {
                callee_name(facts, call).is_some_and(|(name, _)| HANDLES.contains(&name))
                    && facts.call(call).args.first().is_some_and(|it| self.value(file, *it) == *message)
            }
            _ => false,
        })
    }
}
