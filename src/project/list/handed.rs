//! What the callers of a function hand in as conditions, options and limits, one call at a time: a wrapper that takes `where` or
//! `args` reads what each of its callers says.
//!
//! A call counts where what it gives is written out; what it has from its own callers is followed a few functions up, and what
//! comes from a request is not guessed.

use super::super::Project;
use super::super::definition::entry;
use super::super::query::Query;
use super::extent::Extent;
use super::filter::Function;
use super::given::LeftOut;
use crate::facts::{BindingId, BindingKind, CallId, ExprId, ExprKind, FileFacts, PropKey};
use crate::source::FileId;

/// Functions that a question came through, each with the call that it took.
pub(super) type Through<'t> = &'t [(Function, (FileId, CallId))];

/// Through so many functions one above the other callers are asked.
const DEPTH: usize = 3;

/// So many calls are looked at for one query.
const MOST: usize = 48;

/// Through so many names and objects one value is followed.
const STEPS: u32 = 12;

/// What stands for an expression, as far as its callers are known.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Handed {
    /// This expression.
    At(FileId, ExprId),
    /// Nothing: it is left out, or `undefined`.
    Nothing,
    /// The callers of a function say so, and none of them was chosen.
    Open(Function),
    /// The code does not show it.
    Elsewhere,
}

impl Project {
    /// What an expression stands for, with the arguments of the calls that the question came through.
    pub(super) fn handed(&self, file: FileId, expr: ExprId, through: Through<'_>) -> Handed {
        self.handed_under(file, expr, &[], through, STEPS)
    }

    fn handed_under(&self, file: FileId, expr: ExprId, path: &[&str], through: Through<'_>, steps: u32) -> Handed {
        let (Some(facts), Some(steps)) = (self.facts(file), steps.checked_sub(1)) else { return Handed::Elsewhere };
        match &facts.expr(expr).kind {
            ExprKind::Local(binding) => match self.handed_name(file, facts, *binding, path, through, steps) {
                Handed::Elsewhere if path.is_empty() => Handed::At(file, expr),
                it => it,
            },
            ExprKind::Member { object, property } => {
                let path: Vec<&str> = std::iter::once(facts.name(*property)).chain(path.iter().copied()).collect();
                match self.handed_under(file, *object, &path, through, steps) {
                    Handed::Elsewhere if path.len() == 1 => Handed::At(file, expr),
                    it => it,
                }
            }
            ExprKind::Undefined | ExprKind::Null => Handed::Nothing,
            ExprKind::Await(inner) => self.handed_under(file, *inner, path, through, steps),
            ExprKind::Object(props) => {
                let Some((first, rest)) = path.split_first() else { return Handed::At(file, expr) };
                if let Some(value) = entry(facts, expr, first) {
                    return self.handed_under(file, value, rest, through, steps);
                }
                let spreads = props.iter().rev().filter(|it| !matches!(it.key, PropKey::Name(_)));
                let mut spread = spreads.map(|it| self.handed_under(file, it.value, path, through, steps));
                spread.find(|it| *it != Handed::Nothing).unwrap_or(Handed::Nothing)
            }
            _ if path.is_empty() => Handed::At(file, expr),
            _ => Handed::Elsewhere,
        }
    }

    fn handed_name(
        &self,
        file: FileId,
        facts: &FileFacts,
        id: BindingId,
        path: &[&str],
        through: Through<'_>,
        steps: u32,
    ) -> Handed {
        let binding = facts.binding(id);
        if binding.element_of.is_some() || self.file(file).index.writes.contains_key(&id) {
            return Handed::Elsewhere;
        }
        let whole: Vec<&str> = binding.path.iter().map(|it| facts.name(*it)).chain(path.iter().copied()).collect();
        match (binding.kind, binding.init) {
            (BindingKind::Param(function, position), _) => {
                // What runs where it stands has no callers of its own.
                if self.file(file).index.uses.contains_key(&function) {
                    return Handed::Elsewhere;
                }
                let Some((_, (from, call))) = through.iter().rev().find(|(it, _)| *it == (file, function)) else {
                    return Handed::Open((file, function));
                };
                let default = binding.default.or(facts.function(function).params[position as usize].default);
                let default = default.filter(|_| path.is_empty() && (binding.default.is_some() || whole.is_empty()));
                match (self.argument(*from, *call, position, &whole, through, steps), default) {
                    (Handed::Nothing, Some(it)) => self.handed_under(file, it, path, through, steps),
                    (it, _) => it,
                }
            }
            (BindingKind::Const | BindingKind::Let | BindingKind::Var, Some(init)) => {
                let it = &facts.expr(init).kind;
                let is_plain = matches!(it, ExprKind::Local(_) | ExprKind::Member { .. } | ExprKind::Object(_));
                let is_it = is_plain && binding.default.is_none();
                if is_it { self.handed_under(file, init, &whole, through, steps) } else { Handed::Elsewhere }
            }
            _ => Handed::Elsewhere,
        }
    }

    fn argument(
        &self,
        from: FileId,
        call: CallId,
        position: u32,
        path: &[&str],
        through: Through<'_>,
        steps: u32,
    ) -> Handed {
        let Some(facts) = self.facts(from) else { return Handed::Elsewhere };
        let args = &facts.call(call).args;
        if args.iter().any(|it| matches!(facts.expr(*it).kind, ExprKind::Spread(_))) {
            return Handed::Elsewhere;
        }
        match args.get(position as usize) {
            Some(it) => self.handed_under(from, *it, path, through, steps),
            None => Handed::Nothing,
        }
    }

    /// What bounds a query for the calls of the function that was asked for, where each of them says so itself; the worst of them.
    pub(super) fn extent_by_callers(&self, query: &Query, asked: Function) -> Option<Extent> {
        let mut left = MOST;
        let extents = self.extents_of_calls(query, asked, &mut Vec::new(), &mut left);
        let open = extents.iter().filter_map(|it| match it {
            Extent::Open { filtered, shared: false, left_out } => Some((*filtered, left_out.clone())),
            _ => None,
        });
        let (filtered, calls): (Vec<bool>, Vec<Vec<LeftOut>>) = open.unzip();
        if !calls.is_empty() {
            let filtered = filtered.iter().all(|it| *it);
            return Some(Extent::Open { filtered, shared: false, left_out: calls.into_iter().flatten().collect() });
        }
        if extents.is_empty() || extents.iter().any(|it| matches!(it, Extent::Unclear(_) | Extent::Open { .. })) {
            return None;
        }
        let scoped = extents.iter().find(|it| matches!(it, Extent::Scoped { .. }));
        Some(scoped.cloned().unwrap_or_else(|| Extent::Bounded("each of its callers bounds it".to_owned())))
    }

    fn extents_of_calls(
        &self,
        query: &Query,
        asked: Function,
        through: &mut Vec<(Function, (FileId, CallId))>,
        left: &mut usize,
    ) -> Vec<Extent> {
        let mut extents = Vec::new();
        let is_seen = through.iter().any(|(it, _)| *it == asked);
        let calls = if is_seen || through.len() == DEPTH { Vec::new() } else { self.callers(asked.0, asked.1) };
        let unclear = || Extent::Unclear("its caller says which rows".to_owned());
        let mut calls = calls.into_iter().filter(|it| self.file(it.0).is_audited).peekable();
        if calls.peek().is_none() {
            return vec![unclear()];
        }
        // That all callers bound it is said of all alone.
        if self.all_callers(asked.0, asked.1).is_none() {
            extents.push(unclear());
        }
        for call in calls {
            let Some(rest) = left.checked_sub(1) else {
                extents.push(unclear());
                break;
            };
            *left = rest;
            through.push((asked, call));
            match self.extent_through(query, through) {
                (_, Some(further)) => extents.extend(self.extents_of_calls(query, further, through, left)),
                (Extent::Open { filtered, shared, left_out }, None) => {
                    // What one call leaves out may be filled in for those before it.
                    let calls =
                        if left_out.is_empty() { vec![self.call_that_bounds_nothing(through)] } else { left_out };
                    extents.push(Extent::Open { filtered, shared, left_out: calls });
                }
                (extent, None) => extents.push(extent),
            }
            through.pop();
        }
        extents
    }

    fn call_that_bounds_nothing(&self, through: Through<'_>) -> LeftOut {
        let (_, (file, call)) = through.last().expect("a call was chosen");
        LeftOut { call: (*file, *call), place: self.anchor_of(*file, *call), name: None }
    }
}
