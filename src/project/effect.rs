//! What a resolved call does: of a catalog client, of a package, by HTTP.

use super::callee::{among, is_channel, is_side_matter, names_a_failure, promise, words};
use super::definition::entry;
use super::iteration::callee_name;
use super::shown::KEPT;
use super::statement::{changes_rows, statement};
use super::{DeedKind, Query};
use crate::catalog::{EffectKind, LibraryKind};
use crate::facts::{CallForm, CallId, ExprId, ExprKind, FileFacts};

/// Packages that let through or stop.
const GATES: &str = "jsonwebtoken jose rate-limiter-flexible @upstash/ratelimit bcrypt bcryptjs argon2 passport \
    @simplewebauthn/server @node-rs/argon2 limiter";

/// Packages that take money.
const PAYMENT: &str = "stripe braintree @paddle/paddle-node-sdk @lemonsqueezy/lemonsqueezy.js";

/// Packages that only tell others what happens; names ending in `/` stand for all below.
const TELLING: &str = "@sentry/ @opentelemetry/ posthog-node posthog-js pino winston mixpanel mixpanel-browser dd-trace \
    @vercel/analytics @amplitude/ @segment/ newrelic debug loglevel @datadog/ react-hot-toast sonner \
    react-toastify web-vitals";

/// Methods of `fs` that leave nothing behind that somebody counts on.
const FILE_PROBES: &str = "access stat lstat exists readFile readdir realpath readlink opendir unlink rm rmdir mkdir chmod watch \
    utimes open close existsSync readlinkSync remove";

/// HTTP methods that change something.
const MUTATING: &[&str] = &["post", "put", "patch", "delete"];

/// What a catalog call does, as far as swallowing is concerned.
pub(super) fn effect_of(query: &Query, name: &str, facts: &FileFacts, id: CallId) -> DeedKind {
    let changes = match query.effect.kind {
        EffectKind::Read => false,
        EffectKind::Raw => statement(facts, facts.call(id)).is_some_and(|(text, _)| changes_rows(text)),
        EffectKind::Write | EffectKind::Tx | EffectKind::Ddl | EffectKind::Enqueue => true,
    };
    if query.table.as_deref().is_some_and(|it| is_side_matter(it) || names_a_failure(it)) {
        return DeedKind::Harmless(KEPT);
    }
    match (query.library.kind, changes) {
        (LibraryKind::Local, _) if query.library.id == "language" => {
            DeedKind::Harmless("storage may be full or forbidden")
        }
        (LibraryKind::Local, true) if !matches!(name, "clear" | "setItem" | "removeItem") => DeedKind::Risky,
        (LibraryKind::Local, _) => DeedKind::Harmless("storage may be full or forbidden"),
        (LibraryKind::HttpClient, _) if query.effect.kind == EffectKind::Raw => sent(facts, id),
        (LibraryKind::Kv, true) if expires(facts, id) => DeedKind::Harmless(KEPT),
        (LibraryKind::Kv, true) if matches!(name, "set" | "setex" | "setEx" | "del" | "expire" | "unlink" | "mset") => {
            DeedKind::Unknown
        }
        (_, true) if query.effect.evidence.is_verified() => DeedKind::Writes,
        (_, true) => DeedKind::Risky,
        (LibraryKind::Kv | LibraryKind::HttpClient | LibraryKind::Graphql, false) => DeedKind::Unknown,
        (_, false) if name.ends_with("OrThrow") || name.ends_with("OrFail") => DeedKind::Seeks,
        (_, false) => DeedKind::Reads,
    }
}

/// What a call of a package's function does.
pub(super) fn of_package(package: &str, name: &str, object: Option<&str>, waits: bool, form: CallForm) -> DeedKind {
    let first = words(name).into_iter().next().unwrap_or_default();
    let is_in =
        |list: &str| list.split_whitespace().any(|it| package == it || it.ends_with('/') && package.starts_with(it));
    if is_in(TELLING) {
        return DeedKind::Harmless("telling others must not fail the work itself");
    }
    let stops = words(name)
        .iter()
        .any(|it| matches!(it.as_str(), "verify" | "consume" | "limit" | "compare" | "authenticate" | "penalty"));
    let only_reads = matches!(first.as_str(), "retrieve" | "list" | "get" | "search" | "construct");
    if form == CallForm::Call && (is_in(GATES) && stops || is_in(PAYMENT) && !only_reads) {
        return DeedKind::Enforces;
    }
    let package = package.strip_prefix("node:").unwrap_or(package);
    match package {
        "fs" | "fs/promises" | "fs-extra" | "graceful-fs" if among(FILE_PROBES, name.trim_end_matches("Sync")) => {
            DeedKind::Harmless("a file may be missing, or gone already")
        }
        "fs" | "fs/promises" if is_of_value(name, object) => DeedKind::Plain,
        "fs" | "fs/promises" => DeedKind::Unknown,
        "next/headers" if among("cookies headers draftMode", name) => {
            DeedKind::Harmless("it reads what came with the request")
        }
        "dotenv" | "dotenv-expand" => DeedKind::Harmless("a file may be missing, or gone already"),
        "path" | "url" | "util" | "os" | "buffer" | "date-fns" | "dayjs" | "luxon" | "moment" => DeedKind::Plain,
        "open" => DeedKind::Harmless("there may be no browser to open"),
        "@tauri-apps/api/window" | "@tauri-apps/api/webviewWindow" => {
            DeedKind::Harmless("the browser or the user may refuse")
        }
        "effect" => DeedKind::Plain,
        "react" if object.is_none_or(|it| it == "React") => DeedKind::Plain,
        "axios" | "ky" | "got" | "superagent" | "ofetch" if MUTATING.contains(&name) => DeedKind::Writes,
        _ if form == CallForm::New => DeedKind::Plain,
        _ if reads_file(name, object) => DeedKind::Harmless("a file may be missing, or gone already"),
        _ => promise(name, object, waits),
    }
}

/// Whether a call reads from what is named for files: `fileManager.read(path)`.
pub(super) fn reads_file(name: &str, object: Option<&str>) -> bool {
    let owner = object.map_or("", |it| it.rsplit('.').next().unwrap_or(it));
    among("read readFile stat open exists", name) && words(owner).iter().any(|it| among("file files fs disk", it))
}

/// Whether a call works on what another one read: `readFileSync(path).toString()`.
fn is_of_value(name: &str, object: Option<&str>) -> bool {
    among("toString trim split slice replace map filter", name) && object.is_some_and(|it| it.ends_with(')'))
}

/// Whether a value is put for a while, whatever was there before: `set(key, value, "EX", 60)`.
fn expires(facts: &FileFacts, id: CallId) -> bool {
    const SPANS: &str = "EX PX ex px";
    let args = &facts.call(id).args;
    let says = |it: &ExprId, list| matches!(facts.expr(*it).kind, ExprKind::Str(text) if among(list, facts.name(text)));
    let has = |it: &ExprId, list: &str| list.split_whitespace().any(|key| entry(facts, *it, key).is_some());
    let spans = args.iter().any(|it| says(it, SPANS) || has(it, SPANS));
    spans && !args.iter().any(|it| says(it, "NX nx") || has(it, "NX nx"))
}

/// What a call does by what it is given: `set(key, value, { EX: 60 })`, `send(new DeleteObjectCommand(…))`.
pub(super) fn by_arguments(facts: &FileFacts, id: CallId, name: &str) -> Option<DeedKind> {
    const CHANGING: &str = "put delete copy create update upload complete publish write batch send";
    // `setex` says for how long by its name.
    if among("setex setEx psetex", name) || name == "set" && expires(facts, id) {
        return Some(DeedKind::Harmless(KEPT));
    }
    let ExprKind::Call(made) = facts.expr(*facts.call(id).args.first()?).kind else { return None };
    let command = callee_name(facts, made).filter(|_| name == "send" && facts.call(made).form == CallForm::New)?.0;
    let verb = words(command.strip_suffix("Command")?).into_iter().next()?;
    Some(if among(CHANGING, &verb) { DeedKind::Risky } else { DeedKind::Unknown })
}

/// What `fetch` sends.
fn sent(facts: &FileFacts, id: CallId) -> DeedKind {
    let args = &facts.call(id).args;
    let text = |expr: ExprId| match facts.expr(expr).kind {
        ExprKind::Str(text) | ExprKind::Template { text, .. } => Some(facts.name(text)),
        _ => None,
    };
    let named = |it: &ExprId| match facts.expr(*it).kind {
        ExprKind::Member { property, .. } | ExprKind::Global(property) => Some(facts.name(property)),
        ExprKind::Local(id) => Some(facts.name(facts.binding(id).name)),
        _ => None,
    };
    let is_channel = args.first().and_then(|it| named(it).or_else(|| text(*it))).is_some_and(is_channel);
    if is_channel || args.first().and_then(|it| text(*it)).is_some_and(is_side_matter) {
        return DeedKind::Harmless("telling others must not fail the work itself");
    }
    let Some(options) = args.get(1).filter(|it| matches!(facts.expr(**it).kind, ExprKind::Object(_))) else {
        return DeedKind::Unknown;
    };
    // Who asks for the request to outlive the page is not there to hear of its end.
    if entry(facts, *options, "keepalive").is_some_and(|it| facts.expr(it).kind != ExprKind::Bool(false)) {
        return DeedKind::Harmless("it is sent on leaving, when nobody is there to act on an error");
    }
    let method = entry(facts, *options, "method");
    match method.and_then(text).map(str::to_lowercase) {
        Some(method) if MUTATING.contains(&method.as_str()) => DeedKind::Writes,
        Some(method) if method == "head" => DeedKind::Harmless("it only finds out"),
        _ => DeedKind::Unknown,
    }
}
