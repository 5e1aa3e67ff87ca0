//! A catch that does nothing with the error, judged by what it protects and by what its comment says.

use std::collections::{BTreeMap, BTreeSet};

use super::Rule;
use crate::finding::Verdict;
use crate::project::{Harm, Project, Swallow, normalized, says_why};
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
    let repeated = |comment: &str| files_saying.get(&normalized(comment)).map_or(0, BTreeSet::len);
    sites.iter().map(|(file, site)| judge_site(project, *file, site, &repeated)).collect()
}

fn judge_site(project: &Project, file: FileId, site: &Swallow, repeated: &dyn Fn(&str) -> usize) -> Verdict {
    if site.on_builder {
        return Verdict::cleared(
            site.place,
            "a query builder has no `catch`: the call fails before this handler is in place",
        );
    }
    let (harm, call) = project.harm(file, site.protected);
    let n_files = site.comment.as_deref().map_or(0, repeated);
    let reason = site.comment.as_deref().filter(|it| says_why(it) && n_files < 3);
    let called = call.map_or_else(|| "it".to_owned(), |it| format!("`{}`", project.called(file, it)));
    let literal = if site.is_default { site.gives.clone() } else { String::new() };
    let (kind, told) =
        match (harm, site.is_default && !site.gives.contains("undefined") && site.gives != "nothing", reason) {
            (Harm::Enforces | Harm::Writes, ..) => (
                "fail-open",
                format!("When {called} fails, the error vanishes and the caller goes on as if it had worked"),
            ),
            (Harm::Reads | Harm::Unknown | Harm::Nothing, _, Some(_)) => {
                return Verdict::cleared(site.place, "the comment says why");
            }
            (Harm::Reads | Harm::Unknown, true, None) => {
                ("default-only", format!("When {called} fails, {literal} comes back: empty and broken look alike"))
            }
            (Harm::Nothing, ..) => (
                "best-effort",
                format!("An error of {called} is swallowed; what it stops is optional, a probe or an attempt"),
            ),
            _ => ("unexplained", unexplained(&called, site.comment.as_deref(), n_files)),
        };
    let help = match kind {
        "fail-open" => {
            "Rethrow, or report the error and answer with a failure; if it may be lost, say why in a comment and count it."
        }
        "best-effort" => "Nothing urgent: a comment with the reason keeps the next reader from asking.",
        _ => "Report the error to the log or the error tracker, or say in a comment why it does not matter.",
    };
    let verdict = Verdict::found(kind, site.place).says(told).fix(help);
    match call.filter(|_| harm < Harm::Unknown) {
        Some(call) => verdict.because(project.anchor_of(file, call), "its errors vanish"),
        None => verdict,
    }
}

fn unexplained(called: &str, comment: Option<&str>, n_files: usize) -> String {
    match comment {
        None => format!("An error of {called} is swallowed, and nothing says why it does not matter"),
        Some(_) if n_files >= 3 => {
            format!("An error of {called} is swallowed with a sentence that stands in {n_files} files and is no reason")
        }
        Some(_) => format!("An error of {called} is swallowed, and the comment gives no reason"),
    }
}
