//! The handler that a place stands in.

use super::super::Project;
use super::super::handler::when;
use crate::catalog::Runs;
use crate::facts::{ExprId, ExprKind, FileFacts, FunctionId, MEMBER, PropKey, RegionId};
use crate::finding::Evidence;
use crate::source::{FileId, Place, Span};

/// The types of a resolver map whose functions run once per request.
const ROOT_TYPES: &[&str] = &["Query", "Mutation", "Subscription"];

impl Project {
    /// The handler that a place stands in, with when it runs.
    pub(super) fn handler_around(&self, file: FileId, region: RegionId) -> Option<(Runs, Evidence)> {
        let facts = self.facts(file)?;
        let around: Vec<FunctionId> = self.functions_out(facts, region).collect();
        let handler = around.iter().find_map(|it| self.handler_at(file, facts, *it));
        let mut told = handler.map(|it| (it.runs, it.evidence));
        if let Some((runs, evidence)) = told.as_mut().filter(|it| it.0 == Runs::Request)
            && self.is_scheduled(file)
        {
            (*runs, evidence.note) = (Runs::Job, "a scheduler calls it, as its folder says".to_owned());
        }
        let resolved = || around.iter().find_map(|it| resolved(file, facts, *it));
        let typed = || around.iter().find_map(|it| self.resolver_by_type(file, facts, *it));
        told.or_else(resolved).or_else(typed)
    }

    /// Whether the routes of a file are there for a scheduler: `api/cron/cleanup/route.ts`.
    fn is_scheduled(&self, file: FileId) -> bool {
        let folders = self.file(file).path.rsplit_once('/').map_or("", |it| it.0);
        folders.split('/').any(|it| matches!(it, "cron" | "crons"))
    }

    /// A function that GraphQL calls for a field, by the type of what holds it: `const User: UserResolvers = { … }`, and
    /// `const rename: MutationResolvers["rename"] = …`, as GraphQL Code Generator names them.
    fn resolver_by_type(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<(Runs, Evidence)> {
        let name = self.resolvers_type(file, facts, function)?;
        let it = facts.function(function);
        let place = Place { file, span: Span::new(it.span.start, it.body_span.start.max(it.span.start)) };
        Some((Runs::Request, Evidence { place, note: format!("a resolver of `{name}`: {}", when(Runs::Request)) }))
    }

    /// The type whose fields a function resolves, by the name of the type that holds it.
    pub(in crate::project) fn resolvers_type<'f>(
        &self,
        file: FileId,
        facts: &'f FileFacts,
        function: FunctionId,
    ) -> Option<&'f str> {
        let resolved = |name: &'f str| {
            let of = name.split(MEMBER).next()?.strip_suffix("Resolvers")?;
            of.starts_with(|it: char| it.is_ascii_uppercase()).then_some(of)
        };
        // Most files hold no such variable, and are asked about each function.
        let mut typed =
            facts.bindings.iter().filter_map(|it| Some((it.init?, resolved(facts.name(it.type_name?))?))).peekable();
        typed.peek()?;
        let own = facts.function_expr(function)?;
        let holder = self.file(file).index.parents.get(&own).copied();
        typed.find(|(init, _)| *init == own || Some(*init) == holder).map(|it| it.1)
    }
}

/// A function in a map of resolvers: `{ Query: { users: () => … } }`.
fn resolved(file: FileId, facts: &FileFacts, function: FunctionId) -> Option<(Runs, Evidence)> {
    let span = facts.function(function).span;
    let holds = |key: PropKey, value: ExprId| match key {
        PropKey::Name(name) if ROOT_TYPES.contains(&facts.name(name)) && facts.expr(value).span.contains(span) => {
            matches!(facts.expr(value).kind, ExprKind::Object(_)).then_some((name, value))
        }
        _ => None,
    };
    let (name, value) = facts.exprs.iter().find_map(|it| match &it.kind {
        ExprKind::Object(props) => props.iter().find_map(|it| holds(it.key, it.value)),
        _ => None,
    })?;
    let ExprKind::Object(fields) = &facts.expr(value).kind else { return None };
    // A function within the field's value, not one that a deeper object holds.
    fields.iter().find(|it| facts.expr(it.value).span.contains(span))?;
    let place = Place { file, span: Span::new(span.start, facts.function(function).body_span.start.max(span.start)) };
    let note = format!("a resolver of `{}`: {}", facts.name(name), when(Runs::Request));
    Some((Runs::Request, Evidence { place, note }))
}
