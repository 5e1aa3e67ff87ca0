//! What frameworks call by themselves: request handlers, messages, jobs, ticks, components.
//!
//! Which shapes count stands in the catalog (`frameworks.toml`); here they are matched with code. A function that nothing here
//! knows is not called by a framework as far as the code shows, which is no proof that it is not.

use super::framework::{SINGLE_EVENTS, is_effect};
use super::index::Use;
use super::iteration::{callee_name, is_global};
use super::{Project, Target, Value};
use crate::catalog::{Framework, HandlerAt, Registration, Runs};
use crate::facts::{BindingKind, CallId, ExportSource, ExprId, ExprKind, FileFacts, FunctionId, PropKey};
use crate::finding::Evidence;
use crate::source::{FileId, Place, Span};

/// A function that something outside the code base calls.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handler {
    /// When it runs.
    pub runs: Runs,
    /// Whether its runtime allows no client that outlives a request.
    pub needs_own_client: bool,
    /// What makes it run, and where.
    pub evidence: Evidence,
}

/// Verbs of servers and routers, for those whose maker the code does not show.
const VERBS: &[&str] = &["get", "post", "put", "patch", "delete", "all", "use"];

/// Events that come again and again.
const EVENTS: &[&str] = &["connection", "message", "request", "upgrade", "stream", "data", "job"];

/// How many names lie between a router and what made it.
const STEPS: u32 = 8;

impl Project {
    /// What calls a function by itself, if the code shows it.
    pub(super) fn handler_at(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<Handler> {
        let at = match self.file(file).index.uses.get(&function) {
            Some(Use::Argument(call, position)) => {
                return self
                    .handler_argument(file, facts, *call, *position)
                    .or_else(|| self.conventional(file, facts, facts.call(*call).expr, function));
            }
            Some(Use::Callee(_)) => return None,
            None => facts.function_expr(function),
        };
        let keyed = || at.and_then(|it| self.handler_entry(file, facts, it));
        let decorated = || self.decorated(file, facts, function);
        let exported = || {
            at.and_then(|it| self.conventional(file, facts, it, function))
                .or_else(|| self.conventional_declaration(file, facts, function))
        };
        decorated().or_else(keyed).or_else(exported).or_else(|| self.drawn(file, facts, function))
    }

    /// What calls a function that is handed to a call, at that position.
    pub(super) fn handler_argument(
        &self,
        file: FileId,
        facts: &FileFacts,
        call: CallId,
        position: u32,
    ) -> Option<Handler> {
        let (name, object) = callee_name(facts, call)?;
        let told = |runs, note: String| Some(self.told(file, facts.call(call).name_span, runs, note));
        let text = first_text(facts, call);
        if object.is_none() && name == "setInterval" && position == 0 {
            return told(Runs::Job, "runs at each tick".to_owned());
        }
        if is_effect(facts, call) && position == 0 {
            return told(Runs::Browser, format!("`{name}` runs it after each mount"));
        }
        if let Some((framework, runs)) = self.framework_call(file, facts, call) {
            let mut handler = self.told(file, facts.call(call).name_span, runs, words(runs, name, text));
            handler.needs_own_client = framework.is_some_and(|it| it.client_per_request);
            return Some(handler);
        }
        let object = object?;
        let is_process = is_global(facts, object, "process");
        match name {
            _ if VERBS.contains(&name) && position > 0 && text.is_some_and(|it| it.starts_with('/')) => {
                told(Runs::Request, words(Runs::Request, name, text))
            }
            "on" | "addListener" if position == 1 && !is_process && text.is_some_and(|it| EVENTS.contains(&it)) => {
                told(Runs::Message, words(Runs::Message, name, text))
            }
            "addEventListener" if position == 1 && text.is_some_and(|it| !SINGLE_EVENTS.contains(&it)) => {
                told(Runs::Browser, words(Runs::Message, name, text))
            }
            _ => None,
        }
    }

    /// The framework whose function or app a call hands its handler to, and when that runs.
    fn framework_call(&self, file: FileId, facts: &FileFacts, call: CallId) -> Option<(Option<&Framework>, Runs)> {
        let (name, object) = callee_name(facts, call)?;
        let text = first_text(facts, call);
        let wraps = |package: &str, path: &str| {
            let frameworks: Vec<&Framework> = match package {
                "" => self.catalog.frameworks().iter().collect(),
                _ => self.catalog.frameworks_of(package).collect(),
            };
            let mut wrappers = frameworks.into_iter().flat_map(|it| it.wrappers.iter().map(move |wrap| (it, wrap)));
            wrappers.find(|(_, wrap)| wrap.paths.iter().any(|it| it == path)).map(|(it, wrap)| (Some(it), wrap.runs))
        };
        let wrapper = match self.value(file, facts.call(call).callee) {
            Value::Export { package, path } => wraps(&package, &path.join(".")),
            Value::Global(path) if path.len() > 1 => wraps("", &path.join(".")),
            _ => None,
        };
        if wrapper.is_some() {
            return wrapper;
        }
        let object = object?;
        if let Some(runs) = self.procedure(facts, object, name) {
            return Some((None, runs));
        }
        let made = self.package_of(file, object, STEPS);
        let made = made.as_deref().into_iter().flat_map(|it| self.catalog.frameworks_of(it));
        let typed = self.typed_frameworks(file, facts, object);
        made.chain(typed).find_map(|framework| {
            let row = framework.registers.iter().find(|it| registers(it, name, text))?;
            Some((Some(framework), row.runs))
        })
    }

    /// The frameworks of whose apps and routers a parameter's type is.
    fn typed_frameworks(&self, file: FileId, facts: &FileFacts, object: ExprId) -> Vec<&Framework> {
        let ExprKind::Local(binding) = facts.expr(object).kind else { return Vec::new() };
        let binding = facts.binding(binding);
        let of_param = match binding.kind {
            BindingKind::Param(function, position) => {
                facts.function(function).params.get(position as usize).and_then(|it| it.type_name)
            }
            _ => binding.type_name,
        };
        let Some(name) = of_param.map(|it| facts.name(it)) else { return Vec::new() };
        let fits = |it: &&Framework| it.types.iter().any(|known| known == name) && self.imports_framework(file, it);
        self.catalog.frameworks().iter().filter(fits).collect()
    }

    /// `publicProcedure.input(…).query(handler)`.
    fn procedure(&self, facts: &FileFacts, object: ExprId, name: &str) -> Option<Runs> {
        let mut at = object;
        let root = loop {
            at = match facts.expr(at).kind {
                ExprKind::Call(call) => facts.call(call).callee,
                ExprKind::Member { object, property } => {
                    if self.starts_procedure(facts.name(property)) {
                        break property;
                    }
                    object
                }
                ExprKind::Local(binding) => break facts.binding(binding).name,
                _ => return None,
            };
        };
        let root = facts.name(root);
        let mut known =
            self.catalog.frameworks().iter().filter(|it| it.chain_roots.iter().any(|end| root.ends_with(end.as_str())));
        known.find_map(|it| it.registers.iter().find(|row| registers(row, name, None))).map(|row| row.runs)
    }

    fn starts_procedure(&self, name: &str) -> bool {
        self.catalog.frameworks().iter().flat_map(|it| &it.chain_roots).any(|end| name.ends_with(end.as_str()))
    }

    /// `server.route({ handler: (request, h) => … })`, `export default { fetch }`.
    fn handler_entry(&self, file: FileId, facts: &FileFacts, function: ExprId) -> Option<Handler> {
        let parents = &self.file(file).index.parents;
        let object = *parents.get(&function)?;
        let ExprKind::Object(props) = &facts.expr(object).kind else { return None };
        let key = props.iter().find(|it| it.value == function).and_then(|it| match it.key {
            PropKey::Name(name) => Some(facts.name(name)),
            _ => None,
        })?;
        if let Some(ExprKind::Call(call)) = parents.get(&object).map(|it| &facts.expr(*it).kind) {
            let (framework, runs) = self.framework_call(file, facts, *call)?;
            let takes = |it: &Framework| {
                let rows = it.registers.iter().map(|it| it.handler).chain(it.wrappers.iter().map(|it| it.handler));
                rows.into_iter()
                    .any(|it| it == HandlerAt::Key && key == "handler" || it == HandlerAt::Fetch && key == "fetch")
            };
            let name = callee_name(facts, *call).map_or("", |it| it.0);
            return framework
                .is_some_and(takes)
                .then(|| self.told(file, facts.call(*call).name_span, runs, words(runs, name, None)));
        }
        let is_default = facts
            .exports
            .iter()
            .any(|it| matches!(facts.name(it.name), "default" | "=") && self.stands_for(facts, &it.source, object));
        let framework = self.catalog.frameworks().iter().find(|it| it.object_keys.iter().any(|own| own == key))?;
        let span = facts.expr(function).span;
        is_default.then(|| Handler {
            needs_own_client: framework.client_per_request,
            ..self.told(file, Span::new(span.start, span.start), Runs::Request, "runs for each request".to_owned())
        })
    }

    /// Whether an export's source is an expression, or a constant that it initialises.
    pub(super) fn stands_for(&self, facts: &FileFacts, source: &ExportSource, expr: ExprId) -> bool {
        match source {
            ExportSource::Value(value) => *value == expr,
            ExportSource::Local(binding) => facts.binding(*binding).init == Some(expr),
            ExportSource::Module { .. } => false,
        }
    }

    pub(super) fn told(&self, file: FileId, span: Span, runs: Runs, note: String) -> Handler {
        Handler { runs, needs_own_client: false, evidence: Evidence { place: Place { file, span }, note } }
    }

    /// Whether a file imports something of a framework.
    pub(super) fn imports_framework(&self, file: FileId, framework: &Framework) -> bool {
        self.file(file).targets.iter().any(|(specifier, target)| {
            let package = match target {
                Target::Package(name) => name,
                Target::Builtin => specifier,
                _ => return false,
            };
            self.catalog.frameworks_of(package).any(|it| it.id == framework.id)
        })
    }
}

/// The text that a call is given first.
fn first_text(facts: &FileFacts, call: CallId) -> Option<&str> {
    match facts.expr(*facts.call(call).args.first()?).kind {
        ExprKind::Str(text) => Some(facts.name(text)),
        _ => None,
    }
}

fn registers(row: &Registration, name: &str, text: Option<&str>) -> bool {
    let hears = |event: &str| text.is_some_and(|it| it == event || event == "*" && !SINGLE_EVENTS.contains(&it));
    row.methods.iter().any(|it| it == name) && row.event.as_deref().is_none_or(hears)
}

/// What is said about a handler that a call registers.
fn words(runs: Runs, name: &str, text: Option<&str>) -> String {
    match (runs, text) {
        (Runs::Request, Some(path)) if path.starts_with('/') => format!("runs for each request of `{path}`"),
        (Runs::Connection | Runs::Message, Some(event)) => format!("runs for each `{event}`"),
        (Runs::Request | Runs::Start, _) => format!("`{name}`: {}", when(runs)),
        _ => when(runs).to_owned(),
    }
}

/// When a function runs, as words.
pub(super) fn when(runs: Runs) -> &'static str {
    match runs {
        Runs::Request => "runs for each request",
        Runs::Connection => "runs for each connection",
        Runs::Message => "runs for each message",
        Runs::Field => "runs once per parent object",
        Runs::Job => "runs for each job",
        Runs::Render => "renders for each request",
        Runs::Build => "runs when the project is built",
        Runs::Start => "runs once",
        Runs::Browser => "runs for each mount or event",
    }
}
