//! Functions that are handed on to be called once per element: by name, as a list of functions, to a library of lists.
//!
//! Functions that are written where an array's method takes them are told by `iteration`.

use super::index::Use;
use super::iteration::{Iteration, IterationSource, PER_ELEMENT_FUNCTIONS, Turn, callee_name};
use super::{Project, Value};
use crate::facts::{CallId, ExprId, ExprKind, FileFacts, FunctionId, RegionId, RegionKind};
use crate::source::{FileId, Place};

/// Methods of arrays that call what they are given for each element, and wait for none.
const ALL_AT_ONCE: &[&str] = &["map", "flatMap", "forEach"];

/// Packages whose functions take a list and what to call per element.
const LIST_LIBRARIES: &[&str] = &["bluebird", "async", "modern-async", "p-iteration"];

impl Project {
    /// What runs a call once per element, innermost first; first of all the call itself, where it hands a function on.
    #[must_use]
    pub fn iterations_of(&self, file: FileId, call: CallId) -> Vec<Iteration> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let it = facts.call(call);
        let own = self.iteration_by_name(file, facts, call);
        own.into_iter().chain(self.iterations(file, it.region, it.span)).collect()
    }

    fn iteration_by_name(&self, file: FileId, facts: &FileFacts, call: CallId) -> Option<Iteration> {
        let (subject, _) = named(facts, call)?;
        let (home, function) = self.handed_by_name(file, call)?;
        let it = facts.call(call);
        let source = IterationSource::Named(call, home, function);
        let (place, region) = (Place { file, span: it.name_span }, it.region);
        Some(Iteration { file, source, place, subject: Some(subject), turn: Turn::Concurrent, region, outer: region })
    }

    /// The function of this code base that a call hands on by its name, to be called for each element of a list.
    pub(super) fn handed_by_name(&self, file: FileId, call: CallId) -> Option<(FileId, FunctionId)> {
        let facts = self.facts(file)?;
        let (_, handed) = named(facts, call)?;
        let Value::Function(home, function) = self.value(file, handed) else { return None };
        self.runs_over_list(file, facts.call(call).expr).then_some((home, function))
    }

    /// What is handed on, as it is written.
    pub(super) fn handed_words(&self, file: FileId, call: CallId) -> Option<&str> {
        let (_, handed) = named(self.facts(file)?, call)?;
        Some(self.text_of(self.place_of(file, handed)))
    }

    /// The region in which a function is made that is handed on in a list to be run.
    pub(super) fn given_per_element(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<RegionId> {
        self.made_for_list(file, facts, function).map(|it| it.0)
    }

    /// `inChunks(ids.map((id) => () => load(id)))`: functions are made per element, and the list of them is handed on to be run;
    /// to which call.
    fn made_for_list(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<(RegionId, CallId)> {
        let index = &self.file(file).index;
        let around = index.owner(facts.region(facts.function(function).body).parent?)?;
        let gives = |it: &ExprId| facts.expr(*it).kind == ExprKind::Function(function);
        index.returns.get(&around)?.iter().find(|it| gives(it))?;
        let Use::Argument(made, 0) = *index.uses.get(&around)? else { return None };
        callee_name(facts, made).filter(|(name, object)| *name == "map" && object.is_some())?;
        let ExprKind::Call(run) = facts.expr(*index.parents.get(&facts.call(made).expr)?).kind else { return None };
        let is_given = facts.call(run).args.contains(&facts.call(made).expr);
        is_given.then_some((facts.function(around).body, run))
    }

    /// `tasks.push(async () => load(id))`: functions are collected, and the list of them is handed on and waited for, or gone
    /// through; where, if a call does it. What is kept for when something fails is run for that alone.
    pub(super) fn collected_to_run(&self, facts: &FileFacts, push: CallId) -> Option<Collected> {
        let ("push", Some(onto)) = callee_name(facts, push)? else { return None };
        let ExprKind::Local(list) = facts.expr(onto).kind else { return None };
        let starts_empty = |it: ExprId| matches!(&facts.expr(it).kind, ExprKind::Array(items) if items.is_empty());
        facts.binding(list).init.filter(|it| starts_empty(*it))?;
        let is_list = |it: &ExprId| facts.expr(*it).kind == ExprKind::Local(list);
        let fails =
            |region: RegionId| facts.regions_out(region).any(|(_, it)| matches!(it.kind, RegionKind::Catch { .. }));
        let mut runs = facts.calls().filter(|(_, it)| !fails(it.region));
        let run = runs.find(|(id, it)| {
            let through = callee_name(facts, *id).filter(|it| ALL_AT_ONCE.contains(&it.0)).and_then(|it| it.1);
            it.awaited && it.args.iter().any(is_list) || through.as_ref().is_some_and(is_list)
        });
        let looped = || facts.loops.iter().any(|it| it.subject.as_ref().is_some_and(is_list) && !fails(it.region));
        let by = run.map(|it| it.0);
        (by.is_some() || looped()).then_some(Collected { region: facts.call(push).region, by })
    }

    /// How many functions of a list run at a time, where something hands on the list that a function is made for.
    pub(super) fn limit_of_runner(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<String> {
        const PARTS: &[&str] = &["slice(", "splice(", "hunk", "imit", "oncurrency"];
        let collected = || match *self.file(file).index.uses.get(&function)? {
            Use::Argument(push, _) => self.collected_to_run(facts, push)?.by,
            Use::Callee(_) => None,
        };
        let run = self.made_for_list(file, facts, function).map(|it| it.1).or_else(collected)?;
        if let Some(limit) = self.limiter(file, facts, run) {
            return Some(limit);
        }
        let Value::Function(home, id) = self.deeper(|| self.value(file, facts.call(run).callee))? else { return None };
        let body = Place { file: home, span: self.facts(home)?.function(id).body_span };
        PARTS.iter().any(|it| self.text_of(body).contains(it)).then(|| "only so many at a time".to_owned())
    }

    /// `Bluebird.each(rows, …)`, `async.eachLimit(rows, 5, …)`.
    pub(super) fn is_list_library(&self, file: FileId, object: ExprId) -> bool {
        matches!(self.value(file, object), Value::Export { package, .. } if LIST_LIBRARIES.contains(&&*package))
    }

    /// Whether a method that arrays have is called on no client: `client.from("t").filter(fn)` and the like are not arrays.
    pub(super) fn runs_over_list(&self, file: FileId, call: ExprId) -> bool {
        self.chain(file, call).is_none_or(|it| {
            let is_collection =
                || self.library_of_chain(&it).is_some_and(|it| it.globals.iter().any(|it| it == "Array"));
            it.chain.receiver.is_none() && it.chain.effect.is_none() || is_collection()
        })
    }
}

/// Functions that are collected in a list, to be run.
#[derive(Debug, Clone, Copy)]
pub(super) struct Collected {
    /// Where one of them is added.
    pub(super) region: RegionId,
    /// The call that runs them all; `None` where a loop does.
    pub(super) by: Option<CallId>,
}

/// The list and the name in `list.map(name)`, `list.map(this.name.bind(this))`, `pMap(list, name)`.
fn named(facts: &FileFacts, call: CallId) -> Option<(ExprId, ExprId)> {
    let (name, object) = callee_name(facts, call)?;
    let args = &facts.call(call).args;
    let (subject, handed) = match (object, &**args) {
        (Some(object), [handed, ..]) if ALL_AT_ONCE.contains(&name) => (object, *handed),
        (_, [list, handed, ..]) if PER_ELEMENT_FUNCTIONS.contains(&name) => (*list, *handed),
        _ => return None,
    };
    match facts.expr(handed).kind {
        ExprKind::Local(_) | ExprKind::Member { .. } => Some((subject, handed)),
        ExprKind::Call(bound) => match callee_name(facts, bound)? {
            ("bind", Some(of)) => Some((subject, of)),
            _ => None,
        },
        _ => None,
    }
}
