//! Where errors vanish: catch clauses and rejection handlers that do nothing, or give nothing but a literal default.

use super::iteration::callee_name;
use super::{Project, Value};
use crate::catalog::{Exec, LibraryKind};
use crate::facts::{CallId, ExprId, ExprKind, FileFacts, FunctionId, JumpKind, RegionKind};
use crate::source::{FileId, Place, Span};

/// One place where an error vanishes.
#[derive(Debug, Clone)]
pub struct Swallow {
    /// The `catch`, or the handler's call.
    pub place: Place,
    /// The code whose errors vanish.
    pub protected: Span,
    /// Whether a literal default comes back instead.
    pub is_default: bool,
    /// That literal, as written; empty where there is none.
    pub gives: String,
    /// What a comment there says.
    pub comment: Option<String>,
    /// The handler hangs on a query builder that has no such method, so that the call fails before it is in place.
    pub on_builder: bool,
}

impl Swallow {
    fn nothing(place: Place, protected: Span) -> Self {
        Self { place, protected, is_default: false, gives: String::new(), comment: None, on_builder: false }
    }
}

impl Project {
    /// Every place in a file where an error vanishes.
    #[must_use]
    pub fn swallows(&self, file: FileId) -> Vec<Swallow> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let mut found = Vec::new();
        for region in &facts.regions {
            if let RegionKind::Catch { body, is_empty, block, comment, .. } = region.kind {
                let is_default = !is_empty && self.only_returns_default(file, facts, block);
                if is_empty || is_default {
                    let place = Place { file, span: Span::new(region.span.start, region.span.start + 5) };
                    let said = comment.map(|it| facts.name(it).to_owned());
                    let comment = said.or_else(|| comment_in(block.of(&self.file(file).text)));
                    let protected = facts.region(body).span;
                    let gives = if is_default { self.given(file, facts, block) } else { String::new() };
                    found.push(Swallow { place, protected, is_default, gives, comment, on_builder: false });
                }
            }
        }
        found.extend(facts.calls().filter_map(|(id, _)| self.rejected(file, facts, id)));
        found
    }

    /// `.catch(handler)` and `.then(next, handler)` whose handler lets the error vanish.
    fn rejected(&self, file: FileId, facts: &FileFacts, id: CallId) -> Option<Swallow> {
        let (name, object) = callee_name(facts, id)?;
        let call = facts.call(id);
        let handler = *match (name, call.args.len()) {
            ("catch", 1) => call.args.first()?,
            ("then", 2) => call.args.get(1)?,
            _ => return None,
        };
        let object = object?;
        let (home, function) = match self.value(file, handler) {
            Value::Function(home, function) => (home, function),
            Value::Export { path, .. } if path.last().is_some_and(|it| &**it == "noop") => {
                let place = Place { file, span: call.name_span };
                return Some(Swallow::nothing(place, facts.expr(object).span));
            }
            _ => return None,
        };
        let its = self.facts(home)?;
        let it = its.function(function);
        let is_default = !it.is_empty && self.gives_default(home, its, function);
        if !it.is_empty && !is_default {
            return None;
        }
        let comment = it.comment.map(|it| its.name(it).to_owned());
        let place = Place { file, span: call.name_span };
        let protected = facts.expr(object).span;
        let gives = if is_default { self.given(home, its, it.body_span) } else { String::new() };
        Some(Swallow {
            place,
            protected,
            is_default,
            gives,
            comment,
            on_builder: name == "catch" && self.is_builder(file, object),
        })
    }

    /// The literal that a block returns, or that an arrow's body is, in backticks.
    fn given(&self, file: FileId, facts: &FileFacts, body: Span) -> String {
        let returned = facts.jumps.iter().find(|it| it.kind == JumpKind::Return && body.contains(it.span));
        let place = match returned {
            Some(jump) => jump.value.map(|it| self.place_of(file, it)),
            None => Some(Place { file, span: body }),
        };
        place.map_or_else(|| "nothing".to_owned(), |it| format!("`{}`", self.text_of(it).trim_matches(['(', ')'])))
    }

    /// A builder of an HTTP data client is no promise: it has `then` and nothing else.
    fn is_builder(&self, file: FileId, object: ExprId) -> bool {
        self.chain(file, object).is_some_and(|it| {
            let lazy = it.chain.effect.is_some_and(|it| it.exec == Exec::Lazy);
            let http = it.chain.library.is_some_and(|it| self.catalog.library(it).kind == LibraryKind::HttpDb);
            lazy && http && it.chain.receiver.is_some()
        })
    }

    fn gives_default(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> bool {
        let it = facts.function(function);
        match it.value {
            Some(value) => is_literal(facts, value),
            None => self.only_returns_default(file, facts, it.body_span),
        }
    }

    /// Whether a block is nothing but `return` with a literal.
    fn only_returns_default(&self, file: FileId, facts: &FileFacts, block: Span) -> bool {
        let text = without_comments(block.of(&self.file(file).text));
        let text = text.trim().trim_start_matches('{').trim_end_matches('}').trim().trim_end_matches(';').trim();
        let mut returns = facts.jumps.iter().filter(|it| it.kind == JumpKind::Return && block.contains(it.span));
        match (returns.next(), returns.next()) {
            (Some(only), None) if text.starts_with("return") => match only.value {
                Some(value) => {
                    is_literal(facts, value) && !text.contains(['\n', ';'])
                        || is_literal(facts, value) && text.matches(';').count() == 0
                }
                None => text == "return",
            },
            _ => false,
        }
    }
}

/// `null`, `[]`, `{}`, `false`, `0`, `""` and the like.
fn is_literal(facts: &FileFacts, expr: ExprId) -> bool {
    match &facts.expr(expr).kind {
        ExprKind::Null | ExprKind::Undefined | ExprKind::Bool(_) | ExprKind::Num(_) | ExprKind::Str(_) => true,
        ExprKind::Array(items) => items.is_empty(),
        ExprKind::Object(props) => props.is_empty(),
        _ => false,
    }
}

/// A text without its comments; strings that hold `//` are cut, which only makes a block look unlike a default.
fn without_comments(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find("//").into_iter().chain(rest.find("/*")).min() {
        out.push_str(&rest[..at]);
        let end = if rest[at..].starts_with("//") { "\n" } else { "*/" };
        rest = rest[at + 2..].split_once(end).map_or("", |(_, rest)| rest);
    }
    out + rest
}

/// The text of the first comment in a block.
fn comment_in(block: &str) -> Option<String> {
    let (_, line) = block.split_once("//")?;
    let text = line.lines().next()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
