//! Packages: what each `package.json` says, read leniently.
//!
//! A field of an unexpected type counts as absent. No script is run and no version is compared.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{Class, Discovery, join, parent};
use crate::tree::{Skipped, Tree, Unread};

/// One package.
#[derive(Debug, Clone, Default)]
pub struct Package {
    /// Its folder, relative to the root; empty for the root.
    pub dir: String,
    /// Its name.
    pub name: Option<String>,
    /// Whether others may import it by name: it belongs to a workspace, or another package links to its folder.
    pub is_linked: bool,
    /// The rest of what its manifest says.
    pub manifest: Manifest,
}

/// The fields of a `package.json` that anybody here reads.
#[derive(Debug, Clone, Default)]
pub struct Manifest {
    /// `private`.
    pub is_private: bool,
    /// Whether it says how it is published: `publishConfig` or `files`.
    pub is_published: bool,
    /// `type`: `module` or `commonjs`.
    pub kind: Option<String>,
    /// `source`.
    pub source: Option<String>,
    /// `main`.
    pub main: Option<String>,
    /// `module`.
    pub module: Option<String>,
    /// `types` or `typings`.
    pub types: Option<String>,
    /// `browser`, where it is a path.
    pub browser: Option<String>,
    /// `exports` as written.
    pub exports: Option<Value>,
    /// `imports` as written.
    pub imports: Option<Value>,
    /// `bin`: command and path. A lone path has the package's name.
    pub bin: BTreeMap<String, String>,
    /// `scripts`.
    pub scripts: BTreeMap<String, String>,
    /// `engines`.
    pub engines: BTreeMap<String, String>,
    /// Name and version of everything in `dependencies`, `peerDependencies` and `optionalDependencies`.
    pub dependencies: BTreeMap<String, String>,
    /// Name and version of everything in `devDependencies`.
    pub dev_dependencies: BTreeMap<String, String>,
    /// The patterns of `workspaces`.
    pub workspaces: Vec<String>,
}

/// Reads every manifest into `found.packages`.
pub(super) fn read(tree: &dyn Tree, paths: &[String], found: &mut Discovery) {
    for path in paths {
        match tree.read(path) {
            Ok(bytes) => match parse(&bytes) {
                Some(value) => found.packages.push(package(parent(path).unwrap_or_default(), &value)),
                None => found.notes.push(Skipped::new(path.as_str(), "not valid JSON")),
            },
            Err(error) => found.unread.push(Unread::new(path.as_str(), error.kind().to_string())),
        }
    }
    found.packages.sort_unstable_by(|a, b| a.dir.cmp(&b.dir));
    link_by_path(&mut found.packages);
}

/// Moves what the packages' own commands and start scripts run from scripts to production.
pub(super) fn promote_started(found: &mut Discovery) {
    let mut started = Vec::new();
    for package in &found.packages {
        let files = package.manifest.bin.values().map(String::as_str).chain(package.started());
        started.extend(files.filter(|it| it.contains('.')).filter_map(|it| join(&package.dir, it)));
    }
    for path in started {
        if let Some(id) = found.source(&path)
            && let class @ Class::Script = &mut found.sources[id.index()].class
        {
            *class = Class::Production;
        }
    }
}

impl Package {
    /// The words of its start scripts that may be files, relative to its folder, built or not.
    pub fn started(&self) -> impl Iterator<Item = &str> {
        let commands = self.manifest.scripts.iter().filter(|(name, _)| is_long_running(name)).map(|(_, it)| it);
        commands.flat_map(|it| command_files(it))
    }
}

/// The words of a command that look like files that a runtime runs.
pub fn command_files(command: &str) -> impl Iterator<Item = &str> {
    let words = command.split([' ', '\'', '"', '=', ',', '[', ']', '\n']);
    words.filter(|it| [".js", ".mjs", ".cjs", ".ts", ".mts", ".cts"].iter().any(|end| it.ends_with(end)))
}

/// Whether a script of this name starts something that serves users.
fn is_long_running(script: &str) -> bool {
    let first = script.split([':', '-', '.']).next().unwrap_or(script);
    matches!(first, "start" | "serve" | "server" | "worker" | "workers" | "web" | "prod" | "production")
}

fn parse(bytes: &[u8]) -> Option<Value> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    serde_json::from_slice(bytes).ok().filter(Value::is_object)
}

fn package(dir: &str, value: &Value) -> Package {
    let name = text(value, "name");
    let mut dependencies = table(value, "dependencies");
    dependencies.extend(table(value, "peerDependencies"));
    dependencies.extend(table(value, "optionalDependencies"));
    let bin = match (text(value, "bin"), &name) {
        (Some(path), Some(name)) => BTreeMap::from([(name.clone(), path)]),
        _ => table(value, "bin"),
    };
    let workspaces = &value["workspaces"];
    let manifest = Manifest {
        is_private: value["private"] == true,
        is_published: value["publishConfig"].is_object() || value["files"].is_array(),
        kind: text(value, "type"),
        source: text(value, "source"),
        main: text(value, "main"),
        module: text(value, "module"),
        types: text(value, "types").or_else(|| text(value, "typings")),
        browser: text(value, "browser"),
        exports: value.get("exports").filter(|it| !it.is_null()).cloned(),
        imports: value.get("imports").filter(|it| it.is_object()).cloned(),
        bin,
        scripts: table(value, "scripts"),
        engines: table(value, "engines"),
        dependencies,
        dev_dependencies: table(value, "devDependencies"),
        workspaces: texts(if workspaces.is_object() { &workspaces["packages"] } else { workspaces }),
    };
    Package { dir: dir.to_owned(), name, is_linked: false, manifest }
}

fn text(value: &Value, key: &str) -> Option<String> {
    value[key].as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn table(value: &Value, key: &str) -> BTreeMap<String, String> {
    let entries = value[key].as_object().into_iter().flatten();
    entries.filter_map(|(name, it)| Some((name.clone(), it.as_str()?.to_owned()))).collect()
}

/// Packages that others depend on by folder: `"shared": "file:../shared"`.
fn link_by_path(packages: &mut [Package]) {
    let mut linked = Vec::new();
    for package in &*packages {
        for version in package.manifest.dependencies.values().chain(package.manifest.dev_dependencies.values()) {
            let path = ["file:", "link:", "portal:"].iter().find_map(|prefix| version.strip_prefix(prefix));
            linked.extend(path.and_then(|it| join(&package.dir, it)));
        }
    }
    for dir in linked {
        if let Ok(at) = packages.binary_search_by(|it| it.dir.cmp(&dir)) {
            packages[at].is_linked = true;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::discovered;

    #[test]
    fn reads_what_it_can() {
        let found = discovered(&[
            (
                "package.json",
                "\u{feff}{\"name\": \"a\", \"main\": 5, \"bin\": \"cli.js\", \"dependencies\": {\"pg\": \"8\", \"x\": 1}, \"peerDependencies\": {\"y\": \"*\"}}",
            ),
            ("broken/package.json", "{{name}}"),
        ]);
        assert_eq!(found.packages.len(), 1);
        let package = &found.packages[0];
        assert_eq!((package.name.as_deref(), package.dir.as_str()), (Some("a"), ""));
        assert_eq!(package.manifest.main, None);
        assert_eq!(package.manifest.bin["a"], "cli.js");
        assert_eq!(package.manifest.dependencies.keys().collect::<Vec<_>>(), ["pg", "y"]);
        assert_eq!(found.notes, [Skipped::new("broken/package.json", "not valid JSON")]);
    }

    #[test]
    fn the_innermost_package_owns_a_path() {
        let found =
            discovered(&[("package.json", "{}"), ("apps/web/package.json", r#"{"name": "web"}"#), ("apps/x.ts", "")]);
        assert_eq!(found.package_of("apps/web/src/a.ts").and_then(|it| it.name.as_deref()), Some("web"));
        assert_eq!(found.package_of("apps/x.ts").map(|it| it.dir.as_str()), Some(""));
    }

    #[test]
    fn a_folder_dependency_links() {
        let found = discovered(&[
            ("server/package.json", r#"{"dependencies": {"shared": "file:../shared"}}"#),
            ("shared/package.json", r#"{"name": "shared"}"#),
            ("other/package.json", r#"{"name": "react"}"#),
        ]);
        let linked: Vec<_> = found.packages.iter().map(|it| (it.dir.as_str(), it.is_linked)).collect();
        assert_eq!(linked, [("other", false), ("server", false), ("shared", true)]);
    }
}
