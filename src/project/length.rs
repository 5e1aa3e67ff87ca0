//! How many rounds an iteration has, where the code or the process says so and not the data.
//!
//! A list that is written out is as long as it looks. What is read from configuration, and what the process registers and
//! never takes back, grows with the code. Anything that may hold rows is not spoken of here.

use super::configured::is_settings;
use super::fixed::{SMALL, STEPS, copied};
use super::iteration::{Iteration, callee_name};
use super::{Amount, Project};
use crate::facts::{
    BindingKind, CallForm, ExprId, ExprKind, FileFacts, JumpKind, MemberKind, Operator, RegionId, RegionKind, Symbol,
};
use crate::source::{FileId, Place, Span};

/// Methods by which a list loses elements.
const SHRINKING: &[&str] = &["delete", "clear", "shift", "pop", "splice"];

impl Project {
    /// Why a list does not grow with the data, although the code does not fix its length.
    pub(super) fn grows_with_code(&self, iteration: &Iteration) -> Option<&'static str> {
        let facts = self.facts(iteration.file)?;
        let root = iteration.subject.and_then(|it| self.root_of_list(facts, it, STEPS));
        match root {
            Some(root) if is_settings(facts, root) => Some("as many as the configuration names"),
            Some(root) if self.is_enumeration(iteration.file, root) => Some("as many as an enumeration has values"),
            Some(root) if self.is_registry(iteration.file, facts, root) => {
                Some("what the process itself registers and never takes back")
            }
            _ if self.is_read_by_settings(iteration, facts) => Some("no more rows than the configuration names"),
            _ if self.holds_enumeration(iteration, facts) => Some("values of an enumeration alone"),
            _ if self.is_checked_short(iteration, facts) => Some("a length that is checked before"),
            _ => None,
        }
    }

    /// Whether the code leaves before the loop where the list is longer than a few: `if (tags.length > MAX) throw …`.
    fn is_checked_short(&self, iteration: &Iteration, facts: &FileFacts) -> bool {
        let Some(ExprKind::Local(list)) = iteration.subject.map(|it| &facts.expr(it).kind) else { return false };
        let is_length = |it: ExprId| match facts.expr(it).kind {
            ExprKind::Member { object, property } => {
                facts.expr(object).kind == ExprKind::Local(*list) && matches!(facts.name(property), "length" | "size")
            }
            _ => false,
        };
        let leaves = facts.jumps.iter().filter(|it| {
            matches!(it.kind, JumpKind::Return | JumpKind::Throw) && it.span.end <= iteration.place.span.start
        });
        let tests = leaves.filter_map(|it| match facts.region(it.region).kind {
            RegionKind::Then { test } => Some(facts.expr(test).span),
            _ => None,
        });
        tests.into_iter().any(|test| {
            facts.within(test).any(|(_, it)| match it.kind {
                ExprKind::Binary(Operator::Compare, left, right) if is_length(left) => {
                    let between = Span::new(facts.expr(left).span.end, facts.expr(right).span.start);
                    let is_more = self.text_of(Place { file: iteration.file, span: between }).contains('>');
                    let most = self.amount(iteration.file, right);
                    is_more && matches!(most, Amount::AtMost(most) if most <= SMALL as f64)
                }
                _ => false,
            })
        })
    }

    /// What a list is taken from: `this.jobs` of `Object.values(this.jobs).filter(…)`.
    pub(super) fn root_of_list(&self, facts: &FileFacts, list: ExprId, steps: u8) -> Option<ExprId> {
        let steps = steps.checked_sub(1)?;
        match facts.expr(list).kind {
            ExprKind::Call(call) => match copied(facts, call) {
                Some(object) => self.root_of_list(facts, object, steps),
                None => None,
            },
            ExprKind::Local(binding) => match facts.binding(binding) {
                it if it.kind == BindingKind::Const && it.element_of.is_none() => match it.init {
                    Some(init) => self.root_of_list(facts, init, steps),
                    None => Some(list),
                },
                _ => Some(list),
            },
            ExprKind::Index { object, .. } => self.root_of_list(facts, object, steps),
            ExprKind::Binary(Operator::Or | Operator::Coalesce, left, _) => self.root_of_list(facts, left, steps),
            _ => Some(list),
        }
    }

    /// Whether a field of something that is made once is added to and never loses anything.
    fn is_registry(&self, file: FileId, facts: &FileFacts, root: ExprId) -> bool {
        let ExprKind::Member { object, property } = facts.expr(root).kind else { return false };
        if facts.expr(object).kind != ExprKind::This {
            return false;
        }
        let class = facts.classes.iter().find(|it| it.span.contains(facts.expr(root).span));
        let starts_empty = class.is_some_and(|class| {
            class.members.iter().any(|it| match it.kind {
                MemberKind::Field(Some(value)) => it.name == Some(property) && is_empty_list(facts, value),
                _ => false,
            })
        });
        let name = class.and_then(|it| it.name);
        starts_empty
            && name.is_some_and(|it| is_made_once(facts, it))
            && !self.file(file).index.fields.contains_key(&property)
            && is_only_added_to(facts, property)
    }
}

fn is_empty_list(facts: &FileFacts, value: ExprId) -> bool {
    match &facts.expr(value).kind {
        ExprKind::Array(items) => items.is_empty(),
        ExprKind::Object(props) => props.is_empty(),
        ExprKind::Call(call) => {
            let it = facts.call(*call);
            it.form == CallForm::New
                && it.args.is_empty()
                && callee_name(facts, *call).is_some_and(|(name, _)| matches!(name, "Map" | "Set"))
        }
        _ => false,
    }
}

/// Whether every construction of a class in its own file is kept: it is the value of a field or of a name of the module.
fn is_made_once(facts: &FileFacts, class: Symbol) -> bool {
    let made = facts.calls().filter(|(id, it)| {
        it.form == CallForm::New && callee_name(facts, *id).is_some_and(|(name, _)| name == facts.name(class))
    });
    let is = |value: ExprId, made: ExprId| match facts.expr(value).kind {
        ExprKind::Local(binding) => facts.binding(binding).init == Some(made),
        _ => value == made,
    };
    let kept = |expr: ExprId, region: RegionId| {
        facts.function_of(region).is_none()
            || facts.assignments.iter().any(|it| {
                is(it.value, expr)
                    && match facts.expr(it.target).kind {
                        ExprKind::Member { .. } => true,
                        ExprKind::Local(binding) => facts.function_of(facts.binding(binding).region).is_none(),
                        _ => false,
                    }
            })
    };
    let mut made = made.map(|(_, it)| kept(it.expr, it.region)).peekable();
    made.peek().is_some() && made.all(|it| it)
}

/// Whether nothing in the file takes anything out of a field, and something puts it in.
fn is_only_added_to(facts: &FileFacts, field: Symbol) -> bool {
    let is_field = |it: ExprId| match facts.expr(it).kind {
        ExprKind::Member { object, property } => property == field && facts.expr(object).kind == ExprKind::This,
        _ => false,
    };
    let called = |names: &[&str]| {
        facts.calls().any(|(id, _)| {
            callee_name(facts, id).is_some_and(|(name, object)| names.contains(&name) && object.is_some_and(is_field))
        })
    };
    let is_part = |it: ExprId| match facts.expr(it).kind {
        ExprKind::Index { object, .. } | ExprKind::Member { object, .. } => is_field(object),
        _ => false,
    };
    let adds = called(&["push", "set", "add"]) || facts.assignments.iter().any(|it| is_part(it.target));
    let deletes = || facts.exprs.iter().any(|it| matches!(it.kind, ExprKind::Unary(_, operand) if is_part(operand)));
    adds && !called(SHRINKING) && !deletes()
}
