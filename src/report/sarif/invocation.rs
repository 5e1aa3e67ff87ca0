//! How the run went: whether it is complete, and what is missing.

use serde::Serialize;

use super::location::Place;
use super::{ACCEPTED, Text};
use crate::report::safe::safe;
use crate::report::{Note, Report, Setting, counted};

/// One run of the program.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Invocation<'a> {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification<'a>>,
}

#[derive(Debug, Serialize)]
struct Notification<'a> {
    descriptor: Reference<'a>,
    level: &'static str,
    message: Text,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    locations: Vec<Place>,
}

#[derive(Debug, Serialize)]
struct Reference<'a> {
    id: &'a str,
}

impl<'a> Invocation<'a> {
    pub(super) fn of(report: &'a Report, setting: Setting<'_>, left_out: usize) -> Self {
        let coverage = &report.coverage;
        let about = |id, level, what: &'static str| {
            move |note: &Note| Notification {
                descriptor: Reference { id },
                level,
                message: Text::of(format!("{what}: {}.", safe(&note.reason))),
                locations: vec![Place::file(&note.path, setting.prefix)],
            }
        };
        let mut notifications: Vec<_> =
            coverage.unread.iter().map(about("unread", "error", "This could not be audited")).collect();
        if !report.complete && notifications.is_empty() {
            let reason = report.grade.unscored.as_deref().unwrap_or("something could not be audited");
            notifications.push(plain("unread", "error", format!("The audit is incomplete: {}.", safe(reason))));
        }
        notifications.extend(coverage.partial.iter().map(about("partial", "note", "This was audited in part")));
        if left_out > 0 {
            let words = format!(
                "{} left out, the mildest: a run may hold {ACCEPTED}.",
                if left_out == 1 { "1 result is".to_owned() } else { format!("{} are", counted(left_out, "result")) }
            );
            notifications.push(plain("left-out", "warning", words));
        }
        Self { execution_successful: report.complete, tool_execution_notifications: notifications }
    }
}

fn plain<'a>(id: &'a str, level: &'static str, words: String) -> Notification<'a> {
    Notification { descriptor: Reference { id }, level, message: Text::of(words), locations: Vec::new() }
}
