//! Imports and exports.

use serde::{Deserialize, Serialize};

use super::{BindingId, ExprId, Symbol};
use crate::source::Span;

/// How a module is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum ImportForm {
    /// `import … from "x"`, `import "x"`.
    Static,
    /// `import type … from "x"`.
    Type,
    /// `import("x")`.
    Dynamic,
    /// `require("x")`.
    Require,
}

/// One import of one module.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Import {
    /// The specifier as written.
    pub specifier: Symbol,
    /// How it is asked for.
    pub form: ImportForm,
    /// The names that it binds.
    pub names: Vec<ImportedName>,
    /// The whole statement or call.
    pub span: Span,
}

/// One imported name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ImportedName {
    /// The exported name: `default` for a default import, `*` for a namespace or a whole `require`.
    pub imported: Symbol,
    /// What it is called here.
    pub binding: BindingId,
    /// `import { type X }` or inside `import type`.
    pub is_type: bool,
}

/// Where an exported value comes from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub enum ExportSource {
    /// A name of this file.
    Local(BindingId),
    /// An expression: `export default expr`, `module.exports = expr`, `exports.x = expr`.
    Value(ExprId),
    /// A name of another module: `export { a as b } from "x"`, `export * as ns from "x"` with `*`.
    Module {
        /// The specifier as written.
        specifier: Symbol,
        /// The name there, or `*`.
        imported: Symbol,
    },
}

/// One exported name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Export {
    /// The name outside: `default` for the default, `*` for `export * from`; `export =` and a whole `module.exports` are
    /// `=`.
    pub name: Symbol,
    /// Where its value comes from.
    pub source: ExportSource,
    /// `export type`.
    pub is_type: bool,
    /// The statement.
    pub span: Span,
}
