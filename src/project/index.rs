//! Tables over one file's facts that answer "who writes this", "what is this function passed to" and "what is inside".

use std::hash::Hasher;

use rustc_hash::{FxHashMap as HashMap, FxHasher};

use super::iteration::callee_name;

use crate::facts::{
    BindingId, CallId, Export, ExprId, ExprKind, FileFacts, FunctionId, JumpKind, PropKey, RegionId, Symbol,
};

/// Where a function is handed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// As that argument of a call.
    Argument(CallId, u32),
    /// It is called where it stands.
    Callee(CallId),
}

/// The expression around each expression, by number: nearly every expression has one, so that [`NONE`] stands for none.
#[derive(Debug, Default)]
pub(super) struct Parents(Vec<ExprId>);

/// The number of no expression.
const NONE: ExprId = ExprId(u32::MAX);

impl Parents {
    /// The expression directly around another one.
    pub(super) fn get(&self, expr: &ExprId) -> Option<&ExprId> {
        self.0.get(expr.0 as usize).filter(|it| **it != NONE)
    }

    /// Whether an expression is part of another one.
    pub(super) fn contains_key(&self, expr: &ExprId) -> bool {
        self.get(expr).is_some()
    }
}

/// The calls of a file by the name that each calls, as sorted hashes of names: whether a file calls something of a name is asked
/// of hundreds of files.
#[derive(Debug, Default)]
struct Called(Vec<(u32, CallId)>);

impl Called {
    fn new(facts: &FileFacts) -> Self {
        let named = facts.calls().filter_map(|(id, _)| Some((hash(callee_name(facts, id)?.0), id)));
        let mut calls: Vec<(u32, CallId)> = named.collect();
        calls.sort_unstable();
        Self(calls)
    }
}

/// The exports of a file by name, as sorted hashes of names: barrels ask hundreds of files whether they export one.
#[derive(Debug, Default)]
struct Exported(Vec<(u32, u32)>);

impl Exported {
    fn new(facts: &FileFacts) -> Self {
        let named = facts.exports.iter().enumerate();
        let mut exports: Vec<(u32, u32)> = named.map(|(at, it)| (hash(facts.name(it.name)), at as u32)).collect();
        exports.sort_unstable();
        Self(exports)
    }
}

fn hash(name: &str) -> u32 {
    let mut hasher = FxHasher::default();
    hasher.write(name.as_bytes());
    (hasher.finish() >> 32) as u32
}

/// Lookup tables over one file's facts.
#[derive(Debug, Default)]
pub(super) struct Index {
    /// Values assigned to a binding after its declaration.
    pub(super) writes: HashMap<BindingId, Vec<ExprId>>,
    /// Values assigned to `this.name`.
    pub(super) fields: HashMap<Symbol, Vec<ExprId>>,
    /// Where a function expression is handed over.
    pub(super) uses: HashMap<FunctionId, Use>,
    /// The calls directly in each function, nested functions left out; `None` for the module.
    pub(super) calls: HashMap<Option<FunctionId>, Vec<CallId>>,
    /// The functions written directly in each function; `None` for the module.
    pub(super) nested: HashMap<Option<FunctionId>, Vec<FunctionId>>,
    /// What each function returns.
    pub(super) returns: HashMap<FunctionId, Vec<ExprId>>,
    /// The innermost function around each region.
    owner: Vec<Option<FunctionId>>,
    /// The expression directly around each expression.
    pub(super) parents: Parents,
    called: Called,
    exported: Exported,
}

impl Index {
    pub(super) fn new(facts: &FileFacts) -> Self {
        let mut index = Self { owner: owners(facts), called: Called::new(facts), ..Self::default() };
        index.exported = Exported::new(facts);
        for write in &facts.assignments {
            match facts.expr(write.target).kind {
                ExprKind::Local(binding) => index.writes.entry(binding).or_default().push(write.value),
                ExprKind::Member { object, property } if facts.expr(object).kind == ExprKind::This => {
                    index.fields.entry(property).or_default().push(write.value);
                }
                _ => {}
            }
        }
        for (id, call) in facts.calls() {
            index.calls.entry(index.owner[call.region.0 as usize]).or_default().push(id);
            if let ExprKind::Function(function) = facts.expr(call.callee).kind {
                index.uses.insert(function, Use::Callee(id));
            }
            for (position, argument) in call.args.iter().enumerate() {
                if let ExprKind::Function(function) = facts.expr(*argument).kind {
                    index.uses.insert(function, Use::Argument(id, position as u32));
                }
            }
        }
        for (number, function) in facts.functions.iter().enumerate() {
            let around = facts.region(function.body).parent.and_then(|it| index.owner[it.0 as usize]);
            index.nested.entry(around).or_default().push(FunctionId(number as u32));
        }
        index.note_returns(facts);
        index.note_parents(facts);
        index
    }

    /// The innermost function around a region.
    pub(super) fn owner(&self, region: RegionId) -> Option<FunctionId> {
        self.owner.get(region.0 as usize).copied().flatten()
    }

    /// The calls that call a name, be it a member's, in the order of the file.
    pub(super) fn calls_of<'f>(&'f self, facts: &'f FileFacts, name: &'f str) -> impl Iterator<Item = CallId> + 'f {
        let wanted = hash(name);
        let first = self.called.0.partition_point(|it| it.0 < wanted);
        let alike = self.called.0[first..].iter().take_while(move |it| it.0 == wanted).map(|it| it.1);
        alike.filter(move |it| callee_name(facts, *it).is_some_and(|(called, _)| called == name))
    }

    /// The first export under a name.
    pub(super) fn export_of<'f>(&self, facts: &'f FileFacts, name: &str) -> Option<&'f Export> {
        let wanted = hash(name);
        let first = self.exported.0.partition_point(|it| it.0 < wanted);
        let alike = self.exported.0[first..].iter().take_while(|it| it.0 == wanted);
        alike.map(|it| &facts.exports[it.1 as usize]).find(|it| facts.name(it.name) == name)
    }

    fn note_returns(&mut self, facts: &FileFacts) {
        for (number, function) in facts.functions.iter().enumerate() {
            self.returns.entry(FunctionId(number as u32)).or_default().extend(function.value);
        }
        for jump in facts.jumps.iter().filter(|it| it.kind == JumpKind::Return) {
            if let Some(function) = self.owner(jump.region) {
                self.returns.entry(function).or_default().extend(jump.value);
            }
        }
    }

    fn note_parents(&mut self, facts: &FileFacts) {
        self.parents.0 = vec![NONE; facts.exprs.len()];
        for (number, expr) in facts.exprs.iter().enumerate() {
            let parent = ExprId(number as u32);
            each_child(facts, &expr.kind, |child| self.parents.0[child.0 as usize] = parent);
        }
    }
}

/// Visits the expressions directly inside an expression, in order; a function's body is not inside it.
fn each_child(facts: &FileFacts, kind: &ExprKind, mut visit: impl FnMut(ExprId)) {
    match kind {
        ExprKind::Member { object, .. } => visit(*object),
        ExprKind::Index { object, index } => [*object, *index].into_iter().for_each(visit),
        ExprKind::Call(id) => {
            let call = facts.call(*id);
            visit(call.callee);
            call.args.iter().copied().for_each(visit);
        }
        ExprKind::Await(inner) | ExprKind::Spread(inner) | ExprKind::Unary(_, inner) | ExprKind::Yield(Some(inner)) => {
            visit(*inner);
        }
        ExprKind::Binary(_, left, right) => [*left, *right].into_iter().for_each(visit),
        ExprKind::Assign { target, value, .. } => [*target, *value].into_iter().for_each(visit),
        ExprKind::Cond { test, yes, no } => [*test, *yes, *no].into_iter().for_each(visit),
        ExprKind::Template { parts, .. }
        | ExprKind::Sequence(parts)
        | ExprKind::Array(parts)
        | ExprKind::Other(parts) => parts.iter().copied().for_each(visit),
        ExprKind::Object(props) => {
            props.iter().flat_map(|it| [computed(it.key), Some(it.value)]).flatten().for_each(visit);
        }
        ExprKind::Jsx(it) => {
            let values = it.props.iter().map(|it| it.value);
            it.tag.into_iter().chain(values).chain(it.children.iter().copied()).for_each(visit);
        }
        _ => {}
    }
}

fn computed(key: PropKey) -> Option<ExprId> {
    match key {
        PropKey::Computed(expr) => Some(expr),
        PropKey::Name(_) | PropKey::Spread => None,
    }
}

fn owners(facts: &FileFacts) -> Vec<Option<FunctionId>> {
    let mut owner: Vec<Option<FunctionId>> = Vec::with_capacity(facts.regions.len());
    for region in &facts.regions {
        owner.push(match (region.kind, region.parent) {
            (crate::facts::RegionKind::Function(id), _) => Some(id),
            (_, Some(parent)) => owner[parent.0 as usize],
            (_, None) => None,
        });
    }
    owner
}
