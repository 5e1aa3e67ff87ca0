//! One line of a file and how much of it may be shown: all of it where it fits, otherwise a stretch around what is marked.
//!
//! The work is proportional to what is shown, not to the line, which may be megabytes long.

use std::collections::BTreeMap;
use std::ops::Range;

use unicode_width::UnicodeWidthStr;

use super::excerpt::{Mark, NOTE, Shown};
use super::safe::push_safe;

/// A line, without its ending.
#[derive(Debug, Clone, Copy)]
pub(super) struct Window<'a> {
    pub(super) line: &'a str,
    /// Offset of the line in the file.
    pub(super) start: u32,
    /// Columns to show at most.
    pub(super) columns: usize,
    /// Stands where something was cut; one column.
    pub(super) gap: char,
}

impl Window<'_> {
    /// Appends the line to `text`; each of its marks ends among those shown or among those left over.
    pub(super) fn show(&self, marks: &[&Mark], text: &mut String, shown: &mut Vec<Shown>, left_over: &mut Vec<Mark>) {
        let focus = marks.iter().position(|it| it.primary).unwrap_or(0);
        let part = self.part(marks.get(focus).map_or(0, |mark| self.bytes(mark).start));
        let line_start = text.len();
        if part.start > 0 {
            text.push(self.gap);
        }
        let mut written = BTreeMap::new();
        for (at, character) in self.line[part.clone()].char_indices() {
            written.insert(part.start + at, text.len());
            push_source(text, character);
        }
        written.insert(part.end, text.len());
        if part.end < self.line.len() {
            text.push(self.gap);
        }
        for (index, mark) in marks.iter().enumerate() {
            let Range { start, end } = self.bytes(mark);
            let range = written.get(&start).zip(written.get(&end.min(part.end)));
            match range {
                Some((&from, &to)) if index == focus || text[line_start..from].width() + NOTE <= self.columns => {
                    let column = self.line[..start].chars().count();
                    shown.push(Shown { range: from..to.max(from), column, mark: (*mark).clone() });
                }
                _ => left_over.push((*mark).clone()),
            }
        }
    }

    /// The mark's bytes on this line; a mark of several lines ends with the first.
    fn bytes(&self, mark: &Mark) -> Range<usize> {
        let at = |offset: u32| {
            let offset = (offset.saturating_sub(self.start) as usize).min(self.line.len());
            (0..=offset).rev().find(|at| self.line.is_char_boundary(*at)).unwrap_or(0)
        };
        at(mark.span.start)..at(mark.span.end)
    }

    /// The bytes of the line to show.
    fn part(&self, focus: usize) -> Range<usize> {
        let whole = self.forward(0, self.columns);
        if whole == self.line.len() && self.forward(0, self.columns - NOTE) >= focus {
            return 0..whole;
        }
        // One column at either end says that something was cut.
        let room = self.columns - 2;
        let start = self.backward(focus, room / 3);
        start..self.forward(start, room)
    }

    fn forward(&self, from: usize, columns: usize) -> usize {
        from + fitting(self.line[from..].char_indices().map(|(at, it)| (at + it.len_utf8(), it)), columns)
    }

    fn backward(&self, from: usize, columns: usize) -> usize {
        from - fitting(self.line[..from].char_indices().rev().map(|(at, it)| (from - at, it)), columns)
    }
}

/// A tab becomes two spaces, so that indentation can still be seen.
fn push_source(text: &mut String, character: char) {
    if character == '\t' { text.push_str("  ") } else { push_safe(text, character) }
}

/// How far the characters may be followed, each with the distance behind it, before their safe forms outgrow the columns.
fn fitting(characters: impl Iterator<Item = (usize, char)>, columns: usize) -> usize {
    let (mut reached, mut used, mut form) = (0, 0, String::new());
    // Marks that take no column are bounded too: a line of them could be megabytes long.
    for (distance, character) in characters.take(columns * 4) {
        form.clear();
        push_source(&mut form, character);
        used += form.width();
        if used > columns {
            break;
        }
        reached = distance;
    }
    reached
}
