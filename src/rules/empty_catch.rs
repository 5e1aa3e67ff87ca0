//! An error that vanishes: a handler that does nothing, or puts a literal in place of an answer.
//!
//! Whether it matters is judged by what was protected; handlers that log, throw or report are not looked at.

use super::Rule;
use crate::finding::Verdict;
use crate::project::{Deed, DeedKind, Excuse, Excuses, Left, Project, SWALLOWING, Swallow, expects_absence, names_failure};
use crate::source::Place;

/// The rule.
pub(super) const RULE: Rule = Rule { page: include_str!("../../rules/empty-catch.md"), judge, triggers: SWALLOWING, store_triggers: &[] };

fn judge(project: &Project) -> Vec<Verdict> {
    let files = project.parsed().filter(|(id, _)| project.file(*id).is_audited);
    let sites: Vec<Swallow> = files.flat_map(|(id, _)| project.swallows(id)).collect();
    let excuses = Excuses::of(&sites);
    sites.iter().map(|site| verdict(project, site, excuses.weigh(site))).collect()
}

fn verdict(project: &Project, site: &Swallow, excuse: Excuse) -> Verdict {
    match site.left {
        Left::Unhandled => return unhandled(site.place),
        Left::Replaced => return replaced(site.place),
        _ => {}
    }
    if let Some(why) = project.is_no_promise(site) {
        return Verdict::cleared(site.place, why);
    }
    if project.is_waited_for_elsewhere(site) {
        return Verdict::cleared(site.place, "the promise is waited for elsewhere as well");
    }
    let deeds = project.deeds(site);
    let find = |wanted: &[DeedKind]| wanted.iter().find_map(|kind| deeds.iter().find(|it| it.kind == *kind));
    let told = project.answer(site).is_some();
    let aside = project.is_side_matter(site);
    let default = project.leaves(site);
    let refuses = matches!(default, Some("false" | "null" | "undefined" | "''" | "\"\""));
    if let Some(deed) = deeds.iter().find(|it| it.is_gate()).filter(|_| refuses) {
        return best_effort(site, deed, "who asked is refused");
    }
    if let Some(deed) = find(&[DeedKind::Enforces, DeedKind::Writes]) {
        return match default {
            _ if told => best_effort(site, deed, TOLD),
            _ if aside && deed.kind == DeedKind::Writes => best_effort(site, deed, ASIDE),
            _ if project.is_on_the_way_out(site) => best_effort(site, deed, OUT),
            Some(default) if !matches!(default, "true" | "undefined") => default_only(site, Some(deed), default),
            _ => fail_open(site, deed),
        };
    }
    if project.is_one_attempt(site) {
        return Verdict::cleared(site.place, "what fails here is left to the next attempt, or raised below");
    }
    let risk = find(&[DeedKind::Risky, DeedKind::Reads]);
    let first = risk.or_else(|| find(&[DeedKind::Unknown])).or_else(|| deeds.iter().find(|it| it.kind != DeedKind::Plain)).or(deeds.first());
    let Some(deed) = first else {
        return found("best-effort", site, None).says("An error is dropped; nothing is called whose failure could be lost");
    };
    let harmless = match deed.kind {
        DeedKind::Harmless(why) => Some(why),
        DeedKind::Plain => Some("it works on values alone"),
        _ => None,
    };
    let meant = || deeds.iter().any(|it| matches!(it.kind, DeedKind::Harmless(_)) && names_failure(site, it));
    let only_tries = || default.is_some() && !deeds.iter().any(|it| it.waits);
    let out = || project.is_on_the_way_out(site).then_some(OUT);
    match harmless.or(told.then_some(TOLD)).or(aside.then_some(ASIDE)).or_else(out) {
        Some(why) => best_effort(site, deed, why),
        None if risk.is_none() && excuse == Excuse::Reason => Verdict::cleared(site.place, "says why it does not matter"),
        None if risk.is_none() && meant() => best_effort(site, deed, "the comment names the failure that is meant"),
        None if risk.is_none() && only_tries() => best_effort(site, deed, "nothing is waited for, so it only tries"),
        None if expects_absence(site, deed) => best_effort(site, deed, "what it deletes may be gone already"),
        None => default.map_or_else(|| unexplained(site, deed, excuse), |it| default_only(site, Some(deed), it)),
    }
}

const TOLD: &str = "the code after it tells a failure apart";
const OUT: &str = "the first error is on its way already";
const ASIDE: &str = "it keeps a log or a cache";

fn fail_open(site: &Swallow, deed: &Deed) -> Verdict {
    let on = deed.object.as_ref().filter(|it| it.len() < 40 && !it.contains('\n')).map_or(String::new(), |it| format!(" on `{it}`"));
    found("fail-open", site, Some(deed))
        .says(format!("If `{}`{on} fails, nobody learns of it: the code goes on as if it had succeeded", deed.name))
        .fix("Let the error rise to something that answers for it, or stop here; around access, money, limits and writes no comment is enough.")
}

fn default_only(site: &Swallow, deed: Option<&Deed>, default: &str) -> Verdict {
    let name = deed.map_or("it", |it| &it.name);
    found("default-only", site, deed)
        .says(format!("If `{name}` fails, `{default}` takes the place of an answer: empty and broken look alike"))
        .fix("Catch the one failure that is expected and throw the rest, or report the error before going on with the default.")
}

fn unexplained(site: &Swallow, deed: &Deed, excuse: Excuse) -> Verdict {
    let comment = match excuse {
        Excuse::Empty => "; the comment gives no reason".to_owned(),
        Excuse::Boilerplate(n_files) => format!("; the same comment stands in {n_files} files"),
        Excuse::None | Excuse::Reason => String::new(),
    };
    found("unexplained", site, Some(deed))
        .says(format!("An error of `{}` is swallowed{comment}: what failed looks like success to everyone", deed.name))
        .fix("Report it, let it rise, or write down which failure is meant and who would notice if it were more than that.")
}

fn best_effort(site: &Swallow, deed: &Deed, why: &str) -> Verdict {
    found("best-effort", site, Some(deed))
        .says(format!("An error of `{}` is dropped; {why}", deed.name))
        .fix("Nothing needs to change; a word in the handler spares the next reader the question.")
}

fn found(kind: &'static str, site: &Swallow, deed: Option<&Deed>) -> Verdict {
    let verdict = Verdict::found(kind, site.place);
    match deed {
        Some(deed) => verdict.because(deed.place, format!("`{}` may fail here", deed.name)).through(deed.hops.iter().cloned()),
        None => verdict,
    }
}

fn unhandled(place: Place) -> Verdict {
    Verdict::found("unexplained", place)
        .says("`catch` without a handler catches nothing: the rejection goes on as if it were not there")
        .fix("Give it a handler that reports, or remove it.")
}

fn replaced(place: Place) -> Verdict {
    Verdict::found("unexplained", place)
        .says("`return` in `finally` replaces an error that is on its way, so what failed looks like success")
        .fix("Return after the block, or from the `try` block itself.")
}
