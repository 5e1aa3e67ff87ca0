//! Inline ignores: whether one holds on a day, and which lines it covers.
//!
//! Reads what the comment says and where it stands. Which findings fall on those lines is not decided here.

use std::ops::RangeInclusive;

use crate::date::{Date, DateError};
use crate::facts::Ignore;
use crate::source::{LineIndex, Span};

/// Whether an ignore suppresses anything at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It has a reason and has not expired.
    Holds,
    /// Nothing, or nothing but blanks, stands after the colon.
    NoReason,
    /// What stands after `until=` is not a date.
    Malformed(DateError),
    /// Its last day is over.
    Expired(Date),
}

/// How an ignore stands on a day; one holds through the day that `until=` names.
pub(crate) fn standing(ignore: &Ignore, today: Date) -> Standing {
    if ignore.reason.is_none() {
        return Standing::NoReason;
    }
    match ignore.until.as_deref().map(str::parse::<Date>) {
        None => Standing::Holds,
        Some(Err(error)) => Standing::Malformed(error),
        Some(Ok(until)) if until < today => Standing::Expired(until),
        Some(Ok(_)) => Standing::Holds,
    }
}

/// The lines that each ignore of a file covers, in the order of `ignores`.
///
/// A comment behind code covers its own lines. One that stands alone covers the line below too; where another ignore stands
/// there, also what that one covers, so that two rules can each have a reason above one line.
pub(crate) fn covered_lines(text: &str, lines: &LineIndex, ignores: &[Ignore]) -> Vec<RangeInclusive<u32>> {
    let own: Vec<(u32, u32, bool)> = ignores
        .iter()
        .map(|it| (lines.line(it.span.start), lines.line(it.span.end.saturating_sub(1)), alone(text, lines, it.span)))
        .collect();
    own.iter()
        .map(|&(first, mut last, stands_alone)| {
            if stands_alone {
                last += 1;
                while let Some(below) = own.iter().find(|it| it.0 == last && it.2) {
                    last = below.1 + 1;
                }
            }
            first..=last
        })
        .collect()
}

/// Whether nothing but the braces of a JSX comment stands beside a comment.
fn alone(text: &str, lines: &LineIndex, comment: Span) -> bool {
    let line = |offset| lines.line_span(text, lines.line(offset));
    let (Some(first), Some(last)) = (line(comment.start), line(comment.end.saturating_sub(1))) else { return false };
    let before = Span::new(first.start, comment.start).of(text).trim();
    let behind = Span::new(comment.end, last.end.max(comment.end)).of(text).trim();
    matches!((before, behind), ("", "") | ("{", "}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignore(text: &str, comment: &str) -> Ignore {
        let start = text.find(comment).unwrap() as u32;
        Ignore {
            span: Span::new(start, start + comment.len() as u32),
            rules: vec!["a".to_owned()],
            reason: Some("reason".to_owned()),
            until: None,
        }
    }

    fn covered(text: &str, comments: &[&str]) -> Vec<RangeInclusive<u32>> {
        let ignores: Vec<Ignore> = comments.iter().map(|it| ignore(text, it)).collect();
        covered_lines(text, &LineIndex::new(text), &ignores)
    }

    #[test]
    fn a_trailing_comment_covers_its_line_only() {
        assert_eq!(covered("f();\ng(); // one\nh();\n", &["// one"]), [2..=2]);
        assert_eq!(covered("/* one */ g();\nh();\n", &["/* one */"]), [1..=1]);
        assert_eq!(covered("try { f() } catch {\n} // one\nh();\n", &["// one"]), [2..=2]);
    }

    #[test]
    fn a_comment_alone_covers_the_line_below() {
        assert_eq!(covered("f();\n  // one\ng();\nh();\n", &["// one"]), [2..=3]);
        assert_eq!(covered("/* one\n two */\ng();\n", &["/* one\n two */"]), [1..=3]);
        assert_eq!(covered("<p>\n  {/* one */}\n  <q/>\n</p>", &["/* one */"]), [2..=3]);
        assert_eq!(covered("f();\r\n// one\r\ng();\r\n", &["// one"]), [2..=3]);
    }

    #[test]
    fn stacked_comments_cover_the_line_below_them() {
        assert_eq!(covered("// one\n// two\ng();\n", &["// one", "// two"]), [1..=3, 2..=3]);
        assert_eq!(covered("// one\ng(); // two\nh();\n", &["// one", "// two"]), [1..=2, 2..=2]);
    }

    #[test]
    fn an_ignore_holds_through_its_last_day() {
        let today = Date { year: 2026, month: 3, day: 1 };
        let until = |text: &str| standing(&Ignore { until: Some(text.to_owned()), ..ignore("// a", "// a") }, today);
        assert_eq!(until("2026-03-01"), Standing::Holds);
        assert_eq!(until("2026-02-28"), Standing::Expired(Date { year: 2026, month: 2, day: 28 }));
        assert!(matches!(until("tomorrow"), Standing::Malformed(_)));
        let silent = Ignore { reason: None, until: Some("2020-01-01".to_owned()), ..ignore("// a", "// a") };
        assert_eq!(standing(&silent, today), Standing::NoReason);
    }
}
