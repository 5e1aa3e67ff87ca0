//! A limit on rows that limits nothing: chosen by the caller, read again every few seconds, or beyond all use.
//!
//! Reads without any limit are another rule's.

use super::{Judge, Rule};
use crate::catalog::LibraryKind;
use crate::finding::Verdict;
use crate::project::{Amount, Limit, Project};
use crate::skim::Trigger;

/// `limit` as a key with a number or with something that holds one, or as a shorthand; a schema's `limit: z…` is none.
const LIMIT_KEY: &str = r"^\s*(?:\}|\$[\d{]|\d|\?[^:]|:\s*(?:\d|\(|req|request|input|query|params|parse|Number|Math|ctx|args|opts|options|page|per|limit|LIMIT|size|max|[A-Z]))";

/// The rule.
pub(super) const RULE: Rule = Rule {
    page: include_str!("../../rules/unbounded-limit.md"),
    judge: Judge::Whole(judge),
    triggers: &[],
    store_triggers: &[
        Trigger { anchor: ".limit", then: Some(r"^\s*\(") },
        Trigger { anchor: "limit", then: Some(LIMIT_KEY) },
        Trigger { anchor: "LIMIT", then: Some(r"^\s+(?:\$|\d|\?)") },
        Trigger { anchor: "take", then: Some(r"^\s*[,(:}]") },
        Trigger { anchor: "range", then: Some(r"^\(") },
        Trigger { anchor: "setInterval", then: Some(r"^\(") },
        Trigger { anchor: "refetchInterval", then: Some(r"^:") },
    ],
    store_reach: 1,
};

/// Rows of one answer that no reader needs at once and that a process holds only with effort, where nothing else is known.
const MOST: f64 = 5_000.0;

/// Rows that are many when they are read again and again by every client.
const POLLED: f64 = 100.0;

/// Rows per second that so many clients make a database read which nobody asked for.
const LOAD: f64 = 5_000.0;

/// The clients that load is reckoned with, as the message says.
const CLIENTS: f64 = 10_000.0;

fn judge(project: &Project) -> Vec<Verdict> {
    let polls = project.polls();
    let judged = project.limits().into_iter().map(|limit| {
        let place = project.place_of_limit(&limit);
        if limit.library.kind == LibraryKind::Local {
            return Verdict::cleared(place, "not a server query: it reads what this process or browser holds");
        }
        match &limit.rows {
            Amount::Request { place: origin, hops } => {
                let taken = project.text_of(*origin).lines().next().unwrap_or_default();
                Verdict::found("unclamped-input", place)
                    .says(format!("`{}` comes from the request{} and nothing bounds it: one caller can ask for every row and hold the connection and the memory", limit.text, if taken.starts_with('{') || taken == limit.text { String::new() } else { format!(" (`{taken}`)") }))
                    .fix(format!("Bound it where it enters: `Math.min(…, 100)`, or a `max` in its schema. {}", cursor(&limit)))
                    .because(*origin, "taken from the request here")
                    .through(hops.iter().cloned())
            }
            Amount::AtMost(rows) => constant(project, &limit, *rows, &polls),
            Amount::Configured => Verdict::cleared(place, "set by whoever runs it, in the environment"),
            Amount::Stated => Verdict::cleared(place, "a check bounds it"),
            Amount::Caller => Verdict::cleared(place, "the calling code decides, and no request is seen to reach it"),
            Amount::Unknown => Verdict::lead("oversized", place)
                .says(format!("How many rows `{}` lets through is not shown", limit.text))
                .fix("Make sure that something bounds it, and that callers cannot."),
        }
    });
    judged.collect()
}

fn constant(project: &Project, limit: &Limit, rows: f64, polls: &crate::project::Polls) -> Verdict {
    let place = project.place_of_limit(limit);
    // One more than the most is how a range that ends too late looks, and how one looks for a next page.
    let cap = limit.library.row_cap.as_ref().filter(|it| it.rows.is_some_and(|most| rows > most as f64 + 1.0));
    if let Some(cap) = cap {
        return Verdict::found("oversized", place)
            .says(format!("This asks for {rows} rows and does not get them: {}", cap.text))
            .fix(format!("Read in pages of what the server hands out. {}", cursor(limit)));
    }
    let poll = limit_region(project, limit).and_then(|it| project.poll_of(polls, limit.file, it));
    let in_browser = |it: crate::source::FileId| project.runtime(it).browser;
    let load = |it: &crate::project::Poll| rows * CLIENTS / (it.every / 1000.0);
    if let Some(poll) = poll.filter(|it| rows >= POLLED && load(it) >= LOAD && in_browser(it.place.file)) {
        return Verdict::found("polled", place)
            .says(format!("Up to {rows} rows are read again every {} s by every open client: at 10,000 clients that is {} rows per second", poll.every / 1000.0, load(&poll).round()))
            .fix("Ask only for what is new since the last answer, less often, and not while the page is hidden; or let the server push.")
            .because(poll.place, "runs again and again");
    }
    if rows > MOST {
        if is_bulk(project, limit) {
            return Verdict::cleared(place, format!("at most {rows} rows, in a job that nobody waits for"));
        }
        return Verdict::found("oversized", place)
            .says(format!("Up to {rows} rows are read and held at once, which works like no limit"))
            .fix(cursor(limit));
    }
    Verdict::cleared(place, format!("at most {rows} rows"))
}

fn cursor(limit: &Limit) -> String {
    match limit.library.streaming.first() {
        Some(streaming) => format!("Page through large sets by cursor, or stream: {streaming}."),
        None => "Page through large sets by cursor.".to_owned(),
    }
}

fn limit_region(project: &Project, limit: &Limit) -> Option<crate::facts::RegionId> {
    Some(project.facts(limit.file)?.call(limit.call).region)
}

/// Whether the code is an export, a backfill or another job, by the names around it.
fn is_bulk(project: &Project, limit: &Limit) -> bool {
    let place = project.place_of_limit(limit);
    let names = format!("{} {}", project.file(limit.file).path, project.scope_path(place)).to_ascii_lowercase();
    let words = [
        "export", "backfill", "migrat", "batch", "sweep", "csv", "dump", "cron", "/jobs/", "worker", "cleanup",
        "purge", "seed", "report",
    ];
    words.iter().any(|it| names.contains(it))
}
