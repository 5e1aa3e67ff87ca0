//! Functions that a framework calls for where they stand: files whose exports are handlers, decorated methods, components.

use super::handler::{Handler, when};
use super::iteration::callee_name;
use super::{Project, Value};
use crate::catalog::{Framework, Runs, Target as Decorated};
use crate::facts::{BindingKind, ExportSource, ExprId, ExprKind, FileFacts, FunctionId};
use crate::source::{FileId, Span};

impl Project {
    /// A function, or what a wrapper makes of it, that is exported under a name that a framework calls.
    pub(super) fn conventional(
        &self,
        file: FileId,
        facts: &FileFacts,
        expr: ExprId,
        function: FunctionId,
    ) -> Option<Handler> {
        let head = self.head_of(file, expr);
        let stands = |it: &&crate::facts::Export| {
            self.stands_for(facts, &it.source, expr) || self.stands_for(facts, &it.source, head)
        };
        let names: Vec<&str> = facts.exports.iter().filter(stands).map(|it| facts.name(it.name)).collect();
        self.named_by_convention(file, facts, &names, function)
    }

    pub(super) fn conventional_declaration(
        &self,
        file: FileId,
        facts: &FileFacts,
        function: FunctionId,
    ) -> Option<Handler> {
        // By its own name, or by that of a constant that stands for it.
        let declares = |it: &&crate::facts::Export| match it.source {
            ExportSource::Local(binding) => match facts.binding(binding).kind {
                BindingKind::Function(it) => it == function,
                BindingKind::Const => self.value_of_binding(file, binding) == Value::Function(file, function),
                _ => false,
            },
            _ => false,
        };
        let names: Vec<&str> = facts.exports.iter().filter(declares).map(|it| facts.name(it.name)).collect();
        self.named_by_convention(file, facts, &names, function)
    }

    fn named_by_convention(
        &self,
        file: FileId,
        facts: &FileFacts,
        names: &[&str],
        function: FunctionId,
    ) -> Option<Handler> {
        if names.is_empty() {
            return None;
        }
        let span = facts.function(function).span;
        let place = Span::new(span.start, span.start);
        let is_action = facts.directives.iter().any(|it| facts.name(*it) == "use server");
        if is_action {
            return Some(self.told(file, place, Runs::Request, "a server action: runs for each call".to_owned()));
        }
        let found = self.catalog.handler_files(&self.file(file).path).into_iter().find(|(framework, convention)| {
            let is_there = match convention.globs.is_empty() {
                true => self.imports_framework(file, framework),
                false => framework.imports.is_empty() || self.uses_framework(framework),
            };
            is_there && convention.exports.iter().any(|it| names.contains(&it.as_str()))
        });
        let (_, convention) = found?;
        let is_called = convention.runs == Runs::Request && names.iter().any(|it| matches!(*it, "GET" | "default"));
        if is_called && self.deployment.is_scheduled(&self.file(file).path) {
            let note = format!("`{}` runs at the times that the platform is told", names[0]);
            return Some(self.told(file, place, Runs::Job, note));
        }
        let note = format!("`{}` {}", names[0], when(convention.runs));
        Some(self.told(file, place, convention.runs, note))
    }

    /// Whether anything in the code base imports a framework.
    fn uses_framework(&self, framework: &Framework) -> bool {
        (0..self.files.len() as u32).any(|it| self.imports_framework(FileId(it), framework))
    }

    /// A method with `@Get()` and its like, of a framework that the file imports.
    pub(super) fn decorated(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<Handler> {
        let decorators = &facts.function(function).decorators;
        if decorators.is_empty() {
            return self.starts(file, facts, function);
        }
        let rows = self.catalog.frameworks().iter().filter(|it| self.imports_framework(file, it));
        let rows: Vec<_> = rows.flat_map(|it| &it.decorators).filter(|it| it.on == Decorated::Method).collect();
        decorators.iter().find_map(|decorator| {
            let name = decorator_name(facts, *decorator)?;
            let row = rows.iter().find(|it| it.names.iter().any(|own| own == name))?;
            let span = facts.expr(*decorator).span;
            Some(self.told(file, span, row.runs, format!("`@{name}`: {}", when(row.runs))))
        })
    }

    /// A method that a framework calls when the process starts.
    fn starts(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<Handler> {
        let it = facts.function(function);
        let name = it.class.and(it.name).map(|it| facts.name(it))?;
        let is_one =
            |it: &&Framework| it.start_methods.iter().any(|own| own == name) && self.imports_framework(file, it);
        self.catalog.frameworks().iter().find(is_one)?;
        let head = Span::new(it.span.start, it.body_span.start.max(it.span.start));
        Some(self.told(file, head, Runs::Start, format!("`{name}`: {}", when(Runs::Start))))
    }

    /// A component or hook: on a server rendered for each request, in a browser run for each mount.
    pub(super) fn drawn(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<Handler> {
        let it = facts.function(function);
        let head = Span::new(it.span.start, it.body_span.start.max(it.span.start));
        let name = it.name.map_or("", |it| facts.name(it));
        if self.is_jsx_handler(file, facts, function) {
            return Some(self.told(file, head, Runs::Browser, "a handler: runs for each event".to_owned()));
        }
        if !self.is_component(file, facts, function) {
            return None;
        }
        let is_browser = self.runtime(file).browser;
        let draws = || facts.within(it.span).any(|(_, it)| matches!(it.kind, ExprKind::Jsx(_)));
        if !is_browser && !draws() {
            return None;
        }
        let is_async = it.is_async && !is_browser;
        let runs = if is_async { Runs::Render } else { Runs::Browser };
        Some(self.told(file, head, runs, format!("`{name}` {}", when(runs))))
    }
}

/// The name of `@Name` or `@Name(…)`.
pub(super) fn decorator_name(facts: &FileFacts, decorator: ExprId) -> Option<&str> {
    match facts.expr(decorator).kind {
        ExprKind::Call(call) => callee_name(facts, call).map(|it| it.0),
        ExprKind::Local(binding) => Some(facts.name(facts.binding(binding).name)),
        ExprKind::Global(name) => Some(facts.name(name)),
        _ => None,
    }
}
