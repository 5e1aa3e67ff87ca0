//! All chains that build one query: a builder is kept in a variable, extended in branches, and run somewhere else.
//!
//! Where a builder leaves the code that is read (handed to a function, taken from a caller), that is said instead of guessed.

use std::collections::HashSet;

use super::super::chain::{ChainLink, unroll};
use super::super::iteration::callee_name;
use super::super::query::Query;
use super::super::{Chained, Project, Value};
use super::extent::is_limiting;
use crate::catalog::Exec;
use crate::facts::{BindingId, BindingKind, CallId, ExprId, ExprKind, FileFacts};
use crate::source::FileId;

/// So many chains of one query are read.
const MOST: usize = 48;

/// The chains of one query.
#[derive(Debug, Default)]
pub(super) struct Links {
    /// Each with the file that it stands in.
    pub(super) chains: Vec<(FileId, Chained)>,
    /// Calls on the builder that the catalog does not list, by name.
    pub(super) unlisted: Vec<String>,
    /// The function that the builder is handed to, if there is one.
    pub(super) handed_to: Option<String>,
    /// Whether it comes from a caller.
    pub(super) from_caller: bool,
    /// Whether it is sent only when somebody waits for it, so that whatever is made from it counts.
    is_lazy: bool,
}

/// What is still to be looked at.
enum Open {
    Chain(FileId, ExprId),
    Name(FileId, BindingId),
}

impl Project {
    /// The chains that build a query, its own first.
    pub(super) fn links_of(&self, query: &Query) -> Links {
        let is_lazy = !matches!(query.effect.exec, Exec::Eager | Exec::Terminal);
        let mut links = Links { is_lazy, ..Links::default() };
        let mut seen = HashSet::new();
        let mut names = HashSet::new();
        let mut open = vec![Open::Chain(query.file, query.head)];
        while let Some(next) = open.pop() {
            match next {
                Open::Chain(file, head) if links.chains.len() < MOST && seen.insert((file, head)) => {
                    self.read_chain(file, head, &mut links, &mut open);
                }
                Open::Name(file, binding) if names.insert((file, binding)) => {
                    self.read_name(file, binding, &mut links, &mut open);
                }
                _ => {}
            }
        }
        links
    }

    fn read_chain(&self, file: FileId, head: ExprId, links: &mut Links, open: &mut Vec<Open>) {
        let Some(facts) = self.facts(file) else { return };
        let (root, steps) = unroll(facts, head);
        if let ExprKind::Local(binding) = facts.expr(root).kind {
            open.push(Open::Name(file, binding));
        }
        links.from_caller |= self.is_from_field(file, facts, root, &steps);
        let Some(chained) = self.chain(file, head) else {
            if let Some(ChainLink::Call(call)) = steps.last() {
                self.read_maker(file, facts, *call, links, open);
            }
            return;
        };
        self.read_steps(file, facts, &chained, &steps, links, open);
        let source = chained.chain.links.last().and_then(|it| Some((it.method.source_arg?, chained.call_at(it.step)?)));
        if let Some((arg, call)) = source
            && let Some(argument) = facts.call(call).args.get(usize::from(arg))
        {
            open.push(Open::Chain(file, *argument));
        }
        // A query that is not sent before somebody waits for it may still be extended where it is kept.
        let is_pending = chained.chain.receiver.is_some()
            && chained.chain.effect.is_none_or(|it| !matches!(it.exec, Exec::Eager | Exec::Terminal));
        if is_pending {
            links.unlisted.extend(self.limited_by(file, facts, head));
            open.extend(self.names_of(file, facts, head));
        }
        links.chains.push((file, chained));
    }

    /// What the steps of a chain do that the catalog does not know.
    fn read_steps(
        &self,
        file: FileId,
        facts: &FileFacts,
        chained: &Chained,
        steps: &[ChainLink],
        links: &mut Links,
        open: &mut Vec<Open>,
    ) {
        let known: Vec<CallId> = chained.chain.links.iter().filter_map(|it| chained.call_at(it.step)).collect();
        for step in steps {
            let ChainLink::Call(call) = *step else { continue };
            // A scope with arguments of its own: `scope({ method: ["of", owner] })`.
            let is_given =
                || facts.call(call).args.first().is_some_and(|it| matches!(facts.expr(*it).kind, ExprKind::Object(_)));
            if callee_name(facts, call).is_some_and(|(name, _)| name == "scope") && is_given() {
                links.handed_to = Some("scope".to_owned());
            }
            if !chained.links.contains(step) {
                self.read_maker(file, facts, call, links, open);
            } else if !known.contains(&call)
                && let Some((name, Some(_))) = callee_name(facts, call)
            {
                links.unlisted.push(name.to_owned());
            }
        }
    }

    /// The variables that a builder is kept in.
    fn names_of(&self, file: FileId, facts: &FileFacts, head: ExprId) -> Vec<Open> {
        let kept = facts.bindings.iter().enumerate().filter(|(_, it)| it.init == Some(head) && it.path.is_empty());
        let declared = kept.map(|(at, _)| BindingId(at as u32));
        let written = facts.assignments.iter().filter(|it| it.value == head).filter_map(|it| {
            if let ExprKind::Local(binding) = facts.expr(it.target).kind { Some(binding) } else { None }
        });
        declared.chain(written).map(|it| Open::Name(file, it)).collect()
    }

    /// What makes the builder, or goes on with one: `this.base().getMany()`, `paginate(query, { limit }).execute()`.
    fn read_maker(&self, file: FileId, facts: &FileFacts, call: CallId, links: &mut Links, open: &mut Vec<Open>) {
        open.extend(self.returned_chains(file, facts, call));
        let name = callee_name(facts, call).map_or("", |it| it.0);
        if is_limiting(name) {
            links.unlisted.push(name.to_owned());
        }
        for &given in &facts.call(call).args {
            if matches!(facts.expr(given).kind, ExprKind::Call(_)) && self.is_builder(&self.value(file, given)) {
                links.handed_to = Some(name.to_owned());
                open.push(Open::Chain(file, given));
            }
        }
    }

    fn returned_chains(&self, file: FileId, facts: &FileFacts, call: CallId) -> Vec<Open> {
        let Value::Function(at, function) = self.value(file, facts.call(call).callee) else { return Vec::new() };
        let returns = self.file(at).index.returns.get(&function).into_iter().flatten();
        let Some(facts) = self.facts(at) else { return Vec::new() };
        let either = |it: &ExprId| match facts.expr(*it).kind {
            ExprKind::Cond { yes, no, .. } => vec![yes, no],
            _ => vec![*it],
        };
        returns.flat_map(either).map(|it| Open::Chain(at, it)).collect()
    }

    fn read_name(&self, file: FileId, id: BindingId, links: &mut Links, open: &mut Vec<Open>) {
        let Some(facts) = self.facts(file) else { return };
        let binding = facts.binding(id);
        match binding.kind {
            BindingKind::Param(..) if !self.is_client(file, id) => links.from_caller = true,
            BindingKind::Const | BindingKind::Let | BindingKind::Var if !self.is_client(file, id) => {}
            _ => return,
        }
        let written = self.file(file).index.writes.get(&id).into_iter().flatten().copied();
        for value in binding.init.into_iter().chain(written) {
            open.push(Open::Chain(file, value));
        }
        for (at, expr) in facts.exprs.iter().enumerate() {
            if expr.kind == ExprKind::Local(id) {
                self.read_use(file, facts, ExprId(at as u32), links, open);
            }
        }
    }

    /// One use of a builder's name.
    fn read_use(&self, file: FileId, facts: &FileFacts, expr: ExprId, links: &mut Links, open: &mut Vec<Open>) {
        let head = self.head_of(file, expr);
        if head != expr {
            // What is made from it and kept or run elsewhere is another query: `base.take(5).getMany()`.
            let index = &self.file(file).index;
            let is_statement = !index.parents.contains_key(&head)
                && !self.is_returned(file, facts, head)
                && !matches!(facts.expr(head).kind, ExprKind::Call(call) if facts.call(call).awaited);
            if links.is_lazy || is_statement {
                open.push(Open::Chain(file, head));
            }
            return;
        }
        self.read_handing(file, facts, expr, links);
    }

    /// The function that a builder is handed to: `q = paginate(q, { limit })`.
    fn read_handing(&self, file: FileId, facts: &FileFacts, expr: ExprId, links: &mut Links) {
        let Some(name) = self.given_to(file, facts, expr) else { return };
        if is_limiting(name) {
            links.unlisted.push(name.to_owned());
        } else if !matches!(name, "all" | "allSettled" | "race" | "resolve" | "log" | "push") {
            links.handed_to = Some(name.to_owned());
        }
    }

    /// The name of what an expression is an argument of.
    fn given_to<'f>(&self, file: FileId, facts: &'f FileFacts, expr: ExprId) -> Option<&'f str> {
        let ExprKind::Call(call) = facts.expr(*self.file(file).index.parents.get(&expr)?).kind else { return None };
        callee_name(facts, call).filter(|_| facts.call(call).callee != expr).map(|it| it.0)
    }

    /// What a builder is handed to where it is made, if that limits it.
    fn limited_by(&self, file: FileId, facts: &FileFacts, head: ExprId) -> Option<String> {
        self.given_to(file, facts, head).filter(|it| is_limiting(it)).map(str::to_owned)
    }

    /// Whether a name stands for a client, not for a query that is being built on one.
    fn is_client(&self, file: FileId, id: BindingId) -> bool {
        !self.is_builder(&self.value_of_binding(file, id))
    }

    /// Whether a chain starts from a builder in a field: it is built by whoever calls the other methods.
    fn is_from_field(&self, file: FileId, facts: &FileFacts, root: ExprId, steps: &[ChainLink]) -> bool {
        match (&facts.expr(root).kind, steps.first()) {
            (ExprKind::This, Some(ChainLink::Member(field))) => self.is_builder(&self.value(file, *field)),
            _ => false,
        }
    }

    fn is_builder(&self, value: &Value) -> bool {
        matches!(value, Value::Receiver { receiver, .. } if self.catalog.receiver(*receiver).fluent)
    }
}
