//! Who calls a function of the code base, as far as files are parsed; unparsed files that could are asked for.

use memchr::memmem;
use rustc_hash::FxHashSet as HashSet;

use super::memo::ANEW;
use super::{Project, Target, Value};
use crate::facts::{CallId, ClassId, ExportSource, FileFacts, FunctionId, RegionKind};
use crate::source::FileId;

/// Calls of one function, by file.
pub(super) type Callers = Vec<(FileId, CallId)>;

/// So many files that use a function are parsed to see how it is called.
const FEW: usize = 12;

impl Project {
    /// Every call of a function by its own name.
    pub(super) fn callers(&self, file: FileId, function: FunctionId) -> Vec<(FileId, CallId)> {
        let (key, asking) = ((file, function), self.asking());
        if let Some(known) = self.calls.get(&key, asking, ANEW) {
            return known;
        }
        let mark = asking.begin(ANEW);
        let found = self.find_callers(file, function);
        self.calls.close(key, asking, &mark, ANEW, Some(found.clone()));
        found
    }

    fn find_callers(&self, file: FileId, function: FunctionId) -> Vec<(FileId, CallId)> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let Some(name) = facts.function(function).name.map(|it| facts.name(it)) else { return Vec::new() };
        let mut found = Vec::new();
        for at in self.asked_for(self.users_of_method(file, function)) {
            let Some(facts) = self.facts(at) else { continue };
            let calls = self.file(at).index.calls_of(facts, name);
            let is_called = |it: &CallId| self.value(at, facts.call(*it).callee) == Value::Function(file, function);
            found.extend(calls.filter(is_called).map(|it| (at, it)));
        }
        found
    }

    /// Every call of a function by its own name; `None` where a file that may call it is not parsed.
    pub(super) fn all_callers(&self, file: FileId, function: FunctionId) -> Option<Vec<(FileId, CallId)>> {
        let facts = self.facts(file)?;
        let name = facts.name(facts.function(function).name?);
        let is_method = class_of(facts, function).is_some();
        let calls = self.callers(file, function);
        let mut users = self.users_of_method(file, function).into_iter().filter(|it| self.file(*it).is_audited);
        let is_known = |at: FileId| self.facts(at).is_some() || !is_method && !self.asks_for(at, file, name);
        users.all(is_known).then_some(calls)
    }

    /// Whether a file imports a name of another one, or all of it.
    pub(super) fn asks_for(&self, at: FileId, home: FileId, name: &str) -> bool {
        let file = self.file(at);
        let by_name = file.asked.values().flatten().any(|it| &**it == name);
        let mut here = file.targets.iter().filter(|(_, target)| **target == Target::File(home));
        by_name || here.any(|(specifier, _)| !file.asked.contains_key(specifier))
    }

    /// Files that may use something, with those asked for that are not parsed; a thing of use to many would have most of a project
    /// parsed for one number.
    fn asked_for(&self, users: Vec<FileId>) -> Vec<FileId> {
        if users.len() <= FEW {
            users.iter().for_each(|it| self.want(*it));
        }
        users
    }

    /// The files that use a file, asked for.
    pub(super) fn users_to_read(&self, file: FileId) -> Vec<FileId> {
        self.asked_for(self.users(file))
    }

    /// The files that use a function's file; of a method also those that use what its class implements or extends, and the classes
    /// that extend it: who is handed a repository may know its interface alone.
    fn users_of_method(&self, file: FileId, function: FunctionId) -> Vec<FileId> {
        let mut users = self.users(file);
        let Some(facts) = self.facts(file) else { return users };
        let Some(class) = class_of(facts, function).map(|it| facts.class(it)) else { return users };
        let mut others = Vec::new();
        for kin in class.implements.iter().chain(&class.extends) {
            if let Value::Class(home, _) = self.value(file, *kin) {
                others.push(home);
            }
        }
        if let Some(name) = class.name.map(|it| facts.name(it)) {
            others.extend(users.iter().copied().filter(|it| self.may_take_on(*it, file, name)));
        }
        for user in others.into_iter().filter(|it| *it != file).flat_map(|it| self.users(it)) {
            if !users.contains(&user) {
                users.push(user);
            }
        }
        users
    }

    /// Whether a name stands anywhere in the text of a parsed file: far cheaper to ask than what each expression is called.
    pub(super) fn may_name(&self, file: FileId, name: &str) -> bool {
        memmem::find(self.file(file).text.as_bytes(), name.as_bytes()).is_some()
    }

    /// A file and all that import it, directly or through files that hand names on.
    pub(super) fn users(&self, file: FileId) -> Vec<FileId> {
        let mut seen = HashSet::from_iter([file]);
        let mut found = vec![file];
        let mut pending = vec![file];
        while let Some(at) = pending.pop() {
            for &importer in self.importers(at) {
                if !seen.insert(importer) {
                    continue;
                }
                found.push(importer);
                if !self.file(importer).reexports.is_empty() {
                    pending.push(importer);
                }
            }
        }
        found
    }

    /// The names under which a file exports a function or class, and under which files that hand everything on may.
    pub(super) fn names_outside(&self, home: FileId, wanted: &Value) -> Vec<&str> {
        let Some(facts) = self.facts(home) else { return Vec::new() };
        let stands = |source: &ExportSource| match source {
            ExportSource::Local(binding) => self.value_of_binding(home, *binding) == *wanted,
            ExportSource::Value(value) => self.value(home, *value) == *wanted,
            ExportSource::Module { .. } => false,
        };
        let names = facts.exports.iter().filter(|it| stands(&it.source)).map(|it| facts.name(it.name));
        let mut names: Vec<&str> =
            names.flat_map(|it| if it == "=" { vec!["default", "*"] } else { vec![it] }).collect();
        // What a file on the way calls it.
        let again = self.users(home).into_iter().flat_map(|it| &self.file(it).reexports);
        let again: Vec<&str> = again.filter(|it| names.contains(&&*it.imported)).map(|it| &*it.exported).collect();
        names.extend(again);
        names
    }
}

/// The class that a function is a method of, also as an arrow function in a field.
fn class_of(facts: &FileFacts, function: FunctionId) -> Option<ClassId> {
    let it = facts.function(function);
    it.class.or_else(|| match facts.regions_out(it.body).nth(1)?.1.kind {
        RegionKind::Class(class) => Some(class),
        _ => None,
    })
}
