//! What an anchor says at heart, and where it stands: the texts that a finding's identity is made from.
//!
//! An anchor is often a single word, `query` or `catch`, which would make all findings of one function equals, so that one could
//! be exchanged for another unseen. What is called on what, and with which first name or constant, tells them apart; what is written
//! inside objects, lists and functions does not count, so that an edit there leaves the finding the same.

use super::Project;
use crate::facts::{Call, CallForm, ExprId, ExprKind, FileFacts, FunctionId, RegionKind, Symbol};
use crate::source::{Place, Span};

/// How deep an expression is followed.
const DEEPEST: u8 = 16;
/// How many words of a string count: a statement's verb and table, not its columns.
const WORDS: usize = 4;

impl Project {
    /// The names of the functions and classes around a place, joined with dots; empty at module level.
    ///
    /// A function without a name has that of what its wrapper is assigned to, as in `const save = useCallback(() => …)`, or is
    /// left out: wrapping code in a function changes nothing about it.
    #[must_use]
    pub fn scope_path(&self, place: Place) -> String {
        let Some(facts) = self.facts(place.file) else { return String::new() };
        let around = facts.regions.iter().filter(|it| it.span.contains(place.span));
        let names = around.filter_map(|region| match region.kind {
            RegionKind::Function(id) => facts.function(id).name.or_else(|| wrapper_name(facts, id)),
            RegionKind::Class(id) => facts.class(id).name,
            _ => None,
        });
        names.map(|it| facts.name(it)).collect::<Vec<_>>().join(".")
    }

    /// The words that identify what stands at a place, whatever stands around it.
    #[must_use]
    pub fn essence(&self, place: Place) -> String {
        let own = || self.text_of(place).to_owned();
        let Some(facts) = self.facts(place.file) else { return own() };
        let mut out = String::new();
        if let Some(guarded) = guarded_by(facts, place.span) {
            out.push_str("catch ");
            if let Some(call) = first_call(facts, guarded) {
                write_call(facts, call, DEEPEST, &mut out);
            }
        } else if let Some(call) = call_at(facts, place.span) {
            write_call(facts, call, DEEPEST, &mut out);
            out.push(' ');
            out.push_str(self.text_of(place));
        } else {
            return own();
        }
        out
    }
}

/// The name that is given to what a call makes of a function, however many calls lie around it.
fn wrapper_name(facts: &FileFacts, function: FunctionId) -> Option<Symbol> {
    let wraps = |mut id: ExprId| {
        for _ in 0..DEEPEST {
            let ExprKind::Call(call) = facts.expr(id).kind else { return false };
            let first = facts.call(call).args.first();
            match first.map(|&it| (it, &facts.expr(it).kind)) {
                Some((_, ExprKind::Function(it))) => return *it == function,
                Some((inner, ExprKind::Call(_))) => id = inner,
                _ => return false,
            }
        }
        false
    };
    let span = facts.function(function).span;
    let is_near = |it: ExprId| facts.expr(it).span.contains(span);
    let plain = facts.bindings.iter().filter(|it| it.path.is_empty());
    plain.filter_map(|it| Some((it.name, it.init?))).find(|it| is_near(it.1) && wraps(it.1)).map(|it| it.0)
}

/// The block that a `catch` at a place guards.
fn guarded_by(facts: &FileFacts, span: Span) -> Option<Span> {
    facts.regions.iter().find_map(|region| match region.kind {
        RegionKind::Catch { body, .. } if region.span.start == span.start && region.span.contains(span) => {
            Some(facts.region(body).span)
        }
        _ => None,
    })
}

/// The first call in a span, as people read.
fn first_call(facts: &FileFacts, span: Span) -> Option<&Call> {
    let inside = facts.calls.iter().filter(|it| span.contains(it.span));
    inside.min_by_key(|it| (it.span.start, u32::MAX - it.span.end))
}

/// The call that a place names, or whose argument it is.
fn call_at(facts: &FileFacts, span: Span) -> Option<&Call> {
    let named = facts.calls.iter().find(|it| it.name_span == span);
    named.or_else(|| {
        let with_it = |it: &&Call| it.args.iter().any(|&arg| facts.expr(arg).span.contains(span));
        let plain = |it: &&Call| it.args.iter().all(|&arg| !holds_code(facts, arg, span));
        facts.calls.iter().filter(with_it).filter(plain).min_by_key(|it| it.span.end - it.span.start)
    })
}

/// Whether an expression holds a function around a span, so that the call it is handed to is another matter.
fn holds_code(facts: &FileFacts, expr: ExprId, span: Span) -> bool {
    let around = facts.expr(expr).span;
    around.contains(span) && facts.functions.iter().any(|it| around.contains(it.span) && it.span.contains(span))
}

fn write_call(facts: &FileFacts, call: &Call, depth: u8, out: &mut String) {
    if call.form == CallForm::New {
        out.push_str("new ");
    }
    write(facts, call.callee, depth, out);
    if let Some(text) = call.text {
        gist(facts, text, out);
    }
    out.push('(');
    // The first plain argument says which event, table or path; options that are added behind it change nothing.
    if let Some(&arg) = call.args.first().filter(|&&it| is_plain(&facts.expr(it).kind)) {
        write(facts, arg, depth, out);
    }
    out.push(')');
}

/// Whether an argument is a name or a constant.
fn is_plain(kind: &ExprKind) -> bool {
    use ExprKind::{Global, Local, Member, Num, Str, Template};
    matches!(kind, Local(_) | Global(_) | Member { .. } | Num(_) | Str(_) | Template { .. })
}

fn write(facts: &FileFacts, id: ExprId, depth: u8, out: &mut String) {
    let Some(depth) = depth.checked_sub(1) else { return };
    match &facts.expr(id).kind {
        ExprKind::Local(binding) => out.push_str(facts.name(facts.binding(*binding).name)),
        ExprKind::Global(name) => out.push_str(facts.name(*name)),
        ExprKind::This => out.push_str("this"),
        ExprKind::Super => out.push_str("super"),
        ExprKind::Str(text) => gist(facts, *text, out),
        ExprKind::Template { text, .. } => gist(facts, *text, out),
        ExprKind::Num(number) => out.push_str(&number.to_string()),
        ExprKind::Bool(it) => out.push_str(if *it { "true" } else { "false" }),
        ExprKind::Member { object, property } => {
            write(facts, *object, depth, out);
            out.push('.');
            out.push_str(facts.name(*property));
        }
        ExprKind::Index { object, index } => {
            write(facts, *object, depth, out);
            out.push('[');
            write(facts, *index, depth, out);
            out.push(']');
        }
        ExprKind::Call(call) => write_call(facts, facts.call(*call), depth, out),
        ExprKind::Await(it) | ExprKind::Spread(it) | ExprKind::Unary(_, it) => write(facts, *it, depth, out),
        ExprKind::Binary(_, left, right) => {
            write(facts, *left, depth, out);
            out.push('?');
            write(facts, *right, depth, out);
        }
        ExprKind::Object(_) => out.push_str("{}"),
        ExprKind::Array(_) => out.push_str("[]"),
        ExprKind::Function(_) => out.push_str("=>"),
        _ => out.push('_'),
    }
}

/// A string's first words, with what was substituted into it left out.
fn gist(facts: &FileFacts, text: Symbol, out: &mut String) {
    out.push('\'');
    for word in
        facts.name(text).split(|it: char| it.is_whitespace() || it == '\0').filter(|it| !it.is_empty()).take(WORDS)
    {
        out.push_str(word);
        out.push(' ');
    }
    out.push('\'');
}
