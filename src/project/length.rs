//! How many rounds an iteration has, where the code or the process says so and not the data.
//!
//! A list that is written out is as long as it looks. What is read from configuration, and what the process registers and
//! never takes back, grows with the code. Anything that may hold rows is not spoken of here.

use super::brevity::list_of;
use super::configured::is_settings;
use super::iteration::{Iteration, IterationSource, callee_name, is_global};
use super::{Amount, Project, Value};
use crate::facts::{
    BindingId, BindingKind, CallForm, CallId, ExprId, ExprKind, FileFacts, JumpKind, Loop, LoopForm, MemberKind,
    Operator, PropKey, RegionId, RegionKind, Symbol,
};
use crate::source::{FileId, Place, Span};

/// The largest list written out in code that still counts as fixed and small.
const SMALL: usize = 50;
/// How many names and methods may lie between a loop and the list that it runs over.
pub(super) const STEPS: u8 = 6;

/// Methods that give as many elements as they are called on has, or fewer.
const NO_LONGER: &[&str] =
    &["entries", "values", "keys", "reverse", "slice", "sort", "toSorted", "filter", "map", "toReversed"];
/// Methods by which a list loses elements.
const SHRINKING: &[&str] = &["delete", "clear", "shift", "pop", "splice"];

impl Project {
    /// The number of elements that the code itself fixes.
    pub(super) fn fixed_count(&self, iteration: &Iteration, facts: &FileFacts) -> Option<u32> {
        if let IterationSource::Loop(number) = iteration.source
            && let Some(count) = counted_rounds(facts, &facts.loops[number as usize])
        {
            return Some(count);
        }
        self.fixed_length(iteration.file, list_of(iteration, facts)?, STEPS)
            .filter(|it| (1..=SMALL).contains(it))
            .map(|it| it as u32)
    }

    fn fixed_length(&self, file: FileId, subject: ExprId, steps: u8) -> Option<usize> {
        let steps = steps.checked_sub(1)?;
        let facts = self.facts(file)?;
        if let ExprKind::Call(call) = facts.expr(subject).kind {
            return match copied(facts, call) {
                Some(list) => self.fixed_length(file, list, steps),
                None => self.length_returned(file, facts, call, steps),
            };
        }
        if let ExprKind::Local(binding) = facts.expr(subject).kind
            && self.grows(file, facts, binding)
        {
            return None;
        }
        if let ExprKind::Local(binding) = facts.expr(subject).kind
            && let Some(ExprKind::Call(call)) = facts.binding(binding).init.map(|it| &facts.expr(it).kind)
            && facts.binding(binding).path.is_empty()
        {
            return match copied(facts, *call) {
                Some(list) => self.fixed_length(file, list, steps),
                None => self.length_returned(file, facts, *call, steps),
            };
        }
        let (file, expr) = match facts.expr(subject).kind {
            // A constant may stand in a file that leads to no store.
            ExprKind::Local(_) => self.deeper(|| self.definition(file, subject, 8))??,
            _ => match self.value(file, subject) {
                Value::Literal(file, expr) => (file, expr),
                _ => return None,
            },
        };
        let facts = self.facts(file)?;
        match &facts.expr(expr).kind {
            // A constant that is made from another one: `RULES.filter(…)`.
            ExprKind::Call(_) => self.fixed_length(file, expr, steps),
            ExprKind::Array(items) => items
                .iter()
                .map(|it| match facts.expr(*it).kind {
                    ExprKind::Spread(list) => self.fixed_length(file, list, steps),
                    _ => Some(1),
                })
                .sum(),
            ExprKind::Object(props) if props.iter().all(|it| it.key != PropKey::Spread) => Some(props.len()),
            _ => None,
        }
    }

    /// The most elements that a function of the code base gives, where each of its returns is written out.
    fn length_returned(&self, file: FileId, facts: &FileFacts, call: CallId, steps: u8) -> Option<usize> {
        // What only puts a list together knows no store.
        let Value::Function(home, function) = self.deeper(|| self.value(file, facts.call(call).callee))? else {
            return None;
        };
        let returns = self.file(home).index.returns.get(&function)?;
        let lengths: Option<Vec<usize>> = returns.iter().map(|it| self.fixed_length(home, *it, steps)).collect();
        lengths?.into_iter().max()
    }

    /// Whether a list is added to after it is written out.
    pub(super) fn grows(&self, file: FileId, facts: &FileFacts, binding: BindingId) -> bool {
        let written = self.file(file).index.writes.contains_key(&binding);
        // `counts[name] = …`
        let filled = || {
            facts.assignments.iter().any(|it| match facts.expr(it.target).kind {
                ExprKind::Index { object, .. } => facts.expr(object).kind == ExprKind::Local(binding),
                _ => false,
            })
        };
        written
            || filled()
            || facts.calls().any(|(id, _)| {
                let grows = |name: &str| matches!(name, "push" | "unshift" | "splice" | "add" | "set");
                let grown = callee_name(facts, id).filter(|(name, _)| grows(name));
                grown.and_then(|(_, object)| object).is_some_and(|it| facts.expr(it).kind == ExprKind::Local(binding))
            })
    }

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

/// What a call takes a copy of, or a part: `list` of `Object.keys(list)`, `new Set(list)`, `list.filter(…)`.
pub(super) fn copied(facts: &FileFacts, call: CallId) -> Option<ExprId> {
    let (name, object) = callee_name(facts, call)?;
    let it = facts.call(call);
    let first = it.args.first().copied();
    let is_of = |wanted: &str| object.is_some_and(|it| is_global(facts, it, wanted));
    match name {
        "keys" | "values" | "entries" if is_of("Object") => first,
        "from" if is_of("Array") => first,
        "Set" | "Map" if it.form == CallForm::New => first,
        _ if NO_LONGER.contains(&name) => object,
        _ => None,
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

/// `for (let i = 0; i < 5; i++)`.
fn counted_rounds(facts: &FileFacts, it: &Loop) -> Option<u32> {
    match facts.expr(it.test?).kind {
        ExprKind::Binary(Operator::Compare, _, bound) if it.form == LoopForm::For => match facts.expr(bound).kind {
            ExprKind::Num(count) if count >= 1.0 && count <= SMALL as f64 => Some(count as u32),
            _ => None,
        },
        _ => None,
    }
}
