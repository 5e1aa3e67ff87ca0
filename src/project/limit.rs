//! Every place that limits how many rows a query reads, with the number that stands there.

use std::sync::LazyLock;

use regex::Regex;

use super::iteration::callee_name;
use super::statement::statement;
use super::{Amount, Chained, Project};
use crate::catalog::{Library, LibraryKind, LimitSite};
use crate::facts::{BindingKind, Call, CallId, ExprId, ExprKind, FileFacts, Operator};
use crate::source::{FileId, Place, Span};

/// One limit.
#[derive(Debug, Clone)]
pub struct Limit {
    /// The file.
    pub file: FileId,
    /// The call that states it.
    pub call: CallId,
    /// The library that it is a call of.
    pub library: &'static Library,
    /// How many rows it lets through.
    pub rows: Amount,
    /// The expression that says so, as it is written.
    pub text: String,
}

/// `LIMIT` in a statement, with a number, a placeholder or a substitution behind it.
static LIMIT: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?is)\blimit\s+(?:(\d+)|\$(\d+)|(\?)|(\x00))").expect("a test compiles it"));

/// Whether code names a limit in any of the ways that libraries do.
fn speaks_of_limits(text: &str) -> bool {
    ["limit", "LIMIT", "Limit", "take", "range", "top", "size", "first", "fetch", "FETCH", "..."]
        .iter()
        .any(|it| text.contains(it))
}

/// Whether a call is given what its function was given, which may hold a limit: `findMany(args)`.
fn is_handed_on(facts: &FileFacts, call: &Call) -> bool {
    call.args.iter().any(|it| match facts.expr(*it).kind {
        ExprKind::Local(binding) => matches!(facts.binding(binding).kind, BindingKind::Param(..)),
        _ => false,
    })
}

impl Project {
    /// Every limit in the files that are parsed and audited.
    #[must_use]
    pub fn limits(&self) -> Vec<Limit> {
        self.parsed().flat_map(|(file, _)| self.limits_in(file)).collect()
    }

    /// Every limit in one file.
    pub(super) fn limits_in(&self, file: FileId) -> Vec<Limit> {
        self.limits_within(file, Span::new(0, u32::MAX))
    }

    /// Every limit that a stretch of a file states.
    pub(super) fn limits_within(&self, file: FileId, stretch: Span) -> Vec<Limit> {
        let mut found = Vec::new();
        let Some(facts) = self.facts(file) else { return found };
        if !self.file(file).is_audited || !self.file(file).reaches_store() {
            return found;
        }
        for (id, call) in facts.calls().filter(|(_, it)| stretch.contains(it.span)) {
            // Following a call that states no limit would ask for files in vain.
            let text = || self.text_of(Place { file, span: Span::new(call.name_span.start, call.span.end) });
            let states = callee_name(facts, id).is_some_and(|(name, _)| self.catalog.may_limit(name))
                && (speaks_of_limits(text()) || is_handed_on(facts, call));
            if !states {
                continue;
            }
            let Some(chained) = self.chain(file, call.expr) else { continue };
            let Some(library) = self.library_of_chain(&chained) else { continue };
            if self.is_subquery(file, facts, call.expr) {
                continue;
            }
            let here = chained.chain.limits.iter().filter(|(step, _)| chained.call_at(*step) == Some(id));
            let limit = here.filter_map(|(_, site)| self.limit_at(file, facts, call, site)).next();
            found.extend(limit.map(|(rows, text)| Limit { file, call: id, library, rows, text }));
        }
        found
    }

    /// Asks for the files in which the numbers of a file's limits and the options of its clients stand.
    pub(super) fn look_ahead_at_limits(&self, file: FileId) {
        // What a limit is stated on is a client, which stands near its user.
        let horizon = self.asking().horizon.replace(1);
        let _ = self.limits_in(file);
        self.asking().horizon.set(horizon);
        for made in self.constructions_in(file) {
            if !matches!(made.library.kind, LibraryKind::Local | LibraryKind::HttpClient) {
                let _ = self.options(&made);
            }
        }
    }

    /// Whether a chain ends in a name that another query reads it by: its rows stay in the database.
    pub(super) fn is_subquery(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> bool {
        let head = self.head_of(file, expr);
        matches!(facts.expr(head).kind, ExprKind::Call(call) if callee_name(facts, call).is_some_and(|(name, _)| name == "as"))
    }

    pub(super) fn library_of_chain(&self, chained: &Chained) -> Option<&'static Library> {
        let own = chained.chain.library.map(|it| self.catalog.library(it));
        own.or_else(|| chained.chain.receiver.map(|it| self.catalog.library_of_receiver(it)))
    }

    fn limit_at(&self, file: FileId, facts: &FileFacts, call: &Call, site: &LimitSite) -> Option<(Amount, String)> {
        let argument = |at: u8| call.args.get(usize::from(at)).copied();
        let with_text = |expr: ExprId| (self.amount(file, expr), self.text_of(self.place_of(file, expr)).to_owned());
        match site {
            LimitSite::Arg { arg } => argument(*arg).map(with_text),
            LimitSite::Range { from, to, inclusive } => {
                let (from, to) = (argument(*from)?, argument(*to)?);
                Some(self.between(file, facts, from, to, *inclusive))
            }
            LimitSite::Key { arg, key } => self.limit_key(file, argument(*arg)?, key),
            LimitSite::Stage { arg, key } => match &facts.expr(argument(*arg)?).kind {
                ExprKind::Array(stages) => stages.iter().find_map(|it| self.limit_key(file, *it, key)),
                _ => None,
            },
            LimitSite::Call { name } => call.args.iter().find_map(|it| match facts.expr(*it).kind {
                ExprKind::Call(inner) if callee_name(facts, inner)?.0 == &**name => {
                    facts.call(inner).args.first().copied().map(with_text)
                }
                _ => None,
            }),
            LimitSite::Sql => self.limit_in_text(file, facts, call),
            LimitSite::Flag { .. } => None,
        }
    }

    /// A key of an options object; an object that lacks it states no limit.
    fn limit_key(&self, file: FileId, object: ExprId, key: &str) -> Option<(Amount, String)> {
        let path: Vec<&str> = key.split('.').collect();
        if self.lacks(file, object, &path) {
            return None;
        }
        let facts = self.facts(file)?;
        let own = super::definition::entry(facts, object, path[0]);
        let amount = self.amount_at(file, object, &path);
        let is_literal = matches!(facts.expr(object).kind, ExprKind::Object(_));
        let text = own.map_or(key, |it| self.text_of(self.place_of(file, it)));
        match (own, &amount) {
            // Whether a spread or another's object holds a limit at all is not shown.
            (None, Amount::Unknown | Amount::Caller) => None,
            _ if !is_literal && matches!(amount, Amount::Unknown | Amount::Caller) => None,
            _ => Some((amount, text.to_owned())),
        }
    }

    /// The rows of `range(from, to)`: terms of `to` that are `from` cancel.
    fn between(&self, file: FileId, facts: &FileFacts, from: ExprId, to: ExprId, inclusive: bool) -> (Amount, String) {
        let start = self.text_of(self.place_of(file, from)).to_owned();
        let mut terms = Vec::new();
        self.terms(facts, to, 1.0, 8, &mut terms);
        let before = terms.len();
        terms.retain(|(sign, it)| *sign < 0.0 || self.text_of(self.place_of(file, *it)) != start);
        let cancelled = terms.len() < before;
        let mut rows = Amount::AtMost(f64::from(u8::from(inclusive)));
        let mut text = self.text_of(self.place_of(file, to)).to_owned();
        for (sign, it) in terms {
            match (rows, self.amount(file, it)) {
                (Amount::AtMost(a), Amount::AtMost(b)) => rows = Amount::AtMost(a + sign * b),
                (a, b) => {
                    if !matches!(b, Amount::AtMost(_)) {
                        text = self.text_of(self.place_of(file, it)).to_owned();
                    }
                    rows = a.or(b);
                }
            }
        }
        match (rows, self.amount(file, from)) {
            (Amount::AtMost(rows), Amount::AtMost(from)) if !cancelled => (Amount::AtMost(rows - from), text),
            // `range(page * size, (page + 1) * size)`: not shown in terms of each other.
            (_, from) if !cancelled && !matches!(from, Amount::AtMost(_)) => (Amount::Unknown, text),
            (rows, _) => (rows, text),
        }
    }

    /// The summands of an expression, constants that are only names for a sum included.
    fn terms(&self, facts: &FileFacts, expr: ExprId, sign: f64, steps: u32, terms: &mut Vec<(f64, ExprId)>) {
        let Some(steps) = steps.checked_sub(1) else { return terms.push((sign, expr)) };
        match facts.expr(expr).kind {
            ExprKind::Binary(Operator::Add, left, right) => {
                self.terms(facts, left, sign, steps, terms);
                self.terms(facts, right, sign, steps, terms);
            }
            ExprKind::Binary(Operator::Subtract, left, right) => {
                self.terms(facts, left, sign, steps, terms);
                self.terms(facts, right, -sign, steps, terms);
            }
            ExprKind::Local(binding) => match facts.binding(binding).init {
                Some(init)
                    if matches!(facts.expr(init).kind, ExprKind::Binary(Operator::Add | Operator::Subtract, ..))
                        && facts.binding(binding).path.is_empty() =>
                {
                    self.terms(facts, init, sign, steps, terms);
                }
                _ => terms.push((sign, expr)),
            },
            _ => terms.push((sign, expr)),
        }
    }

    /// The last `LIMIT` of a statement's text: an outer one stands behind those of its parts.
    fn limit_in_text(&self, file: FileId, facts: &FileFacts, call: &Call) -> Option<(Amount, String)> {
        let (text, parts) = statement(facts, call)?;
        let found = LIMIT.captures_iter(text).last()?;
        let start = found.get(0)?.start();
        if text[start..].matches(')').count() > text[start..].matches('(').count() {
            return None;
        }
        let value = |expr: ExprId| (self.amount(file, expr), self.text_of(self.place_of(file, expr)).to_owned());
        if let Some(number) = found.get(1) {
            return Some((Amount::AtMost(number.as_str().parse().ok()?), number.as_str().to_owned()));
        }
        let nth = match (found.get(2), found.get(3)) {
            (Some(number), _) => number.as_str().parse::<usize>().ok()?.checked_sub(1)?,
            (None, Some(_)) => text[..found.get(3)?.start()].matches('?').count(),
            _ => return parts.get(text[..found.get(4)?.start()].matches('\0').count()).map(|it| value(*it)),
        };
        let list = call.args.get(1).and_then(|it| self.definition(file, *it, 8));
        let (at, list) = list.filter(|(at, _)| *at == file)?;
        match &self.facts(at)?.expr(list).kind {
            ExprKind::Array(items) => items.get(nth).map(|it| value(*it)),
            _ => None,
        }
    }

    /// The place of the call that states a limit.
    #[must_use]
    pub fn place_of_limit(&self, limit: &Limit) -> Place {
        self.anchor_of(limit.file, limit.call)
    }
}
