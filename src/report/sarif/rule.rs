//! The tool and its rules, from their pages.
//!
//! The list is the same whatever was found, so that it changes only with the program.

use serde::Serialize;

use super::Text;
use crate::finding::Severity;
use crate::page::Page;

/// The program.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Driver<'a> {
    name: &'static str,
    semantic_version: &'static str,
    short_description: Text,
    rules: Vec<Rule<'a>>,
    notifications: [Notice; 3],
}

/// What can go wrong in a run, for notifications to refer to.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Notice {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Text,
}

#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule<'a> {
    id: &'a str,
    name: String,
    short_description: Text,
    full_description: Text,
    help: Help,
    default_configuration: Configuration,
    properties: Properties,
}

#[derive(Debug, Serialize)]
struct Help {
    text: String,
    markdown: String,
}

#[derive(Debug, Serialize)]
struct Configuration {
    level: &'static str,
}

/// Names that GitHub knows. There is no `security-severity`: these are no vulnerabilities.
#[derive(Debug, Serialize)]
struct Properties {
    tags: [&'static str; 2],
    precision: &'static str,
    #[serde(rename = "problem.severity")]
    problem_severity: &'static str,
}

impl<'a> Driver<'a> {
    pub(super) fn of(pages: &'a [Page]) -> Self {
        let notice = |id, what: &str, help: &str| Notice {
            id,
            short_description: Text::of(what),
            full_description: Text::of(what),
            help: Text::of(help),
        };
        Self {
            name: env!("CARGO_PKG_NAME"),
            semantic_version: env!("CARGO_PKG_VERSION"),
            short_description: Text::of("Says whether a code base will survive its users, and what breaks first."),
            rules: pages.iter().map(Rule::of).collect(),
            notifications: [
                notice(
                    "unread",
                    "Something that should have been audited could not be read.",
                    "Give access to it or exclude it. Until then there is no score, and what it holds is not among the results.",
                ),
                notice(
                    "partial",
                    "A file was audited with a gap.",
                    "Part of it could not be parsed or is not UTF-8. The rest of it was audited.",
                ),
                notice(
                    "left-out",
                    "There are more results than a run may hold.",
                    "The mildest were left out. Exclude what nobody will mend, or audit parts of the repository on their own.",
                ),
            ],
        }
    }
}

impl<'a> Rule<'a> {
    fn of(page: &'a Page) -> Self {
        let worst = page.kinds.values().min().copied().unwrap_or(Severity::P3);
        let summary = page.summary.as_deref().unwrap_or(&page.title);
        let prose = prose(page.body);
        Self {
            id: &page.id,
            name: pascal(&page.id),
            short_description: Text::of(page.title.as_str()),
            full_description: Text::of(summary),
            help: Help { text: prose.to_owned(), markdown: markdown(page, prose) },
            default_configuration: Configuration { level: level(worst) },
            properties: Properties {
                tags: ["scalability", "reliability"],
                // What is not proven is no result.
                precision: "high",
                problem_severity: if worst == Severity::P3 { "recommendation" } else { level(worst) },
            },
        }
    }
}

/// What the page says before its first example: why it matters, and the cure.
fn prose(body: &str) -> &str {
    body.split("\n## ").next().unwrap_or(body).trim()
}

/// The prose, the kinds with their severities, and where the examples are.
fn markdown(page: &Page, prose: &str) -> String {
    let mut kinds: Vec<_> = page.kinds.iter().map(|(kind, severity)| (*severity, kind)).collect();
    kinds.sort();
    let rows: String =
        kinds.into_iter().map(|(severity, kind)| format!("| `{kind}` | {} |\n", severity.name())).collect();
    let id = &page.id;
    format!("{prose}\n\n| kind | severity |\n|---|---|\n{rows}\nExamples: `atlas-audit explain {id}`\n")
}

/// How bad a severity is in SARIF's words.
pub(super) fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::P0 | Severity::P1 => "error",
        Severity::P2 => "warning",
        Severity::P3 => "note",
    }
}

/// `empty-catch` as `EmptyCatch`, which is how SARIF's viewers expect a name.
fn pascal(id: &str) -> String {
    let capital = |word: &str| {
        let mut characters = word.chars();
        characters.next().map(|first| first.to_ascii_uppercase().to_string() + characters.as_str())
    };
    id.split('-').filter_map(capital).collect()
}
