//! A query that runs once per element of something: one round trip each.

use super::{Judge, Rule};
use crate::catalog::{EffectKind, LibraryKind, SameTick};
use crate::facts::{CallId, FileFacts};
use crate::finding::Verdict;
use crate::project::{Drawn, Iteration, Project, QueryPath, Rounds, Turn};
use crate::skim::Trigger;
use crate::source::FileId;

/// `Promise.all` over something else than a list that is written out: a mapped list, a name, a call.
const OVER_A_LIST: &str = r"(?:Settled)?\(\s*(?:[\w.$?!\[\]()]{1,120}?\s*\.\s*(?:map|flatMap|filter)\b|\w+\s*[,)]|\[\s*\.\.\.|Array\b|Object\b)";

/// A component that is drawn on the server, and draws a list. Those on the page are looked at where something else asks for their
/// file: there are too many.
const DRAWS: &str = r"\s+[A-Z]\w*\s*\((?s:.{0,3000}?)\.map\(\s*(?:\([^()]*\)|\w+)\s*=>";

/// The rule.
pub(super) const RULE: Rule = Rule {
    page: include_str!("../../rules/query-in-loop.md"),
    judge: Judge::ByFile(judge),
    triggers: &[],
    store_triggers: &[
        Trigger { anchor: "for", then: Some(r"\s*(await\s*)?\((?s:.{0,1500}?)\bawait\b") },
        Trigger { anchor: "while", then: Some(r"\s*\((?s:.{0,1500}?)\bawait\b") },
        // Anchors of two letters would make the whole search slower.
        Trigger { anchor: "do {", then: Some(r"(?s:.{0,1500}?)\bawait\b") },
        Trigger { anchor: "do{", then: Some(r"(?s:.{0,1500}?)\bawait\b") },
        Trigger { anchor: "do\n", then: Some(r"\s*\{(?s:.{0,1500}?)\bawait\b") },
        Trigger { anchor: "do\r", then: Some(r"\s*\{(?s:.{0,1500}?)\bawait\b") },
        Trigger {
            anchor: ".map(",
            then: Some(r"\s*(?:async|\(?[\w\s:,{}.<>\[\]]{1,60}\)?\s*=>\s*(?:\{\s*return\s+)?async\s*\(\s*\))"),
        },
        Trigger { anchor: ".push(", then: Some(r"\s*async\s*\(\s*\)") },
        Trigger { anchor: "async function", then: Some(DRAWS) },
        // Started in each round, and waited for by nobody.
        Trigger { anchor: ".forEach(", then: Some(r"\s*(?:async|\(?\s*\w+(?:\s*:\s*\w+)?\s*\)?\s*=>\s*\{?\s*this\.)") },
        Trigger { anchor: ".flatMap(", then: Some(r"\s*async") },
        Trigger { anchor: ".filter(", then: Some(r"\s*async") },
        Trigger { anchor: ".reduce(", then: Some(r"\s*async") },
        Trigger { anchor: "Promise.all", then: Some(OVER_A_LIST) },
        Trigger { anchor: "pMap", then: None },
        Trigger { anchor: "*Limit(", then: Some(r"[^;]{1,160}=>") },
        Trigger { anchor: "*Concurrency(", then: Some(r"[^;]{1,160}=>") },
        Trigger { anchor: "Mutation", then: Some(r"\s*:\s*\{") },
        Trigger { anchor: "@ResolveField", then: None },
        Trigger { anchor: "@FieldResolver", then: None },
        Trigger { anchor: "*bjectType(", then: None },
        Trigger { anchor: "prismaObject(", then: None },
    ],
    store_reach: 2,
};

fn judge(project: &Project, file: FileId) -> Vec<Verdict> {
    let mut verdicts = Vec::new();
    let Some(facts) = project.facts(file) else { return verdicts };
    for (id, _) in facts.calls() {
        let around = project.iterations_of(file, id);
        let in_loop = !around.is_empty();
        // Outside of loops only the queries themselves are sites.
        let path = if in_loop { project.leads_to_query(file, id) } else { project.stored_query(file, id) };
        if let Some(path) = path {
            verdicts.push(judge_call(project, file, facts, id, &around, &path));
        }
    }
    verdicts.extend(project.drawn_per_element(file).iter().map(|it| judge_drawn(project, it)));
    verdicts
}

fn judge_drawn(project: &Project, drawn: &Drawn) -> Verdict {
    let Drawn { place, name, iteration, path, .. } = drawn;
    let same_tick = path.query.effect.same_tick.filter(|_| project.goes_on_to(path).is_none());
    let verdict = match (drawn.rounds, same_tick) {
        (Rounds::Element, _) if project.remembers(path) => {
            return Verdict::cleared(*place, "remembers what it has asked for");
        }
        (Rounds::Element, Some(same_tick)) => return Verdict::cleared(*place, in_one_tick(same_tick)),
        (Rounds::Element, None) if drawn.is_on_server => Verdict::found("fan-out", *place),
        (Rounds::Element, None) => Verdict::found("per-component", *place),
        (Rounds::Chunk, _) => return Verdict::cleared(*place, "one query per chunk"),
        _ => return Verdict::cleared(*place, "drawn for a few that do not grow with the data"),
    };
    let element = project.element_of(iteration);
    let fix = "Ask once for the whole list where it is drawn, and hand each component its part.";
    verdict
        .says(format!("`{name}` queries whenever it is drawn, and is drawn once per `{element}`"))
        .fix(fix)
        .because(iteration.place, format!("once per `{element}`"))
        .through(path.evidence(project))
}

fn judge_call(
    project: &Project,
    file: FileId,
    facts: &FileFacts,
    call: CallId,
    around: &[Iteration],
    path: &QueryPath,
) -> Verdict {
    let place = project.anchor_of(file, call);
    if path.hops.is_empty() && project.is_spelled_out(&path.query) {
        return Verdict::cleared(place, "only put into words here, and sent elsewhere");
    }
    // What goes through its keys one by one is no batch.
    let goes_through = |it: &Iteration| project.is_batch_function(it.file, it.outer);
    if project.is_batch_function(file, facts.call(call).region) && !around.iter().any(goes_through) {
        return Verdict::cleared(place, "the batch function of a DataLoader");
    }
    if let Some(parent) = project.resolved_field(file, facts.call(call).region) {
        return Verdict::found("fan-out", place)
            .says(format!("`{}` runs once per `{parent}` that is returned", path.words(project)))
            .fix("Load it through a DataLoader, created once per request.")
            .because(place, "a field resolver");
    }
    by_rounds(project, call, around, path).unwrap_or_else(|reason| Verdict::cleared(place, reason))
}

/// What the loops around a call make of it, or why none of them matters.
fn by_rounds(project: &Project, call: CallId, around: &[Iteration], path: &QueryPath) -> Result<Verdict, &'static str> {
    let mut reason = "not in a loop";
    let mut few = None;
    for iteration in around {
        let why = match project.rounds(iteration, call) {
            Rounds::Element => return Ok(per_element(project, iteration, call, path)),
            Rounds::AfterFailure => return Ok(bounded(project, iteration, call, path, "only after a failure")),
            Rounds::Fixed(count) => format!("{count} rounds, as the code fixes"),
            Rounds::AtMost(most) => format!("no more than {most} rounds, as its list is limited"),
            Rounds::Few(why) => why.to_owned(),
            rounds => {
                reason = why_cleared(rounds);
                continue;
            }
        };
        // What runs a few times in each round of a loop over rows still runs for each row.
        few = few.or(Some((iteration, why)));
    }
    few.map(|(iteration, why)| bounded(project, iteration, call, path, &why)).ok_or(reason)
}

/// Why rounds that are no elements are in order.
fn why_cleared(rounds: Rounds) -> &'static str {
    match rounds {
        Rounds::Retry => "a retry loop: the same query until it succeeds",
        Rounds::Poll => "polls until something has happened",
        Rounds::Follows => "a page or a link of a chain: the round before says what to ask for",
        Rounds::Chunk => "one query per chunk",
        Rounds::Search => "searches until one is found",
        Rounds::Last => "leaves the loop right after it",
        _ => "not in a loop",
    }
}

fn per_element(project: &Project, iteration: &Iteration, call: CallId, path: &QueryPath) -> Verdict {
    let effect = path.query.effect;
    let place = project.anchor_of(iteration.file, call);
    if project.changes_schema(&path.query) {
        return Verdict::cleared(place, "changes the schema: each statement stands for itself");
    }
    let is_kept = project.is_kept_here(iteration, call);
    if is_kept || project.remembers(path) {
        return match project.asked_again(iteration.file, call).filter(|_| !is_kept) {
            Some(other) => per_element(project, iteration, call, &other),
            None => Verdict::cleared(place, "remembers what it has asked for"),
        };
    }
    if let (Turn::Concurrent, Some(same_tick)) = (iteration.turn, effect.same_tick) {
        // What a function does first may be put together, what it goes on to do is not.
        if let Some(other) = project.asked_apart(iteration.file, call) {
            return per_element(project, iteration, call, &other);
        }
        return Verdict::cleared(place, in_one_tick(same_tick));
    }
    if let Some(limit) = project.concurrency(iteration, call) {
        return bounded(project, iteration, call, path, &limit);
    }
    let element = project.element_of(iteration);
    let told = project.called(iteration.file, call);
    if effect.kind != EffectKind::Enqueue
        && let Some(once) = project.runs_at_start(iteration.file, call)
    {
        return at_start(project, iteration, call, path).because(once.place, once.note);
    }
    let (kind, how) = match (effect.kind, project.turn_of(iteration, call, path)) {
        (EffectKind::Enqueue, _) => ("enqueue", format!("hands over one job, once per `{element}`")),
        _ if path.query.library.kind == LibraryKind::Kv => {
            ("per-key", format!("asks for one key, once per `{element}`"))
        }
        _ if effect.batch && !project.is_about_one_row(&path.query) || project.is_given_a_set(iteration, call) => {
            ("per-group", format!("handles a set, once per `{element}`"))
        }
        (_, Turn::Concurrent) => {
            ("fan-out", format!("runs once per `{element}`, all at once: each takes a connection"))
        }
        (_, Turn::Sequential) if project.writes(&path.query) => {
            ("write-per-row", format!("writes once per `{element}`, each waiting for its own round trip"))
        }
        (_, Turn::Sequential) => ("per-row", format!("runs once per `{element}`, each waiting for its own round trip")),
    };
    let verdict = if effect.evidence.is_verified() || kind == "enqueue" {
        Verdict::found(kind, place)
    } else {
        Verdict::lead(kind, place)
    };
    verdict
        .says(format!("`{told}` {how}"))
        .fix(project.batch_advice(path))
        .because(iteration.place, format!("once per `{element}`"))
        .through(path.evidence(project))
}

/// What runs once per process holds up its start, and no request.
fn at_start(project: &Project, iteration: &Iteration, call: CallId, path: &QueryPath) -> Verdict {
    let (told, element) = (project.called(iteration.file, call), project.element_of(iteration));
    Verdict::found("at-start", project.anchor_of(iteration.file, call))
        .says(format!("`{told}` runs once per `{element}` when the process starts: no request waits, the start does"))
        .fix(project.batch_advice(path))
        .because(iteration.place, format!("once per `{element}`"))
        .through(path.evidence(project))
}

/// Why a library's calls that start together are no queries each.
fn in_one_tick(same_tick: SameTick) -> &'static str {
    match same_tick {
        SameTick::Batched => "the library batches calls of one tick",
        SameTick::Pipelined => "the library pipelines calls of one tick",
    }
}

fn bounded(project: &Project, iteration: &Iteration, call: CallId, path: &QueryPath, why: &str) -> Verdict {
    let told = project.called(iteration.file, call);
    Verdict::found("bounded", project.anchor_of(iteration.file, call))
        .says(format!("`{told}` queries once per round: {why}"))
        .fix(project.batch_advice(path))
        .because(iteration.place, why)
        .through(path.evidence(project))
}
