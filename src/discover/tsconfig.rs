//! TypeScript configurations, as far as they say where modules are.
//!
//! Each is flattened: what it extends is merged in, paths are relative to the root. A base that is not part of the code base
//! is left out with a note, because a missing preset must not cost a package its aliases.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Discovery, Package, join, parent, split_package};
use crate::tree::{Skipped, Tree, Unread, is_machine_made};

/// One configuration with its bases merged in.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TsConfig {
    /// Relative to the root.
    pub path: String,
    /// `baseUrl`, relative to the root.
    pub base_url: Option<String>,
    /// `paths` in order: pattern and targets, the targets relative to the root.
    pub paths: Vec<(String, Vec<String>)>,
    /// `rootDirs`, relative to the root.
    pub root_dirs: Vec<String>,
    /// `outDir`, relative to the root.
    pub out_dir: Option<String>,
    /// `rootDir`, relative to the root.
    pub root_dir: Option<String>,
    /// The configurations that it refers to, relative to the root.
    pub references: Vec<String>,
}

/// Reads every configuration into `found.tsconfigs`.
pub(super) fn read(tree: &dyn Tree, paths: &[String], found: &mut Discovery) {
    let mut reader = Reader { tree, packages: &found.packages, texts: BTreeMap::new(), notes: Vec::new() };
    for path in paths {
        match reader.value(path) {
            Loaded::Value(_) => {
                let mut draft = Draft::new(path);
                reader.merge(path, &mut draft, &mut Vec::new());
                found.tsconfigs.push(draft.finish());
            }
            Loaded::Broken => reader.notes.push(Skipped::new(path.as_str(), "not valid JSON")),
            Loaded::Absent(reason) => found.unread.push(Unread::new(path.as_str(), reason)),
        }
    }
    reader.notes.sort_unstable();
    reader.notes.dedup();
    let notes = reader.notes;
    found.notes.extend(notes);
}

#[derive(Clone)]
enum Loaded {
    Value(Value),
    Broken,
    Absent(String),
}

struct Reader<'t> {
    tree: &'t dyn Tree,
    packages: &'t [Package],
    texts: BTreeMap<String, Loaded>,
    notes: Vec<Skipped>,
}

impl Reader<'_> {
    fn value(&mut self, path: &str) -> Loaded {
        if let Some(known) = self.texts.get(path) {
            return known.clone();
        }
        let loaded = match self.tree.read(path) {
            Ok(bytes) => parse(bytes).map_or(Loaded::Broken, Loaded::Value),
            Err(error) => Loaded::Absent(error.kind().to_string()),
        };
        self.texts.insert(path.to_owned(), loaded.clone());
        loaded
    }

    /// Lays the configuration at `path`, then its bases, under what the draft has so far; `trail` is what led here.
    fn merge(&mut self, path: &str, draft: &mut Draft, trail: &mut Vec<String>) {
        if trail.iter().any(|it| it == path) {
            return;
        }
        let Loaded::Value(value) = self.value(path) else { return };
        let dir = parent(path).unwrap_or_default();
        draft.lay_under(&value["compilerOptions"], dir);
        if trail.is_empty() {
            let references = value["references"].as_array().into_iter().flatten();
            draft.config.references = references.filter_map(|it| config_at(dir, it["path"].as_str()?)).collect();
        }
        trail.push(path.to_owned());
        let bases = match &value["extends"] {
            Value::String(base) => vec![base.as_str()],
            Value::Array(bases) => bases.iter().rev().filter_map(Value::as_str).collect(),
            _ => Vec::new(),
        };
        for base in bases {
            match self.base(dir, base) {
                Some(found) => self.merge(&found, draft, trail),
                None => {
                    let note = format!("extends `{base}`, which is not part of the code base");
                    self.notes.push(Skipped::new(path, note));
                }
            }
        }
        trail.pop();
    }

    /// The configuration that `extends: "base"` in a file of the folder `dir` means.
    fn base(&mut self, dir: &str, base: &str) -> Option<String> {
        let stem = if base.starts_with('.') {
            join(dir, base)?
        } else {
            let (name, rest) = split_package(base);
            let package = self.packages.iter().find(|it| it.is_linked && it.name.as_deref() == Some(name))?;
            join(&package.dir, rest)?
        };
        // What a tool writes or installs is there on one machine and not on the next.
        if stem.split('/').any(is_machine_made) {
            return None;
        }
        let candidates = [stem.clone(), format!("{stem}.json"), format!("{stem}/tsconfig.json")];
        let candidates = candidates.iter().map(|it| it.trim_start_matches('/'));
        candidates
            .filter(|it| it.ends_with(".json"))
            .find(|it| matches!(self.value(it), Loaded::Value(_)))
            .map(str::to_owned)
    }
}

fn parse(bytes: Vec<u8>) -> Option<Value> {
    let mut text = String::from_utf8(bytes).ok()?;
    json_strip_comments::strip(&mut text).ok()?;
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Some(Value::Object(Map::new()));
    }
    serde_json::from_str(text).ok()
}

/// A configuration while its bases are being merged in.
struct Draft {
    config: TsConfig,
    /// The folder of the file that `paths` is from.
    paths_dir: String,
}

impl Draft {
    fn new(path: &str) -> Self {
        Self { config: TsConfig { path: path.to_owned(), ..TsConfig::default() }, paths_dir: String::new() }
    }

    /// Fills what is not said yet from the options of a file in the folder `dir`.
    fn lay_under(&mut self, options: &Value, dir: &str) {
        let folder = |it: &Value| self.resolve(dir, it.as_str()?);
        let base_url = folder(&options["baseUrl"]);
        let out_dir = folder(&options["outDir"]);
        let root_dir = folder(&options["rootDir"]);
        let root_dirs = options["rootDirs"].as_array().into_iter().flatten().filter_map(folder).collect();
        let config = &mut self.config;
        if let Some(paths) = options["paths"].as_object().filter(|_| config.paths.is_empty()) {
            let texts =
                |it: &Value| it.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect();
            config.paths = paths.iter().map(|(pattern, it)| (pattern.clone(), texts(it))).collect();
            self.paths_dir = dir.to_owned();
        }
        if config.root_dirs.is_empty() {
            config.root_dirs = root_dirs;
        }
        config.base_url = config.base_url.take().or(base_url);
        config.out_dir = config.out_dir.take().or(out_dir);
        config.root_dir = config.root_dir.take().or(root_dir);
    }

    /// `paths` count from the merged `baseUrl`, wherever that is from, and only without one from their own file.
    fn finish(mut self) -> TsConfig {
        let base = self.config.base_url.clone().unwrap_or_else(|| self.paths_dir.clone());
        let mut paths = std::mem::take(&mut self.config.paths);
        for (_, targets) in &mut paths {
            *targets = targets.iter().filter_map(|it| self.resolve(&base, it)).collect();
        }
        TsConfig { paths, ..self.config }
    }

    fn resolve(&self, base: &str, path: &str) -> Option<String> {
        match path.strip_prefix("${configDir}") {
            Some(rest) => join(parent(&self.config.path)?, rest.trim_start_matches('/')),
            None => join(base, path),
        }
    }
}

/// The configuration that a project reference names: a file, or the folder of a `tsconfig.json`.
fn config_at(dir: &str, reference: &str) -> Option<String> {
    let path = join(dir, reference)?;
    if path.ends_with(".json") { Some(path) } else { join(&path, "tsconfig.json") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::discovered;

    fn config<'d>(found: &'d Discovery, path: &str) -> &'d TsConfig {
        found.tsconfigs.iter().find(|it| it.path == path).unwrap()
    }

    #[test]
    fn comments_trailing_commas_and_bases() {
        let found = discovered(&[
            ("tsconfig.base.json", r#"{"compilerOptions": {"paths": {"@lib/*": ["libs/*/src"]}, "outDir": "dist"}}"#),
            (
                "apps/a/tsconfig.json",
                "{ // why\n \"extends\": \"../../tsconfig.base\", \"compilerOptions\": {\"rootDir\": \"./src\",},}",
            ),
        ]);
        let a = config(&found, "apps/a/tsconfig.json");
        assert_eq!(a.paths, [("@lib/*".to_owned(), vec!["libs/*/src".to_owned()])]);
        assert_eq!((a.out_dir.as_deref(), a.root_dir.as_deref()), (Some("dist"), Some("apps/a/src")));
        assert!(found.notes.is_empty());
    }

    #[test]
    fn later_bases_win_and_paths_follow_the_base_url() {
        let found = discovered(&[
            ("a.json", r#"{"compilerOptions": {"paths": {"x": ["a"]}, "outDir": "a"}}"#),
            ("b.json", r#"{"compilerOptions": {"paths": {"x": ["b"]}}}"#),
            (
                "web/tsconfig.json",
                r#"{"extends": ["../a.json", "../b.json"], "compilerOptions": {"baseUrl": "./src"}}"#,
            ),
        ]);
        let web = config(&found, "web/tsconfig.json");
        assert_eq!(web.base_url.as_deref(), Some("web/src"));
        assert_eq!(web.paths, [("x".to_owned(), vec!["web/src/b".to_owned()])]);
        assert_eq!(web.out_dir.as_deref(), Some("a"));
    }

    #[test]
    fn paths_count_from_a_base_url_further_down() {
        let found = discovered(&[
            ("tsconfig.base.json", r#"{"compilerOptions": {"baseUrl": "."}}"#),
            (
                "web/tsconfig.json",
                r#"{"extends": "../tsconfig.base.json", "compilerOptions": {"paths": {"x": ["a"]}}}"#,
            ),
        ]);
        assert_eq!(config(&found, "web/tsconfig.json").paths, [("x".to_owned(), vec!["a".to_owned()])]);
    }

    #[test]
    fn bases_from_workspace_packages() {
        let found = discovered(&[
            ("package.json", r#"{"workspaces": ["packages/*"]}"#),
            ("packages/config/package.json", r#"{"name": "@x/config"}"#),
            ("packages/config/next.json", r#"{"compilerOptions": {"paths": {"~/*": ["${configDir}/src/*"]}}}"#),
            ("web/tsconfig.json", r#"{"extends": "@x/config/next.json"}"#),
        ]);
        assert_eq!(config(&found, "web/tsconfig.json").paths, [("~/*".to_owned(), vec!["web/src/*".to_owned()])]);
    }

    #[test]
    fn a_missing_base_is_a_note_and_a_circle_ends() {
        let found = discovered(&[
            (
                "tsconfig.json",
                r#"{"extends": ["@tsconfig/node18/tsconfig.json", "./.nuxt/tsconfig.json", "./tsconfig.b.json"]}"#,
            ),
            (".nuxt/tsconfig.json", r#"{"compilerOptions": {"paths": {"~/*": ["*"]}}}"#),
            ("tsconfig.b.json", r#"{"extends": "./tsconfig.json", "compilerOptions": {"baseUrl": "."}}"#),
        ]);
        assert_eq!(config(&found, "tsconfig.json").base_url.as_deref(), Some(""));
        assert!(config(&found, "tsconfig.json").paths.is_empty());
        let note =
            |base: &str| Skipped::new("tsconfig.json", format!("extends `{base}`, which is not part of the code base"));
        assert_eq!(found.notes, [note("./.nuxt/tsconfig.json"), note("@tsconfig/node18/tsconfig.json")]);
    }
}
