//! Values that say nothing of what was asked for: what is left where an error was dropped.

use super::callee::{among, names_a_failure};
use super::{Left, Project, Swallow};
use crate::facts::{CallForm, CallId, ExprId, ExprKind, FileFacts, Prop, PropKey};

/// Words that say that something is not there.
const MISSING: &str = "not_found notfound missing none absent empty unavailable";

impl Left {
    /// The value that is left, where one is.
    #[must_use]
    pub fn value(self) -> Option<ExprId> {
        match self {
            Self::Returned(value) => value,
            Self::Unread(value) => value.flatten(),
            Self::Assigned(value) | Self::Given(value) => Some(value),
            _ => None,
        }
    }
}

impl Project {
    /// Whether what is left says that nobody is signed in: `{ session: null }`.
    #[must_use]
    pub fn denies(&self, site: &Swallow) -> bool {
        let (Some(facts), Some(left)) = (self.facts(site.file), site.left.value()) else { return false };
        let ExprKind::Object(props) = &facts.expr(left).kind else { return false };
        props.iter().any(|it| {
            let names = matches!(it.key, PropKey::Name(key) if among("session user userId token", facts.name(key)));
            names && facts.expr(it.value).kind == ExprKind::Null
        })
    }
}

/// A value that is the same whatever happened.
pub(super) fn is_literal(facts: &FileFacts, expr: ExprId) -> bool {
    match &facts.expr(expr).kind {
        ExprKind::Null | ExprKind::Undefined | ExprKind::Bool(_) | ExprKind::Num(_) | ExprKind::Str(_) => true,
        ExprKind::Global(name) => facts.name(*name) == "undefined",
        ExprKind::Array(parts) => parts.is_empty(),
        ExprKind::Object(props) => props.iter().all(|it| is_void(facts, it)),
        ExprKind::Call(call) => is_hollow(facts, *call),
        ExprKind::Unary(_, inner) => matches!(facts.expr(*inner).kind, ExprKind::Num(_)),
        _ => false,
    }
}

/// Whether a call makes something with nothing in it: `new Map()`, `Option.none()`.
fn is_hollow(facts: &FileFacts, id: CallId) -> bool {
    let call = facts.call(id);
    let is_named = |it: ExprId, wanted: &str| match facts.expr(it).kind {
        ExprKind::Global(name) => among(wanted, facts.name(name)),
        ExprKind::Local(id) => among(wanted, facts.name(facts.binding(id).name)),
        _ => false,
    };
    call.args.is_empty()
        && match facts.expr(call.callee).kind {
            ExprKind::Member { object, property } => facts.name(property) == "none" && is_named(object, "Option O"),
            _ => call.form == CallForm::New && is_named(call.callee, "Map Set"),
        }
}

/// Whether an entry says nothing of what was asked for: `total: 0`, `rows: []`, or a name that was known before. Words that tell
/// a failure apart do say something: `ok`, `error`.
fn is_void(facts: &FileFacts, prop: &Prop) -> bool {
    let PropKey::Name(key) = prop.key else { return false };
    let key = facts.name(key);
    let tells = names_a_failure(key) || among("ok success valid", key);
    let is_missing = |text: &str| among(MISSING, &text.to_lowercase().replace([' ', '-'], "_"));
    !tells
        && match facts.expr(prop.value).kind {
            ExprKind::Local(id) => facts.name(facts.binding(id).name) == key,
            ExprKind::Bool(value) => !value && key != "status",
            ExprKind::Num(number) => number == 0.0 && key != "status",
            ExprKind::Str(text) => facts.name(text).is_empty() || is_missing(facts.name(text)),
            ExprKind::Null | ExprKind::Undefined if key == "status" => false,
            _ => is_literal(facts, prop.value),
        }
}
