//! What the published grammars lack, and what to parse in its place. A row is retired when a grammar learns the syntax: the
//! test below says so.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::repair::Draft;

/// One thing that the language has and a grammar lacks.
pub(super) struct Gap {
    /// What it is called in a test's message.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests that retire a row"))]
    name: &'static str,
    /// What the grammar does wrong.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests that retire a row"))]
    why: &'static str,
    /// Where it may be; the first group is what the stand-in replaces.
    pattern: &'static str,
    /// Puts the stand-in in the place of that group.
    stand_in: fn(&mut Draft, Range<usize>),
    /// Sound code that the grammar alone rejects.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests that retire a row"))]
    example: &'static str,
}

impl Gap {
    /// Puts the stand-in wherever it fits in the given rows.
    pub(super) fn fill(&self, draft: &mut Draft, rows: Range<usize>) {
        static COMPILED: LazyLock<Vec<Regex>> = LazyLock::new(|| GAPS.iter().map(Gap::compile).collect());
        let Some(index) = GAPS.iter().position(|gap| std::ptr::eq(gap, self)) else { return };
        let text = draft.bytes()[rows.clone()].to_vec();
        for found in COMPILED[index].captures_iter(&text) {
            if let Some(group) = found.get(1) {
                (self.stand_in)(draft, rows.start + group.start()..rows.start + group.end());
            }
        }
    }

    fn compile(&self) -> Regex {
        regex::bytes::RegexBuilder::new(self.pattern).unicode(false).build().expect("the table's patterns are tested")
    }
}

/// Every known gap.
pub(super) static GAPS: &[Gap] = &[
    Gap {
        name: "type arguments before a template",
        why: "type arguments that end with `[]` or hold others are read as comparisons with the template",
        pattern: r"(>)\s*`",
        stand_in: blank_type_arguments,
        example: "const rows = await db.$queryRaw<{ a: string; b: Array<() => void> }[]>`select 1`;",
    },
    Gap {
        name: "ampersand in JSX",
        why: "only character references may start with `&` in JSX text and strings",
        pattern: r"(&)",
        stand_in: replace_ampersand,
        example: "<a href=\"/x?a=1&b=2\">Q&A &amp; more & more</a>;",
    },
    Gap {
        name: "`typeof import()` as a type argument",
        why: "`typeof import` is a type query only outside type arguments of a call",
        pattern: r#"\btypeof\s+(import\s*\(\s*(?:"[^"\n]*"|'[^'\n]*')[^()`]{0,200}\))"#,
        stand_in: Draft::name,
        example: "const real = await original<typeof import(\"./x\")>();",
    },
    Gap {
        name: "`import().Name` as a type",
        why: "an import type may not be indexed, be an array's element or have type arguments",
        pattern: r#"\b(import\s*\(\s*(?:"[^"\n]*"|'[^'\n]*')\s*\))\s*\.\s*[A-Z]"#,
        stand_in: Draft::name,
        example: "let x: import(\"./x\").Page<User>[];",
    },
    Gap {
        name: "type words as values after `<`",
        why: "`i < unique` is read as the start of a type argument",
        pattern: r"<\s*(unique|keyof|infer|abstract)\s*[-.;,)\]&|?+*/]",
        stand_in: rename,
        example: "for (let i = 0; i < unique.length; i += step) {}",
    },
    Gap {
        name: "`export type *`",
        why: "the grammar knows `export *` and `export type {` only",
        pattern: r"\bexport\s+(type)\s*\*",
        stand_in: Draft::blank,
        example: "export type * from \"./x\";\nexport type * as y from \"./y\";",
    },
    Gap {
        name: "attributes of a re-export",
        why: "the grammar has attributes on imports only",
        pattern: r#"\bfrom\s*(?:"[^"\n]*"|'[^'\n]*')\s*((?:with|assert)\s*\{[^{}]*\})"#,
        stand_in: Draft::blank,
        example: "export { default } from \"./x.json\" with { type: \"json\" };",
    },
    Gap {
        name: "import phases",
        why: "the grammar knows no word between `import` and the clause but `type` and `typeof`",
        pattern: r"\bimport\s+(defer|source)\s+(?:\*|[\w$]+\s+from\b)",
        stand_in: Draft::blank,
        example: "import defer * as x from \"./x\";\nimport source y from \"./y\";",
    },
    Gap {
        name: "`using` in the head of a loop",
        why: "the TypeScript grammar has `using` as a statement only",
        pattern: r"\bfor\s*(?:await\s*)?\(\s*(await\s+using|using)\s+[\w$]+\s+of\b",
        stand_in: declare_constant,
        example: "async function f() { for (using x of y) {} for await (await using x of y) {} }",
    },
    Gap {
        name: "auto-accessors",
        why: "`accessor` is no modifier in the grammar",
        pattern: r#"\b(accessor)[ \t]+[\w$#\["']"#,
        stand_in: Draft::blank,
        example: "class A { accessor x = 1; static accessor #y; }",
    },
    Gap {
        name: "variance",
        why: "type parameters take no `in` and `out`, and `const` on functions only",
        pattern: r"[<,]\s*(in\s+out|in|out|const)\s+[A-Za-z_$]",
        stand_in: Draft::blank,
        example: "interface A<in T, out U, in out V> {}",
    },
    Gap {
        name: "malformed escapes in a tagged template",
        why: "a tag sees the raw text, so any escape is legal; the grammar knows well-formed ones only",
        pattern: r"(\\[ux])",
        stand_in: drop_escape,
        example: "const path = String.raw`C:\\users\\x`;",
    },
    Gap {
        name: "a fraction after `?`",
        why: "`?.` is an optional chain unless a digit follows",
        pattern: r"\?(\.)[0-9]",
        stand_in: Draft::blank,
        example: "const x = a?.5:1;",
    },
    Gap {
        name: "control characters",
        why: "a NUL ends the text, and none of them may stand in a string",
        pattern: r"([\x00-\x08\x0e-\x1f])",
        stand_in: Draft::blank,
        example: "const key = `${a}\0${b}`;",
    },
    Gap {
        name: "static index signatures",
        why: "an index signature takes no modifier but `readonly`",
        pattern: r"\b(static)\s+\[\s*[\w$]+\s*:",
        stand_in: Draft::blank,
        example: "class A { static [key: string]: unknown; }",
    },
];

/// Blanks the type arguments that end with the `>` at `close`.
fn blank_type_arguments(draft: &mut Draft, close: Range<usize>) {
    // The longest type literal before a template that is worth looking for.
    const REACH: usize = 8192;
    let bytes = draft.bytes();
    let mut depth = 0;
    for at in (close.end.saturating_sub(REACH)..close.end).rev() {
        let is_arrow = at > 0 && bytes[at - 1] == b'=';
        match bytes[at] {
            b'>' if !is_arrow => depth += 1,
            b'<' => depth -= 1,
            _ => continue,
        }
        if depth == 0 {
            let follows_name = at > 0 && (bytes[at - 1].is_ascii_alphanumeric() || b"_$)].".contains(&bytes[at - 1]));
            if follows_name {
                draft.blank(at..close.end);
            }
            return;
        }
    }
}

/// `|` may stand wherever a lone `&` may: in text, in strings, in types and between operands.
fn replace_ampersand(draft: &mut Draft, at: Range<usize>) {
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
fn rename(draft: &mut Draft, word: Range<usize>) {
    draft.write(word.start..word.start + 1, "_");
}

fn declare_constant(draft: &mut Draft, using: Range<usize>) {
    draft.write(using, "const");
}

/// Takes the backslash from an escape that is not well-formed.
fn drop_escape(draft: &mut Draft, escape: Range<usize>) {
    static SOUND: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"^(?:u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2})").expect("the pattern is a constant")
    });
    let bytes = draft.bytes();
    let end = bytes.len().min(escape.start + 10);
    if !SOUND.is_match(&bytes[escape.start + 1..end]) {
        draft.write(escape.start..escape.start + 1, "_");
    }
}

#[cfg(test)]
mod tests {
    use super::super::budget::{self, Allowance};
    use super::super::parse;
    use super::*;
    use crate::source::Language;

    /// The language of an example: JSX needs its own, and its `<` would mean something else to the others.
    fn language(gap: &Gap) -> Language {
        if gap.example.starts_with('<') { Language::Tsx } else { Language::TypeScript }
    }

    #[test]
    fn each_gap_is_still_one() {
        for gap in GAPS {
            let tree = budget::tree(gap.example.as_bytes(), language(gap), &Allowance::of(100, 1))
                .expect("examples are short");
            assert!(tree.root_node().has_error(), "the grammar has learned {}: retire the row ({})", gap.name, gap.why);
        }
    }

    #[test]
    fn each_gap_is_filled() {
        for gap in GAPS {
            let parsed = parse(gap.example, language(gap));
            assert_eq!(parsed.errors, [], "{}: {}", gap.name, parsed.tree.root_node().to_sexp());
            assert!(parsed.text_was_repaired, "{}", gap.name);
            let end = parsed.tree.root_node().end_byte();
            assert_eq!(end, gap.example.len(), "{}", gap.name);
        }
    }

    #[test]
    fn each_example_needs_its_own_row_only() {
        for gap in GAPS {
            let mut draft = Draft::of(gap.example);
            gap.fill(&mut draft, 0..gap.example.len());
            assert_eq!(draft.bytes().len(), gap.example.len(), "{}", gap.name);
            let tree = budget::tree(draft.bytes(), language(gap), &Allowance::of(100, 1)).expect("examples are short");
            let text = String::from_utf8_lossy(draft.bytes());
            assert!(!tree.root_node().has_error(), "{}: {text}: {}", gap.name, tree.root_node().to_sexp());
        }
    }

    #[test]
    fn sound_rows_are_not_touched() {
        let text = "const a = b & c;\nconst x = <p>A & B</p>;\nconst d = e & f;\n";
        let parsed = parse(text, Language::Tsx);
        assert_eq!(parsed.errors, []);
        for row in [0, 2] {
            let statement = parsed.tree.root_node().child(row).expect("three statements");
            let value = statement.named_child(0).and_then(|declared| declared.child_by_field_name("value"));
            let operator = value.and_then(|value| value.child_by_field_name("operator")).map(|node| node.kind());
            assert_eq!(operator, Some("&"));
        }
    }

    #[test]
    fn a_repair_keeps_line_ends() {
        let text = "const x = await q<\n  { a: string }[]\n>`select`;\nf();\n";
        let parsed = parse(text, Language::TypeScript);
        assert_eq!(parsed.errors, []);
        let last = parsed.tree.root_node().child(1).expect("two statements");
        assert_eq!((last.start_position().row, last.start_byte()), (3, text.find("f()").expect("it is there")));
    }
}
