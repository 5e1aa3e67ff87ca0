//! An error that vanishes: a handler that does nothing, or puts a literal in place of an answer.
//!
//! Whether it matters is judged by what was protected; handlers that log, throw or report are not looked at.

use super::{Judge, Rule};
use crate::finding::{Evidence, Verdict};
use crate::project::{
    Deed, DeedKind, Excuse, Excuses, Guarded, Left, Project, RETURNING, Reply, SWALLOWING, Swallow, expects_absence,
    expects_end, expects_lack, finds_out, likely, names_failure, parses, says_who_deals, weighty,
};

/// The rule.
pub(super) const RULE: Rule = Rule {
    page: include_str!("../../rules/empty-catch.md"),
    judge: Judge::Whole(judge),
    triggers: SWALLOWING,
    store_triggers: RETURNING,
    store_reach: 2,
};

fn judge(project: &Project) -> Vec<Verdict> {
    let sites: Vec<Swallow> = project.audited().flat_map(|(id, _)| project.swallows(id)).collect();
    let excuses = Excuses::of(&sites);
    sites.iter().map(|site| verdict(project, site, excuses.weigh(project, site))).collect()
}

fn verdict(project: &Project, site: &Swallow, excuse: Excuse) -> Verdict {
    if let Some(verdict) = without_deeds(project, site) {
        return verdict;
    }
    let deeds = project.deeds(site);
    let find = |wanted: &[DeedKind]| wanted.iter().find_map(|kind| deeds.iter().find(|it| it.kind == *kind));
    let default = project.leaves(site);
    let refuses = default.is_some_and(is_nothing);
    if let Some(verdict) = by_what_is_left(project, site, &deeds, excuse) {
        return verdict;
    }
    if let Some(gate) = deeds.iter().find(|it| it.is_gate()).filter(|_| refuses || site.left == Left::Skipped) {
        return match gate.waits {
            true => best_effort(site, gate, "who asked is refused"),
            // What was sent along is not sound.
            false => Verdict::cleared(site.place, "who asked is refused"),
        };
    }
    let grave = find(&[DeedKind::Enforces, DeedKind::Writes]);
    if let Some(why) = nothing_lost(project, site, &deeds, default, grave) {
        return Verdict::cleared(site.place, why);
    }
    let risk = grave.or_else(|| find(&[DeedKind::Risky, DeedKind::Reads, DeedKind::Seeks]));
    let Some(deed) = risk.or_else(|| likely(&deeds)) else {
        return found("best-effort", site, None)
            .says("An error is dropped; nothing is called whose failure could be lost");
    };
    let seen = Seen { project, site, deed, deeds: &deeds, excuse, refuses, risky: risk.is_some(), default };
    // What stands for an error that was returned is all that whoever calls is told.
    if matches!(site.left, Left::Unread(Some(_))) && excuse != Excuse::Reason && !project.is_side_matter(site) {
        return discarded(site, deed, default);
    }
    forgiven(&seen).unwrap_or_else(|| lost(&seen, grave))
}

/// The verdict where what is left says more than what may fail.
fn by_what_is_left(project: &Project, site: &Swallow, deeds: &[Deed], excuse: Excuse) -> Option<Verdict> {
    Some(match site.left {
        Left::Answered(reply) => answered_with(project, site, deeds, reply, excuse),
        Left::HandedBack => handed_back(project, site, deeds, excuse),
        Left::Listed => listed(site, deeds),
        Left::Unread(_) if project.asks_who_it_is(site) => {
            Verdict::cleared(site.place, "without an answer nobody is signed in")
        }
        Left::Unread(None) if project.answer(site).is_some() => {
            Verdict::cleared(site.place, "the code after it says that there is no answer")
        }
        Left::Partly | Left::Settled => in_part(project, site, deeds, excuse),
        _ => return None,
    })
}

/// The verdict on an error that nothing answers for, unless what is left does.
fn lost(seen: &Seen<'_>, grave: Option<&Deed>) -> Verdict {
    let Seen { project, site, deed, excuse, default, .. } = *seen;
    match answered(project, site, deed, seen.refuses, grave.is_some()) {
        None if matches!(site.left, Left::Given(_)) => given(project, seen),
        None if matches!(site.left, Left::Unread(_)) => discarded(site, deed, default),
        Some(why) => best_effort(site, deed, why),
        None if deed.kind == DeedKind::Enforces && project.falls_back(site) => unexplained(site, deed, excuse),
        None if grave.is_some() && project.is_one_round(site) => unexplained(site, deed, excuse),
        None if grave.is_some() && project.is_side_matter(site) => unexplained(site, deed, excuse),
        None if grave.is_some_and(Deed::is_certain) && matches!(default, None | Some("true" | "undefined")) => {
            fail_open(site, deed)
        }
        None => default.map_or_else(|| unexplained(site, deed, excuse), |it| default_only(site, deed, it)),
    }
}

/// What is known about a site and the call in it that matters most.
struct Seen<'s> {
    project: &'s Project,
    site: &'s Swallow,
    deed: &'s Deed,
    deeds: &'s [Deed],
    excuse: Excuse,
    /// Whether a default lets nobody through.
    refuses: bool,
    /// Whether the call is known to do harm where it fails.
    risky: bool,
    default: Option<&'s str>,
}

/// The verdict on an error that does no harm, or for which there is a reason.
fn forgiven(seen: &Seen<'_>) -> Option<Verdict> {
    let Seen { project, site, deed, .. } = *seen;
    // Rows about what users did are a side matter by the name of the code alone; a log of its own has a table named for it.
    let is_lost = deed.kind == DeedKind::Writes && deed.is_certain() && seen.excuse != Excuse::Reason;
    if deed.kind == DeedKind::Plain && seen.default.is_some() && !seen.deeds.iter().any(|it| it.waits) {
        return Some(Verdict::cleared(
            site.place,
            "it works on values alone, and the default says that they are not sound",
        ));
    }
    // What a block does besides, and what a default stands for, is not told by what it calls.
    let is_bare = site.left == Left::Nothing && !matches!(site.guarded, Guarded::Block(_));
    if is_bare && deed.tells_itself() {
        return Some(Verdict::cleared(site.place, "it handles or reports its errors itself"));
    }
    let harmless = deed.kind.harmless().or_else(|| project.mitigation(site, is_lost));
    if let Some(why) = harmless.or_else(|| excused(site, deed, seen.deeds, seen.refuses)) {
        return Some(best_effort(site, deed, why));
    }
    let has_reason = seen.excuse == Excuse::Reason;
    if !seen.risky && has_reason && !deed.decrypts() {
        return Some(Verdict::cleared(site.place, "says why it does not matter"));
    }
    if let Some(why) = project.incidental(site, deed, seen.default) {
        return Some(best_effort(site, deed, why));
    }
    circumstance(seen, is_lost).map(|why| best_effort(site, deed, why))
}

/// Why a failure does no harm where it happens.
fn circumstance(seen: &Seen<'_>, is_lost: bool) -> Option<&'static str> {
    let Seen { project, site, deed, .. } = *seen;
    let has_reason = seen.excuse == Excuse::Reason;
    let only_tries = || !seen.risky && seen.default.is_some() && !seen.deeds.iter().any(|it| it.waits);
    Some(match () {
        () if project.takes_another_way(site) => "another way is taken instead",
        () if !is_lost && project.is_at_the_end(site) => "what it tidies up after is over",
        () if !is_lost && project.tells_of_a_first_error(site, deed) => "it was to tell of a first error",
        () if !is_lost && project.tears_down(site, deed) => "it takes down what goes away anyway",
        () if !is_lost && project.is_one_of_several(site, deed) => {
            "one of several parts is missing, which its place says"
        }
        () if is_fired(seen) => "nobody waits for what is sent",
        () if !is_lost && project.tries_again(site) => "the next round tries again",
        () if has_reason && says_who_deals(site) && project.is_told_by_callee(site, deed) => {
            "what fails has told of it already"
        }
        () if has_reason && deed.is_behind_another_name() && !says_who_deals(site) => "the comment says why it may",
        () if has_reason && project.lets_through_within(site, deed) => "who asked is let through in the block alone",
        () if has_reason && is_reason_enough(project, site, deed) => "the comment says why it may",
        () if only_tries() || is_sync_probe(site, seen) => "nothing is waited for, so it only tries",
        () => return None,
    })
}

/// Whether something is sent to somebody else, and nobody waits for it.
fn is_fired(seen: &Seen<'_>) -> bool {
    let Seen { project, site, deed, .. } = *seen;
    let is_sent = deed.kind == DeedKind::Writes && !deed.is_certain();
    site.left == Left::Nothing && is_sent && project.nobody_waits(site) && !project.is_sent_home(site, deed)
}

/// Whether nothing is known of what is called, it is over at once, and nothing stands for its answer.
fn is_sync_probe(site: &Swallow, seen: &Seen<'_>) -> bool {
    let is_minor = |it: &Deed| {
        let is_known = it.kind != DeedKind::Unknown && it.kind.harmless().is_none();
        !it.waits && !it.name.ends_with("Sync") && !is_known
    };
    site.left == Left::Nothing && matches!(site.guarded, Guarded::Block(_)) && seen.deeds.iter().all(is_minor)
}

/// The verdict on an error in place of which a request is answered in one way.
fn answered_with(project: &Project, site: &Swallow, deeds: &[Deed], reply: Reply, excuse: Excuse) -> Verdict {
    let Some(deed) = weighty(deeds) else {
        return Verdict::cleared(site.place, "it finds out whether what was sent is sound, which the answer says");
    };
    let is_known = matches!(deed.kind, DeedKind::Reads | DeedKind::Writes | DeedKind::Enforces);
    match reply {
        Reply::Broken => best_effort(site, deed, "who asked is told that it failed, and nobody is told why"),
        Reply::Refused if is_known && !deed.is_gate() => best_effort(site, deed, "who asked is refused"),
        Reply::Refused => Verdict::cleared(site.place, "who asked is refused"),
        Reply::Blamed if is_known => best_effort(site, deed, "who asked is told of a mistake of theirs"),
        Reply::Blamed => Verdict::cleared(site.place, "the answer says that it failed"),
        _ if excuse == Excuse::Reason => best_effort(site, deed, "the comment says why it may"),
        Reply::Missing if !is_known || deed.kind == DeedKind::Seeks || project.may_throw_absence(site) => {
            best_effort(site, deed, "it may throw where there is nothing, which is what the answer says")
        }
        Reply::Missing => default_only(site, deed, "not found"),
        Reply::Fine if deed.is_gate() => best_effort(site, deed, "who asked goes on as nobody"),
        Reply::Fine if is_known || deed.kind == DeedKind::Risky => unexplained(site, deed, excuse),
        Reply::Fine => best_effort(site, deed, "the answer stands for one that could not be had"),
    }
}

/// The verdict on an error that is handed back to who calls.
fn handed_back(project: &Project, site: &Swallow, deeds: &[Deed], excuse: Excuse) -> Verdict {
    let dropped = weighty(deeds).filter(|_| project.is_dropped_by_callers(site));
    match dropped {
        None => Verdict::cleared(site.place, "who calls is told"),
        Some(deed) if excuse == Excuse::Reason || project.mitigation(site, deed.is_certain()).is_some() => {
            best_effort(site, deed, "who calls does not ask whether it succeeded")
        }
        Some(deed) => found("unexplained", site, Some(deed))
            .says(format!(
                "If `{}` fails, that is handed back and nobody who calls looks: what failed looks like success",
                deed.name
            ))
            .fix("Report it here, or look at the answer wherever it is called."),
    }
}

/// The verdict on an error that is kept by the name of what failed alone.
fn listed(site: &Swallow, deeds: &[Deed]) -> Verdict {
    match weighty(deeds) {
        Some(deed) => best_effort(site, deed, "what failed is kept, and nothing of why"),
        None => Verdict::cleared(site.place, "what is not sound is kept apart"),
    }
}

/// The verdict on an error that is dropped where another kind of error, or what succeeded, is dealt with.
fn in_part(project: &Project, site: &Swallow, deeds: &[Deed], excuse: Excuse) -> Verdict {
    let is_known = |it: &&Deed| !matches!(it.kind, DeedKind::Unknown);
    let is_settled = site.left == Left::Settled;
    let Some(deed) = weighty(deeds).filter(|it| !is_settled || is_known(it)) else {
        return Verdict::cleared(site.place, "what fails is told apart, or known by what is missing");
    };
    let is_grave = matches!(deed.kind, DeedKind::Writes | DeedKind::Enforces)
        || !is_settled && matches!(deed.kind, DeedKind::Reads | DeedKind::Seeks);
    let is_minor = excuse == Excuse::Reason || project.mitigation(site, deed.is_certain()).is_some();
    let read = project.asks_what_succeeded(site).filter(|_| is_settled);
    let read = read.map(|place| Evidence { place, note: "what succeeded alone is read here".to_owned() });
    match is_settled {
        false if project.only_finds_out(site) || project.is_asked_for_leave(site) => {
            best_effort(site, deed, "who asked is refused")
        }
        true if !is_grave || is_minor => best_effort(site, deed, "what was rejected is left out").through(read),
        true => unexplained(site, deed, excuse).through(read),
        false if !is_grave || is_minor => best_effort(site, deed, "one kind of error alone is dealt with"),
        false => unexplained(site, deed, excuse),
    }
}

/// The verdict on an error in place of which a name is given back.
fn given(project: &Project, seen: &Seen<'_>) -> Verdict {
    let Seen { site, deed, .. } = *seen;
    match seen.default {
        Some(name) if project.starts_empty(site) && (seen.risky || deed.waits) => default_only(site, deed, name),
        _ => best_effort(site, deed, "what was known before is given instead"),
    }
}

/// Why no error is lost here.
fn nothing_lost(
    project: &Project,
    site: &Swallow,
    deeds: &[Deed],
    default: Option<&str>,
    grave: Option<&Deed>,
) -> Option<&'static str> {
    let attempt = grave.is_none() && project.is_one_attempt(site);
    let is_asked = (default.is_some()
        || site.left == Left::Nothing && deeds.iter().any(parses) && project.has_stand_in(site))
        && deeds.iter().any(finds_out)
        && deeds.iter().all(|it| finds_out(it) || it.kind == DeedKind::Plain && !it.waits);
    let next = site.left == Left::Skipped && project.tries_the_next(site) && grave.is_none();
    let keeps_secret = project.decrypts(site) || deeds.iter().any(Deed::decrypts);
    let is_kept = matches!(site.left, Left::Given(_)) && weighty(deeds).is_none() && !keeps_secret;
    let only_skips = site.left == Left::Skipped && weighty(deeds).is_none();
    match () {
        () if next => Some("the next one is tried"),
        () if is_kept => Some("what was there before stands in for a value that could not be worked out"),
        () if only_skips => Some("what is not sound is left out"),
        () if project.is_stated_by_caller(site) => Some("who calls says what stands in for it"),
        () if attempt => Some("what fails here is left to the next attempt, or raised below"),
        () if is_asked => Some("it finds out whether a value is sound, which the default says"),
        () => None,
    }
}

/// Whether what may fail leaves a comment its say. A page's own requests may be dealt with where they are made.
fn is_reason_enough(project: &Project, site: &Swallow, deed: &Deed) -> bool {
    project.may_be_excused(site, deed) || says_who_deals(site) && project.is_of_a_page(site.file)
}

/// Whether a default lets nobody through.
fn is_nothing(default: &str) -> bool {
    matches!(default, "false" | "null" | "undefined" | "''" | "\"\"") || default.starts_with('{')
}

/// Why what is left where it failed answers for the failure.
fn answered(project: &Project, site: &Swallow, deed: &Deed, refuses: bool, is_grave: bool) -> Option<&'static str> {
    let is_refused = refuses && !deed.is_certain() && project.is_asked_for_leave(site)
        || refuses && project.is_refused_below(site)
        || project.denies(site)
        || project.gives_the_least(site, deed)
        || deed.is_gate() && project.is_refused_after(site);
    match deed.kind {
        _ if is_refused => Some("who asked is refused"),
        DeedKind::Unknown if project.only_finds_out(site) => Some("it only finds out"),
        _ if !is_grave && project.asks_after_health(site) => Some("it only finds out"),
        _ if (project.says_whether(site) || project.says_no(site)) && !project.is_dropped_by_callers(site) => {
            Some("the answer says whether it succeeded")
        }
        _ if !is_grave && (project.asks_again(site) || !deed.waits && project.falls_back(site)) => {
            Some("another answer takes its place")
        }
        _ => None,
    }
}

/// What needs no look at the protected code.
fn without_deeds(project: &Project, site: &Swallow) -> Option<Verdict> {
    if site.left == Left::Unhandled && !project.is_passed_on(site) {
        let deeds = project.deeds(site);
        if let Some(told) = deeds.iter().find(|it| it.kind.harmless().is_some()).filter(|_| weighty(&deeds).is_none()) {
            return Some(best_effort(site, told, "`catch` without a handler catches nothing"));
        }
    }
    let odd = match site.left {
        Left::Unhandled if project.is_passed_on(site) => {
            return Some(Verdict::cleared(site.place, "`catch` without a handler: who waits is told"));
        }
        Left::Unhandled => Some((UNHANDLED, "Give it a handler that reports, or remove it.")),
        Left::Replaced => Some((REPLACED, "Return after the block, or from the `try` block itself.")),
        _ => None,
    };
    if let Some((words, help)) = odd {
        return Some(Verdict::found("unexplained", site.place).says(words).fix(help));
    }
    let elsewhere = || project.is_waited_for_elsewhere(site).then_some("the promise is waited for elsewhere as well");
    let no_promise = || project.is_no_promise(site).filter(|_| !matches!(site.left, Left::Unread(_)));
    no_promise().or_else(elsewhere).map(|why| Verdict::cleared(site.place, why))
}

/// What the comment says about this very failure.
fn excused(site: &Swallow, deed: &Deed, deeds: &[Deed], refuses: bool) -> Option<&'static str> {
    let meant = deeds.iter().any(|it| it.kind.harmless().is_some() && names_failure(site, it));
    match deed.kind {
        DeedKind::Unknown if expects_lack(site) => Some("the platform may not offer it"),
        DeedKind::Unknown if meant => Some("the comment names the failure that is meant"),
        DeedKind::Seeks if refuses => Some("it throws where there is nothing, which is what the default says"),
        DeedKind::Risky if expects_absence(site, deed) => Some("what it deletes may be gone already"),
        DeedKind::Unknown | DeedKind::Risky if !deed.is_gate() && expects_end(site) => {
            Some("what it speaks to may be over")
        }
        _ => None,
    }
}

/// The verdict on an error that was returned and not looked at.
fn discarded(site: &Swallow, deed: &Deed, default: Option<&str>) -> Verdict {
    let what = match default {
        Some(default) => format!("and `{default}` is all that is left of it"),
        None => "and nobody hears of it".to_owned(),
    };
    found("discarded-error", site, Some(deed))
        .says(format!("`{}` throws nothing: its error comes back in the answer, {what}", deed.name))
        .fix("Look at `error` before the answer is used and throw or report it, or have it thrown: `.throwOnError()`.")
}

fn fail_open(site: &Swallow, deed: &Deed) -> Verdict {
    found("fail-open", site, Some(deed))
        .says(format!("If {deed} fails, nobody learns of it: the code goes on as if it had succeeded"))
        .fix("Let the error rise to something that answers for it, or stop here; around access, money, limits and writes no comment is enough.")
}

fn default_only(site: &Swallow, deed: &Deed, default: &str) -> Verdict {
    let name = &deed.name;
    let default = if default.contains('\n') { "an object of nothing" } else { default };
    found("default-only", site, Some(deed))
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
        Some(deed) => {
            verdict.because(deed.place, format!("`{}` may fail here", deed.name)).through(deed.hops.iter().cloned())
        }
        None => verdict,
    }
}

const UNHANDLED: &str = "`catch` without a handler catches nothing: the rejection goes on as if it were not there";
const REPLACED: &str = "`return` in `finally` replaces an error that is on its way, so what failed looks like success";
