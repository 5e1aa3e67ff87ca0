//! One parse within a fixed amount of work, or none.
//!
//! Work is counted, not timed, so that the answer is the same everywhere. One kind of work cannot be counted from outside
//! (recovery from thousands of errors below thousands of open statements), so there is a clock as well; it is set so far out
//! that only text made to hurt reaches it.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::time::{Duration, Instant};

use tree_sitter::{ParseOptions, ParseState, Parser, Tree};

use crate::source::Language;

/// Parser operations between two progress reports of tree-sitter.
const OPERATIONS_PER_REPORT: usize = 100;
/// Real code needs up to 2.1 operations per byte, dense minified code included.
const OPERATIONS_PER_BYTE: usize = 3;
/// What any file may use, however short.
const FREE_OPERATIONS: usize = 1_000_000;
/// How much text the lexer is handed at a time.
const CHUNK: usize = 4096;
/// How often the lexer may read the text: real code is read up to twice, an unclosed comment in every line very often.
const READS_OF_THE_TEXT: usize = 16;
/// What any file may use, however short.
const FREE_READS: usize = 1000;
/// Open brackets within each other. Real code stays below 100; tree-sitter's own recursion overflows a small stack at some
/// 20,000.
const NESTING: usize = 5000;
/// Far beyond the longest parse of a real file, which takes less than half a second.
const PATIENCE: Duration = Duration::from_secs(10);

thread_local! {
    static PARSERS: RefCell<[Option<Parser>; 3]> = const { RefCell::new([None, None, None]) };
}

/// How much work may still be done for one file.
pub(super) struct Allowance {
    reports: Cell<usize>,
    reads: Cell<usize>,
    until: Instant,
}

impl Allowance {
    /// What a text of this length gets, `times` over.
    pub(super) fn of(length: usize, times: usize) -> Self {
        let reports = (FREE_OPERATIONS + OPERATIONS_PER_BYTE * length) / OPERATIONS_PER_REPORT;
        let reads = FREE_READS + READS_OF_THE_TEXT * (length / CHUNK);
        Self { reports: Cell::new(reports * times), reads: Cell::new(reads * times), until: Instant::now() + PATIENCE }
    }

    fn is_used_up(&self) -> bool {
        self.reports.get() == 0 || self.reads.get() == 0
    }

    fn use_one(of: &Cell<usize>) {
        of.set(of.get().saturating_sub(1));
    }
}

/// The tree of `text`; `None` where it asks for more work than is allowed.
pub(super) fn tree(text: &[u8], language: Language, allowance: &Allowance) -> Option<Tree> {
    if allowance.is_used_up() || nesting(text) > NESTING {
        return None;
    }
    PARSERS.with_borrow_mut(|parsers| {
        let parser = parsers[language as usize].get_or_insert_with(|| parser(language));
        let tree = bounded(parser, text, allowance);
        if tree.is_none() {
            parser.reset();
        }
        tree
    })
}

fn parser(language: Language) -> Parser {
    let grammar = match language {
        Language::JavaScript => tree_sitter_javascript::LANGUAGE,
        Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT,
        Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX,
    };
    let mut parser = Parser::new();
    parser.set_language(&grammar.into()).expect("the grammars are built for this version of tree-sitter");
    parser
}

fn bounded(parser: &mut Parser, text: &[u8], allowance: &Allowance) -> Option<Tree> {
    let mut progress = |_: &ParseState| {
        Allowance::use_one(&allowance.reports);
        let is_over = allowance.is_used_up() || Instant::now() > allowance.until;
        if is_over { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    // Lexing is not counted as an operation, and one token may read to the end of the text. Once the reads are used up
    // the text seems to end, so that the next report comes soon.
    let mut read = |at: usize, _| {
        Allowance::use_one(&allowance.reads);
        if allowance.reads.get() == 0 || at >= text.len() { &[][..] } else { &text[at..text.len().min(at + CHUNK)] }
    };
    let options = ParseOptions::new().progress_callback(&mut progress);
    let tree = parser.parse_with_options(&mut read, None, Some(options))?;
    (allowance.reads.get() > 0).then_some(tree)
}

/// No fewer brackets than are open at once, strings and comments taken as code: cheap, and exact enough for a bound this far out.
fn nesting(text: &[u8]) -> usize {
    // Hardly any text has that many brackets at all, and to count them takes a fraction of the time.
    let opened = text.iter().filter(|it| matches!(it, b'(' | b'[' | b'{')).count();
    if opened <= NESTING {
        return opened;
    }
    let (mut depth, mut deepest) = (0usize, 0);
    for byte in text {
        match byte {
            b'(' | b'[' | b'{' => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}
