//! Files that answers would have needed, and how far one question may lead to others.
//!
//! Nothing is parsed here: what is wanted is handed out for the next round.

use std::sync::PoisonError;

use super::Project;
use crate::source::FileId;

impl Project {
    /// Answers a question about a number or an option, for which files count that lead to no store; `None` where questions
    /// lie too deep within each other, or one has led to too many others.
    pub(super) fn deeper<T>(&self, answer: impl FnOnce() -> T) -> Option<T> {
        const DEEPEST: u32 = 24;
        const MOST: u32 = 2_000;
        let asking = self.asking();
        let depth = asking.depth.get();
        let left = if depth == 0 { MOST } else { asking.fuel.get() };
        if depth == DEEPEST || left == 0 {
            return None;
        }
        asking.fuel.set(left - 1);
        asking.depth.set(depth + 1);
        let answer = answer();
        asking.depth.set(depth);
        Some(answer)
    }

    /// Spends one of the questions that the outermost one may lead to; false where none is left.
    pub(super) fn spend(&self) -> bool {
        let fuel = &self.asking().fuel;
        let left = fuel.get();
        fuel.set(left.saturating_sub(1));
        left > 0
    }

    /// Records that an answer needed a file that is not parsed; files that lead to no store have no answer to give, unless a
    /// number or an option is asked for.
    pub(super) fn want(&self, file: FileId) {
        let asking = self.asking();
        let distance = self.file(file).store_distance;
        if asking.depth.get() > 0 || distance.is_some_and(|it| it <= asking.horizon.get()) {
            self.want_anyway(file);
        } else if self.facts(file).is_none() {
            asking.pass_over();
        }
    }

    /// Records that an answer needs an audited file, or one of types, store or not.
    pub(super) fn want_anyway(&self, file: FileId) {
        if self.facts(file).is_none() && self.file(file).may_be_read() {
            self.asking().miss();
            self.wanted.lock().unwrap_or_else(PoisonError::into_inner).insert(file);
        }
    }
}
