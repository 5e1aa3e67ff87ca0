//! What HTTP data clients send through, and whether code sends many requests through one of them at once.

use super::iteration::{Turn, callee_name};
use super::{Construction, Project, Setting, Value};
use crate::facts::{CallId, ExprKind, FileFacts};
use crate::source::{FileId, Place};

/// What a `fetch` of the user's own does with a request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fetch {
    /// It ends it, or bounds how many are open.
    Bounded,
    /// It hands it on as it is.
    Plain,
    /// Not shown; what it is called.
    Hidden(String),
}

impl Project {
    /// What a `fetch` that is passed to a client does.
    #[must_use]
    pub fn fetch(&self, setting: Setting) -> Fetch {
        let Setting::Other(file, expr) = setting else { return Fetch::Plain };
        let named = || self.text_of(self.place_of(file, expr)).lines().next().unwrap_or_default().to_owned();
        match self.deeper(|| self.value(file, expr)) {
            Some(Value::Function(at, function)) => {
                let Some(facts) = self.facts(at) else { return Fetch::Hidden(named()) };
                let text = self.text_of(Place { file: at, span: facts.function(function).body_span });
                let bounds = ["dispatcher", "signal", "AbortSignal", "timeout", "limit", "queue", "semaphore"];
                if bounds.iter().any(|it| text.to_ascii_lowercase().contains(&it.to_ascii_lowercase())) {
                    return Fetch::Bounded;
                }
                if text.contains("fetch(") { Fetch::Plain } else { Fetch::Hidden(named()) }
            }
            Some(Value::Global(names)) if names.last().is_some_and(|it| &**it == "fetch") => Fetch::Plain,
            _ => Fetch::Hidden(named()),
        }
    }

    /// Whether any audited file calls a function of this name.
    #[must_use]
    pub fn calls_named(&self, name: &str) -> bool {
        self.audited().any(|(file, facts)| self.file(file).index.calls_of(facts, name).next().is_some())
    }

    /// A query of this very client that runs once per element, all at once: what runs it so, and the query.
    #[must_use]
    pub fn fans_out(&self, made: &Construction) -> Option<(Place, Place)> {
        let at = self.place_of_call(made.file, made.call)?;
        for (file, facts) in self.audited_near_store() {
            for (id, call) in facts.calls() {
                let rounds = self.iterations(file, call.region, call.span);
                let Some(round) =
                    rounds.iter().find(|it| it.turn == Turn::Concurrent && !self.is_few(file, it.subject))
                else {
                    continue;
                };
                let Some(path) = self.leads_to_query(file, id) else { continue };
                if path.query.chained.made == Some(at) && !self.is_throttled(facts, id) {
                    return Some((round.place, self.place_of_query(&path.query)));
                }
            }
        }
        None
    }

    /// Whether what is run over is written out in the code.
    fn is_few(&self, file: FileId, subject: Option<crate::facts::ExprId>) -> bool {
        let shown = subject.and_then(|it| self.deeper(|| self.definition(file, it, 12)).flatten());
        shown.is_some_and(|(file, expr)| {
            self.facts(file).is_some_and(|facts| matches!(&facts.expr(expr).kind, ExprKind::Array(items) if items.iter().all(|it| !matches!(facts.expr(*it).kind, ExprKind::Spread(_)))))
        })
    }

    /// Whether a call is handed to something that runs only a few at a time: `limit(() => …)`.
    fn is_throttled(&self, facts: &FileFacts, call: CallId) -> bool {
        let span = facts.call(call).span;
        let mut around = facts.calls().filter(|(id, it)| {
            *id != call && it.span.contains(span) && it.args.iter().any(|arg| facts.expr(*arg).span.contains(span))
        });
        around.any(|(id, _)| {
            callee_name(facts, id).is_some_and(|(name, _)| {
                let name = name.to_ascii_lowercase();
                ["limit", "throttle", "queue", "schedule", "semaphore", "pmap", "concurren"]
                    .iter()
                    .any(|it| name.contains(it))
            })
        })
    }
}
