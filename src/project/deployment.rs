//! What platform files declare about how many processes run and how many connections the database takes.
//!
//! Only plainly stated numbers count; nothing is derived from a plan's name or a default.

use std::sync::LazyLock;

use regex::Regex;

/// Declared numbers, each with the path of the file that declares it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Deployment {
    /// The most processes that one service runs in.
    pub replicas: Option<(u32, String)>,
    /// Connections that the database accepts.
    pub max_connections: Option<(u32, String)>,
}

static REPLICAS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^\s*(?:replicas|numReplicas|instances)\s*[:=]\s*(\d+)\s*$").expect("a test compiles it"));
static CONNECTIONS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"max_connections\s*[=:]\s*["']?(\d+)"#).expect("a test compiles it"));

impl Deployment {
    /// Adds what one platform file says.
    pub fn read(&mut self, path: &str, text: &str) {
        let largest = |pattern: &Regex| pattern.captures_iter(text).filter_map(|it| it[1].parse::<u32>().ok()).max();
        if let Some(found) = largest(&REPLICAS).filter(|it| self.replicas.as_ref().is_none_or(|(known, _)| known < it)) {
            self.replicas = Some((found, path.to_owned()));
        }
        if let Some(found) = largest(&CONNECTIONS) {
            self.max_connections = Some((found, path.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_where_they_are_stated() {
        let mut found = Deployment::default();
        found.read("a.yml", "services:\n  app:\n    deploy:\n      replicas: 4\n  db:\n    command: postgres -c max_connections=100\n");
        found.read("b.yml", "replicas: ${N}\n# max_connections is whatever\n");
        assert_eq!(found.replicas, Some((4, "a.yml".to_owned())));
        assert_eq!(found.max_connections, Some((100, "a.yml".to_owned())));
    }
}
