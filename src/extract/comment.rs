//! Comments: those in empty blocks, and `atlas-ignore`.

use super::kinds::Kind;
use super::walk::{Frame, Payload, Value, Walker};
use crate::facts::{Ignore, Symbol};
use crate::source::Span;

impl Walker<'_> {
    pub(super) fn leave_comment(&mut self, frame: &Frame) -> Payload {
        if let Some(ignore) = ignore_of(self.slice(frame.span), frame.span) {
            self.facts.ignores.push(ignore);
        }
        Payload::Nothing
    }

    /// The text of the comments among a node's children, joined by spaces.
    pub(super) fn comments_among(&mut self, children: &[Value]) -> Option<Symbol> {
        let texts: Vec<&str> =
            children.iter().filter(|it| it.kind == Kind::Comment).map(|it| content(self.slice(it.span))).collect();
        let joined = texts.join(" ").trim().to_owned();
        (!joined.is_empty()).then(|| self.names.intern_owned(joined))
    }
}

/// A comment without its delimiters.
fn content(comment: &str) -> &str {
    let inner = comment.strip_prefix("//").or_else(|| comment.strip_prefix("/*").map(|it| it.trim_end_matches("*/")));
    inner.unwrap_or(comment).trim_matches(|c: char| c == '*' || c.is_whitespace())
}

/// The ignore that a comment spells.
fn ignore_of(comment: &str, span: Span) -> Option<Ignore> {
    let rest = content(comment).strip_prefix("atlas-ignore")?;
    if !rest.is_empty() && !rest.starts_with(|c: char| c.is_whitespace() || c == ':') {
        return None;
    }
    let (head, reason) = rest.split_once(':').unwrap_or((rest, ""));
    let mut rules = Vec::new();
    let mut until = None;
    for word in head.split([',', ' ', '\t', '\n', '\r']).filter(|it| !it.is_empty()) {
        match word.strip_prefix("until=") {
            Some(date) => until = Some(date.to_owned()),
            None => rules.push(word.to_owned()),
        }
    }
    let reason = Some(reason.trim().to_owned()).filter(|it| !it.is_empty());
    Some(Ignore { span, rules, reason, until })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ignore_names_rules_date_and_reason() {
        let ignore =
            ignore_of("// atlas-ignore a-b, c until=2027-01-31: because: yes", Span::new(0, 1)).expect("an ignore");
        assert_eq!(ignore.rules, ["a-b", "c"]);
        assert_eq!(ignore.until.as_deref(), Some("2027-01-31"));
        assert_eq!(ignore.reason.as_deref(), Some("because: yes"));
        let block = ignore_of("/* atlas-ignore x: y */", Span::new(0, 1)).expect("an ignore");
        assert_eq!((block.rules.len(), block.reason.as_deref()), (1, Some("y")));
        assert_eq!(ignore_of("// atlas-ignored", Span::new(0, 1)), None);
        assert_eq!(ignore_of("// atlas-ignore x", Span::new(0, 1)).and_then(|it| it.reason), None);
    }
}
