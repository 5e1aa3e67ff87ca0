//! What is put in the place of syntax that a grammar lacks: always of the same length, and never with another meaning than
//! the original has for whoever looks for calls, loops and imports.

use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem;
use regex::bytes::Regex;

use super::repair::Draft;

/// How far back the start of type arguments or of brackets is looked for.
const REACH: usize = 2048;
/// How far back the start of a chain of calls is looked for.
const CHAIN: usize = 8192;

/// Blanks the type arguments whose `>` is at `close`.
pub(super) fn type_arguments(draft: &mut Draft, close: Range<usize>) {
    if let Some(open) = opening(draft.bytes(), close.start) {
        draft.blank(open..close.end);
    }
}

/// Blanks the type arguments whose `>` is at `close`, if `await` or another operator stands before the callee.
pub(super) fn type_arguments_below_operator(draft: &mut Draft, close: Range<usize>) {
    let bytes = draft.bytes();
    let Some(open) = opening(bytes, close.start) else { return };
    let before = bytes[..chain_start(bytes, open)].trim_ascii_end();
    let word = before.iter().rposition(|byte| !is_name(*byte)).map_or(0, |at| at + 1);
    let is_operator = match &before[word..] {
        b"" => before.ends_with(b"!") || before.ends_with(b"~"),
        word => [&b"await"[..], b"void", b"typeof", b"delete"].contains(&word),
    };
    if is_operator {
        draft.blank(open..close.end);
    }
}

/// Where the type arguments open whose `>` is at `close`; `None` if it does not look like any.
fn opening(bytes: &[u8], close: usize) -> Option<usize> {
    let mut depth = 0usize;
    for at in (close.saturating_sub(REACH)..=close).rev() {
        match bytes[at] {
            b'>' if at == 0 || bytes[at - 1] != b'=' => depth += 1,
            b'<' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            let follows_callee = at > 0 && (is_name(bytes[at - 1]) || b")].".contains(&bytes[at - 1]));
            return (follows_callee && may_be_types(&bytes[at..close])).then_some(at);
        }
    }
    None
}

/// Whether nothing in a text rules out that it is a list of types, all of it code: blanking a part of a comment would bring
/// the rest to life, and blanking a substitution would lose what it holds.
fn may_be_types(bytes: &[u8]) -> bool {
    let last_line = memchr::memrchr(b'\n', bytes).map_or(0, |at| at + 1);
    let holds = |bytes: &[u8], text: &str| memmem::find(bytes, text.as_bytes()).is_some();
    !["&&", "||", "==", "*/", "${"].iter().any(|text| holds(bytes, text)) && !holds(&bytes[last_line..], "//")
}

/// Where the chain of members and calls starts that ends before `end`.
fn chain_start(bytes: &[u8], end: usize) -> usize {
    let mut at = end;
    while at > end.saturating_sub(CHAIN) {
        at = match bytes[at - 1] {
            byte if is_name(byte) || byte == b'.' || byte == b'?' => at - 1,
            b'!' if is_assertion(bytes, at - 1) => at - 1,
            b')' | b']' => match bracket(bytes, at - 1) {
                Some(open) => open,
                None => return at,
            },
            byte if byte.is_ascii_whitespace() => {
                let left = bytes[..at].trim_ascii_end();
                let goes_on = match bytes.get(at) {
                    Some(b'.' | b'?') => true,
                    // Where type arguments have been blanked.
                    Some(b'(') => left.last().is_some_and(|byte| is_name(*byte)) && !ends_keyword(left),
                    _ => left.ends_with(b"."),
                };
                if !goes_on {
                    return at;
                }
                left.len()
            }
            _ => return at,
        };
    }
    at
}

/// The bracket that the one at `close` closes; strings count as code.
fn bracket(bytes: &[u8], close: usize) -> Option<usize> {
    let mut depth = 0usize;
    for at in (close.saturating_sub(REACH)..=close).rev() {
        match bytes[at] {
            b')' | b']' | b'}' => depth += 1,
            b'(' | b'[' | b'{' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some(at);
        }
    }
    None
}

/// Blanks a `!` that asserts that a value is there. In a string or in JSX text nothing depends on it.
pub(super) fn assertion(draft: &mut Draft, at: Range<usize>) {
    if is_assertion(draft.bytes(), at.start) {
        draft.blank(at);
    }
}

fn is_assertion(bytes: &[u8], at: usize) -> bool {
    let (Some(before), Some(after)) = (at.checked_sub(1).map(|at| bytes[at]), bytes.get(at + 1)) else { return false };
    let is_closed = matches!(before, b')' | b']');
    // `if (a) !(b)` may be written without the space; `a![0]` and `a!()` are common, `f()![0]` is not.
    let goes_on = matches!(after, b'.' | b',' | b';' | b')' | b']' | b'}' | b'?' | b':') || after.is_ascii_whitespace();
    goes_on && (is_closed || is_name(before))
        || is_name(before) && matches!(after, b'[' | b'(') && !ends_keyword(&bytes[..at])
}

fn ends_keyword(bytes: &[u8]) -> bool {
    let word = bytes.iter().rposition(|byte| !is_name(*byte)).map_or(0, |at| at + 1);
    let words: [&[u8]; 10] =
        [b"return", b"typeof", b"case", b"void", b"delete", b"in", b"of", b"await", b"yield", b"else"];
    words.contains(&&bytes[word..])
}

fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$' | b'#') || byte >= 0x80
}

/// `|` may stand wherever a lone `&` may: in text, in strings, in types and between operands.
pub(super) fn ampersand(draft: &mut Draft, at: Range<usize>) {
    static REFERENCE: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^&(?:#[xX][0-9a-fA-F]{1,6}|#[0-9]{1,5}|[A-Za-z]{1,30});").expect("the pattern is a constant")
    });
    let bytes = draft.bytes();
    let is_operator = bytes.get(at.end).is_some_and(|next| matches!(next, b'&' | b'='))
        || (at.start > 0 && bytes[at.start - 1] == b'&');
    let end = bytes.len().min(at.start + 33);
    if !is_operator && !REFERENCE.is_match(&bytes[at.start..end]) {
        draft.write(at, "|");
    }
}

/// A word of the same length that means nothing to the grammar.
pub(super) fn rename(draft: &mut Draft, word: Range<usize>) {
    draft.write(word.start..word.start + 1, "_");
}

/// `const` declares as `using` does.
pub(super) fn constant(draft: &mut Draft, using: Range<usize>) {
    draft.write(using, "const");
}

/// Takes the backslash from an escape that is not well-formed.
pub(super) fn escape(draft: &mut Draft, escape: Range<usize>) {
    static SOUND: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2})").expect("the pattern is a constant")
    });
    let bytes = draft.bytes();
    let end = bytes.len().min(escape.start + 10);
    if !SOUND.is_match(&bytes[escape.start + 1..end]) {
        draft.write(escape.start..escape.start + 1, "_");
    }
}
