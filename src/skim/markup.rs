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

#[cfg(test)]
mod tests {
    use super::*;

    fn specifiers(path: &str, text: &str) -> Vec<String> {
        let markup = Markup::of_path(path).expect("the path names markup");
        let found = skim_markup(text.as_bytes(), markup, &Triggers::new([]));
        found.imports.iter().map(|import| import.specifier.to_string()).collect()
    }

    #[test]
    fn scripts_in_pages_import() {
        let page = "<!doctype html>\n<script type=\"module\" src=\"/src/main.tsx\"></script>\n<SCRIPT src=b.js></SCRIPT>\n\
                    <script>import './c';</script>\n<img src=\"d.png\"><script data-src='e'></script>";
        assert_eq!(specifiers("index.html", page), ["./c", "/src/main.tsx", "b.js"]);
    }

    #[test]
    fn components_import() {
        let vue = "<template><p/></template>\n<script setup lang=\"ts\">\nimport A, { b } from './a.vue'\n</script>";
        assert_eq!(specifiers("a.vue", vue), ["./a.vue"]);
        let svelte = "<script context='module'>import a from './a'</script>{#await import('./b')}{/await}";
        assert_eq!(specifiers("a.svelte", svelte), ["./a", "./b"]);
        let astro = "---\nimport A from '../A.astro';\n---\n<A/>";
        assert_eq!(specifiers("a.astro", astro), ["../A.astro"]);
    }

    #[test]
    fn fenced_blocks_only_show_code() {
        let page = "import A from './a'\n\n```ts\nimport b from './b'\n```\n\n~~~~\nimport c from './c'\n~~~\n~~~~\n\nexport { d } from './d'\n";
        assert_eq!(specifiers("a.mdx", page), ["./a", "./d"]);
    }

    #[test]
    fn other_files_are_no_markup() {
        assert_eq!(Markup::of_path("a.md"), None);
        assert_eq!(Markup::of_path("html"), None);
    }
}
