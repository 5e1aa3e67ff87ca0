//! Who hears of an error all the same: state that a hook keeps beside what it runs, and whoever reads a stream.
//!
//! Only what stands in the same file is read; that a parent shows what it is handed is not followed.

use super::callee::{FORBIDDEN, among, words};
use super::definition::entry;
use super::iteration::callee_name;
use super::{Deed, DeedKind, Project};
use crate::facts::{BindingId, CallId, ExprId, ExprKind, FileFacts, Jump, JumpKind, Symbol};
use crate::source::Span;

/// Why what a hook runs harms nothing.
pub(super) const SHOWN: &str = "the error is kept beside it, and read";

/// Why what is put into a cache harms nothing.
pub(super) const KEPT: &str = "it keeps a log or a cache";

/// Why the end of joined streams harms nothing.
const PIPED: &str = "whoever reads the stream hears of it";

impl Project {
    /// Whether the hook that what is called comes from keeps its error beside it, and the code reads that:
    /// `const { run, isError } = useTask()`, `saving.mutateAsync()` beside `saving.error`.
    pub(super) fn shows_its_error(&self, facts: &FileFacts, callee: ExprId) -> bool {
        const KEPT: &str = "error isError errorMessage hasError isRejected failureReason";
        let is_kept = |it: &Symbol| among(KEPT, facts.name(*it));
        let is_read = |id: BindingId| {
            let own = facts.binding(id).span;
            facts.exprs.iter().any(|it| it.kind == ExprKind::Local(id) && !own.contains(it.span))
        };
        let is_hook = |made: ExprId| match facts.expr(made).kind {
            ExprKind::Call(call) => callee_name(facts, call).is_some_and(|(name, _)| is_hook_name(name)),
            _ => false,
        };
        let bindings = || (0..facts.bindings.len() as u32).map(BindingId);
        match facts.expr(callee).kind {
            ExprKind::Local(id) if !facts.binding(id).path.is_empty() => {
                let Some(made) = facts.binding(id).init.filter(|it| is_hook(*it)) else { return false };
                let is_beside = |it: &BindingId| facts.binding(*it).init == Some(made);
                bindings().filter(is_beside).any(|it| facts.binding(it).path.iter().any(is_kept) && is_read(it))
            }
            ExprKind::Member { object, .. } => {
                let ExprKind::Local(id) = facts.expr(object).kind else { return false };
                let is_of = |object: ExprId| facts.expr(object).kind == ExprKind::Local(id);
                facts.binding(id).path.is_empty()
                    && facts.binding(id).init.is_some_and(is_hook)
                    && facts.exprs.iter().any(|it| match &it.kind {
                        ExprKind::Member { object, property } => is_kept(property) && is_of(*object),
                        _ => false,
                    })
            }
            _ => false,
        }
    }

    /// Whether a call joins streams whose last one is handed out, so that its reader hears how it ends.
    pub(super) fn pipes_on(&self, facts: &FileFacts, id: CallId, package: &str) -> Option<&'static str> {
        let is_pipeline = callee_name(facts, id).is_some_and(|(name, _)| name == "pipeline");
        let last = facts.call(id).args.last().and_then(|it| match &facts.expr(*it).kind {
            ExprKind::Array(parts) => parts.last().copied(),
            _ => Some(*it),
        });
        let last = last.map(|it| &facts.expr(it).kind);
        let Some(ExprKind::Local(last)) = last.filter(|_| is_pipeline && package.ends_with("stream/promises")) else {
            return None;
        };
        let names = |it: ExprId| facts.expr(it).kind == ExprKind::Local(*last);
        let holds = |it: &Jump| {
            it.value.is_some_and(|it| match &facts.expr(it).kind {
                ExprKind::Object(props) => props.iter().any(|it| names(it.value)),
                _ => names(it),
            })
        };
        let is_handed_out = facts.jumps.iter().any(|it| it.kind == JumpKind::Return && holds(it));
        is_handed_out.then_some(PIPED)
    }
}

/// Whether a name is a hook's: `useTask`.
fn is_hook_name(name: &str) -> bool {
    name.strip_prefix("use").is_some_and(|it| it.starts_with(|it: char| it.is_ascii_uppercase()))
}

/// Whether a call takes something away whatever state it is in: `remove({ force: true })`,
/// `deleteAsync({ idempotent: true })`.
pub(super) fn is_forced(facts: &FileFacts, id: CallId, name: &str) -> bool {
    let is_set = |it: ExprId, key| entry(facts, it, key).is_some_and(|it| facts.expr(it).kind == ExprKind::Bool(true));
    let forces = |it: &ExprId| is_set(*it, "force") || is_set(*it, "idempotent");
    words(name).first().is_some_and(|it| among("remove rm delete kill", it)) && facts.call(id).args.iter().any(forces)
}

/// Leaves out what is only given to another call: to one that keeps the error of a promise, to a cache or the browser's storage, or, where nobody waits for it and
/// nothing is known of it, to one that is waited for.
pub(super) fn drop_parts(deeds: &mut Vec<Deed>) {
    let wholes: Vec<(Span, bool, bool)> = deeds
        .iter()
        .map(|it| (it.span, matches!(it.kind, DeedKind::Harmless(SHOWN | PIPED | KEPT | FORBIDDEN)), it.waits))
        .collect();
    deeds.retain(|part| {
        !wholes.iter().any(|&(whole, is_shown, waits)| {
            let is_part = whole != part.span && whole.contains(part.span);
            is_part && (is_shown || waits && !part.waits && part.kind == DeedKind::Unknown)
        })
    });
}
