//! What a module gives under a name: its own exports, and what it hands on, parsed or not.

use rustc_hash::FxHashSet as HashSet;

use super::{Project, Target, Value};
use crate::catalog::Walk;
use crate::facts::ExportSource;
use crate::source::FileId;

impl Project {
    /// What a module gives under a name.
    pub(super) fn imported(&self, from: FileId, specifier: &str, name: &str, steps: u32) -> Value {
        match self.file(from).targets.get(specifier) {
            Some(Target::File(file)) => self.exported(*file, name, steps),
            Some(Target::Package(package)) => Value::Export { package: package.clone(), path: vec![name.into()] },
            Some(Target::Builtin) => Value::Export { package: specifier.into(), path: vec![name.into()] },
            // A generated client is often not there; its class name still tells what it is.
            _ if self.catalog.library_of_export(name).is_some() => {
                Value::Export { package: specifier.into(), path: vec![name.into()] }
            }
            _ => Value::Unknown,
        }
    }

    /// What a file exports under a name; `*` is the file itself.
    pub(super) fn exported(&self, file: FileId, name: &str, steps: u32) -> Value {
        self.exported_beyond(file, name, steps, &mut HashSet::default())
    }

    /// What a file exports under a name, leaving out what `seen` files hand on with `export *`: barrels that hand on one another
    /// are asked once each, as the language resolves them (ECMA-262, `ResolveExport`).
    fn exported_beyond(&self, file: FileId, name: &str, steps: u32, seen: &mut HashSet<FileId>) -> Value {
        let Some(steps) = self.asking().step(steps) else { return Value::Unknown };
        if name == "*" {
            self.want(file);
            return self.whole(file, steps).filter(Value::is_known).unwrap_or(Value::Module(file));
        }
        let Some(facts) = self.facts(file) else { return self.handed_on(file, name, steps, seen) };
        let find = |wanted: &str| self.file(file).index.export_of(facts, wanted);
        let export = find(name).or_else(|| if name == "default" { find("=") } else { None });
        if let Some(export) = export {
            return match &export.source {
                ExportSource::Local(binding) => self.follow_binding(file, *binding, steps),
                ExportSource::Value(value) => self.follow(file, *value, steps),
                ExportSource::Module { specifier, imported } => {
                    self.imported(file, facts.name(*specifier), facts.name(*imported), steps)
                }
            };
        }
        match self.whole(file, steps) {
            Some(whole) => self.property(whole, name, steps),
            None => self.through_stars(file, name, steps, seen),
        }
    }

    /// What stands for a whole module: `module.exports = …`, `export = …`.
    fn whole(&self, file: FileId, steps: u32) -> Option<Value> {
        let facts = self.facts(file)?;
        let whole = facts.exports.iter().find(|it| facts.name(it.name) == "=")?;
        match whole.source {
            ExportSource::Local(binding) => Some(self.follow_binding(file, binding, steps)),
            ExportSource::Value(value) => Some(self.follow(file, value, steps)),
            ExportSource::Module { .. } => None,
        }
    }

    /// A name that an unparsed file hands on; if it makes it itself, the file is wanted.
    fn handed_on(&self, file: FileId, name: &str, steps: u32, seen: &mut HashSet<FileId>) -> Value {
        if let Some(found) = self.file(file).reexports.iter().find(|it| &*it.exported == name) {
            return self.imported(file, &found.specifier, &found.imported, steps);
        }
        let value = self.through_stars(file, name, steps, seen);
        if !value.is_known() && self.file(file).may_export(name) {
            self.want(file);
        }
        value
    }

    fn through_stars(&self, file: FileId, name: &str, steps: u32, seen: &mut HashSet<FileId>) -> Value {
        if !seen.insert(file) {
            return Value::Unknown;
        }
        let stars = self.file(file).reexports.iter().filter(|it| &*it.exported == "*");
        let mut given = stars.map(|it| match self.file(file).targets.get(&it.specifier) {
            Some(Target::File(target)) => self.exported_beyond(*target, name, steps, seen),
            _ => self.imported(file, &it.specifier, name, steps),
        });
        let found = given.find(|it| match it {
            // A package hands on whatever it has; only known names count.
            Value::Export { package, path } => Walk::from_import(self.catalog, package, &path[0]).is_some_and(|walk| {
                let chain = walk.finish();
                chain.receiver.is_some() || chain.named.is_some()
            }),
            other => other.is_known(),
        });
        found.unwrap_or(Value::Unknown)
    }
}
