//! Lists that are as long as the configuration makes them: what it names, and the rows that are read for what it names.
//!
//! Settings are known by the name of what holds them; a list that a caller gives is none.

use super::Project;
use super::definition::entry;
use super::fixed::STEPS;
use super::iteration::Iteration;
use crate::facts::{BindingKind, ExprId, ExprKind, FileFacts};

/// Names of what holds settings, at the root of what is read.
const SETTINGS: &[&str] = &["env", "config", "configService", "appConfig", "serverConfig"];

impl Project {
    /// Whether a list is what a query gave for the keys that the configuration names: `{ id: { in: env.DEFAULT_IDS } }`.
    pub(super) fn is_read_by_settings(&self, iteration: &Iteration, facts: &FileFacts) -> bool {
        let read = match iteration.subject.map(|it| (it, &facts.expr(it).kind)) {
            Some((_, ExprKind::Local(binding))) if !self.grows(iteration.file, facts, *binding) => {
                facts.binding(*binding).init
            }
            Some((subject, ExprKind::Await(_))) => Some(subject),
            _ => None,
        };
        let parts = read.into_iter().flat_map(|it| facts.within(facts.expr(it).span));
        let key_of = |it: ExprId| entry(facts, it, "id").or_else(|| entry(facts, it, "uuid"));
        let mut listed = parts.filter_map(|(at, _)| entry(facts, key_of(at)?, "in"));
        listed.any(|it| self.root_of_list(facts, it, STEPS).is_some_and(|root| is_settings(facts, root)))
    }
}

/// Whether settings stand at the root of an expression: `env.DEFAULT_IDS`, `this.configService.fields[name]`.
pub(super) fn is_settings(facts: &FileFacts, root: ExprId) -> bool {
    let mut at = root;
    let mut inner = 0;
    loop {
        match facts.expr(at).kind {
            ExprKind::Member { object, property } if facts.expr(object).kind == ExprKind::This => {
                return inner > 0 && SETTINGS.contains(&facts.name(property));
            }
            ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => at = object,
            ExprKind::Local(binding) => {
                let binding = facts.binding(binding);
                let is_imported = matches!(binding.kind, BindingKind::Import(..));
                return inner > 0 && is_imported && SETTINGS.contains(&facts.name(binding.name));
            }
            _ => return false,
        }
        inner += 1;
    }
}
