//! Whether two expressions stand for the same thing: the same target, event or handler.
//!
//! An expression becomes a [`Key`], a text that is equal for equal things within one file. Two keys that differ are different
//! things only where both are certain; a name whose value the file does not show may be anything.

use crate::facts::{
    BindingId, BindingKind, CallForm, CallId, ExprId, ExprKind, FileFacts, FunctionId, Operator, RegionKind,
};
use crate::project::Project;
use crate::project::index::Use;
use crate::project::iteration::callee_name;
use crate::source::FileId;

/// What an expression stands for, as a text to compare within one file.
pub(in crate::project) type Key = String;

/// How two things relate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sameness {
    /// One and the same.
    Same,
    /// Two.
    Different,
    /// The code does not say.
    Unsure,
}

/// Calls that give the same thing whenever they are given the same.
const GETTERS: &[&str] =
    &["getElementById", "querySelector", "closest", "entries", "keys", "values", "getRootNode", "current"];

/// Hooks that hand back the function that they are given, the same one in every render.
const KEEPERS: &[&str] =
    &["useCallback", "useEvent", "useEffectEvent", "useEventCallback", "useStableCallback", "useMemoizedFn"];

/// Methods that call a function for each element.
const PER_ELEMENT: &[&str] = &["forEach", "map", "each", "some", "every", "filter"];

/// How many names one key may follow.
const STEPS: u32 = 12;

impl Project {
    /// The key of an expression.
    pub(in crate::project) fn key(&self, file: FileId, expr: ExprId) -> Key {
        self.facts(file).map_or_else(String::new, |facts| self.key_within(file, facts, expr, STEPS))
    }

    fn key_within(&self, file: FileId, facts: &FileFacts, expr: ExprId, steps: u32) -> Key {
        let Some(steps) = steps.checked_sub(1) else { return format!("expr#{}", expr.0) };
        let of = |it: ExprId| self.key_within(file, facts, it, steps);
        match &facts.expr(expr).kind {
            ExprKind::Local(binding) => self.binding_key(file, facts, *binding, steps),
            ExprKind::Global(name) => global_key(facts.name(*name)),
            ExprKind::This => this_key(facts, expr),
            ExprKind::Str(text) => format!("{:?}", facts.name(*text)),
            ExprKind::Num(number) => number.to_string(),
            ExprKind::Bool(value) => value.to_string(),
            ExprKind::Member { object, property } => member_key(&of(*object), facts.name(*property)),
            ExprKind::Index { object, index } => format!("{}[{}]", of(*object), of(*index)),
            ExprKind::Call(call) => self.call_key(file, facts, *call, steps),
            ExprKind::Function(id) => format!("fn#{}", id.0),
            ExprKind::Await(inner) => of(*inner),
            ExprKind::Assign { value, operator: Operator::Assign, .. } => of(*value),
            ExprKind::Binary(Operator::Or | Operator::Coalesce, left, right) => {
                format!("({}|{})", of(*left), of(*right))
            }
            ExprKind::Cond { test, yes, no } => format!("({}?{}:{})", of(*test), of(*yes), of(*no)),
            ExprKind::Template { text, parts } => {
                let parts: Vec<Key> = parts.iter().map(|it| of(*it)).collect();
                format!("template{:?}({})", facts.name(*text), parts.join(","))
            }
            ExprKind::Array(items) => {
                let items: Vec<Key> = items.iter().map(|it| of(*it)).collect();
                format!("[{}]", items.join(","))
            }
            _ => format!("expr#{}", expr.0),
        }
    }

    fn binding_key(&self, file: FileId, facts: &FileFacts, id: BindingId, steps: u32) -> Key {
        let binding = facts.binding(id);
        let along = |start: Key| binding.path.iter().fold(start, |key, step| member_key(&key, facts.name(*step)));
        if let Some(subject) = binding.element_of {
            return along(format!("each({})", self.key_within(file, facts, subject, steps)));
        }
        match binding.kind {
            BindingKind::Function(_) => return format!("f{}", id.0),
            BindingKind::Param(function, position) => {
                let element = self.callback_subject(file, function);
                return match element {
                    Some(subject) => along(format!("each{position}({})", self.key_within(file, facts, subject, steps))),
                    None => format!("b{}", id.0),
                };
            }
            _ => {}
        }
        let is_written = self.file(file).index.writes.contains_key(&id);
        match binding.init {
            Some(init) if !is_written && is_transparent(&facts.expr(init).kind) => {
                along(self.key_within(file, facts, init, steps))
            }
            Some(init) if !is_written && binding.path.is_empty() && keeps_function(facts, init) => format!("f{}", id.0),
            _ => format!("b{}", id.0),
        }
    }

    /// What a function given to `forEach` and the like is called for each element of.
    fn callback_subject(&self, file: FileId, function: FunctionId) -> Option<ExprId> {
        let Use::Argument(call, 0) = *self.file(file).index.uses.get(&function)? else { return None };
        let (name, subject) = callee_name(self.facts(file)?, call)?;
        subject.filter(|_| PER_ELEMENT.contains(&name))
    }

    fn call_key(&self, file: FileId, facts: &FileFacts, id: CallId, steps: u32) -> Key {
        let call = facts.call(id);
        if call.form == CallForm::New {
            return format!("new#{}", id.0);
        }
        match callee_name(facts, id) {
            Some(("bind", Some(_))) => format!("bind#{}", id.0),
            Some(("matchMedia", _)) => format!("media#{}", id.0),
            Some((name, object)) if GETTERS.contains(&name) => {
                let object = object.map_or_else(String::new, |it| self.key_within(file, facts, it, steps));
                let args: Vec<Key> = call.args.iter().map(|it| self.key_within(file, facts, *it, steps)).collect();
                format!("{object}.{name}({})", args.join(","))
            }
            _ => format!("call#{}", id.0),
        }
    }

    /// How two expressions of a file relate, where `aliases` are the writes that make two keys one.
    pub(super) fn sameness(&self, file: FileId, left: ExprId, right: ExprId, aliases: &[(Key, Key)]) -> Sameness {
        if left == right {
            return Sameness::Same;
        }
        let (left, right) = (self.key(file, left), self.key(file, right));
        let is_alias = |(a, b): &(Key, Key)| (*a == left && *b == right) || (*a == right && *b == left);
        if left == right && !left.starts_with("call#") || aliases.iter().any(is_alias) {
            return Sameness::Same;
        }
        let fields = left.starts_with("this") && right.starts_with("this");
        if is_fresh(&left) || is_fresh(&right) || fields || is_certain(&left) && is_certain(&right) {
            return Sameness::Different;
        }
        Sameness::Unsure
    }

    /// Every write `name = value` and `object.property = value` of a file, as keys of its two sides.
    pub(super) fn aliases(&self, file: FileId) -> Vec<(Key, Key)> {
        let assignments = self.facts(file).into_iter().flat_map(|it| &it.assignments);
        assignments.map(|it| (self.key(file, it.target), self.key(file, it.value))).collect()
    }
}

/// `window`, `self` and `globalThis` are one, and their properties are the global names.
fn global_key(name: &str) -> Key {
    match name {
        "globalThis" | "self" | "global" => "@window".to_owned(),
        name => format!("@{name}"),
    }
}

fn member_key(object: &str, property: &str) -> Key {
    match object {
        "@window" => global_key(property),
        object => format!("{object}.{property}"),
    }
}

fn this_key(facts: &FileFacts, expr: ExprId) -> Key {
    let around = facts.regions_out(facts.expr(expr).region);
    let class = around.into_iter().find_map(|(_, region)| match region.kind {
        RegionKind::Class(class) => Some(class.0),
        _ => None,
    });
    class.map_or_else(|| "this".to_owned(), |class| format!("this{class}"))
}

/// Initial values that a constant is another name for.
fn is_transparent(kind: &ExprKind) -> bool {
    matches!(
        kind,
        ExprKind::Local(_)
            | ExprKind::Global(_)
            | ExprKind::This
            | ExprKind::Str(_)
            | ExprKind::Member { .. }
            | ExprKind::Array(_)
            | ExprKind::Template { .. }
            | ExprKind::Binary(Operator::Or | Operator::Coalesce, ..)
    )
}

fn keeps_function(facts: &FileFacts, init: ExprId) -> bool {
    match facts.expr(init).kind {
        ExprKind::Function(_) => true,
        ExprKind::Call(call) => callee_name(facts, call).is_some_and(|(name, _)| KEEPERS.contains(&name)),
        _ => false,
    }
}

/// Made anew where it stands, so that nothing else is the same.
fn is_fresh(key: &str) -> bool {
    ["fn#", "bind#", "media#", "new#"].iter().any(|it| key.starts_with(it)) && !key.contains('.')
}

/// Whether a key says all about what it stands for.
fn is_certain(key: &str) -> bool {
    let is_function = key.strip_prefix('f').is_some_and(|it| it.bytes().all(|byte| byte.is_ascii_digit()));
    let elements = key.strip_prefix("each").and_then(|it| it.split_once('('));
    let is_listed = elements.is_some_and(|(_, it)| it.starts_with('['));
    is_function || is_listed || key.starts_with('"') || key.starts_with('@') || is_number(key)
}

fn is_number(key: &str) -> bool {
    key.parse::<f64>().is_ok() || matches!(key, "true" | "false")
}
