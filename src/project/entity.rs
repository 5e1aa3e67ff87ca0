//! The entity that a typed repository holds: `User` of `Repository<User>`, for want of a table's name.

use super::Project;
use super::chain::unroll;
use crate::facts::{ExprId, ExprKind, FileFacts, RegionKind, Symbol};
use crate::source::FileId;

impl Project {
    /// The type argument of what a chain starts from.
    pub(super) fn entity_of(&self, file: FileId, head: ExprId) -> Option<String> {
        let facts = self.facts(file)?;
        let (root, _) = unroll(facts, head);
        let symbol = match facts.expr(root).kind {
            ExprKind::Local(binding) => facts.binding(binding).type_argument,
            ExprKind::This => field_argument(facts, root, head),
            _ => None,
        };
        symbol.map(|it| facts.name(it).to_owned())
    }
}

/// The type argument of the field that a chain on `this` reads first, declared as a field or as a constructor's parameter; of
/// a call on `this` itself that of what the class extends.
fn field_argument(facts: &FileFacts, this: ExprId, head: ExprId) -> Option<Symbol> {
    let class = facts.regions_out(facts.expr(this).region).find_map(|(_, it)| match it.kind {
        RegionKind::Class(class) => Some(facts.class(class)),
        _ => None,
    })?;
    let read = facts.within(facts.expr(head).span).find_map(|(_, it)| match it.kind {
        ExprKind::Member { object, property } if object == this => Some(property),
        _ => None,
    })?;
    let field = class.members.iter().find(|it| it.name == Some(read)).and_then(|it| it.type_argument);
    let params = facts.functions.iter().flat_map(|it| &it.params).filter(|it| it.is_field);
    let injected = params.filter(|it| it.binding.is_some_and(|id| facts.binding(id).name == read));
    field.or_else(|| injected.filter_map(|it| it.type_argument).next()).or(class.extends_argument)
}
