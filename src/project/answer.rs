//! Whether code tells a failure apart after all: by what it does with the default, or by another attempt.
//!
//! Only what stands in the same function is looked at; what callers make of a value that is returned is not followed.

use super::callee::{among, is_predicate};
use super::iteration::callee_name;
use super::swallow::is_literal;
use super::{Guarded, Left, Project, Swallow, Target, Value};
use crate::facts::{BindingId, ExprId, ExprKind, FileFacts, Jump, JumpKind, RegionId, RegionKind};
use crate::source::Span;

/// Calls that end a request or a page as surely as `return` does.
const ENDING: &str = "notFound redirect navigate reject next fail exit status sendStatus error push replace";

impl Project {
    /// Why an error that vanishes is no loss although what failed may matter.
    #[must_use]
    pub fn mitigation(&self, site: &Swallow) -> Option<&'static str> {
        if self.answer(site).is_some() {
            return Some("the code after it tells a failure apart");
        }
        if self.is_side_matter(site) {
            return Some("it keeps a log or a cache");
        }
        self.is_on_the_way_out(site).then_some("the first error is on its way already")
    }

    /// The test after the handler that tells the default from an answer: `if (!user) throw …`.
    #[must_use]
    pub fn answer(&self, site: &Swallow) -> Option<Span> {
        let facts = self.facts(site.file)?;
        let names = self.names_filled(site, facts);
        let reads = |test: ExprId| {
            let span = facts.expr(test).span;
            let inside = |it: &&crate::facts::Expr| span.contains(it.span) && it.span.end <= span.end;
            facts.exprs.iter().filter(inside).any(|it| matches!(it.kind, ExprKind::Local(id) if names.contains(&id)))
        };
        let tests = facts.regions.iter().enumerate().filter_map(|(index, it)| match it.kind {
            RegionKind::Then { test } if it.span.start > site.span.end && reads(test) => {
                Some((RegionId(index as u32), test))
            }
            _ => None,
        });
        let mut ends = tests.filter(|(branch, _)| ends(facts, *branch));
        ends.next().map(|(_, test)| facts.expr(test).span)
    }

    /// Whether what follows is another attempt, or says that none succeeded: the block returns where it succeeds.
    #[must_use]
    pub fn is_one_attempt(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let Some(parent) = facts.region(body).parent else { return false };
        let returns = facts.jumps.iter().any(|it| {
            it.kind == JumpKind::Return && it.value.is_some() && facts.regions_out(it.region).any(|(id, _)| id == body)
        });
        let next = facts
            .regions
            .iter()
            .any(|it| it.kind == RegionKind::Try && it.parent == Some(parent) && it.span.start > site.span.end);
        let raises = facts
            .jumps
            .iter()
            .any(|it| it.kind == JumpKind::Throw && it.region == parent && it.span.start > site.span.end);
        site.left == Left::Nothing && returns && (next || raises)
    }

    /// Whether another answer takes the place of the one that failed: the block returns where it succeeds, and what follows it
    /// returns something that is worked out.
    #[must_use]
    pub fn falls_back(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let parent = facts.region(body).parent;
        let returns = |it: &&Jump| it.kind == JumpKind::Return && it.value.is_some();
        let succeeds =
            facts.jumps.iter().filter(returns).any(|it| facts.regions_out(it.region).any(|(id, _)| id == body));
        let follows = facts.jumps.iter().filter(returns).any(|it| {
            Some(it.region) == parent
                && it.span.start > site.span.end
                && it.value.is_some_and(|it| !is_literal(facts, it))
        });
        site.left == Left::Nothing && succeeds && follows
    }

    /// Whether the code around a handler only finds something out, so that no answer is a no: a function named for its question,
    /// or `.then(() => true).catch(() => false)`.
    #[must_use]
    pub fn only_finds_out(&self, site: &Swallow) -> bool {
        let says_no = matches!(self.leaves(site), None | Some("false"));
        let scope = self.scope_path(site.place);
        says_no && (scope.rsplit('.').next().is_some_and(is_predicate) || self.says_yes_or_no(site))
    }

    fn says_yes_or_no(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Promise(object, _)) = (self.facts(site.file), site.guarded) else { return false };
        let ExprKind::Call(then) = facts.expr(object).kind else { return false };
        let is_then = callee_name(facts, then).is_some_and(|(name, _)| name == "then");
        let answer = facts.call(then).args.first().and_then(|it| match facts.expr(*it).kind {
            ExprKind::Function(id) => facts.function(id).value,
            _ => None,
        });
        is_then && answer.is_some_and(|it| facts.expr(it).kind == ExprKind::Bool(true))
    }

    /// Why `catch` on this value is no promise's, if it is not.
    #[must_use]
    pub fn is_no_promise(&self, site: &Swallow) -> Option<&'static str> {
        let Guarded::Promise(object, _) = site.guarded else { return None };
        let chained = self.chain(site.file, object);
        let library = chained.and_then(|it| it.chain.library).map(|id| self.catalog.library(id));
        if library.is_some_and(|it| it.id == "supabase") {
            return Some(
                "the builder is awaited lazily and has no `catch`: the call itself throws, and swallows nothing",
            );
        }
        let facts = self.facts(site.file)?;
        let root = self.root_of(facts, object)?;
        let ExprKind::Local(binding) = facts.expr(root).kind else { return None };
        let is_schema = match self.value_of_binding(site.file, binding) {
            Value::Export { package, .. } => {
                matches!(&*package, "zod" | "@hono/zod-openapi" | "valibot" | "zod/v4" | "zod/v3")
            }
            _ => self.is_imported_from(facts, site, binding, "zod"),
        };
        is_schema.then_some("a schema's default, not a promise's handler")
    }

    fn is_imported_from(&self, facts: &FileFacts, site: &Swallow, binding: BindingId, package: &str) -> bool {
        let crate::facts::BindingKind::Import(import, _) = facts.binding(binding).kind else { return false };
        let specifier = facts.name(facts.imports[import as usize].specifier);
        matches!(self.file(site.file).targets.get(specifier), Some(Target::Package(name)) if &**name == package)
    }

    fn root_of(&self, facts: &FileFacts, expr: ExprId) -> Option<ExprId> {
        let mut at = expr;
        for _ in 0..64 {
            at = match facts.expr(at).kind {
                ExprKind::Member { object, .. } => object,
                ExprKind::Call(call) => facts.call(call).callee,
                _ => return Some(at),
            };
        }
        None
    }

    /// The names that hold either the answer or what is left of a failure.
    fn names_filled(&self, site: &Swallow, facts: &FileFacts) -> Vec<BindingId> {
        match site.guarded {
            Guarded::Promise(_, call) => {
                let mut whole = self.awaited_whole(site.file, facts, facts.call(call).expr);
                let parents = &self.file(site.file).index.parents;
                // `const [a, b] = await Promise.all([load().catch(() => null), …])` and `cond ? load().catch(…) : null`.
                let mut position = None;
                for _ in 0..6 {
                    let named: Vec<BindingId> = named_by(facts, whole);
                    if !named.is_empty() {
                        let is_at = |it: &BindingId| position.is_none_or(|at: usize| names_element(facts, *it, at));
                        return named.into_iter().filter(is_at).collect();
                    }
                    let Some(&parent) = parents.get(&whole) else { break };
                    if let ExprKind::Array(parts) = &facts.expr(parent).kind {
                        position = position.or(parts.iter().position(|it| *it == whole));
                    }
                    whole = parent;
                }
                Vec::new()
            }
            Guarded::Block(body) => {
                let inside = |region| facts.regions_out(region).any(|(id, _)| id == body);
                let written = facts.assignments.iter().filter(|it| inside(it.region)).filter_map(|it| {
                    match facts.expr(it.target).kind {
                        ExprKind::Local(id) => Some(id),
                        _ => None,
                    }
                });
                written.filter(|it| !inside(facts.binding(*it).region)).collect()
            }
        }
    }
}

/// The names that are initialised or assigned with an expression.
fn named_by(facts: &FileFacts, value: ExprId) -> Vec<BindingId> {
    let declared =
        facts.bindings.iter().enumerate().filter(|(_, it)| it.init == Some(value)).map(|(at, _)| BindingId(at as u32));
    let assigned =
        facts.assignments.iter().filter(|it| it.value == value).filter_map(|it| match facts.expr(it.target).kind {
            ExprKind::Local(id) => Some(id),
            _ => None,
        });
    declared.chain(assigned).collect()
}

/// Whether a name takes the element at a position, or something that holds it.
fn names_element(facts: &FileFacts, binding: BindingId, position: usize) -> bool {
    facts
        .binding(binding)
        .path
        .first()
        .is_none_or(|it| facts.name(*it).parse().map_or(true, |at: usize| at == position))
}

/// Whether a branch leaves the function, or ends what it serves.
fn ends(facts: &FileFacts, branch: RegionId) -> bool {
    let inside = |region| facts.regions_out(region).any(|(id, _)| id == branch);
    let leaves = |kind| matches!(kind, JumpKind::Return | JumpKind::Throw | JumpKind::Continue | JumpKind::Break);
    facts.jumps.iter().any(|it| leaves(it.kind) && inside(it.region))
        || facts
            .calls()
            .any(|(id, it)| inside(it.region) && callee_name(facts, id).is_some_and(|(name, _)| among(ENDING, name)))
}
