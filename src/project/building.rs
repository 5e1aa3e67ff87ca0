//! Whether a statement that a builder makes is sent: it may be a part of another one, or only be put into words.

use super::index::Use;
use super::iteration::callee_name;
use super::query::Query;
use super::{Project, Value};
use crate::catalog::{Effect, Library};
use crate::facts::{BindingId, CallId, ExprId, ExprKind, FileFacts};
use crate::source::FileId;

/// What makes one statement of several.
const UNITING: &[&str] = &["union", "unionAll", "unionDistinct", "intersect", "intersectAll", "except", "exceptAll"];

/// Functions named after operators of SQL that take a query.
const OPERATORS: &[&str] =
    &["exists", "notExists", "inArray", "notInArray", "union", "unionAll", "intersect", "except"];

impl Project {
    /// Whether a chain is carried out: by itself, or because somebody takes its promise.
    pub(super) fn runs(&self, file: FileId, facts: &FileFacts, head: ExprId, effect: &Effect) -> bool {
        if effect.runs_when_called() {
            return true;
        }
        let ExprKind::Call(last) = facts.expr(head).kind else { return false };
        let takes = |name: &str| matches!(name, "then" | "catch" | "finally");
        let awaited = facts.call(last).awaited || callee_name(facts, last).is_some_and(|(name, _)| takes(name));
        let is_used = || match self.around_literals(file, facts, head).map(|it| &facts.expr(it).kind) {
            Some(ExprKind::Call(around)) => !self.builds_statement(file, facts, *around),
            parent => parent.is_some(),
        };
        let is_handed_on = || self.is_returned(file, facts, head) && !self.is_united(file, facts, head);
        awaited || is_handed_on() || is_used() || self.is_initializer(facts, head)
    }

    /// `const parts = fields.map((it) => db.select()…)` with `db.unionAll(parts)` or `first.unionAll(rest)`: one statement.
    fn is_united(&self, file: FileId, facts: &FileFacts, part: ExprId) -> bool {
        let index = &self.file(file).index;
        let owner = index.owner(facts.expr(part).region);
        let Some(Use::Argument(mapped, 0)) = owner.and_then(|it| index.uses.get(&it)) else { return false };
        let list = facts.call(*mapped).expr;
        let holds = |it: ExprId, name: BindingId| facts.references(facts.expr(it).span).any(|of| of == name);
        let named = facts.bindings.iter().enumerate().filter(|(_, it)| it.init == Some(list));
        let parts = named.flat_map(|(at, _)| {
            let name = BindingId(at as u32);
            let taken =
                facts.bindings.iter().enumerate().filter(move |(_, it)| it.init.is_some_and(|it| holds(it, name)));
            taken.map(|(at, _)| BindingId(at as u32)).chain([name])
        });
        let parts: Vec<BindingId> = parts.collect();
        let unites = |name: &str| UNITING.contains(&name);
        facts.calls().any(|(id, call)| {
            callee_name(facts, id).is_some_and(|(name, _)| unites(name))
                && parts.iter().any(|name| call.args.iter().any(|it| holds(*it, *name)))
        })
    }

    /// What an expression stands in, past the objects and lists that are written out around it: `.select({ id: db.raw("?") })`.
    fn around_literals(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> Option<ExprId> {
        let parents = &self.file(file).index.parents;
        let mut around = *parents.get(&expr)?;
        while let ExprKind::Object(_) | ExprKind::Array(_) = facts.expr(around).kind {
            match parents.get(&around) {
                Some(next) => around = *next,
                None => break,
            }
        }
        Some(around)
    }

    /// Whether a call makes a part of a statement from what it is given, so that a builder among it becomes a subquery:
    /// `exists(db.select()…)`, `.whereIn("id", db("a").select("id"))`. What runs its arguments is no step of a library.
    fn builds_statement(&self, file: FileId, facts: &FileFacts, around: CallId) -> bool {
        let call = facts.call(around);
        let is_store = |library: &Library| library.kind.is_store();
        if let Value::Export { package, .. } = self.value(file, call.callee) {
            return self.catalog.library_of(&package).is_some_and(is_store);
        }
        let is_operator = |(name, object): (&str, Option<ExprId>)| object.is_none() && OPERATORS.contains(&name);
        if callee_name(facts, around).is_some_and(is_operator)
            && !matches!(self.value(file, call.callee), Value::Function(..))
        {
            return true;
        }
        let chained = self.chain(file, call.expr).map(|it| it.chain);
        chained.is_some_and(|it| it.receiver.is_some() && it.effect.is_none_or(|it| !it.runs_when_called()))
    }

    /// Whether a builder is asked for its text alone, at once or under a name: `const query = knex(…); return query.toQuery()`.
    #[must_use]
    pub fn is_spelled_out(&self, query: &Query) -> bool {
        let Some(facts) = self.facts(query.file) else { return false };
        let parents = &self.file(query.file).index.parents;
        let is_text = |name: &str| matches!(name, "toQuery" | "toSQL" | "toNative" | "toString");
        if let ExprKind::Call(last) = facts.expr(query.head).kind
            && callee_name(facts, last).is_some_and(|(name, _)| is_text(name))
        {
            return true;
        }
        if self.is_part_of_another(query.file, facts, query) {
            return true;
        }
        let mut top = query.head;
        while let Some(around) = parents.get(&top).filter(|it| matches!(facts.expr(**it).kind, ExprKind::Cond { .. })) {
            top = *around;
        }
        let named = facts.bindings.iter().enumerate().find(|(_, it)| it.init == Some(top));
        let Some((number, binding)) = named else { return false };
        let name = ExprKind::Local(crate::facts::BindingId(number as u32));
        let uses = |it: &crate::facts::Expr| it.kind == name && it.span != binding.span;
        let mut used = facts.exprs.iter().enumerate().filter(|(_, it)| uses(it)).peekable();
        let asks_text = |at: usize| match parents.get(&ExprId(at as u32)).map(|it| &facts.expr(*it).kind) {
            Some(ExprKind::Member { property, .. }) => is_text(facts.name(*property)),
            _ => false,
        };
        used.peek().is_some() && used.all(|(at, _)| asks_text(at))
    }
}
