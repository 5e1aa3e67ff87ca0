//! Which functions nothing uses.
//!
//! A function is dead when its name is used nowhere outside of itself and of other dead functions. That holds only where a name
//! is the one way to get at it: what frameworks call, what is handed over as a value and what others may import is never asked.

use std::rc::Rc;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::holder::{Holder, is_own_word, member_holders, method_holders};
use super::mention::{Mentions, Occurrence};
use crate::facts::{
    BindingKind, ClassId, ExportSource, ExprId, ExprKind, FileFacts, FunctionForm, FunctionId, RegionId, RegionKind,
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
    /// Those among them of which it matters how they are used, and not only whether.
    pub holders: HashSet<Box<str>>,
    /// What is around regions, by file: asked for again in every round.
    items: HashMap<(usize, RegionId), Rc<[Item]>>,
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
            holders: HashSet::default(),
            items: HashMap::default(),
        }
    }

    /// The functions and classes around a region that only their names lead to, innermost first.
    fn items(&mut self, node: usize, file: Named<'_>, region: RegionId) -> Rc<[Item]> {
        self.items.entry((node, region)).or_insert_with(|| named_around(file, region).into()).clone()
    }

    /// The name of a dead function or class around a place; `None` where none is, or where it is not known yet.
    pub fn dead_around(&mut self, node: usize, span: Span) -> Option<Box<str>> {
        let file = *self.files.get(&node)?;
        let inner = file.facts.regions.iter().rposition(|it| it.span.contains(span))?;
        let around = self.items(node, file, RegionId(inner as u32));
        around.iter().find(|it| self.state(node, it, &mut Vec::new()) == State::Dead).map(|it| it.name.clone())
    }

    fn state(&mut self, node: usize, item: &Item, trail: &mut Vec<(usize, Span)>) -> State {
        let Some(uses) = self.mentions.of(&item.name).map(<[Occurrence]>::to_vec) else {
            self.wanted.insert(item.name.clone());
            return State::Open;
        };
        let mut state = State::Dead;
        trail.push((node, item.span));
        for Occurrence { node: at, region, .. } in uses {
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
        if state == State::Dead { self.held(node, item) } else { state }
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
                self.holders.insert(name.clone());
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
        for item in &*self.items(node, file, region) {
            match self.state(node, item, trail) {
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
pub(super) fn is_private(file: Named<'_>, name: &str, span: Span) -> bool {
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

fn expr_of(facts: &FileFacts, id: FunctionId) -> Option<ExprId> {
    facts.exprs.iter().position(|it| it.kind == ExprKind::Function(id)).map(|at| ExprId(at as u32))
}

/// Whether a function is the value of a constant or variable.
fn is_bound(facts: &FileFacts, expr: ExprId) -> bool {
    let is_variable = |it: BindingKind| matches!(it, BindingKind::Const | BindingKind::Let | BindingKind::Var);
    facts.bindings.iter().any(|it| it.init == Some(expr) && it.path.is_empty() && is_variable(it.kind))
}
