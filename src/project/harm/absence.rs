//! Whether what failed may have thrown because there is nothing: a function that throws by itself is taken to do so.
//!
//! What a package throws is not known, and taken to be the same.

use super::super::{Guarded, Project, Swallow, Value};
use crate::facts::{CallForm, FileFacts, FunctionId, JumpKind};
use crate::source::{FileId, Span};

/// How many functions a call is followed into.
const DEPTH: u32 = 3;

impl Project {
    /// Whether something in the guarded stretch may throw to say that there is nothing: it is no query itself, and its code
    /// throws, or is not known.
    #[must_use]
    pub fn may_throw_absence(&self, site: &Swallow) -> bool {
        let Some(facts) = self.facts(site.file) else { return false };
        let span = match site.guarded {
            Guarded::Block(region) => facts.region(region).span,
            Guarded::Promise(expr, _) => facts.expr(expr).span,
            Guarded::Effect(span, _) => span,
        };
        let throws = facts.jumps.iter().any(|it| it.kind == JumpKind::Throw && span.contains(it.span));
        throws || self.throws_within(site.file, facts, span, DEPTH)
    }

    fn throws_within(&self, file: FileId, facts: &FileFacts, span: Span, depth: u32) -> bool {
        facts.calls().filter(|(_, it)| span.contains(it.span)).any(|(id, call)| {
            if call.form != CallForm::Call || self.query_at(file, id).is_some() {
                return false;
            }
            match self.value(file, call.callee) {
                Value::Function(other, function) => self.throws(other, function, depth),
                Value::Global(_) => false,
                _ => call.awaited,
            }
        })
    }

    fn throws(&self, file: FileId, function: FunctionId, depth: u32) -> bool {
        let (Some(facts), Some(depth)) = (self.facts(file), depth.checked_sub(1)) else { return true };
        let index = &self.file(file).index;
        let own = |it: &crate::facts::Jump| it.kind == JumpKind::Throw && index.owner(it.region) == Some(function);
        facts.jumps.iter().any(own) || self.throws_within(file, facts, facts.function(function).span, depth)
    }
}
