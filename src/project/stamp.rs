//! Writes that note nothing but when something was last seen or used: the next time does so again.
//!
//! Judged by the names in the text of the call. A write that changes anything else besides is none of these.

use std::sync::LazyLock;

use regex::Regex;

use super::Project;
use super::callee::{among, words};
use crate::facts::{CallId, FileFacts};
use crate::source::FileId;

/// A moment that is renewed all the time: `lastSeenAt`, `last_used_at`, `viewedAt`. A login or a payment is none: it is kept.
const MOMENT: &str = r"(?i:last_?(?:seen|used|active|accessed|activity|viewed|opened|notified|notification|success|failure)(?:_?(?:at|context))?|(?:viewed|seen|opened|accessed)_?at)";

static NAMED: LazyLock<Regex> = LazyLock::new(|| Regex::new(MOMENT).expect("well-formed"));
static KEYS: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"[{,]\s*([A-Za-z_$][\w$]*)\s*[:,}]").expect("well-formed"));

/// Keys that say which row and where, and hold no value of it.
const FRAME: &[&str] = &["where", "data", "set", "values", "metadata", "id", "select", "update", "eq"];

/// More text than one such write has.
const LONG: usize = 400;

impl Project {
    /// Whether a call, with the chain that it is part of, only notes when something was last seen.
    pub(super) fn notes_when(&self, file: FileId, facts: &FileFacts, call: CallId, name: &str) -> bool {
        let head = self.head_of(file, facts.call(call).expr);
        notes_when(name, self.text_of(self.place_of(file, head)))
    }
}

/// Whether a call, by its text and the name that it calls, only notes when something was last seen.
fn notes_when(name: &str, text: &str) -> bool {
    if text.len() > LONG {
        return false;
    }
    let is_frame = |key: &str| FRAME.contains(&key) || key.ends_with("Id") || key.ends_with("_id");
    let touches = || words(name).first().is_some_and(|it| it == "touch");
    if NAMED.is_match(name) || among("heartbeat keepAlive", name) || touches() {
        return true;
    }
    let (mut has_moment, mut has_other) = (false, false);
    for key in KEYS.captures_iter(text).filter_map(|it| it.get(1)).map(|it| it.as_str()) {
        has_moment |= NAMED.is_match(key);
        has_other |= !NAMED.is_match(key) && !is_frame(key);
    }
    has_moment && !has_other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_moments_that_are_renewed_count() {
        assert!(notes_when("update", "db.key.update({ where: { id }, data: { lastUsedAt: new Date() } })"));
        assert!(notes_when("touch", "touch({ keyId: key, metadata: { last_seen_at: now } })"));
        assert!(notes_when("updateViewedAt", "updateViewedAt(id)"));
        assert!(notes_when("setState", "setState(db, { id: seat.id, metadata: { lastNotificationContext: null } })"));
        assert!(!notes_when("update", "db.key.update({ where: { id }, data: { lastUsedAt: now, uses: 3 } })"));
        assert!(!notes_when("update", "db.user.update({ where: { id }, data: { paidAt: now } })"));
        assert!(!notes_when("update", "db.user.update(values)"));
    }
}
