//! Components that are drawn once per element, and ask for something whenever one is.
//!
//! A component asks by itself where it is drawn on the server, or on a page in an effect or a query hook. What it asks for on a
//! click, or under a condition, is not counted: nobody knows how often that comes about. Which data a page has to draw is no
//! concern here.

use super::definition::entry;
use super::index::Use;
use super::iteration::callee_name;
use super::{Iteration, Project, QueryPath, Rounds, Turn, Value};
use crate::facts::{ExprId, ExprKind, FileFacts, FunctionId, RegionKind};
use crate::finding::Evidence;
use crate::source::{FileId, Place};

/// A component that is drawn once per element and queries.
#[derive(Debug)]
pub struct Drawn {
    /// Where its name stands.
    pub place: Place,
    /// Its name, as written.
    pub name: String,
    /// What it is drawn for.
    pub iteration: Iteration,
    /// What the iteration's rounds are.
    pub rounds: Rounds,
    /// Whether it is drawn on the server, which waits for its data.
    pub is_on_server: bool,
    /// The way from where it is drawn to the query.
    pub path: QueryPath,
}

/// Keys under which a query hook is handed what it calls.
const FETCHERS: &[&str] = &["queryFn", "fetcher"];

impl Project {
    /// The components in a file that are drawn once per element and query.
    #[must_use]
    pub fn drawn_per_element(&self, file: FileId) -> Vec<Drawn> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let tags = facts.exprs.iter().filter_map(|it| match &it.kind {
            ExprKind::Jsx(element) => Some((it, element.tag?)),
            _ => None,
        });
        let named = tags.filter(|(_, tag)| !matches!(facts.expr(*tag).kind, ExprKind::Str(_)));
        named.filter_map(|(it, tag)| self.drawn_at(file, self.iterations(file, it.region, it.span), tag)).collect()
    }

    fn drawn_at(&self, file: FileId, around: Vec<Iteration>, tag: ExprId) -> Option<Drawn> {
        let iteration = around.into_iter().next()?;
        let Value::Function(home, component) = self.value(file, tag) else { return None };
        let facts = self.facts(home)?;
        if !self.is_component(home, facts, component) {
            return None;
        }
        let mut path = self.behind_function(home, component)?;
        if self.is_conditional(home, facts, component, &path) {
            return None;
        }
        let place = self.place_of(file, tag);
        let name = self.text_of(place).to_owned();
        path.hops.insert(0, Evidence { place, note: format!("`{name}` is drawn here") });
        let is_on_server = facts.function(component).is_async;
        let rounds = self.rounds_of_list(&iteration);
        let iteration = Iteration { turn: Turn::Concurrent, ..iteration };
        Some(Drawn { place, name, iteration, rounds, is_on_server, path })
    }

    /// Whether the first step of a path from a component is taken under a condition only.
    fn is_conditional(&self, home: FileId, facts: &FileFacts, component: FunctionId, path: &QueryPath) -> bool {
        let first = path.hops.first().map_or_else(|| self.place_of_query(&path.query), |it| it.place);
        let Some((_, call)) = facts.calls().find(|(_, it)| first.file == home && it.name_span == first.span) else {
            return true;
        };
        let body = facts.function(component).body;
        let mut inside = facts.regions_out(call.region).take_while(|(id, _)| *id != body);
        inside.any(|(_, it)| {
            matches!(it.kind, RegionKind::Then { .. } | RegionKind::Else { .. } | RegionKind::Branch { .. })
        })
    }

    /// Whether a function is run by the component or hook around it once that is shown: an effect, or what a query hook calls.
    pub(super) fn runs_when_shown(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> bool {
        let index = &self.file(file).index;
        if let Some(Use::Argument(call, 0)) = index.uses.get(&function) {
            return super::framework::is_effect(facts, *call);
        }
        let is_it = |expr: ExprId| facts.expr(expr).kind == ExprKind::Function(function);
        let owner = facts.regions_out(facts.function(function).body).nth(1).and_then(|it| index.owner(it.0));
        let calls = index.calls.get(&owner).into_iter().flatten();
        let mut hooks = calls.filter(|it| callee_name(facts, **it).is_some_and(|(name, _)| is_query_hook(name)));
        hooks.any(|hook| {
            facts.call(*hook).args.iter().any(|it| match &facts.expr(*it).kind {
                // `enabled`: somebody decides whether it asks at all.
                ExprKind::Object(_) if entry(facts, *it, "enabled").is_some() => false,
                ExprKind::Object(_) => FETCHERS.iter().filter_map(|key| entry(facts, *it, key)).any(is_it),
                _ => is_it(*it),
            })
        })
    }
}

/// Whether a hook asks for data as soon as its component is shown.
fn is_query_hook(name: &str) -> bool {
    name == "useSWR" || name.starts_with("use") && name.ends_with("Query") && !name.contains("Lazy")
}
