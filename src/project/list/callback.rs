//! Conditions that a callback adds to the builder that it is handed: `.where((part) => part.where("a", 1).orWhere("b", 2))`, and
//! `.where(function () { this.whereNull("a") })`.
//!
//! What is added only sometimes, or by another function, is not shown.

use super::super::Project;
use super::super::chain::{ChainLink, unroll};
use super::super::iteration::callee_name;
use super::filter::Filters;
use super::text::condition;
use crate::catalog::Test;
use crate::facts::{BindingKind, CallId, ExprId, ExprKind, FileFacts, FunctionId};
use crate::source::FileId;

impl Project {
    /// What a callback adds; `None` where it adds nothing to a builder by itself.
    pub(super) fn read_callback(&self, file: FileId, function: FunctionId, found: &mut Filters) -> Option<()> {
        let facts = self.facts(file)?;
        let steps = self.builder_steps(file, facts, function)?;
        let names: Vec<&str> = steps.iter().map(|it| callee_name(facts, *it).map_or("", |it| it.0)).collect();
        if names.is_empty() || !names.iter().all(|it| is_where(it)) {
            return None;
        }
        if steps.iter().any(|it| facts.call(*it).region != facts.function(function).body) {
            found.unclear = Some("what it asks for depends on a condition");
            return Some(());
        }
        let mut branches = vec![found.branch()];
        for (call, name) in steps.into_iter().zip(names) {
            if name.starts_with("or") && branches.last().is_some_and(|it| it.said) {
                branches.push(found.branch());
            }
            if let Some(branch) = branches.last_mut() {
                branch.said = true;
                self.read_step(file, facts, call, name, branch);
            }
        }
        match <[Filters; 1]>::try_from(branches) {
            Ok([only]) => {
                found.narrow.extend(only.narrow);
                found.unclear = only.unclear.or(found.unclear);
            }
            Err(several) => found.join(several),
        }
        Some(())
    }

    /// The methods that a callback calls on the builder, in order; `None` where it hands the builder on.
    fn builder_steps(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<Vec<CallId>> {
        let index = &self.file(file).index;
        let roots = |expr: ExprId| match facts.expr(expr).kind {
            ExprKind::This => index.owner(facts.expr(expr).region) == Some(function),
            ExprKind::Local(binding) => facts.binding(binding).kind == BindingKind::Param(function, 0),
            _ => false,
        };
        let calls = index.calls.get(&Some(function)).into_iter().flatten().copied();
        let mut steps = Vec::new();
        for call in calls {
            let head = facts.call(call).expr;
            if self.head_of(file, head) != head {
                continue;
            }
            let (root, links) = unroll(facts, head);
            if roots(root) {
                let called = |it: ChainLink| if let ChainLink::Call(call) = it { Some(call) } else { None };
                steps.extend(links.into_iter().filter_map(called));
            } else if facts.call(call).args.iter().any(|it| roots(*it)) {
                return None;
            }
        }
        Some(steps)
    }

    /// One method of a builder that adds a condition.
    fn read_step(&self, file: FileId, facts: &FileFacts, call: CallId, name: &str, found: &mut Filters) {
        let args = &facts.call(call).args;
        let core = name.strip_prefix("and").or_else(|| name.strip_prefix("or")).unwrap_or(name).to_ascii_lowercase();
        match core.as_str() {
            "where" => self.read_where(file, facts, args, found),
            "wherein" => self.read_column(file, facts, args, Test::In, found),
            "whereraw" => match args.first().map(|it| &facts.expr(*it).kind) {
                Some(ExprKind::Str(text)) => condition(facts.name(*text), found),
                _ => found.unclear = Some("the condition is put together elsewhere"),
            },
            _ => {}
        }
    }
}

/// Whether the name of a method says that it adds a condition.
fn is_where(name: &str) -> bool {
    ["where", "andWhere", "orWhere"].iter().any(|it| name.starts_with(it))
}
