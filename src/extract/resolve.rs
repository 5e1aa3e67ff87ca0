//! References to bindings, once every declaration has been seen.

use crate::facts::{BindingId, BindingKind, ExportSource, ExprKind, FileFacts, RegionId, Symbol};

/// Turns each reference to a declared name into a [`ExprKind::Local`], and exports of names into exports of bindings.
pub(super) fn resolve(facts: &mut FileFacts) {
    let ends = last_descendants(facts);
    let by_name = bindings_by_name(facts);
    for index in 0..facts.exprs.len() {
        let ExprKind::Global(name) = facts.exprs[index].kind else { continue };
        let region = facts.exprs[index].region;
        if let Some(binding) = visible(facts, &by_name[name.0 as usize], &ends, region) {
            facts.exprs[index].kind = ExprKind::Local(binding);
        }
    }
    for index in 0..facts.exports.len() {
        if let ExportSource::Value(value) = facts.exports[index].source
            && let ExprKind::Local(binding) = facts.expr(value).kind
        {
            facts.exports[index].source = ExportSource::Local(binding);
        }
    }
}

/// The innermost binding of a name whose region holds the reference. Regions are numbered as they open, so the innermost is
/// the one with the largest number.
fn visible(facts: &FileFacts, candidates: &[BindingId], ends: &[RegionId], at: RegionId) -> Option<BindingId> {
    let holds = |it: &&BindingId| {
        let region = facts.binding(**it).region;
        region <= at && at <= ends[region.0 as usize]
    };
    // Where a type and a value share a name, an expression means the value.
    let is_value = |it: BindingId| !matches!(facts.binding(it).kind, BindingKind::Shape(_) | BindingKind::Other);
    candidates.iter().filter(holds).max_by_key(|it| (facts.binding(**it).region, is_value(**it))).copied()
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
