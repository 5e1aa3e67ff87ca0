//! Whether code tells a failure apart after all: by what it does with the default, or by another attempt.
//!
//! Only what stands in the same function is looked at; what callers make of a value that is returned is not followed.

use super::callee::{among, asks_after_health, enforces, is_predicate, names_a_check, names_a_failure};
use super::gap::Gap;
use super::iteration::callee_name;
use super::{Deed, DeedKind, Guarded, Left, Project, Swallow};
use crate::facts::{BindingId, ExprId, ExprKind, FileFacts, Jump, JumpKind, RegionId, RegionKind};
use crate::source::Span;

/// Calls that end a request or a page as surely as `return` does.
const ENDING: &str = "notFound redirect navigate reject next fail exit status sendStatus error push replace";

impl Project {
    /// Why an error that vanishes is no loss although what failed may matter.
    #[must_use]
    pub fn mitigation(&self, site: &Swallow, is_lost: bool) -> Option<&'static str> {
        if self.answer(site).is_some() {
            return Some("the code after it tells a failure apart");
        }
        if self.leaves(site).is_some_and(|it| it.starts_with(['"', '\'', '`']) && names_a_failure(it)) {
            return Some("what is left says that it failed");
        }
        if self.leaves(site).is_some_and(|it| matches!(it.trim_matches(['"', '\'', '`']), "unknown" | "UNKNOWN" | "-1"))
        {
            return Some("what is left says that it is not known");
        }
        if self.expects_failure(site) {
            return Some("what is told after it is a failure unless it succeeds");
        }
        if !is_lost && self.is_side_matter(site) {
            return Some("it keeps a log or a cache");
        }
        if self.is_told_around(site) {
            return Some("the first error is told already, and this tidies up after it");
        }
        self.is_on_the_way_out(site).then_some("the first error is on its way already")
    }

    /// Whether a name says that it failed until the block succeeds: `let title = "Not sent: error"; try { …; title = "Sent"; } …`.
    fn expects_failure(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Block(body)) = (self.facts(site.file), site.guarded) else { return false };
        let block = facts.region(body).span;
        let says = |it: ExprId| match facts.expr(it).kind {
            ExprKind::Str(text) => names_a_failure(facts.name(text)),
            _ => false,
        };
        facts.assignments.iter().filter(|it| it.region == body).any(|it| match facts.expr(it.target).kind {
            ExprKind::Local(name) => {
                let used = |(_, it): (ExprId, &crate::facts::Expr)| {
                    it.kind == ExprKind::Local(name) && it.span.start > block.end
                };
                facts.binding(name).init.is_some_and(says)
                    && facts.exprs.iter().enumerate().any(|(at, it)| used((ExprId(at as u32), it)))
            }
            _ => false,
        })
    }

    /// The test after the handler that tells the default from an answer: `if (!user) throw …`.
    #[must_use]
    pub fn answer(&self, site: &Swallow) -> Option<Span> {
        let facts = self.facts(site.file)?;
        let mut names = self.names_filled(site, facts);
        names.extend(self.read_from(site, facts, &names));
        let gap = Gap { facts, names: &names, stands: self.left_in(site, &names) };
        let reads = |test: ExprId| facts.references(facts.expr(test).span).any(|it| names.contains(&it));
        let mut branches = facts.regions.iter().enumerate().filter_map(|(index, it)| match it.kind {
            RegionKind::Then { test } | RegionKind::Else { test } if it.span.start > site.span.end && reads(test) => {
                Some((RegionId(index as u32), test))
            }
            _ => None,
        });
        branches.find(|(branch, test)| self.tells_apart(site, &gap, *branch, *test)).map(|it| facts.expr(it.1).span)
    }

    /// The names that hold a property of the answer, and nothing where there is none: `const owner = found?.owner`.
    fn read_from(&self, site: &Swallow, facts: &FileFacts, names: &[BindingId]) -> Vec<BindingId> {
        let left = site.left.value().map(|it| &facts.expr(it).kind);
        if !matches!(left, None | Some(ExprKind::Null | ExprKind::Undefined | ExprKind::Global(_))) {
            return Vec::new();
        }
        let reads = |it: ExprId| match facts.expr(it).kind {
            ExprKind::Member { object, .. } => {
                matches!(facts.expr(object).kind, ExprKind::Local(id) if names.contains(&id))
            }
            _ => false,
        };
        let all = facts.bindings.iter().enumerate().filter(|(_, it)| it.path.is_empty() && it.init.is_some_and(reads));
        all.map(|(at, _)| BindingId(at as u32)).collect()
    }

    /// Whether a branch is what happens where the answer is missing, and nothing else happens then; or where it is there, and
    /// something is done about its absence behind it.
    fn tells_apart(&self, site: &Swallow, gap: &Gap, branch: RegionId, test: ExprId) -> bool {
        let facts = gap.facts;
        let is_else = matches!(facts.region(branch).kind, RegionKind::Else { .. });
        match gap.comes_to(test).map(|it| it != is_else) {
            Some(true) => ends(facts, branch) && !gap.needs_answer(branch),
            None => !is_else && ends(facts, branch) && !gap.needs_answer(branch),
            Some(false) => !is_else && !gap.compares(test) && self.makes_up(site, branch),
        }
    }

    /// Whether something is done about a missing answer behind the branch that is left with it.
    fn makes_up(&self, site: &Swallow, branch: RegionId) -> bool {
        let (Some(facts), index) = (self.facts(site.file), &self.file(site.file).index) else { return false };
        let (owner, end) = (index.owner(branch), facts.region(branch).span.end);
        let is_behind = |span: Span, region| span.start > end && index.owner(region) == owner;
        let leaves = |it: &Jump| it.region == branch && matches!(it.kind, JumpKind::Return | JumpKind::Throw);
        let around = facts.region(branch).parent;
        let throws = |it: &Jump| {
            it.kind == JumpKind::Throw
                && is_behind(it.span, it.region)
                && around.is_some_and(|around| facts.regions_out(around).any(|(id, _)| id == it.region))
        };
        facts.jumps.iter().any(throws)
            || facts.jumps.iter().any(leaves) && facts.calls.iter().any(|it| is_behind(it.span, it.region))
    }

    /// What a name holds where there is no answer.
    fn left_in(&self, site: &Swallow, names: &[BindingId]) -> Option<ExprId> {
        let facts = self.facts(site.file)?;
        site.left.value().or_else(|| match site.guarded {
            Guarded::Block(_) => names.iter().find_map(|it| facts.binding(*it).init),
            Guarded::Promise(..) | Guarded::Effect(..) => None,
        })
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
        let owner = self.file(site.file).index.owner(parent);
        let around = |region: RegionId| {
            self.file(site.file).index.owner(region) == owner && facts.regions_out(parent).any(|(id, _)| id == region)
        };
        let tells = |it: &Jump| match it.kind {
            JumpKind::Throw => true,
            JumpKind::Return => it.value.is_some_and(|it| is_failure(facts, it)),
            _ => false,
        };
        let raises = facts.jumps.iter().any(|it| tells(it) && around(it.region) && it.span.start > site.span.end);
        site.left == Left::Nothing && returns && (next || raises)
    }

    /// Whether the code around a handler only finds something out, so that no answer is a no: a function named for its question,
    /// or `.then(() => true).catch(() => false)`.
    #[must_use]
    pub fn only_finds_out(&self, site: &Swallow) -> bool {
        let says_no = matches!(self.leaves(site), None | Some("false"));
        let scope = self.scope_path(site.place);
        says_no && (scope.rsplit('.').next().is_some_and(is_predicate) || self.says_yes_or_no(site))
    }

    /// Whether code asks whether something is well, and a failure is its no.
    #[must_use]
    pub fn asks_after_health(&self, site: &Swallow) -> bool {
        let asks = |it: &str| asks_after_health(it);
        self.leaves(site) == Some("false") && self.scope_path(site.place).split('.').any(asks)
    }

    /// Whether a reason in the handler may be enough: nothing is written, and the code around it is not there to enforce something.
    #[must_use]
    pub fn may_be_excused(&self, site: &Swallow, deed: &Deed) -> bool {
        let path = &self.file(site.file).path;
        let stem = path.rsplit('/').next().unwrap_or(path);
        let enforces = || enforces(stem) || self.scope_path(site.place).split('.').any(enforces);
        !(deed.is_certain() || matches!(deed.kind, DeedKind::Reads | DeedKind::Seeks) && enforces())
    }

    /// Whether the function around a handler is asked for leave, so that the empty answer is a refusal.
    #[must_use]
    pub fn is_asked_for_leave(&self, site: &Swallow) -> bool {
        let asks = |it: &str| names_a_check(it) || is_predicate(it) && enforces(it);
        self.scope_path(site.place).rsplit('.').next().is_some_and(asks)
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

    /// The names that hold either the answer or what is left of a failure.
    fn names_filled(&self, site: &Swallow, facts: &FileFacts) -> Vec<BindingId> {
        match site.guarded {
            Guarded::Promise(_, call) | Guarded::Effect(_, call) => {
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
pub(super) fn named_by(facts: &FileFacts, value: ExprId) -> Vec<BindingId> {
    let declared =
        facts.bindings.iter().enumerate().filter(|(_, it)| it.init == Some(value)).map(|(at, _)| BindingId(at as u32));
    let assigned =
        facts.assignments.iter().filter(|it| it.value == value).filter_map(|it| match facts.expr(it.target).kind {
            ExprKind::Local(id) => Some(id),
            _ => None,
        });
    declared.chain(assigned).collect()
}

/// Whether a value is a failure by the name of what makes it: `Err(error)`.
fn is_failure(facts: &FileFacts, value: ExprId) -> bool {
    match facts.expr(value).kind {
        ExprKind::Call(call) => callee_name(facts, call).is_some_and(|(name, _)| names_a_failure(name)),
        _ => false,
    }
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
        || facts.calls().any(|(id, it)| {
            inside(it.region)
                && callee_name(facts, id).is_some_and(|(name, _)| among(ENDING, name) || names_a_failure(name))
        })
}
