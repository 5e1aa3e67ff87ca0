//! What a function of this code base does: its calls are looked at in its place, as far as its file is parsed.
//!
//! What it handles or tells by itself is left out; where its calls say nothing, its name stays.

use super::super::callee::{FORBIDDEN, among, is_of_browser, is_tidying, promise, words};
use super::super::iteration::callee_name;
use super::super::{Project, Target};
use super::deed::ITSELF;
use super::{Deed, DeedKind};
use crate::facts::{BindingKind, CallId, ExprId, ExprKind, FileFacts, FunctionId, JumpKind, RegionKind};
use crate::finding::Evidence;
use crate::source::{FileId, Span};

impl Project {
    /// What a function of this code base does: the gravest of its calls.
    pub(super) fn follow_function(&self, file: FileId, function: FunctionId, waits: bool, depth: u32, deed: &mut Deed) {
        let by_name = promise(&deed.name, deed.object.as_deref(), waits);
        deed.kind = by_name;
        let (Some(facts), Some(depth)) = (self.facts(file), depth.checked_sub(1)) else { return };
        if is_tidying(&deed.name) {
            return;
        }
        let body = facts.function(function).span;
        let calls = self.own_calls(file, facts, function);
        let (open, handled): (Vec<CallId>, Vec<CallId>) =
            calls.into_iter().partition(|id| self.gets_out(file, facts, *id, body) && !is_on_the_way(facts, *id, body));
        let inner = open.iter().map(|id| {
            let call = facts.call(*id);
            let waits = call.awaited || self.is_returned(file, facts, call.expr);
            self.deed(file, facts, *id, waits, depth)
        });
        let inner: Vec<Deed> = inner.collect();
        let gravest = [DeedKind::Enforces, DeedKind::Writes, DeedKind::Reads, DeedKind::Seeks];
        let worst = gravest.into_iter().find_map(|kind| inner.iter().find(|it| it.kind == kind));
        let tells_itself = || {
            let mut told = handled.iter().filter(|it| self.is_told_within(file, facts, facts.call(**it).region, body));
            told.any(|it| self.deed(file, facts, *it, true, depth).kind == DeedKind::Writes)
        };
        match worst {
            // What is read before it sets about its work is the least of what may fail.
            Some(it) if matches!(it.kind, DeedKind::Reads | DeedKind::Seeks) && tells_itself() => {
                deed.kind = DeedKind::Harmless(ITSELF);
            }
            Some(worst) => does(deed, worst),
            None if by_name != DeedKind::Risky && is_of_own_store(&inner) => deed.kind = DeedKind::Harmless(FORBIDDEN),
            None if !inner.iter().all(|it| it.kind.harmless().is_some()) => {}
            None if !handled.is_empty() && !swallows_within(facts, body) => deed.kind = DeedKind::Harmless(ITSELF),
            None => deed.kind = at_most(by_name, &inner),
        }
    }

    /// The calls of a function, and of what it hands to the promises that it makes: that runs at once.
    fn own_calls(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Vec<CallId> {
        let calls = &self.file(file).index.calls;
        let mut found = calls.get(&Some(function)).cloned().unwrap_or_default();
        let made = found.iter().filter(|it| callee_name(facts, **it).is_some_and(|(name, _)| name == "Promise"));
        let runs = made.filter_map(|it| match facts.expr(*facts.call(*it).args.first()?).kind {
            ExprKind::Function(id) => calls.get(&Some(id)),
            _ => None,
        });
        let inner: Vec<CallId> = runs.flatten().copied().collect();
        found.extend(inner);
        found
    }

    /// Asks for the file that a called name is imported from: its code says more than the name.
    pub(in super::super) fn want_callee(&self, file: FileId, facts: &FileFacts, callee: ExprId) {
        let ExprKind::Local(id) = facts.expr(callee).kind else { return };
        let BindingKind::Import(import, _) = facts.binding(id).kind else { return };
        let specifier = facts.name(facts.imports[import as usize].specifier);
        if let Some(Target::File(home)) = self.file(file).targets.get(specifier) {
            self.want_anyway(*home);
        }
    }
}

/// A function does what the gravest of its calls does; one that is named for reading does not write for its caller.
fn does(deed: &mut Deed, worst: &Deed) {
    const READING: &str = "get find load fetch list read";
    let reads = matches!(promise(&deed.name, None, false), DeedKind::Harmless(_))
        || words(&deed.name).first().is_some_and(|it| among(READING, it));
    deed.kind = if reads && worst.kind == DeedKind::Writes { DeedKind::Reads } else { worst.kind };
    let note = format!("`{}` is called inside `{}`", worst.name, deed.name);
    deed.hops = std::iter::once(Evidence { place: worst.place, note }).chain(worst.hops.iter().cloned()).collect();
}

/// What a function does that calls nothing whose failure does harm. Its name is believed all the same, unless all it does is
/// the browser's.
fn at_most(by_name: DeedKind, inner: &[Deed]) -> DeedKind {
    let told = inner.iter().find(|it| matches!(it.kind, DeedKind::Harmless(_))).map(|it| it.kind);
    let is_of_browser = told.and_then(DeedKind::harmless).is_some_and(is_of_browser);
    match by_name {
        DeedKind::Unknown => told.unwrap_or(DeedKind::Plain),
        DeedKind::Risky if is_of_browser => told.unwrap_or(by_name),
        _ => by_name,
    }
}

/// Whether all that a function waits for is the browser's own store, which it then reads in its own way.
fn is_of_own_store(inner: &[Deed]) -> bool {
    let is_store = |it: &Deed| it.kind == DeedKind::Harmless(FORBIDDEN);
    let is_minor = |it: &Deed| it.kind.harmless().is_some() || it.kind == DeedKind::Unknown && !it.waits;
    inner.iter().any(|it| it.waits && is_store(it)) && inner.iter().all(is_minor)
}

/// Whether a stretch holds an empty `catch`: what ends there is not handled.
fn swallows_within(facts: &FileFacts, stretch: Span) -> bool {
    let is_empty = |kind| matches!(kind, RegionKind::Catch { is_empty: true, .. });
    facts.regions.iter().any(|it| is_empty(it.kind) && stretch.contains(it.span))
}

/// Whether a call stands in a `catch` of a stretch that throws: the first error is on its way already.
fn is_on_the_way(facts: &FileFacts, id: CallId, stretch: Span) -> bool {
    let throws = |clause: Span| facts.jumps.iter().any(|it| it.kind == JumpKind::Throw && clause.contains(it.span));
    let inside = facts.regions_out(facts.call(id).region).take_while(|(_, it)| stretch.contains(it.span));
    let mut clauses = inside.filter(|(_, it)| matches!(it.kind, RegionKind::Catch { .. }));
    clauses.any(|(_, it)| throws(it.span))
}
