//! Strings, templates and numbers.

use tree_sitter::Node;

use super::kinds::Kind;
use super::walk::{Frame, Value, Walker, exprs_of};
use crate::facts::{ExprId, ExprKind, Symbol};
use crate::source::Span;

impl Walker<'_> {
    /// A string literal's content; escapes other than quotes, backslashes and line feeds stay as written.
    pub(super) fn string_content(&mut self, span: Span) -> Symbol {
        let inner = Span::new(span.start + 1, span.end.saturating_sub(1).max(span.start + 1));
        let text = self.slice(inner);
        if text.contains('\\') { self.names.intern_owned(unescape(text)) } else { self.intern(inner) }
    }

    /// A template: a string where nothing is substituted.
    pub(super) fn template(&mut self, frame: &Frame, children: &[Value]) -> ExprId {
        let text = self.template_text(frame.span, children);
        let parts = exprs_of(children);
        let kind = if parts.is_empty() { ExprKind::Str(text) } else { ExprKind::Template { text, parts } };
        self.add(kind, frame.span)
    }

    /// The literal pieces of a template, joined by `\u{0}`.
    pub(super) fn template_text(&mut self, span: Span, children: &[Value]) -> Symbol {
        let end = span.end.saturating_sub(1).max(span.start + 1);
        let mut pieces = Vec::new();
        let mut from = span.start + 1;
        for hole in children.iter().filter(|it| it.kind == Kind::Substitution) {
            pieces.push(self.slice(Span::new(from, hole.span.start)));
            from = hole.span.end;
        }
        if pieces.is_empty() {
            return self.intern(Span::new(from, end));
        }
        pieces.push(self.slice(Span::new(from, end)));
        self.names.intern_owned(pieces.join("\u{0}"))
    }

    /// A number, or `Other` where it is not one that fits.
    pub(super) fn number(&mut self, node: Node<'_>, span: Span) -> ExprKind {
        debug_assert_eq!(node.end_byte(), span.end as usize);
        number_of(self.slice(span)).map_or_else(|| ExprKind::Other(Box::default()), ExprKind::Num)
    }
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match (c, chars.clone().next()) {
            ('\\', Some(next @ ('\\' | '\'' | '"' | '`' | '/'))) => {
                out.push(next);
                chars.next();
            }
            ('\\', Some('n')) => {
                out.push('\n');
                chars.next();
            }
            _ => out.push(c),
        }
    }
    out
}

fn number_of(text: &str) -> Option<f64> {
    let plain = text.replace('_', "");
    let plain = plain.trim_end_matches('n');
    let radix = |prefix: [char; 2], radix| {
        plain
            .strip_prefix('0')
            .and_then(|it| it.strip_prefix(prefix))
            .and_then(|it| u64::from_str_radix(it, radix).ok())
    };
    let whole = radix(['x', 'X'], 16).or_else(|| radix(['b', 'B'], 2)).or_else(|| radix(['o', 'O'], 8));
    whole.map(|it| it as f64).or_else(|| plain.parse().ok()).filter(|it: &f64| it.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_in_every_notation() {
        let cases = [("30_000", 30_000.0), ("0x1F", 31.0), ("1e3", 1000.0), ("5n", 5.0), (".5", 0.5), ("0b101", 5.0)];
        for (text, value) in cases {
            assert_eq!(number_of(text), Some(value), "{text}");
        }
        assert_eq!(number_of("1e999"), None);
    }
}
