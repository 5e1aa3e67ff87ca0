//! The lines of a source file that a code frame shows, made safe and cut to size around what is marked.
//!
//! Line numbers and columns stay those of the file. The frame's printer passes text on as it is and never cuts a line, so
//! everything that reaches it has been through here.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthStr;

use super::Look;
use super::safe::safe;
use super::window::Window;
use crate::source::{LineIndex, Position, Span};

/// Columns that line numbers and borders take at most.
const GUTTER: usize = 10;
/// Columns that a note needs right of the middle of its mark: the line that leads to it and a short word.
pub(super) const NOTE: usize = 12;
/// Lines kept around a marked line; the printer shows one of them, and two where frames join.
const CONTEXT: u32 = 2;

/// A range of the file and what to write under it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Mark {
    /// Bytes in the file.
    pub(super) span: Span,
    /// Safe text on one line; may be empty.
    pub(super) note: String,
    /// Whether the frame's heading names this place.
    pub(super) primary: bool,
}

/// A marked range of an excerpt's text, and the column in the file, from 0, at which it begins.
#[derive(Debug, Clone)]
pub(super) struct Shown {
    pub(super) range: Range<usize>,
    pub(super) column: usize,
    pub(super) mark: Mark,
}

/// A part of a file, ready to be shown.
#[derive(Debug)]
pub(super) struct Excerpt {
    name: String,
    text: String,
    /// Number of lines before the first one of `text`.
    lines_before: usize,
    /// Column in the file, from 0, of each marked offset in `text`.
    columns: BTreeMap<usize, usize>,
}

/// An excerpt with what is marked in it.
#[derive(Debug)]
pub(super) struct Cut {
    pub(super) excerpt: Excerpt,
    pub(super) labels: Vec<LabeledSpan>,
    /// Marks that lie too far right of another one on the same line to be shown with it.
    pub(super) left_over: Vec<Mark>,
}

/// Cuts `source` around `marks` to the width; `lines_before` is for a `source` that is itself a part of a file.
pub(super) fn cut(path: &str, source: &str, lines_before: usize, marks: &[Mark], look: Look) -> Cut {
    let columns = look.width.saturating_sub(GUTTER).max(2 * NOTE);
    let lines = LineIndex::new(source);
    let mut marked: BTreeMap<u32, Vec<&Mark>> = BTreeMap::new();
    for mark in marks {
        marked.entry(lines.line(mark.span.start.min(source.len() as u32))).or_default().push(mark);
    }
    let wanted: BTreeSet<u32> =
        marked.keys().flat_map(|line| line.saturating_sub(CONTEXT).max(1)..=line + CONTEXT).collect();
    let first = wanted.first().copied().unwrap_or(1);
    let (mut text, mut shown, mut left_over) = (String::new(), Vec::new(), Vec::new());
    for line in first..=wanted.last().copied().unwrap_or(0) {
        // Lines between two frames are never shown, but they count.
        let span = if wanted.contains(&line) { lines.line_span(source, line) } else { Some(Span::new(0, 0)) };
        let Some(span) = span else { break };
        let on_line = marked.get(&line).map_or(&[][..], Vec::as_slice);
        if span.start as usize == source.len() && line > 1 && on_line.is_empty() {
            // The end of the last line is not one more line.
            break;
        }
        let window = Window {
            line: span.of(source).trim_end_matches(['\r', '\n']),
            start: span.start,
            columns,
            gap: look.pick('~', '…'),
        };
        window.show(on_line, &mut text, &mut shown, &mut left_over);
        text.push('\n');
    }
    let named = marks.iter().find(|mark| mark.primary).or(marks.first());
    let named = named.map(|mark| lines.position(source, mark.span.start));
    let name = name(path, lines_before, named, look);
    let columns_of = shown.iter().map(|it| (it.range.start, it.column)).collect();
    let labels = apart(shown).into_iter().map(|it| label(it, &text, columns)).collect();
    let lines_before = lines_before + first as usize - 1;
    Cut { excerpt: Excerpt { name, text, lines_before, columns: columns_of }, labels, left_over }
}

/// The file's name in the columns that its line and column leave.
fn name(path: &str, lines_before: usize, named: Option<Position>, look: Look) -> String {
    let Position { line, column } = named.unwrap_or(Position { line: 1, column: 1 });
    let digits = |number: usize| number.to_string().len();
    let line = lines_before + line as usize;
    // The gutter is as wide as the number of a line shown below.
    let taken = digits(line + CONTEXT as usize) + digits(line) + digits(column as usize) + "  ╭─[::]".chars().count();
    look.cut_front(&safe(path), look.width.saturating_sub(taken).max(NOTE))
}

/// Marks that do not overlap: the printer can only underline side by side.
fn apart(mut shown: Vec<Shown>) -> Vec<Shown> {
    shown.sort_by_key(|it| (it.range.start, it.range.end, !it.mark.primary));
    let mut apart: Vec<Shown> = Vec::new();
    for mut next in shown {
        match apart.last_mut() {
            Some(last) if last.range.start < next.range.start => last.range.end = last.range.end.min(next.range.start),
            Some(last) if last.range.is_empty() || next.range.end <= last.range.end => {
                join(&mut last.mark, next.mark);
                continue;
            }
            // The longer of two that begin together keeps what the shorter leaves.
            Some(last) => next.range.start = last.range.end,
            None => {}
        }
        apart.push(next);
    }
    apart
}

fn join(mark: &mut Mark, other: Mark) {
    if !mark.note.is_empty() && !other.note.is_empty() {
        mark.note.push_str("; ");
    }
    mark.note.push_str(&other.note);
    mark.primary |= other.primary;
}

/// A label whose note is wrapped to the columns that remain right of the middle of its mark.
fn label(shown: Shown, text: &str, columns: usize) -> LabeledSpan {
    let Shown { mut range, mark, .. } = shown;
    let line_start = text[..range.start].rfind('\n').map_or(0, |at| at + 1);
    let before = text[line_start..range.start].width();
    let middle = |range: &Range<usize>| before + text[range.clone()].width() / 2;
    while middle(&range) + NOTE > columns && !range.is_empty() {
        let last = text[range.clone()].chars().next_back().map_or(1, char::len_utf8);
        range.end -= last;
    }
    let room = columns.saturating_sub(middle(&range) + "╰─┤ ".chars().count()).max(NOTE / 2);
    let note = (!mark.note.is_empty()).then(|| textwrap::fill(&mark.note, room));
    let span = SourceSpan::new(range.start.into(), range.len());
    if mark.primary { LabeledSpan::new_primary_with_span(note, span) } else { LabeledSpan::new_with_span(note, span) }
}

impl SourceCode for Excerpt {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let part = self.text.read_span(span, before, after)?;
        // Without context, the printer asks in order to name the place in the frame's heading.
        let asks_for_name = before == 0 && after == 0;
        let named = self.columns.range(..=span.offset()).next_back().filter(|_| asks_for_name);
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            part.data(),
            *part.span(),
            part.line() + self.lines_before,
            named.map_or(part.column(), |(_, column)| *column),
            part.line_count(),
        )))
    }
}
