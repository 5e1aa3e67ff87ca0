//! Foreign text made harmless: names, messages and source lines must not be able to drive a terminal.
//!
//! Control characters, escape sequences, bidirectional overrides and invisible separators become visible escapes. This module
//! changes nothing else: letters of any script, wide characters and joiners stay as they are.

use std::borrow::Cow;
use std::fmt::Write;

/// Whether a character could move the cursor, reorder the line, hide, or end the line.
#[must_use]
pub fn is_hazard(character: char) -> bool {
    character.is_control()
        || matches!(character,
            '\u{61c}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}'
            | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Appends one character: as it is, or as `\u{1b}`; line endings and tabs become one space.
pub(crate) fn push_safe(out: &mut String, character: char) {
    match character {
        '\t' | '\n' | '\r' => out.push(' '),
        hazard if is_hazard(hazard) => write!(out, "\\u{{{:x}}}", u32::from(hazard)).expect("a string takes all text"),
        other => out.push(other),
    }
}

/// The text on one line, without anything that a terminal would obey.
#[must_use]
pub fn safe(text: &str) -> Cow<'_, str> {
    if !text.chars().any(is_hazard) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        push_safe(&mut out, character);
    }
    Cow::Owned(out)
}

/// The same for text that keeps its lines.
#[must_use]
pub fn safe_lines(text: &str) -> String {
    text.lines().map(safe).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_terminal_would_obey_becomes_visible() {
        assert_eq!(safe("a\u{1b}[31mb"), "a\\u{1b}[31mb");
        assert_eq!(safe("\u{9b}2J\u{7}\u{202e}x\u{2066}"), "\\u{9b}2J\\u{7}\\u{202e}x\\u{2066}");
        assert_eq!(safe("a\r\nb\tc\0"), "a  b c\\u{0}");
        assert_eq!(safe("\u{2028}\u{feff}"), "\\u{2028}\\u{feff}");
    }

    #[test]
    fn everything_else_stays() {
        let text = "naïve 日本語 👩\u{200d}💻 — “quotes”";
        assert!(matches!(safe(text), Cow::Borrowed(same) if same == text));
    }
}
