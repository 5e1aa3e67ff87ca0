//! What platform files declare about how many processes run and how many connections the database takes.
//!
//! Only plainly stated numbers count; nothing is derived from a plan's name or a default.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use regex::Regex;

use crate::source::FileId;

/// Numbers that one file declares together: numbers of different files may be about different systems.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deployment {
    /// The most processes that one service runs in, the connections that the database accepts, and the file's path.
    pub declared: Option<(u32, u32, String)>,
    /// The files that start scripts and platform files start as processes that stay.
    pub started: BTreeSet<FileId>,
    /// Whether a platform runs request handlers in instances that come and go.
    pub is_serverless: bool,
}

static REPLICAS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^\s*replicas\s*:\s*(\d+)\s*$").expect("a test compiles it"));
static CONNECTIONS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"max_connections\s*[=:]\s*["']?(\d+)"#).expect("a test compiles it"));

impl Deployment {
    /// Adds what one platform file says.
    pub fn read(&mut self, path: &str, text: &str) {
        let largest = |pattern: &Regex| pattern.captures_iter(text).filter_map(|it| it[1].parse::<u32>().ok()).max();
        let name = path.rsplit('/').next().unwrap_or(path);
        self.is_serverless |= matches!(name, "vercel.json" | "netlify.toml") || name.starts_with("serverless.");
        if !name.contains("compose") {
            return;
        }
        if let (Some(replicas), Some(connections)) = (largest(&REPLICAS), largest(&CONNECTIONS)) {
            self.declared = Some((replicas, connections, path.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_where_they_are_stated() {
        let mut found = Deployment::default();
        found.read(
            "compose.a.yml",
            "services:\n  app:\n    deploy:\n      replicas: 4\n  db:\n    command: postgres -c max_connections=100\n",
        );
        found.read("compose.b.yml", "replicas: ${N}\n# max_connections is whatever\n");
        found.read("compose.c.yml", "      replicas: 9\n");
        assert_eq!(found.declared, Some((4, 100, "compose.a.yml".to_owned())));
    }
}
