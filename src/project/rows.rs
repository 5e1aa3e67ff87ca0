//! Rows that have methods of their own: what a query gives in libraries whose rows save themselves, alone and in lists.
//!
//! Lists are followed through what keeps their elements: filters, slices, loops and callbacks. What maps them to something else
//! gives no rows any more.

use super::iteration::{PER_ELEMENT, callee_name};
use super::{Chained, Project, Value};
use crate::catalog::{Exec, Rows};
use crate::facts::{Binding, Call, ExprId, ExprKind, FileFacts, FunctionId};
use crate::source::FileId;

/// Methods of a list that give a list of the same elements.
const KEEPING: &[&str] = &["filter", "slice", "sort", "reverse", "toSorted", "toReversed", "concat"];

/// Methods of a list that give one of its elements.
const PICKING: &[&str] = &["find", "findLast", "at", "pop", "shift"];

impl Project {
    /// What awaiting an expression gives.
    pub(super) fn awaited(&self, file: FileId, facts: &FileFacts, expr: ExprId, steps: u32) -> Value {
        let chained = matches!(facts.expr(expr).kind, ExprKind::Call(_)).then(|| self.chain_within(file, expr, steps));
        let Some(chained) = chained.flatten() else { return self.follow(file, expr, steps) };
        match self.rows_of(&chained) {
            Some(rows) => rows,
            None if self.is_sent(&chained) => Value::Unknown,
            None => self.follow(file, expr, steps),
        }
    }

    /// Whether waiting for a chain sends a query that a builder has put together: what it gives is no builder any more.
    fn is_sent(&self, chained: &Chained) -> bool {
        let is_builder = chained.chain.receiver.is_some_and(|it| self.catalog.receiver(it).fluent);
        let sends = |exec: Exec| matches!(exec, Exec::Lazy | Exec::Terminal | Exec::Tag);
        is_builder && chained.chain.effect.is_some_and(|it| sends(it.exec))
    }

    /// The rows that a chain reads, if they have methods of their own.
    pub(super) fn rows_of(&self, chained: &Chained) -> Option<Value> {
        let row = chained.chain.row?;
        match chained.chain.effect?.rows {
            Rows::One | Rows::FirstOfAll => Some(Value::Receiver { receiver: row, made: None }),
            Rows::Many => Some(Value::Rows(row)),
            _ => None,
        }
    }

    /// What each round of a loop binds, where it is one of several rows.
    pub(super) fn element(&self, file: FileId, facts: &FileFacts, binding: &Binding, steps: u32) -> Option<Value> {
        one_of(self.awaited(file, facts, binding.element_of?, steps))
    }

    /// What a method of a list of rows gives.
    pub(super) fn picked_from_rows(&self, file: FileId, facts: &FileFacts, call: &Call, steps: u32) -> Option<Value> {
        let ExprKind::Member { object, property } = facts.expr(call.callee).kind else { return None };
        let name = facts.name(property);
        let (keeps, picks) = (KEEPING.contains(&name), PICKING.contains(&name));
        if !keeps && !picks {
            return None;
        }
        let rows = self.follow(file, object, steps);
        if picks { one_of(rows) } else { Some(rows).filter(|it| matches!(it, Value::Rows(_))) }
    }

    /// The row that a list hands to a callback which it calls for each.
    pub(super) fn row_for_callback(
        &self,
        file: FileId,
        facts: &FileFacts,
        function: FunctionId,
        position: u32,
        steps: u32,
    ) -> Option<Value> {
        let super::index::Use::Argument(call, 0) = *self.file(file).index.uses.get(&function)? else { return None };
        let (name, object) = callee_name(facts, call)?;
        let row_at = u32::from(matches!(name, "reduce" | "reduceRight"));
        if position != row_at || !PER_ELEMENT.contains(&name) {
            return None;
        }
        one_of(self.follow(file, object?, steps))
    }
}

/// One of several rows.
pub(super) fn one_of(rows: Value) -> Option<Value> {
    match rows {
        Value::Rows(receiver) => Some(Value::Receiver { receiver, made: None }),
        _ => None,
    }
}
