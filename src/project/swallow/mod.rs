//! Where errors vanish: `catch` clauses and rejection handlers that do nothing, or only put a literal in place of an answer.
//!
//! Whether that matters is not asked here. A handler that logs, throws, or computes anything is none of these.

mod effect;
mod foreign;
mod leaving;
mod partly;
mod reply;
mod returned;
mod trigger;

pub use reply::Reply;
pub use trigger::{RETURNING, SWALLOWING};

use super::caught::is_handled;
use super::iteration::callee_name;
use super::{Project, Value};
use crate::facts::{CallId, ExprId, ExprKind, FileFacts, JumpKind, Operator, RegionId, RegionKind};
use crate::source::{FileId, Place, Span};

/// A place where errors vanish.
#[derive(Debug, Clone)]
pub struct Swallow {
    /// The file.
    pub file: FileId,
    /// The keyword or the called name, where findings are anchored.
    pub place: Place,
    /// What may fail.
    pub guarded: Guarded,
    /// What is left in place of the error.
    pub left: Left,
    /// What the comments in the handler say.
    pub comment: Option<String>,
    /// The whole handler.
    pub span: Span,
}

/// What a handler stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guarded {
    /// The block after `try`.
    Block(RegionId),
    /// The promise, and the call of `catch` or `then` on it.
    Promise(ExprId, CallId),
    /// What an effect is made from, and the call that makes it succeed whatever happens.
    Effect(Span, CallId),
}

/// What remains of an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Left {
    /// Nothing.
    Nothing,
    /// A literal that is returned.
    Returned(Option<ExprId>),
    /// A literal that is assigned.
    Assigned(ExprId),
    /// A name that is returned, and says nothing of the error.
    Given(ExprId),
    /// A request that is answered in the same way whatever failed.
    Answered(Reply),
    /// The next round: `continue`.
    Skipped,
    /// A value for who calls that says that it failed: `{ success: false, error }`.
    HandedBack,
    /// A word about what failed, in a list, that says nothing of why.
    Listed,
    /// All that is not of the one class that is dealt with.
    Partly,
    /// What was rejected among many: the answer of `Promise.allSettled` is dropped, or read where it was fulfilled.
    Settled,
    /// An error that was returned and not looked at; or a test on it that leaves a literal, or nothing, and says no word.
    Unread(Option<Option<ExprId>>),
    /// The error itself: `catch()` has no handler.
    Unhandled,
    /// A `return` in `finally` replaces it.
    Replaced,
}

/// Names of functions that do nothing, by convention.
const NOTHING: &[&str] = &["noop", "noOp", "nop", "NOOP", "doNothing"];

impl Project {
    /// Every place in a file where errors vanish.
    #[must_use]
    pub fn swallows(&self, file: FileId) -> Vec<Swallow> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let mut found = Vec::new();
        for (index, region) in facts.regions.iter().enumerate() {
            let id = RegionId(index as u32);
            match region.kind {
                RegionKind::Catch { .. } => found.extend(self.catch_clause(file, facts, id)),
                RegionKind::Finally { body } => found.extend(finally(file, facts, id, body)),
                _ => {}
            }
        }
        found.extend(facts.calls().filter_map(|(call, _)| self.rejection(file, facts, call)));
        found.extend(facts.calls().filter_map(|(call, _)| self.settled(file, facts, call)));
        found.extend(facts.calls().filter_map(|(call, _)| self.unread(file, facts, call)));
        found.extend(facts.calls().flat_map(|(call, _)| self.recovered(file, facts, call)));
        found
    }

    /// The literal that stands for what failed, as text; `None` where nothing does.
    #[must_use]
    pub fn leaves(&self, site: &Swallow) -> Option<&str> {
        match (site.left, site.guarded) {
            (
                Left::Returned(Some(value))
                | Left::Assigned(value)
                | Left::Given(value)
                | Left::Unread(Some(Some(value))),
                _,
            ) => Some(self.text_of(self.place_of(site.file, value))),
            // A bare `return` is an answer only where others give one.
            (Left::Returned(None), Guarded::Block(body)) => {
                let index = &self.file(site.file).index;
                let returns = index.returns.get(&index.owner(body)?)?;
                (!returns.is_empty()).then_some("undefined")
            }
            _ => None,
        }
    }

    fn catch_clause(&self, file: FileId, facts: &FileFacts, id: RegionId) -> Option<Swallow> {
        let region = facts.region(id);
        let RegionKind::Catch { body, is_empty, block, comment, .. } = region.kind else { return None };
        let by_class = || self.left_by_class(file, facts, id, block);
        let left = match is_empty {
            true => Left::Nothing,
            false => self.left_in_block(file, facts, id, block, None).or_else(by_class)?,
        };
        let comment = comment.map(|it| facts.name(it).to_owned());
        let keyword = Span::new(region.span.start, (region.span.start + 5).min(region.span.end));
        Some(Swallow {
            file,
            place: Place { file, span: keyword },
            guarded: Guarded::Block(body),
            left,
            comment,
            span: region.span,
        })
    }

    /// `.catch(handler)` and `.then(f, handler)`.
    fn rejection(&self, file: FileId, facts: &FileFacts, id: CallId) -> Option<Swallow> {
        let (name, object) = callee_name(facts, id)?;
        let (call, object) = (facts.call(id), object?);
        let handler = match (name, call.args.len()) {
            ("catch", _) => call.args.first().copied(),
            ("then", 2) => Some(call.args[1]),
            _ => return None,
        };
        let (left, comment) = match handler {
            None => (Left::Unhandled, None),
            Some(handler) => self.handler(file, facts, handler)?,
        };
        // A default that nobody takes is no default.
        let left = if matches!(left, Left::Returned(_) | Left::Given(_)) && !self.is_taken(file, facts, call.expr) {
            Left::Nothing
        } else {
            left
        };
        if name == "then" && left != Left::Nothing {
            return None;
        }
        let place = Place { file, span: call.name_span };
        Some(Swallow { file, place, guarded: Guarded::Promise(object, id), left, comment, span: call.span })
    }

    /// What a rejection handler leaves, if it does no more than that.
    fn handler(&self, file: FileId, facts: &FileFacts, handler: ExprId) -> Option<(Left, Option<String>)> {
        if let ExprKind::Function(id) = facts.expr(handler).kind {
            let function = facts.function(id);
            let comment = function.comment.map(|it| facts.name(it).to_owned());
            return Some((self.left_by(file, facts, id)?, comment));
        }
        // A name that is given another function later is not known to do nothing.
        if matches!(facts.expr(handler).kind, ExprKind::Local(id) if self.file(file).index.writes.contains_key(&id)) {
            return None;
        }
        match self.value(file, handler) {
            Value::Function(other, id) => {
                self.facts(other).is_some_and(|it| it.function(id).is_empty).then_some((Left::Nothing, None))
            }
            _ => {
                let text = self.text_of(self.place_of(file, handler));
                let name = text.rsplit('.').next().unwrap_or(text);
                NOTHING.contains(&name).then_some((Left::Nothing, None))
            }
        }
    }

    /// Whether anybody takes what an expression gives.
    pub(super) fn is_taken(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> bool {
        let whole = self.awaited_whole(file, facts, expr);
        let parents = &self.file(file).index.parents;
        let discards = |parent: &ExprId| matches!(&facts.expr(*parent).kind, ExprKind::Unary(Operator::Other, _));
        parents.get(&whole).is_some_and(|it| !discards(it))
            || self.is_returned(file, facts, whole)
            || facts.bindings.iter().any(|it| it.init == Some(whole))
    }

    /// An expression with the `await` around it.
    pub(super) fn awaited_whole(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> ExprId {
        let head = self.head_of(file, expr);
        match self.file(file).index.parents.get(&head) {
            Some(&parent) if matches!(facts.expr(parent).kind, ExprKind::Await(_)) => parent,
            _ => head,
        }
    }

    /// The parts among which a promise is waited for, and the call that waits: `Promise.all([orders(), notes()])`.
    pub(super) fn waited_among<'f>(
        &self,
        file: FileId,
        facts: &'f FileFacts,
        promise: ExprId,
    ) -> Option<(&'f [ExprId], ExprId)> {
        let parents = &self.file(file).index.parents;
        let list = *parents.get(&promise)?;
        let ExprKind::Array(parts) = &facts.expr(list).kind else { return None };
        let all = *parents.get(&list)?;
        let ExprKind::Call(call) = facts.expr(all).kind else { return None };
        callee_name(facts, call).filter(|(name, _)| *name == "all").map(|_| (&**parts, all))
    }
}

/// A `return` in `finally`.
fn finally(file: FileId, facts: &FileFacts, id: RegionId, body: RegionId) -> Option<Swallow> {
    let inside = |region| {
        facts
            .regions_out(region)
            .take_while(|(_, it)| !matches!(it.kind, RegionKind::Function(_)))
            .any(|(it, _)| it == id)
    };
    facts.jumps.iter().find(|it| it.kind == JumpKind::Return && inside(it.region))?;
    // What a `catch` keeps is not on its way any more.
    if is_handled(facts, body) {
        return None;
    }
    let span = facts.region(id).span;
    Some(Swallow {
        file,
        place: Place { file, span },
        guarded: Guarded::Block(body),
        left: Left::Replaced,
        comment: None,
        span,
    })
}
