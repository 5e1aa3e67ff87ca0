//! The configuration in effect, each setting with where it was made: `--print-config`.

use std::fmt::Write;

use super::gates::{GateRule, SeverityRule};
use super::settings::{Set, Settings};
use super::{Asked, FailOn};
use crate::catalog::Library;

/// One setting in effect.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// As TOML; one line, or a table.
    pub text: String,
    /// A flag, a file and line, or `default`.
    pub from: String,
}

/// The settings of flags and file.
pub(super) fn of(asked: &Asked, settings: &Settings) -> Vec<Shown> {
    let line = |key: &str, value: String, from: &str| Shown { text: format!("{key} = {value}"), from: from.to_owned() };
    let quoted = |it: FailOn| format!("\"{}\"", it.name());
    let mut shown = Vec::new();
    shown.push(match (asked.fail_on, &settings.fail_on) {
        (Some(flag), _) => line("fail_on", quoted(flag), "--fail-on"),
        (None, Some(set)) => line("fail_on", quoted(set.value), &set.from),
        (None, None) => line("fail_on", "\"P1\"".to_owned(), "default"),
    });
    let numbers = [
        ("min_score", asked.min_score, "--min-score", &settings.min_score),
        ("max_drop", asked.max_drop, "--max-drop", &settings.max_drop),
    ];
    for (key, flag, name, set) in numbers {
        shown.push(match (flag, set) {
            (Some(flag), _) => line(key, flag.to_string(), name),
            (None, Some(Set { value, from })) => line(key, value.to_string(), from),
            (None, None) => Shown { text: format!("# {key} is not set"), from: "default".to_owned() },
        });
    }
    shown.push(match (asked.include_tests, &settings.include_tests) {
        (Some(flag), _) => line("include_tests", flag.to_string(), "--include-tests"),
        (None, Some(set)) => line("include_tests", set.value.to_string(), &set.from),
        (None, None) => line("include_tests", "false".to_owned(), "default"),
    });
    if settings.exclude.is_empty() {
        shown.push(line("exclude", "[]".to_owned(), "default"));
    }
    shown.extend(settings.exclude.iter().map(|it| line("exclude", list(std::slice::from_ref(&it.value)), &it.from)));
    shown.extend(settings.gates.iter().map(gate));
    shown.extend(settings.severities.iter().map(severity));
    let library =
        |it: &Library| Shown { text: format!("[[library]]\nid = {}", quote(&it.id)), from: super::FILE.to_owned() };
    shown.extend(settings.libraries.iter().map(library));
    shown
}

fn gate(gate: &GateRule) -> Shown {
    let mut text = "[[gate]]".to_owned();
    for (key, list_of) in [("paths", &gate.paths), ("rules", &gate.rules), ("packages", &gate.packages)] {
        if !list_of.is_empty() {
            write!(text, "\n{key} = {}", list(list_of)).expect("a string takes all text");
        }
    }
    if let Some(fail_on) = gate.fail_on {
        write!(text, "\nfail_on = \"{}\"", fail_on.name()).expect("a string takes all text");
    }
    for (key, number) in [("min_score", gate.min_score), ("max_drop", gate.max_drop)] {
        if let Some(number) = number {
            write!(text, "\n{key} = {number}").expect("a string takes all text");
        }
    }
    Shown { text, from: gate.from.clone() }
}

fn severity(it: &SeverityRule) -> Shown {
    let mut text = format!("[[severity]]\nrule = {}", quote(&it.rule));
    if let Some(kind) = &it.kind {
        write!(text, "\nkind = {}", quote(kind)).expect("a string takes all text");
    }
    if !it.paths.is_empty() {
        write!(text, "\npaths = {}", list(&it.paths)).expect("a string takes all text");
    }
    let (severity, reason) = (it.severity.name(), quote(&it.reason));
    write!(text, "\nseverity = \"{severity}\"\nreason = {reason}").expect("a string takes all text");
    Shown { text, from: it.from.clone() }
}

fn list(items: &[String]) -> String {
    format!("[{}]", items.iter().map(|it| quote(it)).collect::<Vec<_>>().join(", "))
}

/// A TOML string; JSON escapes what TOML does.
fn quote(text: &str) -> String {
    serde_json::Value::from(text).to_string()
}

/// All settings as text, each below where it was made.
#[must_use]
pub fn show(shown: &[Shown], nested: &super::Nested) -> String {
    let inner = nested.gates.iter().map(gate).chain(nested.severities.iter().map(severity));
    let mut out = String::new();
    for Shown { text, from } in shown.iter().cloned().chain(inner) {
        let gap = if text.starts_with('[') { "\n" } else { "" };
        writeln!(out, "{gap}# {from}\n{text}").expect("a string takes all text");
    }
    out
}
