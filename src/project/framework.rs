//! What frameworks run again and again: effects, components, hooks, handlers and routes, recognized by how they are written.
//!
//! Names and shapes stand here and nowhere else. Whether running again does harm is not this module's concern.

use super::Project;
use super::definition::entry;
use super::index::Use;
use super::iteration::{callee_name, is_global};
use crate::facts::{CallForm, CallId, ClassId, ExprKind, FileFacts, FunctionId};
use crate::finding::Evidence;
use crate::source::{FileId, Place, Span};

/// Hooks of frameworks whose callback runs after each mount or update.
const MOUNT_HOOKS: &[&str] = &[
    "onMount",
    "onMounted",
    "onBeforeMount",
    "onActivated",
    "afterUpdate",
    "createEffect",
    "watchEffect",
    "effect",
    "$effect",
    "useMount",
];

/// Hooks whose callback runs when a component or scope ends.
const END_HOOKS: &[&str] = &[
    "onDestroy",
    "onUnmounted",
    "onBeforeUnmount",
    "onDeactivated",
    "onCleanup",
    "onScopeDispose",
    "useUnmount",
    "onDispose",
];

/// Methods that frameworks call once for each instance of a component.
pub(super) const MOUNT_METHODS: &[&str] = &[
    "componentDidMount",
    "componentDidUpdate",
    "ngOnInit",
    "ngAfterViewInit",
    "ngOnChanges",
    "connectedCallback",
    "firstUpdated",
];

/// Methods of servers that take a path and a handler.
const ROUTE_METHODS: &[&str] = &["get", "post", "put", "patch", "delete", "all", "use"];

/// Events that come once in the life of what they are about.
pub(super) const SINGLE_EVENTS: &[&str] =
    &["DOMContentLoaded", "load", "ready", "listening", "open", "exit", "beforeExit", "SIGTERM", "SIGINT"];

impl Project {
    /// Why a function runs again wherever it is: it is an effect, component, handler or route.
    pub(super) fn runs_by_itself(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<Evidence> {
        let it = facts.function(function);
        let name = it.name.map_or("", |it| facts.name(it));
        let at = |span: Span, note: String| Some(Evidence { place: Place { file, span }, note });
        let head = Span::new(it.span.start, it.body_span.start.max(it.span.start));
        let is_root = || it.class.is_some_and(|it| is_root_component(facts, it));
        if MOUNT_METHODS.contains(&name) && it.class.is_some() && !is_root() {
            return at(head, format!("`{name}` runs for each instance"));
        }
        if self.is_component(file, facts, function) {
            return at(head, format!("`{name}` runs for each mount of a component"));
        }
        let Some(Use::Argument(call, position)) = self.file(file).index.uses.get(&function) else {
            return self
                .is_jsx_handler(file, facts, function)
                .then(|| at(head, "a handler: runs for each event".to_owned()))?;
        };
        why_argument_reruns(facts, *call, *position).and_then(|note| at(facts.call(*call).name_span, note))
    }

    /// Whether a function is a component or a hook: it draws, or it uses hooks.
    pub(super) fn is_component(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> bool {
        if facts.function(function).class.is_some() {
            return false;
        }
        let name = facts.function(function).name.map_or("", |it| facts.name(it));
        let index = &self.file(file).index;
        let is_capital = name.chars().next().is_some_and(char::is_uppercase);
        let span = facts.function(function).span;
        let draws = || facts.exprs.iter().any(|it| matches!(it.kind, ExprKind::Jsx(_)) && span.contains(it.span));
        let own = index.calls.get(&Some(function));
        let uses_hook =
            own.into_iter().flatten().any(|it| callee_name(facts, *it).is_some_and(|(name, _)| is_hook(name)));
        // Hooks are for components, hooks and what is handed to their makers. What starts an application under a name of its
        // own may call `useGlobalPipes()` on a server, or a composable before there is a component.
        let may_use_hooks = name.is_empty() || is_capital || name == "setup";
        uses_hook && may_use_hooks || is_hook(name) || is_capital && draws()
    }

    pub(super) fn is_jsx_handler(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> bool {
        let parent = facts.function_expr(function).and_then(|it| self.file(file).index.parents.get(&it));
        parent.is_some_and(|it| matches!(facts.expr(*it).kind, ExprKind::Jsx(_)))
    }
}

/// Whether a class is the component that an application starts with: its element is `app-root`, by the framework's convention.
pub(super) fn is_root_component(facts: &FileFacts, class: ClassId) -> bool {
    facts.class(class).decorators.iter().any(|it| {
        let ExprKind::Call(call) = facts.expr(*it).kind else { return false };
        let selector = facts.call(call).args.first().and_then(|it| entry(facts, *it, "selector"));
        matches!(selector.map(|it| &facts.expr(it).kind), Some(ExprKind::Str(it)) if facts.name(*it).ends_with("-root"))
    })
}

/// Whether a call hands its first argument to an effect or mount hook.
pub(super) fn is_effect(facts: &FileFacts, call: CallId) -> bool {
    let Some((name, _)) = callee_name(facts, call) else { return false };
    name.starts_with("use") && name.ends_with("Effect") || MOUNT_HOOKS.contains(&name)
}

/// Whether a call hands over what runs when an owner ends.
pub(super) fn is_end_hook(facts: &FileFacts, call: CallId) -> bool {
    callee_name(facts, call).is_some_and(|(name, _)| END_HOOKS.contains(&name))
}

fn is_hook(name: &str) -> bool {
    name.strip_prefix("use").is_some_and(|it| it.starts_with(|first: char| first.is_ascii_uppercase()))
}

/// Why the function at that position of a call runs more than once.
pub(super) fn why_argument_reruns(facts: &FileFacts, id: CallId, position: u32) -> Option<String> {
    let (name, object) = callee_name(facts, id)?;
    let first = facts.call(id).args.first().map(|it| &facts.expr(*it).kind);
    let text = match first {
        Some(ExprKind::Str(text)) => Some(facts.name(*text)),
        _ => None,
    };
    match name {
        _ if is_effect(facts, id) && position == 0 => Some(format!("`{name}` runs it after each mount")),
        // What a process is told is about its own life, and mostly comes once.
        "on" if object.is_some_and(|it| is_global(facts, it, "process")) => None,
        "addEventListener" | "on" | "addListener" if position == 1 => {
            let event = text.filter(|it| !SINGLE_EVENTS.contains(it))?;
            Some(format!("runs for each `{event}`"))
        }
        _ if object.is_some()
            && position > 0
            && ROUTE_METHODS.contains(&name)
            && text.is_some_and(|it| it.starts_with('/')) =>
        {
            Some(format!("runs for each request of `{}`", text.unwrap_or_default()))
        }
        "Observable" if facts.call(id).form == CallForm::New => Some("runs for each subscription".to_owned()),
        "createServer" => Some("runs for each request".to_owned()),
        _ => None,
    }
}
