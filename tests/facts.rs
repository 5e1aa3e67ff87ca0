//! The cache's version: what parser and extractor say about the demo application may change only together with it.

use std::fs;
use std::path::{Path, PathBuf};

use atlas_audit::cache::VERSION;
use atlas_audit::extract::extract;
use atlas_audit::parse::parse;
use atlas_audit::source::Language;

/// The version, and a hash of the facts that belong to it.
const SEEN: (u32, &str) = (5, "65afc96f88e0e9b0");

#[test]
fn facts_change_with_the_version_of_the_cache() {
    let mut hasher = blake3::Hasher::new();
    for path in files(Path::new("fixtures/atlas")) {
        let Some(language) = Language::of_path(&path.to_string_lossy()) else { continue };
        let text = fs::read_to_string(&path).expect("UTF-8");
        let parsed = parse(&text, language);
        hasher.update(format!("{:?}", extract(&text, language, &parsed.tree, parsed.errors)).as_bytes());
    }
    let hash = hasher.finalize().to_hex()[..16].to_owned();
    let is_new = VERSION > SEEN.0;
    assert!(
        (VERSION, hash.as_str()) == SEEN,
        "facts differ from those of version {}: {} write ({VERSION}, \"{hash}\") here",
        SEEN.0,
        if is_new {
            "now"
        } else {
            "raise `cache::VERSION`, so that no kept facts are used that look otherwise, and then"
        },
    );
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut all = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() { all.extend(files(&path)) } else { all.push(path) }
    }
    all.sort();
    all
}
