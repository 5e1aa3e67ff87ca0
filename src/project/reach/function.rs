//! Which functions nothing uses.
//!
//! A function is dead when its name is used nowhere outside of itself and of other dead functions. That holds only where a name
//! is the one way to get at it: what frameworks call, what is handed over as a value and what others may import is never asked.

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::mention::{Mentions, Occurrence};
use crate::facts::{
    BindingKind, CallForm, ClassId, ExportSource, Expr, ExprId, ExprKind, FileFacts, FunctionForm, FunctionId,
    RegionId, RegionKind,
};
use crate::source::Span;

/// How many users of users are looked at.
const DEPTH: u32 = 6;

/// What is known about one file when its functions are asked for.
#[derive(Debug, Clone, Copy)]
pub struct Named<'a> {
    /// Its facts.
    pub facts: &'a FileFacts,
    /// Its text.
    pub text: &'a str,
    /// Whether somebody may use its exports by names that are not seen: outside of the code base, or as a whole.
    pub is_exposed: bool,
}

/// What is known about a function so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Live,
    Dead,
    /// More names have to be looked for.
    Open,
}

/// Answers which places are in dead functions, and what it needs to know for that.
pub struct Verdicts<'a> {
    /// The files whose facts are known, by node.
    pub files: HashMap<usize, Named<'a>>,
    /// Uses of names in files that are parsed.
    pub mentions: Mentions,
    /// Names that were looked for in all other texts as well.
    pub searched: HashSet<Box<str>>,
    /// Names whose uses in parsed files are wanted.
    pub wanted: HashSet<Box<str>>,
    /// Names that are wanted in all other texts.
    pub unsearched: HashSet<Box<str>>,
}

impl<'a> Verdicts<'a> {
    /// Verdicts over some files.
    #[must_use]
    pub fn new(files: HashMap<usize, Named<'a>>) -> Self {
        Self {
            files,
            mentions: Mentions::default(),
            searched: HashSet::default(),
            wanted: HashSet::default(),
            unsearched: HashSet::default(),
        }
    }

    /// The name of a dead function or class around a place; `None` where none is, or where it is not known yet.
    pub fn dead_around(&mut self, node: usize, span: Span) -> Option<Box<str>> {
        let file = *self.files.get(&node)?;
        let inner = file.facts.regions.iter().rposition(|it| it.span.contains(span))?;
        let around = named_around(file, RegionId(inner as u32));
        around.into_iter().find(|it| self.state(node, it, &mut Vec::new()) == State::Dead).map(|it| it.name)
    }

    fn state(&mut self, node: usize, item: &Item, trail: &mut Vec<(usize, Span)>) -> State {
        let held = self.held(node, item);
        if held == State::Live {
            return held;
        }
        let Some(uses) = self.mentions.of(&item.name) else {
            self.wanted.insert(item.name.clone());
            return State::Open;
        };
        let mut state = held;
        trail.push((node, item.span));
        for Occurrence { node: at, region, .. } in uses.to_vec() {
            match self.use_state(at, region, trail) {
                State::Live => {
                    trail.pop();
                    return State::Live;
                }
                State::Open => state = State::Open,
                State::Dead => {}
            }
        }
        trail.pop();
        if state == State::Dead && !self.searched.contains(&item.name) {
            self.unsearched.insert(item.name.clone());
            return State::Open;
        }
        state
    }

    /// Live where what an item belongs to is given away whole, so that its members may be used without being named.
    fn held(&mut self, node: usize, item: &Item) -> State {
        let mut state = State::Dead;
        for Holder { name, is_own } in &item.holders {
            let Some(uses) = self.mentions.of(name) else {
                self.wanted.insert(name.clone());
                state = State::Open;
                continue;
            };
            if uses.iter().any(|it| it.is_whole && (*is_own || it.node != node)) {
                return State::Live;
            }
            if !self.searched.contains(name) {
                self.unsearched.insert(name.clone());
                state = State::Open;
            }
        }
        state
    }

    /// Whether what uses a name is live; what is being asked about counts as dead, so that circles do not keep themselves alive.
    fn use_state(&mut self, node: usize, region: Option<RegionId>, trail: &mut Vec<(usize, Span)>) -> State {
        let (Some(region), Some(file)) = (region, self.files.get(&node).copied()) else { return State::Live };
        let span = file.facts.region(region).span;
        if trail.iter().any(|it| it.0 == node && it.1.contains(span)) {
            return State::Dead;
        }
        if trail.len() as u32 >= DEPTH {
            return State::Live;
        }
        let mut state = State::Live;
        for item in named_around(file, region) {
            match self.state(node, &item, trail) {
                State::Dead => return State::Dead,
                State::Open => state = State::Open,
                State::Live => {}
            }
        }
        state
    }
}

/// A function or class that only its name leads to.
struct Item {
    name: Box<str>,
    span: Span,
    /// What it is a member of.
    holders: Vec<Holder>,
}

/// A name by which an object, class or instance is known.
struct Holder {
    name: Box<str>,
    /// Whether its uses in its own file count; those of a class there are looked at by themselves.
    is_own: bool,
}

/// Those around a region, innermost first.
fn named_around(file: Named<'_>, region: RegionId) -> Vec<Item> {
    let items = file.facts.regions_out(region).filter_map(|(_, it)| match it.kind {
        RegionKind::Function(id) => function(file, id),
        RegionKind::Class(id) => class(file, id),
        _ => None,
    });
    items.collect()
}

fn function(file: Named<'_>, id: FunctionId) -> Option<Item> {
    let facts = file.facts;
    let it = facts.function(id);
    let name = facts.name(it.name?);
    if !it.decorators.is_empty() || is_script(file) {
        return None;
    }
    let holders = match it.form {
        FunctionForm::Constructor | FunctionForm::Getter | FunctionForm::Setter => None,
        FunctionForm::Declaration => is_private(file, name, it.span).then(Vec::new),
        _ => match (it.class, expr_of(facts, id)) {
            (Some(class), _) => method_holders(file, class).filter(|_| is_own_word(name)),
            (None, Some(expr)) if is_bound(facts, expr) => is_private(file, name, it.span).then(Vec::new),
            (None, _) => member_holders(file, id, name).filter(|_| is_own_word(name) && !file.is_exposed),
        },
    };
    Some(Item { name: name.into(), span: it.span, holders: holders? })
}

fn class(file: Named<'_>, id: ClassId) -> Option<Item> {
    let it = file.facts.class(id);
    let name = file.facts.name(it.name?);
    let is_by_name =
        it.decorators.is_empty() && it.binding.is_some() && !is_script(file) && is_private(file, name, it.span);
    is_by_name.then(|| Item { name: name.into(), span: it.span, holders: Vec::new() })
}

/// Whether a file may share its names with others on a page.
fn is_script(file: Named<'_>) -> bool {
    file.is_exposed && file.facts.imports.is_empty() && file.facts.exports.is_empty()
}

/// Whether who uses a name of the module has to write it: it is not exported as the default or under another name, and not to
/// places that are not seen.
fn is_private(file: Named<'_>, name: &str, span: Span) -> bool {
    let facts = file.facts;
    facts.exports.iter().all(|export| {
        let is_it = match export.source {
            ExportSource::Local(binding) => facts.name(facts.binding(binding).name) == name,
            ExportSource::Value(expr) => span.contains(facts.expr(expr).span) || facts.expr(expr).span.contains(span),
            ExportSource::Module { .. } => false,
        };
        !is_it || facts.name(export.name) == name && !file.is_exposed
    })
}

/// By what names the methods of a class are got at; `None` where it is part of something bigger, which calls them too.
fn method_holders(file: Named<'_>, id: ClassId) -> Option<Vec<Holder>> {
    let class = file.facts.class(id);
    let head = class.span.of(file.text).split('{').next().unwrap_or_default();
    let name = file.facts.name(class.name?);
    let is_alone = class.extends.is_none() && class.decorators.is_empty() && !head.contains("implements");
    if !is_alone || !is_private(file, name, class.span) {
        return None;
    }
    let instances = instances(file.facts, id)?;
    let instances = instances.into_iter().map(|it| Holder { name: it.into(), is_own: true });
    Some(instances.chain([Holder { name: name.into(), is_own: false }]).collect())
}

/// Names of more than one word that libraries call on objects which they are given.
const PROTOCOLS: &[&str] = &[
    "getItem",
    "setItem",
    "removeItem",
    "getAllKeys",
    "resetKey",
    "resetAll",
    "toJSON",
    "toString",
    "valueOf",
    "canActivate",
];

/// First words of names by which frameworks call back.
const CALLBACKS: &[&str] = &["on", "before", "after", "handle", "component", "should", "did", "will", "can", "use"];

/// Whether a name is too particular to be part of what a library asks of an object: several words, and no callback.
fn is_own_word(name: &str) -> bool {
    let first = name.find(|it: char| it.is_ascii_uppercase()).map(|at| &name[..at]);
    !PROTOCOLS.contains(&name)
        && !name.ends_with("Callback")
        && first.is_some_and(|it| !it.is_empty() && !CALLBACKS.contains(&it))
}

/// The names of the constants that hold an instance of a class; `None` where one is given away as it is made.
fn instances(facts: &FileFacts, id: ClassId) -> Option<Vec<&str>> {
    let class = facts.class(id).binding?;
    let makes = |expr: ExprId| match facts.expr(expr).kind {
        ExprKind::Call(call) => {
            let call = facts.call(call);
            call.form == CallForm::New && facts.expr(call.callee).kind == ExprKind::Local(class)
        }
        ExprKind::This => facts.class(id).span.contains(facts.expr(expr).span),
        _ => false,
    };
    let given = facts.exprs.iter().any(|it| match &it.kind {
        ExprKind::Object(props) | ExprKind::Jsx { props, .. } => props.iter().any(|it| makes(it.value)),
        ExprKind::Array(elements) => elements.iter().any(|it| makes(*it)),
        _ => false,
    });
    if given || facts.calls.iter().any(|it| it.args.iter().any(|it| makes(*it))) {
        return None;
    }
    let held = facts.bindings.iter().filter(|it| it.init.is_some_and(makes));
    Some(held.map(|it| facts.name(it.name)).collect())
}

fn expr_of(facts: &FileFacts, id: FunctionId) -> Option<ExprId> {
    facts.exprs.iter().position(|it| it.kind == ExprKind::Function(id)).map(|at| ExprId(at as u32))
}

/// Whether a function is the value of a constant or variable.
fn is_bound(facts: &FileFacts, expr: ExprId) -> bool {
    let is_variable = |it: BindingKind| matches!(it, BindingKind::Const | BindingKind::Let | BindingKind::Var);
    facts.bindings.iter().any(|it| it.init == Some(expr) && it.path.is_empty() && is_variable(it.kind))
}

/// By what name the members of an object literal are got at: that of the constant that holds it, or none where our own code
/// declares the member's type, so that our own code calls it. Other objects may be options of a framework.
fn member_holders(file: Named<'_>, id: FunctionId, name: &str) -> Option<Vec<Holder>> {
    let facts = file.facts;
    let holds = |it: &Expr| match &it.kind {
        ExprKind::Object(props) => props.iter().any(|it| facts.expr(it.value).kind == ExprKind::Function(id)),
        _ => false,
    };
    let object = ExprId(facts.exprs.iter().position(holds)? as u32);
    let constant = facts.bindings.iter().find(|it| it.init == Some(object) && it.path.is_empty());
    match constant {
        Some(it) if is_private(file, facts.name(it.name), facts.expr(object).span) => {
            Some(vec![Holder { name: facts.name(it.name).into(), is_own: true }])
        }
        Some(_) => None,
        None => declares(file.text, name).then(Vec::new),
    }
}

/// Whether a text declares a member of that name and a function's type.
fn declares(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let line = text[at + name.len()..].lines().next().unwrap_or_default().trim_start_matches('?').trim_start();
        let is_alone = before.is_none_or(|it| it.is_whitespace() || it == ';' || it == '{');
        let signature = line.strip_prefix(':').map(str::trim_start);
        let is_type = signature
            .is_some_and(|it| it.starts_with('(') && it.contains("=>") && !it.trim_end().ends_with('{'))
            || line.starts_with('(')
                && line.trim_end().trim_end_matches(';').contains("):")
                && !line.trim_end().ends_with('{');
        is_alone && is_type
    })
}
