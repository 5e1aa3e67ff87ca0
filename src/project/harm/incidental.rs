//! What may fail without much harm for where it stands or what it is for: it decorates, it comes round again, who calls says so.
//!
//! Writes to a store, access and money are never incidental.

use super::super::answer::named_by;
use super::super::callee::{among, is_predicate, words};
use super::super::gap::Gap;
use super::super::index::Use;
use super::super::iteration::callee_name;
use super::super::void::is_literal;
use super::super::{Guarded, Left, Project, Swallow, Value};
use super::{Deed, DeedKind};
use crate::facts::{CallId, ExprKind, FileFacts, JumpKind, RegionId, RegionKind};
use crate::source::{FileId, Place};

/// So many callers are asked what they make of a missing answer.
const FEW: usize = 8;

impl Project {
    /// Why a failure is of no weight where it stands.
    #[must_use]
    pub fn incidental(&self, site: &Swallow, deed: &Deed, default: Option<&str>) -> Option<&'static str> {
        if deed.is_certain() || deed.is_gate() {
            return None;
        }
        let facts = self.facts(site.file)?;
        let scope = self.scope_path(site.place);
        let own = scope.rsplit('.').next().unwrap_or_default();
        let is_read = matches!(deed.kind, DeedKind::Reads | DeedKind::Seeks);
        let is_nothing = default.is_some_and(|it| matches!(it, "null" | "undefined" | "false" | "''" | "\"\""));
        let locks = || words(&deed.name).first().is_some_and(|it| among("lock acquire", it));
        let decorates = || is_decoration(own) || is_decoration(&deed.name);
        match () {
            () if is_silent(own) => Some("its name says that it may fail"),
            () if site.left == Left::Nothing && self.comes_round(site, facts) => Some("the next round tries again"),
            () if !is_read && (default.is_some() && decorates() || fetches_decoration(&deed.name)) => {
                Some("it only decorates what is shown")
            }
            () if locks() && matches!(site.left, Left::Returned(_)) => Some("somebody else may hold it"),
            () if !is_read && self.answers_a_question(site, facts) => Some("it only finds out"),
            () if is_read && default == Some("null") && !deed.hops.is_empty() && self.throws_absence(site, facts) => {
                Some("it may throw where there is nothing, which is what the default says")
            }
            () if is_nothing && self.is_told_by_callers(site, facts) => Some("who calls it tells a failure apart"),
            () => None,
        }
    }

    /// Whether a handler stands in a function that is named for taking down what it works on: `teardownSession`.
    #[must_use]
    pub fn tears_down(&self, site: &Swallow, deed: &Deed) -> bool {
        let scope = self.scope_path(site.place);
        let own = scope.rsplit('.').next().unwrap_or_default();
        let first = words(own).into_iter().next().unwrap_or_default();
        let takes_away = || {
            words(&deed.name).first().is_some_and(|it| among("del delete remove unlink hdel srem zrem expire stop", it))
        };
        !deed.is_certain()
            && (deed.kind == DeedKind::Unknown || takes_away())
            && among("teardown cleanup clean clear dispose destroy shutdown unmount", &first)
    }

    /// Whether `null` stands in for one part of a list that is waited for together: `Promise.all([orders(), notes().catch(() => null)])`.
    #[must_use]
    pub fn is_one_of_several(&self, site: &Swallow, deed: &Deed) -> bool {
        let (Some(facts), Guarded::Promise(_, call)) = (self.facts(site.file), site.guarded) else { return false };
        let is_none = matches!(self.leaves(site), Some("null" | "undefined"));
        let whole = self.awaited_whole(site.file, facts, facts.call(call).expr);
        let several = || self.waited_among(site.file, facts, whole).is_some_and(|(parts, _)| parts.len() > 1);
        is_none && !deed.is_certain() && !deed.is_gate() && several()
    }

    /// Whether nobody waits for the promise that a handler is put on.
    #[must_use]
    pub fn nobody_waits(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Promise(_, call)) = (self.facts(site.file), site.guarded) else { return false };
        !facts.call(call).awaited && !self.is_taken(site.file, facts, facts.call(call).expr)
    }

    /// Whether a request goes to the code's own server: `fetch("/orders", …)`.
    #[must_use]
    pub fn is_sent_home(&self, site: &Swallow, deed: &Deed) -> bool {
        let sent = self.text_of(Place { file: site.file, span: deed.span });
        let address = sent.split_once('(').map_or("", |it| it.1).trim_start();
        address.starts_with(['"', '\'', '`']) && address[1..].starts_with('/')
    }

    /// Whether `catch` without a handler passes the rejection on to somebody who waits.
    #[must_use]
    pub fn is_passed_on(&self, site: &Swallow) -> bool {
        let (Some(facts), Guarded::Promise(_, call)) = (self.facts(site.file), site.guarded) else { return false };
        self.is_taken(site.file, facts, facts.call(call).expr) || facts.call(call).awaited
    }

    /// Whether a handler stands in what a timer does again and again.
    fn comes_round(&self, site: &Swallow, facts: &FileFacts) -> bool {
        let uses = &self.file(site.file).index.uses;
        let is_timer = |call: &CallId| callee_name(facts, *call).is_some_and(|(name, _)| name == "setInterval");
        facts.regions_out(region_of(facts, site)).any(|(_, it)| match it.kind {
            RegionKind::Function(id) => matches!(uses.get(&id), Some(Use::Argument(call, 0)) if is_timer(call)),
            _ => false,
        })
    }

    /// Whether the name that is set asks whether something is there: `indexExists = false`.
    fn answers_a_question(&self, site: &Swallow, facts: &FileFacts) -> bool {
        let Left::Assigned(value) = site.left else { return false };
        matches!(facts.expr(value).kind, ExprKind::Bool(_))
            && facts.assignments.iter().filter(|it| it.value == value).any(|it| match facts.expr(it.target).kind {
                ExprKind::Local(id) => is_predicate(facts.name(facts.binding(id).name)),
                _ => false,
            })
    }

    /// Whether the function that is asked throws by itself where there is nothing, and says so: `throw new NotFoundError()`.
    fn throws_absence(&self, site: &Swallow, facts: &FileFacts) -> bool {
        let Guarded::Promise(made, _) = site.guarded else { return false };
        let ExprKind::Call(call) = facts.expr(made).kind else { return false };
        let Value::Function(home, function) = self.value(site.file, facts.call(call).callee) else {
            return false;
        };
        let (Some(facts), index) = (self.facts(home), &self.file(home).index) else { return false };
        facts.jumps.iter().any(|it| {
            let said = || self.text_of(Place { file: home, span: it.span }).to_lowercase().replace(['_', ' '], "");
            it.kind == JumpKind::Throw && index.owner(it.region) == Some(function) && said().contains("notfound")
        })
    }

    /// Whether everybody who calls the function that gives nothing says so: throws, or answers with words of their own.
    fn is_told_by_callers(&self, site: &Swallow, facts: &FileFacts) -> bool {
        let index = &self.file(site.file).index;
        let is_given = match (site.guarded, site.left) {
            (Guarded::Block(_), Left::Returned(_)) => true,
            (Guarded::Promise(_, call), Left::Returned(_)) => {
                let whole = self.awaited_whole(site.file, facts, facts.call(call).expr);
                self.is_returned(site.file, facts, whole)
            }
            _ => false,
        };
        let Some(function) = index.owner(region_of(facts, site)).filter(|_| is_given) else { return false };
        let callers = self.callers(site.file, function);
        (1..=FEW).contains(&callers.len()) && callers.iter().all(|(at, call)| self.tells_absence(*at, *call))
    }

    /// Whether what a call gives is tested, and what stands behind the test for nothing is an error or an answer.
    fn tells_absence(&self, file: FileId, call: CallId) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        let whole = self.awaited_whole(file, facts, facts.call(call).expr);
        let names = named_by(facts, whole);
        let gap = Gap { facts, names: &names, stands: None };
        let speaks = |branch: RegionId| {
            facts.jumps.iter().filter(|it| it.region == branch).any(|it| match it.kind {
                JumpKind::Throw => true,
                JumpKind::Return => it.value.is_some_and(|it| !is_literal(facts, it)),
                _ => false,
            })
        };
        !names.is_empty()
            && facts.regions.iter().enumerate().any(|(at, it)| match it.kind {
                RegionKind::Then { test } => {
                    let branch = RegionId(at as u32);
                    gap.comes_to(test) == Some(true) && !gap.needs_answer(branch) && speaks(branch)
                }
                _ => false,
            })
    }
}

/// The region that a handler guards, or that its call stands in.
pub(super) fn region_of(facts: &FileFacts, site: &Swallow) -> RegionId {
    match site.guarded {
        Guarded::Block(body) => body,
        Guarded::Promise(_, call) | Guarded::Effect(_, call) => facts.call(call).region,
    }
}

/// Whether a name speaks of what decorates a page: `loadFavicon`, `suggestions`.
fn is_decoration(name: &str) -> bool {
    const DECORATION: &str = "icon icons favicon favicons avatar avatars thumbnail thumbnails image images font fonts logo logos banner \
        banners star stars stargazers announcement announcements suggestion suggestions robots emoji emojis poster";
    words(name).iter().any(|it| among(DECORATION, it))
}

/// Whether a name says that it only gets what decorates a page, or what is asked before out of politeness: `getRobotsTxt`.
fn fetches_decoration(name: &str) -> bool {
    is_decoration(name) && words(name).first().is_some_and(|it| among("get fetch load read", it))
}

/// Whether a name says that what it does may fail without a word: `silentDelete`, `removeQuietly`.
fn is_silent(name: &str) -> bool {
    let words = words(name);
    let is_best = words.windows(2).any(|it| it[0] == "best" && it[1] == "effort");
    is_best || words.iter().any(|it| among("silent silently quiet quietly safe safely ignore", it))
}
