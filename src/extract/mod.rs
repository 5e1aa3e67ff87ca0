//! Syntax tree in, [`FileFacts`] out.
//!
//! One cursor walk, without recursion, so that nesting cannot overflow the stack. Entering a node opens regions; leaving it
//! turns the values of its children into its own. Names are resolved once the walk has seen every declaration. Extraction
//! reads one file and knows no other; it never fails: what it does not understand becomes [`crate::facts::ExprKind::Other`].

mod class;
mod comment;
mod expression;
mod function;
mod jsx;
mod kinds;
mod literal;
mod module;
mod names;
mod pattern;
mod resolve;
mod shape;
mod statement;
mod types;
mod walk;

use tree_sitter::Tree;

use crate::facts::FileFacts;
use crate::source::{Language, Span};

/// The facts of one parsed text; `errors` are the spans that could not be parsed.
#[must_use]
pub fn extract(text: &str, language: Language, tree: &Tree, errors: Vec<Span>) -> FileFacts {
    let mut facts = walk::walk(text, language, tree);
    resolve::resolve(&mut facts);
    facts.errors = errors;
    fit(&mut facts);
    facts
}

/// Moves the large tables to places of their own size: they grew by doubling, are kept until the end and grow no more. To
/// shrink them where they are would hardly do: an allocator gives back no less than half.
fn fit(facts: &mut FileFacts) {
    fn exact<T>(table: &mut Vec<T>) {
        let mut own = Vec::with_capacity(table.len());
        own.append(table);
        *table = own;
    }
    exact(&mut facts.names);
    exact(&mut facts.exprs);
    exact(&mut facts.calls);
    exact(&mut facts.functions);
    exact(&mut facts.regions);
    exact(&mut facts.bindings);
    exact(&mut facts.jumps);
}
