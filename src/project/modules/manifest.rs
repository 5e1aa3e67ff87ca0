//! A manifest as the resolver reads it: pointing at source wherever the code base shows which source is meant.
//!
//! `exports` may offer a source file under a condition of any name, and `main` mostly names a file that is yet to be built.
//! Only patterns (`./*`) are left to the resolver.

use serde_json::{Map, Value, json};

use crate::discover::{Package, join};

/// The manifest's text. `find` gives the file that a path means, `is_folder` says whether a folder is there.
pub(super) fn served(
    package: &Package,
    find: impl Fn(&str) -> Option<String>,
    is_folder: impl Fn(&str) -> bool,
) -> String {
    let serving = Serving { dir: &package.dir, find: &find, is_folder: &is_folder };
    let manifest = &package.manifest;
    let mut text = Map::new();
    if let Some(name) = &package.name {
        text.insert("name".to_owned(), json!(name));
    }
    if let Some(main) = serving.main(package) {
        text.insert("main".to_owned(), json!(main));
    }
    if let Some(exports) = &manifest.exports {
        text.insert("exports".to_owned(), serving.exports(exports, package));
    }
    if let Some(Value::Object(imports)) = &manifest.imports {
        let imports: Map<_, _> = imports.iter().map(|(key, it)| (key.clone(), serving.target(it))).collect();
        text.insert("imports".to_owned(), Value::Object(imports));
    }
    Value::Object(text).to_string()
}

struct Serving<'s> {
    dir: &'s str,
    find: &'s dyn Fn(&str) -> Option<String>,
    is_folder: &'s dyn Fn(&str) -> bool,
}

/// Conditions under which something other than the program itself may be offered.
const SPECIAL_CONDITIONS: &[&str] = &[
    "types",
    "browser",
    "react-native",
    "react-server",
    "worker",
    "workerd",
    "edge-light",
    "deno",
    "bun",
    "development",
    "storybook",
    "style",
    "sass",
];

/// Where programs start that do not say so.
const USUAL_MAINS: &[&str] = &["src/index", "index", "src/main", "lib/index", "src/mod", "mod"];

impl Serving<'_> {
    /// The source file that importing the package by its name alone loads.
    fn main(&self, package: &Package) -> Option<String> {
        let manifest = &package.manifest;
        let fields = [&manifest.source, &manifest.module, &manifest.main, &manifest.browser, &manifest.types];
        let named = fields.into_iter().flatten().filter_map(|it| self.source(it));
        let usual = USUAL_MAINS.iter().filter_map(|it| self.source(it));
        let mut candidates = named.chain(usual);
        let first = candidates.next().or_else(|| manifest.main.clone())?;
        if is_declaration(&first) { candidates.find(|it| !is_declaration(it)).or(Some(first)) } else { Some(first) }
    }

    fn exports(&self, exports: &Value, package: &Package) -> Value {
        let Value::Object(map) = exports else { return self.program(exports, package) };
        if !map.keys().any(|key| key.starts_with('.')) {
            return self.program(exports, package);
        }
        let entries = map.iter().map(|(key, target)| {
            let served = if key == "." { self.program(target, package) } else { self.subpath(key, target) };
            (key.clone(), served)
        });
        Value::Object(entries.collect())
    }

    /// What `.` leads to: what it says, or the package's main file where that is not to be found.
    fn program(&self, target: &Value, package: &Package) -> Value {
        let served = self.target(target);
        let is_found = served.as_str().is_some_and(|it| self.source(it).is_some_and(|it| !is_declaration(&it)));
        if is_found || target.is_null() { served } else { self.main(package).map_or(served, |it| json!(dotted(&it))) }
    }

    fn subpath(&self, key: &str, target: &Value) -> Value {
        let served = self.target(target);
        let is_found = served.as_str().is_none_or(|it| it.contains('*') || self.source(it).is_some());
        if is_found {
            return served;
        }
        let same_name = [key.to_owned(), format!("src/{}", key.trim_start_matches("./"))];
        same_name.iter().find_map(|it| self.source(it)).map_or(served, |it| json!(dotted(&it)))
    }

    /// The best of the targets that a value offers, as source where that is known.
    fn target(&self, value: &Value) -> Value {
        let mut leaves = Vec::new();
        collect(value, false, &mut leaves);
        let best = leaves.iter().min_by_key(|leaf| self.rank(leaf));
        match best {
            None => Value::Null,
            Some(leaf) if leaf.target.contains('*') || !leaf.target.starts_with('.') => json!(leaf.target),
            Some(leaf) => json!(self.source(leaf.target).map_or(leaf.target.to_owned(), |it| dotted(&it))),
        }
    }

    /// Lower is better: source that is there, then output whose source is there, then anything; in written order.
    fn rank(&self, leaf: &Leaf<'_>) -> (u8, bool) {
        let path = join(self.dir, leaf.target).unwrap_or_default();
        let rank = if let Some((prefix, _)) = path.split_once('*') {
            let folder = prefix.rsplit_once('/').map_or("", |(folder, _)| folder);
            if (self.is_folder)(folder) { 0 } else { 1 }
        } else {
            match (self.find)(&path) {
                Some(found) if is_declaration(&found) => 2,
                Some(found) if same_stem(&found, &path) => 0,
                Some(_) => 1,
                None => 3,
            }
        };
        (rank, leaf.is_special)
    }

    /// The file that a path of the manifest means, relative to the package.
    fn source(&self, path: &str) -> Option<String> {
        let found = (self.find)(&join(self.dir, path)?)?;
        if self.dir.is_empty() {
            return Some(found);
        }
        found.strip_prefix(self.dir)?.strip_prefix('/').map(str::to_owned)
    }
}

struct Leaf<'v> {
    target: &'v str,
    is_special: bool,
}

fn collect<'v>(value: &'v Value, is_special: bool, leaves: &mut Vec<Leaf<'v>>) {
    match value {
        Value::String(target) => leaves.push(Leaf { target, is_special }),
        Value::Array(values) => values.iter().for_each(|it| collect(it, is_special, leaves)),
        Value::Object(conditions) => {
            for (condition, it) in conditions {
                collect(it, is_special || SPECIAL_CONDITIONS.contains(&condition.as_str()), leaves);
            }
        }
        _ => {}
    }
}

fn dotted(path: &str) -> String {
    format!("./{path}")
}

fn is_declaration(path: &str) -> bool {
    [".d.ts", ".d.mts", ".d.cts"].iter().any(|it| path.ends_with(it))
}

fn same_stem(a: &str, b: &str) -> bool {
    let stem = |it: &str| it.rsplit_once('/').map_or_else(String::new, |(dir, _)| dir.to_owned());
    stem(a) == stem(b)
}
