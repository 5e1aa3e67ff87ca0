//! A listener that is registered again and again and never released.
//!
//! Judged in order: what goes by itself, what is released, what runs once, and only then what stays. A leak needs both
//! proofs: the target outlives the code that registers, and that code runs more than once.

use super::{Judge, Rule};
use crate::finding::{Evidence, Verdict};
use crate::project::{Lifetime, Listener, Project, Release, Rerun};
use crate::skim::Trigger;
use crate::source::Place;

/// The rule.
pub(super) const RULE: Rule = Rule {
    page: include_str!("../../rules/listener-leak.md"),
    judge: Judge::Whole(judge),
    triggers: &[
        Trigger { anchor: "addEventListener", then: Some(r"\s*\(") },
        Trigger { anchor: ".addListener", then: Some(r"\s*\(") },
        Trigger { anchor: "process.on", then: Some(r"\s*\(") },
        Trigger { anchor: "new EventEmitter", then: Some(r"\s*[(<;]") },
        Trigger { anchor: "extends EventEmitter", then: Some(r"\s*[<{]") },
    ],
    store_triggers: &[],
    store_reach: 0,
};

const FIX: &str = "Release it where its owner ends: the cleanup of the effect, or the method that closes. Pass the same target, \
                   event, function and `capture`, or register with an `AbortSignal` and abort it there.";

fn judge(project: &Project) -> Vec<Verdict> {
    let releases = project.audited().flat_map(|(file, _)| project.releases(file));
    releases.map(|(listener, release)| judge_listener(project, &listener, release)).collect()
}

fn judge_listener(project: &Project, listener: &Listener, release: Release) -> Verdict {
    let place = project.anchor_of(listener.file, listener.call);
    let (lifetime, rerun) = (project.target_lifetime(listener), project.rerun_of(listener));
    let target = project.target_name(listener);
    let what = format!("The `{}` listener on `{target}`", project.event_name(listener));
    let cleared = match (&release, &rerun, lifetime) {
        (_, _, Lifetime::Signal) => "an abort signal fires once and goes with its controller".into(),
        (Release::Missing, _, Lifetime::Owned) => format!("`{target}` is created here and takes its listeners along"),
        _ if project.is_once(listener) => return judge_once(project, listener, &what, lifetime, rerun),
        (Release::Proven(how), ..) => how.clone(),
        (_, Rerun::Once(why), _) => (*why).into(),
        _ if project.is_held_once(listener) => {
            "a target holds it once: the handler is one function for all runs".into()
        }
        (_, _, Lifetime::Given) => format!("`{target}` is handed in, and its owner decides how long it lives"),
        _ => return judge_kept(place, &what, release, lifetime, rerun, project.is_process_end(listener)),
    };
    Verdict::cleared(place, cleared)
}

/// Nothing is seen to release it: how bad that is depends on how long the target lives and how often this runs.
fn judge_kept(
    place: Place,
    what: &str,
    release: Release,
    lifetime: Lifetime,
    rerun: Rerun,
    ends_process: bool,
) -> Verdict {
    let leaves = "each run leaves one more handler behind, with all that it closes over";
    let (fault, tried) = match release {
        Release::Unproven { why, evidence } => {
            return Verdict::lead("unproven-release", place)
                .says(format!("{what} may stay: {why}"))
                .fix("Release it where a reader sees it: in the cleanup of the effect, or in the method that closes.")
                .through([evidence]);
        }
        Release::Failed { why, evidence } => (format!("never removed: {why}"), Some(evidence)),
        _ => ("never removed".to_owned(), None),
    };
    let proof = match &rerun {
        Rerun::Again { evidence, .. } => Some(evidence.clone()),
        _ => None,
    };
    let is_start = ends_process || matches!(rerun, Rerun::Again { is_start: true, .. });
    let verdict = match (lifetime, &proof) {
        (Lifetime::Endless, _) if is_start && tried.is_none() => return judge_start(place, what, proof),
        // A removal that misses shows that its author expects this to run again.
        (Lifetime::Endless, proof) if proof.is_some() || tried.is_some() => {
            Verdict::found("leak", place).says(format!("{what} is {fault}, and {leaves}"))
        }
        (Lifetime::Endless, _) => {
            Verdict::lead("leak", place).says(format!("{what} is {fault}; if this runs more than once, {leaves}"))
        }
        (_, Some(_)) => {
            Verdict::lead("leak", place).says(format!("{what} is {fault}; if the target outlives this code, {leaves}"))
        }
        _ => return Verdict::cleared(place, "nothing shows that this runs again, or that its target outlives it"),
    };
    verdict.fix(FIX).through(proof.into_iter().chain(tried))
}

/// What is meant to stay as long as the process needs to be added only once.
fn judge_start(place: Place, what: &str, proof: Option<Evidence>) -> Verdict {
    let verdict = match proof {
        Some(_) => Verdict::found("application-lifetime", place)
            .says(format!("{what} is meant to stay and is added more than once, one more handler for each call")),
        None => Verdict::lead("application-lifetime", place)
            .says(format!("{what} is meant to stay; that it is added once only is not shown")),
    };
    verdict.fix("Register at module level, or return early once it is registered.").through(proof)
}

/// `once: true` releases itself when the event comes. In an effect, the component may be gone long before that.
fn judge_once(project: &Project, listener: &Listener, what: &str, lifetime: Lifetime, rerun: Rerun) -> Verdict {
    let place = project.anchor_of(listener.file, listener.call);
    match rerun {
        Rerun::Again { evidence, .. } if lifetime == Lifetime::Endless && project.is_in_effect(listener) => {
            Verdict::found("once", place)
                .says(format!("{what} goes only when the event comes, and keeps the component until then"))
                .fix("Remove it in the cleanup of the effect as well.")
                .through([evidence])
        }
        _ => Verdict::cleared(place, "once: goes with its first event"),
    }
}
