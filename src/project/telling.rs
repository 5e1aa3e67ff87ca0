//! Words for findings about queries: what a call is called, what a loop runs over, what to do instead.

use super::iteration::{Iteration, IterationSource};
use super::query::{Query, QueryPath};
use super::statement::{changes_rows, statement};
use super::{Chained, Project};
use crate::catalog::EffectKind;
use crate::facts::{CallId, ExprId, ExprKind};
use crate::finding::Evidence;
use crate::source::FileId;

/// How many characters of code a message quotes.
const QUOTED: usize = 48;

impl Project {
    /// What a call calls, as written, cut to what fits a message.
    #[must_use]
    pub fn called(&self, file: FileId, call: CallId) -> String {
        let Some(facts) = self.facts(file) else { return String::new() };
        if let Some((home, function)) = self.handed_by_name(file, call)
            && self.behind_function(home, function).is_some()
            && let Some(words) = self.handed_words(file, call)
        {
            return quoted(words);
        }
        let callee = self.place_of(file, facts.call(call).callee);
        quoted(self.text_of(callee))
    }

    /// What each round of an iteration binds, as written; `round` where it binds nothing.
    #[must_use]
    pub fn element_of(&self, iteration: &Iteration) -> String {
        let round = || "round".to_owned();
        let Some(facts) = self.facts(iteration.file) else { return round() };
        let pattern = match iteration.source {
            IterationSource::Loop(number) => {
                facts.loops[number as usize].element.filter(|_| iteration.subject.is_some())
            }
            IterationSource::Callback(call, function) => {
                let name = super::iteration::callee_name(facts, call).map_or("", |(name, _)| name);
                let position = usize::from(name.starts_with("reduce"));
                facts.function(function).params.get(position).map(|it| it.pattern)
            }
            IterationSource::Named(_, home, function) => {
                let first = self.facts(home).and_then(|it| it.function(function).params.first()).map(|it| it.pattern);
                return first.map_or_else(round, |it| quoted(self.text_of(self.place_of(home, it))));
            }
        };
        pattern.map_or_else(round, |it| quoted(self.text_of(self.place_of(iteration.file, it))))
    }

    /// How to ask for the whole set with this library.
    #[must_use]
    pub fn batch_advice(&self, path: &QueryPath) -> String {
        let library = path.query.library;
        if path.query.effect.kind == EffectKind::Enqueue {
            return "Hand the jobs over together, as one bulk call.".to_owned();
        }
        let what = if self.writes(&path.query) {
            "Write the rows with one statement, in chunks of a few hundred."
        } else {
            "Ask once for the whole set, in chunks of a few hundred, and put the answers together in memory."
        };
        let ways = library.batch.iter().take(3).map(String::as_str).collect::<Vec<_>>().join("; ");
        if ways.is_empty() { what.to_owned() } else { format!("{what} With {}: {ways}.", library.name) }
    }

    /// How to read a long list in pages with this library.
    #[must_use]
    pub fn paging_advice(&self, query: &Query) -> String {
        let library = query.library;
        match library.paging.first() {
            Some(way) => format!("Read it in pages, by keyset: {way} ({}).", library.name),
            None => "Read it in pages, by keyset: rows behind the last key seen, so many at a time.".to_owned(),
        }
    }

    /// What a query reads, cut to what fits a message.
    #[must_use]
    pub fn table_words(&self, query: &Query) -> Option<String> {
        self.table_read(query).map(|it| quoted(it.trim_matches(['"', '`'])))
    }

    /// Whether a statement changes what tables there are, which nothing can do for several at once.
    #[must_use]
    pub fn changes_schema(&self, query: &Query) -> bool {
        const WORDS: &[&str] = &["create", "alter", "drop", "reindex", "vacuum", "analyze", "comment"];
        let facts = self.facts(query.file);
        let text = facts.and_then(|facts| statement(facts, facts.call(query.call)));
        let first = text.and_then(|(text, _)| text.split_whitespace().next()).unwrap_or_default().to_ascii_lowercase();
        let statement = || facts?.call(query.call).args.first().copied();
        query.effect.kind == EffectKind::Ddl
            || WORDS.contains(&first.as_str())
            || statement().is_some_and(|it| self.builds_schema(query.file, it, 12))
    }

    /// Whether a statement was put together by a builder of schemas: `knex.schema.alterTable(…).toSQL()`, by names too.
    fn builds_schema(&self, file: FileId, expr: ExprId, steps: u8) -> bool {
        let (Some(facts), Some(steps)) = (self.facts(file), steps.checked_sub(1)) else { return false };
        match facts.expr(expr).kind {
            ExprKind::Local(binding) => {
                let it = facts.binding(binding);
                let written = self.file(file).index.writes.get(&binding).into_iter().flatten().copied();
                let mut made = it.init.into_iter().chain(it.element_of).chain(written).filter(|it| it.0 != expr.0);
                made.any(|it| self.builds_schema(file, it, steps))
            }
            ExprKind::Call(call) => {
                let chained = self.chain(file, expr);
                let changes = |it: Chained| {
                    let mut effects = it.chain.links.iter().filter_map(|it| it.method.effect);
                    effects.any(|it| it.kind == EffectKind::Ddl)
                };
                chained.is_some_and(changes) || self.builds_schema(file, facts.call(call).callee, steps)
            }
            ExprKind::Member { object, .. } | ExprKind::Await(object) => self.builds_schema(file, object, steps),
            _ => false,
        }
    }

    /// Whether a query writes; of raw statements the text decides.
    #[must_use]
    pub fn writes(&self, query: &Query) -> bool {
        match query.effect.kind {
            EffectKind::Write | EffectKind::Ddl => true,
            EffectKind::Raw => {
                let facts = self.facts(query.file);
                let text = facts.and_then(|facts| statement(facts, facts.call(query.call)));
                text.is_some_and(|(text, _)| changes_rows(text))
            }
            EffectKind::Read | EffectKind::Tx | EffectKind::Enqueue => false,
        }
    }
}

impl QueryPath {
    /// The query, as written.
    #[must_use]
    pub fn words(&self, project: &Project) -> String {
        project.called(self.query.file, self.query.call)
    }

    /// The way to the query: each call on it, then the query.
    #[must_use]
    pub fn evidence(&self, project: &Project) -> Vec<Evidence> {
        let table = self.query.table.as_ref().map_or(String::new(), |it| format!(" `{}`", quoted(it)));
        let verb = if project.writes(&self.query) { "writes" } else { "queries" };
        let note = format!("{verb}{table} ({})", self.query.library.name);
        let query = Evidence { place: project.place_of_query(&self.query), note };
        self.hops.iter().skip(1).cloned().chain([query]).collect()
    }
}

/// Code on one line, cut to what fits a message.
fn quoted(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ").replace(" .", ".");
    match line.char_indices().nth(QUOTED) {
        Some((at, _)) => format!("{}…", &line[..at]),
        None => line,
    }
}
