//! What runs once per element: loops, and callbacks that something calls for each element.

use super::Project;
use super::index::Use;
use crate::facts::{CallForm, CallId, ExprId, ExprKind, FileFacts, FunctionId, LoopForm, RegionId, RegionKind};
use crate::source::{FileId, Place, Span};

/// How rounds follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Each round waits for the one before.
    Sequential,
    /// All rounds start at once: `Promise.all(items.map(…))`.
    Concurrent,
}

/// Something that runs its body once per element.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Iteration {
    /// The file.
    pub file: FileId,
    /// The loop statement's number, or the call that takes the callback.
    pub source: IterationSource,
    /// The loop's head, or the called name.
    pub place: Place,
    /// What it runs over.
    pub subject: Option<ExprId>,
    /// How rounds follow each other.
    pub turn: Turn,
    /// The region of its body.
    pub region: RegionId,
    /// The region around it.
    pub outer: RegionId,
}

/// What iterates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IterationSource {
    /// A loop statement: an index into the file's loops.
    Loop(u32),
    /// A call that runs a callback per element, and the callback.
    Callback(CallId, FunctionId),
    /// A call that runs a function of that file per element, which it is given by name.
    Named(CallId, FileId, FunctionId),
}

/// Methods of arrays, and of things like them, that call their first argument once per element.
pub(super) const PER_ELEMENT: &[&str] = &[
    "map",
    "forEach",
    "flatMap",
    "filter",
    "reduce",
    "reduceRight",
    "some",
    "every",
    "find",
    "findIndex",
    "each",
    "mapSeries",
    "forEachSeries",
];

/// Functions that take the elements first and the callback second.
pub(super) const PER_ELEMENT_FUNCTIONS: &[&str] =
    &["pMap", "pMapSeries", "pEach", "asyncMap", "mapLimit", "eachLimit", "mapAsync", "forEachAsync"];

/// Of all these, the ones that wait for each call before the next.
const IN_TURN: &[&str] =
    &["reduce", "reduceRight", "pMapSeries", "mapSeries", "forEachSeries", "eachSeries", "eachOfSeries", "pEach"];

impl Project {
    /// What runs a place once per element, innermost first, within the function that the place belongs to.
    #[must_use]
    pub fn iterations(&self, file: FileId, region: RegionId, span: Span) -> Vec<Iteration> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let mut found = Vec::new();
        let mut at = Some(region);
        while let Some(id) = at {
            let here = facts.region(id);
            at = here.parent;
            match here.kind {
                RegionKind::Loop(number) => found.extend(loop_iteration(file, facts, number, span)),
                RegionKind::Function(function) => match self.runs_within(file, facts, function) {
                    Some(Within::PerElement(iteration)) => {
                        found.push(iteration);
                        at = Some(iteration.outer);
                    }
                    Some(Within::Once(region)) => at = Some(region),
                    None => return found,
                },
                _ => {}
            }
        }
        found
    }

    /// Whether a function expression runs as part of the code around it, and how often.
    fn runs_within(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<Within> {
        let Some(used) = self.file(file).index.uses.get(&function) else {
            return self.given_per_element(file, facts, function).map(Within::Once);
        };
        match *used {
            Use::Callee(call) => Some(Within::Once(facts.call(call).region)),
            Use::Argument(call, position) => {
                if let Some(iteration) = self.callback_iteration(file, facts, function, call, position) {
                    return Some(Within::PerElement(iteration));
                }
                let collected = || self.collected_to_run(facts, call).map(|it| it.region);
                let at_once = self.runs_at_once(file, facts, call).then_some(facts.call(call).region);
                at_once.or_else(collected).map(Within::Once)
            }
        }
    }

    /// Whether a function expression runs as part of the code around it.
    pub(super) fn runs_in_place(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> bool {
        self.runs_within(file, facts, function).is_some()
    }

    fn callback_iteration(
        &self,
        file: FileId,
        facts: &FileFacts,
        function: FunctionId,
        call: CallId,
        position: u32,
    ) -> Option<Iteration> {
        let it = facts.call(call);
        let (name, object) = callee_name(facts, call)?;
        let mut in_turn = false;
        let subject = match object {
            Some(object) if position == 0 && PER_ELEMENT.contains(&name) => object,
            _ if position == 1 && PER_ELEMENT_FUNCTIONS.contains(&name) => *it.args.first()?,
            Some(object) if position == 1 && name == "from" && is_global(facts, object, "Array") => *it.args.first()?,
            Some(object) if position >= 1 && self.is_list_library(file, object) => *it.args.first()?,
            _ => {
                let own = self.own_iterator(file, facts, call, position)?;
                in_turn = own.in_turn;
                own.subject
            }
        };
        if !self.runs_over_list(file, it.expr) {
            return None;
        }
        let is_async = facts.function(function).is_async || name != "forEach";
        let sequential = in_turn || IN_TURN.contains(&name);
        let one_connection = || self.is_given_to_transaction(file, facts, it.expr);
        let turn = if sequential || !is_async || one_connection() { Turn::Sequential } else { Turn::Concurrent };
        let place = Place { file, span: it.name_span };
        let source = IterationSource::Callback(call, function);
        let (region, outer) = (facts.function(function).body, it.region);
        Some(Iteration { file, source, place, subject: Some(subject), turn, region, outer })
    }

    /// `client.$transaction(rows.map(…))`: the statements of a transaction follow each other on one connection.
    fn is_given_to_transaction(&self, file: FileId, facts: &FileFacts, list: ExprId) -> bool {
        let parents = &self.file(file).index.parents;
        let mut at = list;
        while let Some(&parent) = parents.get(&at) {
            match facts.expr(parent).kind {
                ExprKind::Spread(_) | ExprKind::Array(_) => at = parent,
                ExprKind::Call(call) => {
                    let given = facts.call(call).args.contains(&at);
                    return given && callee_name(facts, call).is_some_and(|(name, _)| name == "$transaction");
                }
                _ => return false,
            }
        }
        false
    }

    /// Whether what a call is given runs before the code around it goes on: the call is awaited, or is one of those that
    /// only wrap a promise.
    fn runs_at_once(&self, file: FileId, facts: &FileFacts, call: CallId) -> bool {
        let it = facts.call(call);
        if it.awaited && !self.is_iteration_boundary(facts, call) {
            return true;
        }
        let head = self.head_of(file, it.expr);
        let awaited_head = matches!(facts.expr(head).kind, ExprKind::Call(head) if facts.call(head).awaited);
        awaited_head || self.is_returned(file, facts, head)
    }

    /// Registering a handler is awaited now and then; the handler still runs later.
    fn is_iteration_boundary(&self, facts: &FileFacts, call: CallId) -> bool {
        let Some((name, _)) = callee_name(facts, call) else { return false };
        matches!(
            name,
            "on" | "once"
                | "addListener"
                | "addEventListener"
                | "subscribe"
                | "process"
                | "register"
                | "schedule"
                | "test"
                | "it"
                | "describe"
        )
    }

    /// Whether an expression is what its function returns.
    pub(super) fn is_returned(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> bool {
        let index = &self.file(file).index;
        let owner = index.owner(facts.expr(expr).region);
        owner.and_then(|it| index.returns.get(&it)).is_some_and(|it| it.contains(&expr))
    }

    /// The whole chain that an expression is part of: `a.b().c()` for `a.b`.
    pub(super) fn head_of(&self, file: FileId, expr: ExprId) -> ExprId {
        let Some(facts) = self.facts(file) else { return expr };
        let parents = &self.file(file).index.parents;
        let mut head = expr;
        let mut at = expr;
        while let Some(&parent) = parents.get(&at) {
            match facts.expr(parent).kind {
                ExprKind::Member { .. } => {}
                ExprKind::Call(call) if facts.call(call).callee == at && facts.call(call).form != CallForm::New => {
                    head = parent
                }
                _ => break,
            }
            at = parent;
        }
        head
    }
}

enum Within {
    /// Once per element of something.
    PerElement(Iteration),
    /// Once, as part of the region.
    Once(RegionId),
}

/// The name that a call calls, and the object that it is called on.
#[must_use]
pub(super) fn callee_name(facts: &FileFacts, call: CallId) -> Option<(&str, Option<ExprId>)> {
    match facts.expr(facts.call(call).callee).kind {
        ExprKind::Member { object, property } => Some((facts.name(property), Some(object))),
        ExprKind::Local(binding) => Some((facts.name(facts.binding(binding).name), None)),
        ExprKind::Global(name) => Some((facts.name(name), None)),
        _ => None,
    }
}

/// Whether an expression is the global of that name.
pub(super) fn is_global(facts: &FileFacts, expr: ExprId, wanted: &str) -> bool {
    matches!(facts.expr(expr).kind, ExprKind::Global(name) if facts.name(name) == wanted)
}

/// A loop, if a span within it runs once per round.
fn loop_iteration(file: FileId, facts: &FileFacts, number: u32, span: Span) -> Option<Iteration> {
    let it = &facts.loops[number as usize];
    let before_rounds = |expr: Option<ExprId>| expr.is_some_and(|id| facts.expr(id).span.contains(span));
    let in_head = it.head.contains(span);
    let once = before_rounds(it.subject)
        || (in_head && it.form == LoopForm::For && !before_rounds(it.test) && !before_rounds(it.step));
    let outer = facts.region(it.region).parent?;
    let source = IterationSource::Loop(number);
    let place = Place { file, span: it.head };
    let turn = Turn::Sequential;
    (!once).then_some(Iteration { file, source, place, subject: it.subject, turn, region: it.region, outer })
}
