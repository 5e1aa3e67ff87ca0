//! How often a place runs: once per load, or again and again.
//!
//! Again means that the code shows it: an effect, a component or hook, a handler, a route, a class made per use, or a function
//! that one of these calls. What nobody is seen to call is not known, and a guard makes any of them run once.

use super::index::Use;
use super::iteration::callee_name;
use super::{Project, Value};
use crate::facts::{
    BindingKind, CallId, ClassId, ExprId, ExprKind, FileFacts, FunctionForm, FunctionId, JumpKind, MemberKind,
    RegionId, RegionKind,
};
use crate::finding::Evidence;
use crate::source::{FileId, Place, Span};

/// How often a place runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rerun {
    /// Once for each load of its module, for this reason.
    Once(&'static str),
    /// More than once.
    Again {
        /// What makes it run, and where.
        evidence: Evidence,
        /// It is a function without parameters that something elsewhere calls: made for the whole application, it seems.
        is_start: bool,
    },
    /// The code does not show it.
    Unknown,
}

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
const MOUNT_METHODS: &[&str] = &[
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
const SINGLE_EVENTS: &[&str] =
    &["DOMContentLoaded", "load", "ready", "listening", "open", "exit", "beforeExit", "SIGTERM", "SIGINT"];

/// How many calls lie between a place and what makes it run.
const HOPS: u32 = 5;

impl Project {
    /// How often a place in a file runs.
    #[must_use]
    pub fn rerun(&self, file: FileId, region: RegionId, span: Span) -> Rerun {
        self.rerun_within(file, region, span, HOPS)
    }

    /// Every function of a file that an effect or mount hook runs.
    pub(super) fn effects(&self, file: FileId) -> Vec<FunctionId> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let calls = facts.calls().filter(|(id, _)| is_effect(facts, *id));
        let handed = calls.filter_map(|(_, call)| self.function_of(file, *call.args.first()?));
        handed.filter(|it| it.0 == file).map(|it| it.1).collect()
    }

    fn rerun_within(&self, file: FileId, region: RegionId, span: Span, hops: u32) -> Rerun {
        let (Some(facts), Some(hops)) = (self.facts(file), hops.checked_sub(1)) else { return Rerun::Unknown };
        let around: Vec<FunctionId> = facts
            .regions_out(region)
            .filter_map(|(_, it)| match it.kind {
                RegionKind::Function(id) => Some(id),
                _ => None,
            })
            .collect();
        if around.iter().any(|it| self.is_guarded(file, facts, *it, region, span)) {
            return Rerun::Once("runs once: a guard keeps it from running again");
        }
        if let Some(evidence) = around.iter().find_map(|it| self.runs_by_itself(file, facts, *it)) {
            return Rerun::Again { evidence, is_start: false };
        }
        for function in around {
            match self.file(file).index.uses.get(&function) {
                Some(_) => {}
                None => return self.calls_rerun(file, facts, function, hops).unwrap_or(Rerun::Unknown),
            }
        }
        Rerun::Once("module level: runs once per load")
    }

    /// Why a function runs again wherever it is: it is an effect, component, handler or route.
    fn runs_by_itself(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<Evidence> {
        let it = facts.function(function);
        let name = it.name.map_or("", |it| facts.name(it));
        let at = |span: Span, note: String| Some(Evidence { place: Place { file, span }, note });
        let head = Span::new(it.span.start, it.body_span.start.max(it.span.start));
        if MOUNT_METHODS.contains(&name) && it.class.is_some() {
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
        let draws = || facts.exprs.iter().any(|it| matches!(it.kind, ExprKind::Jsx { .. }) && span.contains(it.span));
        let own = index.calls.get(&Some(function));
        let uses_hook =
            own.into_iter().flatten().any(|it| callee_name(facts, *it).is_some_and(|(name, _)| is_hook(name)));
        uses_hook || is_hook(name) || is_capital && draws()
    }

    fn is_jsx_handler(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> bool {
        let expr = facts.exprs.iter().position(|it| it.kind == ExprKind::Function(function));
        let parent = expr.and_then(|at| self.file(file).index.parents.get(&ExprId(at as u32)));
        parent.is_some_and(|it| matches!(facts.expr(*it).kind, ExprKind::Jsx { .. }))
    }

    /// How often a function runs that has a name, by what uses the name.
    fn calls_rerun(&self, file: FileId, facts: &FileFacts, function: FunctionId, hops: u32) -> Option<Rerun> {
        let it = facts.function(function);
        let class = it.class.or_else(|| class_around(facts, it.body));
        let found: Vec<Rerun> = match class {
            Some(class) if it.form == FunctionForm::Constructor => {
                self.instance_reruns(file, facts, class, function, hops)
            }
            Some(class) => self.method_reruns(file, facts, class, it.name?.0, hops),
            None => self.use_reruns(&Value::Function(file, function), hops),
        };
        let is_start = class.is_none() && it.params.is_empty();
        if let Some(Rerun::Again { evidence, .. }) = found.iter().find(|it| matches!(it, Rerun::Again { .. })) {
            return Some(Rerun::Again { evidence: evidence.clone(), is_start });
        }
        let is_once = !found.is_empty() && found.iter().all(|it| matches!(it, Rerun::Once(_)));
        is_once.then_some(Rerun::Once("runs once: called at start-up only"))
    }

    /// How often a class is instantiated. What is made for an element is made for each.
    fn instance_reruns(
        &self,
        file: FileId,
        facts: &FileFacts,
        class: ClassId,
        constructor: FunctionId,
        hops: u32,
    ) -> Vec<Rerun> {
        let found = self.use_reruns(&Value::Class(file, class), hops);
        let element = facts
            .function(constructor)
            .params
            .iter()
            .find(|it| it.type_name.is_some_and(|it| is_element(facts.name(it))));
        match element {
            Some(param) if found.is_empty() => {
                let place = Place { file, span: facts.expr(param.pattern).span };
                let evidence = Evidence { place, note: "made for an element, so once for each".to_owned() };
                vec![Rerun::Again { evidence, is_start: false }]
            }
            _ => found,
        }
    }

    /// How often the methods of the same class that call a method run.
    fn method_reruns(&self, file: FileId, facts: &FileFacts, class: ClassId, name: u32, hops: u32) -> Vec<Rerun> {
        let is_component = MOUNT_METHODS.iter().any(|mount| {
            facts.class(class).members.iter().any(|member| {
                matches!(member.kind, MemberKind::Method(_)) && member.name.is_some_and(|it| facts.name(it) == *mount)
            })
        });
        let calls = facts.calls.iter().filter(|call| match facts.expr(call.callee).kind {
            ExprKind::Member { object, property } => {
                property.0 == name
                    && facts.expr(object).kind == ExprKind::This
                    && class_around(facts, call.region) == Some(class)
            }
            _ => false,
        });
        let mut found: Vec<Rerun> = calls.map(|it| self.rerun_within(file, it.region, it.span, hops)).collect();
        if is_component && found.is_empty() {
            let place = Place { file, span: facts.class(class).span };
            let evidence = Evidence {
                place: Place { span: Span::new(place.span.start, place.span.start + 5), ..place },
                note: "a component's class".to_owned(),
            };
            found.push(Rerun::Again { evidence, is_start: false });
        }
        found
    }

    /// How often the places run that use a function or class by name, in its file and in those that import it.
    fn use_reruns(&self, wanted: &Value, hops: u32) -> Vec<Rerun> {
        let (Value::Function(home, _) | Value::Class(home, _)) = *wanted else { return Vec::new() };
        let mut found = Vec::new();
        for file in self.users(home) {
            let Some(facts) = self.facts(file) else { continue };
            for (at, expr) in facts.exprs.iter().enumerate() {
                let ExprKind::Local(binding) = expr.kind else { continue };
                let is_foreign = matches!(facts.binding(binding).kind, BindingKind::Import(..));
                if (file == home) != is_foreign && self.value_of_binding(file, binding) == *wanted {
                    found.extend(self.use_rerun(file, facts, ExprId(at as u32), hops));
                }
            }
        }
        found
    }

    /// How often one use of a name makes what it names run; `None` where it does not run it.
    fn use_rerun(&self, file: FileId, facts: &FileFacts, expr: ExprId, hops: u32) -> Option<Rerun> {
        let parent = *self.file(file).index.parents.get(&expr)?;
        let again = |span: Span, note: String| Rerun::Again {
            evidence: Evidence { place: Place { file, span }, note },
            is_start: false,
        };
        match facts.expr(parent).kind {
            ExprKind::Call(id) if facts.call(id).callee == expr => {
                let call = facts.call(id);
                Some(self.rerun_within(file, call.region, call.span, hops))
            }
            ExprKind::Call(id) => {
                let position = facts.call(id).args.iter().position(|it| *it == expr)? as u32;
                why_argument_reruns(facts, id, position).map(|note| again(facts.call(id).name_span, note))
            }
            ExprKind::Jsx { .. } => Some(again(facts.expr(expr).span, "a handler: runs for each event".to_owned())),
            _ => None,
        }
    }

    /// Whether something that outlives the function keeps it from going on a second time.
    fn is_guarded(&self, file: FileId, facts: &FileFacts, function: FunctionId, region: RegionId, span: Span) -> bool {
        let body = facts.function(function).span;
        let index = &self.file(file).index;
        let leaves = facts.jumps.iter().filter(|it| {
            it.kind == JumpKind::Return && it.span.end <= span.start && index.owner(it.region) == Some(function)
        });
        let inside = facts.regions_out(region).take_while(|it| body.contains(it.1.span)).map(|it| it.0);
        let mut tests = leaves.map(|it| it.region).chain(inside).filter_map(|it| match facts.region(it).kind {
            RegionKind::Then { test } | RegionKind::Branch { test } => Some(facts.expr(test).span),
            _ => None,
        });
        tests.any(|test| self.lasting_in(file, facts, test).iter().any(|it| self.is_set_in(file, facts, it, body)))
    }

    /// The names in a test that outlive the function: those of the module, fields, and properties of the global object.
    fn lasting_in(&self, file: FileId, facts: &FileFacts, test: Span) -> Vec<String> {
        let inside = facts.exprs.iter().enumerate().filter(|(_, it)| test.contains(it.span));
        let lasting = inside.filter(|(_, it)| match it.kind {
            ExprKind::Local(binding) => {
                let binding = facts.binding(binding);
                let is_variable = matches!(binding.kind, BindingKind::Let | BindingKind::Var | BindingKind::Const);
                is_variable && facts.function_of(binding.region).is_none()
            }
            ExprKind::Member { object, .. } => {
                matches!(facts.expr(object).kind, ExprKind::This | ExprKind::Global(_) | ExprKind::Local(_))
            }
            _ => false,
        });
        lasting.map(|(at, _)| self.key(file, ExprId(at as u32))).filter(|it| !it.ends_with(".current")).collect()
    }

    /// Whether a function writes to what a key names, or adds to it.
    fn is_set_in(&self, file: FileId, facts: &FileFacts, key: &str, body: Span) -> bool {
        let writes = facts.assignments.iter().filter(|it| body.contains(facts.expr(it.target).span));
        let mut targets = writes.map(|it| it.target);
        let adds = facts.calls().filter(|(_, it)| body.contains(it.span)).filter_map(|(id, _)| callee_name(facts, id));
        let mut kept = adds.filter(|(name, _)| matches!(*name, "add" | "set" | "push")).filter_map(|it| it.1);
        let is_key = |expr: ExprId| match facts.expr(expr).kind {
            ExprKind::Local(binding) => key == format!("b{}", binding.0) || self.key(file, expr) == key,
            _ => self.key(file, expr) == key,
        };
        targets.any(is_key) || kept.any(is_key)
    }
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

fn is_element(type_name: &str) -> bool {
    matches!(type_name, "Element" | "HTMLElement" | "SVGElement")
        || type_name.starts_with("HTML") && type_name.ends_with("Element")
}

fn class_around(facts: &FileFacts, region: RegionId) -> Option<ClassId> {
    facts
        .regions_out(region)
        .find_map(|(_, it)| if let RegionKind::Class(class) = it.kind { Some(class) } else { None })
}

/// Why the function at that position of a call runs more than once.
fn why_argument_reruns(facts: &FileFacts, id: CallId, position: u32) -> Option<String> {
    let (name, object) = callee_name(facts, id)?;
    let first = facts.call(id).args.first().map(|it| &facts.expr(*it).kind);
    let text = match first {
        Some(ExprKind::Str(text)) => Some(facts.name(*text)),
        _ => None,
    };
    match name {
        _ if is_effect(facts, id) && position == 0 => Some(format!("`{name}` runs it after each mount")),
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
        "createServer" => Some("runs for each request".to_owned()),
        _ => None,
    }
}
