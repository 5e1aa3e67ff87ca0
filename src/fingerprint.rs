//! A finding's identity: what stays the same while lines move, code is reformatted and comments change.
//!
//! Pure; knows neither files nor rules. Two findings that cannot be told apart differ by an ordinal only, which stands in the last
//! digits of the fingerprint: what stands before it is compared as a multiset.

/// How many of a fingerprint's 32 digits are the same for all that only an ordinal tells apart.
const SHARED: usize = 28;

/// A fingerprint without its ordinal: what findings that cannot be told apart have in common.
pub(crate) fn shared(fingerprint: &str) -> &str {
    fingerprint.get(..SHARED).unwrap_or(fingerprint)
}

/// What identifies a finding, before equals are numbered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Anchor<'a> {
    /// Rule id.
    pub(crate) rule: &'a str,
    /// The file, relative to the root.
    pub(crate) path: &'a str,
    /// The functions and classes around the anchor, joined with dots.
    pub(crate) scope: &'a str,
    /// What the anchor says.
    pub(crate) text: &'a str,
}

impl Anchor<'_> {
    /// A hash that anchors share exactly when nothing but an ordinal can tell them apart.
    pub(crate) fn identity(&self) -> blake3::Hash {
        self.hash(Some(self.path)).finalize()
    }

    /// The fingerprint of the `ordinal`th of the anchors with one identity: 32 hexadecimal digits.
    pub(crate) fn fingerprint(&self, ordinal: u64) -> String {
        hex(self.hash(Some(self.path)), ordinal)
    }

    /// The same without the path, so that a moved file's findings keep it.
    pub(crate) fn moved(&self, ordinal: u64) -> String {
        hex(self.hash(None), ordinal)
    }

    fn hash(&self, path: Option<&str>) -> blake3::Hasher {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&[u8::from(path.is_some())]);
        for part in [self.rule, path.unwrap_or_default(), self.scope].into_iter().chain(tokens(self.text)) {
            // Lengths keep neighbors apart: `ab`, `c` is not `a`, `bc`.
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part.as_bytes());
        }
        hasher
    }
}

fn hex(hasher: blake3::Hasher, ordinal: u64) -> String {
    format!("{}{:04x}", &hasher.finalize().to_hex()[..SHARED], ordinal.min(0xffff))
}

/// Words, strings and signs without the blanks and comments between them.
///
/// This is no lexer: it may split a regular expression oddly, but always splits the same text in the same way.
fn tokens(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = text;
    std::iter::from_fn(move || {
        loop {
            rest = rest.trim_start();
            let blank = if rest.starts_with("//") {
                rest.find('\n').unwrap_or(rest.len())
            } else if let Some(comment) = rest.strip_prefix("/*") {
                comment.find("*/").map_or(rest.len(), |at| at + "/**/".len())
            } else {
                break;
            };
            rest = &rest[blank..];
        }
        let first = rest.chars().next()?;
        let length = match first {
            '"' | '\'' | '`' => string_length(rest, first),
            it if is_word(it) => rest.find(|it| !is_word(it)).unwrap_or(rest.len()),
            sign => sign.len_utf8(),
        };
        let token;
        (token, rest) = rest.split_at(length);
        Some(token)
    })
}

fn is_word(it: char) -> bool {
    it.is_alphanumeric() || matches!(it, '_' | '$' | '#')
}

/// The length of a string with its quotes; one that is not closed runs to the end.
fn string_length(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, it) in text.char_indices().skip(1) {
        match it {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            _ if it == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANCHOR: Anchor<'static> =
        Anchor { rule: "empty-catch", path: "a.ts", scope: "Store.load", text: "catch (e) { retry('a b'); }" };

    #[test]
    fn blanks_and_comments_do_not_matter() {
        for text in [
            "catch(e){retry('a b');}",
            "catch (e) {\n  // later\n  retry('a b');\n}",
            "catch (e) { /* now: '*/ retry( 'a b' ) ; } // end",
        ] {
            assert_eq!(Anchor { text, ..ANCHOR }.fingerprint(0), ANCHOR.fingerprint(0), "{text}");
        }
        for text in ["catch (e) { retry('ab'); }", "catch (e) { re try('a b'); }", "catch (e) { retry('a  b'); }"] {
            assert_ne!(Anchor { text, ..ANCHOR }.fingerprint(0), ANCHOR.fingerprint(0), "{text}");
        }
    }

    #[test]
    fn every_part_counts() {
        let others = [
            Anchor { rule: "query-in-loop", ..ANCHOR },
            Anchor { path: "b.ts", ..ANCHOR },
            Anchor { scope: "Store.save", ..ANCHOR },
            Anchor { scope: "", ..ANCHOR },
        ];
        for other in others {
            assert_ne!(other.fingerprint(0), ANCHOR.fingerprint(0));
            assert_ne!(other.identity(), ANCHOR.identity());
        }
        assert_ne!(ANCHOR.fingerprint(1), ANCHOR.fingerprint(0));
    }

    #[test]
    fn only_the_moved_fingerprint_survives_a_move() {
        let moved = Anchor { path: "lib/a.ts", ..ANCHOR };
        assert_eq!(moved.moved(0), ANCHOR.moved(0));
        assert_ne!(moved.moved(0), ANCHOR.moved(1));
        assert_ne!(ANCHOR.moved(0), ANCHOR.fingerprint(0));
    }

    #[test]
    fn a_fingerprint_is_32_digits() {
        let print = ANCHOR.fingerprint(0);
        assert_eq!(print.len(), 32);
        assert!(print.bytes().all(|it| it.is_ascii_hexdigit()));
    }

    #[test]
    fn equals_share_all_but_the_ordinal() {
        let [first, second] = [0, 1].map(|it| ANCHOR.fingerprint(it));
        assert_eq!(shared(&first), shared(&second));
        assert_eq!((&first[28..], &second[28..]), ("0000", "0001"));
        assert_eq!(shared("short"), "short");
    }

    #[test]
    fn odd_text_ends() {
        let split = |text| tokens(text).collect::<Vec<_>>();
        assert_eq!(split("a /* open"), ["a"]);
        assert_eq!(split("'open \\' é"), ["'open \\' é"]);
        assert_eq!(split("é+ 𝕏//"), ["é", "+", "𝕏"]);
        assert_eq!(split("/*/ a"), [""; 0]);
    }
}
