//! What a stretch of code does that would matter if it failed unseen.
//!
//! Resolved calls count most: queries, and requests with a method that writes. Names are weaker evidence, read word by word.

use super::Project;
use super::iteration::callee_name;
use crate::facts::{CallForm, CallId, ExprKind, FileFacts};
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
    "jwt",
    "limiter",
    "acl",
    "csrf",
    "password",
];
/// What costs or earns money.
const MONEY: &[&str] = &[
    "stripe", "payment", "payments", "charge", "charges", "invoice", "invoices", "billing", "refunds", "paypal",
    "checkout",
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
    /// The worst thing that happens in a span, and the call that does it; without anything bad the first call.
    #[must_use]
    pub fn harm(&self, file: FileId, span: Span) -> (Harm, Option<CallId>) {
        let Some(facts) = self.facts(file) else { return (Harm::Nothing, None) };
        let inside = facts.calls().filter(|(_, it)| span.contains(it.span));
        let judged =
            inside.map(|(id, it)| (self.harm_of(file, facts, id, it.span == span), std::cmp::Reverse(it.span), id));
        judged.min().map_or((Harm::Nothing, None), |(harm, _, id)| (harm, Some(id)))
    }

    fn harm_of(&self, file: FileId, facts: &FileFacts, id: CallId, is_promise: bool) -> Harm {
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
        let around = words_of(self.text_of(self.place_of(file, call.callee)));
        let has = |list: &[&str]| words.iter().any(|it| list.contains(&it.as_str()));
        let about = |list: &[&str]| around.iter().any(|it| list.contains(&it.as_str()));
        let waits = call.awaited || is_promise;
        if (has(DECIDES) && about(DECIDED)) || (about(MONEY) && has(WORK)) {
            return Harm::Enforces;
        }
        match waits && (has(WORK) || WORK.contains(&words.concat().as_str())) {
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

/// The words of a camel-case or snake-case name, or of several with dots between, in lower case.
fn words_of(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for c in name.chars() {
        let starts = !before.is_alphanumeric() || (c.is_uppercase() && !before.is_uppercase());
        if c.is_alphanumeric() {
            if starts {
                words.push(String::new());
            }
            if let Some(word) = words.last_mut() {
                word.extend(c.to_lowercase());
            }
        }
        before = c;
    }
    words
}

#[cfg(test)]
mod tests {
    use super::words_of;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words_of("checkRateLimit"), ["check", "rate", "limit"]);
        assert_eq!(words_of("jwt.verify"), ["jwt", "verify"]);
        assert_eq!(words_of("save_URL"), ["save", "url"]);
    }
}
