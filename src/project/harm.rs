//! What a protected stretch of code does, call by call: what would be lost if one of them failed and nobody heard of it.
//!
//! Resolved calls come first: the catalog's clients, HTTP with its method, packages that enforce something, functions of this
//! code base, followed a little way. Only what cannot be resolved is judged by its name, and then as weak evidence.

use super::callee::{global, is_gate, is_side_matter, promise, words};
use super::iteration::callee_name;
use super::{Guarded, Project, Query, Swallow, Value};
use crate::catalog::{EffectKind, LibraryKind};
use crate::facts::{
    BindingKind, CallForm, CallId, ExportSource, ExprId, ExprKind, FileFacts, FunctionId, PropKey, RegionId, RegionKind,
};
use crate::finding::Evidence;
use crate::source::{FileId, Place, Span};

/// One call that may fail.
#[derive(Debug, Clone)]
pub struct Deed {
    /// The called name.
    pub place: Place,
    /// The called name as text, with the root where that tells more: `JSON.parse`.
    pub name: String,
    /// What it is called on, as text.
    pub object: Option<String>,
    /// What it does.
    pub kind: DeedKind,
    /// Whether somebody waits for it, so that it may reach far.
    pub waits: bool,
    /// The calls on the way to it, where it is inside other functions.
    pub hops: Vec<Evidence>,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeedKind {
    /// Checks access, takes money or counts against a limit, through a package made for it.
    Enforces,
    /// Writes to a store, or by HTTP.
    Writes,
    /// Reads from a store.
    Reads,
    /// Likely changes or guards something, by its name.
    Risky,
    /// Nothing is known.
    Unknown,
    /// Its failure harms nothing, for that reason.
    Harmless(&'static str),
    /// Works on values alone.
    Plain,
}

/// Packages that let through or stop, or that take money.
const ENFORCING: &[&str] = &[
    "stripe",
    "jsonwebtoken",
    "jose",
    "rate-limiter-flexible",
    "@upstash/ratelimit",
    "express-rate-limit",
    "braintree",
    "@paddle/paddle-node-sdk",
    "@lemonsqueezy/lemonsqueezy.js",
    "bcrypt",
    "bcryptjs",
    "argon2",
    "passport",
    "@simplewebauthn/server",
    "@node-rs/argon2",
    "limiter",
];

/// Packages that only tell others what happens; names ending in `/` stand for all below.
const TELLING: &[&str] = &[
    "@sentry/",
    "@opentelemetry/",
    "posthog-node",
    "posthog-js",
    "pino",
    "winston",
    "mixpanel",
    "mixpanel-browser",
    "dd-trace",
    "@vercel/analytics",
    "@amplitude/",
    "@segment/",
    "newrelic",
    "debug",
    "loglevel",
    "@datadog/",
    "react-hot-toast",
    "sonner",
    "react-toastify",
    "web-vitals",
];

/// Methods of `fs` that leave nothing behind that somebody counts on.
const FILE_PROBES: &[&str] = &[
    "access",
    "stat",
    "lstat",
    "exists",
    "readFile",
    "readdir",
    "realpath",
    "readlink",
    "opendir",
    "unlink",
    "rm",
    "rmdir",
    "mkdir",
    "chmod",
    "watch",
    "utimes",
    "open",
    "close",
    "existsSync",
    "readlinkSync",
];

/// HTTP methods that change something.
const MUTATING: &[&str] = &["post", "put", "patch", "delete"];

/// How many functions a call is followed into.
const DEPTH: u32 = 3;

impl Deed {
    /// Whether its failing means no, so that an empty answer in its place lets nobody through.
    #[must_use]
    pub fn is_gate(&self) -> bool {
        self.kind == DeedKind::Enforces || self.kind == DeedKind::Risky && is_gate(&self.name)
    }
}

impl Project {
    /// The calls whose failure a handler swallows, in source order.
    #[must_use]
    pub fn deeds(&self, site: &Swallow) -> Vec<Deed> {
        let Some(facts) = self.facts(site.file) else { return Vec::new() };
        let (span, is_promise, own) = match site.guarded {
            Guarded::Block(region) => (facts.region(region).span, false, None),
            Guarded::Promise(expr, call) => (self.made_from(facts, expr), true, Some(call)),
        };
        let mut found: Vec<Deed> = Vec::new();
        for (id, call) in facts.calls().filter(|(_, it)| span.contains(it.span)) {
            if self.is_caught_within(site.file, facts, call.region, span)
                || self.has_own_handler(site.file, facts, id, own)
            {
                continue;
            }
            let waits = call.awaited || is_promise;
            found.push(self.deed(site.file, facts, id, waits, DEPTH));
        }
        found
    }

    /// Whether a handler stands in code that is itself a side matter: a logger, telemetry, a cache.
    #[must_use]
    pub fn is_side_matter(&self, site: &Swallow) -> bool {
        let scope = self.scope_path(site.place);
        let path = &self.file(site.file).path;
        let stem = path.rsplit('/').next().unwrap_or(path);
        is_side_matter(stem.split('.').next().unwrap_or(stem)) || scope.split('.').any(is_side_matter)
    }

    /// What one call does.
    fn deed(&self, file: FileId, facts: &FileFacts, id: CallId, waits: bool, depth: u32) -> Deed {
        let (name, object) = callee_name(facts, id).unwrap_or(("it", None));
        let object = object.map(|it| self.text_of(self.place_of(file, it)).to_owned());
        let mut deed = Deed {
            place: self.anchor_of(file, id),
            name: name.to_owned(),
            object,
            kind: DeedKind::Unknown,
            waits,
            hops: Vec::new(),
        };
        if let Some(query) = self.query_at(file, id) {
            deed.kind = effect_of(&query, name, facts, id);
            if let Some(root) = deed.object.as_deref().filter(|it| it.ends_with("Storage")) {
                deed.name = format!("{root}.{name}");
            }
            return deed;
        }
        let callee = facts.call(id).callee;
        match self.value(file, callee) {
            Value::Global(path) => self.platform(facts, id, &path, &mut deed),
            Value::Function(other, function) => self.follow_function(other, function, waits, depth, &mut deed),
            _ => match self.package_of(file, callee, 12) {
                Some(package) => {
                    deed.kind = of_package(&package, name, deed.object.as_deref(), waits, facts.call(id).form)
                }
                None if facts.call(id).form == CallForm::New => deed.kind = DeedKind::Plain,
                None => deed.kind = promise(name, deed.object.as_deref(), waits),
            },
        }
        deed
    }

    fn platform(&self, facts: &FileFacts, id: CallId, path: &[Box<str>], deed: &mut Deed) {
        if let Some(kind) = global(path) {
            deed.kind = kind;
            let root = deed.object.as_deref().unwrap_or_default();
            deed.name = match root {
                "JSON" => format!("{root}.{}", deed.name),
                _ => std::mem::take(&mut deed.name),
            };
        } else if facts.call(id).form == CallForm::New {
            deed.kind = DeedKind::Harmless("it is a probe of what the platform has");
        } else {
            deed.kind = promise(&deed.name, deed.object.as_deref(), true);
        }
    }

    /// What a function of this code base does: the gravest of its calls.
    fn follow_function(&self, file: FileId, function: FunctionId, waits: bool, depth: u32, deed: &mut Deed) {
        let by_name = promise(&deed.name, deed.object.as_deref(), waits);
        deed.kind = by_name;
        let (Some(facts), Some(depth)) = (self.facts(file), depth.checked_sub(1)) else { return };
        let body = facts.function(function).span;
        let calls = self.file(file).index.calls.get(&Some(function)).map(Vec::as_slice).unwrap_or_default();
        let mut inner: Vec<Deed> = Vec::new();
        for &id in calls {
            let call = facts.call(id);
            if !self.is_caught_within(file, facts, call.region, body) && !self.has_own_handler(file, facts, id, None) {
                let waits = call.awaited || self.is_returned(file, facts, call.expr);
                inner.push(self.deed(file, facts, id, waits, depth));
            }
        }
        let has = |kind| inner.iter().find(|it| it.kind == kind);
        let reads = matches!(promise(&deed.name, None, false), DeedKind::Harmless(_))
            || words(&deed.name)
                .first()
                .is_some_and(|it| matches!(it.as_str(), "get" | "find" | "load" | "fetch" | "list" | "read"));
        let worst = has(DeedKind::Enforces).or_else(|| has(DeedKind::Writes)).or_else(|| has(DeedKind::Reads));
        if let Some(worst) = worst {
            deed.kind = if reads && worst.kind == DeedKind::Writes { DeedKind::Reads } else { worst.kind };
            let note = format!("`{}` is called inside `{}`", worst.name, deed.name);
            deed.hops =
                std::iter::once(Evidence { place: worst.place, note }).chain(worst.hops.iter().cloned()).collect();
        } else if by_name == DeedKind::Unknown
            && inner.iter().all(|it| matches!(it.kind, DeedKind::Harmless(_) | DeedKind::Plain))
        {
            let told = inner.iter().find(|it| matches!(it.kind, DeedKind::Harmless(_)));
            deed.kind = told.map_or(DeedKind::Plain, |it| it.kind);
        }
    }

    /// The package that a chain starts from, through what it constructs.
    fn package_of(&self, file: FileId, expr: ExprId, steps: u32) -> Option<Box<str>> {
        let (facts, steps) = (self.facts(file)?, steps.checked_sub(1)?);
        match facts.expr(expr).kind {
            ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => self.package_of(file, object, steps),
            ExprKind::Call(call) => self.package_of(file, facts.call(call).callee, steps),
            ExprKind::Await(inner) => self.package_of(file, inner, steps),
            ExprKind::Local(id) => match self.value_of_binding(file, id) {
                Value::Export { package, .. } => Some(package),
                Value::Unknown => match facts.binding(id).kind {
                    BindingKind::Import(import, name) => {
                        let import = &facts.imports[import as usize];
                        let imported = facts.name(import.names[name as usize].imported).to_owned();
                        let super::Target::File(other) = *self.file(file).targets.get(facts.name(import.specifier))?
                        else {
                            return None;
                        };
                        self.exported_from(other, &imported, steps)
                    }
                    _ => self.package_of(file, facts.binding(id).init?, steps),
                },
                _ => None,
            },
            _ => None,
        }
    }

    fn exported_from(&self, file: FileId, name: &str, steps: u32) -> Option<Box<str>> {
        let facts = self.facts(file)?;
        let export = facts.exports.iter().find(|it| facts.name(it.name) == name)?;
        match export.source {
            ExportSource::Local(id) => self.package_of(file, facts.binding(id).init?, steps),
            ExportSource::Value(value) => self.package_of(file, value, steps),
            ExportSource::Module { .. } => None,
        }
    }

    /// The stretch that makes a promise: the expression, or what the name of it was initialised with.
    fn made_from(&self, facts: &FileFacts, expr: ExprId) -> Span {
        match facts.expr(expr).kind {
            ExprKind::Local(id) => facts.binding(id).init.map_or(facts.expr(expr).span, |it| facts.expr(it).span),
            _ => facts.expr(expr).span,
        }
    }

    /// Whether an error from a region never leaves a stretch: an inner handler takes it, or it happens later.
    fn is_caught_within(&self, file: FileId, facts: &FileFacts, from: RegionId, stretch: Span) -> bool {
        let inside = facts.regions_out(from).take_while(|(_, it)| stretch.contains(it.span) && it.span != stretch);
        let mut inside = inside.filter(|(_, it)| !matches!(it.kind, RegionKind::Module));
        inside.any(|(id, region)| match region.kind {
            RegionKind::Try => {
                facts.regions.iter().any(|it| matches!(it.kind, RegionKind::Catch { body, .. } if body == id))
            }
            RegionKind::Function(function) => self.is_later(file, facts, function),
            _ => false,
        })
    }

    /// Whether a function runs after the code around it has gone on.
    fn is_later(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> bool {
        const LATER: &[&str] = &[
            "setTimeout",
            "setInterval",
            "setImmediate",
            "on",
            "once",
            "addEventListener",
            "addListener",
            "subscribe",
            "requestAnimationFrame",
            "queueMicrotask",
            "nextTick",
            "useEffect",
            "after",
            "waitUntil",
            "defer",
        ];
        match self.file(file).index.uses.get(&function) {
            Some(super::index::Use::Argument(call, _)) => {
                callee_name(facts, *call).is_some_and(|(name, _)| LATER.contains(&name))
            }
            Some(super::index::Use::Callee(_)) => false,
            None => true,
        }
    }

    /// Whether a promise has a handler of its own before it comes to the one in question.
    fn has_own_handler(&self, file: FileId, facts: &FileFacts, id: CallId, own: Option<CallId>) -> bool {
        let head = self.head_of(file, facts.call(id).expr);
        let ExprKind::Call(last) = facts.expr(head).kind else { return false };
        last != id && Some(last) != own && callee_name(facts, last).is_some_and(|(name, _)| name == "catch")
    }
}

/// What a catalog call does, as far as swallowing is concerned.
fn effect_of(query: &Query, name: &str, facts: &FileFacts, id: CallId) -> DeedKind {
    let statement = statement(facts, id);
    let changes = match query.effect.kind {
        EffectKind::Read => false,
        EffectKind::Raw => ["insert", "update", "delete", "merge"].iter().any(|it| statement.starts_with(it)),
        EffectKind::Write | EffectKind::Tx | EffectKind::Ddl | EffectKind::Enqueue => true,
    };
    if query.table.as_deref().is_some_and(is_side_matter) {
        return DeedKind::Harmless("it keeps a log or a cache");
    }
    match (query.library.kind, changes) {
        (LibraryKind::Local, _) if query.library.id == "language" => {
            DeedKind::Harmless("storage may be full or forbidden")
        }
        (LibraryKind::Local, true) if !matches!(name, "clear" | "setItem" | "removeItem") => DeedKind::Risky,
        (LibraryKind::Local, _) => DeedKind::Harmless("storage may be full or forbidden"),
        (LibraryKind::HttpClient, _) if query.effect.kind == EffectKind::Raw => sent(facts, id),
        (LibraryKind::Kv, true) if matches!(name, "set" | "setex" | "setEx" | "del" | "expire" | "unlink" | "mset") => {
            DeedKind::Unknown
        }
        (_, true) if query.effect.evidence.is_verified() => DeedKind::Writes,
        (_, true) => DeedKind::Risky,
        (LibraryKind::Kv | LibraryKind::HttpClient | LibraryKind::Graphql, false) => DeedKind::Unknown,
        (_, false) => DeedKind::Reads,
    }
}

/// The text of an SQL statement, in lower case.
fn statement(facts: &FileFacts, id: CallId) -> String {
    let call = facts.call(id);
    let argument = call.args.first().and_then(|it| match facts.expr(*it).kind {
        ExprKind::Str(text) | ExprKind::Template { text, .. } => Some(text),
        _ => None,
    });
    call.text.or(argument).map_or("", |it| facts.name(it)).trim_start().to_lowercase()
}

/// What a call of a package's function does.
fn of_package(package: &str, name: &str, object: Option<&str>, waits: bool, form: CallForm) -> DeedKind {
    let first = words(name).into_iter().next().unwrap_or_default();
    let is_in = |list: &[&str]| list.iter().any(|it| package == *it || it.ends_with('/') && package.starts_with(it));
    if is_in(TELLING) {
        return DeedKind::Harmless("telling others must not fail the work itself");
    }
    if is_in(ENFORCING)
        && form == CallForm::Call
        && !matches!(
            first.as_str(),
            "retrieve" | "list" | "get" | "search" | "decode" | "sign" | "import" | "hash" | "generate"
        )
    {
        return DeedKind::Enforces;
    }
    let package = package.strip_prefix("node:").unwrap_or(package);
    match package {
        "fs" | "fs/promises" | "fs-extra" | "graceful-fs" if FILE_PROBES.contains(&name.trim_end_matches("Sync")) => {
            DeedKind::Harmless("a file may be missing, or gone already")
        }
        "fs" | "fs/promises" => DeedKind::Unknown,
        "path" | "url" | "util" | "os" | "buffer" | "react" => DeedKind::Plain,
        "axios" | "ky" | "got" | "superagent" | "ofetch" if MUTATING.contains(&name) => DeedKind::Writes,
        _ if form == CallForm::New => DeedKind::Plain,
        _ => promise(name, object, waits),
    }
}

/// What `fetch` sends.
fn sent(facts: &FileFacts, id: CallId) -> DeedKind {
    let args = &facts.call(id).args;
    let text = |expr: ExprId| match facts.expr(expr).kind {
        ExprKind::Str(text) | ExprKind::Template { text, .. } => Some(facts.name(text)),
        _ => None,
    };
    if args.first().and_then(|it| text(*it)).is_some_and(is_side_matter) {
        return DeedKind::Harmless("telling others must not fail the work itself");
    }
    let Some(ExprKind::Object(props)) = args.get(1).map(|it| &facts.expr(*it).kind) else { return DeedKind::Unknown };
    let method = props.iter().find(|it| matches!(it.key, PropKey::Name(name) if facts.name(name) == "method"));
    match method.and_then(|it| text(it.value)).map(str::to_lowercase) {
        Some(method) if MUTATING.contains(&method.as_str()) => DeedKind::Writes,
        Some(method) if method == "head" => DeedKind::Harmless("it only finds out"),
        _ => DeedKind::Unknown,
    }
}
