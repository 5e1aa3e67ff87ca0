//! What a stretch of code does that would matter if it failed unseen.
//!
//! Resolved calls count most: queries, and requests with a method that writes. Names are weaker evidence, read word by word.

use super::Project;
use super::iteration::callee_name;
use crate::facts::{CallForm, CallId, ExprKind, FileFacts};
use crate::finding::Evidence;
use crate::source::{FileId, Place, Span};

/// The worst thing that code does, worst first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Harm {
    /// Decides about access, limits or money.
    Enforces,
    /// Writes where others read.
    Writes,
    /// Calls something that is named like writing, sending or signing in.
    Suspect,
    /// Reads from a store or over the network.
    Reads,
    /// Waits for something whose work is not known.
    Unknown,
    /// Nothing that matters when it fails.
    Nothing,
}

/// Verbs that decide, before what they decide about.
const DECIDES: &[&str] =
    &["check", "verify", "authenticate", "authorize", "enforce", "assert", "validate", "require", "consume"];
/// What is decided about.
const DECIDED: &[&str] = &[
    "auth",
    "permission",
    "permissions",
    "access",
    "limit",
    "limits",
    "quota",
    "rate",
    "payment",
    "subscription",
    "token",
    "role",
    "session",
    "usage",
];
/// Work that others rely on.
const WORK: &[&str] = &[
    "save", "persist", "insert", "upsert", "charge", "refund", "pay", "publish", "enqueue", "migrate", "sync", "send",
    "upload", "signout", "logout", "signin", "login", "create", "delete", "update", "submit", "store", "queue",
    "export", "import", "invite", "process",
];
/// Globals of the platform whose failure is the platform's, and libraries that only look at code's own state.
const PLATFORM: &[&str] = &[
    "JSON",
    "localStorage",
    "sessionStorage",
    "document",
    "window",
    "navigator",
    "console",
    "performance",
    "Intl",
    "URL",
    "Math",
    "Object",
    "Array",
    "Number",
    "String",
    "Date",
    "Promise",
    "caches",
    "screen",
    "history",
    "location",
    "crypto",
    "atob",
    "btoa",
    "decodeURIComponent",
    "Notification",
    "indexedDB",
    "AudioContext",
    "Sentry",
    "posthog",
    "gtag",
    "analytics",
    "logger",
    "log",
    "process",
    "Reflect",
    "Boolean",
    "RegExp",
];
/// Methods that end, measure, show or probe something.
const HARMLESS: &[&str] = &[
    "close",
    "dispose",
    "unlink",
    "unlinksync",
    "rm",
    "rmsync",
    "kill",
    "quit",
    "disconnect",
    "abort",
    "stop",
    "destroy",
    "end",
    "release",
    "cleanup",
    "terminate",
    "cancel",
    "unsubscribe",
    "removechannel",
    "play",
    "pause",
    "resume",
    "share",
    "writetext",
    "readtext",
    "parse",
    "decode",
    "access",
    "stat",
    "statsync",
    "existssync",
    "readfile",
    "readfilesync",
    "getitem",
    "setitem",
    "removeitem",
    "clear",
    "capture",
    "captureexception",
    "capturemessage",
    "track",
    "focus",
    "blur",
    "scrollto",
    "vibrate",
    "setstate",
    "lstat",
    "realpath",
    "shutdown",
    "flush",
    "remove",
    "removechild",
    "animate",
    "log",
    "warn",
    "error",
    "info",
    "debug",
    "test",
    "match",
    "exec",
    "unref",
    "revokeobjecturl",
    "requestfullscreen",
    "exitfullscreen",
    "lock",
    "unlock",
];

impl Project {
    /// The worst thing that happens in a span, and where.
    #[must_use]
    pub fn harm(&self, file: FileId, span: Span) -> (Harm, Option<Evidence>) {
        let Some(facts) = self.facts(file) else { return (Harm::Nothing, None) };
        let calls = facts.calls().filter(|(_, it)| span.contains(it.span));
        let worst = calls.map(|(id, _)| (self.harm_of(file, facts, id), id)).min_by_key(|(harm, _)| *harm);
        match worst {
            Some((harm, id)) if harm < Harm::Unknown => {
                let called = self.called(file, id);
                let note = match harm {
                    Harm::Enforces => format!("`{called}` decides about access or limits"),
                    Harm::Writes => format!("`{called}` writes"),
                    Harm::Suspect => format!("`{called}` is work that others rely on"),
                    _ => format!("`{called}` reads from a store or the network"),
                };
                (harm, Some(Evidence { place: self.anchor_of(file, id), note }))
            }
            Some((harm, _)) => (harm, None),
            None => (Harm::Nothing, None),
        }
    }

    fn harm_of(&self, file: FileId, facts: &FileFacts, id: CallId) -> Harm {
        let call = facts.call(id);
        if let Some(path) = self.leads_to_query(file, id) {
            return if self.writes(&path.query) { Harm::Writes } else { Harm::Reads };
        }
        let Some((name, _)) = callee_name(facts, id) else { return Harm::Nothing };
        let text = self.text_of(Place { file, span: call.span });
        if matches!(name, "fetch" | "axios" | "request")
            || self.text_of(self.place_of(file, call.callee)).starts_with("axios")
        {
            let mutates = ["\"POST\"", "'POST'", "\"PUT\"", "'PUT'", "\"PATCH\"", "'PATCH'", "\"DELETE\"", "'DELETE'"]
                .iter()
                .any(|it| text.contains(it));
            return if mutates || matches!(name, "post" | "put" | "patch") { Harm::Writes } else { Harm::Reads };
        }
        if self.is_harmless(file, facts, id, name) {
            return Harm::Nothing;
        }
        let words = words_of(name);
        let has = |list: &[&str]| words.iter().any(|it| list.contains(&it.as_str()));
        let waits = call.awaited;
        if has(DECIDES) && has(DECIDED) && waits {
            return Harm::Enforces;
        }
        let whole = words.concat();
        match waits && (has(WORK) || WORK.contains(&whole.as_str())) {
            true => Harm::Suspect,
            false if waits => Harm::Unknown,
            false => Harm::Nothing,
        }
    }

    /// A call of the platform, or of a method that ends, measures or shows something.
    fn is_harmless(&self, file: FileId, facts: &FileFacts, id: CallId, name: &str) -> bool {
        let call = facts.call(id);
        if call.form == CallForm::New || HARMLESS.contains(&name.to_ascii_lowercase().as_str()) {
            return true;
        }
        let callee = self.text_of(self.place_of(file, call.callee));
        let root = callee.split(['.', '?', '(', '[']).next().unwrap_or_default();
        let is_storage = matches!(facts.expr(call.callee).kind, ExprKind::Member { .. })
            && callee.to_ascii_lowercase().contains("storage.");
        PLATFORM.contains(&root) || is_storage && !callee.contains("supabase")
    }
}

/// The words of a camel-case or snake-case name, in lower case.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut was_lower = false;
    for c in name.chars() {
        let starts = words.is_empty() || (c.is_uppercase() && was_lower);
        if !c.is_alphanumeric() {
            was_lower = true;
            continue;
        }
        if starts || words.is_empty() {
            words.push(String::new());
        }
        if let Some(word) = words.last_mut() {
            word.extend(c.to_lowercase());
        }
        was_lower = c.is_lowercase() || c.is_numeric();
    }
    words
}
