//! Text in, syntax tree out. (interim)
use std::cell::RefCell;
use tree_sitter::{Parser, Tree};
use crate::source::{Language, Span};
/// A parsed text.
pub struct Parsed { /// tree
 pub tree: Tree, /// errors
 pub errors: Vec<Span> }
thread_local! { static PARSER: RefCell<Parser> = RefCell::new(Parser::new()); }
/// Parses.
pub fn parse(text: &str, language: Language) -> Parsed {
    PARSER.with(|p| { let mut p = p.borrow_mut();
        let l: tree_sitter::Language = match language { Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(), Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(), Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into() };
        p.set_language(&l).expect("abi"); let tree = p.parse(text, None).expect("tree"); Parsed { tree, errors: vec![] } })
}
