//! How long a list can be at most, where the code says so on the way to it: a limit of the query that reads it, a cut, a list that is
//! written out, also in the function that gives it.
//!
//! A limit only counts if every way to the list has one, and only a small one: a hundred rounds are many.

use super::fixed::copied;
use super::iteration::{Iteration, IterationSource, callee_name};
use super::{Amount, Limit, Project, Turn, Value};
use crate::facts::{CallId, ExprId, ExprKind, FileFacts, Operator, RegionKind};
use crate::source::{FileId, Place};

/// The longest list that still counts as short.
const SMALL: u32 = 50;

impl Project {
    /// The most elements that a list can have by what gives it, if they are few.
    pub(super) fn most_rounds(&self, iteration: &Iteration, facts: &FileFacts) -> Option<u32> {
        let list = list_of(iteration, facts)?;
        // The rows of a page are few, and there are many pages; all of one at once are no more connections.
        let is_paged =
            |kind: RegionKind| matches!(kind, RegionKind::Loop(it) if facts.loops[it as usize].subject.is_none());
        let mut around =
            facts.regions_out(iteration.outer).take_while(|(_, it)| !matches!(it.kind, RegionKind::Function(_)));
        if iteration.turn == Turn::Sequential && around.any(|(_, it)| is_paged(it.kind)) {
            return None;
        }
        self.most_in(iteration.file, list, super::fixed::STEPS + 2).filter(|it| (1..=SMALL).contains(it))
    }

    fn most_in(&self, file: FileId, list: ExprId, steps: u8) -> Option<u32> {
        let (facts, steps) = (self.facts(file)?, steps.checked_sub(1)?);
        let again = |it: ExprId| self.most_in(file, it, steps);
        match &facts.expr(list).kind {
            ExprKind::Await(inner) => again(*inner),
            ExprKind::Cond { yes, no, .. } => Some(again(*yes)?.max(again(*no)?)),
            ExprKind::Binary(Operator::Or | Operator::Coalesce, left, right) => Some(again(*left)?.max(again(*right)?)),
            ExprKind::Array(items) => items
                .iter()
                .map(|it| match facts.expr(*it).kind {
                    ExprKind::Spread(list) => again(list),
                    _ => Some(1),
                })
                .sum(),
            ExprKind::Local(binding) if !self.grows(file, facts, *binding) => {
                let binding = facts.binding(*binding);
                let init = binding.init?;
                if binding.path.is_empty() { again(init) } else { self.most_read(file, init) }
            }
            ExprKind::Member { .. } => {
                let root = facts.references(facts.expr(list).span).next()?;
                let init = facts.binding(root).init.filter(|_| !self.grows(file, facts, root))?;
                self.most_read(file, init)
            }
            ExprKind::Call(call) => self.most_given(file, facts, *call, steps),
            _ => None,
        }
    }

    fn most_given(&self, file: FileId, facts: &FileFacts, call: CallId, steps: u8) -> Option<u32> {
        let it = facts.call(call);
        if let Some(most) = self.most_read(file, it.expr) {
            return Some(most);
        }
        let name = callee_name(facts, call).map_or("", |it| it.0);
        if name == "slice"
            && let [from, to] = &*it.args
            && facts.expr(*from).kind == ExprKind::Num(0.0)
            && let Some(most) = small(&self.amount(file, *to))
        {
            return Some(most);
        }
        if matches!(name, "all" | "allSettled") {
            return self.most_in(file, *it.args.first()?, steps);
        }
        if let Some(source) = copied(facts, call) {
            return self.most_in(file, source, steps);
        }
        let Value::Function(home, function) = self.deeper(|| self.value(file, it.callee))? else { return None };
        let given = self.file(home).index.returns.get(&function)?;
        given.iter().map(|it| self.most_in(home, *it, steps)).try_fold(0, |most, it| Some(it?.max(most)))
    }

    /// The most rows that a query asks for: `.limit(20)`.
    fn most_read(&self, file: FileId, read: ExprId) -> Option<u32> {
        let span = self.facts(file)?.expr(read).span;
        let text = self.text_of(Place { file, span });
        let limits = self.limits_within(file, span);
        // What is stated now and then limits nothing.
        let is_stated = |it: &&Limit| !it.text.contains('?') && !is_now_and_then(text, &it.text);
        limits.iter().filter(is_stated).filter_map(|it| small(&it.rows)).min()
    }
}

/// What an iteration goes through, also by its number: `for (let at = 0; at < rows.length; at++)`.
pub(super) fn list_of(iteration: &Iteration, facts: &FileFacts) -> Option<ExprId> {
    let IterationSource::Loop(number) = iteration.source else { return iteration.subject };
    let counted = || match facts.expr(facts.loops[number as usize].test?).kind {
        ExprKind::Binary(Operator::Compare, _, bound) => match facts.expr(bound).kind {
            ExprKind::Member { object, property } if facts.name(property) == "length" => Some(object),
            _ => None,
        },
        _ => None,
    };
    iteration.subject.or_else(counted)
}

/// Whether a limit stands in what is spread on a condition: `...(paged && { take: 20 })`.
fn is_now_and_then(text: &str, limit: &str) -> bool {
    text.match_indices("...(").any(|(at, _)| {
        let mut depth = 0;
        let end = text[at + 3..].find(|it: char| {
            depth += i32::from(it == '(') - i32::from(it == ')');
            depth == 0
        });
        let spread = &text[at..end.map_or(text.len(), |it| at + 3 + it)];
        spread.contains(limit) && ["take", "limit", "first", "top"].iter().any(|it| spread.contains(it))
    })
}

fn small(amount: &Amount) -> Option<u32> {
    match amount {
        Amount::AtMost(most) if *most >= 0.0 && *most <= f64::from(SMALL) => Some(*most as u32),
        _ => None,
    }
}
