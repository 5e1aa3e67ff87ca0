//! What a program loads without naming it: names put together at run time, globs, whole folders.

use super::Skim;
use super::scan::{Cursor, owned};

/// What a call may load whose argument is no plain string, as a glob. `before` is where its parentheses are looked for, `behind`
/// where reading them as naming a string has ended, with or without one.
pub(super) fn unnamed(before: Cursor<'_>, mut behind: Cursor<'_>, has_string: bool) -> Option<Box<str>> {
    behind.trivia();
    if !has_string || behind.peek() == b'+' { pattern(before) } else { None }
}

/// The string that is the first argument of the call ahead, whatever type arguments and further parentheses it has.
pub(super) fn argument(cursor: &mut Cursor<'_>) -> Option<Box<str>> {
    cursor.trivia();
    cursor.eat_all(b"?.");
    cursor.type_arguments();
    cursor.trivia();
    if !cursor.eat(b'(') {
        return None;
    }
    loop {
        cursor.trivia();
        if !cursor.eat(b'(') {
            break;
        }
    }
    cursor.string().map(|contents| owned(&contents))
}

fn pattern(mut cursor: Cursor<'_>) -> Option<Box<str>> {
    cursor.trivia();
    cursor.type_arguments();
    cursor.trivia();
    if !cursor.eat(b'(') {
        return None;
    }
    cursor.trivia();
    match cursor.peek() {
        b')' | 0 => None,
        b'`' => Some(owned(&template(&mut cursor)?)),
        b'"' | b'\'' => Some(owned(&[&cursor.string()?, b"*".as_slice()].concat())),
        _ => Some("*".into()),
    }
}

/// The text of a template, with `*` for each substitution.
fn template(cursor: &mut Cursor<'_>) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    cursor.at += 1;
    loop {
        match cursor.peek() {
            0 if cursor.is_done() => return None,
            b'`' => return Some(text),
            b'$' if cursor.rest().starts_with(b"${") => {
                cursor.at += 1;
                cursor.brackets();
                text.push(b'*');
            }
            byte => {
                text.push(byte);
                cursor.at += 1;
            }
        }
    }
}

/// `import.meta.glob("a")`, `import.meta.globEager(["a", "b"])`, from behind `glob`.
pub(super) fn globs(mut cursor: Cursor<'_>, found: &mut Skim) -> usize {
    cursor.word();
    cursor.type_arguments();
    cursor.trivia();
    if !cursor.eat(b'(') {
        return cursor.at;
    }
    cursor.trivia();
    cursor.eat(b'[');
    loop {
        cursor.trivia();
        let Some(glob) = cursor.string() else { return cursor.at };
        found.loads.push(owned(&glob));
        cursor.trivia();
        if !cursor.eat(b',') {
            return cursor.at;
        }
    }
}

/// `require.context("./a", true, /b/)`, from behind `context`.
pub(super) fn context(mut cursor: Cursor<'_>, found: &mut Skim) -> usize {
    if let Some(folder) = argument(&mut cursor) {
        found.loads.push(format!("{}/**", folder.trim_end_matches('/')).into());
    }
    cursor.at
}
