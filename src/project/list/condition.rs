//! Conditions in every form that libraries take: objects, expressions of functions, callbacks, texts.

use super::super::Project;
use super::super::iteration::callee_name;
use super::choice::may_be_undefined;
use super::compared::is_range;
use super::filter::{Filters, Operand};
use super::handed::Handed;
use super::text::condition;
use crate::catalog::Test;
use crate::facts::{BindingId, BindingKind, CallId, ExprId, ExprKind, FileFacts, FunctionId, Operator, Prop, PropKey};
use crate::source::FileId;

/// How deep conditions may lie in each other.
pub(super) const STEPS: u32 = 12;

/// Names of functions and keys that hold all of several conditions, or any of them.
const ALL: &[&str] = &["AND", "and", "$and", "_and", "all"];
const ANY: &[&str] = &["OR", "or", "$or", "_or", "any"];
const NEGATED: &[&str] = &[
    "NOT",
    "not",
    "$nor",
    "$not",
    "ne",
    "neq",
    "Not",
    "notIn",
    "notInArray",
    "$ne",
    "$nin",
    "none",
    "every",
    "isNot",
    "NotIn",
];
const EQUAL: &[&str] = &["equals", "eq", "$eq", "_eq", "Equal", "="];
const IN: &[&str] = &["in", "$in", "_in", "inArray", "In", "hasSome"];
/// Keys under which a related row, or one of several, is described.
const RELATED: &[&str] = &["some", "is", "has", "$elemMatch", "whereHas"];
pub(super) const COMPARED: &[&str] = &[
    "gt",
    "gte",
    "lt",
    "lte",
    "$gt",
    "$gte",
    "$lt",
    "$lte",
    "contains",
    "startsWith",
    "endsWith",
    "like",
    "ilike",
    "Like",
    "ILike",
    "MoreThan",
    "MoreThanOrEqual",
    "LessThan",
    "LessThanOrEqual",
    "Between",
    "between",
    "$regex",
    "mode",
    "isNull",
    "isNotNull",
    "IsNull",
    "$exists",
    "isEmpty",
    "search",
    "path",
    "exists",
    "notExists",
    "Raw",
];

impl Project {
    /// A condition in any form: an object, an expression of functions, a callback, a text.
    pub(super) fn read_condition(&self, file: FileId, expr: ExprId, steps: u32, found: &mut Filters) {
        let (Some(facts), Some(steps)) = (self.facts(file), steps.checked_sub(1)) else { return };
        match &facts.expr(expr).kind {
            ExprKind::Object(props) => {
                props.iter().for_each(|it| self.read_entry(file, facts, *it, false, steps, found))
            }
            ExprKind::Array(items) => items.iter().for_each(|it| self.read_condition(file, *it, steps, found)),
            ExprKind::Call(call) => self.read_expression(file, facts, *call, steps, found),
            ExprKind::Await(inner) => self.read_condition(file, *inner, steps, found),
            ExprKind::Str(text) => condition(facts.name(*text), found),
            ExprKind::Template { text, .. } => condition(facts.name(*text), found),
            ExprKind::Undefined | ExprKind::Null => {}
            // It adds to the builder that it is given.
            ExprKind::Function(function) if self.read_callback(file, *function, found).is_some() => {}
            ExprKind::Function(function) if self.gives_nothing(file, *function) => {
                found.unclear = Some("the condition is put together elsewhere");
            }
            ExprKind::Function(function) => self.read_returned(file, *function, steps, found),
            ExprKind::Spread(inner) => self.read_condition(file, *inner, steps, found),
            ExprKind::Binary(Operator::Or | Operator::Coalesce, ..) => {
                found.unclear = Some("what it asks for depends on a condition");
            }
            ExprKind::Local(_) | ExprKind::Member { .. } => self.read_named(file, facts, expr, steps, found),
            _ => {
                let read = self.read_conditional(file, expr, steps, found);
                read.unwrap_or_else(|| found.unclear = Some("the condition is put together elsewhere"));
            }
        }
    }

    /// What a function gives.
    pub(super) fn read_returned(&self, file: FileId, function: FunctionId, steps: u32, found: &mut Filters) {
        match self.file(file).index.returns.get(&function).map_or(&[][..], |it| it) {
            [only] => self.read_condition(file, *only, steps, found),
            several => self.read_choice(file, several, steps, found),
        }
    }

    pub(super) fn gives_nothing(&self, file: FileId, function: FunctionId) -> bool {
        self.file(file).index.returns.get(&function).is_none_or(Vec::is_empty)
    }

    /// A condition that a name stands for, with what is written into it afterwards.
    fn read_named(&self, file: FileId, facts: &FileFacts, expr: ExprId, steps: u32, found: &mut Filters) {
        if let ExprKind::Local(binding) = facts.expr(expr).kind {
            let grown = facts.assignments.iter().any(|it| {
                matches!(facts.expr(it.target).kind, ExprKind::Member { object, .. } | ExprKind::Index { object, .. }
                    if facts.expr(object).kind == ExprKind::Local(binding))
            });
            let pushed = facts.calls().any(|(id, _)| {
                callee_name(facts, id).is_some_and(|(name, object)| {
                    name == "push" && object.is_some_and(|it| facts.expr(it).kind == ExprKind::Local(binding))
                })
            });
            if grown || pushed || self.file(file).index.writes.contains_key(&binding) {
                found.unclear = Some("what it asks for depends on a condition");
            }
        }
        let (file, expr) = match self.handed(file, expr, &found.through) {
            Handed::At(at, it) if (at, it) != (file, expr) => return self.read_condition(at, it, steps, found),
            Handed::At(..) | Handed::Elsewhere => (file, expr),
            Handed::Nothing => return,
            it @ Handed::Open(_) => return found.leave_to(it, "its caller says which rows"),
        };
        let is_param = |it: BindingId| matches!(facts.binding(it).kind, BindingKind::Param(..));
        if matches!(facts.expr(expr).kind, ExprKind::Local(it) if is_param(it)) {
            found.unclear = Some("its caller says which rows");
            return;
        }
        match self.definition(file, expr, 8) {
            Some((at, it)) if (at, it) != (file, expr) => self.read_condition(at, it, steps, found),
            _ => found.unclear = Some("the condition is put together elsewhere"),
        }
    }

    /// One entry of an object of conditions.
    fn read_entry(&self, file: FileId, facts: &FileFacts, prop: Prop, related: bool, steps: u32, found: &mut Filters) {
        let name = match prop.key {
            PropKey::Name(name) => facts.name(name),
            PropKey::Spread => return self.read_condition(file, prop.value, steps, found),
            // `[Op.and]: …`
            PropKey::Computed(key) => match facts.expr(key).kind {
                ExprKind::Member { property, .. } => facts.name(property),
                _ => return found.unclear = Some("the condition is put together elsewhere"),
            },
        };
        if ALL.contains(&name) {
            self.read_condition(file, prop.value, steps, found);
        } else if ANY.contains(&name) {
            self.read_any(file, facts, prop.value, steps, found);
        } else if !NEGATED.contains(&name) {
            self.read_comparison(file, name, prop.value, related, steps, found);
        }
    }

    /// Any of several conditions: a row has to meet one, so each must narrow.
    fn read_any(&self, file: FileId, facts: &FileFacts, expr: ExprId, steps: u32, found: &mut Filters) {
        let ExprKind::Array(items) = &facts.expr(expr).kind else {
            found.unclear = Some("the condition is put together elsewhere");
            return;
        };
        let branches: Vec<Filters> = items
            .iter()
            .map(|it| {
                let mut branch = found.branch();
                self.read_condition(file, *it, steps, &mut branch);
                branch
            })
            .collect();
        found.join(branches);
    }

    /// `column: value`, `column: { in: ids }`, `relation: { column: value }`.
    fn read_comparison(
        &self,
        file: FileId,
        column: &str,
        value: ExprId,
        related: bool,
        steps: u32,
        found: &mut Filters,
    ) {
        let Some(steps) = steps.checked_sub(1) else { return };
        let (at, it) = self.definition(file, value, 8).unwrap_or((file, value));
        let Some(facts) = self.facts(at) else { return };
        // Without a value nothing is asked for: `{ id: wanted ?? undefined }`.
        if may_be_undefined(facts, it) {
            found.unclear = Some("what it asks for depends on a condition");
            return;
        }
        match &facts.expr(it).kind {
            ExprKind::Object(props) => {
                props.iter().for_each(|it| self.read_operator(at, facts, column, *it, related, steps, found));
            }
            ExprKind::Call(call) => {
                let (name, args) = (callee_name(facts, *call).map_or("", |it| it.0), &facts.call(*call).args);
                let operand = || args.first().map_or(Operand::Varies(None), |it| self.operand(at, *it));
                match name {
                    _ if IN.contains(&name) => found.push(column, Test::In, operand(), related),
                    _ if EQUAL.contains(&name) => found.push(column, Test::Eq, operand(), related),
                    _ if NEGATED.contains(&name) || COMPARED.contains(&name) => {}
                    _ => found.push(column, Test::Eq, Operand::Varies(None), related),
                }
            }
            ExprKind::Undefined => {}
            ExprKind::Array(_) => found.push(column, Test::In, self.operand(at, it), related),
            _ => found.push(column, Test::Eq, self.operand(file, value), related),
        }
    }

    /// One operator of a column's comparison, or a column of a related table.
    #[expect(clippy::too_many_arguments, reason = "what a comparison carries along its recursion")]
    fn read_operator(
        &self,
        file: FileId,
        facts: &FileFacts,
        column: &str,
        prop: Prop,
        related: bool,
        steps: u32,
        found: &mut Filters,
    ) {
        let name = match prop.key {
            PropKey::Name(name) => facts.name(name),
            PropKey::Computed(key) => match facts.expr(key).kind {
                ExprKind::Member { property, .. } => facts.name(property),
                _ => return,
            },
            PropKey::Spread => return,
        };
        // What starts with something belongs to it, as rows belong to an owner.
        if EQUAL.contains(&name) || matches!(name, "startsWith" | "endsWith") {
            found.push(column, Test::Eq, self.operand(file, prop.value), related);
        } else if IN.contains(&name) {
            found.push(column, Test::In, self.operand(file, prop.value), related);
        } else if RELATED.contains(&name) {
            self.read_related(file, prop.value, steps, found);
        } else if COMPARED.contains(&name) {
            found.push(column, Test::Range, Operand::Fixed, related);
        } else {
            self.read_entry(file, facts, prop, true, steps, found);
        }
    }

    fn read_related(&self, file: FileId, expr: ExprId, steps: u32, found: &mut Filters) {
        let Some(facts) = self.facts(file) else { return };
        if let ExprKind::Object(props) = &facts.expr(expr).kind {
            props.iter().for_each(|it| self.read_entry(file, facts, *it, true, steps, found));
        }
    }

    /// `and(eq(users.id, id), gt(users.age, 3))`.
    fn read_expression(&self, file: FileId, facts: &FileFacts, call: CallId, steps: u32, found: &mut Filters) {
        let it = facts.call(call);
        if let Some(text) = it.text {
            return condition(facts.name(text), found);
        }
        let name = callee_name(facts, call).map_or("", |it| it.0);
        let test = match name {
            _ if ALL.contains(&name) => {
                return it.args.iter().for_each(|it| self.read_condition(file, *it, steps, found));
            }
            _ if ANY.contains(&name) => {
                let branch = |it: &ExprId| {
                    let mut branch = found.branch();
                    self.read_condition(file, *it, steps, &mut branch);
                    branch
                };
                let branches: Vec<Filters> = it.args.iter().map(branch).collect();
                return found.join(branches);
            }
            _ if EQUAL.contains(&name) => Test::Eq,
            _ if IN.contains(&name) => Test::In,
            _ if NEGATED.contains(&name) => return,
            "exists" => return self.read_exists(file, &it.args, found),
            _ if COMPARED.contains(&name) => Test::Range,
            "where" if is_range(facts, &it.args) => return found.push("", Test::Range, Operand::Fixed, false),
            _ => return self.read_made(file, call, it.callee, steps, found),
        };
        self.read_column(file, facts, &it.args, test, found);
    }
}
