//! Calls that reach their function through a bus: `bus.execute(new Rename(…))` runs the method `execute` of the class that
//! `@CommandHandler(Rename)` stands on; and those that reach it through what a maker was handed: `createMailer({ tokenOf })`.
//!
//! The message's class and the decorator name each other; a maker has one caller, which writes out what it hands in. Nothing is
//! concluded from names alone.

use super::callee::words;
use super::iteration::callee_name;
use super::{Project, Value};
use crate::facts::{BindingKind, CallForm, CallId, ClassId, ExprKind, FileFacts, FunctionId, MemberKind};
use crate::source::FileId;

/// Decorators that say whose messages a class handles.
const HANDLES: &[&str] = &["CommandHandler", "QueryHandler"];

/// First words of the names of functions that make something of what they are handed.
const MAKES: &[&str] = &["create", "make", "build", "new", "setup", "define"];

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

    /// The function that a call of something handed to a maker ends up in: `deps.tokenOf(team)` within `createMailer(deps)`, where
    /// one place alone calls the maker.
    pub(super) fn handed_in(&self, file: FileId, facts: &FileFacts, call: CallId) -> Option<(FileId, FunctionId)> {
        let mut names = Vec::new();
        let mut at = facts.call(call).callee;
        while let ExprKind::Member { object, property } = facts.expr(at).kind {
            names.push(facts.name(property));
            at = object;
        }
        let ExprKind::Local(root) = facts.expr(at).kind else { return None };
        let BindingKind::Param(maker, position) = facts.binding(root).kind else { return None };
        names.extend(facts.binding(root).path.iter().rev().map(|it| facts.name(*it)));
        let name = facts.name(facts.function(maker).name?);
        let is_maker = words(name).first().is_some_and(|it| MAKES.contains(&it.as_str()));
        if names.is_empty() || !is_maker {
            return None;
        }
        let callers = self.callers(file, maker);
        let mut audited = callers.iter().filter(|it| self.file(it.0).is_audited);
        let (Some(&(from, given)), None) = (audited.next(), audited.next()) else { return None };
        let given = *self.facts(from)?.call(given).args.get(position as usize)?;
        let steps = names.len() as u32 + 40;
        match names.iter().rev().fold(self.value(from, given), |value, name| self.property(value, name, steps)) {
            Value::Function(home, function) => Some((home, function)),
            _ => None,
        }
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
