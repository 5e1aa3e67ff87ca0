//! Whether a comment gives a reason. Words alone are looked at; what they mean is not.

/// Words that a comment can be made of without saying why.
const EMPTY_WORDS: &[&str] = &[
    "best",
    "effort",
    "ignore",
    "ignored",
    "ignoring",
    "intentionally",
    "empty",
    "noop",
    "no",
    "op",
    "todo",
    "fixme",
    "error",
    "errors",
    "silently",
    "silent",
    "fail",
    "fails",
    "handling",
    "handle",
    "handled",
    "required",
    "not",
    "do",
    "nothing",
    "skip",
    "catch",
    "swallow",
    "swallowed",
    "safe",
    "to",
    "the",
    "is",
    "this",
    "on",
    "purpose",
    "expected",
    "continue",
    "exception",
    "exceptions",
    "it",
    "we",
    "and",
    "just",
    "ok",
    "okay",
    "fine",
    "anyway",
    "for",
    "now",
    "a",
    "in",
    "of",
];

/// A comment's words alone, so that the same sentence is known again.
#[must_use]
pub fn normalized(comment: &str) -> String {
    let lower = comment.to_lowercase();
    lower.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Whether a comment says anything: at least two words of three letters or more that are not about ignoring. Directives say
/// nothing.
#[must_use]
pub fn says_why(comment: &str) -> bool {
    let lower = comment.to_lowercase();
    let directive =
        ["eslint", "biome-ignore", "ts-", "@ts-", "oxlint", "prettier"].iter().any(|it| lower.starts_with(it));
    let words = lower.split(|c: char| !c.is_alphabetic());
    let words = words.filter(|it| it.chars().count() >= 3 && !EMPTY_WORDS.contains(it));
    !directive && words.count() >= 2
}
