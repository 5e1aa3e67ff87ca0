//! A listener that is registered again and again and never released.
//!
//! Judged in order: what goes by itself, what is released, what runs once, and only then what stays. A leak needs both
//! proofs: the target outlives the code that registers, and that code runs more than once.

use super::Rule;
use crate::finding::Verdict;
use crate::project::{Lifetime, Listener, Project, Release, Rerun};
use crate::skim::Trigger;

/// The rule.
pub(super) const RULE: Rule = Rule {
    page: include_str!("../../rules/listener-leak.md"),
    judge,
    triggers: &[
        Trigger { anchor: "addEventListener", then: Some(r"\s*\(") },
        Trigger { anchor: ".addListener", then: Some(r"\s*\(") },
        Trigger { anchor: "process.on", then: Some(r"\s*\(") },
        Trigger { anchor: "new EventEmitter", then: Some(r"\s*[(<;]") },
        Trigger { anchor: ".on(", then: Some(r#"\s*["']"#) },
    ],
    store_triggers: &[],
    store_reach: 1,
};

const FIX: &str = "Release it where its owner ends: the cleanup of the effect, or the method that closes. Pass the same target, event, \
                   function and `capture`, or register with an `AbortSignal` and abort it there.";

fn judge(project: &Project) -> Vec<Verdict> {
    let audited = project.parsed().filter(|(file, _)| project.file(*file).is_audited);
    audited
        .flat_map(|(file, _)| project.releases(file))
        .map(|(listener, release)| judge_listener(project, &listener, release))
        .collect()
}

fn judge_listener(project: &Project, listener: &Listener, release: Release) -> Verdict {
    let place = project.anchor_of(listener.file, listener.call);
    let lifetime = project.target_lifetime(listener);
    let target = project.target_name(listener);
    match lifetime {
        Lifetime::Signal => return Verdict::cleared(place, "an abort signal fires once and goes with its controller"),
        Lifetime::Owned if release == Release::Missing => {
            return Verdict::cleared(place, format!("`{target}` is created here and takes its listeners along"));
        }
        _ => {}
    }
    let rerun = project.rerun_of(listener);
    if project.is_once(listener) {
        return judge_once(project, listener, lifetime, &rerun);
    }
    if let Release::Proven(how) = release {
        return Verdict::cleared(place, how);
    }
    match rerun {
        Rerun::Once(why) => return Verdict::cleared(place, why),
        _ if lifetime == Lifetime::Given => {
            return Verdict::cleared(
                place,
                format!("`{target}` is handed in, and its owner decides how long it lives"),
            );
        }
        _ => {}
    }
    let what = format!("The `{}` listener on `{target}`", project.event_name(listener));
    match release {
        Release::Unproven { why, evidence } => Verdict::lead("unproven-release", place)
            .says(format!("{what} may stay: {why}"))
            .fix("Release it where a reader can see it: in the cleanup of the effect, or in the method that closes.")
            .through([evidence]),
        Release::Failed { why, evidence } => {
            judge_kept(place, &what, &format!("never removed: {why}"), lifetime, rerun, true).through([evidence])
        }
        _ => judge_kept(place, &what, "never removed", lifetime, rerun, false),
    }
}

/// Nothing releases it: how bad that is depends on how long the target lives and how often this runs.
fn judge_kept(
    place: crate::source::Place,
    what: &str,
    fault: &str,
    lifetime: Lifetime,
    rerun: Rerun,
    is_tried: bool,
) -> Verdict {
    let stays = format!("{what} is {fault}, so every run leaves one more handler behind, with all that it closes over");
    match (lifetime, rerun) {
        (Lifetime::Endless, Rerun::Again { evidence, is_start: true }) if !is_tried => {
            Verdict::found("application-lifetime", place)
                .says(format!(
                    "{what} is meant to stay, and is added more than once: each call leaves one more handler behind"
                ))
                .fix("Register at module level, or return early once it is registered.")
                .through([evidence])
        }
        (Lifetime::Endless, Rerun::Again { evidence, .. }) => {
            Verdict::found("leak", place).says(stays).fix(FIX).through([evidence])
        }
        // A removal that misses shows that its author expects this to run again.
        (Lifetime::Endless, _) if is_tried => Verdict::found("leak", place).says(stays).fix(FIX),
        (Lifetime::Endless, _) => Verdict::lead("leak", place)
            .says(format!("{what} is {fault}; if this runs more than once, each run leaves one more handler behind"))
            .fix(FIX),
        (_, Rerun::Again { evidence, .. }) => Verdict::lead("leak", place)
            .says(format!(
                "{what} is {fault}; if the target outlives this code, each run leaves one more handler behind"
            ))
            .fix(FIX)
            .through([evidence]),
        _ => Verdict::cleared(place, "nothing shows that this runs again, or that its target outlives it"),
    }
}

/// `once: true` releases itself when the event comes. In an effect, the component may be gone long before that.
fn judge_once(project: &Project, listener: &Listener, lifetime: Lifetime, rerun: &Rerun) -> Verdict {
    let place = project.anchor_of(listener.file, listener.call);
    let (event, target) = (project.event_name(listener), project.target_name(listener));
    match rerun {
        Rerun::Again { evidence, .. } if lifetime == Lifetime::Endless && project.is_in_effect(listener) => Verdict::found("once", place)
            .says(format!("The `{event}` listener on `{target}` goes only when the event comes, and keeps the component until then"))
            .fix("Remove it in the cleanup of the effect as well.")
            .through([evidence.clone()]),
        _ => Verdict::cleared(place, "once: goes with its first event"),
    }
}
