//! What classes extend and implement, by name.

use super::Skim;
use super::scan::{Cursor, owned};
use super::trigger::Word;

pub(super) static WORDS: &[Word] = &[
    Word { anchor: "extends", read: base },
    Word { anchor: "implements", read: implemented },
    Word { anchor: "abstract", read: declared_abstract },
];

/// So far may `class` stand before `extends` or `implements`: names and type parameters lie between.
const FARTHEST: usize = 600;

/// `class A extends B`, `class A<T extends C> extends B.D`. What a type parameter extends is reported as well.
fn base(text: &[u8], start: usize, end: usize, found: &mut Skim) -> usize {
    let mut cursor = Cursor::new(text, end);
    cursor.trivia();
    if in_head(text, start)
        && let Some(name) = cursor.word()
    {
        found.bases.push(owned(name));
    }
    cursor.at
}

/// `class A implements B, C<D>`.
fn implemented(text: &[u8], start: usize, end: usize, found: &mut Skim) -> usize {
    let mut cursor = Cursor::new(text, end);
    while in_head(text, start) {
        cursor.trivia();
        let Some(name) = cursor.word() else { break };
        found.implemented.push(owned(name));
        cursor.trivia();
        cursor.type_arguments();
        cursor.trivia();
        if !cursor.eat(b',') {
            break;
        }
    }
    cursor.at
}

/// `abstract class A`.
fn declared_abstract(text: &[u8], _start: usize, end: usize, found: &mut Skim) -> usize {
    let mut cursor = Cursor::new(text, end);
    cursor.trivia();
    if cursor.word() == Some(b"class") {
        cursor.trivia();
        found.abstracts.extend(cursor.word().map(owned));
    }
    cursor.at
}

/// Whether a place lies between the word `class` and the brace that opens its body.
fn in_head(text: &[u8], at: usize) -> bool {
    let before = &text[at.saturating_sub(FARTHEST)..at];
    before.windows(5).rposition(|it| it == b"class").is_some_and(|at| !before[at..].contains(&b'{'))
}
