//! Text to syntax tree. Parsing never fails: what cannot be read is marked, and spans always fit the text that was handed in.
//!
//! The published grammars lack some of the language. Each known gap has a row in `gaps`, and a file with errors is parsed
//! again with equal-length stand-ins for what the grammar lacks (`repair`). Hostile input costs a bounded amount of work
//! (`budget`). This module reads no file and draws no conclusion from the tree.

mod budget;
mod gaps;
mod repair;
mod stand_in;

use budget::Allowance;
use tree_sitter::{Node, Tree};

use crate::source::{Language, Span};

/// A file's syntax tree and how far it can be trusted.
#[derive(Debug, Clone)]
pub struct Parsed {
    /// The tree. Its offsets fit the text that was parsed, even where [`Parsed::text_was_repaired`]; take text from there.
    pub tree: Tree,
    /// Whether the tree is that of the text with stand-ins, of equal length, for syntax that the grammar lacks.
    pub text_was_repaired: bool,
    /// Where the grammar could not follow: outermost `ERROR` and `MISSING` nodes, in order.
    pub errors: Vec<Span>,
    /// Whether parsing was given up because the text asks for too much work; the tree is then empty and the only error
    /// spans the whole text.
    pub stopped: bool,
}

/// Parses `text`, whatever it holds.
///
/// The result depends on nothing but the arguments: no thread, no file parsed before. Only text that would take more than
/// ten seconds may be given up sooner on a slower machine.
#[must_use]
pub fn parse(text: &str, language: Language) -> Parsed {
    let Some(filled) = gaps::without_silent(text, language) else {
        return parse_bytes(text.as_bytes(), language);
    };
    let parsed = Parsed { text_was_repaired: true, ..parse_bytes(&filled, language) };
    if parsed.errors.is_empty() {
        return parsed;
    }
    // Where the text is odd a stand-in may be out of place.
    let bare = parse_bytes(text.as_bytes(), language);
    if repair::cost(&bare.errors) < repair::cost(&parsed.errors) { bare } else { parsed }
}

fn parse_bytes(bytes: &[u8], language: Language) -> Parsed {
    let Some(tree) = budget::tree(bytes, language, &Allowance::of(bytes.len(), 1)) else {
        let tree = budget::tree(b"", language, &Allowance::of(0, 1)).expect("an empty text asks for no work");
        let errors = vec![Span::new(0, bytes.len() as u32)];
        return Parsed { tree, text_was_repaired: false, errors, stopped: true };
    };
    if !tree.root_node().has_error() {
        return Parsed { tree, text_was_repaired: false, errors: Vec::new(), stopped: false };
    }
    let errors = errors(tree.root_node());
    match repair::repaired(bytes, language, &errors) {
        Some((tree, errors)) => Parsed { tree, text_was_repaired: true, errors, stopped: false },
        None => Parsed { tree, text_was_repaired: false, errors, stopped: false },
    }
}

/// The outermost nodes that stand for an error, in order.
fn errors(root: Node<'_>) -> Vec<Span> {
    let mut found = Vec::new();
    let mut cursor = root.walk();
    loop {
        let node = cursor.node();
        if node.is_error() || node.is_missing() {
            found.push(Span::new(node.start_byte() as u32, node.end_byte() as u32));
        } else if node.has_error() && cursor.goto_first_child() {
            continue;
        }
        while !cursor.goto_next_sibling() {
            if !cursor.goto_parent() {
                return found;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sound_text_is_left_alone() {
        let parsed = parse("const a: number = 1;", Language::TypeScript);
        assert!(!parsed.text_was_repaired && !parsed.stopped);
        assert_eq!(parsed.errors, []);
        assert_eq!(parsed.tree.root_node().child(0).map(|node| node.kind()), Some("lexical_declaration"));
    }

    #[test]
    fn errors_are_outermost_and_in_order() {
        let text = "let a = ;\nf(1);\nlet b = @@ ;\n";
        let parsed = parse(text, Language::TypeScript);
        assert!(parsed.errors.len() >= 2, "{:?}", parsed.errors);
        assert!(parsed.errors.windows(2).all(|pair| pair[0].end <= pair[1].start), "{:?}", parsed.errors);
        assert!(!parsed.text_was_repaired);
    }

    #[test]
    fn a_broken_file_still_has_its_sound_parts() {
        let parsed = parse("f(1);\n<<<<<<< HEAD\ng(2);\n=======\ng(3);\n>>>>>>> other\nh(4);\n", Language::TypeScript);
        assert!(!parsed.errors.is_empty() && !parsed.stopped);
        assert!(parsed.tree.root_node().to_sexp().contains("call_expression"));
    }

    /// Each of these made some parser slow, or deep, or both.
    #[test]
    fn hostile_text_is_parsed_or_given_up_soon() {
        let many = |unit: &str, bytes: usize| unit.repeat(bytes / unit.len());
        let texts = [
            many("[", 20_000),
            many("[", 20_000) + &many("]", 20_000),
            many("({[", 60_000),
            many("{a:", 600_000),
            many("<a>", 60_000),
            many("a=>", 60_000),
            many("x=(", 600_000),
            many("try{}catch{/*", 300_000),
            many("a(1,'b');", 600_000),
            many("\0", 600_000),
            format!("x = `{}", many("a", 600_000)),
        ];
        for text in &texts {
            for language in [Language::JavaScript, Language::TypeScript, Language::Tsx] {
                let start = Instant::now();
                let parsed = parse(text, language);
                let head: String = text.chars().take(20).collect();
                assert!(start.elapsed() < Duration::from_secs(30), "{head} as {language:?}: {:?}", start.elapsed());
                assert!(parsed.errors.iter().all(|span| span.end as usize <= text.len()), "{head}");
            }
        }
    }

    #[test]
    fn giving_up_is_said_and_leaves_the_parser_sound() {
        let hostile = "try{}catch{/*".repeat(100_000);
        let parsed = parse(&hostile, Language::TypeScript);
        assert!(parsed.stopped);
        assert_eq!(parsed.errors, [Span::new(0, hostile.len() as u32)]);
        assert_eq!(parsed.tree.root_node().child_count(), 0);
        let next = parse("const a = 1;", Language::TypeScript);
        assert!(!next.stopped && next.errors.is_empty());
    }

    #[test]
    fn a_file_cut_anywhere_is_parsed() {
        let text =
            "import a from \"b\";\nexport async function f(x: A<B>) {\n  for (const y of x) await g(`${y}`);\n}\n";
        for end in 0..=text.len() {
            let parsed = parse(&text[..end], Language::TypeScript);
            assert!(!parsed.stopped);
            assert!(parsed.errors.iter().all(|span| span.end as usize <= end));
        }
    }

    /// Pieces that the grammar or a stand-in may trip over.
    const PIECES: &str = "await a f<T>(x) <A >( >` ` ${ } { ( ) ! !. & && <p> </p> 'é' \" // /* */ import(\"x\") typeof export type * \
                          from \"y\" with using for ( of unique ; , => = < > [ ] \\u é class accessor static in out";

    proptest! {
        #[test]
        fn any_text_is_parsed(pieces in proptest::collection::vec(
            proptest::sample::select(PIECES.split_whitespace().chain([" ", "\n", "\0"]).collect::<Vec<_>>()), 0..40,
        )) {
            let text = pieces.concat();
            for language in [Language::JavaScript, Language::TypeScript, Language::Tsx] {
                let parsed = parse(&text, language);
                prop_assert!(!parsed.stopped);
                prop_assert!(parsed.tree.root_node().end_byte() <= text.len());
                for span in &parsed.errors {
                    prop_assert!(text.get(span.start as usize..span.end as usize).is_some(), "{span:?} in {text:?}");
                }
            }
        }
    }
}
