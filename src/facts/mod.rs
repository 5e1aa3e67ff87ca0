//! What one file says, as owned data: no opinion, no grammar node, no path, no catalog entry.
//!
//! A file becomes tables that point into each other by index: [`Expr`]s, [`Call`]s, [`Function`]s, [`Class`]es, [`Region`]s,
//! [`Binding`]s, imports and exports. Rules and the project ask these tables; the syntax tree is gone by then. Facts say what
//! the syntax says ("awaited", "in the body of loop 3", "bound to import 2"), never whether that is bad.

mod class;
mod expr;
mod function;
mod ignore;
mod module;
mod region;

pub use class::{Class, ClassId, Member, MemberKind};
pub use expr::{Call, CallForm, CallId, Element, Expr, ExprId, ExprKind, Operator, Prop, PropKey};
pub use function::{Function, FunctionForm, FunctionId, GIVEN, HANDING, MEMBER, PARAMETERS, Param};
pub use ignore::Ignore;
pub use module::{Export, ExportSource, Import, ImportForm, ImportedName};
pub use region::{
    Assignment, Binding, BindingId, BindingKind, Jump, JumpKind, Loop, LoopForm, Region, RegionId, RegionKind,
};

use serde::{Deserialize, Serialize};

use crate::source::Span;

/// An interned name: an index into [`FileFacts::names`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Symbol(pub u32);

/// Everything that one file says.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct FileFacts {
    /// Interned names and string contents.
    pub names: Vec<Box<str>>,
    /// Expressions, children before parents.
    pub exprs: Vec<Expr>,
    /// Calls, constructions and tagged templates.
    pub calls: Vec<Call>,
    /// Functions, methods, arrows and accessors.
    pub functions: Vec<Function>,
    /// Classes.
    pub classes: Vec<Class>,
    /// Blocks and what they are part of; the first is the module itself.
    pub regions: Vec<Region>,
    /// Loops of every syntactic form.
    pub loops: Vec<Loop>,
    /// Declared names.
    pub bindings: Vec<Binding>,
    /// `target = value` in every form, with what the target is.
    pub assignments: Vec<Assignment>,
    /// `return`, `throw`, `break`, `continue`.
    pub jumps: Vec<Jump>,
    /// `import`s and `require`s.
    pub imports: Vec<Import>,
    /// `export`s and `module.exports`.
    pub exports: Vec<Export>,
    /// `atlas-ignore` comments.
    pub ignores: Vec<Ignore>,
    /// Directive prologues of the module, for example `use client`.
    pub directives: Vec<Symbol>,
    /// Spans of syntax that could not be parsed.
    pub errors: Vec<Span>,
}

impl FileFacts {
    /// The text of an interned name.
    #[must_use]
    pub fn name(&self, symbol: Symbol) -> &str {
        &self.names[symbol.0 as usize]
    }

    /// An expression.
    #[must_use]
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.0 as usize]
    }

    /// A call.
    #[must_use]
    pub fn call(&self, id: CallId) -> &Call {
        &self.calls[id.0 as usize]
    }

    /// A function.
    #[must_use]
    pub fn function(&self, id: FunctionId) -> &Function {
        &self.functions[id.0 as usize]
    }

    /// A class.
    #[must_use]
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.0 as usize]
    }

    /// A region.
    #[must_use]
    pub fn region(&self, id: RegionId) -> &Region {
        &self.regions[id.0 as usize]
    }

    /// A binding.
    #[must_use]
    pub fn binding(&self, id: BindingId) -> &Binding {
        &self.bindings[id.0 as usize]
    }

    /// Every call with its id.
    pub fn calls(&self) -> impl Iterator<Item = (CallId, &Call)> {
        self.calls.iter().enumerate().map(|(index, call)| (CallId(index as u32), call))
    }

    /// The expressions within a span, children before parents.
    pub fn within(&self, span: Span) -> impl Iterator<Item = (ExprId, &Expr)> {
        // Expressions are numbered as they end, so those that end in the span stand together.
        let first = self.exprs.partition_point(|it| it.span.end <= span.start);
        let numbered = self.exprs[first..].iter().enumerate().take_while(move |(_, it)| it.span.end <= span.end);
        numbered.filter(move |(_, it)| span.contains(it.span)).map(move |(at, it)| (ExprId((first + at) as u32), it))
    }

    /// The bindings that a span refers to, in order and with repetitions.
    pub fn references(&self, span: Span) -> impl Iterator<Item = BindingId> {
        self.within(span).filter_map(|(_, it)| match it.kind {
            ExprKind::Local(binding) => Some(binding),
            _ => None,
        })
    }

    /// Whether a region is another one or lies within it.
    #[must_use]
    pub fn is_inside(&self, region: RegionId, outer: RegionId) -> bool {
        self.regions_out(region).any(|(id, _)| id == outer)
    }

    /// A region and those around it, innermost first.
    pub fn regions_out(&self, from: RegionId) -> impl Iterator<Item = (RegionId, &Region)> {
        std::iter::successors(Some(from), |id| self.region(*id).parent).map(|id| (id, self.region(id)))
    }

    /// The expression that a function is, if it is one: an arrow, a function expression, a method of an object.
    #[must_use]
    pub fn function_expr(&self, function: FunctionId) -> Option<ExprId> {
        let at = self.exprs.iter().position(|it| it.kind == ExprKind::Function(function))?;
        Some(ExprId(at as u32))
    }

    /// Whether an expression is `null` or `undefined`.
    #[must_use]
    pub fn is_nothing(&self, expr: ExprId) -> bool {
        matches!(self.expr(expr).kind, ExprKind::Null | ExprKind::Undefined)
    }

    /// The innermost function whose body holds a region; `None` at module level.
    #[must_use]
    pub fn function_of(&self, region: RegionId) -> Option<FunctionId> {
        self.regions_out(region).find_map(|(_, region)| match region.kind {
            RegionKind::Function(function) => Some(function),
            _ => None,
        })
    }
}
