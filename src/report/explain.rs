//! A rule's page for the terminal: `atlas-audit explain RULE`.
//!
//! The Markdown stays recognisable; only headings, code and long paragraphs are laid out.

use std::fmt::Write;

use super::Look;
use super::terminal::duration;
use crate::page::Page;

/// Renders the page.
#[must_use]
pub fn explain(page: &Page, look: Look) -> String {
    let mut out = String::new();
    writeln!(out, "{} {} {}", look.bold(&page.id), look.pick("-", "·"), page.title).expect("a string takes all text");
    if let Some(summary) = &page.summary {
        writeln!(out, "{}", look.wrap(summary, "", "")).expect("a string takes all text");
    }
    writeln!(out, "About {} to mend one place.\n", duration(page.effort_minutes)).expect("a string takes all text");
    let mut kinds: Vec<_> = page.kinds.iter().collect();
    kinds.sort_by_key(|(_, severity)| **severity);
    for (kind, severity) in kinds {
        writeln!(out, "  {}  {kind}", look.severity(*severity, severity.name())).expect("a string takes all text");
    }
    out.push('\n');
    out.push_str(&body(page.body, look));
    out
}

/// Paragraphs wrapped, code indented and left as it is, headings bold.
fn body(markdown: &str, look: Look) -> String {
    let mut out = String::new();
    let mut paragraph = Vec::new();
    let mut in_code = false;
    for line in markdown.trim().lines() {
        let fence = line.starts_with("```");
        if in_code || fence || line.trim().is_empty() || line.starts_with(['#', '-', '*', '|']) {
            flush(&mut out, &mut paragraph, look);
        }
        if fence {
            in_code = !in_code;
            if let Some((_, name)) = line.split_once("file=").filter(|_| in_code) {
                writeln!(out, "    {}", look.dim(name)).expect("a string takes all text");
            }
        } else if in_code {
            writeln!(out, "{}", format!("    {line}").trim_end()).expect("a string takes all text");
        } else if line.starts_with('#') {
            writeln!(out, "{}", look.bold(line.trim_start_matches('#').trim())).expect("a string takes all text");
        } else if line.trim().is_empty() {
            out.push('\n');
        } else if line.starts_with('|') {
            writeln!(out, "{line}").expect("a string takes all text");
        } else {
            paragraph.push(line.trim());
        }
    }
    flush(&mut out, &mut paragraph, look);
    out
}

fn flush(out: &mut String, paragraph: &mut Vec<&str>, look: Look) {
    if paragraph.is_empty() {
        return;
    }
    let text = paragraph.join(" ");
    let indent = if text.starts_with(['-', '*']) { "  " } else { "" };
    writeln!(out, "{}", look.wrap(&text, "", indent)).expect("a string takes all text");
    paragraph.clear();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::Severity;
    use crate::report::{listing, listing_json};

    #[test]
    fn a_page_is_laid_out() {
        let page = crate::page::Page {
            id: "empty-catch".into(),
            title: "Empty catch block".into(),
            summary: Some("Gone is gone.".into()),
            effort_minutes: 90,
            kinds: [("fail-open".into(), Severity::P1), ("best-effort".into(), Severity::P3)].into(),
            body: "Errors vanish\nhere.\n\n## Bad\n\n- one\n- two\n  more\n\n```ts file=a.ts\ntry {\n  x();\n} catch {}\n```\n",
        };
        let text = explain(&page, Look::PLAIN);
        assert!(
            text.starts_with("empty-catch · Empty catch block\nGone is gone.\nAbout 1 h 30 min to mend one place.\n"),
            "{text}"
        );
        assert!(
            text.contains("Errors vanish here.\n\nBad\n\n- one\n- two more\n\n    a.ts\n    try {\n      x();\n"),
            "{text}"
        );
        assert!(text.contains("\n  P1  fail-open\n  P3  best-effort\n\n"), "{text}");
        assert!(listing(std::slice::from_ref(&page), Look::PLAIN).contains("  P1 fail-open, P3 best-effort\n"));
        let rules: serde_json::Value = serde_json::from_str(&listing_json(&[page])).expect("JSON");
        assert_eq!(rules[0]["kinds"][0]["severity"], "P3");
    }
}
