//! The text of raw statements, wherever a driver takes it: as a tag, an argument, or an entry of an object.
//!
//! The text is looked at, not parsed; what is not written out has none.

use crate::facts::{Call, ExprId, ExprKind, FileFacts, PropKey};

/// The text of a statement and what is substituted in it.
pub(super) fn statement<'f>(facts: &'f FileFacts, call: &'f Call) -> Option<(&'f str, &'f [ExprId])> {
    if let Some(text) = call.text {
        return Some((facts.name(text), &call.args));
    }
    let first = *call.args.first()?;
    let text = match &facts.expr(first).kind {
        ExprKind::Object(props) => {
            props
                .iter()
                .find(|it| matches!(it.key, PropKey::Name(key) if matches!(facts.name(key), "text" | "sql" | "query")))?
                .value
        }
        ExprKind::Call(inner) => return facts.call(*inner).text.map(|it| (facts.name(it), &*facts.call(*inner).args)),
        _ => first,
    };
    match &facts.expr(text).kind {
        ExprKind::Str(text) => Some((facts.name(*text), &[])),
        ExprKind::Template { text, parts } => Some((facts.name(*text), parts)),
        _ => None,
    }
}

/// Whether a statement changes rows, by its first word.
pub(super) fn changes_rows(text: &str) -> bool {
    let text = text.trim_start().to_ascii_lowercase();
    ["insert", "update", "delete", "merge", "upsert", "replace"].iter().any(|it| text.starts_with(it))
}
