//! Classes and their members.

use serde::{Deserialize, Serialize};

use super::{BindingId, ExprId, FunctionId, Symbol};
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
