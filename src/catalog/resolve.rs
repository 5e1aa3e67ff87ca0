//! From libraries as written to receivers with ids; says everything that does not add up.
//!
//! Used once for the shipped catalog and once per run for what a user adds. It reads no file.

use std::collections::{HashMap, HashSet};

use super::library::{Evidence, Library, LibraryKind};
use super::receiver::{Effect, LibraryId, Member, Method, Receiver, ReceiverId};
use super::shape::{EffectKind, MethodShape, ReceiverShape, Rows};

/// Receivers by id, their names, and what was wrong.
#[derive(Debug, Default)]
pub(super) struct Resolved {
    pub(super) receivers: Vec<Receiver>,
    pub(super) by_name: HashMap<Box<str>, ReceiverId>,
    pub(super) problems: Vec<String>,
}

/// Gives every receiver its id and resolves the names in it.
pub(super) fn resolve(libraries: &[Library]) -> Resolved {
    let mut resolved = Resolved::default();
    let shapes: Vec<Named<'_>> = libraries.iter().zip(0..).flat_map(|(library, at)| named(library, at)).collect();
    for (at, it) in shapes.iter().enumerate() {
        resolved.by_name.insert(it.full_name(), ReceiverId(at as u32));
    }
    let receivers = shapes.iter().map(|it| resolved.receiver(it, &shapes)).collect();
    resolved.receivers = receivers;
    for library in libraries {
        resolved.check(library, libraries);
    }
    resolved
}

/// A receiver's shape with its names.
struct Named<'l> {
    library: &'l Library,
    id: LibraryId,
    name: &'l str,
    shape: &'l ReceiverShape,
}

fn named(library: &Library, at: u32) -> impl Iterator<Item = Named<'_>> {
    library.receivers.iter().map(move |(name, shape)| Named { library, id: LibraryId(at), name, shape })
}

impl Named<'_> {
    fn full_name(&self) -> Box<str> {
        full_name(&self.library.id, self.name)
    }
}

/// `library.Name`; a name that has its library already stays.
pub(super) fn full_name(library: &str, name: &str) -> Box<str> {
    if name.contains('.') { name.into() } else { format!("{library}.{name}").into() }
}

/// What a method does by itself, its defaults filled in; text of unknown kind can read any number of rows.
fn effect(shape: &MethodShape, evidence: Evidence) -> Option<Effect> {
    let kind = shape.kind?;
    let rows = if kind == EffectKind::Raw { Rows::Many } else { Rows::None };
    Some(Effect {
        kind,
        rows: shape.rows.unwrap_or(rows),
        exec: shape.exec.unwrap_or_default(),
        batch: shape.batch,
        batch_arg: shape.batch_arg,
        same_tick: shape.same_tick,
        cap: shape.cap,
        sync: shape.sync,
        evidence,
    })
}

/// What a library takes over from another is known no better than the library itself.
fn taken_over(own: &Library, from: &Library, mut method: Method) -> Method {
    if own.id != from.id {
        method.evidence = method.evidence.max(own.evidence);
        if let Some(effect) = &mut method.effect {
            effect.evidence = method.evidence;
        }
    }
    method
}

impl Resolved {
    fn receiver(&mut self, own: &Named<'_>, shapes: &[Named<'_>]) -> Receiver {
        let id = self.by_name[&own.full_name()];
        let mut members = HashMap::new();
        let mut methods = HashMap::new();
        let mut row = None;
        for shape in self.with_likes(own, shapes) {
            row = row.or_else(|| shape.shape.row.as_ref().and_then(|it| self.find(shape, id, it)));
            for it in &shape.shape.members {
                if let Some(gives) = self.find(shape, id, &it.gives) {
                    members.entry(it.name.as_str().into()).or_insert(Member { gives, table: it.table });
                }
            }
            for it in &shape.shape.methods {
                for name in &it.names {
                    if !methods.contains_key(name.as_str()) {
                        let method = self.method(shape, id, own.shape.fluent, name, it);
                        methods.insert(name.as_str().into(), taken_over(own.library, shape.library, method));
                    }
                }
            }
        }
        Receiver { library: own.id, name: own.full_name(), row, fluent: own.shape.fluent, members, methods }
    }

    /// The shape itself, then those it is like, nearest first.
    fn with_likes<'s>(&mut self, own: &'s Named<'s>, shapes: &'s [Named<'s>]) -> Vec<&'s Named<'s>> {
        let (mut found, mut seen) = (vec![own], HashSet::from([own.full_name()]));
        let mut at = 0;
        while let Some(&it) = found.get(at) {
            for like in &it.shape.like {
                let name = full_name(&it.library.id, like);
                match self.by_name.get(&name) {
                    None => self.problems.push(format!("{} is like {name}, which does not exist", it.full_name())),
                    Some(id) if seen.insert(name) => found.push(&shapes[id.0 as usize]),
                    Some(_) => {}
                }
            }
            at += 1;
        }
        found
    }

    fn find(&mut self, from: &Named<'_>, own: ReceiverId, name: &str) -> Option<ReceiverId> {
        if name == "self" {
            return Some(own);
        }
        let full = full_name(&from.library.id, name);
        let found = self.by_name.get(&full).copied();
        if found.is_none() {
            self.problems.push(format!("{} names {full}, which does not exist", from.full_name()));
        }
        found
    }

    fn method(&mut self, from: &Named<'_>, own: ReceiverId, fluent: bool, name: &str, shape: &MethodShape) -> Method {
        let evidence = from.library.evidence_of(shape.evidence.or(from.shape.evidence));
        let effect = effect(shape, evidence);
        if shape.kind == Some(EffectKind::Read) && shape.rows.is_none() {
            self.problems.push(format!("{}.{name} reads and does not say how many rows", from.full_name()));
        }
        let own_limits = if effect.is_some_and(|it| it.reads_all()) { from.shape.limits.as_slice() } else { &[] };
        let own_filters = if effect.is_some() { from.shape.filters.as_slice() } else { &[] };
        let returns = match &shape.returns {
            Some(name) => self.find(from, own, name),
            None => fluent.then_some(own),
        };
        let callback =
            shape.callback.iter().map(|name| if name == "-" { None } else { self.find(from, own, name) }).collect();
        Method {
            name: name.into(),
            effect,
            rows: shape.rows,
            exec: shape.exec,
            sql: shape.sql.clone(),
            table_arg: shape.table_arg,
            source_arg: shape.source_arg,
            commands: shape.commands.as_deref().and_then(|name| self.find(from, own, name)),
            limits: shape.limits.as_deref().unwrap_or(own_limits).into(),
            filters: shape.filters.as_deref().unwrap_or(own_filters).into(),
            returns,
            callback,
            checkout: shape.checkout.as_deref().map(Into::into),
            evidence,
            note: shape.note.as_str().into(),
        }
    }

    fn check(&mut self, library: &Library, all: &[Library]) {
        let id = &library.id;
        let mut problems = Vec::new();
        let mut missing = |what: &str, name: &str| problems.push(format!("{id}: {what} `{name}` does not exist"));
        let given = library.constructors.iter().filter_map(|it| it.gives.as_deref());
        let heard = library.error_listener.iter().flat_map(|it| it.on.iter().map(String::as_str));
        let exported = library.exports.iter().map(|it| it.gives.as_str());
        for name in given.chain(heard).chain(exported) {
            if !self.by_name.contains_key(&full_name(id, name)) {
                missing("receiver", name);
            }
        }
        for name in library.pool_of.iter().chain(library.constructors.iter().filter_map(|it| it.driver.as_ref())) {
            if !all.iter().any(|it| it.id == *name) {
                missing("library", name);
            }
        }
        for leak in library.constructors.iter().filter_map(|it| it.leak_unless.as_ref()) {
            if library.option(&leak.option).is_none() {
                missing("option", &leak.option);
            }
        }
        for path in library.options.iter().flat_map(|it| &it.of) {
            if !library.constructors.iter().any(|it| it.paths.contains(path)) {
                missing("constructor", path);
            }
        }
        for option in &library.options {
            if let Some(role) = option.roles.iter().find(|role| !option.unit.fits(**role)) {
                problems.push(format!("{id}: option `{}` cannot be {role:?} in {:?}", option.name, option.unit));
            }
        }
        if (library.kind == LibraryKind::Local) != library.local_because.is_some() {
            problems.push(format!("{id}: `local_because` belongs to local libraries, and to all of them"));
        }
        self.problems.append(&mut problems);
    }
}
