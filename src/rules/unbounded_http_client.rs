//! A server's data client that speaks HTTP, with neither a timeout nor a bound on requests in flight.
//!
//! Never asks for a `pool` option: these clients have none.

use super::{Judge, Rule};
use crate::catalog::{Creates, LibraryKind, Role};
use crate::finding::{Evidence, Verdict};
use crate::project::{Construction, Fetch, Project};
use crate::skim::Trigger;

/// The rule.
pub(super) const RULE: Rule = Rule {
    page: include_str!("../../rules/unbounded-http-client.md"),
    judge: Judge::Whole(judge),
    triggers: &[Trigger { anchor: "setGlobalDispatcher", then: Some(r"^\(") }],
    store_triggers: &[],
    store_reach: 1,
};

fn judge(project: &Project) -> Vec<Verdict> {
    let made = project.constructions();
    let audited = made.into_iter().filter(|it| {
        let is_http = it.constructor.creates == Creates::HttpClient && it.library.kind == LibraryKind::HttpDb;
        is_http
            && project.file(it.file).is_audited
            && it
                .library
                .options_for(Role::StatementTimeout)
                .chain(it.library.options_for(Role::Transport))
                .next()
                .is_some()
    });
    audited.map(|it| client(project, &it)).collect()
}

fn client(project: &Project, made: &Construction) -> Verdict {
    let place = project.anchor_of(made.file, made.call);
    if let Some(reason) = elsewhere(project, made) {
        return Verdict::cleared(place, reason);
    }
    let options = project.options(made);
    if let Some(option) = made
        .library
        .options_for(Role::StatementTimeout)
        .find(|it| options.set.contains_key(&it.name) && options.number(&it.name) != Some(0.0))
    {
        return Verdict::cleared(place, format!("`{}` ends each request", option.name));
    }
    let own = |it: &&crate::catalog::ClientOption| {
        !it.waits_forever && it.default.as_ref().and_then(|it| it.number()).is_some_and(|it| it > 0.0)
    };
    if let Some(option) =
        made.library.options_for(Role::StatementTimeout).find(own).filter(|it| !options.set.contains_key(&it.name))
    {
        return Verdict::cleared(place, format!("`{}` ends each request by default", option.name));
    }
    if project.calls_named("setGlobalDispatcher") {
        return Verdict::cleared(place, "`setGlobalDispatcher` bounds what `fetch` has in flight");
    }
    let transport = made.library.options_for(Role::Transport).find_map(|it| Some((it, *options.set.get(&it.name)?)));
    match transport.map(|(option, setting)| (option, project.fetch(setting))) {
        Some((option, Fetch::Bounded)) => {
            Verdict::cleared(place, format!("`{}` sends through a bound of its own", option.name))
        }
        Some((_, Fetch::Hidden(text))) => Verdict::lead("no-bound", place)
            .says(format!("Requests go through `{text}`, whose timeout and bound are not shown"))
            .fix("Make sure that it ends requests that take too long."),
        _ if options.hidden => Verdict::lead("no-bound", place)
            .says(format!("The options of this {} client are not shown", made.library.name))
            .fix("Make sure that they set a timeout."),
        _ => unbounded(project, made),
    }
}

fn unbounded(project: &Project, made: &Construction) -> Verdict {
    let place = project.anchor_of(made.file, made.call);
    let name = &made.library.name;
    let cure = match made.library.options_for(Role::StatementTimeout).next() {
        Some(option) => format!("Set `{}`, and bound what is in flight with undici's `setGlobalDispatcher(new Agent({{ connections: 50 }}))`.", option.name),
        None => "Pass a `fetch` with an abort signal, and bound what is in flight with undici's `setGlobalDispatcher(new Agent({ connections: 50 }))`.".to_owned(),
    };
    match project.fans_out(made) {
        Some((turn, query)) => Verdict::found("fan-out", place)
            .says(format!("This {name} client has no timeout and no bound on requests in flight, and code sends one request per element through it, all at once"))
            .fix(format!("{cure} Fetch the set in one request where that is possible."))
            .through([Evidence { place: turn, note: "runs once per element, all at once".to_owned() }, Evidence { place: query, note: "sends a request".to_owned() }]),
        None => Verdict::found("no-bound", place)
            .says(format!("Requests of this {name} client have no timeout and no bound on how many are open: when the other side is slow, they pile up until the process runs out of sockets or memory"))
            .fix(cure),
    }
}

/// Why the question does not arise where the client is made.
fn elsewhere(project: &Project, made: &Construction) -> Option<&'static str> {
    let runtime = project.runtime(made.file);
    let browser_only = made.constructor.paths.iter().any(|it| it.contains("Browser"));
    if browser_only || runtime.browser {
        return Some("runs in a browser, for one user");
    }
    if runtime.edge {
        return Some("runs at the edge, where the platform ends and bounds requests");
    }
    (!runtime.serves()).then_some("nothing shows that a server uses it")
}
