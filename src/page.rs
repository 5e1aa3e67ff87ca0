//! A rule's page, `rules/<id>.md`: its id, title, kinds, prose and executed examples.
//!
//! The page is the rule's only metadata. This module parses it and judges nothing.

use std::collections::BTreeMap;

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

impl Page {
    /// STUB, replaced at merge.
    ///
    /// # Errors
    ///
    /// Always.
    pub fn parse(_text: &'static str) -> Result<Self, String> {
        Err("a stub".to_owned())
    }
}
