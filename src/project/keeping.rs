//! What keeps a value from being made again: a variable that outlives the function, a collection that is asked first, a wrapper
//! that remembers.
//!
//! The code has to show both the look and the keeping; a name that promises a cache proves nothing by itself.

use super::Project;
use super::index::Use;
use super::iteration::callee_name;
use crate::facts::{BindingId, BindingKind, CallId, ExprId, ExprKind, FileFacts, FunctionId, Operator, RegionId};
use crate::source::{FileId, Span};

/// Functions that remember what they are given, or what a function that they are given makes; in lower case.
const KEEPERS: &[&str] = &[
    "once",
    "lazy",
    "cache",
    "singleton",
    "remember",
    "memo",
    "usememo",
    "useref",
    "usestate",
    "unstable_cache",
    "getorset",
    "getorcreate",
    "usesingleton",
    "useonce",
    "createsingleton",
    "lazyvalue",
    "shallowref",
];

/// Methods that ask a collection, and those that put something into it.
const ASKING: &[&str] = &["get", "has", "find", "peek", "fetch"];
const PUTTING: &[&str] = &["set", "add", "push", "put"];

impl Project {
    /// Why an expression's value is kept where it stands: `client ??= make()`, `useRef(make())`.
    pub(super) fn kept_here(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> Option<Keeping> {
        let parents = &self.file(file).index.parents;
        let body = facts.function_of(facts.expr(expr).region).map(|it| facts.function(it).span);
        let mut at = expr;
        while let Some(&parent) = parents.get(&at) {
            match facts.expr(parent).kind {
                ExprKind::Assign { target, value, operator: Operator::Or | Operator::Coalesce }
                    if value == at && body.is_none_or(|it| outlives(facts, target, it)) =>
                {
                    let why = format!("kept in `{}`, made once", self.text_of(self.place_of(file, target)));
                    return Some(Keeping { home: home_of(facts, target)?, why });
                }
                ExprKind::Call(call) if facts.call(call).callee != at => {
                    if let Some(name) = keeper(facts, call) {
                        return Some(Keeping { home: Home::Forever, why: format!("`{name}` keeps it") });
                    }
                }
                _ => {}
            }
            at = parent;
        }
        None
    }

    /// Why a function makes a value at a place once: it looks first whether it has it.
    pub(super) fn kept_by(
        &self,
        file: FileId,
        facts: &FileFacts,
        function: FunctionId,
        (region, span): (RegionId, Span),
    ) -> Option<Keeping> {
        if let Some(Use::Argument(call, _)) = self.file(file).index.uses.get(&function)
            && let Some(name) = keeper(facts, *call)
        {
            return Some(Keeping { home: Home::Forever, why: format!("`{name}` keeps what it makes") });
        }
        let body = facts.function(function).span;
        let kept = Stem { facts, body, names: names_of(facts, body, span), span };
        let tests = self.tests_before(file, facts, function, (region, span));
        let mut tested = tests.into_iter().flat_map(|test| self.outliving_in(facts, test, body));
        tested.find_map(|it| self.kept_in(file, &kept, it)).or_else(|| self.kept_in_collection(file, &kept))
    }

    /// What a test asks that outlives the function: directly, or through a name that holds it.
    fn outliving_in(&self, facts: &FileFacts, test: Span, body: Span) -> Vec<ExprId> {
        let named = facts.within(test).map(|(id, it)| match it.kind {
            ExprKind::Local(binding) if body.contains(facts.binding(binding).span) => {
                facts.binding(binding).init.unwrap_or(id)
            }
            _ => id,
        });
        named.filter(|it| outlives(facts, *it, body)).collect()
    }

    /// Whether a function keeps what it made, or that it was here, in what it asked before.
    fn kept_in(&self, file: FileId, kept: &Stem<'_>, asked: ExprId) -> Option<Keeping> {
        let facts = kept.facts;
        let home = home_of(facts, asked)?;
        let key = self.key(file, asked);
        let is_same = |target: ExprId| match facts.expr(target).kind {
            ExprKind::Local(binding) => {
                facts.expr(asked).kind == ExprKind::Local(binding) || self.key(file, target) == key
            }
            _ => self.key(file, target) == key,
        };
        let is_nothing = |value: ExprId| {
            matches!(facts.expr(value).kind, ExprKind::Bool(false) | ExprKind::Null | ExprKind::Undefined)
        };
        let latches = |value: ExprId| !matches!(home, Home::Closure(_)) && !is_nothing(value);
        let written = facts.assignments.iter().filter(|it| kept.body.contains(facts.expr(it.target).span));
        let mut written = written.filter(|it| is_same(it.target));
        written.any(|it| kept.holds(it.value) || latches(it.value)).then(|| {
            let text = self.text_of(self.place_of(file, asked));
            Keeping { home, why: format!("kept in `{text}`, made once") }
        })
    }

    /// `const known = clients.get(key); if (known) return known; …; clients.set(key, client)`, and the same with `[key]`.
    fn kept_in_collection(&self, file: FileId, kept: &Stem<'_>) -> Option<Keeping> {
        let (facts, body) = (kept.facts, kept.body);
        let calls = facts.calls().filter(|(_, it)| body.contains(it.span));
        let named: Vec<(&str, ExprId, CallId)> = calls
            .filter_map(|(id, _)| callee_name(facts, id).map(|it| (it, id)))
            .filter_map(|((name, object), id)| Some((name, object?, id)))
            .collect();
        let asked = named.iter().filter(|(name, object, _)| ASKING.contains(name) && outlives(facts, *object, body));
        let asked: Vec<String> = asked.map(|(_, object, _)| self.key(file, *object)).collect();
        let mut put = named.iter().filter(|(name, object, call)| {
            PUTTING.contains(name)
                && outlives(facts, *object, body)
                && facts.call(*call).args.iter().any(|it| kept.holds(*it))
        });
        // What is taken out again is in flight, not kept.
        let taken =
            |key: &str| named.iter().any(|(name, object, _)| *name == "delete" && self.key(file, *object) == key);
        let is_kept = |key: &String| asked.contains(key) && !taken(key);
        let found = put.find(|(_, object, _)| is_kept(&self.key(file, *object))).map(|it| it.1);
        let collection = found.or_else(|| self.kept_at_index(file, kept))?;
        let why = format!("kept in `{}`, one per key", self.text_of(self.place_of(file, collection)));
        Some(Keeping { home: home_of(facts, collection)?, why })
    }

    fn kept_at_index(&self, file: FileId, kept: &Stem<'_>) -> Option<ExprId> {
        let (facts, body) = (kept.facts, kept.body);
        let element = |it: ExprId| match facts.expr(it).kind {
            ExprKind::Index { object, .. } if outlives(facts, object, body) => Some(object),
            _ => None,
        };
        let written =
            facts.assignments.iter().filter(|it| body.contains(facts.expr(it.target).span) && kept.holds(it.value));
        let written: Vec<(ExprId, ExprId)> = written.filter_map(|it| Some((it.target, element(it.target)?))).collect();
        let read = facts.within(body).filter(|(id, _)| written.iter().all(|it| it.0 != *id));
        let read: Vec<String> = read.filter_map(|(id, _)| element(id)).map(|it| self.key(file, it)).collect();
        written.into_iter().map(|it| it.1).find(|it| read.contains(&self.key(file, *it)))
    }
}

/// Why something is made once, and for how long that holds.
pub(super) struct Keeping {
    /// Where it is kept.
    pub(super) home: Home,
    /// The evidence, in a few words.
    pub(super) why: String,
}

/// How long what keeps a value lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Home {
    /// As long as the module.
    Forever,
    /// As long as one run of a function around.
    Closure(FunctionId),
    /// As long as the instance of a class.
    Instance,
}

/// What a function makes at a place, and the names that hold it.
struct Stem<'f> {
    facts: &'f FileFacts,
    body: Span,
    names: Vec<BindingId>,
    span: Span,
}

impl Stem<'_> {
    /// Whether an expression is what was made, or holds it.
    fn holds(&self, value: ExprId) -> bool {
        carries(self.facts, value, self.span, &self.names)
    }
}

/// Methods that give the client that they are called on, or a promise of it.
const FLUENT: &[&str] = &["connect", "initialize", "init", "open", "on", "once", "then", "catch", "$extends", "extend"];

/// Whether an expression is what is made at a place or has one of the names that hold it, maybe awaited or wrapped; what is
/// asked of it is something else.
fn carries(facts: &FileFacts, value: ExprId, span: Span, names: &[BindingId]) -> bool {
    let inner = |it: ExprId| carries(facts, it, span, names);
    let it = facts.expr(value);
    if it.span == span {
        return true;
    }
    match &it.kind {
        ExprKind::Local(binding) => names.contains(binding),
        ExprKind::Await(it) | ExprKind::Assign { value: it, .. } => inner(*it),
        ExprKind::Binary(_, left, right) => inner(*left) || inner(*right),
        ExprKind::Cond { yes, no, .. } => inner(*yes) || inner(*no),
        ExprKind::Object(props) => props.iter().any(|it| inner(it.value)),
        ExprKind::Array(items) => items.iter().any(|it| inner(*it)),
        ExprKind::Function(_) => it.span.contains(span),
        ExprKind::Call(call) => {
            let call = facts.call(*call);
            let fluent = |it: ExprId| match facts.expr(it).kind {
                ExprKind::Member { object, property } => FLUENT.contains(&facts.name(property)) && inner(object),
                _ => inner(it),
            };
            call.args.iter().any(|it| inner(*it)) || fluent(call.callee)
        }
        _ => false,
    }
}

/// The names within a function that hold what is made at a place, directly or through each other.
fn names_of(facts: &FileFacts, body: Span, span: Span) -> Vec<BindingId> {
    let mut names: Vec<BindingId> = Vec::new();
    for (at, binding) in facts.bindings.iter().enumerate().filter(|(_, it)| body.contains(it.span)) {
        if binding.path.is_empty() && binding.init.is_some_and(|it| carries(facts, it, span, &names)) {
            names.push(BindingId(at as u32));
        }
    }
    for write in facts.assignments.iter().filter(|it| body.contains(facts.expr(it.target).span)) {
        if let ExprKind::Local(binding) = facts.expr(write.target).kind
            && body.contains(facts.binding(binding).span)
            && carries(facts, write.value, span, &names)
        {
            names.push(binding);
        }
    }
    names
}

/// How long an expression that outlives a function lives.
fn home_of(facts: &FileFacts, expr: ExprId) -> Option<Home> {
    match facts.expr(expr).kind {
        ExprKind::Local(binding) => {
            Some(facts.function_of(facts.binding(binding).region).map_or(Home::Forever, Home::Closure))
        }
        ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => home_of(facts, object),
        ExprKind::This => Some(Home::Instance),
        ExprKind::Global(_) => Some(Home::Forever),
        _ => None,
    }
}

/// Whether an expression names something that is there before and after a function runs: a variable around it, a field, a
/// global's property. What a parameter holds belongs to the caller and is not asked for.
fn outlives(facts: &FileFacts, expr: ExprId, body: Span) -> bool {
    let is_outside = |binding: BindingId| {
        let it = facts.binding(binding);
        !body.contains(it.span) && !matches!(it.kind, BindingKind::Param(..) | BindingKind::Function(_))
    };
    match facts.expr(expr).kind {
        ExprKind::Local(binding) => is_outside(binding),
        ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => match facts.expr(object).kind {
            ExprKind::This | ExprKind::Global(_) => true,
            _ => outlives(facts, object, body),
        },
        _ => false,
    }
}

/// The name of a called function that keeps what it is given.
pub(super) fn keeper(facts: &FileFacts, call: CallId) -> Option<&str> {
    let (name, _) = callee_name(facts, call)?;
    let lower = name.to_ascii_lowercase();
    let keeps = |it: &str| lower.starts_with("getor") || lower.contains(it);
    let named = ["memoize", "orcreate", "orset", "singleton"].iter().any(|it| keeps(it));
    (KEEPERS.contains(&lower.as_str()) || named).then_some(name)
}
