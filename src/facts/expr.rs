//! Expressions and calls.

use serde::{Deserialize, Serialize};

use super::{BindingId, ClassId, FunctionId, RegionId, Symbol};
use crate::source::Span;

/// An index into [`super::FileFacts::exprs`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExprId(pub u32);

/// An index into [`super::FileFacts::calls`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CallId(pub u32);

/// One expression. Parentheses, `as`, `satisfies` and `!` leave no trace.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Expr {
    /// What it is.
    pub kind: ExprKind,
    /// Where it is.
    pub span: Span,
    /// The innermost region around it.
    pub region: RegionId,
}

/// What an expression is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ExprKind {
    /// A reference to a name declared in this file.
    Local(BindingId),
    /// A reference to a name that this file does not declare.
    Global(Symbol),
    /// `this`.
    This,
    /// `super`.
    Super,
    /// A string, or a template without substitutions.
    Str(Symbol),
    /// A number; `BigInt`s are rounded.
    Num(f64),
    /// `true` or `false`.
    Bool(bool),
    /// `null`.
    Null,
    /// `undefined` or `void …`.
    Undefined,
    /// A regular expression.
    Regex,
    /// A template with substitutions: the texts around them, and the substitutions.
    Template {
        /// The literal pieces, joined by `\u{0}` where a substitution stood.
        text: Symbol,
        /// The substitutions in order.
        parts: Box<[ExprId]>,
    },
    /// `object.property` or `object?.property`; private names keep their `#`.
    Member {
        /// What the property is read from.
        object: ExprId,
        /// The property's name.
        property: Symbol,
    },
    /// `object[index]`; a constant string index is a `Member`.
    Index {
        /// What is indexed.
        object: ExprId,
        /// The index.
        index: ExprId,
    },
    /// A call, construction or tagged template.
    Call(CallId),
    /// `await operand`.
    Await(ExprId),
    /// `yield operand`, `yield* operand`.
    Yield(Option<ExprId>),
    /// `...operand`.
    Spread(ExprId),
    /// A prefix or postfix operator other than those above, with its operand.
    Unary(Operator, ExprId),
    /// A binary or logical operator with its operands.
    Binary(Operator, ExprId, ExprId),
    /// `target = value`, also with an operator such as `??=`.
    Assign {
        /// What is written to.
        target: ExprId,
        /// The right-hand side.
        value: ExprId,
        /// `Operator::Assign` for a plain `=`.
        operator: Operator,
    },
    /// `test ? yes : no`.
    Cond {
        /// The condition.
        test: ExprId,
        /// If true.
        yes: ExprId,
        /// If false.
        no: ExprId,
    },
    /// `a, b, c`.
    Sequence(Box<[ExprId]>),
    /// An object literal, or an object pattern.
    Object(Box<[Prop]>),
    /// An array literal or array pattern; holes are left out.
    Array(Box<[ExprId]>),
    /// A function, arrow or method.
    Function(FunctionId),
    /// A class.
    Class(ClassId),
    /// A JSX element; in a box, since it is rare and would make every expression half as large again.
    Jsx(Box<Element>),
    /// Anything else, with the expressions directly inside it.
    Other(Box<[ExprId]>),
}

/// What a JSX element holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Element {
    /// The element's name: a reference for a component, a string for a host element, nothing for a fragment.
    pub tag: Option<ExprId>,
    /// Its attributes.
    pub props: Box<[Prop]>,
    /// Elements and expressions between its tags.
    pub children: Box<[ExprId]>,
}

/// One entry of an object literal, object pattern or JSX attribute list.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Prop {
    /// Its key.
    pub key: PropKey,
    /// Its value; for a shorthand the reference itself, for a bare JSX attribute `true`.
    pub value: ExprId,
}

/// The key of a [`Prop`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum PropKey {
    /// A constant name.
    Name(Symbol),
    /// `[expression]`.
    Computed(ExprId),
    /// `...spread`; the prop's value is what is spread.
    Spread,
}

/// Operators that somebody asks about; the rest are `Other`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Operator {
    /// `=`.
    Assign,
    /// `||`, `||=`.
    Or,
    /// `&&`, `&&=`.
    And,
    /// `??`, `??=`.
    Coalesce,
    /// `+`, `+=`, `++`.
    Add,
    /// `-`, `-=`, `--`.
    Subtract,
    /// `*`, `*=`.
    Multiply,
    /// `/`, `/=`.
    Divide,
    /// `<`, `<=`, `>`, `>=`.
    Compare,
    /// `==`, `===`.
    Equal,
    /// `!=`, `!==`.
    Unequal,
    /// `!`.
    Not,
    /// Any other.
    Other,
}

/// How a call is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum CallForm {
    /// `callee(args)`.
    Call,
    /// `new callee(args)`.
    New,
    /// ``callee`…` ``; the arguments are the substitutions.
    Tag,
    /// `import(specifier)`.
    Import,
}

/// A call, construction or tagged template.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// How it is written.
    pub form: CallForm,
    /// What is called; for a method call a [`ExprKind::Member`].
    pub callee: ExprId,
    /// The arguments; spreads stay [`ExprKind::Spread`].
    pub args: Box<[ExprId]>,
    /// The expression that this call is.
    pub expr: ExprId,
    /// The whole call.
    pub span: Span,
    /// The called name alone: the property of a member, or the name itself; where findings are anchored.
    pub name_span: Span,
    /// The innermost region around it.
    pub region: RegionId,
    /// Whether it is `await`ed, directly or as the head of a chain that is.
    pub awaited: bool,
    /// Text of a tagged template, pieces joined by `\u{0}`.
    pub text: Option<Symbol>,
    /// The name of its first type argument.
    pub type_argument: Option<Symbol>,
}
