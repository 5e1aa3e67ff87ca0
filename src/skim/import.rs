//! Every way to ask for a module: `import`, `import()`, `require`, locating it, running it in a worker, mocking it.

use super::load::{self, argument};
use super::pattern::{self, Target, name};
use super::scan::{Cursor, is_name, owned};
use super::trigger::Word;
use super::{Skim, SkimForm, SkimImport, SkimName};

/// The words that begin them.
pub(super) static WORDS: &[Word] = &[
    Word { anchor: "import", read: import },
    Word { anchor: "require", read: require },
    Word { anchor: "URL(", read: url },
    Word { anchor: "Worker", read: worker },
    Word { anchor: "SharedWorker", read: worker },
    Word { anchor: ".mock", read: mock },
    Word { anchor: "mock.", read: mock },
    Word { anchor: ".doMock", read: mock },
    Word { anchor: ".unmock", read: mock },
    Word { anchor: ".doUnmock", read: mock },
    Word { anchor: ".dontMock", read: mock },
    Word { anchor: ".setMock", read: mock },
    Word { anchor: ".deepUnmock", read: mock },
    Word { anchor: ".unstable_mockModule", read: mock },
    Word { anchor: ".createMockFromModule", read: mock },
    Word { anchor: ".genMockFromModule", read: mock },
];

fn import(text: &[u8], start: usize, end: usize, found: &mut Skim) -> usize {
    let mut cursor = Cursor::new(text, end);
    if let Some(suffix) = cursor.word() {
        return match suffix {
            b"Actual" | b"Mock" => called(cursor, SkimForm::Mock, found),
            b"Scripts" => called(cursor, SkimForm::Worker, found),
            _ => cursor.at,
        };
    }
    cursor.trivia();
    if cursor.eat(b'.') {
        cursor.trivia();
        return match cursor.word() {
            Some(b"defer" | b"source") => dynamic(cursor, start, found),
            Some(b"meta") if cursor.eat_all(b".resolve") => called(cursor, SkimForm::Url, found),
            Some(b"meta") if cursor.eat_all(b".glob") => load::globs(cursor, found),
            _ => cursor.at,
        };
    }
    if cursor.peek() == b'(' {
        return dynamic(cursor, start, found);
    }
    found.imports.extend(statement(&mut cursor));
    cursor.at
}

/// `import … from "x"`, `import "x"`, `import x = require("x")`, from behind `import`.
fn statement(cursor: &mut Cursor<'_>) -> Option<SkimImport> {
    let is_type = phase(cursor);
    let mut names: Vec<SkimName> = Vec::new();
    let mut had_braces = false;
    loop {
        cursor.trivia();
        match cursor.peek() {
            b'{' if !had_braces => {
                names.extend(pattern::clause(cursor, is_type));
                had_braces = true;
            }
            b'*' => {
                cursor.at += 1;
                cursor.trivia();
                cursor.eat_all(b"as");
                cursor.trivia();
                names.push(name(b"*", cursor.word()?, is_type));
            }
            b',' => cursor.at += 1,
            b'=' => return equals(cursor, &names, is_type),
            b'"' | b'\'' => {
                let form = if is_type { SkimForm::Type } else { SkimForm::Static };
                return Some(SkimImport { specifier: owned(&cursor.string()?), form, names });
            }
            _ => {
                let word = cursor.word()?;
                let is_from = word == b"from" && leads_to_string(cursor);
                if !is_from {
                    if !names.is_empty() {
                        return None;
                    }
                    names.push(name(b"default", word, is_type));
                }
            }
        }
    }
}

/// Steps over a word that only says in which phase a module is wanted; true for `type` and `typeof`.
fn phase(cursor: &mut Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    let Some(word @ (b"type" | b"typeof" | b"defer" | b"source" | b"module")) = ahead.word() else { return false };
    ahead.trivia();
    let behind = ahead;
    let is_phase = match ahead.word() {
        Some(b"from") => !leads_to_string(&ahead),
        Some(_) => true,
        None => matches!(ahead.peek(), b'{' | b'*'),
    };
    if is_phase {
        *cursor = behind;
    }
    is_phase && word.starts_with(b"type")
}

fn leads_to_string(cursor: &Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.trivia();
    ahead.at_quote()
}

fn equals(cursor: &mut Cursor<'_>, names: &[SkimName], is_type: bool) -> Option<SkimImport> {
    let [bound] = names else { return None };
    cursor.at += 1;
    cursor.trivia();
    if cursor.word() != Some(b"require") {
        return None;
    }
    let specifier = argument(cursor)?;
    let form = if is_type { SkimForm::Type } else { SkimForm::Require };
    Some(SkimImport { specifier, form, names: vec![name(b"*", bound.local.as_bytes(), is_type)] })
}

fn require(text: &[u8], start: usize, end: usize, found: &mut Skim) -> usize {
    let mut cursor = Cursor::new(text, end);
    if let Some(suffix) = cursor.word() {
        let is_mock = matches!(suffix, b"Actual" | b"Mock");
        return if is_mock { called(cursor, SkimForm::Mock, found) } else { cursor.at };
    }
    cursor.trivia();
    if cursor.eat_all(b".resolve") {
        return called(cursor, SkimForm::Url, found);
    }
    if cursor.eat_all(b".context") {
        return load::context(cursor, found);
    }
    // `import x = require("x")` is read whole from its `import`.
    if follows_import_equals(text, start) {
        return cursor.at;
    }
    let before = cursor;
    let specifier = argument(&mut cursor);
    found.loads.extend(load::unnamed(before, cursor, specifier.is_some()));
    let Some(specifier) = specifier else { return cursor.at };
    let names = used(&mut cursor, start, false);
    found.imports.push(SkimImport { specifier, form: SkimForm::Require, names });
    cursor.at
}

fn follows_import_equals(text: &[u8], start: usize) -> bool {
    let before = |text: &[u8]| text.trim_ascii_end().len();
    let Some(left) = text[..before(&text[..start])].strip_suffix(b"=") else { return false };
    let left = left.trim_ascii_end();
    let word = left.iter().rposition(|byte| !is_name(*byte)).map_or(0, |at| at + 1);
    let left = left[..word].trim_ascii_end();
    let left = left.strip_suffix(b"type").unwrap_or(left).trim_ascii_end();
    left.ends_with(b"import") && word < text.len()
}

/// `import("x")`, from before the parenthesis; `start` is where `import` is.
fn dynamic(mut cursor: Cursor<'_>, start: usize, found: &mut Skim) -> usize {
    let text = cursor.text;
    let before = cursor;
    let specifier = argument(&mut cursor);
    found.loads.extend(load::unnamed(before, cursor, specifier.is_some()));
    let Some(specifier) = specifier else { return cursor.at };
    let is_query = text[..start].trim_ascii_end().ends_with(b"typeof");
    let names = used(&mut cursor, start, true);
    let is_type = is_query || names.iter().any(|name| name.is_type);
    let form = if is_type { SkimForm::Type } else { SkimForm::Dynamic };
    found.imports.push(SkimImport { specifier, form, names });
    cursor.at
}

/// What of a module is used by an expression, from behind the specifier in its parentheses; `*` where that is not plain.
fn used(cursor: &mut Cursor<'_>, start: usize, is_promise: bool) -> Vec<SkimName> {
    to_closing(cursor);
    let is_awaited = cursor.text[..start].trim_ascii_end().ends_with(b"await");
    let target = pattern::target_before(cursor.text, start);
    match property(cursor) {
        Some(b"then") if is_promise && !is_awaited => then(cursor),
        Some(b"catch" | b"finally") if is_promise && !is_awaited => vec![name(b"*", b"", false)],
        // A promise has no other members, so this one is that of a type.
        Some(member) if is_promise && !is_awaited => vec![name(member, b"", true)],
        Some(member) => match target {
            Target::Name(local) => vec![name(member, local.as_bytes(), false)],
            _ => vec![name(member, b"", false)],
        },
        None => match target {
            Target::Name(local) => vec![name(b"*", local.as_bytes(), false)],
            Target::Names(names) => names,
            Target::Other => vec![name(b"*", b"", false)],
        },
    }
}

fn to_closing(cursor: &mut Cursor<'_>) {
    cursor.trivia();
    if cursor.eat(b',') {
        while !cursor.is_done() && !matches!(cursor.peek(), b')' | b';') {
            if matches!(cursor.peek(), b'{' | b'(' | b'[') { cursor.brackets() } else { cursor.step() }
        }
    }
    cursor.eat(b')');
}

/// The member that is taken of the value just read, whatever parentheses close before it.
fn property<'t>(cursor: &mut Cursor<'t>) -> Option<&'t [u8]> {
    let mut ahead = *cursor;
    loop {
        ahead.trivia();
        if !ahead.eat(b')') {
            break;
        }
    }
    ahead.eat(b'!');
    ahead.eat(b'?');
    if !ahead.eat(b'.') {
        return None;
    }
    ahead.trivia();
    let member = ahead.word()?;
    *cursor = ahead;
    Some(member)
}

/// The names that the callback of `.then` takes apart.
fn then(cursor: &mut Cursor<'_>) -> Vec<SkimName> {
    cursor.trivia();
    cursor.eat(b'(');
    cursor.trivia();
    cursor.eat_all(b"async");
    cursor.trivia();
    cursor.eat(b'(');
    cursor.trivia();
    if cursor.peek() == b'{' { pattern::object(cursor) } else { vec![name(b"*", b"", false)] }
}

fn url(text: &[u8], _start: usize, end: usize, found: &mut Skim) -> usize {
    let mut cursor = Cursor::new(text, end);
    cursor.trivia();
    let Some(specifier) = cursor.string() else { return cursor.at };
    cursor.trivia();
    let is_based = cursor.eat(b',');
    cursor.trivia();
    let is_relative = specifier.starts_with(b"./") || specifier.starts_with(b"../");
    if is_based && (is_relative || cursor.rest().starts_with(b"import")) {
        found.imports.push(SkimImport { specifier: owned(&specifier), form: SkimForm::Url, names: Vec::new() });
    }
    cursor.at
}

/// `new Worker("./x")`. A job queue's workers are named without a dot or a slash.
fn worker(text: &[u8], _start: usize, end: usize, found: &mut Skim) -> usize {
    let mut cursor = Cursor::new(text, end);
    if let Some(specifier) = argument(&mut cursor)
        && specifier.contains(['.', '/'])
    {
        found.imports.push(SkimImport { specifier, form: SkimForm::Worker, names: Vec::new() });
    }
    cursor.at
}

/// `jest.mock("x")`, `vi.doMock("x")`, `mock.module("x")`.
fn mock(text: &[u8], _start: usize, end: usize, found: &mut Skim) -> usize {
    let mut cursor = Cursor::new(text, end);
    match cursor.word() {
        None => {}
        Some(b"module") if text[..end].ends_with(b"mock.") => {}
        Some(_) => return cursor.at,
    }
    called(cursor, SkimForm::Mock, found)
}

/// A call whose first argument names a module that is only located, run or mocked.
fn called(mut cursor: Cursor<'_>, form: SkimForm, found: &mut Skim) -> usize {
    if let Some(specifier) = argument(&mut cursor) {
        found.imports.push(SkimImport { specifier, form, names: Vec::new() });
    }
    cursor.at
}
