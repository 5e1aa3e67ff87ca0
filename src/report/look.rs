//! What the output may look like: how wide, in color or not, with which characters.
//!
//! Where something is printed is decided here and nowhere else. Nothing here knows what is printed.

use std::io::IsTerminal;

use anstyle::{AnsiColor, Style};
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::finding::Severity;

/// When to use color.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Color {
    /// On a terminal that does not ask otherwise.
    #[default]
    Auto,
    /// Also into a pipe.
    Always,
    /// Nowhere.
    Never,
}

/// How text is laid out and painted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Look {
    /// Columns per line.
    pub width: usize,
    /// Whether escape sequences for color may be written.
    pub color: bool,
    /// Whether characters beyond ASCII may be written.
    pub unicode: bool,
}

impl Look {
    /// For pipes and files: the same on every machine.
    pub const PLAIN: Self = Self { width: 100, color: false, unicode: true };

    /// For standard output as it is.
    #[must_use]
    pub fn stdout(color: Color) -> Self {
        Self::of(color, &std::io::stdout(), terminal_size::terminal_size_of(std::io::stdout()))
    }

    /// For standard error as it is.
    #[must_use]
    pub fn stderr(color: Color) -> Self {
        Self::of(color, &std::io::stderr(), terminal_size::terminal_size_of(std::io::stderr()))
    }

    fn of(color: Color, stream: &impl IsTerminal, size: Option<(terminal_size::Width, terminal_size::Height)>) -> Self {
        let on_terminal = stream.is_terminal();
        let env = |name: &str| std::env::var(name).ok();
        let width = match size {
            Some((width, _)) if on_terminal => usize::from(width.0).clamp(40, 120),
            _ => Self::PLAIN.width,
        };
        let dumb = env("TERM").is_some_and(|term| term == "dumb");
        let unicode = !on_terminal || (!dumb && supports_unicode::supports_unicode());
        Self { width, color: colored(color, on_terminal, env), unicode }
    }

    /// The first where only ASCII may be written, else the second.
    #[must_use]
    pub fn pick<T>(self, ascii: T, unicode: T) -> T {
        if self.unicode { unicode } else { ascii }
    }

    /// What stands for text left out.
    #[must_use]
    pub fn ellipsis(self) -> &'static str {
        self.pick("...", "…")
    }

    /// Paints text, where color is wanted.
    #[must_use]
    pub fn paint(self, style: Style, text: &str) -> String {
        if self.color { format!("{style}{text}{style:#}") } else { text.to_owned() }
    }

    /// Headings.
    #[must_use]
    pub fn bold(self, text: &str) -> String {
        self.paint(Style::new().bold(), text)
    }

    /// Asides.
    #[must_use]
    pub fn dim(self, text: &str) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    /// Text in the color of a severity.
    #[must_use]
    pub fn severity(self, severity: Severity, text: &str) -> String {
        let color = match severity {
            Severity::P0 => AnsiColor::Red,
            Severity::P1 => AnsiColor::Magenta,
            Severity::P2 => AnsiColor::Yellow,
            Severity::P3 => AnsiColor::Cyan,
        };
        self.paint(Style::new().bold().fg_color(Some(color.into())), text)
    }

    /// The text's beginning in at most so many columns.
    #[must_use]
    pub fn cut(self, text: &str, columns: usize) -> String {
        if text.width() <= columns {
            return text.to_owned();
        }
        let room = columns.saturating_sub(self.ellipsis().width());
        let mut out = take_columns(text.chars(), room);
        out.push_str(self.ellipsis());
        out
    }

    /// The text's end in at most so many columns: for paths, whose end says most.
    #[must_use]
    pub fn cut_front(self, text: &str, columns: usize) -> String {
        if text.width() <= columns {
            return text.to_owned();
        }
        let room = columns.saturating_sub(self.ellipsis().width());
        let backwards = take_columns(text.chars().rev(), room);
        format!("{}{}", self.ellipsis(), backwards.chars().rev().collect::<String>())
    }

    /// Wraps text with an indent before the first line and another before the rest; commands and paths stay whole where they fit.
    #[must_use]
    pub fn wrap(self, text: &str, first: &str, rest: &str) -> String {
        let options = textwrap::Options::new(self.width).initial_indent(first).subsequent_indent(rest);
        let spaces_only = options
            .word_separator(textwrap::WordSeparator::AsciiSpace)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        textwrap::fill(text, spaces_only)
    }
}

fn take_columns(characters: impl Iterator<Item = char>, columns: usize) -> String {
    let mut left = columns;
    // Marks that take no column are bounded too: a line of them could be megabytes long.
    let bounded = characters.take(columns * 4);
    bounded
        .take_while(|character| {
            let width = character.width().unwrap_or(0);
            let fits = width <= left;
            left = left.saturating_sub(width);
            fits
        })
        .collect()
}

/// The flag decides; then `NO_COLOR`, then `CLICOLOR_FORCE`, then `TERM` and whether this is a terminal.
fn colored(flag: Color, on_terminal: bool, env: impl Fn(&str) -> Option<String>) -> bool {
    let set = |name: &str| env(name).is_some_and(|value| !value.is_empty());
    match flag {
        Color::Always => true,
        Color::Never => false,
        Color::Auto if set("NO_COLOR") => false,
        Color::Auto if set("CLICOLOR_FORCE") && env("CLICOLOR_FORCE").as_deref() != Some("0") => true,
        Color::Auto => on_terminal && env("TERM").as_deref() != Some("dumb"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_beats_the_environment_and_the_environment_beats_the_terminal() {
        let decide = |flag, on_terminal, env: &[(&str, &str)]| {
            colored(flag, on_terminal, |name| env.iter().find(|it| it.0 == name).map(|it| it.1.to_owned()))
        };
        assert!(decide(Color::Always, false, &[("NO_COLOR", "1")]));
        assert!(!decide(Color::Never, true, &[("CLICOLOR_FORCE", "1")]));
        assert!(decide(Color::Auto, true, &[]));
        assert!(!decide(Color::Auto, false, &[]));
        assert!(!decide(Color::Auto, true, &[("NO_COLOR", "1"), ("CLICOLOR_FORCE", "1")]));
        assert!(decide(Color::Auto, true, &[("NO_COLOR", "")]));
        assert!(decide(Color::Auto, false, &[("CLICOLOR_FORCE", "1")]));
        assert!(!decide(Color::Auto, false, &[("CLICOLOR_FORCE", "0")]));
        assert!(!decide(Color::Auto, true, &[("TERM", "dumb")]));
    }

    #[test]
    fn cuts_count_columns_not_characters() {
        let look = Look::PLAIN;
        assert_eq!(look.cut("日本語テキスト", 7), "日本語…");
        assert_eq!(look.cut_front("src/server/sync.ts", 8), "…sync.ts");
        assert_eq!(look.cut("short", 5), "short");
        assert_eq!(Look { unicode: false, ..look }.cut("abcdefgh", 6), "abc...");
    }
}
