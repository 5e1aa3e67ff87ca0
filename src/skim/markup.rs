//! Imports of files that are not scripts but hold some: pages and components.

use std::borrow::Cow;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::scan::owned;
use super::{Skim, SkimForm, SkimImport, Triggers, skim};

/// What kind of markup a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Markup {
    /// `.html`, `.htm`, `.vue`, `.svelte`, `.astro`: code stands between marks, and may stand in attributes.
    Tags,
    /// `.mdx`: code stands among prose, and fenced blocks only show some.
    Mdx,
}

impl Markup {
    /// The kind that a path's ending names, if it is one that is skimmed.
    #[must_use]
    pub fn of_path(path: &str) -> Option<Self> {
        let (_, ending) = path.rsplit_once('.')?;
        match ending {
            "html" | "htm" | "vue" | "svelte" | "astro" => Some(Self::Tags),
            "mdx" => Some(Self::Mdx),
            _ => None,
        }
    }
}

/// Skims markup: what its scripts import, and what `<script src>` names (as [`SkimForm::Static`] without names).
#[must_use]
pub fn skim_markup(text: &[u8], markup: Markup, triggers: &Triggers) -> Skim {
    static SOURCE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"(?i-u)<script\b[^>]*?\ssrc\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))"#)
            .expect("the pattern is a constant")
    });
    let text = match markup {
        Markup::Tags => Cow::Borrowed(text),
        Markup::Mdx => Cow::Owned(without_fences(text)),
    };
    let mut found = skim(&text, triggers);
    for tag in SOURCE.captures_iter(&text) {
        if let Some(source) = tag.iter().skip(1).flatten().next() {
            let specifier = owned(source.as_bytes());
            found.imports.push(SkimImport { specifier, form: SkimForm::Static, names: Vec::new() });
        }
    }
    found
}

/// The lines outside of fenced blocks.
fn without_fences(text: &[u8]) -> Vec<u8> {
    let mut kept = Vec::with_capacity(text.len());
    let mut fence: Option<&[u8]> = None;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let trimmed = line.trim_ascii();
        let mark = mark(trimmed);
        match fence {
            None if mark.len() >= 3 => fence = Some(mark),
            None => kept.extend_from_slice(line),
            Some(open) if mark.len() == trimmed.len() && mark.starts_with(open) => fence = None,
            Some(_) => {}
        }
    }
    kept
}

/// The backticks or tildes that a line begins with.
fn mark(line: &[u8]) -> &[u8] {
    let length = match line.first() {
        Some(first @ (b'`' | b'~')) => line.iter().take_while(|byte| *byte == first).count(),
        _ => 0,
    };
    &line[..length]
}
