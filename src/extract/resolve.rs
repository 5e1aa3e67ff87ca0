//! References to bindings, once every declaration has been seen.

use crate::facts::{
    Binding, BindingId, BindingKind, ExportSource, Expr, ExprId, ExprKind, FileFacts, RegionId, RegionKind, Symbol,
};
use crate::source::Span;

/// Turns each reference to a declared name into a [`ExprKind::Local`], and exports of names into exports of bindings.
pub(super) fn resolve(facts: &mut FileFacts) {
    let ends = last_descendants(facts);
    let by_name = bindings_by_name(facts);
    for index in 0..facts.exprs.len() {
        let ExprKind::Global(name) = facts.exprs[index].kind else { continue };
        if let Some(binding) = visible(facts, &by_name[name.0 as usize], &ends, ExprId(index as u32), false) {
            facts.exprs[index].kind = ExprKind::Local(binding);
        }
    }
    for name in facts.named_types().collect::<Vec<_>>() {
        if let ExprKind::Global(symbol) = facts.expr(name).kind
            && let Some(binding) = visible(facts, &by_name[symbol.0 as usize], &ends, name, true)
        {
            facts.exprs[name.0 as usize].kind = ExprKind::Local(binding);
        }
    }
    for index in 0..facts.exports.len() {
        let ExportSource::Value(value) = facts.exports[index].source else { continue };
        let binding = match facts.expr(value).kind {
            ExprKind::Local(binding) => Some(binding),
            // `export { Db }` may name a type.
            ExprKind::Global(name) => visible(facts, &by_name[name.0 as usize], &ends, value, true),
            _ => None,
        };
        if let Some(binding) = binding {
            facts.exprs[value.0 as usize].kind = ExprKind::Local(binding);
            facts.exports[index].source = ExportSource::Local(binding);
        }
    }
}

/// The innermost binding of a name whose region holds the reference. Regions are numbered as they open, so the innermost is
/// the one with the largest number.
fn visible(
    facts: &FileFacts,
    candidates: &[BindingId],
    ends: &[RegionId],
    reference: ExprId,
    with_types: bool,
) -> Option<BindingId> {
    let Expr { span, region: at, .. } = *facts.expr(reference);
    let holds = |it: &&BindingId| {
        let Binding { region, kind, span: declared, .. } = *facts.binding(**it);
        region <= at
            && at <= ends[region.0 as usize]
            && (with_types || !matches!(kind, BindingKind::Type | BindingKind::Shape(_)))
            && !is_below_head(facts, region, span, declared)
    };
    let closeness = |it: &&BindingId| {
        let Binding { region, kind, .. } = *facts.binding(**it);
        // A function expression's own name yields to its parameters and variables.
        let is_own_name = matches!(kind, BindingKind::Function(id) if facts.function(id).body == region);
        (region, !is_own_name)
    };
    candidates.iter().filter(holds).max_by_key(closeness).copied()
}

/// Whether a reference stands in the head of a loop that declares the name in its body: head and body are one region.
fn is_below_head(facts: &FileFacts, region: RegionId, reference: Span, declared: Span) -> bool {
    match facts.region(region).kind {
        RegionKind::Loop(at) => {
            let head = facts.loops[at as usize].head;
            head.contains(reference) && !head.contains(declared)
        }
        _ => false,
    }
}

/// For each region the last one inside it.
fn last_descendants(facts: &FileFacts) -> Vec<RegionId> {
    let mut ends: Vec<RegionId> = (0..facts.regions.len() as u32).map(RegionId).collect();
    for index in (1..facts.regions.len()).rev() {
        if let Some(parent) = facts.regions[index].parent {
            ends[parent.0 as usize] = ends[parent.0 as usize].max(ends[index]);
        }
    }
    ends
}

fn bindings_by_name(facts: &FileFacts) -> Vec<Vec<BindingId>> {
    let mut by_name = vec![Vec::new(); facts.names.len()];
    for (index, binding) in facts.bindings.iter().enumerate() {
        let Symbol(name) = binding.name;
        by_name[name as usize].push(BindingId(index as u32));
    }
    by_name
}
