//! Markers: what an example claims about a line, in a comment at the line's end.
//!
//! A marker is read and blanked here, byte for byte, so that what is audited has the same offsets and no hint of the answer.

use super::PageError;

/// What is to be said about a place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Expected {
    /// A proven finding of this kind.
    Found(String),
    /// A lead of this kind.
    Lead(String),
    /// A site that was looked at and is in order.
    Cleared,
}

/// One marker.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// The line in its file, from 1.
    pub line: u32,
    /// What is to be said there.
    pub expected: Expected,
    /// Words that the message or the reason contains; never blank.
    pub text: String,
}

/// Takes the markers off the lines of a block that opens at `block_line` of the page.
pub(super) fn take(code: &str, block_line: usize) -> Result<(String, Vec<Mark>), PageError> {
    let mut blanked = String::with_capacity(code.len());
    let mut marks = Vec::new();
    for (index, line) in code.split_inclusive('\n').enumerate() {
        let (mut code, ending) = line.split_at(line.trim_end().len());
        let mut blanks = 0;
        // The last marker goes first: a line may carry several, and what one covers may look like another's text.
        while let Some((start, mark)) = last_mark(code) {
            let (expected, text) = mark.ok_or(PageError::Marker { line: block_line + 1 + index })?;
            marks.push(Mark { line: index as u32 + 1, expected, text });
            let rest = code[..start].trim_end();
            blanks += code.len() - rest.len();
            code = rest;
        }
        blanked.push_str(code);
        blanked.extend(std::iter::repeat_n(' ', blanks));
        blanked.push_str(ending);
    }
    marks.sort();
    Ok((blanked, marks))
}

type Claim = (Expected, String);

/// The start of the marker that ends a line, and what it claims; `None` inside where it is misspelled.
fn last_mark(line: &str) -> Option<(usize, Option<Claim>)> {
    line.rmatch_indices('/').find_map(|(at, _)| {
        let comment = comment_text(&line[at..])?;
        let is_jsx = line.ends_with("*/}") && line[..at].ends_with('{');
        claim(comment).map(|it| (at - usize::from(is_jsx), it))
    })
}

/// The words of the comment that `text` is, from its first to its last byte.
fn comment_text(text: &str) -> Option<&str> {
    if let Some(words) = text.strip_prefix("//") {
        return Some(words.trim());
    }
    let words = text.strip_prefix("/*")?;
    let words = words.strip_suffix("*/").or_else(|| words.strip_suffix("*/}"))?;
    (!words.contains("*/")).then(|| words.trim())
}

/// What a comment claims: nothing where it is no marker, `Some(None)` where it starts like one.
fn claim(comment: &str) -> Option<Option<Claim>> {
    let word_end = comment.find(|it: char| !it.is_ascii_alphabetic()).unwrap_or(comment.len());
    let (word, rest) = comment.split_at(word_end);
    if !matches!(word, "found" | "lead" | "cleared") {
        return None;
    }
    let parse = || {
        let (kind, text) = rest.split_once(':')?;
        let (kind, text) = (kind.trim(), text.trim());
        let is_kind = !kind.is_empty() && kind.bytes().all(|it| it.is_ascii_lowercase() || it == b'-');
        let expected = match word {
            "found" if is_kind => Expected::Found(kind.to_owned()),
            "lead" if is_kind => Expected::Lead(kind.to_owned()),
            "cleared" if kind.is_empty() => Expected::Cleared,
            _ => return None,
        };
        (!text.is_empty()).then(|| (expected, text.to_owned()))
    };
    Some(parse())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(code: &str) -> (String, Vec<Mark>) {
        take(code, 1).unwrap()
    }

    fn mark(line: u32, expected: Expected, text: &str) -> Mark {
        Mark { line, expected, text: text.to_owned() }
    }

    #[test]
    fn markers_of_every_form_are_blanked_at_equal_length() {
        for (code, left) in [
            ("f(); // found per-row: once – per id\n", "f();"),
            ("f(); /* found per-row: once – per id */\n", "f();"),
            ("<p/> {/* found per-row: once – per id */}\r\n", "<p/>"),
            ("f(); // why // found per-row: once – per id", "f(); // why"),
            ("// found per-row: once – per id\n", ""),
        ] {
            let (blanked, marks) = taken(code);
            assert_eq!(marks, [mark(1, Expected::Found("per-row".to_owned()), "once – per id")], "{code}");
            assert_eq!(blanked.trim_end(), left);
            assert_eq!(blanked.len(), code.len());
            assert_eq!(blanked.ends_with("\r\n"), code.ends_with("\r\n"));
        }
    }

    #[test]
    fn one_line_may_carry_several() {
        let (blanked, marks) = taken("a();\nb(); // lead odd: maybe // cleared: see https://x.y // z\nc(); // plain\n");
        let expected =
            [mark(2, Expected::Lead("odd".to_owned()), "maybe"), mark(2, Expected::Cleared, "see https://x.y // z")];
        assert_eq!(marks, expected);
        assert_eq!(blanked.lines().map(str::trim_end).collect::<Vec<_>>(), ["a();", "b();", "c(); // plain"]);
    }

    #[test]
    fn only_comments_at_the_end_are_markers() {
        for code in
            ["f(\"/* found a: b */\");", "/* found a: b */ f();", "founder(); // foundation: b", "f(); // not found"]
        {
            assert_eq!(taken(code), (code.to_owned(), Vec::new()));
        }
    }

    #[test]
    fn a_misspelled_marker_is_an_error() {
        for code in ["// found: b", "// found a", "// lead A: b", "// cleared a: b", "// cleared:", "// found a b: c"] {
            assert!(matches!(take(&format!("x\n{code}"), 10), Err(PageError::Marker { line: 12 })), "{code}");
        }
    }
}
