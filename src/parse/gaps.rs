//! What the published grammars lack, and what to parse in its place. A row is retired when a grammar learns the syntax: the
//! test below says so.

use std::ops::Range;
use std::sync::LazyLock;

use regex::bytes::Regex;

use super::repair::Draft;
use super::stand_in;
use crate::source::Language;

/// One thing that the language has and a grammar lacks.
pub(super) struct Gap {
    /// What it is called in a test's message.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests that retire a row"))]
    name: &'static str,
    /// What the grammar does wrong.
    #[cfg_attr(not(test), expect(dead_code, reason = "read by the tests that retire a row"))]
    why: &'static str,
    /// Whether the grammar may misread it without an error, so that it is replaced before anything is parsed.
    is_silent: bool,
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
        why: "they are read as comparisons with the template, mostly without an error",
        is_silent: true,
        pattern: r"[^=](>)\s*`",
        stand_in: stand_in::type_arguments,
        example: "const rows = await db.$queryRaw<{ a: string; b: Array<() => void> }[]>`select 1`;",
    },
    Gap {
        name: "type arguments of an awaited call",
        why: "`await f<T>(x)` is read as `(await f)<T>(x)`, and so it is below `!`, `void`, `typeof`",
        is_silent: true,
        pattern: r"[^=](>)\(",
        stand_in: stand_in::type_arguments_below_operator,
        example: "const a = await b.c(d).e<F>(g);",
    },
    Gap {
        name: "non-null assertions",
        why: "`a - b!.c()` is read as `(a - b)!.c()`",
        is_silent: true,
        pattern: r"(!)",
        stand_in: stand_in::assertion,
        example: "const span = last - first!.time();",
    },
    Gap {
        name: "ampersand in JSX",
        why: "only character references may start with `&` in JSX text and strings",
        is_silent: false,
        pattern: r"(&)",
        stand_in: stand_in::ampersand,
        example: "<a href=\"/x?a=1&b=2\">Q&A &amp; more & more</a>;",
    },
    Gap {
        name: "`typeof import()` as a type argument",
        why: "`typeof import` is a type query only outside type arguments of a call",
        is_silent: false,
        pattern: r#"\btypeof\s+(import\s*\(\s*(?:"[^"\n]*"|'[^'\n]*')[^()`]{0,200}\))"#,
        stand_in: Draft::name,
        example: "const real = await original<typeof import(\"./x\")>();",
    },
    Gap {
        name: "`import().Name` as a type",
        why: "an import type may not be indexed, be an array's element or have type arguments",
        is_silent: false,
        pattern: r#"\b(import\s*\(\s*(?:"[^"\n]*"|'[^'\n]*')\s*\))\s*\.\s*[A-Z]"#,
        stand_in: Draft::name,
        example: "let x: import(\"./x\").Page<User>[];",
    },
    Gap {
        name: "type words as values after `<`",
        why: "`i < unique` is read as the start of a type argument",
        is_silent: false,
        pattern: r"<\s*(unique|keyof|infer|abstract)\s*[-.;,)\]&|?+*/]",
        stand_in: stand_in::rename,
        example: "for (let i = 0; i < unique.length; i += step) {}",
    },
    Gap {
        name: "`export type *`",
        why: "the grammar knows `export *` and `export type {` only",
        is_silent: false,
        pattern: r"\bexport\s+(type)\s*\*",
        stand_in: Draft::blank,
        example: "export type * from \"./x\";\nexport type * as y from \"./y\";",
    },
    Gap {
        name: "attributes of a re-export",
        why: "the grammar has attributes on imports only",
        is_silent: false,
        pattern: r#"\bfrom\s*(?:"[^"\n]*"|'[^'\n]*')\s*((?:with|assert)\s*\{[^{}]*\})"#,
        stand_in: Draft::blank,
        example: "export { default } from \"./x.json\" with { type: \"json\" };",
    },
    Gap {
        name: "import phases",
        why: "the grammar knows no word between `import` and the clause but `type` and `typeof`",
        is_silent: false,
        pattern: r"\bimport\s+(defer|source)\s+(?:\*|[\w$]+\s+from\b)",
        stand_in: Draft::blank,
        example: "import defer * as x from \"./x\";\nimport source y from \"./y\";",
    },
    Gap {
        name: "`using` in the head of a loop",
        why: "the TypeScript grammar has `using` as a statement only",
        is_silent: false,
        pattern: r"\bfor\s*(?:await\s*)?\(\s*(await\s+using|using)\s+[\w$]+\s+of\b",
        stand_in: stand_in::constant,
        example: "async function f() { for (using x of y) {} for await (await using x of y) {} }",
    },
    Gap {
        name: "auto-accessors",
        why: "`accessor` is no modifier in the grammar",
        is_silent: false,
        pattern: r#"\b(accessor)[ \t]+[\w$#\["']"#,
        stand_in: Draft::blank,
        example: "class A { accessor x = 1; static accessor #y; }",
    },
    Gap {
        name: "variance",
        why: "type parameters take no `in` and `out`, and `const` on functions only",
        is_silent: false,
        pattern: r"[<,]\s*(in\s+out|in|out|const)\s+[A-Za-z_$]",
        stand_in: Draft::blank,
        example: "interface A<in T, out U, in out V> {}",
    },
    Gap {
        name: "malformed escapes in a tagged template",
        why: "a tag sees the raw text, so any escape is legal; the grammar knows well-formed ones only",
        is_silent: false,
        pattern: r"(\\[ux])",
        stand_in: stand_in::escape,
        example: "const path = String.raw`C:\\users\\x`;",
    },
    Gap {
        name: "a fraction after `?`",
        why: "`?.` is an optional chain unless a digit follows",
        is_silent: false,
        pattern: r"\?(\.)[0-9]",
        stand_in: Draft::blank,
        example: "const x = a?.5:1;",
    },
    Gap {
        name: "control characters",
        why: "a NUL ends the text, and none of them may stand in a string",
        is_silent: false,
        pattern: r"([\x00-\x08\x0e-\x1f])",
        stand_in: Draft::blank,
        example: "const key = `${a}\0${b}`;",
    },
    Gap {
        name: "static index signatures",
        why: "an index signature takes no modifier but `readonly`",
        is_silent: false,
        pattern: r"\b(static)\s+\[\s*[\w$]+\s*:",
        stand_in: Draft::blank,
        example: "class A { static [key: string]: unknown; }",
    },
];

/// The text with stand-ins for what the grammar misreads without an error; `None` where there is nothing of the kind.
///
/// Only TypeScript has such gaps: in JavaScript `a<b>`c`` is a comparison.
pub(super) fn without_silent(text: &str, language: Language) -> Option<Vec<u8>> {
    if language == Language::JavaScript {
        return None;
    }
    let mut draft = Draft::of(text);
    GAPS.iter().filter(|gap| gap.is_silent).for_each(|gap| gap.fill(&mut draft, 0..text.len()));
    (draft.bytes() != text.as_bytes()).then(|| draft.into_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::budget::{self, Allowance};
    use super::super::parse;
    use super::*;

    /// The language of an example: JSX needs its own, and its `<` would mean something else to the others.
    fn language(gap: &Gap) -> Language {
        if gap.example.starts_with('<') { Language::Tsx } else { Language::TypeScript }
    }

    #[test]
    fn each_gap_is_still_one() {
        for gap in GAPS.iter().filter(|gap| !gap.is_silent) {
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

    /// The tree's nodes and their text, as the grammar sees them.
    fn bare(text: &str) -> String {
        let tree =
            budget::tree(text.as_bytes(), Language::TypeScript, &Allowance::of(100, 1)).expect("the text is short");
        assert!(!tree.root_node().has_error(), "{text}");
        tree.root_node().to_sexp()
    }

    fn repaired(text: &str) -> String {
        let parsed = parse(text, Language::TypeScript);
        assert!(parsed.text_was_repaired && parsed.errors.is_empty(), "{text}");
        parsed.tree.root_node().to_sexp()
    }

    /// Each text, and what its tree must have but has not as it stands.
    #[test]
    fn what_is_misread_without_an_error_is_replaced_first() {
        let misread = [
            ("await db.sql<Row>`select ${a < b}`;", "(await_expression (call_expression function: (member_expression"),
            ("await f<A>(x);", "(await_expression (call_expression function: (identifier)"),
            ("await a\n  .b(c)\n  .d<E, F[]>(x);", "(await_expression (call_expression function: (member_expression"),
            (
                "await a.b<C>(x).d<E>(y);",
                "(await_expression (call_expression function: (member_expression object: (call",
            ),
            ("!a.b<C>(x);", "(unary_expression argument: (call_expression"),
            ("a - b!.c();", "(binary_expression left: (identifier) right: (call_expression"),
            ("!a!.b(c);", "(unary_expression argument: (call_expression"),
            ("a && b.c(d)!.e(f);", "(expression_statement (binary_expression"),
        ];
        for (text, wanted) in misread {
            assert!(!bare(text).contains(wanted), "the grammar has learned it: {text}");
            assert!(repaired(text).contains(wanted), "{text}: {}", repaired(text));
        }
    }

    #[test]
    fn what_only_looks_like_a_gap_is_left_alone() {
        let sound = [
            "a < b && c > `d`",
            "x => `y`",
            "a > `b`",
            "let a = f<() => void>(); const g = () =>\n  `h`",
            "a = b<C>(d)",
            "if (a < b && c > (d)) {}",
            "a !== b",
            "a != b",
            "!a",
            "if (a) !b",
            "f(!a, !(b))",
            "return_(!a.b)",
            "a ? !b : !c",
            "// await f<\n// A\n// >(x);\ng();",
            "function f<T>(x: T) {}",
            "new A<B>(c)",
            "async <T>(x: T) => x",
        ];
        for text in sound {
            assert!(!parse(text, Language::TypeScript).text_was_repaired, "{text}");
        }
        assert!(!parse("a<b>`c`", Language::JavaScript).text_was_repaired);
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
