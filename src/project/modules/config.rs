//! A TypeScript configuration as the resolver reads it: reduced to where its modules are.
//!
//! What it includes and excludes is dropped on purpose. A script or a test that the compiler never sees still means the same
//! files by the same aliases.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::files::absolute;
use crate::discover::{TsConfig, parent};

/// The configuration's text. A solution, which only refers to others beside it, has their aliases; `by_path` has those.
pub(super) fn served(config: &TsConfig, dir: &str, by_path: &BTreeMap<&str, &TsConfig>) -> String {
    let path_of = |it: &str| absolute(it).to_string_lossy().into_owned();
    let beside =
        config.references.iter().filter(|it| parent(it) == Some(dir)).filter_map(|it| by_path.get(it.as_str()));
    let all: Vec<&TsConfig> = std::iter::once(config).chain(beside.copied()).collect();
    let mut paths = Map::new();
    for (pattern, targets) in all.iter().flat_map(|it| &it.paths) {
        let targets: Vec<String> = targets.iter().map(|it| path_of(it)).collect();
        paths.entry(pattern.clone()).or_insert_with(|| json!(targets));
    }
    let mut options = Map::new();
    if !paths.is_empty() {
        options.insert("paths".to_owned(), Value::Object(paths));
    }
    if let Some(base_url) = all.iter().find_map(|it| it.base_url.as_ref()) {
        options.insert("baseUrl".to_owned(), json!(path_of(base_url)));
    }
    if let Some(config) = all.iter().find(|it| !it.root_dirs.is_empty()) {
        let dirs: Vec<String> = config.root_dirs.iter().map(|it| path_of(it)).collect();
        options.insert("rootDirs".to_owned(), json!(dirs));
    }
    json!({ "compilerOptions": options }).to_string()
}
