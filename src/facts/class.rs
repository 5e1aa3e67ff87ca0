//! Classes and their members.

use serde::{Deserialize, Serialize};

use super::{BindingId, BindingKind, ExprId, FileFacts, FunctionId, Symbol};
use crate::source::Span;

/// An index into [`super::FileFacts::classes`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ClassId(pub u32);

/// One class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Class {
    /// Its own name, or that of the variable that it is assigned to.
    pub name: Option<Symbol>,
    /// The binding that its name declares.
    pub binding: Option<BindingId>,
    /// What it extends.
    pub extends: Option<ExprId>,
    /// The first type argument of what it extends: `User` of `extends Repository<User>`.
    pub extends_argument: Option<Symbol>,
    /// What it says that it implements.
    pub implements: Vec<ExprId>,
    /// `abstract class`, and every interface and object type.
    pub is_abstract: bool,
    /// The whole class.
    pub span: Span,
    /// Methods, fields and accessors in order.
    pub members: Vec<Member>,
    /// `@Decorator(…)`s on it.
    pub decorators: Vec<ExprId>,
}

/// One member of a class.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Member {
    /// Its name; private names keep their `#`, computed ones have none.
    pub name: Option<Symbol>,
    /// Field or method.
    pub kind: MemberKind,
    /// `static`.
    pub is_static: bool,
    /// A field's declared type name, without arguments.
    pub type_name: Option<Symbol>,
    /// The first type argument's name.
    pub type_argument: Option<Symbol>,
    /// `@Decorator(…)`s on it.
    pub decorators: Vec<ExprId>,
}

/// What a member is.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum MemberKind {
    /// A field with its initial value.
    Field(Option<ExprId>),
    /// A method, accessor or constructor.
    Method(FunctionId),
}

impl FileFacts {
    /// The expressions that are names of types: what interfaces extend and classes implement.
    pub fn named_types(&self) -> impl Iterator<Item = ExprId> {
        let is_shape = |it: BindingId| matches!(self.binding(it).kind, BindingKind::Shape(_));
        let bases = self.classes.iter().filter(move |it| it.binding.is_some_and(is_shape)).filter_map(|it| it.extends);
        bases.chain(self.classes.iter().flat_map(|it| it.implements.iter().copied()))
    }
}
