//! A catch that does nothing with the error, judged by what it protects and by what its comment says.

use std::collections::{BTreeMap, BTreeSet};

use super::Rule;
use crate::finding::Verdict;
use crate::project::{Harm, Project, Swallow};
use crate::skim::Trigger;
use crate::source::FileId;

/// The rule.
pub(super) const RULE: Rule = Rule {
    page: include_str!("../../rules/empty-catch.md"),
    judge,
    triggers: &[
        Trigger {
            anchor: "catch",
            then: Some(
                r"\s*(\([^)]{0,80}\)\s*)?\{(\s|//[^\n]*|/\*(?s:.{0,400}?)\*/)*(\}|return\b[^;\n}]{0,24};?\s*\})",
            ),
        },
        Trigger {
            anchor: ".catch(",
            then: Some(
                r"\s*(async\s*)?(\([^)]{0,60}\)|\w+)\s*=>\s*(\{(\s|//[^\n]*|/\*(?s:.{0,400}?)\*/)*\}|\(?\s*(null|undefined|\[\]|\{\}|false|true|0|''|\x22\x22|void 0)\s*\)?\s*\))",
            ),
        },
        Trigger {
            anchor: ".catch(",
            then: Some(
                r"\s*(async\s*)?(function\s*\w*\s*)?\([^)]{0,60}\)\s*(=>\s*)?\{(\s|//[^\n]*)*(return\b[^;\n}]{0,24};?\s*)?\}",
            ),
        },
        Trigger { anchor: ".catch(", then: Some(r"\s*[\w.]*(?i:noop|ignore|swallow)\w*\s*\)") },
        Trigger { anchor: ".then(", then: Some(r"[^;]{0,200}?,\s*\(\)\s*=>\s*\{\s*\}\s*\)") },
    ],
    store_triggers: &[],
};

/// Words that a comment can be made of without saying why.
const EMPTY_WORDS: &[&str] = &[
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

fn judge(project: &Project) -> Vec<Verdict> {
    let mut sites: Vec<(FileId, Swallow)> = Vec::new();
    for (file, _) in project.audited() {
        sites.extend(project.swallows(file).into_iter().map(|it| (file, it)));
    }
    let mut files_saying: BTreeMap<String, BTreeSet<FileId>> = BTreeMap::new();
    for (file, site) in &sites {
        if let Some(comment) = &site.comment {
            files_saying.entry(normalized(comment)).or_default().insert(*file);
        }
    }
    let repeated = |comment: &str| files_saying.get(&normalized(comment)).is_some_and(|it| it.len() >= 3);
    sites.iter().map(|(file, site)| judge_site(project, *file, site, &repeated)).collect()
}

fn judge_site(project: &Project, file: FileId, site: &Swallow, repeated: &dyn Fn(&str) -> bool) -> Verdict {
    if site.on_builder {
        return Verdict::cleared(
            site.place,
            "a query builder has no `catch`: the call fails before this handler is in place",
        );
    }
    let (harm, evidence) = project.harm(file, site.protected);
    let comment = site.comment.as_deref().filter(|it| says_why(it) && !repeated(it));
    let kind = match (harm, site.is_default, comment) {
        (Harm::Enforces | Harm::Writes, _, _) => "fail-open",
        (Harm::Suspect, _, _) => "unexplained",
        (Harm::Reads | Harm::Unknown, _, Some(_)) | (Harm::Nothing, _, _) => "best-effort",
        (Harm::Reads, true, None) => "default-only",
        (Harm::Reads | Harm::Unknown, _, None) => {
            if site.is_default {
                "best-effort"
            } else {
                "unexplained"
            }
        }
    };
    let told = match kind {
        "fail-open" => "A failure of what others rely on vanishes here, and the caller goes on as if it had worked",
        "default-only" => "A failed read comes back as a literal, so empty and broken look alike",
        "unexplained" => "An error vanishes here, and nothing says why it does not matter",
        _ => "An error vanishes here; what it stops is optional",
    };
    let help = match kind {
        "fail-open" => {
            "Rethrow, or report the error and answer with a failure; if it may be lost, say why in a comment and count it."
        }
        "best-effort" => "Nothing urgent: a comment with the reason keeps the next reader from asking.",
        _ => "Report the error to the log or the error tracker, or say in a comment why it does not matter.",
    };
    Verdict::found(kind, site.place).says(told).fix(help).through(evidence)
}

fn normalized(comment: &str) -> String {
    comment.split_whitespace().collect::<Vec<_>>().join(" ").to_lowercase()
}

/// Whether a comment says anything: at least two words that are not about ignoring. Directives say nothing.
fn says_why(comment: &str) -> bool {
    let lower = comment.to_lowercase();
    let directive =
        ["eslint", "biome-ignore", "ts-", "@ts-", "oxlint", "prettier"].iter().any(|it| lower.starts_with(it));
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|it| !it.is_empty() && !EMPTY_WORDS.contains(it));
    !directive && words.count() >= 2
}
