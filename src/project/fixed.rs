//! How many elements a list has that the code itself writes out: where it is declared, where it is handed in or given, wherever
//! that is.

use super::brevity::list_of;
use super::iteration::{Iteration, IterationSource, callee_name, is_global};
use super::{Project, Value};
use crate::facts::{
    BindingId, BindingKind, CallForm, CallId, ExprId, ExprKind, FileFacts, FunctionId, Loop, LoopForm, Operator,
    PropKey, RegionKind,
};
use crate::source::FileId;

/// Methods that give as many elements as they are called on has, or fewer.
const NO_LONGER: &[&str] =
    &["entries", "values", "keys", "reverse", "slice", "sort", "toSorted", "filter", "map", "toReversed"];
/// The largest list written out in code that still counts as fixed and small.
pub(super) const SMALL: usize = 50;
/// How many names and methods may lie between a loop and the list that it runs over.
pub(super) const STEPS: u8 = 6;

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
        match facts.expr(subject).kind {
            ExprKind::Call(call) => self.length_given(file, facts, call, steps),
            ExprKind::Local(binding) => self.length_of_name(file, facts, (subject, binding), steps),
            _ => match self.value(file, subject) {
                Value::Literal(file, expr) => self.length_written(file, expr, steps),
                _ => None,
            },
        }
    }

    fn length_of_name(
        &self,
        file: FileId,
        facts: &FileFacts,
        (subject, name): (ExprId, BindingId),
        steps: u8,
    ) -> Option<usize> {
        let binding = facts.binding(name);
        if self.grows(file, facts, name) {
            let ExprKind::Array(items) = &facts.expr(binding.init?).kind else { return None };
            let is_plain = items.iter().all(|it| !matches!(facts.expr(*it).kind, ExprKind::Spread(_)));
            return Some(items.len() + self.pushed(file, facts, name)?).filter(|_| is_plain);
        }
        match (binding.kind, binding.init.map(|it| &facts.expr(it).kind)) {
            (BindingKind::Param(function, position), _) => {
                if binding.path.is_empty() {
                    self.length_handed(file, function, position, steps)
                } else {
                    None
                }
            }
            (_, Some(ExprKind::Call(call))) if binding.path.is_empty() => self.length_given(file, facts, *call, steps),
            // A constant may stand in a file that leads to no store.
            _ => {
                let (file, expr) = self.deeper(|| self.definition(file, subject, 8))??;
                self.length_written(file, expr, steps)
            }
        }
    }

    /// The elements of what a call gives.
    fn length_given(&self, file: FileId, facts: &FileFacts, call: CallId, steps: u8) -> Option<usize> {
        match copied(facts, call) {
            Some(list) => self.fixed_length(file, list, steps),
            None => self.length_returned(file, facts, call, steps),
        }
    }

    /// The elements of a list or the entries of an object that are written out.
    fn length_written(&self, file: FileId, expr: ExprId, steps: u8) -> Option<usize> {
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

    /// The most elements that callers hand in, where each of them writes them out.
    fn length_handed(&self, file: FileId, function: FunctionId, position: u32, steps: u8) -> Option<usize> {
        // What runs where it stands is called with elements.
        if self.file(file).index.uses.contains_key(&function) {
            return None;
        }
        let calls = self.all_callers(file, function)?;
        let given = calls.iter().map(|&(from, call)| {
            let it = *self.facts(from)?.call(call).args.get(position as usize)?;
            self.fixed_length(from, it, steps)
        });
        given.collect::<Option<Vec<_>>>()?.into_iter().max()
    }

    /// Whether a name is written anew, or something under a key: `counts[name] = …`.
    fn is_written_into(&self, file: FileId, facts: &FileFacts, list: BindingId) -> bool {
        self.file(file).index.writes.contains_key(&list)
            || facts.assignments.iter().any(|it| match facts.expr(it.target).kind {
                ExprKind::Index { object, .. } => facts.expr(object).kind == ExprKind::Local(list),
                _ => false,
            })
    }

    /// How many elements are pushed onto a list one by one where it is declared; `None` where a loop or another function adds.
    fn pushed(&self, file: FileId, facts: &FileFacts, list: BindingId) -> Option<usize> {
        if self.is_written_into(file, facts, list) {
            return None;
        }
        let home = facts.function_of(facts.binding(list).region);
        let mut pushed = 0;
        for (id, call) in facts.calls() {
            let Some((name, Some(object))) = callee_name(facts, id) else { continue };
            if facts.expr(object).kind != ExprKind::Local(list) || !matches!(name, "push" | "unshift" | "splice") {
                continue;
            }
            let is_plain = call.args.iter().all(|it| !matches!(facts.expr(*it).kind, ExprKind::Spread(_)));
            let is_once = facts.function_of(call.region) == home
                && !facts.regions_out(call.region).any(|(_, it)| matches!(it.kind, RegionKind::Loop(_)));
            if name == "splice" || !is_plain || !is_once {
                return None;
            }
            pushed += call.args.len();
        }
        Some(pushed)
    }

    /// Whether a list is added to after it is written out.
    pub(super) fn grows(&self, file: FileId, facts: &FileFacts, binding: BindingId) -> bool {
        self.is_written_into(file, facts, binding)
            || facts.calls().any(|(id, _)| {
                let grows = |name: &str| matches!(name, "push" | "unshift" | "splice" | "add" | "set");
                let grown = callee_name(facts, id).filter(|(name, _)| grows(name));
                grown.and_then(|(_, object)| object).is_some_and(|it| facts.expr(it).kind == ExprKind::Local(binding))
            })
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
