//! Every way to offer a name: `export` in all its forms, `exports.x`, `module.exports`.

use super::pattern::{self, name};
use super::scan::{Cursor, is_name, owned};
use super::trigger::Word;
use super::{Skim, SkimForm, SkimImport, SkimName};

/// The word that begins them.
pub(super) static WORDS: &[Word] = &[Word { anchor: "export", read: export }];

fn export(text: &[u8], start: usize, end: usize, found: &mut Skim) -> usize {
    let mut cursor = Cursor::new(text, end);
    match cursor.word() {
        None => declaration(&mut cursor, found),
        Some(b"s") => common_js(&mut cursor, start, found),
        Some(_) => {}
    }
    cursor.at
}

/// What follows `export`.
fn declaration(cursor: &mut Cursor<'_>, found: &mut Skim) {
    let mut is_type = false;
    loop {
        cursor.trivia();
        match cursor.peek() {
            b'{' => return list(cursor, is_type, found),
            b'*' => return star(cursor, is_type, found),
            b'=' => return if is_type { found.exports.push("type".into()) } else { found.exports.push("=".into()) },
            b'@' => decorator(cursor),
            _ => {}
        }
        let Some(word) = cursor.word() else { return };
        match word {
            b"default" => return found.exports.push("default".into()),
            b"const" | b"let" | b"var" | b"using" => return variables(cursor, found),
            b"function" | b"class" | b"interface" | b"namespace" | b"module" | b"enum" | b"import" => {
                return declared(cursor, found);
            }
            b"type" => {
                is_type = true;
                let mut ahead = *cursor;
                ahead.trivia();
                if ahead.word().is_some() {
                    return declared(cursor, found);
                }
            }
            b"declare" | b"abstract" | b"async" | b"await" => {}
            _ => return,
        }
    }
}

/// The name of a declaration, from behind its keyword.
fn declared(cursor: &mut Cursor<'_>, found: &mut Skim) {
    cursor.trivia();
    cursor.eat(b'*');
    cursor.trivia();
    if let Some(word) = cursor.word() {
        // `const enum X` and `import type X = …` have one more word.
        let mut ahead = *cursor;
        ahead.trivia();
        let next = if word == b"type" { ahead.word() } else { None };
        found.exports.push(owned(next.unwrap_or(word)));
    }
}

fn decorator(cursor: &mut Cursor<'_>) {
    cursor.at += 1;
    while is_name(cursor.peek()) || cursor.peek() == b'.' {
        cursor.at += 1;
    }
    if cursor.peek() == b'(' {
        cursor.brackets();
    }
    cursor.trivia();
}

/// `{ a, b as c }`, perhaps `from "x"`.
fn list(cursor: &mut Cursor<'_>, is_type: bool, found: &mut Skim) {
    let names = pattern::clause(cursor, is_type);
    found.exports.extend(names.iter().map(|name| name.local.clone()));
    source(cursor, names, found);
}

/// `* from "x"`, `* as a from "x"`.
fn star(cursor: &mut Cursor<'_>, is_type: bool, found: &mut Skim) {
    cursor.at += 1;
    cursor.trivia();
    let local = if cursor.eat_all(b"as") {
        cursor.trivia();
        if cursor.at_quote() { cursor.string().unwrap_or_default() } else { cursor.word().unwrap_or_default().into() }
    } else {
        b"*".into()
    };
    found.exports.push(owned(&local));
    source(cursor, vec![name(b"*", &local, is_type)], found);
}

fn source(cursor: &mut Cursor<'_>, names: Vec<SkimName>, found: &mut Skim) {
    cursor.trivia();
    if cursor.eat_all(b"from") {
        cursor.trivia();
        if cursor.at_quote()
            && let Some(specifier) = cursor.string()
        {
            found.imports.push(SkimImport { specifier: owned(&specifier), form: SkimForm::Reexport, names });
        }
    }
}

/// The names of `const a = 1, { b } = c`, from behind the keyword.
fn variables(cursor: &mut Cursor<'_>, found: &mut Skim) {
    loop {
        cursor.trivia();
        if cursor.eat_all(b"enum ") {
            return declared(cursor, found);
        }
        pattern::declared(cursor, &mut found.exports);
        if !to_next_declarator(cursor) {
            return;
        }
    }
}

/// Steps over a type and an initializer; true behind a comma that another declarator may follow.
fn to_next_declarator(cursor: &mut Cursor<'_>) -> bool {
    // The last byte that is neither blank nor comment: what it is decides what `/` and a line end mean.
    let mut last = b' ';
    while !cursor.is_done() {
        let byte = cursor.peek();
        match byte {
            b',' => {
                cursor.at += 1;
                return true;
            }
            b';' | b')' | b']' | b'}' => return false,
            b'(' | b'[' | b'{' => {
                cursor.brackets();
                last = b')';
                continue;
            }
            b'\n' if !b"=,+-*/%&|?:<>!~^.".contains(&last) && starts_statement(cursor) => return false,
            b'/' if b"=(,:[!&|?{};+".contains(&last) => regex(cursor),
            _ => cursor.step(),
        }
        if !byte.is_ascii_whitespace() {
            last = byte;
        }
    }
    false
}

/// Whether the line that begins here is a statement of its own.
fn starts_statement(cursor: &Cursor<'_>) -> bool {
    let mut ahead = *cursor;
    ahead.trivia();
    ahead.peek() == b'@'
        || ahead.word().is_some_and(|word| {
            let words: [&[u8]; 23] = [
                b"export",
                b"import",
                b"const",
                b"let",
                b"var",
                b"function",
                b"class",
                b"interface",
                b"type",
                b"enum",
                b"if",
                b"for",
                b"while",
                b"return",
                b"async",
                b"declare",
                b"namespace",
                b"abstract",
                b"switch",
                b"try",
                b"throw",
                b"do",
                b"module",
            ];
            words.contains(&word)
        })
}

/// Steps over a regular expression, or over a mere slash where its line does not close it.
fn regex(cursor: &mut Cursor<'_>) {
    if cursor.rest().starts_with(b"//") || cursor.rest().starts_with(b"/*") {
        return cursor.step();
    }
    let rest = cursor.rest();
    let (mut at, mut in_class) = (1, false);
    while let Some(byte) = rest.get(at) {
        match byte {
            b'\n' => break,
            b'\\' => at += 1,
            b'[' => in_class = true,
            b']' => in_class = false,
            b'/' if !in_class => {
                cursor.at += at + 1;
                return;
            }
            _ => {}
        }
        at += 1;
    }
    cursor.at += 1;
}

/// `exports.a = …`, `module.exports = …`, `Object.defineProperty(exports, "a", …)`, from behind `exports`.
fn common_js(cursor: &mut Cursor<'_>, start: usize, found: &mut Skim) {
    cursor.trivia();
    let member = match cursor.peek() {
        b'.' => {
            cursor.at += 1;
            cursor.trivia();
            cursor.word().map(owned)
        }
        b'[' => {
            cursor.at += 1;
            cursor.string().map(|contents| owned(&contents)).inspect(|_| {
                cursor.eat(b']');
            })
        }
        b',' if cursor.text[..start].ends_with(b"defineProperty(") => {
            cursor.at += 1;
            cursor.trivia();
            found.exports.extend(cursor.string().map(|contents| owned(&contents)));
            return;
        }
        _ => Some("=".into()),
    };
    cursor.trivia();
    if cursor.eat(b'=') && !matches!(cursor.peek(), b'=' | b'>') {
        found.exports.extend(member);
    }
}
