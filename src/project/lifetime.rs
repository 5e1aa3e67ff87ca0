//! How long the target of a listener lives: as long as the page or process, no longer than what made it, or as its owner
//! decides.
//!
//! A target that nobody else holds takes its listeners along. Only one that outlives the code which registers collects them.

use super::listener::Listener;
use super::{Project, Target, Value};
use crate::facts::{
    Binding, BindingId, BindingKind, CallForm, CallId, ExportSource, ExprId, ExprKind, FileFacts, Operator,
};
use crate::project::iteration::callee_name;
use crate::source::FileId;

/// How long a target lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lifetime {
    /// As long as the page, worker or process.
    Endless,
    /// No longer than the code that registers: it was created there.
    Owned,
    /// It is an `AbortSignal`, which fires once and goes with its controller.
    Signal,
    /// It is an argument of the function that registers, and the caller decides.
    Given,
    /// A component's property, a ref or a field holds it, and its owner decides.
    Handed,
    /// The code does not show it.
    Unknown,
}

/// How many names one target may lead through.
const STEPS: u32 = 10;

impl Project {
    /// How long a listener's target lives.
    #[must_use]
    pub fn target_lifetime(&self, listener: &Listener) -> Lifetime {
        listener.target.map_or(Lifetime::Endless, |it| self.lifetime(listener.file, it, STEPS))
    }

    /// Whether a value is an emitter that a process or module holds on to, or one that was handed in.
    pub(super) fn is_long_lived_emitter(&self, listener: &Listener) -> bool {
        let Some((facts, target)) = self.facts(listener.file).zip(listener.target) else { return false };
        if self.key(listener.file, target) == "@process" {
            return true;
        }
        let ExprKind::Local(binding) = facts.expr(target).kind else { return false };
        match facts.binding(binding).kind {
            BindingKind::Param(..) => facts.binding(binding).path.is_empty() && self.is_dead_end(listener.file, target),
            _ => self.is_emitter(listener.file, binding, STEPS),
        }
    }

    /// Whether a query's changes are listened to in the old way, `query.addListener(handler)`.
    pub(super) fn is_media_query(&self, listener: &Listener) -> bool {
        let Some((facts, target)) = self.facts(listener.file).zip(listener.target) else { return false };
        match facts.expr(self.shown(facts, target)).kind {
            ExprKind::Call(call) => callee_name(facts, call).is_some_and(|(name, _)| name == "matchMedia"),
            _ => false,
        }
    }

    /// A plain parameter, of which the catalog knows nothing.
    fn is_dead_end(&self, file: FileId, target: ExprId) -> bool {
        matches!(self.value(file, target), Value::Param(..))
    }

    fn lifetime(&self, file: FileId, expr: ExprId, steps: u32) -> Lifetime {
        let (Some(facts), Some(steps)) = (self.facts(file), steps.checked_sub(1)) else { return Lifetime::Unknown };
        match facts.expr(expr).kind {
            ExprKind::Global(_) => Lifetime::Endless,
            ExprKind::Local(binding) => self.binding_lifetime(file, facts, binding, steps),
            ExprKind::Member { object, property } => match facts.name(property) {
                "signal" => Lifetime::Signal,
                "current" => Lifetime::Handed,
                name => match self.key(file, expr).strip_prefix('@') {
                    Some(_) => Lifetime::Endless,
                    None if facts.expr(object).kind == ExprKind::This => self.field_lifetime(file, facts, name, steps),
                    None => Lifetime::Unknown,
                },
            },
            ExprKind::Call(call) => call_lifetime(facts, call),
            ExprKind::Await(inner) | ExprKind::Assign { value: inner, .. } => self.lifetime(file, inner, steps),
            ExprKind::Binary(Operator::Or | Operator::Coalesce, left, right)
            | ExprKind::Cond { yes: left, no: right, .. } => {
                let (left, right) = (self.lifetime(file, left, steps), self.lifetime(file, right, steps));
                if left == right { left } else { Lifetime::Handed }
            }
            _ => Lifetime::Unknown,
        }
    }

    fn binding_lifetime(&self, file: FileId, facts: &FileFacts, id: BindingId, steps: u32) -> Lifetime {
        let binding = facts.binding(id);
        match binding.kind {
            BindingKind::Import(import, _) => {
                let specifier = facts.name(facts.imports[import as usize].specifier);
                let is_package = !matches!(self.file(file).targets.get(specifier), Some(Target::File(_)) | None);
                if is_package || self.is_emitter(file, id, steps) { Lifetime::Endless } else { Lifetime::Unknown }
            }
            BindingKind::Param(function, position) => {
                let types = facts.function(function).params.get(position as usize).and_then(|it| it.type_name);
                let is_signal =
                    types.is_some_and(|it| facts.name(it) == "AbortSignal") || facts.name(binding.name) == "signal";
                match is_signal {
                    true => Lifetime::Signal,
                    false if self.is_component(file, facts, function) => Lifetime::Handed,
                    false => Lifetime::Given,
                }
            }
            _ if facts.name(binding.name) == "signal" => Lifetime::Signal,
            _ if !binding.path.is_empty() || binding.element_of.is_some() => {
                self.part_lifetime(file, facts, binding, steps)
            }
            _ => self.variable_lifetime(file, facts, id, steps),
        }
    }

    /// A name taken out of something: only what is taken out of the global object is known.
    fn part_lifetime(&self, file: FileId, facts: &FileFacts, binding: &Binding, steps: u32) -> Lifetime {
        match binding.init.map(|it| (&facts.expr(it).kind, self.lifetime(file, it, steps))) {
            Some((ExprKind::Global(_), Lifetime::Endless)) => Lifetime::Endless,
            _ => Lifetime::Handed,
        }
    }

    fn variable_lifetime(&self, file: FileId, facts: &FileFacts, id: BindingId, steps: u32) -> Lifetime {
        let written = self.file(file).index.writes.get(&id).into_iter().flatten().copied();
        let values = facts.binding(id).init.into_iter().chain(written);
        let told = values.filter(|it| !facts.is_nothing(*it));
        let found: Vec<Lifetime> = told.map(|it| self.lifetime(file, it, steps)).collect();
        let is_module = facts.function_of(facts.binding(id).region).is_none();
        match found.as_slice() {
            // What the module holds stays as long as the module does.
            [Lifetime::Owned, ..] if is_module && facts.binding(id).init.is_some() => Lifetime::Endless,
            [first, rest @ ..] if rest.iter().all(|it| it == first) => *first,
            _ => Lifetime::Unknown,
        }
    }

    /// What a class keeps in a field ends with the instance, if the class made it.
    fn field_lifetime(&self, file: FileId, facts: &FileFacts, name: &str, steps: u32) -> Lifetime {
        let fields = &self.file(file).index.fields;
        let written = fields.iter().filter(|it| facts.name(*it.0) == name).flat_map(|it| it.1);
        let found: Vec<Lifetime> =
            written.map(|it| self.lifetime(file, *it, steps)).filter(|it| *it != Lifetime::Unknown).collect();
        match found.as_slice() {
            [first, rest @ ..] if rest.iter().all(|it| it == first) => *first,
            _ => Lifetime::Handed,
        }
    }

    /// Whether a name stands for an event emitter that is made once, at the top of some module.
    fn is_emitter(&self, file: FileId, id: BindingId, steps: u32) -> bool {
        let (Some(facts), Some(steps)) = (self.facts(file), steps.checked_sub(1)) else { return false };
        let binding = facts.binding(id);
        if let BindingKind::Import(import, name) = binding.kind {
            let import = &facts.imports[import as usize];
            let Some(Target::File(target)) = self.file(file).targets.get(facts.name(import.specifier)) else {
                return false;
            };
            return self.exports_emitter(*target, facts.name(import.names[name as usize].imported), steps);
        }
        let is_module = facts.function_of(binding.region).is_none() && binding.path.is_empty();
        is_module
            && binding.init.is_some_and(|it| match facts.expr(it).kind {
                ExprKind::Call(call) if facts.call(call).form == CallForm::New => {
                    self.makes_emitter(file, facts.call(call).callee)
                }
                _ => false,
            })
    }

    /// Whether a file hands out an emitter that all who import it share.
    pub(super) fn exports_any_emitter(&self, file: FileId) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        facts.exports.iter().any(|it| self.exports_emitter(file, facts.name(it.name), STEPS))
    }

    fn exports_emitter(&self, file: FileId, name: &str, steps: u32) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        let export = facts.exports.iter().find(|it| facts.name(it.name) == name);
        match export.map(|it| &it.source) {
            Some(ExportSource::Local(binding)) => self.is_emitter(file, *binding, steps),
            Some(ExportSource::Value(value)) => match facts.expr(*value).kind {
                ExprKind::Call(call) if facts.call(call).form == CallForm::New => {
                    self.makes_emitter(file, facts.call(call).callee)
                }
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a constructor is `EventEmitter`, or a class that extends it.
    fn makes_emitter(&self, file: FileId, constructor: ExprId) -> bool {
        let names_emitter = |value: &Value| match value {
            Value::Export { package, path } => {
                let is_package = matches!(&**package, "events" | "node:events" | "eventemitter3" | "eventemitter2");
                is_package && path.last().is_some_and(|it| matches!(&**it, "EventEmitter" | "default" | "*"))
            }
            _ => false,
        };
        match self.value(file, constructor) {
            Value::Class(file, class) => {
                let extends = self.facts(file).and_then(|it| it.class(class).extends);
                extends.is_some_and(|it| names_emitter(&self.value(file, it)))
            }
            value => names_emitter(&value),
        }
    }
}

fn call_lifetime(facts: &FileFacts, id: CallId) -> Lifetime {
    if facts.call(id).form == CallForm::New {
        return Lifetime::Owned;
    }
    match callee_name(facts, id) {
        Some(("matchMedia", _)) => Lifetime::Endless,
        Some((
            "createElement" | "createElementNS" | "cloneNode" | "createDocumentFragment" | "attachShadow",
            Some(_),
        )) => Lifetime::Owned,
        Some(("timeout" | "any", Some(_))) => Lifetime::Signal,
        _ => Lifetime::Unknown,
    }
}
