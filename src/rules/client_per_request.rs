//! A client that is made anew for each request, message, job or element: connections, timers or sockets that pile up.
//!
//! What the catalog calls cheap, or necessary for each request, is in order; so is what is made once and kept.

use super::{Judge, Rule};
use crate::catalog::{Creates, OptionValue, PerRequest, Runs};
use crate::finding::{Evidence, Verdict};
use crate::project::{Construction, Ending, Handler, Options, Project, Recurrence, Rounds, Setting};
use crate::skim::Trigger;

/// The rule. Files that construct data clients are parsed anyway; agents and clients of other services are not.
pub(super) const RULE: Rule = Rule {
    page: include_str!("../../rules/client-per-request.md"),
    judge: Judge::Whole(judge),
    triggers: &[
        Trigger { anchor: "new Agent(", then: None },
        Trigger { anchor: "https.Agent(", then: None },
        Trigger { anchor: "http.Agent(", then: None },
        Trigger { anchor: "new ProxyAgent(", then: None },
        Trigger { anchor: "S3Client(", then: None },
        Trigger { anchor: "new Database(", then: None },
        Trigger { anchor: "new DatabaseSync(", then: None },
    ],
    store_triggers: &[],
    store_reach: 1,
};

fn judge(project: &Project) -> Vec<Verdict> {
    let made = project.constructions();
    let audited = made.iter().filter(|it| project.file(it.file).is_audited && it.constructor.creates != Creates::Store);
    audited.filter_map(|it| client(project, it)).collect()
}

fn client(project: &Project, made: &Construction) -> Option<Verdict> {
    let place = project.anchor_of(made.file, made.call);
    let cleared = |why: &str| Some(Verdict::cleared(place, why.to_owned()));
    match made.constructor.per_request {
        PerRequest::Cheap if made.constructor.creates == Creates::Wrapper => return None,
        PerRequest::Cheap => return cleared("costs next to nothing to make"),
        PerRequest::Required => return cleared("has to be made for each request"),
        PerRequest::Noop => return cleared("a second call does nothing"),
        PerRequest::PoolLeak | PerRequest::ConnChurn | PerRequest::TimerLeak => {}
    }
    let options = project.options(made);
    if options.has_client {
        return cleared("uses a client that is made elsewhere");
    }
    if let Some(option) = disarmed(made, &options) {
        return cleared(&format!("`{option}` keeps it from starting a timer"));
    }
    match project.recurrence(made.file, made.call) {
        Recurrence::Kept(why) => cleared(&why),
        Recurrence::Again { handler, hops } => Some(again(project, made, &options, &handler, hops)),
        Recurrence::Unknown => Some(unknown(project, made)),
    }
}

/// The option that keeps a client from starting its timer.
fn disarmed<'m>(made: &'m Construction, options: &Options) -> Option<&'m str> {
    let rule = made.constructor.leak_unless.as_ref()?;
    let holds = match (options.set.get(&rule.option), &rule.value) {
        (Some(Setting::Flag(is)), OptionValue::Bool(wanted)) => is == wanted,
        _ => false,
    };
    let instead = rule.or_set.iter().find(|it| options.set.contains_key(*it));
    holds.then_some(rule.option.as_str()).or(instead.map(String::as_str))
}

fn again(project: &Project, made: &Construction, options: &Options, handler: &Handler, hops: Vec<Evidence>) -> Verdict {
    let place = project.anchor_of(made.file, made.call);
    let runtime = project.runtime(made.file);
    if handler.needs_own_client || runtime.edge {
        return Verdict::cleared(place, "at the edge a client belongs to its request");
    }
    let is_browser = handler.runs == Runs::Browser || runtime.browser && !runtime.serves();
    let ending = project.ending(made, &hops);
    if let Ending::Engaged(method) = &ending {
        return Verdict::cleared(place, format!("`{method}` takes the whole connection, and it is closed again"));
    }
    let (kind, is_proven, told) = match is_browser {
        true => ("browser", true, "stays beside those made before"),
        false => harm(made, options, &ending),
    };
    let evidence = made.constructor.evidence.unwrap_or(made.library.evidence);
    let is_to_order = kind == "conn-churn" && project.is_made_to_order(made, &hops);
    let is_proven = is_proven && evidence.is_verified() && !is_to_order;
    let order = if is_to_order { ", unless each is for another server" } else { "" };
    let verdict = if is_proven { Verdict::found(kind, place) } else { Verdict::lead(kind, place) };
    let name = &made.library.name;
    verdict
        .says(format!("This {name} client is made again and again ({}): each {told}{order}", handler.evidence.note))
        .fix(cure(made))
        .through(std::iter::once(handler.evidence.clone()).chain(hops))
}

/// The kind, whether it is proven, and what each of the clients does.
fn harm(made: &Construction, options: &Options, ending: &Ending) -> (&'static str, bool, &'static str) {
    match (made.constructor.per_request, ending) {
        (PerRequest::TimerLeak, Ending::Never | Ending::HandedOn(_)) => {
            ("timer-leak", !options.hidden, "starts a timer that never stops and keeps everything it refers to alive")
        }
        (PerRequest::PoolLeak, Ending::Never) => (
            "pool-leak",
            true,
            "opens a pool of its own, and nothing closes it: connections pile up until the server refuses more",
        ),
        (PerRequest::PoolLeak, Ending::HandedOn(_)) => {
            ("pool-leak", false, "opens a pool of its own, and what closes it is not shown")
        }
        (_, Ending::Closed { is_sure: false, .. }) => {
            ("conn-churn", true, "connects anew each time, and stays open when something throws before it is closed")
        }
        (_, Ending::Closed { .. } | Ending::Engaged(_)) => {
            ("conn-churn", true, "connects anew each time: a handshake for each, and no bound on how many")
        }
        (_, Ending::Never) => ("conn-churn", true, "connects anew each time, and nothing closes it"),
        // An agent is there to be handed on, to one request.
        (_, Ending::HandedOn(_)) if made.constructor.creates == Creates::Agent => {
            ("conn-churn", true, "opens sockets that no other request uses")
        }
        (_, Ending::HandedOn(_)) => {
            ("conn-churn", false, "connects anew each time, unless what it is handed to keeps it")
        }
    }
}

fn unknown(project: &Project, made: &Construction) -> Verdict {
    let place = project.anchor_of(made.file, made.call);
    let facts = project.facts(made.file).expect("a construction stands in a parsed file");
    let call = facts.call(made.call);
    let rounds = project.iterations(made.file, call.region, call.span);
    let row = rounds.iter().find(|it| project.rounds(it, made.call) == Rounds::Element);
    match row {
        Some(row) if project.ending(made, &[]) != Ending::Never => Verdict::found("conn-churn", place)
            .says(format!(
                "This {} client is made and closed once per `{}`",
                made.library.name,
                project.element_of(row)
            ))
            .fix(cure(made))
            .because(row.place, "once per element"),
        _ => Verdict::cleared(place, "how often it is made is not shown"),
    }
}

/// What to do, in the library's own words.
fn cure(made: &Construction) -> String {
    let leak = made.constructor.leak_unless.as_ref();
    let instead = leak.map_or(String::new(), |it| {
        format!(" Where each request needs one of its own, set `{}: {}`.", it.option, it.value)
    });
    format!(
        "Make one client when the module is loaded, or keep it in a variable that is looked at first, and use it in every request.{instead}"
    )
}
