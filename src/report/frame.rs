//! A finding, or a failure, as code frames with everything that is known about the place written beside it.
//!
//! Evidence in the same file is labelled in the same frame; evidence elsewhere follows in frames of its own. Only this module
//! and its excerpts talk to miette.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use miette::{
    Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, SourceCode, ThemeCharacters, ThemeStyles,
};

use super::Look;
use super::excerpt::{self, Cut, Excerpt, Mark};
use super::safe::safe;
use super::tag;
use crate::finding::{Finding, Severity};
use crate::source::Span;

/// Renders a finding with its evidence; without its help, which several findings may share.
pub(super) fn finding(finding: &Finding, texts: &BTreeMap<String, Arc<str>>, look: Look) -> String {
    let mut marks: Vec<(&str, Vec<Mark>)> = Vec::new();
    let own = Mark { span: finding.location.span, note: finding.kind.to_owned(), primary: true };
    marks.push((&finding.location.path, vec![own]));
    for evidence in &finding.evidence {
        let mark = Mark { span: evidence.location.span, note: safe(&evidence.note).into_owned(), primary: false };
        match marks.iter_mut().find(|(path, _)| *path == evidence.location.path) {
            Some((_, in_file)) => in_file.push(mark),
            None => marks.push((&evidence.location.path, vec![mark])),
        }
    }
    let mut out = String::new();
    for (path, mut open) in marks {
        // A frame shows the marks that fit beside each other; the others get a frame of their own.
        while !open.is_empty() {
            let mut frame = if out.is_empty() {
                Frame::new(headline(finding), Some(finding.severity))
            } else {
                Frame::new(format!("and in {}", safe(path)), None)
            };
            open = frame.look_at(path, texts.get(path).map(AsRef::as_ref), 0, open, look);
            out.push_str(&frame.render(look));
        }
    }
    out
}

fn headline(finding: &Finding) -> String {
    format!("{}{}", tag(finding), safe(&finding.message))
}

/// Renders what stopped a run, with its help and the place that it points to.
#[must_use]
pub fn trouble(failure: &dyn Diagnostic, look: Look) -> String {
    let mut frame = Frame::new(safe(&failure.to_string()).into_owned(), Some(Severity::P0));
    frame.help = failure.help().map(|help| safe(&help.to_string()).into_owned());
    let label = failure.labels().and_then(|mut labels| labels.next());
    if let (Some(source), Some(label)) = (failure.source_code(), label)
        && let Ok(part) = source.read_span(label.inner(), 1, 1)
    {
        let text = String::from_utf8_lossy(part.data());
        let start = label.offset().saturating_sub(part.span().offset()) as u32;
        let span = Span::new(start, start + label.len() as u32);
        let mark = Mark { span, note: label.label().unwrap_or_default().to_owned(), primary: true };
        frame.look_at(part.name().unwrap_or_default(), Some(&text), part.line(), vec![mark], look);
    }
    frame.render(look)
}

/// One message with at most one piece of code.
#[derive(Debug)]
struct Frame {
    message: String,
    severity: Option<Severity>,
    help: Option<String>,
    excerpt: Option<Excerpt>,
    labels: Vec<LabeledSpan>,
}

impl Frame {
    fn new(message: String, severity: Option<Severity>) -> Self {
        Self { message, severity, help: None, excerpt: None, labels: Vec::new() }
    }

    /// Shows a part of a file; the marks that did not fit come back. A file whose text is not at hand is named in the message.
    fn look_at(
        &mut self,
        path: &str,
        text: Option<&str>,
        lines_before: usize,
        marks: Vec<Mark>,
        look: Look,
    ) -> Vec<Mark> {
        let Some(text) = text else {
            if self.severity.is_some() {
                self.message = format!("{} ({})", self.message, safe(path));
            }
            return Vec::new();
        };
        let Cut { excerpt, labels, left_over } = excerpt::cut(path, text, lines_before, &marks, look);
        self.excerpt = Some(excerpt);
        self.labels = labels;
        // What fits nowhere would come back for ever.
        if left_over.len() == marks.len() { Vec::new() } else { left_over }
    }

    fn render(&self, look: Look) -> String {
        let mut out = String::new();
        handler(look).render_report(&mut out, self).expect("a string takes all text");
        out.lines().map(|line| line.trim_end().to_owned() + "\n").collect()
    }
}

fn handler(look: Look) -> GraphicalReportHandler {
    let characters = if look.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    let styles = if look.color { ThemeStyles::ansi() } else { ThemeStyles::none() };
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_width(look.width)
        .with_context_lines(1)
        .with_links(false)
        .without_cause_chain()
        .without_syntax_highlighting()
}

impl fmt::Display for Frame {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Frame {}

impl Diagnostic for Frame {
    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Some(Severity::P0 | Severity::P1) => miette::Severity::Error,
            Some(Severity::P2 | Severity::P3) => miette::Severity::Warning,
            None => miette::Severity::Advice,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|help| Box::new(help) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.excerpt.as_ref().map(|excerpt| excerpt as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        (!self.labels.is_empty())
            .then(|| Box::new(self.labels.iter().cloned()) as Box<dyn Iterator<Item = LabeledSpan>>)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::failure::Failure;
    use crate::report::safe::is_hazard;

    #[test]
    fn a_failure_is_harmless_too() {
        let missing = Failure::Missing { path: "a\u{1b}[31m".into(), help: "look\u{7}".into() };
        let text = "a = 1\r\n\tb\u{1b}[2J = \u{202e}2\n";
        let config = Failure::config("x\u{9b}.toml", text, "\u{1b}[1m", "\u{7}".into(), Some(8..9));
        for (failure, expected) in [(missing, "there is no `a\\u{1b}[31m`"), (config, "[x\\u{9b}.toml:2:2]")] {
            let out = trouble(&failure, Look::PLAIN);
            let hazard = out.chars().find(|it| *it != '\n' && is_hazard(*it));
            assert_eq!(hazard, None, "{}", out.escape_debug());
            assert!(out.contains(expected) && out.contains("help: "), "{out}");
        }
    }

    #[test]
    fn a_failure_points_into_its_file() {
        let text = format!("{}fail_onn = 1\n", "# a comment\n".repeat(40));
        let at = text.find("fail_onn").map(|at| at..at + 8);
        let failure = Failure::config("atlas-audit.toml", &text, "no such key", "did you mean it?".into(), at);
        let out = trouble(&failure, Look::PLAIN);
        assert!(out.contains("[atlas-audit.toml:41:1]") && out.contains(" 41 │ fail_onn = 1\n"), "{out}");
    }
}
