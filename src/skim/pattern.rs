//! The names that clauses and patterns bind: `{ type a, b as c }` and `{ a: b, c = 1, ...d }`.

use super::SkimName;
use super::scan::{Cursor, is_name, owned};

/// A name; both sides as bytes of the text.
pub(super) fn name(imported: &[u8], local: &[u8], is_type: bool) -> SkimName {
    SkimName { imported: owned(imported), local: owned(local), is_type }
}

/// The names in the braces of an import or export clause; the cursor stands at the `{`.
pub(super) fn clause(cursor: &mut Cursor<'_>, is_type: bool) -> Vec<SkimName> {
    let mut names = Vec::new();
    cursor.at += 1;
    loop {
        let mut words = Vec::with_capacity(4);
        loop {
            cursor.trivia();
            match word_or_string(cursor) {
                Some(word) => words.push(word),
                None => break,
            }
        }
        match words.iter().map(AsRef::as_ref).collect::<Vec<&[u8]>>()[..] {
            [a] => names.push(name(a, a, is_type)),
            [b"type", a] => names.push(name(a, a, true)),
            [a, b"as", b] => names.push(name(a, b, is_type)),
            [b"type", a, b"as", b] => names.push(name(a, b, true)),
            _ => {}
        }
        if !cursor.eat(b',') {
            cursor.eat(b'}');
            return names;
        }
    }
}

fn word_or_string<'t>(cursor: &mut Cursor<'t>) -> Option<std::borrow::Cow<'t, [u8]>> {
    cursor.word().map(Into::into).or_else(|| if cursor.at_quote() { cursor.string() } else { None })
}

/// The names that an object pattern takes from its value; the cursor stands at the `{`. `...rest` takes `*`.
pub(super) fn object(cursor: &mut Cursor<'_>) -> Vec<SkimName> {
    let mut names = Vec::new();
    cursor.at += 1;
    loop {
        cursor.trivia();
        if cursor.eat_all(b"...") {
            cursor.trivia();
            names.push(name(b"*", cursor.word().unwrap_or_default(), false));
        } else if cursor.peek() == b'[' {
            cursor.brackets();
            names.push(name(b"*", b"", false));
        } else if let Some(key) = word_or_string(cursor) {
            cursor.trivia();
            let local = if cursor.eat(b':') {
                cursor.trivia();
                cursor.word().unwrap_or_default()
            } else {
                &key
            };
            names.push(name(&key, local, false));
        }
        if !to_next(cursor) {
            return names;
        }
    }
}

/// The plain names that a pattern or a name declares; the cursor stands at its start and is left behind it.
pub(super) fn declared(cursor: &mut Cursor<'_>, names: &mut Vec<Box<str>>) {
    match cursor.peek() {
        b'{' | b'[' => {
            let mut end = *cursor;
            end.brackets();
            // Every word that no colon follows may be a binding; defaults are over-reported.
            while cursor.at < end.at {
                match cursor.word() {
                    Some(word) => {
                        cursor.trivia();
                        if cursor.peek() != b':' {
                            names.push(owned(word));
                        }
                    }
                    None => cursor.step(),
                }
            }
            *cursor = end;
        }
        _ => names.extend(cursor.word().map(owned)),
    }
}

/// Steps behind the next comma of the braces around; false where they end.
fn to_next(cursor: &mut Cursor<'_>) -> bool {
    while !cursor.is_done() {
        match cursor.peek() {
            b',' => {
                cursor.at += 1;
                return true;
            }
            b'}' => {
                cursor.at += 1;
                return false;
            }
            b'{' | b'[' | b'(' => cursor.brackets(),
            b')' | b']' | b';' => return false,
            _ => cursor.step(),
        }
    }
    false
}

/// What stands before `=` in a declaration or an assignment.
pub(super) enum Target {
    /// A plain name.
    Name(Box<str>),
    /// The names of an object pattern.
    Names(Vec<SkimName>),
    /// Something else, or nothing.
    Other,
}

/// What the value that starts at `start` is bound to: reads backwards over `(`, `await` and `=`.
pub(super) fn target_before(text: &[u8], start: usize) -> Target {
    // The longest pattern before a `require` that is worth looking for.
    const REACH: usize = 4096;
    let mut before = trim(&text[..start]);
    loop {
        let shorter = before.strip_suffix(b"(").or_else(|| before.strip_suffix(b"await"));
        match shorter {
            Some(shorter) => before = trim(shorter),
            None => break,
        }
    }
    let Some(left) = before.strip_suffix(b"=") else { return Target::Other };
    let left = trim(left);
    if left.ends_with(b"}") {
        let mut depth = 0usize;
        for at in (left.len().saturating_sub(REACH)..left.len()).rev() {
            match left[at] {
                b'}' => depth += 1,
                b'{' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                let mut cursor = Cursor::new(left, at);
                let names = object(&mut cursor);
                return if cursor.at == left.len() { Target::Names(names) } else { Target::Other };
            }
        }
        return Target::Other;
    }
    let word = left.iter().rposition(|byte| !is_name(*byte)).map_or(0, |at| at + 1);
    let is_annotated = trim(&left[..word]).ends_with(b":");
    if word == left.len() || is_annotated { Target::Other } else { Target::Name(owned(&left[word..])) }
}

fn trim(text: &[u8]) -> &[u8] {
    text.trim_ascii_end()
}
