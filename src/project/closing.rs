//! Whether a client is closed again by the code that made it.
//!
//! A client that is handed to code which is not followed may be closed there: that is neither closed nor kept open.

use super::chain::unroll;
use super::iteration::callee_name;
use super::{Construction, Project, Value};
use std::collections::BTreeSet;

use crate::facts::{BindingId, BindingKind, CallId, ExprId, ExprKind, FileFacts, MemberKind, RegionKind};
use crate::finding::Evidence;
use crate::source::{FileId, Place};

/// What becomes of a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ending {
    /// It is closed there.
    Closed {
        /// Where.
        place: Place,
        /// Whether that happens when something throws, too.
        is_sure: bool,
    },
    /// It is closed there, and until then a call takes the whole connection for itself: that one's name.
    Engaged(String),
    /// Nothing closes it.
    Never,
    /// It is handed to code that may close it.
    HandedOn(Place),
}

/// What holds a client.
enum Held {
    /// A name.
    Name(FileId, BindingId),
    /// `this.name` of a class in a file.
    Field(FileId, String),
}

/// Methods that close a client, or stop what keeps it alive.
const CLOSING: &[&str] = &[
    "end",
    "close",
    "destroy",
    "disconnect",
    "$disconnect",
    "quit",
    "stop",
    "shutdown",
    "terminate",
    "dispose",
    "stopAutoRefresh",
    "destroyAllSockets",
];

impl Project {
    /// What becomes of a client; `hops` are the calls that lead to where it is made.
    #[must_use]
    pub fn ending(&self, made: &Construction, hops: &[Evidence]) -> Ending {
        let Some(facts) = self.facts(made.file) else { return Ending::Never };
        let holder = self.holder(made.file, facts, facts.call(made.call).expr);
        if let Some(binding) = holder
            && facts.binding(binding).kind == BindingKind::Using
        {
            let place = Place { file: made.file, span: facts.binding(binding).span };
            return Ending::Closed { place, is_sure: true };
        }
        let place = self.place_of_construction(made);
        // What outlives the handler that started it is not made for each request, closed or not.
        if let Some(place) = self.kept_by_a_caller(place, hops) {
            return Ending::HandedOn(place);
        }
        if let Some((closed, is_sure)) = self.called_on(made, hops, &|name| CLOSING.contains(&name)) {
            let engaging = &made.constructor.own_when;
            let engaged = self.called_on(made, hops, &|name| engaging.iter().any(|it| it == name));
            return match engaged {
                Some((by, _)) => Ending::Engaged(self.text_of(by).to_owned()),
                None => Ending::Closed { place: closed, is_sure },
            };
        }
        let own = holder.and_then(|it| self.handed_on_at(made.file, facts, it));
        own.map_or(Ending::Never, Ending::HandedOn)
    }

    /// The first call of a method on a client or what holds it, along the way on which it is handed back; and whether it stands
    /// in `finally`.
    fn called_on(
        &self,
        made: &Construction,
        hops: &[Evidence],
        wanted: &dyn Fn(&str) -> bool,
    ) -> Option<(Place, bool)> {
        let place = self.place_of_construction(made);
        let holders = self.holders(made, hops);
        let files: BTreeSet<FileId> = hops.iter().map(|it| it.place.file).chain([made.file]).collect();
        files.into_iter().find_map(|file| {
            let facts = self.facts(file)?;
            facts.calls().find_map(|(id, call)| {
                let (_, object) = callee_name(facts, id).filter(|it| wanted(it.0))?;
                let object = object?;
                let root = unroll(facts, object).0;
                let of_holder = holders.iter().any(|it| match it {
                    Held::Name(at, binding) => *at == file && facts.expr(root).kind == ExprKind::Local(*binding),
                    Held::Field(at, field) => *at == file && field_of(facts, object) == Some(field.as_str()),
                });
                let of_value =
                    || matches!(self.value(file, object), Value::Receiver { made: Some(at), .. } if at == place);
                if !of_holder && !of_value() {
                    return None;
                }
                let mut around = facts.regions_out(call.region);
                let is_sure = around.any(|(_, it)| matches!(it.kind, RegionKind::Finally { .. }));
                Some((self.anchor_of(file, id), is_sure))
            })
        })
    }

    /// What holds a client where it is made, and where calls that hand it back leave it.
    fn holders(&self, made: &Construction, hops: &[Evidence]) -> Vec<Held> {
        let calls = hops.iter().filter_map(|it| Some((it.place.file, self.call_of_hop(it)?)));
        let calls = std::iter::once((made.file, made.call)).chain(calls);
        let held = calls.filter_map(|(file, call)| {
            let facts = self.facts(file)?;
            let expr = facts.call(call).expr;
            let is_client =
                (file, call) == (made.file, made.call) || matches!(self.value(file, expr), Value::Receiver { .. });
            if !is_client {
                return None;
            }
            let field = || {
                let target = facts.assignments.iter().find(|it| it.value == expr)?.target;
                Some(Held::Field(file, field_of(facts, target)?.to_owned()))
            };
            let declared = || Some(Held::Field(file, declared_field(facts, expr)?.to_owned()));
            self.holder(file, facts, expr).map(|it| Held::Name(file, it)).or_else(field).or_else(declared)
        });
        held.collect()
    }

    /// Where a caller hands on what it was given: the client itself, or an instance that holds it.
    fn kept_by_a_caller(&self, made: Place, hops: &[Evidence]) -> Option<Place> {
        hops.iter().find_map(|hop| {
            let facts = self.facts(hop.place.file)?;
            let call = self.call_of_hop(hop)?;
            let expr = facts.call(call).expr;
            let holds = match self.value(hop.place.file, expr) {
                Value::Receiver { made: Some(at), .. } => at == made,
                Value::Instance(..) => true,
                _ => false,
            };
            let holder = holds.then(|| self.holder(hop.place.file, facts, expr)).flatten()?;
            self.handed_on_at(hop.place.file, facts, holder)
        })
    }

    /// The call that a hop is.
    pub(super) fn call_of_hop(&self, hop: &Evidence) -> Option<CallId> {
        let facts = self.facts(hop.place.file)?;
        facts.calls().find(|(_, it)| it.name_span == hop.place.span).map(|it| it.0)
    }

    /// Whether a client is made from what the code's caller chooses, so that each may be for another server.
    #[must_use]
    pub fn is_made_to_order(&self, made: &Construction, hops: &[Evidence]) -> bool {
        let is_given = |file: FileId, call: CallId| {
            let Some(facts) = self.facts(file) else { return false };
            let (args, span) = (facts.call(call).args.iter(), facts.call(call).span);
            let named = args.flat_map(|it| facts.references(facts.expr(*it).span));
            let mut names = named.flat_map(|it| sources(facts, it));
            names.any(|it| match facts.binding(it).kind {
                BindingKind::Param(function, _) => facts.function(function).span.contains(span),
                _ => facts.binding(it).element_of.is_some(),
            })
        };
        let calls = hops.iter().rev().filter_map(|it| Some((it.place.file, self.call_of_hop(it)?)));
        std::iter::once((made.file, made.call)).chain(calls).all(|it| is_given(it.0, it.1))
    }

    /// The name that holds what an expression makes, through `await` and what a library wraps around it.
    fn holder(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> Option<BindingId> {
        let parents = &self.file(file).index.parents;
        let mut at = expr;
        loop {
            let named = facts.bindings.iter().position(|it| it.init == Some(at));
            let written = || {
                let write = facts.assignments.iter().find(|it| it.value == at)?;
                match facts.expr(write.target).kind {
                    ExprKind::Local(binding) => Some(binding),
                    _ => None,
                }
            };
            if let Some(found) = named.map(|it| BindingId(it as u32)).or_else(written) {
                return Some(found);
            }
            at = *parents.get(&at)?;
        }
    }

    /// Where the client that a name holds goes out of sight.
    fn handed_on_at(&self, file: FileId, facts: &FileFacts, binding: BindingId) -> Option<Place> {
        let parents = &self.file(file).index.parents;
        let uses = facts.exprs.iter().enumerate().filter(|(_, it)| it.kind == ExprKind::Local(binding));
        let mut uses = uses.map(|(at, _)| ExprId(at as u32));
        let found = uses.find(|it| match parents.get(it).map(|it| &facts.expr(*it).kind) {
            None
            | Some(
                ExprKind::Member { .. }
                | ExprKind::Await(_)
                | ExprKind::Binary(..)
                | ExprKind::Cond { .. }
                | ExprKind::Unary(..),
            ) => false,
            Some(ExprKind::Assign { target, .. }) => target != it,
            Some(ExprKind::Call(call)) => {
                let callee = facts.call(*call).callee;
                callee != *it && !matches!(self.value(file, callee), Value::Export { .. } | Value::Receiver { .. })
            }
            Some(_) => true,
        })?;
        Some(self.place_of(file, found))
    }
}

/// A name, and those that its value is made of, one step back.
fn sources(facts: &FileFacts, binding: BindingId) -> Vec<BindingId> {
    let init = facts.binding(binding).init;
    let behind = init.into_iter().flat_map(|it| facts.references(facts.expr(it).span).collect::<Vec<_>>());
    std::iter::once(binding).chain(behind).collect()
}

/// The field that an expression reads or writes: `name` of `this.name`.
fn field_of(facts: &FileFacts, expr: ExprId) -> Option<&str> {
    match facts.expr(expr).kind {
        ExprKind::Member { object, property } if facts.expr(object).kind == ExprKind::This => {
            Some(facts.name(property))
        }
        _ => None,
    }
}

/// The field that an expression is the initial value of.
fn declared_field(facts: &FileFacts, expr: ExprId) -> Option<&str> {
    let members = facts.classes.iter().flat_map(|it| &it.members);
    let name = members.into_iter().find(|it| it.kind == MemberKind::Field(Some(expr)))?.name?;
    Some(facts.name(name))
}
