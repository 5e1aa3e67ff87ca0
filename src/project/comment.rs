//! What a comment in a handler is worth: a reason, or words that would fit anywhere.
//!
//! A comment is judged by its words alone; whether a reason is enough depends on what may fail, which is asked elsewhere.

use std::collections::{BTreeSet, HashMap};

use super::{Deed, Guarded, Project, Swallow};
use crate::source::FileId;

/// What a comment says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Excuse {
    /// There is none.
    None,
    /// It names no failure and no consequence.
    Empty,
    /// The same words stand in that many files.
    Boilerplate(usize),
    /// Something specific.
    Reason,
}

/// Every comment of the code base's handlers, to tell what was pasted.
#[derive(Debug, Default)]
pub struct Excuses(HashMap<String, BTreeSet<FileId>>);

/// In how many files the same words are no reason any more.
const PASTED: usize = 3;

/// Words that fit any handler.
const HOLLOW: &str = "a acceptable action all already an and any anyway are as at attempt be been below best block but by can case cases catch \
    caught continue continues could critical deliberate deliberately do does doesn don done effort else empty err error errors even exception \
    exceptions expected fail failed failing fails failure failures fallback false fine for from fyi gracefully handle handled handler handling \
    happen happened happens has have here if ignorable ignore ignored ignores ignoring in instead intended intentional intentionally is issue \
    issues it its just leave let like may might must necessary need needed never no non none noop nop not nothing null of ok okay on only op \
    optional or otherwise our out pass problem problems purpose purposely quiet quietly reason required return safe safely should silence \
    silent silently simply skip skipped so some still such suppress suppressed swallow swallowed swallowing t than that the then there these \
    they this those throw throws to todo try undefined unexpected unless unused up use user void was we went what whatever when will with \
    won worry would xxx you fixme hack";

/// How directives for other tools begin.
const DIRECTIVES: &[&str] = &[
    "eslint",
    "tslint",
    "biome-ignore",
    "@ts-",
    "ts-ignore",
    "istanbul",
    "c8 ",
    "v8 ",
    "noinspection",
    "noqa",
    "nosonar",
    "prettier-ignore",
    "oxlint",
    "deno-lint",
    "sonar",
    "todo",
    "fixme",
    "xxx",
    "hack",
];

/// Words that say that an error is dealt with.
const DEALT: &str =
    "handled handling show shown shows reported reports logged logs surfaced surfaces displayed displays toast toasts";

impl Excuses {
    /// Counts in how many files each comment stands.
    pub fn of<'s>(sites: impl IntoIterator<Item = &'s Swallow>) -> Self {
        let mut found = Self::default();
        for site in sites {
            if let Some(comment) = &site.comment {
                found.0.entry(normalized(comment)).or_default().insert(site.file);
            }
        }
        found
    }

    /// What a handler's comment is worth, or the one above the statement where the handler has none.
    #[must_use]
    pub fn weigh(&self, project: &Project, site: &Swallow) -> Excuse {
        let Some(comment) = &site.comment else {
            let beside = project.comment_beside(site).into_iter();
            let mut said = beside.chain(project.comment_above(site.file, project.statement_start(site)));
            let is_reason = said.any(|it| speaks_of_failure(&it) && says_something(&it));
            return if is_reason { Excuse::Reason } else { Excuse::None };
        };
        let n_files = self.0.get(&normalized(comment)).map_or(1, BTreeSet::len);
        match () {
            // Where a page's requests are dealt with is one place for all of them.
            () if n_files >= PASTED && !(says_who_deals(site) && project.is_of_a_page(site.file)) => {
                Excuse::Boilerplate(n_files)
            }
            () if !says_something(comment) => Excuse::Empty,
            () => Excuse::Reason,
        }
    }
}

/// Whether a comment is about what happens where something fails: `a lookup that fails must not hold up the rest`.
fn speaks_of_failure(comment: &str) -> bool {
    const FAILING: &str = "fail fails failed failing failure failures error errors throw throws";
    const AFTER: &str = "must should never optional instead not just without regardless still";
    let all: Vec<String> = words(comment).collect();
    let has = |list| all.iter().any(|it| super::callee::among(list, it));
    has(FAILING) && (has(AFTER) || has(DEALT))
}

/// Whether a comment names what a call does: "ignore quit errors" behind `quit`, "parse errors" behind `JSON.parse`.
#[must_use]
pub fn names_failure(site: &Swallow, deed: &Deed) -> bool {
    let hollow: BTreeSet<&str> = HOLLOW.split_whitespace().collect();
    let called = super::callee::words(&deed.name);
    site.comment.iter().flat_map(|it| words(it)).any(|it| !hollow.contains(it.as_str()) && called.contains(&it))
}

/// Whether a comment expects that what a call deletes may be gone already.
#[must_use]
pub fn expects_absence(site: &Swallow, deed: &Deed) -> bool {
    let deletes = super::callee::words(&deed.name)
        .first()
        .is_some_and(|it| matches!(it.as_str(), "delete" | "remove" | "del" | "drop"));
    let absent = |it: String| matches!(it.as_str(), "exist" | "exists" | "already" | "gone" | "missing");
    deletes && site.comment.iter().flat_map(|it| words(it)).any(absent)
}

/// Whether a comment expects that what a call speaks to may be over already: "the run may already be done".
#[must_use]
pub fn expects_end(site: &Swallow) -> bool {
    const OVER: &str =
        "done closed gone finished ended stopped terminated exited aborted deleted disconnected completed dead";
    let said: Vec<String> = site.comment.iter().flat_map(|it| words(it)).collect();
    said.iter().any(|it| it == "already") && said.iter().any(|it| super::callee::among(OVER, it))
}

/// Whether a comment says that what is asked for may not be there at all: `not supported`.
#[must_use]
pub fn expects_lack(site: &Swallow) -> bool {
    let lacking = |it: String| matches!(it.as_str(), "supported" | "unsupported" | "unavailable");
    site.comment.iter().flat_map(|it| words(it)).any(lacking)
}

/// Whether a comment says that a value is not what was looked for: `not JSON`, `malformed`.
pub(super) fn names_unsound(site: &Swallow) -> bool {
    const UNSOUND: &str = "not invalid malformed unparseable unparsable corrupt corrupted raw plain partial incomplete";
    site.comment.iter().flat_map(|it| words(it)).any(|it| super::callee::among(UNSOUND, &it))
}

/// Whether a comment says that an error is dealt with elsewhere.
#[must_use]
pub fn says_who_deals(site: &Swallow) -> bool {
    site.comment.iter().flat_map(|it| words(it)).any(|it| super::callee::among(DEALT, &it))
}

impl Project {
    /// Where the statement starts that a handler belongs to, as far as its expression tells.
    fn statement_start(&self, site: &Swallow) -> u32 {
        match (site.guarded, self.facts(site.file)) {
            (Guarded::Block(body), Some(facts)) => facts.region(body).span.start,
            (Guarded::Promise(object, _), Some(facts)) => facts.expr(object).span.start,
            (Guarded::Effect(span, _), _) => span.start,
            _ => site.span.start,
        }
    }

    /// Whether a file is part of a page: it runs in a browser, or holds markup.
    #[must_use]
    pub fn is_of_a_page(&self, file: FileId) -> bool {
        let path = &self.file(file).path;
        self.runtime(file).browser || path.ends_with(".tsx") || path.ends_with(".jsx")
    }

    /// The comment behind a promise's handler, on the line on which it ends.
    fn comment_beside(&self, site: &Swallow) -> Option<String> {
        let line = self.file(site.file).text[site.span.end as usize..].lines().next()?;
        let (code, comment) = line.split_once("//").or_else(|| line.split_once("/*"))?;
        let is_handler = matches!(site.guarded, Guarded::Promise(..));
        (is_handler && code.chars().all(|it| " );,".contains(it))).then(|| comment.to_owned())
    }

    /// The lines of comment right above the statement that begins on the line of a place, or on one just before it.
    fn comment_above(&self, file: FileId, start: u32) -> Option<String> {
        let text = &self.file(file).text[..start as usize];
        let mut lines = text.lines().rev();
        let mut found: Vec<&str> = Vec::new();
        // The statement's own lines: `const found = id\n  ? await load(id)`.
        let own = 3;
        for (at, line) in lines.by_ref().take(own + 12).enumerate() {
            let line = line.trim();
            let is_comment = line.starts_with("//") || line.starts_with('*') || line.starts_with("/*");
            match is_comment {
                true => found.push(line),
                false if !found.is_empty() || at >= own || at > 0 && line.ends_with([';', '}']) => break,
                false => {}
            }
        }
        found.reverse();
        (!found.is_empty()).then(|| found.join(" "))
    }
}

fn normalized(comment: &str) -> String {
    words(comment).collect::<Vec<_>>().join(" ")
}

fn words(comment: &str) -> impl Iterator<Item = String> {
    comment.split(|it: char| !it.is_alphanumeric()).filter(|it| !it.is_empty()).map(str::to_lowercase)
}

/// Whether a comment says no more than that something failed, and what is returned then: `Error getting names, return null`.
fn only_restates(comment: &str) -> bool {
    const FAILING: &str = "error errors failed failure unable could couldn cannot can";
    const GOING_ON: &str = "because since so may might must should only already optional still without instead fine continue keep use \
        using fall falls fallback default later next retry retries until when while unless but anyway never always";
    let all: Vec<String> = words(comment).collect();
    let is_failing = all.first().is_some_and(|it| super::callee::among(FAILING, it));
    let goes_on = |it: &String| super::callee::among(GOING_ON, it) || super::callee::among(DEALT, it);
    is_failing && all.len() <= 10 && !all.iter().any(goes_on) && !comment.contains(". ")
}

fn says_something(comment: &str) -> bool {
    let start = comment.trim_start().to_lowercase();
    if DIRECTIVES.iter().any(|it| start.starts_with(it)) {
        return false;
    }
    if only_restates(comment) {
        return false;
    }
    let hollow: BTreeSet<&str> = HOLLOW.split_whitespace().collect();
    // Two letters, or letters with digits among them, are no word that could explain.
    let telling =
        |it: &String| it.chars().count() > 2 && it.chars().all(char::is_alphabetic) && !hollow.contains(it.as_str());
    // Who says that the error is dealt with needs to name one more thing: where.
    let names_where = words(comment).any(|it| super::callee::among(DEALT, &it));
    words(comment).filter(telling).filter(|it| !names_where || !super::callee::among(DEALT, it)).take(2).count()
        >= if names_where { 1 } else { 2 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_that_fit_anywhere_are_no_reason() {
        for hollow in [
            "noop",
            "ignore errors",
            "intentionally empty",
            "best-effort",
            "TODO: handle it when the store is up",
            "eslint-disable-line no-empty",
        ] {
            assert!(!says_something(hollow), "{hollow}");
        }
        for told in ["Not JSON, use text as-is", "localStorage full or disabled, ignore"] {
            assert!(says_something(told), "{told}");
        }
    }
}
