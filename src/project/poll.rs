//! What runs again by itself: functions that an interval or a query library calls every so often.

use std::collections::BTreeMap;

use memchr::memmem;

use super::definition::entry;
use super::iteration::callee_name;
use super::{Amount, Project, Value};
use crate::facts::{CallId, ExprId, ExprKind, FileFacts, FunctionId, RegionId};
use crate::source::{FileId, Place};

/// What calls a function again and again.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Poll {
    /// Where it is set up.
    pub place: Place,
    /// Milliseconds from one run to the next, at the least.
    pub every: f64,
}

/// How many calls may lie between the interval and the work.
const HOPS: u32 = 5;

/// Functions that run again by themselves, with what calls them.
pub type Polls = BTreeMap<(FileId, FunctionId), Poll>;

impl Project {
    /// Every function that an interval leads to.
    #[must_use]
    pub fn polls(&self) -> Polls {
        let mut polls = Polls::new();
        for (file, facts) in self.audited_near_store() {
            // Every name that is looked for ends alike, and hardly any file holds one.
            if memmem::find(self.file(file).text.as_bytes(), b"nterval").is_none() {
                continue;
            }
            for (id, call) in facts.calls() {
                let Some((name, _)) = callee_name(facts, id) else { continue };
                if name == "setInterval" && call.args.len() > 1 {
                    self.note_poll(file, call.args[0], call.args[1], Place { file, span: call.name_span }, &mut polls);
                }
                for argument in &call.args {
                    let interval = ["refetchInterval", "refreshInterval", "pollInterval"]
                        .iter()
                        .find_map(|key| entry(facts, *argument, key));
                    let Some(interval) = interval else { continue };
                    let run = entry(facts, *argument, "queryFn")
                        .or_else(|| call.args.iter().copied().find(|it| self.is_function(file, *it)));
                    if let Some(run) = run {
                        self.note_poll(file, run, interval, self.place_of(file, interval), &mut polls);
                    }
                }
            }
        }
        polls
    }

    /// What calls the function around a place again and again.
    #[must_use]
    pub fn poll_of(&self, polls: &Polls, file: FileId, region: RegionId) -> Option<Poll> {
        let facts = self.facts(file)?;
        facts.regions_out(region).find_map(|(id, _)| polls.get(&(file, self.file(file).index.owner(id)?)).copied())
    }

    fn is_function(&self, file: FileId, expr: ExprId) -> bool {
        matches!(self.value(file, expr), Value::Function(..))
    }

    fn note_poll(&self, file: FileId, run: ExprId, interval: ExprId, place: Place, polls: &mut Polls) {
        let Some(every) = self.deeper(|| self.shortest(file, interval, 8)).flatten() else { return };
        let Value::Function(at, function) = self.value(file, run) else { return };
        if every >= 1.0 {
            self.spread(at, function, Poll { place, every }, HOPS, polls);
        }
    }

    /// The shortest time that an interval can be: of several that a function chooses from, the least.
    fn shortest(&self, file: FileId, interval: ExprId, steps: u32) -> Option<f64> {
        let steps = steps.checked_sub(1)?;
        let (file, interval) = self.definition(file, interval, steps)?;
        let facts = self.facts(file)?;
        let least = |of: Vec<Option<f64>>| of.into_iter().collect::<Option<Vec<f64>>>()?.into_iter().reduce(f64::min);
        match facts.expr(interval).kind {
            ExprKind::Cond { yes, no, .. } => {
                least(vec![self.shortest(file, yes, steps), self.shortest(file, no, steps)])
            }
            ExprKind::Call(call) => match self.value(file, facts.call(call).callee) {
                Value::Function(at, function) => {
                    let returns = self.file(at).index.returns.get(&function).into_iter().flatten();
                    least(returns.map(|it| self.shortest(at, *it, steps)).collect())
                }
                _ => None,
            },
            _ => match self.amount(file, interval) {
                Amount::AtMost(every) => Some(every),
                _ => None,
            },
        }
    }

    fn spread(&self, file: FileId, function: FunctionId, poll: Poll, hops: u32, polls: &mut Polls) {
        if polls.get(&(file, function)).is_some_and(|it| it.every <= poll.every) {
            return;
        }
        polls.insert((file, function), poll);
        let (Some(facts), Some(hops)) = (self.facts(file), hops.checked_sub(1)) else { return };
        for call in calls_within(facts, function) {
            if let Value::Function(at, called) = self.value(file, facts.call(call).callee) {
                self.spread(at, called, poll, hops, polls);
            }
        }
    }
}

fn calls_within(facts: &FileFacts, function: FunctionId) -> Vec<CallId> {
    let span = facts.function(function).span;
    let named = |id: &CallId| !matches!(facts.expr(facts.call(*id).callee).kind, ExprKind::Function(_));
    facts.calls().filter(|(_, it)| span.contains(it.span)).map(|(id, _)| id).filter(named).collect()
}
