//! From build output back to source.
//!
//! Manifests point at `dist/index.js`, which is not in the code base. Where an output folder is absent, a path in it stands
//! for the source file that it is made from. A folder that is there stands for itself.

use std::collections::HashMap;

use crate::discover::{Discovery, parent};

/// Folders that compilers and bundlers write beside a manifest.
const OUTPUT_NAMES: &[&str] =
    &["dist", "lib", "build", "out", "esm", "cjs", "es", "dist-cjs", "dist-esm", "types", "output"];

/// Folders in an output folder that tell formats apart and have no counterpart in the source.
const FORMAT_NAMES: &[&str] = &[
    "browser", "cjs", "commonjs", "dts", "es", "esm", "lib", "mjs", "module", "node", "src", "types", "umd", "_cjs",
    "_esm", "_types",
];

/// Where each absent output folder comes from: its path, and the source folders to look in, best first.
#[derive(Debug, Clone, Default)]
pub(super) struct Outputs(HashMap<String, Vec<String>>);

impl Outputs {
    /// The output folders of a code base. `is_there` says whether it holds a folder.
    pub(super) fn new(found: &Discovery, is_there: impl Fn(&str) -> bool) -> Self {
        let mut outputs: HashMap<String, Vec<String>> = HashMap::new();
        for config in &found.tsconfigs {
            let Some(out_dir) = config.out_dir.as_ref().filter(|it| !it.is_empty() && !is_there(it)) else { continue };
            let roots = outputs.entry(out_dir.clone()).or_default();
            roots.extend(config.root_dir.clone());
        }
        for package in &found.packages {
            for name in OUTPUT_NAMES {
                let out_dir = under(&package.dir, name);
                if !is_there(&out_dir) {
                    outputs.entry(out_dir).or_default();
                }
            }
        }
        for (out_dir, roots) in &mut outputs {
            let package = parent(out_dir).unwrap_or_default();
            roots.extend([under(package, "src"), package.to_owned()]);
        }
        Self(outputs)
    }

    /// Whether a path is itself an absent output folder.
    pub(super) fn contains(&self, path: &str) -> bool {
        self.0.contains_key(path)
    }

    /// The source paths that a path in build output may stand for, best first.
    pub(super) fn sources_of(&self, path: &str) -> Vec<String> {
        let mut ends = std::iter::once(path.len()).chain(path.rmatch_indices('/').map(|(end, _)| end));
        let Some((end, roots)) = ends.find_map(|end| Some((end, self.0.get(&path[..end])?))) else {
            return Vec::new();
        };
        let rest = path[end..].trim_start_matches('/');
        let shorter = rest.split_once('/').filter(|(first, _)| FORMAT_NAMES.contains(first)).map(|(_, rest)| rest);
        let in_roots = |rest: &str| roots.iter().map(|root| under(root, rest)).collect::<Vec<_>>();
        let mut sources = in_roots(rest);
        sources.extend(shorter.map(in_roots).into_iter().flatten());
        sources
    }
}

/// `name` in the folder `dir`, either of which may be the empty path.
pub(super) fn under(dir: &str, name: &str) -> String {
    match (dir, name) {
        ("", _) => name.to_owned(),
        (_, "") => dir.to_owned(),
        _ => format!("{dir}/{name}"),
    }
}
