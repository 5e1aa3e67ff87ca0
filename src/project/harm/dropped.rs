//! Whether what a function hands back about its failure is taken by anybody who calls it.
//!
//! Files are asked that import the function by its name; one that hands it on, or calls it in another way, ends the search.

use super::super::{Left, Project, Swallow, Value};
use super::incidental::region_of;
use crate::facts::{CallId, FunctionForm, FunctionId};
use crate::source::FileId;

/// So many files are asked how they call a function.
const FEW: usize = 24;

impl Project {
    /// Asks what rules will ask about the errors that a file swallows. What a swallowed call does is said by its code, store or
    /// not, and what is handed back is dropped by whoever calls.
    pub(in super::super) fn look_ahead_at_swallows(&self, file: FileId) {
        for site in self.swallows(file) {
            drop(self.deeds(&site));
            if site.left == Left::HandedBack || self.leaves(&site) == Some("false") || self.says_no(&site) {
                let _ = self.is_dropped_by_callers(&site);
            }
        }
    }

    /// Whether nobody who calls the function around a handler takes what it gives: all calls of it are known, and stand alone.
    #[must_use]
    pub fn is_dropped_by_callers(&self, site: &Swallow) -> bool {
        let Some(facts) = self.facts(site.file) else { return false };
        let Some(function) = self.file(site.file).index.owner(region_of(facts, site)) else { return false };
        let it = facts.function(function);
        let Some(name) = it.name.map(|it| facts.name(it)).filter(|_| it.form != FunctionForm::Method) else {
            return false;
        };
        let users = self.users(site.file).into_iter();
        let askers: Vec<FileId> = users.filter(|it| *it != site.file && self.asks_for(*it, site.file, name)).collect();
        if askers.len() > FEW {
            return false;
        }
        askers.iter().for_each(|it| self.want_anyway(*it));
        let own = self.drops(site.file, (site.file, function), name);
        let mut others = askers.iter().map(|it| self.drops(*it, (site.file, function), name));
        let is_called = own.is_some() || !askers.is_empty();
        is_called && own != Some(false) && others.all(|it| it == Some(true))
    }

    /// Whether all calls of a function in one file stand alone; `None` where it is not called there, or the file is not known.
    fn drops(&self, at: FileId, function: (FileId, FunctionId), name: &str) -> Option<bool> {
        let facts = self.facts(at)?;
        let is_it = |it: &CallId| self.value(at, facts.call(*it).callee) == Value::Function(function.0, function.1);
        let mut calls = self.file(at).index.calls_of(facts, name).filter(is_it).peekable();
        calls.peek()?;
        Some(calls.all(|it| !self.is_taken(at, facts, facts.call(it).expr)))
    }
}
