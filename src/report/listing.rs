//! Every rule with its kinds and their severities: `atlas-audit rules`.

use std::fmt::Write;

use serde::Serialize;

use super::Look;
use super::json::pretty;
use crate::page::Page;

/// Renders the rules for people.
#[must_use]
pub fn listing(pages: &[Page], look: Look) -> String {
    let mut out = String::new();
    for page in pages {
        writeln!(out, "{} {} {}", look.bold(&page.id), look.pick("-", "·"), page.title)
            .expect("a string takes all text");
        if let Some(summary) = &page.summary {
            writeln!(out, "{}", look.wrap(summary, "  ", "  ")).expect("a string takes all text");
        }
        let mut kinds: Vec<_> = page.kinds.iter().collect();
        kinds.sort_by_key(|(_, severity)| **severity);
        let kinds: Vec<_> = kinds
            .into_iter()
            .map(|(kind, severity)| format!("{}\u{a0}{kind}", look.severity(*severity, severity.name())))
            .collect();
        // A severity and its kind stay together on a line.
        let wrapped = look.wrap(&kinds.join(", "), "  ", "  ").replace('\u{a0}', " ");
        writeln!(out, "{wrapped}").expect("a string takes all text");
    }
    out
}

/// Renders the rules for programs.
#[must_use]
pub fn listing_json(pages: &[Page]) -> String {
    let rules: Vec<_> = pages.iter().map(Listed::of).collect();
    pretty(&rules)
}

#[derive(Debug, Serialize)]
struct Listed<'a> {
    id: &'a str,
    title: &'a str,
    summary: Option<&'a str>,
    effort_minutes: u32,
    kinds: Vec<Kind<'a>>,
}

#[derive(Debug, Serialize)]
struct Kind<'a> {
    kind: &'a str,
    severity: &'static str,
}

impl<'a> Listed<'a> {
    fn of(page: &'a Page) -> Self {
        let kinds = page.kinds.iter().map(|(kind, severity)| Kind { kind, severity: severity.name() });
        Self {
            id: &page.id,
            title: &page.title,
            summary: page.summary.as_deref(),
            effort_minutes: page.effort_minutes,
            kinds: kinds.collect(),
        }
    }
}
