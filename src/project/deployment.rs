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
    /// The addresses that a platform calls at fixed times, each behind the folder of the file that says so.
    pub scheduled: BTreeSet<(String, String)>,
}

static REPLICAS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r"(?m)^\s*replicas\s*:\s*(\d+)\s*$").expect("a test compiles it"));
static CONNECTIONS: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#"max_connections\s*[=:]\s*["']?(\d+)"#).expect("a test compiles it"));

static SCHEDULED: LazyLock<Regex> =
    LazyLock::new(|| Regex::new(r#""path"\s*:\s*"/([^"?]+)"#).expect("a test compiles it"));

impl Deployment {
    /// Adds what one platform file says.
    pub fn read(&mut self, path: &str, text: &str) {
        let largest = |pattern: &Regex| pattern.captures_iter(text).filter_map(|it| it[1].parse::<u32>().ok()).max();
        let name = path.rsplit('/').next().unwrap_or(path);
        self.is_serverless |= matches!(name, "vercel.json" | "netlify.toml") || name.starts_with("serverless.");
        if let Some((_, jobs)) = text.split_once("\"crons\"").filter(|_| name == "vercel.json") {
            let folder = &path[..path.len() - name.len()];
            let listed = jobs.split(']').next().unwrap_or_default();
            let paths = SCHEDULED.captures_iter(listed).map(|it| (folder.to_owned(), it[1].to_owned()));
            self.scheduled.extend(paths);
        }
        if !name.contains("compose") {
            return;
        }
        if let (Some(replicas), Some(connections)) = (largest(&REPLICAS), largest(&CONNECTIONS)) {
            self.declared = Some((replicas, connections, path.to_owned()));
        }
    }

    /// Whether a platform calls the handlers of a file at fixed times: `app/(jobs)/api/cron/mail/route.ts`,
    /// `pages/api/cron/mail.ts`.
    #[must_use]
    pub fn is_scheduled(&self, path: &str) -> bool {
        self.scheduled.iter().any(|(folder, address)| {
            let Some(inner) = path.strip_prefix(folder.as_str()) else { return false };
            let stem = inner.rsplit_once('.').map_or(inner, |it| it.0);
            let parts = stem.split('/').filter(|it| !it.starts_with('('));
            let mut parts: Vec<&str> = parts.skip_while(|it| matches!(*it, "src" | "app" | "pages")).collect();
            if parts.last().is_some_and(|it| matches!(*it, "route" | "index")) {
                parts.pop();
            }
            parts.join("/") == *address
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_a_platform_calls_at_fixed_times() {
        let mut found = Deployment::default();
        found.read(
            "apps/web/vercel.json",
            r#"{ "crons": [{ "path": "/api/cron/mail?all=1", "schedule": "0 8 * * *" }] }"#,
        );
        assert!(found.is_scheduled("apps/web/app/(jobs)/api/cron/mail/route.ts"));
        assert!(found.is_scheduled("apps/web/src/pages/api/cron/mail.ts"));
        assert!(!found.is_scheduled("apps/web/app/api/mail/route.ts"));
        assert!(!found.is_scheduled("apps/docs/app/api/cron/mail/route.ts"));
    }

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
