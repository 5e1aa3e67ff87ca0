//! What a protected stretch of code does, call by call: what would be lost if one of them failed and nobody heard of it.
//!
//! Resolved calls come first: the catalog's clients, HTTP with its method, packages that enforce something, functions of this
//! code base, followed a little way. Only what cannot be resolved is judged by its name, and then as weak evidence.

mod absence;
mod deed;
mod dropped;
mod follow;
mod incidental;
pub(super) mod intent;
mod weight;

pub use deed::{Deed, DeedKind};
pub use weight::{finds_out, likely, parses, weighty};

use super::callee::{global, is_side_work, promise};
use super::effect::{by_arguments, effect_of, of_package, reads_file};
use super::iteration::callee_name;
use super::shown::{SHOWN, drop_parts, is_forced};
use super::{Guarded, Project, Swallow, Value};
use crate::facts::{BindingKind, Call, CallForm, CallId, ExprId, ExprKind, FileFacts};
use crate::source::{FileId, Span};

/// A write that the next one like it makes good.
const NOTED: DeedKind = DeedKind::Harmless("it notes when something was last seen, and so does the next time");

/// How many functions a call is followed into.
const DEPTH: u32 = 3;

impl Project {
    /// The calls whose failure a handler swallows, in source order.
    #[must_use]
    pub fn deeds(&self, site: &Swallow) -> Vec<Deed> {
        let Some(facts) = self.facts(site.file) else { return Vec::new() };
        let index = &self.file(site.file).index;
        let is_beside = |it: &Call, other: &Call| index.owner(it.region) == index.owner(other.region);
        let (span, is_promise, own) = match site.guarded {
            Guarded::Block(region) => (facts.region(region).span, false, None),
            Guarded::Promise(expr, call) => {
                (self.told_before(facts, expr).unwrap_or_else(|| self.made_from(facts, expr)), true, Some(call))
            }
            Guarded::Effect(span, _) => (span, true, None),
        };
        let (mut found, mut noted): (Vec<Deed>, Vec<Span>) = Default::default();
        for (id, call) in facts.calls().filter(|(_, it)| span.contains(it.span)) {
            if self.is_caught_within(site.file, facts, call.region, span)
                || own.is_some_and(|it| it != id && self.runs_before(site.file, facts, id, it))
                || self.has_own_handler(site.file, facts, id, own)
            {
                continue;
            }
            let is_direct = || own.is_none_or(|it| is_beside(call, facts.call(it)));
            let waits = call.awaited || is_promise && (is_direct() || self.is_returned(site.file, facts, call.expr));
            let mut deed = self.deed(site.file, facts, id, waits, DEPTH);
            if matches!(deed.kind, DeedKind::Writes | DeedKind::Risky)
                && self.notes_when(site.file, facts, id, &deed.name)
            {
                deed.kind = NOTED;
                noted.push(facts.expr(self.head_of(site.file, call.expr)).span);
            }
            found.push(deed);
        }
        // The rest of its chain is that same write.
        found.retain(|it| it.kind == NOTED || !noted.iter().any(|of| of.contains(it.span)));
        self.drop_runners(facts, &mut found);
        drop_parts(&mut found);
        // What is written first comes first, and the whole of a chain before its parts.
        found.sort_by_key(|it| (it.span.start, std::cmp::Reverse(it.span.end)));
        found
    }

    /// The handler that a promise has already, where it is written out: what may fail behind it is that alone.
    fn told_before(&self, facts: &FileFacts, expr: ExprId) -> Option<Span> {
        let ExprKind::Call(call) = facts.expr(expr).kind else { return None };
        let (name, _) = callee_name(facts, call)?;
        let handler = facts.call(call).args.first().filter(|_| name == "catch")?;
        match facts.expr(*handler).kind {
            ExprKind::Function(id) => Some(facts.function(id).span),
            _ => None,
        }
    }

    /// Leaves out what only runs a function that it is given, where that does something: `retry(() => save(order))`.
    fn drop_runners(&self, facts: &FileFacts, found: &mut Vec<Deed>) {
        let acts: Vec<Span> = found.iter().filter(|it| it.kind != DeedKind::Plain).map(|it| it.span).collect();
        let given = |span: Span| facts.calls.iter().filter(move |it| it.span == span).flat_map(|it| &it.args);
        found.retain(|it| {
            let runs = |arg: &ExprId| match facts.expr(*arg).kind {
                ExprKind::Function(id) => acts.iter().any(|act| facts.function(id).span.contains(*act)),
                _ => false,
            };
            it.kind != DeedKind::Unknown || !given(it.span).any(runs)
        });
    }

    /// Whether a call only works out a part of what the call that makes a promise is given: it is over before there is one.
    fn runs_before(&self, file: FileId, facts: &FileFacts, id: CallId, own: CallId) -> bool {
        let index = &self.file(file).index;
        let mut at = facts.call(id).expr;
        let mut is_part = false;
        while let Some(&parent) = index.parents.get(&at) {
            match facts.expr(parent).kind {
                ExprKind::Call(_) => break,
                ExprKind::Object(_) | ExprKind::Template { .. } | ExprKind::Binary(..) => is_part = true,
                _ => {}
            }
            at = parent;
        }
        is_part && index.owner(facts.call(id).region) == index.owner(facts.call(own).region)
    }

    /// Whether a handler stands in code that is itself a side matter: a logger, telemetry, a cache.
    #[must_use]
    pub fn is_side_matter(&self, site: &Swallow) -> bool {
        let scope = self.scope_path(site.place);
        let path = &self.file(site.file).path;
        let stem = path.rsplit('/').next().unwrap_or(path);
        is_side_work(stem.rsplit_once('.').map_or(stem, |it| it.0)) || scope.split('.').any(is_side_work)
    }

    /// What one call does.
    fn deed(&self, file: FileId, facts: &FileFacts, id: CallId, waits: bool, depth: u32) -> Deed {
        let (name, object) = callee_name(facts, id).unwrap_or(("it", None));
        let object = object.map(|it| self.text_of(self.place_of(file, it)).to_owned());
        let name = if name == "current" {
            object.as_deref().and_then(|it| it.rsplit('.').next()).unwrap_or(name)
        } else {
            name
        }
        .to_owned();
        let mut deed = Deed {
            place: self.anchor_of(file, id),
            span: facts.call(id).span,
            name: name.clone(),
            object,
            kind: DeedKind::Unknown,
            waits,
            hops: Vec::new(),
        };
        if let Some(query) = self.query_at(file, id) {
            deed.kind = effect_of(&query, &name, facts, id);
            if let Some(root) = deed.object.as_deref().filter(|it| it.ends_with("Storage")) {
                deed.name = format!("{root}.{name}");
            }
            return deed;
        }
        let callee = facts.call(id).callee;
        let is_module = facts.call(id).form == CallForm::Import;
        if is_module || self.shows_its_error(facts, callee) {
            deed.kind = DeedKind::Harmless(if is_module { "a module may not be there" } else { SHOWN });
            return deed;
        }
        self.want_callee(file, facts, callee);
        match self.value(file, callee) {
            Value::Global(path) => self.platform(facts, id, &path, &mut deed),
            Value::Function(other, function) => self.follow_function(other, function, waits, depth, &mut deed),
            _ => deed.kind = self.unresolved(file, facts, id, &deed, waits),
        }
        deed
    }

    fn unresolved(&self, file: FileId, facts: &FileFacts, id: CallId, deed: &Deed, waits: bool) -> DeedKind {
        let call = facts.call(id);
        let object = deed.object.as_deref();
        if is_forced(facts, id, &deed.name) {
            return DeedKind::Harmless("it takes down what goes away anyway");
        }
        if self.reports_itself(file, facts, call.callee) {
            return DeedKind::Harmless("its own `onError` is told");
        }
        if let Some(kind) = by_arguments(facts, id, &deed.name) {
            return kind;
        }
        if let Some(package) = self.package_of(file, call.callee, 12) {
            if let Some(why) = self.pipes_on(facts, id, &package) {
                return DeedKind::Harmless(why);
            }
            return of_package(&package, &deed.name, object, waits, call.form);
        }
        let rooted = self.global_root(facts, call.callee).filter(|_| !waits).and_then(|it| global(&[it.into()]));
        match rooted {
            Some(kind) => kind,
            None if call.form == CallForm::New => DeedKind::Plain,
            None if reads_file(&deed.name, object) => DeedKind::Harmless("a file may be missing, or gone already"),
            None => match promise(&deed.name, object, waits) {
                DeedKind::Harmless(why) => DeedKind::Harmless(why),
                _ if is_handed_in(facts, call.callee, &deed.name) => {
                    DeedKind::Harmless("who handed it in deals with its errors")
                }
                kind => kind,
            },
        }
    }

    fn platform(&self, facts: &FileFacts, id: CallId, path: &[Box<str>], deed: &mut Deed) {
        if let Some(kind) = global(path) {
            deed.kind = kind;
            let root = deed.object.as_deref().unwrap_or_default();
            deed.name = match root {
                "JSON" => format!("{root}.{}", deed.name),
                _ => std::mem::take(&mut deed.name),
            };
        } else if facts.call(id).form == CallForm::New {
            deed.kind = DeedKind::Harmless("it is a probe of what the platform has");
        } else {
            let by_name = || promise(&deed.name, deed.object.as_deref(), true);
            deed.kind = by_arguments(facts, id, &deed.name).unwrap_or_else(by_name);
        }
    }

    /// The stretch that makes a promise: the expression, or what the name of it was initialised with.
    fn made_from(&self, facts: &FileFacts, expr: ExprId) -> Span {
        match facts.expr(expr).kind {
            ExprKind::Local(id) => facts.binding(id).init.map_or(facts.expr(expr).span, |it| facts.expr(it).span),
            _ => facts.expr(expr).span,
        }
    }
}

/// Whether what is called was handed in for that: `onSave`, as a parameter or a property of the props.
fn is_handed_in(facts: &FileFacts, callee: ExprId, name: &str) -> bool {
    let is_param = |it: ExprId| match facts.expr(it).kind {
        ExprKind::Local(id) => matches!(facts.binding(id).kind, BindingKind::Param(..)),
        _ => false,
    };
    let is_given = match facts.expr(callee).kind {
        ExprKind::Member { object, .. } => is_param(object),
        _ => is_param(callee),
    };
    is_given && name.strip_prefix("on").is_some_and(|it| it.starts_with(|it: char| it.is_ascii_uppercase()))
}
