//! Regions: blocks, what they are part of, the names they declare, and the jumps out of them.

use serde::{Deserialize, Serialize};

use super::{ClassId, ExprId, FunctionId, Symbol};
use crate::source::Span;

/// An index into [`super::FileFacts::regions`]; region 0 is the module.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RegionId(pub u32);

/// An index into [`super::FileFacts::bindings`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BindingId(pub u32);

/// A stretch of code that is entered and left as one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Region {
    /// What it is part of.
    pub kind: RegionKind,
    /// The region around it; `None` for the module.
    pub parent: Option<RegionId>,
    /// Where it is.
    pub span: Span,
}

/// What a region is part of.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub enum RegionKind {
    /// The whole file.
    Module,
    /// Parameters and body of a function.
    Function(FunctionId),
    /// The body of a class.
    Class(ClassId),
    /// A loop: an index into [`super::FileFacts::loops`]. Its head and its body are both inside.
    Loop(u32),
    /// The branch of an `if` that runs when the test holds.
    Then {
        /// The condition.
        test: ExprId,
    },
    /// The branch that runs when it does not.
    Else {
        /// The condition.
        test: ExprId,
    },
    /// One `case` or `default` of a `switch`.
    Case {
        /// What the `switch` looks at.
        subject: ExprId,
    },
    /// The right side of `&&`, `||`, `??`, or a branch of `?:`.
    Branch {
        /// The left side, or the condition.
        test: ExprId,
    },
    /// The block after `try`.
    Try,
    /// A `catch` with its block, which belongs to the `try` region named.
    Catch {
        /// The region of the `try` block.
        body: RegionId,
        /// What is caught: the pattern, if it is bound at all.
        param: Option<ExprId>,
        /// Whether the block holds no statement.
        is_empty: bool,
        /// The block with its braces.
        block: Span,
        /// The text of the comments directly in a block of at most one statement, joined.
        comment: Option<Symbol>,
    },
    /// The block after `finally`, which belongs to the `try` region named.
    Finally {
        /// The region of the `try` block.
        body: RegionId,
    },
    /// Any other block.
    Block,
}

/// How a loop is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum LoopForm {
    /// `for (init; test; step)`.
    For,
    /// `for (x of xs)`.
    ForOf,
    /// `for await (x of xs)`.
    ForAwait,
    /// `for (k in o)`.
    ForIn,
    /// `while (test)`.
    While,
    /// `do … while (test)`.
    DoWhile,
}

/// One loop statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Loop {
    /// How it is written.
    pub form: LoopForm,
    /// The loop's region.
    pub region: RegionId,
    /// The whole statement.
    pub span: Span,
    /// The head: from the keyword to the closing parenthesis.
    pub head: Span,
    /// What a `for … of` or `for … in` runs over.
    pub subject: Option<ExprId>,
    /// The names that each round binds, as a pattern; for `for (;;)` the initialiser's names.
    pub element: Option<ExprId>,
    /// The test of `for`, `while` and `do`.
    pub test: Option<ExprId>,
    /// The step of `for`.
    pub step: Option<ExprId>,
}

/// How a name is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum BindingKind {
    /// `const`.
    Const,
    /// `let`.
    Let,
    /// `var`.
    Var,
    /// `using`, `await using`.
    Using,
    /// A parameter: its function and its position.
    Param(FunctionId, u32),
    /// A function's name.
    Function(FunctionId),
    /// A class's name.
    Class(ClassId),
    /// An import: an index into [`super::FileFacts::imports`] and one into its names.
    Import(u32, u32),
    /// What `catch` binds.
    Catch,
    /// A TypeScript interface or object type, as a class of fields.
    Shape(ClassId),
    /// A TypeScript `enum`, `namespace` or alias of a type.
    Other,
    /// A TypeScript `type`: no value has its name.
    Type,
}

/// One declared name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Binding {
    /// The name.
    pub name: Symbol,
    /// How it is declared.
    pub kind: BindingKind,
    /// The region whose scope it belongs to.
    pub region: RegionId,
    /// Where the name stands.
    pub span: Span,
    /// What the declaration initialises the whole pattern with.
    pub init: Option<ExprId>,
    /// The path from `init` to this name: empty for a plain name, `["a", "b"]` for `{ a: { b: name } }`; array positions
    /// are their decimal numbers, rest elements are `"..."`.
    pub path: Box<[Symbol]>,
    /// The default in its pattern.
    pub default: Option<ExprId>,
    /// The declared type's name, without arguments.
    pub type_name: Option<Symbol>,
    /// The first type argument's name.
    pub type_argument: Option<Symbol>,
    /// Where the loop that binds it takes its elements from.
    pub element_of: Option<ExprId>,
}

/// One write to a name, property or element.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Assignment {
    /// What is written to.
    pub target: ExprId,
    /// What is written.
    pub value: ExprId,
    /// The innermost region around it.
    pub region: RegionId,
}

/// A jump's keyword.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum JumpKind {
    /// `return`.
    Return,
    /// `throw`.
    Throw,
    /// `break`.
    Break,
    /// `continue`.
    Continue,
}

/// One jump statement.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Jump {
    /// Its keyword.
    pub kind: JumpKind,
    /// What is returned or thrown.
    pub value: Option<ExprId>,
    /// The innermost region around it.
    pub region: RegionId,
    /// The statement.
    pub span: Span,
}
