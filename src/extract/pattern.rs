//! Declared names: a pattern's identifiers become bindings, with the path that leads to each.

use super::walk::Walker;
use crate::facts::{
    Binding, BindingId, BindingKind, ExprId, ExprKind, Operator, PropKey, RegionId, RegionKind, Symbol,
};
use crate::source::Span;

/// What all names of one declaration share.
#[derive(Debug, Clone, Copy)]
pub(super) struct Declared {
    pub(super) kind: BindingKind,
    pub(super) region: RegionId,
    pub(super) init: Option<ExprId>,
    pub(super) element_of: Option<ExprId>,
    pub(super) type_name: Option<Symbol>,
    pub(super) type_argument: Option<Symbol>,
}

impl Declared {
    pub(super) fn new(kind: BindingKind, region: RegionId) -> Self {
        Self { kind, region, init: None, element_of: None, type_name: None, type_argument: None }
    }
}

/// A part of a pattern that is still to be looked at.
struct Pending {
    pattern: ExprId,
    path: Vec<Symbol>,
    default: Option<ExprId>,
}

impl Walker<'_> {
    /// Declares every name of a pattern; a plain name's binding is the answer.
    pub(super) fn declare_pattern(&mut self, pattern: ExprId, declared: Declared) -> Option<BindingId> {
        let plain = matches!(self.facts.expr(pattern).kind, ExprKind::Global(_));
        let first = BindingId(self.facts.bindings.len() as u32);
        let mut pending = vec![Pending { pattern, path: Vec::new(), default: None }];
        while let Some(part) = pending.pop() {
            self.declare_part(part, declared, &mut pending);
        }
        plain.then_some(first)
    }

    fn declare_part(&mut self, part: Pending, declared: Declared, pending: &mut Vec<Pending>) {
        let Pending { pattern, path, default } = part;
        let span = self.facts.expr(pattern).span;
        match self.facts.expr(pattern).kind.clone() {
            ExprKind::Global(name) => {
                let binding = self.declare(name, span, declared, path, default);
                self.facts.exprs[pattern.0 as usize].kind = ExprKind::Local(binding);
            }
            ExprKind::Assign { target, value, operator: Operator::Assign } => {
                pending.push(Pending { pattern: target, path, default: Some(value) });
            }
            ExprKind::Spread(inner) => {
                let rest = self.names.intern_owned("...".to_owned());
                pending.push(Pending { pattern: inner, path: extended(&path, rest), default: None });
            }
            ExprKind::Object(props) => {
                for prop in &props {
                    let step = match prop.key {
                        PropKey::Name(name) => name,
                        PropKey::Spread | PropKey::Computed(_) => self.names.intern_owned("...".to_owned()),
                    };
                    pending.push(Pending { pattern: prop.value, path: extended(&path, step), default: None });
                }
            }
            ExprKind::Array(items) => {
                for (index, item) in items.iter().enumerate() {
                    let step = self.names.intern_owned(index.to_string());
                    pending.push(Pending { pattern: *item, path: extended(&path, step), default: None });
                }
            }
            _ => {}
        }
    }

    fn declare(
        &mut self,
        name: Symbol,
        span: Span,
        declared: Declared,
        path: Vec<Symbol>,
        default: Option<ExprId>,
    ) -> BindingId {
        let Declared { kind, region, init, element_of, type_name, type_argument } = declared;
        let path = path.into_boxed_slice();
        let binding = Binding { name, kind, region, span, init, path, default, type_name, type_argument, element_of };
        self.facts.bindings.push(binding);
        BindingId(self.facts.bindings.len() as u32 - 1)
    }

    /// Declares a plain name.
    pub(super) fn declare_name(&mut self, name: Symbol, span: Span, declared: Declared) -> BindingId {
        self.declare(name, span, declared, Vec::new(), None)
    }

    /// Where `var` and functions are hoisted to.
    pub(super) fn function_region(&self) -> RegionId {
        let mut at = self.region;
        loop {
            let region = &self.facts.regions[at.0 as usize];
            match (region.kind, region.parent) {
                (RegionKind::Function(_) | RegionKind::Module, _) | (_, None) => return at,
                // Directly in a class stands its `static` block only.
                (_, Some(parent)) if matches!(self.facts.regions[parent.0 as usize].kind, RegionKind::Class(_)) => {
                    return at;
                }
                (_, Some(parent)) => at = parent,
            }
        }
    }

    /// The name that a pattern with a default binds.
    pub(super) fn pattern_name(&mut self, pattern: ExprId) -> Symbol {
        let span = match self.facts.expr(pattern).kind {
            ExprKind::Assign { target, .. } => self.facts.expr(target).span,
            _ => self.facts.expr(pattern).span,
        };
        self.intern(span)
    }
}

fn extended(path: &[Symbol], step: Symbol) -> Vec<Symbol> {
    let mut longer = path.to_vec();
    longer.push(step);
    longer
}
