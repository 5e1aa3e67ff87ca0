//! Where the expression stands that a name stands for: through constants, imports, re-exports and entries of objects.
//!
//! Unlike [`super::value`] it answers with source, so that what a call was given can be read there.

use std::collections::HashSet;

use super::{Iteration, Project, Target, Value};
use crate::facts::{BindingId, BindingKind, ExportSource, ExprId, ExprKind, FileFacts, PropKey};
use crate::source::FileId;

impl Project {
    /// The expression that an expression stands for; itself where it is no name.
    pub(super) fn definition(&self, file: FileId, expr: ExprId, steps: u32) -> Option<(FileId, ExprId)> {
        let (facts, steps) = (self.facts(file)?, steps.checked_sub(1)?);
        match &facts.expr(expr).kind {
            ExprKind::Local(binding) => self.definition_of_binding(file, *binding, steps),
            ExprKind::Await(inner) => self.definition(file, *inner, steps),
            ExprKind::Member { object, property } => {
                let name = facts.name(*property);
                if let Some(target) = self.namespace(file, *object) {
                    return self.definition_of_export(target, name, steps);
                }
                let Some((at, object)) = self.definition(file, *object, steps) else { return Some((file, expr)) };
                match entry(self.facts(at)?, object, name) {
                    Some(value) => self.definition(at, value, steps),
                    None => Some((file, expr)),
                }
            }
            _ => Some((file, expr)),
        }
    }

    /// The text that a name of a table stands for, without the other name that a statement gives it: `"roles as r"`, `T.ROLES`,
    /// `` `${TABLE} as r` ``.
    pub(super) fn text_behind(&self, file: FileId, expr: ExprId) -> Option<String> {
        let (file, expr) = self.definition(file, expr, 8)?;
        let facts = self.facts(file)?;
        let whole = match &facts.expr(expr).kind {
            ExprKind::Str(text) => facts.name(*text).to_owned(),
            ExprKind::Template { text, parts } => match (facts.name(*text).strip_prefix('\0'), &**parts) {
                (Some(rest), [only]) => format!("{}{rest}", self.text_behind(file, *only)?),
                _ => return None,
            },
            _ => return None,
        };
        let mut words = whole.split_whitespace();
        Some(match (words.next(), words.next()) {
            (Some(table), Some(other)) if other.eq_ignore_ascii_case("as") => table.to_owned(),
            _ => whole,
        })
    }

    pub(super) fn definition_of_binding(
        &self,
        file: FileId,
        binding: BindingId,
        steps: u32,
    ) -> Option<(FileId, ExprId)> {
        let facts = self.facts(file)?;
        let it = facts.binding(binding);
        match it.kind {
            BindingKind::Import(import, name) => {
                let import = &facts.imports[import as usize];
                let imported = facts.name(import.names[name as usize].imported);
                self.definition_behind(file, facts.name(import.specifier), imported, steps)
            }
            BindingKind::Const | BindingKind::Let | BindingKind::Var if it.path.is_empty() => {
                self.definition(file, it.init?, steps)
            }
            _ => None,
        }
    }

    /// Whether a name stands for an enumeration, or for what a package exports: neither holds rows.
    pub(super) fn is_enumeration(&self, file: FileId, root: ExprId) -> bool {
        let Some(ExprKind::Local(binding)) = self.facts(file).map(|it| &it.expr(root).kind) else { return false };
        self.declared_as(file, *binding, 6).is_some_and(|it| it == BindingKind::Other)
            || matches!(self.value(file, root), Value::Export { .. })
    }

    /// Whether a list is typed as one of values of an enumeration: `flags: Flag[]`.
    pub(super) fn holds_enumeration(&self, iteration: &Iteration, facts: &FileFacts) -> bool {
        let Some(ExprKind::Local(list)) = iteration.subject.map(|it| &facts.expr(it).kind) else { return false };
        let Some(of) = facts.binding(*list).type_argument else { return false };
        let declared = facts.bindings.iter().position(|it| it.name == of && it.region.0 == 0);
        declared.is_some_and(|it| {
            self.declared_as(iteration.file, BindingId(it as u32), 6).is_some_and(|it| it == BindingKind::Other)
        })
    }

    /// What kind of declaration a name goes back to, through imports.
    fn declared_as(&self, file: FileId, binding: BindingId, steps: u8) -> Option<BindingKind> {
        let (home, declared) = self.declaration(file, binding, steps)?;
        Some(self.facts(home)?.binding(declared).kind)
    }

    /// The declaration that a name goes back to, through imports.
    pub(super) fn declaration(&self, file: FileId, binding: BindingId, steps: u8) -> Option<(FileId, BindingId)> {
        let (facts, steps) = (self.facts(file)?, steps.checked_sub(1)?);
        let BindingKind::Import(import, name) = facts.binding(binding).kind else { return Some((file, binding)) };
        let import = &facts.imports[import as usize];
        let Target::File(home) = self.file(file).targets.get(facts.name(import.specifier))? else { return None };
        let Some(there) = self.facts(*home) else {
            self.want(*home);
            return None;
        };
        let name = facts.name(import.names[name as usize].imported);
        match there.exports.iter().find(|it| there.name(it.name) == name)?.source {
            ExportSource::Local(binding) => self.declaration(*home, binding, steps),
            _ => None,
        }
    }

    fn definition_behind(&self, file: FileId, specifier: &str, name: &str, steps: u32) -> Option<(FileId, ExprId)> {
        match self.file(file).targets.get(specifier)? {
            Target::File(target) => self.definition_of_export(*target, name, steps),
            _ => None,
        }
    }

    fn definition_of_export(&self, file: FileId, name: &str, steps: u32) -> Option<(FileId, ExprId)> {
        self.definition_beyond(file, name, steps, &mut HashSet::new())
    }

    /// As [`Self::definition_of_export`], asking each file that hands on everything once.
    fn definition_beyond(
        &self,
        file: FileId,
        name: &str,
        steps: u32,
        seen: &mut HashSet<FileId>,
    ) -> Option<(FileId, ExprId)> {
        let steps = steps.checked_sub(1)?;
        let Some(facts) = self.facts(file) else {
            let found = self.file(file).reexports.iter().find(|it| &*it.exported == name);
            return match found {
                Some(it) => self.definition_behind(file, &it.specifier, &it.imported, steps),
                None => self.definition_through_stars(file, name, steps, seen).or_else(|| {
                    if self.file(file).may_export(name) {
                        self.want(file);
                    }
                    None
                }),
            };
        };
        let export = facts.exports.iter().find(|it| facts.name(it.name) == name);
        match export.map(|it| &it.source) {
            Some(ExportSource::Local(binding)) => self.definition_of_binding(file, *binding, steps),
            Some(ExportSource::Value(value)) => self.definition(file, *value, steps),
            Some(ExportSource::Module { specifier, imported }) => {
                self.definition_behind(file, facts.name(*specifier), facts.name(*imported), steps)
            }
            None => self.definition_through_stars(file, name, steps, seen),
        }
    }

    fn definition_through_stars(
        &self,
        file: FileId,
        name: &str,
        steps: u32,
        seen: &mut HashSet<FileId>,
    ) -> Option<(FileId, ExprId)> {
        if !seen.insert(file) {
            return None;
        }
        let mut stars = self.file(file).reexports.iter().filter(|it| &*it.exported == "*");
        stars.find_map(|it| match self.file(file).targets.get(&it.specifier)? {
            Target::File(target) => self.definition_beyond(*target, name, steps, seen),
            _ => None,
        })
    }

    /// The file whose exports an expression holds: `import * as paging from "./paging"`.
    fn namespace(&self, file: FileId, expr: ExprId) -> Option<FileId> {
        let facts = self.facts(file)?;
        let ExprKind::Local(binding) = facts.expr(expr).kind else { return None };
        let BindingKind::Import(import, name) = facts.binding(binding).kind else { return None };
        let import = &facts.imports[import as usize];
        if facts.name(import.names[name as usize].imported) != "*" {
            return None;
        }
        match self.file(file).targets.get(facts.name(import.specifier))? {
            Target::File(target) => Some(*target),
            _ => None,
        }
    }
}

/// The value of a named entry of an object literal.
pub(super) fn entry(facts: &FileFacts, object: ExprId, name: &str) -> Option<ExprId> {
    let ExprKind::Object(props) = &facts.expr(object).kind else { return None };
    props.iter().rev().find(|it| matches!(it.key, PropKey::Name(key) if facts.name(key) == name)).map(|it| it.value)
}
