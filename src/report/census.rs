//! The clients that the code makes, a line or two each: part of the terminal report that `--all` asks for.

use std::fmt::Write;

use super::safe::safe;
use super::{Client, Look, Report};

/// Renders the section; nothing where no client is made.
pub(super) fn render(report: &Report, look: Look) -> String {
    if report.clients.is_empty() {
        return String::new();
    }
    let mut out = format!("{}\n", look.bold("Clients, and what limits them"));
    for client in &report.clients {
        writeln!(out, "{}", look.wrap(&words(client), "  ", "      ")).expect("a string takes all text");
    }
    out
}

fn words(client: &Client) -> String {
    let at = &client.location;
    let list = |names: &[String]| names.iter().map(|it| format!("`{}`", safe(it))).collect::<Vec<_>>().join(", ");
    let limits = match (client.set.is_empty(), client.missing.is_empty()) {
        _ if client.is_hidden && client.set.is_empty() => "; its options are not shown".to_owned(),
        (true, true) => String::new(),
        (true, false) => format!("; not set: {}", list(&client.missing)),
        (false, true) => format!("; set: {}", list(&client.set)),
        (false, false) => format!("; set: {}; not set: {}", list(&client.set), list(&client.missing)),
    };
    let place = format!("{}:{}:{}", safe(&at.path), at.start.line, at.start.column);
    format!("{place} {} ({}), {}: {}{limits}", safe(&client.library), client.creates, client.scope, safe(&client.why))
}

#[cfg(test)]
mod tests {
    use crate::report::{Look, sample, terminal};

    #[test]
    fn clients_are_listed_where_everything_is() {
        let look = Look { width: 100, unicode: true, color: false };
        let all = terminal::render(&sample::report(), look, terminal::Detail { all: true, quiet: false });
        let joined = all.split_whitespace().collect::<Vec<_>>().join(" ");
        let line = "node-postgres (pool), module: made once, when its module is loaded; set: `max = 20`; not set:";
        assert!(joined.contains(line), "{all}");
        let some = terminal::render(&sample::report(), look, terminal::Detail::default());
        assert!(!some.contains("node-postgres (pool)"), "{some}");
    }
}
