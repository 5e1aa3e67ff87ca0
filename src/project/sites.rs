//! Where a function or class of the code base is used: the places that name it, and the calls of it as a member.
//!
//! What a use comes to is for others to say.

use std::cell::OnceCell;

use super::{Project, Value};
use crate::facts::{BindingId, BindingKind, ExprId, ExprKind, FileFacts};
use crate::source::FileId;

/// A function that more files use has only those of them looked at that are parsed anyway.
const MANY: usize = 24;

impl Project {
    /// The places in audited files that name a function or class, or call it as a member.
    pub(super) fn sites(&self, home: FileId, wanted: &Value, name: &str, by_member: bool) -> Vec<(FileId, ExprId)> {
        let mut users = self.users(home);
        if users.len() <= MANY {
            users.iter().for_each(|it| self.want_anyway(*it));
        }
        let handed: Vec<&str> = self.names_outside(home, wanted);
        if !by_member {
            users.sort_unstable();
            let audited = users.into_iter().filter(|it| self.file(*it).is_audited);
            return audited.flat_map(|it| self.sites_in(it, home, wanted, name, &handed)).collect();
        }
        // Members may be called where nothing of the file is named: on an instance that another file hands on.
        let may_call = OnceCell::new();
        let calls = |(file, facts): (FileId, &FileFacts)| {
            let is_called = self.file(file).index.calls_of(facts, name).next().is_some();
            let is_behind = is_called && may_call.get_or_init(|| self.reached_from(home)).contains(&file);
            if is_behind { self.member_calls(file, facts, wanted, name) } else { Vec::new() }
        };
        self.audited().flat_map(calls).collect()
    }

    /// The places in one file that name a function or class, or call it as a member.
    fn sites_in(
        &self,
        file: FileId,
        home: FileId,
        wanted: &Value,
        name: &str,
        handed: &[&str],
    ) -> Vec<(FileId, ExprId)> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let names = facts.bindings.iter().enumerate().filter(|(_, it)| match it.kind {
            BindingKind::Import(import, at) => {
                let imported = facts.imports[import as usize].names[at as usize].imported;
                file != home && handed.contains(&facts.name(imported))
            }
            _ => facts.name(it.name) == name && (file == home || it.init.is_some()),
        });
        let named: Vec<u32> = names
            .map(|(at, _)| at as u32)
            .filter(|it| self.value_of_binding(file, BindingId(*it)) == *wanted)
            .collect();
        let refers = |it: &ExprKind| matches!(it, ExprKind::Local(binding) if named.contains(&binding.0));
        let exprs = facts.exprs.iter().enumerate().filter(|(_, it)| !named.is_empty() && refers(&it.kind));
        let mut found: Vec<(FileId, ExprId)> = exprs.map(|(at, _)| (file, ExprId(at as u32))).collect();
        found.extend(self.member_calls(file, facts, wanted, name));
        found
    }

    /// What one file calls as a member by a name, and is what is wanted.
    fn member_calls(&self, file: FileId, facts: &FileFacts, wanted: &Value, name: &str) -> Vec<(FileId, ExprId)> {
        let calls = self.file(file).index.calls_of(facts, name).map(|it| facts.call(it).callee);
        let is_member = |it: ExprId| matches!(facts.expr(it).kind, ExprKind::Member { .. });
        calls.filter(|it| is_member(*it) && self.value(file, *it) == *wanted).map(|it| (file, it)).collect()
    }
}
