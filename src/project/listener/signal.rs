//! Listeners that go when an `AbortSignal` says so, and who says it.

use super::identity::Key;
use super::release::{Release, Scene};
use super::{Listener, Setting};
use crate::facts::{BindingKind, CallForm, ExprId, ExprKind};
use crate::finding::Evidence;
use crate::source::Place;

impl Scene<'_> {
    /// What the `signal` option comes to; `None` where there is none.
    pub(super) fn signal_release(&self, listener: &Listener) -> Option<Release> {
        let Setting::Value(signal) = self.project.setting(listener, "signal") else { return None };
        let key = self.project.key(self.file, signal);
        let Some(controller) = key.strip_suffix(".signal") else {
            return Some(Release::Proven("the signal decides when it ends".to_owned()));
        };
        if let Some(abort) = self.abort_of(controller) {
            let text = self.project.text_of(self.project.place_of(self.file, abort));
            return Some(Release::Proven(format!("its signal is ended by `{text}`")));
        }
        let made = self.made_here(controller, signal);
        let evidence =
            |span| Evidence { place: Place { file: self.file, span }, note: "the controller of its signal".to_owned() };
        Some(match made {
            Some(at) if !self.escapes(controller) => {
                let why = "its signal is never aborted, because nobody calls `abort` on the controller".to_owned();
                Release::Failed { why, evidence: evidence(self.facts.expr(at).span) }
            }
            Some(at) => {
                let why =
                    "the controller of its signal is handed on, and that somebody aborts it is not shown".to_owned();
                Release::Unproven { why, evidence: evidence(self.facts.expr(at).span) }
            }
            None => Release::Proven("the signal decides when it ends".to_owned()),
        })
    }

    /// `controller.abort`, called or handed on.
    fn abort_of(&self, controller: &str) -> Option<ExprId> {
        let exprs = self.facts.exprs.iter().enumerate();
        let mut members = exprs.filter_map(|(at, expr)| match expr.kind {
            ExprKind::Member { object, property } if self.facts.name(property) == "abort" => {
                Some((ExprId(at as u32), object))
            }
            _ => None,
        });
        members.find(|(_, object)| self.is_controller(*object, controller)).map(|it| it.0)
    }

    fn is_controller(&self, expr: ExprId, controller: &str) -> bool {
        let key: Key = self.project.key(self.file, expr);
        let is_alias = |(a, b): &(Key, Key)| (*a == key && b == controller) || (*b == key && a == controller);
        key == controller || self.aliases.iter().any(is_alias)
    }

    /// Where the controller is constructed, if that is in sight.
    fn made_here(&self, controller: &str, signal: ExprId) -> Option<ExprId> {
        let is_new = |expr: ExprId| matches!(self.facts.expr(expr).kind, ExprKind::Call(call) if self.facts.call(call).form == CallForm::New);
        if controller.starts_with("new#") {
            return Some(signal);
        }
        let number: usize = controller.strip_prefix('b')?.parse().ok()?;
        let binding = self.facts.bindings.get(number)?;
        let is_variable = matches!(binding.kind, BindingKind::Const | BindingKind::Let | BindingKind::Var);
        binding.init.filter(|it| is_variable && is_new(*it))
    }

    /// Whether the controller itself, not its signal, is handed to something.
    fn escapes(&self, controller: &str) -> bool {
        let parents = &self.project.file(self.file).index.parents;
        let exprs = self.facts.exprs.iter().enumerate().filter(|(_, it)| matches!(it.kind, ExprKind::Local(_)));
        let mut uses = exprs.map(|(at, _)| ExprId(at as u32)).filter(|it| self.is_controller(*it, controller));
        uses.any(|it| match parents.get(&it).map(|it| &self.facts.expr(*it).kind) {
            Some(ExprKind::Member { .. }) => false,
            Some(_) => true,
            None => self.facts.jumps.iter().any(|jump| jump.value == Some(it)),
        })
    }
}
