//! Which class stands behind an interface or an abstract class: the only one that implements it for production.
//!
//! Where several do, or where one cannot be read, nothing is concluded: which of them runs is told by no type.

use super::callee::words;
use super::{Project, Value};
use crate::facts::{ClassId, FileFacts};
use crate::source::FileId;

/// Words in the names of classes that stand in for others in tests.
const DOUBLES: &[&str] =
    &["fake", "mock", "stub", "dummy", "spy", "noop", "null", "memory", "inmemory", "test", "testing"];

impl Project {
    /// The member that an interface or abstract class leaves to the one class that implements it.
    pub(super) fn implemented(&self, file: FileId, class: ClassId, name: &str, steps: u32) -> Option<Value> {
        let implementer = self.implementer(file, class, steps)?;
        Some(self.property(implementer, name, steps)).filter(Value::is_known)
    }

    fn implementer(&self, file: FileId, class: ClassId, steps: u32) -> Option<Value> {
        let facts = self.facts(file)?;
        let it = facts.class(class);
        let name = it.name.filter(|_| it.is_abstract).map(|it| facts.name(it))?;
        let mut found = None;
        for at in self.users(file).into_iter().filter(|it| self.may_take_on(*it, file, name)) {
            self.want(at);
            let facts = self.facts(at)?;
            let wanted = Value::Class(file, class);
            for number in (0..facts.classes.len() as u32).map(ClassId) {
                if is_double(facts, number) || !self.takes_on(at, facts, number, &wanted, steps) {
                    continue;
                }
                if found.is_some() {
                    return None;
                }
                found = Some(Value::Instance(at, number));
            }
        }
        found
    }

    /// Whether a class of a file may implement or extend what is declared under a name.
    pub(super) fn may_take_on(&self, at: FileId, from: FileId, name: &str) -> bool {
        let it = self.file(at);
        let is_double = || {
            let stem = it.path.rsplit('/').next().unwrap_or_default();
            words(stem).iter().any(|it| DOUBLES.contains(&it.as_str()))
        };
        let mut roles = it.roles.iter();
        // Asked of every file that uses the type: what is cheap first.
        it.is_audited
            && roles.any(|it| &*it.name == name || (&*it.name == "default" && it.from == from))
            && !is_double()
    }

    fn takes_on(&self, file: FileId, facts: &FileFacts, class: ClassId, wanted: &Value, steps: u32) -> bool {
        let it = facts.class(class);
        it.implements.iter().chain(&it.extends).any(|it| self.follow(file, *it, steps) == *wanted)
    }
}

fn is_double(facts: &FileFacts, class: ClassId) -> bool {
    let name = facts.class(class).name.map_or("", |it| facts.name(it));
    words(name).iter().any(|it| DOUBLES.contains(&it.as_str()))
}
