//! Where the root of a chain comes from: a package, a global, or a mutation hook that reports its own errors.

use super::definition::entry;
use super::iteration::callee_name;
use super::{Project, Target, Value};
use crate::facts::{BindingKind, CallId, ExportSource, ExprId, ExprKind, FileFacts};
use crate::source::FileId;

impl Project {
    /// The package that a chain starts from, through what it constructs.
    pub(super) fn package_of(&self, file: FileId, expr: ExprId, steps: u32) -> Option<Box<str>> {
        let (facts, steps) = (self.facts(file)?, steps.checked_sub(1)?);
        match facts.expr(expr).kind {
            ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => self.package_of(file, object, steps),
            ExprKind::Call(call) => self.package_of(file, facts.call(call).callee, steps),
            ExprKind::Await(inner) => self.package_of(file, inner, steps),
            ExprKind::Local(id) => match self.value_of_binding(file, id) {
                Value::Export { package, .. } => Some(package),
                Value::Unknown => match facts.binding(id).kind {
                    BindingKind::Import(import, name) => {
                        let import = &facts.imports[import as usize];
                        let imported = facts.name(import.names[name as usize].imported).to_owned();
                        let Target::File(other) = *self.file(file).targets.get(facts.name(import.specifier))? else {
                            return None;
                        };
                        self.exported_from(other, &imported, steps)
                    }
                    _ => self.package_of(file, facts.binding(id).init?, steps),
                },
                _ => None,
            },
            _ => None,
        }
    }

    fn exported_from(&self, file: FileId, name: &str, steps: u32) -> Option<Box<str>> {
        let facts = self.facts(file)?;
        let export = facts.exports.iter().find(|it| facts.name(it.name) == name)?;
        match export.source {
            ExportSource::Local(id) => self.package_of(file, facts.binding(id).init?, steps),
            ExportSource::Value(value) => self.package_of(file, value, steps),
            ExportSource::Module { .. } => None,
        }
    }

    /// The global that a chain starts from: `Intl` of `new Intl.DateTimeFormat().format(…)`.
    pub(super) fn global_root<'f>(&self, facts: &'f FileFacts, expr: ExprId) -> Option<&'f str> {
        let mut at = expr;
        for _ in 0..64 {
            at = match facts.expr(at).kind {
                ExprKind::Member { object, .. } => object,
                ExprKind::Call(call) => facts.call(call).callee,
                ExprKind::Global(name) => return Some(facts.name(name)),
                _ => return None,
            };
        }
        None
    }

    /// Whether what is called comes from a hook that was given `onError`: `useMutation({ onError })`.
    pub(super) fn reports_itself(&self, file: FileId, facts: &FileFacts, callee: ExprId) -> bool {
        let root = match facts.expr(callee).kind {
            ExprKind::Member { object, .. } => object,
            _ => callee,
        };
        let ExprKind::Local(binding) = facts.expr(root).kind else { return false };
        let Some(ExprKind::Call(made)) = facts.binding(binding).init.map(|it| &facts.expr(it).kind) else {
            return false;
        };
        has_handler(facts, *made) || self.hook_has_handler(file, facts, facts.call(*made).callee)
    }

    /// Whether a hook of this code base makes a mutation that is given `onError`.
    fn hook_has_handler(&self, file: FileId, facts: &FileFacts, hook: ExprId) -> bool {
        self.want_callee(file, facts, hook);
        let Value::Function(home, hook) = self.value(file, hook) else { return false };
        let Some(facts) = self.facts(home) else { return false };
        let made = self.file(home).index.calls.get(&Some(hook)).into_iter().flatten();
        made.copied().any(|it| has_handler(facts, it))
    }
}

/// Whether a call makes a mutation that is given `onError`.
fn has_handler(facts: &FileFacts, made: CallId) -> bool {
    let is_told = |it: &ExprId| entry(facts, *it, "onError").is_some();
    callee_name(facts, made).is_some_and(|(name, _)| name.ends_with("Mutation"))
        && facts.call(made).args.iter().any(is_told)
}
