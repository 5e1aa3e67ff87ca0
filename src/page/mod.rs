//! A rule's page, `rules/<id>.md`: its id, title, kinds, prose and executed examples.
//!
//! The page is the rule's only metadata. This module parses it and judges nothing.

mod example;
mod mark;

pub use example::{Example, ExampleFile};
pub use mark::{Expected, Mark};

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::finding::Severity;

/// What a page's front matter and prose say.
#[derive(Debug, Clone)]
pub struct Page {
    /// Rule id, as in `rules/<id>.md`.
    pub id: String,
    /// One line for lists.
    pub title: String,
    /// A sentence for readers who see no more of the page than that.
    pub summary: Option<String>,
    /// Minutes to mend one site.
    pub effort_minutes: u32,
    /// Severity per kind of finding.
    pub kinds: BTreeMap<String, Severity>,
    /// The Markdown after the front matter.
    pub body: &'static str,
}

/// What is wrong with a page. Lines count from 1 in the Markdown after the front matter.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    /// The text does not open with front matter.
    #[error("a page opens with front matter between two `+++` lines")]
    NoFrontMatter,
    /// The front matter is no TOML, lacks a key or has one too many.
    #[error("front matter: {0}")]
    FrontMatter(#[from] toml::de::Error),
    /// A block is never closed.
    #[error("line {line}: this block is never closed")]
    OpenBlock {
        /// Where it opens.
        line: usize,
    },
    /// Two blocks under one heading are the same file.
    #[error("line {line}: a second `{path}` under one heading; name it with `file=`")]
    SameFile {
        /// Where the second block opens.
        line: usize,
        /// The path that both have.
        path: String,
    },
    /// A comment starts like a marker and is none.
    #[error("line {line}: a marker is `found <kind>: text`, `lead <kind>: text` or `cleared: reason`")]
    Marker {
        /// Where it stands.
        line: usize,
    },
    /// The blocks under a heading claim nothing.
    #[error("`{heading}`: nothing is marked, so this example proves nothing")]
    Unmarked {
        /// The heading.
        heading: String,
    },
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FrontMatter {
    id: String,
    title: String,
    summary: Option<String>,
    effort_minutes: u32,
    kinds: BTreeMap<String, Kind>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Kind {
    severity: Severity,
}

impl Page {
    /// Parses a page's front matter; the prose stays text.
    ///
    /// # Errors
    ///
    /// Where there is no front matter, or it does not say what it has to.
    pub fn parse(text: &'static str) -> Result<Self, PageError> {
        let front_and_body = text.strip_prefix("+++").and_then(|it| it.split_once("\n+++"));
        let (front, body) = front_and_body.ok_or(PageError::NoFrontMatter)?;
        let FrontMatter { id, title, summary, effort_minutes, kinds } = toml::from_str(front.trim_end())?;
        let kinds = kinds.into_iter().map(|(name, kind)| (name, kind.severity)).collect();
        Ok(Self { id, title, summary, effort_minutes, kinds, body: body.trim_start() })
    }

    /// The severity of a kind.
    ///
    /// # Panics
    ///
    /// Where a rule names a kind that its page lacks, which the tests of the pages exclude.
    #[must_use]
    pub fn severity(&self, kind: &str) -> Severity {
        *self.kinds.get(kind).expect("every kind that a rule names stands on its page")
    }

    /// The examples: one per heading that has code blocks below it. A run that prints no page has no use for them.
    ///
    /// # Errors
    ///
    /// Where a block is not closed, a marker is misspelled, two blocks are the same file, or an example marks nothing.
    pub fn examples(&self) -> Result<Vec<Example>, PageError> {
        example::examples(self.body, &self.title)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn front_matter_is_the_metadata() {
        let text = "+++\nid = \"a\"\ntitle = \"A\"\neffort_minutes = 5\n[kinds.x]\nseverity = \"P2\"\n+++\n\nWhy.\n";
        for text in [text, &*text.replace('\n', "\r\n").leak()] {
            let page = Page::parse(text).unwrap();
            assert_eq!((page.id.as_str(), page.title.as_str(), page.effort_minutes), ("a", "A", 5));
            assert_eq!(page.kinds, BTreeMap::from([("x".to_owned(), Severity::P2)]));
            assert_eq!((page.body.trim_end(), page.summary), ("Why.", None));
        }
    }

    #[test]
    fn front_matter_that_says_too_little_or_too_much_is_an_error() {
        assert!(matches!(Page::parse("# A page\n"), Err(PageError::NoFrontMatter)));
        assert!(matches!(Page::parse("+++\nid = \"a\"\n"), Err(PageError::NoFrontMatter)));
        for front in [
            "id = \"a\"",
            "id = \"a\"\ntitle = \"A\"\neffort_minutes = 5\n[kinds.x]\nseverity = \"P4\"",
            "id = \"a\"\ntitle = \"A\"\neffort_minutes = 5\nseverity = \"P1\"\n[kinds.x]\nseverity = \"P1\"",
        ] {
            let page = Page::parse(format!("+++\n{front}\n+++\n").leak());
            assert!(matches!(page, Err(PageError::FrontMatter(_))), "{front}");
        }
    }
}
