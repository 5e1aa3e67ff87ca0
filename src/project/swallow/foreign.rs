//! What has a `catch` and is no promise: a schema's default, a builder that is awaited later.

use super::super::{Guarded, Project, Swallow, Target, Value};
use crate::facts::{BindingId, ExprId, ExprKind, FileFacts};

impl Project {
    /// Why `catch` on this value is no promise's, if it is not.
    #[must_use]
    pub fn is_no_promise(&self, site: &Swallow) -> Option<&'static str> {
        let Guarded::Promise(object, _) = site.guarded else { return None };
        let chained = self.chain(site.file, object);
        let library = chained.and_then(|it| it.chain.library).map(|id| self.catalog.library(id));
        if library.is_some_and(|it| it.id == "supabase") {
            return Some(
                "the builder is awaited lazily and has no `catch`: the call itself throws, and swallows nothing",
            );
        }
        let facts = self.facts(site.file)?;
        let root = self.root_of(facts, object)?;
        let ExprKind::Local(binding) = facts.expr(root).kind else { return None };
        let is_schema = match self.value_of_binding(site.file, binding) {
            Value::Export { package, .. } => {
                matches!(&*package, "zod" | "@hono/zod-openapi" | "valibot" | "zod/v4" | "zod/v3")
            }
            _ => self.is_imported_from(facts, site, binding, "zod"),
        };
        is_schema.then_some("a schema's default, not a promise's handler")
    }

    fn is_imported_from(&self, facts: &FileFacts, site: &Swallow, binding: BindingId, package: &str) -> bool {
        let crate::facts::BindingKind::Import(import, _) = facts.binding(binding).kind else { return false };
        let specifier = facts.name(facts.imports[import as usize].specifier);
        matches!(self.file(site.file).targets.get(specifier), Some(Target::Package(name)) if &**name == package)
    }

    fn root_of(&self, facts: &FileFacts, expr: ExprId) -> Option<ExprId> {
        let mut at = expr;
        for _ in 0..64 {
            at = match facts.expr(at).kind {
                ExprKind::Member { object, .. } => object,
                ExprKind::Call(call) => facts.call(call).callee,
                _ => return Some(at),
            };
        }
        None
    }
}
