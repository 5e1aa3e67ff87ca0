//! Whether a removal is reached when the owner of its listener ends.
//!
//! A removal runs where the function around it runs: the function is called, returned, kept in a field or a list, or handed to
//! what calls it. An owner ends with the cleanup of its effect, with a hook for its end, or with whatever function of the
//! same module or class takes things down.

use super::Listener;
use super::release::{Release, Removal, Scene};
use crate::facts::{BindingKind, CallId, ExprId, ExprKind, FunctionId, Jump, JumpKind, RegionId, RegionKind};
use crate::project::index::Use;
use crate::project::iteration::callee_name;

/// A function that an effect returns, and where it does.
struct Return {
    region: RegionId,
    /// Where the statement starts; 0 for the value of an arrow.
    start: u32,
    functions: Vec<FunctionId>,
}

/// Methods that keep a function for later.
const KEEPING: &[&str] = &["push", "add", "set", "unshift"];

/// Methods that give out what was kept.
const DRAINING: &[&str] = &["forEach", "map", "pop", "shift", "values", "get", "splice"];

impl Scene<'_> {
    pub(super) fn reach(&self, listener: &Listener, removal: &Removal) -> Release {
        let call = self.facts.call(removal.call);
        let runs_in = self.runs_in(call.region);
        let around = self.functions_around(self.facts.call(listener.call).region);
        let label = self.label(call.region);
        let proven = |how: &str| Release::Proven(how.to_owned());
        if self.project.handler_function(listener).is_some_and(|it| runs_in.contains(&it)) {
            return proven("the handler removes itself");
        }
        let effect = around.iter().copied().find(|it| self.effects.contains(it));
        if let Some(effect) = effect {
            let returns = self.returns(effect);
            let cleaning: Vec<&Return> =
                returns.iter().filter(|it| it.functions.iter().any(|it| runs_in.contains(it))).collect();
            if !cleaning.is_empty() {
                return self.coverage(listener, removal, effect, &cleaning);
            }
        }
        if self.cleanups.iter().any(|it| runs_in.contains(it)) {
            return Release::Proven(format!("{label} removes it when its owner ends"));
        }
        if let Some(event) = self.event_that_runs(&runs_in) {
            return Release::Proven(format!("`{event}` removes it"));
        }
        let mut returned = around.iter().filter(|it| Some(**it) != effect).flat_map(|it| self.returns(*it));
        if returned.any(|it| it.functions.iter().any(|it| runs_in.contains(it))) {
            return proven("the function that is returned removes it");
        }
        if let Some(release) = self.same_function(listener, call.region, call.span.start, effect.is_some()) {
            return release;
        }
        let unproven =
            |why: String| Release::Unproven { why, evidence: self.evidence(removal.call, "would remove it") };
        match self.kept(call.region) {
            _ if effect.is_some() => {
                unproven(format!("{label} would remove it, and that a cleanup calls it is not shown"))
            }
            Some(list) => unproven(format!("its removal is kept in `{list}`, and that anybody runs it is not shown")),
            None => Release::Proven(format!("{label} removes it")),
        }
    }

    /// Whether the effect hands its cleanup over whenever it has registered the listener.
    fn coverage(&self, listener: &Listener, removal: &Removal, effect: FunctionId, cleaning: &[&Return]) -> Release {
        let failed =
            |why: &str| Release::Failed { why: why.to_owned(), evidence: self.evidence(removal.call, "the removal") };
        if self.facts.function(effect).is_async {
            return failed("the effect is async, so that its cleanup is a promise that nobody calls");
        }
        let add = self.facts.call(listener.call);
        let index = &self.project.file(self.file).index;
        let is_direct = index.owner(add.region) == Some(effect);
        let home = self
            .facts
            .regions_out(add.region)
            .find(|it| index.owner(it.0) == Some(effect))
            .map_or(add.region, |it| it.0);
        let covers = |it: &&&Return| self.is_around(it.region, home) || self.same_test(it.region, home);
        let covering = cleaning.iter().find(covers);
        let leaves = |jump: &&Jump| {
            let is_cleaning = cleaning.iter().any(|it| it.start == jump.span.start);
            jump.kind == JumpKind::Return
                && index.owner(jump.region) == Some(effect)
                && !is_cleaning
                && jump.span.start > add.span.end
                && !self.excludes(jump.region, home)
        };
        let before = |jump: &Jump| covering.is_none_or(|it| jump.span.start < it.start);
        let is_left = is_direct && self.facts.jumps.iter().filter(leaves).any(before);
        let is_certain = self.facts.function(effect).body == home || is_left && covering.is_some();
        match covering {
            Some(_) if !is_left => Release::Proven("the cleanup removes it".to_owned()),
            None if cleaning.len() > 1 || !is_direct => Release::Proven("the cleanup removes it".to_owned()),
            _ if is_certain => failed("the cleanup is returned on some paths only"),
            _ => {
                let why =
                    "the cleanup is returned under another condition, and that it holds then is not shown".to_owned();
                Release::Unproven { why, evidence: self.evidence(removal.call, "the removal") }
            }
        }
    }

    fn is_around(&self, outer: RegionId, inner: RegionId) -> bool {
        self.facts.regions_out(inner).any(|it| it.0 == outer)
    }

    /// Whether both stand behind conditions that read alike.
    fn same_test(&self, left: RegionId, right: RegionId) -> bool {
        let test = |region: RegionId| match self.facts.region(region).kind {
            RegionKind::Then { test } => Some(self.project.text_of(self.project.place_of(self.file, test))),
            _ => None,
        };
        let Some(left) = test(left) else { return false };
        self.facts.regions_out(right).any(|it| test(it.0) == Some(left))
    }

    /// Whether a place is in the other branch.
    fn excludes(&self, left: RegionId, right: RegionId) -> bool {
        let branch = |region: RegionId| match self.facts.region(region).kind {
            RegionKind::Then { test } => Some((test, true)),
            RegionKind::Else { test } => Some((test, false)),
            RegionKind::Case { subject } => Some((subject, false)),
            _ => None,
        };
        let lefts: Vec<_> = self.facts.regions_out(left).filter_map(|it| Some((it.0, branch(it.0)?))).collect();
        let rights: Vec<_> = self.facts.regions_out(right).filter_map(|it| Some((it.0, branch(it.0)?))).collect();
        lefts.iter().any(|left| rights.iter().any(|right| left.0 != right.0 && left.1.0 == right.1.0))
    }

    /// A removal in the function that adds.
    fn same_function(&self, listener: &Listener, region: RegionId, start: u32, is_effect: bool) -> Option<Release> {
        let add = self.facts.call(listener.call);
        let index = &self.project.file(self.file).index;
        let owner = index.owner(add.region)?;
        if index.owner(region) != Some(owner) {
            return None;
        }
        if start > add.span.start {
            return Some(Release::Proven("removed again by the same function".to_owned()));
        }
        let is_own = match self.facts.expr(listener.handler).kind {
            ExprKind::Local(binding) => self.facts.function(owner).span.contains(self.facts.binding(binding).span),
            _ => false,
        };
        (!is_own && !is_effect).then(|| Release::Proven("removed before the next one is added".to_owned()))
    }

    /// Every function in which a place runs: those around it, and those that call them, in this file.
    fn runs_in(&self, region: RegionId) -> Vec<FunctionId> {
        let mut found: Vec<FunctionId> = Vec::new();
        let mut pending = vec![region];
        while let Some(region) = pending.pop() {
            for function in self.functions_around(region) {
                if !found.contains(&function) {
                    found.push(function);
                    pending.extend(self.runs_of(function));
                }
            }
        }
        found
    }

    /// Where a function is called, also through what it is assigned to or kept in.
    fn runs_of(&self, function: FunctionId) -> Vec<RegionId> {
        let is_it = |expr: ExprId| self.project.function_of(self.file, expr) == Some((self.file, function));
        let kept_as =
            self.facts.assignments.iter().filter(|it| is_it(it.value)).map(|it| self.project.key(self.file, it.target));
        let kept_as: Vec<_> = kept_as.collect();
        let calls = self.facts.calls.iter().filter(|it| match self.facts.expr(it.callee).kind {
            ExprKind::Local(_) => is_it(it.callee) || kept_as.contains(&self.project.key(self.file, it.callee)),
            ExprKind::Member { .. } => is_it(it.callee) || kept_as.contains(&self.project.key(self.file, it.callee)),
            _ => false,
        });
        let mut runs: Vec<RegionId> = calls.map(|it| it.region).collect();
        runs.extend(self.list_of(function).into_iter().flat_map(|it| self.drains(it)));
        runs
    }

    /// The list that a function is put into.
    fn list_of(&self, function: FunctionId) -> Option<ExprId> {
        let Use::Argument(call, _) = *self.project.file(self.file).index.uses.get(&function)? else { return None };
        let (name, list) = callee_name(self.facts, call)?;
        list.filter(|_| KEEPING.contains(&name))
    }

    /// Where a list's entries are taken out.
    fn drains(&self, list: ExprId) -> Vec<RegionId> {
        let key = self.project.key(self.file, list);
        let is_list = |expr: ExprId| self.project.key(self.file, expr) == key;
        let loops = self.facts.loops.iter().filter(|it| it.subject.is_some_and(is_list)).map(|it| it.region);
        let calls = self.facts.calls().filter(|(id, _)| {
            callee_name(self.facts, *id)
                .is_some_and(|(name, object)| DRAINING.contains(&name) && object.is_some_and(is_list))
        });
        loops.chain(calls.map(|(_, it)| it.region)).collect()
    }

    /// The list that keeps a removal which nobody is seen to run.
    fn kept(&self, region: RegionId) -> Option<&str> {
        let list = self.list_of(*self.functions_around(region).first()?)?;
        let is_drained = !self.drains(list).is_empty();
        (!is_drained).then(|| self.project.text_of(self.project.place_of(self.file, list)))
    }

    /// The event whose handler is among these functions.
    fn event_that_runs(&self, functions: &[FunctionId]) -> Option<String> {
        let runs = |it: &&Listener| self.project.handler_function(it).is_some_and(|it| functions.contains(&it));
        self.listeners.iter().find(runs).map(|it| self.project.event_name(it))
    }

    fn functions_around(&self, region: RegionId) -> Vec<FunctionId> {
        let around = self.facts.regions_out(region);
        around.filter_map(|(_, it)| if let RegionKind::Function(id) = it.kind { Some(id) } else { None }).collect()
    }

    /// What people would call the code around a removal.
    fn label(&self, region: RegionId) -> String {
        let index = &self.project.file(self.file).index;
        let kept = self.functions_around(region).first().and_then(|it| self.list_of(*it));
        if let Some(drain) = kept.and_then(|it| self.drains(it).into_iter().find(|it| *it != region)) {
            return self.label(drain);
        }
        for function in self.functions_around(region) {
            if let Some(name) = self.facts.function(function).name {
                return format!("`{}`", self.facts.name(name));
            }
            if let Some(Use::Argument(call, _)) = index.uses.get(&function)
                && let Some((name, _)) = callee_name(self.facts, *call)
                && !DRAINING.contains(&name)
            {
                return self.call_label(*call, name);
            }
        }
        "the module".to_owned()
    }

    fn call_label(&self, call: CallId, name: &str) -> String {
        match self.facts.call(call).args.first().map(|it| &self.facts.expr(*it).kind) {
            Some(ExprKind::Str(event)) => format!("`{}`", self.facts.name(*event)),
            _ => format!("`{name}`"),
        }
    }

    /// What a function returns, as the functions that each return hands over.
    fn returns(&self, function: FunctionId) -> Vec<Return> {
        let it = self.facts.function(function);
        let hand = |region, start, value| Return { region, start, functions: self.functions_in(value, 4) };
        let index = &self.project.file(self.file).index;
        let jumps = self
            .facts
            .jumps
            .iter()
            .filter(|it| it.kind == JumpKind::Return && index.owner(it.region) == Some(function));
        let statements = jumps.filter_map(|jump| Some(hand(jump.region, jump.span.start, jump.value?)));
        it.value.map(|value| hand(it.body, 0, value)).into_iter().chain(statements).collect()
    }

    /// The functions that an expression is, holds or is made from.
    fn functions_in(&self, expr: ExprId, depth: u32) -> Vec<FunctionId> {
        let Some(depth) = depth.checked_sub(1) else { return Vec::new() };
        let all = |exprs: &[ExprId]| exprs.iter().flat_map(|it| self.functions_in(*it, depth)).collect();
        match &self.facts.expr(expr).kind {
            ExprKind::Function(id) => vec![*id],
            ExprKind::Local(binding) => {
                let own = self.project.function_of(self.file, expr).filter(|it| it.0 == self.file).map(|it| it.1);
                let init = self
                    .facts
                    .binding(*binding)
                    .init
                    .filter(|_| self.facts.binding(*binding).kind == BindingKind::Const);
                own.map_or_else(|| init.map_or_else(Vec::new, |it| self.functions_in(it, depth)), |it| vec![it])
            }
            ExprKind::Member { .. } => {
                let own = self.project.function_of(self.file, expr).filter(|it| it.0 == self.file);
                own.into_iter().map(|it| it.1).collect()
            }
            ExprKind::Call(call) => all(&self.facts.call(*call).args),
            ExprKind::Cond { yes, no, .. } => all(&[*yes, *no]),
            ExprKind::Binary(_, left, right) => all(&[*left, *right]),
            ExprKind::Array(items) => all(items),
            ExprKind::Object(props) => props.iter().flat_map(|it| self.functions_in(it.value, depth)).collect(),
            _ => Vec::new(),
        }
    }

    /// Every function of the file that runs when an owner ends.
    pub(super) fn all_cleanups(&self) -> Vec<FunctionId> {
        let returned = self.effects.iter().flat_map(|it| self.returns(*it)).flat_map(|it| it.functions);
        let handed = self.facts.calls().filter(|(id, _)| crate::project::rerun::is_end_hook(self.facts, *id));
        let handed = handed.flat_map(|(_, call)| call.args.iter().flat_map(|it| self.functions_in(*it, 2)));
        returned.chain(handed).collect()
    }
}
