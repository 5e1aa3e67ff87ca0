//! Listeners: where code asks to be called when something happens, on what, for which event, and with which function.
//!
//! This module finds the registrations. What undoes one is [`release`]'s question, how long the target lives
//! [`super::lifetime`]'s, and how often the registration runs [`super::rerun`]'s.

mod identity;
mod reach;
mod release;
mod returned;
mod signal;

pub use release::Release;

use std::borrow::Cow;

use super::iteration::callee_name;
use super::{Lifetime, Project, Rerun};
use crate::facts::{
    BindingId, BindingKind, CallForm, CallId, ExprId, ExprKind, FileFacts, FunctionId, PropKey, RegionKind,
};
use crate::source::FileId;

/// One registration.
#[derive(Debug, Clone, Copy)]
pub struct Listener {
    /// The file.
    pub file: FileId,
    /// The call that registers.
    pub call: CallId,
    /// On what; `None` for a bare `addEventListener`, which is the window's.
    pub target: Option<ExprId>,
    /// For which event; `None` where the only argument is the handler, as in `query.addListener(handler)`.
    pub event: Option<ExprId>,
    /// What is called.
    pub handler: ExprId,
    /// The options or the capture flag.
    pub options: Option<ExprId>,
    /// The method is one of the DOM's, whose targets know options and capture.
    pub is_dom: bool,
}

/// The options object or flag, as far as the code shows it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// Not given.
    Absent,
    /// Given, with this value.
    Value(ExprId),
    /// The options are made elsewhere.
    Hidden,
}

/// Events that end a process, or tell why it ends.
const PROCESS_ENDS: &[&str] =
    &["SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", "exit", "beforeExit", "uncaughtException", "unhandledRejection"];

/// A file that more import than this is a commodity, and how often it is used says little.
const MAX_IMPORTERS: usize = 40;

impl Project {
    /// Every registration of a file.
    pub(super) fn listeners_in(&self, file: FileId, facts: &FileFacts) -> Vec<Listener> {
        facts.calls().filter_map(|(call, _)| self.listener_at(file, facts, call)).collect()
    }

    fn listener_at(&self, file: FileId, facts: &FileFacts, id: CallId) -> Option<Listener> {
        let call = facts.call(id);
        let (name, target) = callee_name(facts, id)?;
        let is_bare = matches!(facts.expr(call.callee).kind, ExprKind::Global(_));
        let is_dom = name == "addEventListener";
        let fits = call.form == CallForm::Call
            && match name {
                "addEventListener" => target.is_some() || is_bare,
                "addListener" | "on" => target.is_some(),
                _ => false,
            };
        if !fits || call.args.iter().any(|it| matches!(facts.expr(*it).kind, ExprKind::Spread(_))) {
            return None;
        }
        let (event, handler) = match *call.args {
            [handler] if name == "addListener" => (None, handler),
            [event, handler, ..] => (Some(event), handler),
            _ => return None,
        };
        let listener = Listener { file, call: id, target, event, handler, options: call.args.get(2).copied(), is_dom };
        (is_dom || self.is_emitter_site(facts, &listener, name)).then_some(listener)
    }

    /// Whether `on` and `addListener` register a listener here: many things have a method of that name.
    fn is_emitter_site(&self, facts: &FileFacts, listener: &Listener, name: &str) -> bool {
        let Some(event) = listener.event else { return self.is_media_query(listener) };
        let is_text = matches!(facts.expr(event).kind, ExprKind::Str(_) | ExprKind::Local(_) | ExprKind::Member { .. });
        if name == "on" {
            is_text && self.is_long_lived_emitter(listener)
        } else {
            self.is_long_lived_emitter(listener)
        }
    }

    /// The function that a listener calls, if it is in this file.
    pub(super) fn handler_function(&self, listener: &Listener) -> Option<FunctionId> {
        self.function_of(listener.file, listener.handler).filter(|it| it.0 == listener.file).map(|it| it.1)
    }

    /// What the options say under a name.
    pub(super) fn setting(&self, listener: &Listener, name: &str) -> Setting {
        let (Some(facts), Some(options)) = (self.facts(listener.file), listener.options) else {
            return Setting::Absent;
        };
        if !listener.is_dom {
            return Setting::Absent;
        }
        match &facts.expr(self.shown(facts, options)).kind {
            ExprKind::Object(props) => {
                let named = |key: PropKey| matches!(key, PropKey::Name(it) if facts.name(it) == name);
                let found = props.iter().rev().find(|it| named(it.key));
                let spread = props.iter().any(|it| it.key == PropKey::Spread);
                match found {
                    Some(prop) => Setting::Value(prop.value),
                    None if spread => Setting::Hidden,
                    None => Setting::Absent,
                }
            }
            ExprKind::Bool(_) | ExprKind::Undefined | ExprKind::Null => Setting::Absent,
            _ => Setting::Hidden,
        }
    }

    /// The expression that a constant is initialised with, for a name that is one.
    pub(super) fn shown(&self, facts: &FileFacts, expr: ExprId) -> ExprId {
        match facts.expr(expr).kind {
            ExprKind::Local(binding) if facts.binding(binding).path.is_empty() => {
                facts.binding(binding).init.unwrap_or(expr)
            }
            _ => expr,
        }
    }

    /// Whether the listener goes after its first event.
    #[must_use]
    pub fn is_once(&self, listener: &Listener) -> bool {
        let Some(facts) = self.facts(listener.file) else { return false };
        matches!(self.setting(listener, "once"), Setting::Value(value) if facts.expr(value).kind == ExprKind::Bool(true))
    }

    /// The target as people would name it.
    #[must_use]
    pub fn target_name(&self, listener: &Listener) -> Cow<'_, str> {
        let Some(target) = listener.target else { return Cow::Borrowed("window") };
        let text = self.text_of(self.place_of(listener.file, target));
        match text.char_indices().nth(60) {
            Some((end, _)) => Cow::Owned(format!("{}…", &text[..end])),
            None => Cow::Borrowed(text),
        }
    }

    /// The event as people would name it.
    #[must_use]
    pub fn event_name(&self, listener: &Listener) -> String {
        let Some((facts, event)) = self.facts(listener.file).zip(listener.event) else { return "change".to_owned() };
        match facts.expr(event).kind {
            ExprKind::Str(text) => facts.name(text).to_owned(),
            _ => self.text_of(self.place_of(listener.file, event)).to_owned(),
        }
    }

    /// How often a registration runs.
    #[must_use]
    pub fn rerun_of(&self, listener: &Listener) -> Rerun {
        let call = self.facts(listener.file).map(|it| it.call(listener.call));
        call.map_or(Rerun::Unknown, |it| self.rerun(listener.file, it.region, it.span))
    }

    /// Whether the handler is one and the same function for every run. A DOM target holds it once, however often it is added.
    #[must_use]
    pub fn is_held_once(&self, listener: &Listener) -> bool {
        let Some(facts) = self.facts(listener.file) else { return false };
        let is_shared = |binding: BindingId| {
            let binding = facts.binding(binding);
            let is_fixed = !matches!(binding.kind, BindingKind::Let | BindingKind::Var | BindingKind::Param(..));
            is_fixed && facts.function_of(binding.region).is_none()
        };
        listener.is_dom && matches!(facts.expr(listener.handler).kind, ExprKind::Local(binding) if is_shared(binding))
    }

    /// Whether it waits for the end of the process: that is wanted once, for good, wherever it is registered.
    #[must_use]
    pub fn is_process_end(&self, listener: &Listener) -> bool {
        let is_process = listener.target.is_some_and(|it| self.key(listener.file, it) == "@process");
        is_process && PROCESS_ENDS.contains(&self.event_name(listener).as_str())
    }

    /// Whether an effect or mount hook registers it.
    #[must_use]
    pub fn is_in_effect(&self, listener: &Listener) -> bool {
        let Some(facts) = self.facts(listener.file) else { return false };
        let effects = self.effects(listener.file);
        let mut around = facts.regions_out(facts.call(listener.call).region);
        around.any(|(_, it)| matches!(it.kind, RegionKind::Function(id) if effects.contains(&id)))
    }

    /// Wants the files that may call a function which registers without releasing, because how often it runs is said there,
    /// and those that may listen to an emitter made elsewhere.
    pub(super) fn look_for_callers(&self) {
        for (file, _) in self.audited() {
            if self.exports_any_emitter(file) {
                self.users(file).into_iter().for_each(|it| self.want_anyway(it));
            }
            let open = self.releases(file).into_iter().filter(|(listener, release)| {
                !matches!(release, Release::Proven(_) | Release::Unproven { .. })
                    && self.target_lifetime(listener) == Lifetime::Endless
            });
            if open.map(|it| self.rerun_of(&it.0)).any(|it| it == Rerun::Unknown) {
                let importers = self.users(file);
                let few = importers.len() <= MAX_IMPORTERS;
                importers.into_iter().filter(|it| few && self.facts(*it).is_none()).for_each(|it| self.want_anyway(it));
            }
        }
    }
}
