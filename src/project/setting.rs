//! What stands around a query and makes a loop around it harmless, or a missing loop harmful: batch functions, limiters,
//! field resolvers.

use super::definition::entry;
use super::index::Use;
use super::iteration::{Iteration, IterationSource, Turn, callee_name};
use super::query::QueryPath;
use super::rounds::is_one_chunk;
use super::{Project, Value};
use crate::catalog::ProtectionKind;
use crate::facts::{CallForm, CallId, ExprId, ExprKind, FileFacts, FunctionId, PropKey, RegionId, RegionKind};
use crate::source::FileId;

/// The parents whose fields are resolved once per operation.
const OPERATIONS: [&str; 3] = ["Query", "Mutation", "Subscription"];

/// Methods of schema builders that describe a type's fields, and those that describe operations.
const BUILDERS: [&str; 7] =
    ["objectType", "objectField", "objectFields", "prismaObject", "prismaNode", "drizzleObject", "implement"];
const ROOTS: [&str; 9] = [
    "queryType",
    "queryField",
    "queryFields",
    "mutationType",
    "mutationField",
    "mutationFields",
    "subscriptionType",
    "subscriptionField",
    "subscriptionFields",
];

impl Project {
    /// A call that is itself a query of a store, or hands over a job.
    #[must_use]
    pub fn stored_query(&self, file: FileId, call: CallId) -> Option<QueryPath> {
        let query = self.query_at(file, call).filter(super::query::counts)?;
        Some(QueryPath { hops: Vec::new(), query })
    }

    /// Whether a region belongs to the function that a DataLoader calls with a batch of keys.
    #[must_use]
    pub fn is_batch_function(&self, file: FileId, region: RegionId) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        self.functions_out(facts, region).any(|function| match self.file(file).index.uses.get(&function) {
            Some(Use::Argument(call, 0)) => {
                let it = facts.call(*call);
                it.form == CallForm::New && callee_name(facts, *call).is_some_and(|(name, _)| name == "DataLoader")
            }
            _ => false,
        })
    }

    /// The type whose field a region resolves, in a map of GraphQL resolvers or under `@ResolveField`.
    #[must_use]
    pub fn resolved_field(&self, file: FileId, region: RegionId) -> Option<String> {
        let facts = self.facts(file)?;
        self.functions_out(facts, region).find_map(|function| {
            let decorated = facts.function(function).decorators.iter().any(|it| self.is_resolve_field(facts, *it));
            if decorated {
                let class = facts.function(function).class.and_then(|it| facts.class(it).name);
                return Some(
                    class.map_or_else(
                        || "parent".to_owned(),
                        |it| facts.name(it).trim_end_matches("Resolver").to_owned(),
                    ),
                );
            }
            self.resolver_parent(file, facts, function).or_else(|| self.built_field(file, facts, function))
        })
    }

    fn is_resolve_field(&self, facts: &FileFacts, decorator: ExprId) -> bool {
        match facts.expr(decorator).kind {
            ExprKind::Call(call) => callee_name(facts, call)
                .is_some_and(|(name, _)| matches!(name, "ResolveField" | "FieldResolver" | "ResolveReference")),
            _ => false,
        }
    }

    /// The type below the roots that a function resolves a field of, in a map of GraphQL resolvers.
    fn resolver_parent(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<String> {
        self.mapped_type(file, facts, function).filter(|it| !OPERATIONS.contains(it)).map(str::to_owned)
    }

    /// Whether a function is a field of a type in a map of GraphQL resolvers, root types included: `{ Query: { users() {} } }`.
    pub(super) fn is_in_resolver_map(&self, file: FileId, function: FunctionId) -> bool {
        self.facts(file).is_some_and(|facts| self.mapped_type(file, facts, function).is_some())
    }

    /// The key of the object that a function is a field of, in an object that has operations among its keys.
    fn mapped_type<'f>(&self, file: FileId, facts: &'f FileFacts, function: FunctionId) -> Option<&'f str> {
        let parents = &self.file(file).index.parents;
        let fields = *parents.get(&facts.function_expr(function)?)?;
        let types = *parents.get(&fields)?;
        let ExprKind::Object(props) = &facts.expr(types).kind else { return None };
        let named = |key: PropKey| match key {
            PropKey::Name(name) => Some(facts.name(name)),
            PropKey::Computed(_) | PropKey::Spread => None,
        };
        let key = props.iter().find(|it| it.value == fields).and_then(|it| named(it.key))?;
        let beside = props.iter().filter_map(|it| named(it.key)).any(|it| OPERATIONS.contains(&it));
        beside.then_some(key)
    }

    /// The type whose field a builder makes: `builder.objectType("User", { fields: (t) => ({ posts: t.field({ resolve }) }) })`.
    fn built_field(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<String> {
        let own = facts.function_expr(function)?;
        let fields = *self.file(file).index.parents.get(&own)?;
        let ExprKind::Object(props) = &facts.expr(fields).kind else { return None };
        let is_resolve = |it: &crate::facts::Prop| {
            it.value == own && matches!(it.key, PropKey::Name(name) if facts.name(name) == "resolve")
        };
        props.iter().any(is_resolve).then_some(())?;
        let span = facts.function(function).span;
        let around = facts.calls().filter(|(_, it)| it.span.contains(span));
        let named = around.filter_map(|(id, it)| Some((it, callee_name(facts, id)?.0)));
        let builders = named.filter(|(_, name)| BUILDERS.contains(name) || ROOTS.contains(name));
        // The innermost decides: roots are resolved once per operation.
        let (call, name) = builders.min_by_key(|(it, _)| it.span.end - it.span.start)?;
        if ROOTS.contains(&name) {
            return None;
        }
        Some(match call.args.first().map(|it| &facts.expr(*it).kind) {
            Some(ExprKind::Str(text)) => facts.name(*text).to_owned(),
            _ => "parent".to_owned(),
        })
    }

    /// The functions around a region, innermost first.
    pub(super) fn functions_out<'f>(
        &self,
        facts: &'f FileFacts,
        region: RegionId,
    ) -> impl Iterator<Item = FunctionId> + 'f {
        facts.regions_out(region).filter_map(|(_, it)| match it.kind {
            RegionKind::Function(function) => Some(function),
            _ => None,
        })
    }

    /// How many rounds run at a time, where something limits them.
    #[must_use]
    pub fn concurrency(&self, iteration: &Iteration, call: CallId) -> Option<String> {
        let facts = self.facts(iteration.file)?;
        if let IterationSource::Callback(mapper, _) = iteration.source
            && let Some(limit) = facts.call(mapper).args.get(2).and_then(|it| entry(facts, *it, "concurrency"))
        {
            return Some(self.at_a_time(iteration.file, limit));
        }
        if let IterationSource::Callback(mapper, function) = iteration.source
            && let Some(Use::Argument(_, at)) = self.file(iteration.file).index.uses.get(&function)
            && self.own_iterator(iteration.file, facts, mapper, *at).is_some_and(|it| it.limited)
        {
            return Some("only so many at a time".to_owned());
        }
        if let (Turn::Concurrent, Some(ExprKind::Local(list))) =
            (iteration.turn, iteration.subject.map(|it| &facts.expr(it).kind))
            && is_one_chunk(facts, facts.binding(*list))
        {
            return Some("one chunk at a time".to_owned());
        }
        if let Some(limit) = self.limit_of_permits(iteration, facts, call) {
            return Some(limit);
        }
        let inside = self
            .functions_out(facts, facts.call(call).region)
            .take_while(|it| facts.function(*it).body != iteration.region);
        let uses = &self.file(iteration.file).index.uses;
        inside.into_iter().find_map(|function| match uses.get(&function) {
            Some(Use::Argument(call, _)) => self
                .limiter(iteration.file, facts, *call)
                .or_else(|| self.limit_of_runner(iteration.file, facts, function)),
            Some(Use::Callee(_)) => None,
            None => self.limit_of_runner(iteration.file, facts, function),
        })
    }

    /// `await permits.acquire()` in the round, before the call.
    fn limit_of_permits(&self, iteration: &Iteration, facts: &FileFacts, call: CallId) -> Option<String> {
        let (round, before) = (facts.region(iteration.region).span, facts.call(call).span.start);
        let mut earlier =
            facts.calls().filter(|(_, it)| it.awaited && round.contains(it.span) && it.span.end <= before);
        earlier.find_map(|(id, _)| match callee_name(facts, id) {
            Some(("acquire", Some(_))) => self.limiter(iteration.file, facts, id),
            _ => None,
        })
    }

    /// What a call limits, if it calls what a concurrency limiter gave.
    pub(super) fn limiter(&self, file: FileId, facts: &FileFacts, call: CallId) -> Option<String> {
        let mut callee = facts.call(call).callee;
        if let ExprKind::Member { object, .. } = facts.expr(callee).kind {
            callee = object;
        }
        let ExprKind::Local(binding) = facts.expr(callee).kind else { return None };
        let ExprKind::Call(made) = facts.expr(facts.binding(binding).init?).kind else { return None };
        let Value::Export { package, .. } = self.value(file, facts.call(made).callee) else { return None };
        let limits =
            self.catalog.protections_of(&package).any(|it| it.kinds.contains(&ProtectionKind::ConcurrencyLimiter));
        let size = *facts.call(made).args.first()?;
        limits.then(|| self.at_a_time(file, entry(facts, size, "concurrency").unwrap_or(size)))
    }

    fn at_a_time(&self, file: FileId, size: ExprId) -> String {
        format!("{} at a time", self.text_of(self.place_of(file, size)))
    }
}
