//! The lines of a source file that a code frame shows, made safe and cut to size around what is marked.
//!
//! Line numbers and columns stay those of the file. The frame's printer passes text on as it is and never cuts a line, so
//! everything that reaches it has been through here.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use miette::{LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents};
use unicode_width::UnicodeWidthStr;

use super::safe::push_safe;
use crate::source::{LineIndex, Span};

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

/// A marked range of an excerpt's text.
type Shown = (Range<usize>, Mark);

impl Excerpt {
    /// Cuts `source` around `marks` to lines of at most `columns`. Marks that lie too far right of another one on the same line to
    /// be shown with it are handed back; `lines_before` is for a `source` that is itself a part of a file.
    pub(super) fn cut(
        name: String,
        source: &str,
        lines_before: usize,
        marks: &[Mark],
        columns: usize,
    ) -> (Self, Vec<LabeledSpan>, Vec<Mark>) {
        let lines = LineIndex::new(source);
        let mut marked: BTreeMap<u32, Vec<&Mark>> = BTreeMap::new();
        for mark in marks {
            marked.entry(lines.line(mark.span.start.min(source.len() as u32))).or_default().push(mark);
        }
        let wanted: BTreeSet<u32> =
            marked.keys().flat_map(|line| line.saturating_sub(CONTEXT).max(1)..=line + CONTEXT).collect();
        let first = wanted.first().copied().unwrap_or(1);
        let mut excerpt = Self {
            name,
            text: String::new(),
            lines_before: lines_before + first as usize - 1,
            columns: BTreeMap::new(),
        };
        let (mut shown, mut left_over) = (Vec::new(), Vec::new());
        for line in first..=wanted.last().copied().unwrap_or(0) {
            // Lines between two frames are never shown, but they count.
            let span = if wanted.contains(&line) { lines.line_span(source, line) } else { Some(Span::new(0, 0)) };
            let Some(span) = span else { break };
            let window = Window { line: span.of(source).trim_end_matches(['\r', '\n']), start: span.start, columns };
            let on_line = marked.get(&line).map_or(&[][..], Vec::as_slice);
            window.show(on_line, &mut excerpt, &mut shown, &mut left_over);
            excerpt.text.push('\n');
        }
        (excerpt, labels(shown), left_over)
    }

    /// Wraps each label's note to the columns that remain right of its line.
    pub(super) fn fit_notes(&self, labels: &mut [LabeledSpan], columns: usize) {
        for label in labels {
            let line_start = self.text[..label.offset()].rfind('\n').map_or(0, |at| at + 1);
            let middle = label.offset() + label.len() / 2;
            let middle = (0..=middle).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(line_start);
            let room = columns.saturating_sub(self.text[line_start..middle].width() + 4).max(16);
            let note = label.label().map(|note| textwrap::fill(note, room));
            label.set_label(note);
        }
    }
}

/// One line of a file and how much of it may be shown.
struct Window<'a> {
    line: &'a str,
    start: u32,
    columns: usize,
}

impl Window<'_> {
    fn show(&self, marks: &[&Mark], excerpt: &mut Excerpt, shown: &mut Vec<Shown>, left_over: &mut Vec<Mark>) {
        let bytes = |mark: &Mark| {
            let at = |offset: u32| self.floor((offset.saturating_sub(self.start) as usize).min(self.line.len()));
            at(mark.span.start)..at(mark.span.end)
        };
        let focus = marks.iter().find(|it| it.primary).or(marks.first()).map_or(0, |it| bytes(it).start);
        let part = self.part(focus);
        let mut at_byte = BTreeMap::new();
        if part.start > 0 {
            excerpt.text.push('…');
        }
        for (at, character) in self.line[part.clone()].char_indices() {
            at_byte.insert(part.start + at, excerpt.text.len());
            push_safe(&mut excerpt.text, character);
        }
        at_byte.insert(part.end, excerpt.text.len());
        if part.end < self.line.len() {
            excerpt.text.push('…');
        }
        for mark in marks {
            let range = bytes(mark);
            match (at_byte.get(&range.start), at_byte.get(&range.end.min(part.end))) {
                (Some(&start), Some(&end)) => {
                    excerpt.columns.insert(start, self.line[..range.start].chars().count());
                    shown.push((start..end.max(start), (*mark).clone()));
                }
                _ => left_over.push((*mark).clone()),
            }
        }
    }

    /// The bytes of the line to show: all of it where it fits, otherwise a stretch that begins a little before the focus.
    fn part(&self, focus: usize) -> Range<usize> {
        let whole = self.forward(0, self.columns);
        if whole == self.line.len() {
            return 0..whole;
        }
        let room = self.columns.saturating_sub(2);
        let start = self.backward(focus, room / 3);
        start..self.forward(start, room)
    }

    fn forward(&self, from: usize, columns: usize) -> usize {
        from + fitting(self.line[from..].char_indices().map(|(at, it)| (at + it.len_utf8(), it)), columns)
    }

    fn backward(&self, from: usize, columns: usize) -> usize {
        from - fitting(self.line[..from].char_indices().rev().map(|(at, it)| (from - at, it)), columns)
    }

    fn floor(&self, offset: usize) -> usize {
        (0..=offset).rev().find(|at| self.line.is_char_boundary(*at)).unwrap_or(0)
    }
}

/// How far the characters may be followed, each with the distance behind it, before their safe forms outgrow the columns.
fn fitting(characters: impl Iterator<Item = (usize, char)>, columns: usize) -> usize {
    let (mut reached, mut used, mut form) = (0, 0, String::new());
    // Marks that take no column are bounded too: a line of them could be megabytes long.
    for (distance, character) in characters.take(columns * 4) {
        form.clear();
        push_safe(&mut form, character);
        used += form.width();
        if used > columns {
            break;
        }
        reached = distance;
    }
    reached
}

/// Labels that do not overlap: the printer can only underline side by side.
fn labels(mut shown: Vec<Shown>) -> Vec<LabeledSpan> {
    shown.sort_by_key(|(range, mark)| (range.start, range.end, !mark.primary));
    let mut apart: Vec<Shown> = Vec::new();
    for (mut range, mark) in shown {
        if let Some((before, noted)) = apart.last_mut() {
            if before.start == range.start && range.end > before.end && before.end > before.start {
                range.start = before.end;
            } else if before.start == range.start {
                *noted = joined(noted, &mark);
                continue;
            }
            before.end = before.end.min(range.start);
        }
        apart.push((range, mark));
    }
    let span = |range: Range<usize>| SourceSpan::new(range.start.into(), range.len());
    let label = |(range, mark): Shown| {
        let note = (!mark.note.is_empty()).then_some(mark.note);
        if mark.primary {
            LabeledSpan::new_primary_with_span(note, span(range))
        } else {
            LabeledSpan::new_with_span(note, span(range))
        }
    };
    apart.into_iter().map(label).collect()
}

fn joined(first: &Mark, second: &Mark) -> Mark {
    let notes: Vec<_> =
        [&first.note, &second.note].into_iter().filter(|it| !it.is_empty()).map(String::as_str).collect();
    Mark { span: first.span, note: notes.join("; "), primary: first.primary || second.primary }
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
        let named = if before == 0 && after == 0 { self.columns.range(..=span.offset()).next_back() } else { None };
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
