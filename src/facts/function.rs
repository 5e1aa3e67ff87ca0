//! Functions, methods, arrows and accessors.

use serde::{Deserialize, Serialize};

use super::{BindingId, ClassId, ExprId, RegionId, Symbol};
use crate::source::Span;

/// An index into [`super::FileFacts::functions`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct FunctionId(pub u32);

/// What stands in a type's name before the type that a function of it is handed first: `(tx: T) => R` is `=> T`.
pub const HANDING: &str = "=> ";

/// What stands before the name of a function's type in the name of the list that such a function takes.
pub const PARAMETERS: &str = "Parameters ";

/// Stands in a type's name between a type and the name of one of its members: `Context["db"]` is `Context#db`.
pub const MEMBER: &str = "#";

/// The member of such a list that is what the function gives.
pub const GIVEN: &str = "()";

/// How a function is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FunctionForm {
    /// `function name() {}` as a statement.
    Declaration,
    /// `function () {}` as an expression.
    Expression,
    /// `() => …`.
    Arrow,
    /// A method of a class or object.
    Method,
    /// A class's constructor.
    Constructor,
    /// `get name() {}`.
    Getter,
    /// `set name(value) {}`.
    Setter,
}

/// One function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Function {
    /// Its own name, or that of the variable, property or field that it is assigned to.
    pub name: Option<Symbol>,
    /// How it is written.
    pub form: FunctionForm,
    /// The whole function.
    pub span: Span,
    /// The region that its parameters and body form.
    pub body: RegionId,
    /// The body's own span; an arrow's expression, or the block with its braces.
    pub body_span: Span,
    /// Parameters in order.
    pub params: Vec<Param>,
    /// The value of an expression-bodied arrow.
    pub value: Option<ExprId>,
    /// `async`.
    pub is_async: bool,
    /// The class that it is a member of.
    pub class: Option<ClassId>,
    /// `@Decorator(…)`s on it.
    pub decorators: Vec<ExprId>,
    /// Whether the body holds no statement and no expression.
    pub is_empty: bool,
    /// The text of the comments directly in a body of at most one statement, joined.
    pub comment: Option<Symbol>,
    /// The last segment of the return type's name, without arguments; that of `Promise<T>` is `T`.
    pub returns: Option<Symbol>,
}

/// One parameter.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Param {
    /// The binding of a plain parameter; `None` for a destructured one.
    pub binding: Option<BindingId>,
    /// The pattern, as an expression whose names are the bindings.
    pub pattern: ExprId,
    /// The default value.
    pub default: Option<ExprId>,
    /// The name of its type, without arguments: `Repository` of `Repository<User>`, `db.Client` with its dots.
    pub type_name: Option<Symbol>,
    /// The first type argument's name: `User` of `Repository<User>`.
    pub type_argument: Option<Symbol>,
    /// A parameter property (`private readonly db: Db`), that is, also a field.
    pub is_field: bool,
    /// `@Inject(…)` and other decorators on it.
    pub decorators: Vec<ExprId>,
}
