//! Which tables code adds rows to or changes rows of, by name alone: told of every file, parsed or not.
//!
//! A name proves nothing; that no text of a code base writes to a table says that people fill it by hand.

use super::Skim;
use super::scan::{Cursor, owned};
use super::trigger::Word;

pub(super) static WORDS: &[Word] = &[
    Word { anchor: ".create", read: method },
    Word { anchor: ".upsert", read: method },
    Word { anchor: ".update", read: method },
    Word { anchor: ".insert", read: insert },
    Word { anchor: "insertInto", read: named },
    Word { anchor: "updateTable", read: named },
    Word { anchor: "INSERT INTO", read: statement },
    Word { anchor: "insert into", read: statement },
    Word { anchor: "create:", read: nested },
    Word { anchor: "connectOrCreate:", read: nested },
];

/// Names of variables that hold any table.
const GENERIC: &[&[u8]] = &[b"table", b"model", b"entity", b"this"];

/// What stands for a table that only the running program knows.
pub(crate) const ANY: &str = "*";

/// Before the name of a relation, whose table may be called otherwise.
pub(crate) const RELATION: char = '~';

/// `db.tag.create(…)`, `db.tag.createMany(…)`, `db[model].upsert(…)`.
fn method(text: &[u8], start: usize, end: usize, found: &mut Skim) -> usize {
    let mut cursor = Cursor::new(text, end);
    let rest = cursor.word().unwrap_or_default();
    if matches!(rest, b"" | b"Many" | b"ManyAndReturn") && matches!(text.get(cursor.at), Some(b'(' | b'<' | b'?')) {
        match text[..start].last() {
            Some(b']') => found.fills.push(ANY.into()),
            _ => found.fills.extend(word_before(text, start).map(lower)),
        }
    }
    cursor.at
}

/// `db.insert(tags)`, `knex("tags").insert(…)`.
fn insert(text: &[u8], start: usize, end: usize, found: &mut Skim) -> usize {
    let mut cursor = Cursor::new(text, end);
    if cursor.eat(b'(') {
        cursor.trivia();
        // `db.insert(schema.tags)`
        while let Some(name) = cursor.word() {
            found.fills.push(if GENERIC.contains(&name) { ANY.into() } else { lower(name) });
            if !cursor.eat(b'.') {
                break;
            }
        }
    }
    let called = text[..start].trim_ascii_end().strip_suffix(b")").map(|it| it.trim_ascii_end());
    // `knex(TABLE).insert(…)`
    if called.and_then(|it| it.last()).is_some_and(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'}')) {
        found.fills.push(ANY.into());
    }
    let quoted = called.and_then(|it| it.strip_suffix(b"\"").or(it.strip_suffix(b"'")).or(it.strip_suffix(b"`")));
    found.fills.extend(quoted.and_then(|it| word_before(it, it.len())).map(lower));
    cursor.at
}

/// `db.insertInto("tags")`.
fn named(text: &[u8], _start: usize, end: usize, found: &mut Skim) -> usize {
    let mut cursor = Cursor::new(text, end);
    if cursor.eat(b'(') {
        cursor.trivia();
        match cursor.string() {
            Some(name) => found.fills.push(lower(name.rsplit(|it| *it == b'.').next().unwrap_or(&name))),
            None => found.fills.push(ANY.into()),
        }
    }
    cursor.at
}

/// `INSERT INTO "public"."tags"`, `` INSERT INTO ${schema}.tags ``; a table that is substituted as a whole is one of the tools that
/// copy tables, and says nothing.
fn statement(text: &[u8], _start: usize, end: usize, found: &mut Skim) -> usize {
    let mut rest = text[end..].trim_ascii_start();
    // `${schema}.tags`
    if rest.starts_with(b"${")
        && let Some(close) = rest.iter().take(80).position(|it| *it == b'}')
        && rest.get(close + 1) == Some(&b'.')
    {
        rest = &rest[close + 2..];
    }
    let is_part = |it: &u8| {
        it.is_ascii_alphanumeric() || matches!(it, b'_' | b'.' | b'"' | b'`' | b'\\' | b' ' | b'\n' | b'$' | b'{')
    };
    let name = &rest[..rest.iter().take(120).position(|it| !is_part(it)).unwrap_or(rest.len().min(120))];
    let mut words =
        name.trim_ascii().split(|it| !it.is_ascii_alphanumeric() && *it != b'_').filter(|it| !it.is_empty());
    found.fills.extend(words.next().map(lower));
    found.fills.extend(words.next().map(lower));
    end
}

/// `data: { tags: { create: … } }`.
fn nested(text: &[u8], start: usize, end: usize, found: &mut Skim) -> usize {
    let relation = text[..start].trim_ascii_end().strip_suffix(b"{").map(|it| it.trim_ascii_end());
    let relation = relation.and_then(|it| it.strip_suffix(b":")).map(|it| it.trim_ascii_end());
    let name = relation.and_then(|it| word_before(it, it.len())).map(lower);
    found.fills.extend(name.map(|it| format!("{RELATION}{it}").into_boxed_str()));
    end
}

/// The name that ends at a place.
fn word_before(text: &[u8], end: usize) -> Option<&[u8]> {
    let is_word = |it: &u8| it.is_ascii_alphanumeric() || *it == b'_';
    let length = text[..end].iter().rev().take(80).take_while(|it| is_word(it)).count();
    (length > 0).then(|| &text[end - length..end])
}

/// A name without case and underscores.
fn lower(name: &[u8]) -> Box<str> {
    let plain: Vec<u8> = name.iter().filter(|it| **it != b'_').map(u8::to_ascii_lowercase).collect();
    owned(&plain)
}

#[cfg(test)]
mod tests {
    use super::super::{Triggers, skim};

    fn of(text: &str) -> String {
        skim(text.as_bytes(), &Triggers::new([])).fills.join(" ")
    }

    #[test]
    fn tables_are_named_where_rows_are_added() {
        assert_eq!(
            of("db.userTag.create({}); db.tag.createMany<A>(x); document.createElement('a'); db.a.upsert (b)"),
            "tag usertag"
        );
        assert_eq!(of("db[model].create({})"), "*");
        assert_eq!(
            of("db.insert(schema.blog_posts).values(a); k('shop_items').insert(b); db.insert(table)"),
            "* b blogposts schema shopitems"
        );
        assert_eq!(of("db.insertInto('public.tags').values(a); db.insertInto(name)"), "* tags");
        assert_eq!(of("INSERT INTO \"public\".\"tag\" (a)"), "public tag");
        assert_eq!(of("`INSERT INTO ${schema}.quota (a)`; `insert into ${name} (a)`"), "name quota");
        assert_eq!(of("data: { tags: { create: [a] }, b: { connectOrCreate: c } }"), "~b ~tags");
    }
}
