//! Which request a place in the code serves: the handler that it stands in, or one that leads to it through calls.
//!
//! Handlers are recognized by the tables of frameworks in the catalog: calls that register them, files whose exports they are,
//! decorators, directives and resolver maps. A place that no handler is seen to reach may still serve one.

mod handler;

use std::collections::HashSet;

use super::Project;
use super::callee::words;
use super::query::Query;
use crate::catalog::Runs;
use crate::facts::{CallId, FunctionId, RegionId};
use crate::finding::Evidence;
use crate::source::FileId;

/// What makes a place run.
#[derive(Debug, Clone, PartialEq)]
pub struct Exposure {
    /// When it runs.
    pub runs: Runs,
    /// The handler, and the calls from there to the place, outermost first.
    pub path: Vec<Evidence>,
}

/// Words of folders and files whose routes are not for those who use the service.
const STAFF: &[&str] =
    &["admin", "internal", "private", "cron", "debug", "mod", "moderator", "moderation", "staff", "backoffice"];

/// What a route of a scheduler asks for.
const SECRETS: &[&str] = &["CRON_SECRET", "CronSecret", "cronSecret", "CRON_API_KEY", "cron_secret"];

/// So many calls may lie between a handler and what it leads to.
const HOPS: usize = 6;

/// So many functions are looked at for one place.
const MOST: usize = 60;

impl Project {
    /// The request that a query serves, if one is seen to.
    #[must_use]
    pub fn exposure(&self, query: &Query) -> Option<Exposure> {
        self.exposure_of_call(query.file, query.call)
    }

    /// The request that a call serves, if one is seen to.
    pub(super) fn exposure_of_call(&self, file: FileId, call: CallId) -> Option<Exposure> {
        let facts = self.facts(file)?;
        let mut seen = HashSet::new();
        let mut open = vec![(file, facts.call(call).region, Vec::new())];
        let mut other = None;
        // Breadth first: the shortest way is the one to show.
        for _ in 0..=HOPS {
            let mut next = Vec::new();
            for (file, region, path) in open {
                if let Some(found) = self.handler_around(file, region) {
                    let path = std::iter::once(found.1).chain(path).collect();
                    let found = Exposure { runs: found.0, path };
                    if found.is_request() {
                        return Some(found);
                    }
                    other = other.or(Some(found));
                    continue;
                }
                for (at, call) in self.calls_of_function_around(file, region) {
                    if seen.len() < MOST && seen.insert((at, call)) {
                        next.push((at, self.facts(at)?.call(call).region, self.hop(at, call, &path)));
                    }
                }
            }
            open = next;
        }
        other
    }

    /// The calls of the function that a place belongs to.
    fn calls_of_function_around(&self, file: FileId, region: RegionId) -> Vec<(FileId, CallId)> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let named = self.functions_out(facts, region).find(|it| self.is_called_by_name(file, *it));
        named.map_or_else(Vec::new, |it| self.callers(file, it))
    }

    fn is_called_by_name(&self, file: FileId, function: FunctionId) -> bool {
        !self.file(file).index.uses.contains_key(&function)
    }

    fn hop(&self, file: FileId, call: CallId, path: &[Evidence]) -> Vec<Evidence> {
        let called = self.called(file, call);
        let hop = Evidence { place: self.anchor_of(file, call), note: format!("`{called}` is called here") };
        std::iter::once(hop).chain(path.iter().cloned()).collect()
    }
}

impl Exposure {
    /// Whether only those who run the service ask for it, by where its handler stands, or a scheduler does, by the secret that it
    /// has to show.
    #[must_use]
    pub fn is_for_staff(&self, project: &Project) -> bool {
        let Some(handler) = self.path.first().map(|it| project.file(it.place.file)) else { return false };
        handler.path.split(['/', '.']).flat_map(words).any(|it| STAFF.contains(&it.as_str()))
            || SECRETS.iter().any(|it| handler.text.contains(it))
    }

    /// Whether somebody outside decides how often it runs.
    #[must_use]
    pub fn is_request(&self) -> bool {
        matches!(self.runs, Runs::Request | Runs::Message | Runs::Connection | Runs::Field | Runs::Render)
    }
}
