//! What undoes a registration: the removal that names the same target, event, function and capture flag.
//!
//! Adds and removals are never counted. A removal that differs in one of the four is told apart, because it is the mistake that
//! looks right; whether one that fits is reached when its owner ends is [`super::reach`]'s question.

use super::identity::{Key, Sameness};
use super::{Listener, Setting};
use crate::facts::{CallForm, CallId, ExprId, ExprKind, FileFacts, FunctionId, RegionId};
use crate::finding::Evidence;
use crate::project::Project;
use crate::project::definition::entry;
use crate::project::iteration::callee_name;
use crate::source::FileId;

/// What becomes of a registration.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Release {
    /// It is undone, and this is by what.
    Proven(String),
    /// Something may undo it, and the code does not show that it is reached.
    Unproven {
        /// What there is, and what is not shown.
        why: String,
        /// Where it is.
        evidence: Evidence,
    },
    /// Something looks as if it undid it, and does not.
    Failed {
        /// Why it does not.
        why: String,
        /// Where it is.
        evidence: Evidence,
    },
    /// Nothing does.
    Missing,
}

/// One call that removes a listener, or all listeners of an event.
#[derive(Debug, Clone, Copy)]
pub(super) struct Removal {
    pub(super) call: CallId,
    target: Option<ExprId>,
    event: Option<ExprId>,
    handler: Option<ExprId>,
    options: Option<ExprId>,
    /// The registration handed back what this call ends.
    by_handle: bool,
}

/// A file's registrations and removals, with what is asked of every one of them.
pub(super) struct Scene<'p> {
    pub(super) project: &'p Project,
    pub(super) file: FileId,
    pub(super) facts: &'p FileFacts,
    pub(super) listeners: Vec<Listener>,
    pub(super) aliases: Vec<(Key, Key)>,
    pub(super) removals: Vec<Removal>,
    /// Functions that run after a mount or an update.
    pub(super) effects: Vec<FunctionId>,
    /// Functions that run when such an owner ends.
    pub(super) cleanups: Vec<FunctionId>,
    /// Every call: the function of this file that it calls, the key of what it calls, and where it is.
    pub(super) calls: Vec<(Option<FunctionId>, Key, RegionId)>,
    /// Every function that a name or property is set to, with the key of that.
    pub(super) kept: Vec<(FunctionId, Key)>,
}

/// How a removal relates to a registration.
enum Fit {
    Exact,
    Unsure,
    /// It names the same in all but this.
    Misses(&'static str),
    Other,
}

/// Methods that end what a registration handed back.
const HANDLE_ENDS: &[&str] = &["remove", "unsubscribe", "dispose", "off", "cancel", "destroy", "close"];

impl Project {
    /// Each registration of a file, by place, with what undoes it.
    #[must_use]
    pub fn releases(&self, file: FileId) -> Vec<(Listener, Release)> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let listeners = self.listeners_in(file, facts);
        if listeners.is_empty() {
            return Vec::new();
        }
        let removals = facts.calls().filter_map(|(id, _)| removal_at(facts, id)).collect();
        let (aliases, effects) = (self.aliases(file), self.effects(file));
        let own = |expr: ExprId| self.function_of(file, expr).filter(|it| it.0 == file).map(|it| it.1);
        let calls = facts.calls.iter().map(|it| (own(it.callee), self.key(file, it.callee), it.region)).collect();
        let kept =
            facts.assignments.iter().filter_map(|it| Some((own(it.value)?, self.key(file, it.target)))).collect();
        let cleanups = Vec::new();
        let mut scene =
            Scene { project: self, file, facts, listeners, aliases, removals, effects, cleanups, calls, kept };
        scene.cleanups = scene.all_cleanups();
        scene.listeners.iter().map(|it| (*it, scene.release(it))).collect()
    }
}

impl Scene<'_> {
    fn release(&self, listener: &Listener) -> Release {
        if let Some(release) = self.signal_release(listener) {
            return release;
        }
        if let Some(release) = self.handle_release(listener) {
            return release;
        }
        let (mut unsure, mut failed) = (None, None);
        let fits: Vec<(&Removal, Fit)> = self.removals.iter().map(|it| (it, self.fit(listener, it))).collect();
        let exact = fits.iter().filter(|it| matches!(it.1, Fit::Exact));
        // Each path may have a cleanup of its own.
        let together: Vec<FunctionId> = exact.flat_map(|it| self.runs_in(self.facts.call(it.0.call).region)).collect();
        for (removal, fit) in fits {
            match fit {
                Fit::Exact => match self.reach(listener, removal, &together) {
                    Release::Proven(how) => return Release::Proven(how),
                    found @ Release::Unproven { .. } => unsure = Some(found),
                    found => failed = Some(found),
                },
                Fit::Unsure => {
                    let why = "there is a removal, and whether it means this listener is not shown".to_owned();
                    unsure.get_or_insert(Release::Unproven {
                        why,
                        evidence: self.evidence(removal.call, "removes a listener"),
                    });
                }
                Fit::Misses(what) if !self.is_meant_for_another(removal) => {
                    let evidence = self.evidence(removal.call, "this removal does nothing for it");
                    failed.get_or_insert(Release::Failed { why: what.to_owned(), evidence });
                }
                Fit::Misses(_) | Fit::Other => {}
            }
        }
        unsure.or(failed).unwrap_or_else(|| self.hidden(listener))
    }

    /// Whether a removal does its work for some other registration.
    fn is_meant_for_another(&self, removal: &Removal) -> bool {
        self.listeners.iter().any(|it| matches!(self.fit(it, removal), Fit::Exact))
    }

    /// Options that are made elsewhere may hold a signal.
    fn hidden(&self, listener: &Listener) -> Release {
        match self.project.setting(listener, "signal") {
            Setting::Hidden => {
                let why = "its options are made elsewhere, and whether they hold a signal is not shown".to_owned();
                Release::Unproven { why, evidence: self.evidence(listener.call, "registered here") }
            }
            _ => Release::Missing,
        }
    }

    fn fit(&self, listener: &Listener, removal: &Removal) -> Fit {
        if removal.by_handle {
            return Fit::Other;
        }
        let target = self.optional(listener.target, removal.target);
        let event = match (listener.event, removal.event) {
            // `removeAllListeners()` names no event and means each.
            (_, None) if removal.handler.is_none() => Sameness::Same,
            (left, right) => self.optional(left, right),
        };
        let handler = removal.handler.map_or(Sameness::Same, |it| self.same(listener.handler, it));
        let capture = self.capture(listener.options, removal.options);
        match (target, event, handler, capture) {
            (Sameness::Same, Sameness::Same, Sameness::Same, Sameness::Same) => Fit::Exact,
            (Sameness::Different, Sameness::Same, Sameness::Same, _) => Fit::Misses("asks another target"),
            (Sameness::Same, Sameness::Different, Sameness::Same, _) => Fit::Misses("names another event"),
            (Sameness::Same, Sameness::Same, Sameness::Different, _) => Fit::Misses("is given another function"),
            (Sameness::Same, Sameness::Same, Sameness::Same, Sameness::Different) => {
                Fit::Misses("differs in `capture`")
            }
            (Sameness::Different, ..) | (_, Sameness::Different, ..) | (_, _, Sameness::Different, _) => Fit::Other,
            // What may be anything in two ways is no sign of anything.
            (Sameness::Same, Sameness::Same, ..) => Fit::Unsure,
            (_, _, Sameness::Same, _) if removal.handler.is_some() => Fit::Unsure,
            _ => Fit::Other,
        }
    }

    pub(super) fn same(&self, left: ExprId, right: ExprId) -> Sameness {
        self.project.sameness(self.file, left, right, &self.aliases)
    }

    /// Two targets or events, of which a missing one is the window or the only event there is.
    fn optional(&self, left: Option<ExprId>, right: Option<ExprId>) -> Sameness {
        match (left, right) {
            (Some(left), Some(right)) => self.same(left, right),
            (None, None) => Sameness::Same,
            (Some(given), None) | (None, Some(given)) => match self.project.key(self.file, given).as_str() {
                "@window" => Sameness::Same,
                key if key.starts_with('@') => Sameness::Different,
                _ => Sameness::Unsure,
            },
        }
    }

    fn capture(&self, left: Option<ExprId>, right: Option<ExprId>) -> Sameness {
        match (self.captures(left), self.captures(right)) {
            (Some(left), Some(right)) if left == right => Sameness::Same,
            (Some(_), Some(_)) => Sameness::Different,
            _ => match (left.map(|it| self.flag(it)), right.map(|it| self.flag(it))) {
                (Some(left), Some(right)) => self.same(left, right),
                _ => Sameness::Unsure,
            },
        }
    }

    /// What options set `capture` to; the options themselves where they do not say.
    fn flag(&self, options: ExprId) -> ExprId {
        entry(self.facts, self.project.shown(self.facts, options), "capture").unwrap_or(options)
    }

    /// Whether options or a flag say `capture`; `None` where they do not show it.
    fn captures(&self, options: Option<ExprId>) -> Option<bool> {
        let Some(options) = options else { return Some(false) };
        let facts = self.facts;
        match &facts.expr(self.project.shown(facts, options)).kind {
            ExprKind::Bool(flag) => Some(*flag),
            ExprKind::Undefined | ExprKind::Null => Some(false),
            ExprKind::Object(props) => {
                let named = |name: &str| {
                    props
                        .iter()
                        .rev()
                        .find(|it| matches!(it.key, crate::facts::PropKey::Name(key) if facts.name(key) == name))
                };
                match named("capture").map(|it| &facts.expr(self.project.shown(facts, it.value)).kind) {
                    Some(ExprKind::Bool(flag)) => Some(*flag),
                    Some(_) => None,
                    None => Some(false),
                }
            }
            _ => None,
        }
    }

    /// What ends the subscription that a registration hands back, where it hands one back.
    fn handle_release(&self, listener: &Listener) -> Option<Release> {
        let made = self.facts.call(listener.call).expr;
        let handle = self.project.handle_key(self.file, self.facts, made)?;
        let ends = self.facts.calls().find(|(id, call)| {
            let is_end = |expr: ExprId| self.project.key(self.file, expr) == handle;
            match callee_name(self.facts, *id) {
                Some((name, Some(object))) => HANDLE_ENDS.contains(&name) && is_end(object),
                _ => is_end(call.callee),
            }
        });
        let removal =
            Removal { call: ends?.0, target: None, event: None, handler: None, options: None, by_handle: true };
        Some(self.reach(listener, &removal, &[]))
    }

    pub(super) fn evidence(&self, call: CallId, note: &str) -> Evidence {
        Evidence { place: self.project.anchor_of(self.file, call), note: note.to_owned() }
    }
}

impl Project {
    /// The name or field that keeps what a call gives.
    fn handle_key(&self, file: FileId, facts: &FileFacts, made: ExprId) -> Option<Key> {
        let declared = facts.bindings.iter().position(|it| it.init == Some(made) && it.path.is_empty());
        if let Some(at) = declared {
            return Some(format!("b{at}"));
        }
        let written = facts.assignments.iter().find(|it| it.value == made)?;
        Some(self.key(file, written.target))
    }
}

fn removal_at(facts: &FileFacts, id: CallId) -> Option<Removal> {
    let call = facts.call(id);
    let (name, target) = callee_name(facts, id)?;
    let arg = |at: usize| call.args.get(at).copied();
    let is_bare = matches!(facts.expr(call.callee).kind, ExprKind::Global(_));
    let (event, handler, options) = match (name, call.args.len()) {
        ("removeEventListener", 2..) => (arg(0), arg(1), arg(2)),
        ("removeListener", 1) => (None, arg(0), None),
        ("removeListener" | "off", 2..) => (arg(0), arg(1), None),
        ("removeAllListeners" | "off", _) => (arg(0), None, None),
        _ => return None,
    };
    let fits = call.form == CallForm::Call && (target.is_some() || is_bare && name == "removeEventListener");
    fits.then_some(Removal { call: id, target, event, handler, options, by_handle: false })
}
