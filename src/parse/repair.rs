//! Parses a broken text again with stand-ins for what the grammar lacks, and keeps what helps.
//!
//! Stand-ins have the length of what they replace and keep its line ends, so offsets hold. Only rows that an error touches
//! are changed, and a change is kept only if fewer errors remain.

use std::ops::Range;

use tree_sitter::Tree;

use super::budget::{self, Allowance};
use super::{errors, gaps};
use crate::source::{Language, Span};

/// An error may hide the next one, so a file is gone over several times.
const ROUNDS: usize = 4;
/// Rows above an error that may hold its cause: a list may open on one line and trip the grammar where it closes.
const ABOVE: usize = 2;
/// How many times the work of one parse all attempts may do together.
const EFFORT: usize = 6;
/// More errors than this are no gap in a grammar.
const ERRORS: usize = 2000;

/// The tree and the remaining errors of `text` with stand-ins; `None` where none of them helps.
pub(super) fn repaired(text: &[u8], language: Language, errors: &[Span]) -> Option<(Tree, Vec<Span>)> {
    if errors.len() > ERRORS {
        return None;
    }
    let allowance = Allowance::of(text.len(), EFFORT);
    let mut best: Option<Attempt> = None;
    for _ in 0..ROUNDS {
        let (bytes, errors) = match &best {
            Some(attempt) => (attempt.bytes.as_slice(), attempt.errors.as_slice()),
            None => (text, errors),
        };
        if errors.is_empty() {
            break;
        }
        // The narrowest change first: only the rows with errors, then those above as well; all gaps, then each alone.
        let choices = || std::iter::once(gaps::GAPS).chain(gaps::GAPS.chunks(1));
        let better = [0, ABOVE].iter().find_map(|above| {
            let rows = rows(bytes, errors, *above);
            choices().find_map(|gaps| attempt(bytes, language, errors, &rows, gaps, &allowance))
        });
        let Some(better) = better else { break };
        best = Some(better);
    }
    best.map(|attempt| (attempt.tree, attempt.errors))
}

/// A text under repair.
pub(super) struct Draft {
    bytes: Vec<u8>,
}

impl Draft {
    /// A text that nothing has been done to.
    pub(super) fn of(text: &str) -> Self {
        Self { bytes: text.as_bytes().to_vec() }
    }

    /// The text as it stands.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The text as it was left.
    pub(super) fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Replaces a range by spaces.
    pub(super) fn blank(&mut self, range: Range<usize>) {
        self.write(range, "");
    }

    /// Replaces a range by one name; what lies beyond its first line becomes blank.
    pub(super) fn name(&mut self, range: Range<usize>) {
        let line =
            self.bytes[range.clone()].iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(range.len());
        self.write(range, &"_".repeat(line));
    }

    /// Replaces a range by `words` and spaces, line ends kept.
    pub(super) fn write(&mut self, range: Range<usize>, words: &str) {
        let fill = words.bytes().chain(std::iter::repeat(b' '));
        for (byte, with) in self.bytes[range].iter_mut().zip(fill) {
            if !matches!(byte, b'\n' | b'\r') {
                *byte = with;
            }
        }
    }
}

struct Attempt {
    bytes: Vec<u8>,
    tree: Tree,
    errors: Vec<Span>,
}

/// The text with some gaps' stand-ins on the given rows, parsed; `None` where that is no better.
fn attempt(
    bytes: &[u8],
    language: Language,
    before: &[Span],
    rows: &[Range<usize>],
    gaps: &[gaps::Gap],
    allowance: &Allowance,
) -> Option<Attempt> {
    let mut draft = Draft { bytes: bytes.to_vec() };
    for rows in rows {
        for gap in gaps {
            gap.fill(&mut draft, rows.clone());
        }
    }
    if draft.bytes == bytes {
        return None;
    }
    let tree = budget::tree(&draft.bytes, language, allowance)?;
    let errors = errors(tree.root_node());
    (cost(&errors) < cost(before)).then_some(Attempt { bytes: draft.bytes, tree, errors })
}

/// Fewer and shorter errors cost less.
pub(super) fn cost(errors: &[Span]) -> u64 {
    errors.iter().map(|error| 1 + u64::from(error.end - error.start)).sum()
}

/// The whole lines that errors touch with some above, joined where they meet.
fn rows(bytes: &[u8], errors: &[Span], above: usize) -> Vec<Range<usize>> {
    let mut rows: Vec<Range<usize>> = Vec::new();
    for error in errors {
        let (start, end) = (error.start as usize, error.end as usize);
        let read_to = rows.last().map_or(0, |last| last.end);
        if end < read_to {
            continue;
        }
        let read_to = read_to.min(start);
        let start =
            memchr::memrchr_iter(b'\n', &bytes[read_to..start]).nth(above).map_or(read_to, |at| read_to + at + 1);
        let end = memchr::memchr(b'\n', &bytes[end..]).map_or(bytes.len(), |at| end + at + 1);
        match rows.last_mut() {
            Some(last) if start <= last.end => last.end = end,
            _ => rows.push(start..end),
        }
    }
    rows
}
