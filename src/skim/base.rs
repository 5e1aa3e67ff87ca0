//! What classes extend, by name.

use super::Skim;
use super::scan::Cursor;
use super::trigger::Word;

pub(super) static WORDS: &[Word] = &[Word { anchor: "extends", read: base }];

/// So far may `class` stand before `extends`: names and type parameters lie between.
const FARTHEST: usize = 600;

/// `class A extends B`, `class A<T extends C> extends B.D`. What a type parameter extends is reported as well.
fn base(text: &[u8], start: usize, end: usize, found: &mut Skim) -> usize {
    let before = &text[start.saturating_sub(FARTHEST)..start];
    let declares = before.windows(5).rposition(|it| it == b"class").is_some_and(|at| !before[at..].contains(&b'{'));
    let mut cursor = Cursor::new(text, end);
    cursor.trivia();
    if declares
        && let Some(name) = cursor.word()
        && let Ok(name) = std::str::from_utf8(name)
    {
        found.bases.push(name.into());
    }
    cursor.at
}
