//! Which packages belong to a workspace: npm's and yarn's `workspaces`, `pnpm-workspace.yaml` and `lerna.json`.
//!
//! Only membership is decided here, because only members can be imported by name.

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde::Deserialize;

use super::{Discovery, join, parent};
use crate::tree::{Skipped, Tree, Unread};

#[derive(Deserialize)]
struct Workspace {
    #[serde(default)]
    packages: Vec<String>,
}

/// Marks the members of every workspace in `found.packages` as linked. `files` are the workspace files of the tree.
pub(super) fn mark_members(tree: &dyn Tree, files: &[String], found: &mut Discovery) {
    let mut workspaces = Vec::new();
    for package in &found.packages {
        if !package.manifest.workspaces.is_empty() {
            workspaces.push((package.dir.clone(), package.manifest.workspaces.clone()));
        }
    }
    for path in files {
        match tree.read(path).map(|bytes| parse(path, &bytes)) {
            Ok(Some(patterns)) => workspaces.push((parent(path).unwrap_or_default().to_owned(), patterns)),
            Ok(None) => found.notes.push(Skipped::new(path.as_str(), "its list of packages cannot be understood")),
            Err(error) => found.unread.push(Unread::new(path.as_str(), error.kind().to_string())),
        }
    }
    for (dir, patterns) in workspaces {
        let (included, excluded) = members(&dir, &patterns);
        for package in &mut found.packages {
            package.is_linked |= included.is_match(&package.dir) && !excluded.is_match(&package.dir);
        }
    }
}

fn parse(path: &str, bytes: &[u8]) -> Option<Vec<String>> {
    let text = std::str::from_utf8(bytes).ok()?;
    let workspace: Workspace =
        if path.ends_with(".json") { serde_json::from_str(text).ok()? } else { serde_saphyr::from_str(text).ok()? };
    Some(workspace.packages)
}

/// The folders that a workspace's patterns take in, and those that its `!patterns` leave out.
fn members(dir: &str, patterns: &[String]) -> (GlobSet, GlobSet) {
    let (excluded, included): (Vec<_>, Vec<_>) = patterns.iter().partition(|it| it.starts_with('!'));
    (globs(dir, included), globs(dir, excluded))
}

fn globs(dir: &str, patterns: Vec<&String>) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for pattern in patterns {
        let folder = join(dir, pattern.trim_start_matches('!'));
        let glob = folder.and_then(|it| GlobBuilder::new(&it).literal_separator(true).build().ok());
        if let Some(glob) = glob {
            set.add(glob);
        }
    }
    set.build().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use crate::discover::discovered;

    fn linked(files: &[(&str, &str)]) -> Vec<String> {
        let found = discovered(files);
        found.packages.into_iter().filter(|it| it.is_linked).map(|it| it.dir).collect()
    }

    #[test]
    fn npm_and_yarn_list_or_object() {
        let members =
            [("packages/a/package.json", "{}"), ("packages/a/b/package.json", "{}"), ("x/package.json", "{}")];
        for root in [r#"{"workspaces": ["./packages/*"]}"#, r#"{"workspaces": {"packages": ["packages/*/"]}}"#] {
            let mut files = vec![("package.json", root)];
            files.extend(members);
            assert_eq!(linked(&files), ["packages/a"]);
        }
    }

    #[test]
    fn pnpm_with_exclusions() {
        let workspace = "packages:\n  - \"packages/**\"\n  - web\n  - '!**/test/**'\ncatalog:\n  x: 1.0\n";
        let files = [
            ("pnpm-workspace.yaml", workspace),
            ("packages/a/b/package.json", "{}"),
            ("packages/a/test/c/package.json", "{}"),
            ("web/package.json", "{}"),
            ("other/package.json", "{}"),
        ];
        assert_eq!(linked(&files), ["packages/a/b", "web"]);
    }

    #[test]
    fn lerna_and_nested_workspaces() {
        let files = [
            ("lerna.json", r#"{"packages": ["modules/*"]}"#),
            ("modules/a/package.json", "{}"),
            ("www/package.json", r#"{"workspaces": ["apps/*"]}"#),
            ("www/apps/docs/package.json", "{}"),
        ];
        assert_eq!(linked(&files), ["modules/a", "www/apps/docs"]);
    }
}
