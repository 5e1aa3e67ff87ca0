//! The file system that the resolver sees.
//!
//! It holds the discovered files, a `node_modules` whose entries are links to the workspace's packages, manifests and
//! configurations rewritten for resolution, and links from absent build output to source. It never touches a disk.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use oxc_resolver::{FileMetadata, FileSystem, ResolveError};

use super::output::{Outputs, under};
use super::{config, manifest};
use crate::discover::{Discovery, TsConfig, parent, split_package};
use crate::source::{FileId, Language};

/// What an import without an ending may mean, best first. Declarations stand behind what they declare.
pub(super) const EXTENSIONS: &[&str] =
    &[".ts", ".tsx", ".js", ".jsx", ".mts", ".mjs", ".cts", ".cjs", ".d.ts", ".d.mts", ".vue", ".svelte"];

/// Endings between which only a bundler for several platforms chooses.
const PLATFORM_EXTENSIONS: &[&str] =
    &[".web.ts", ".web.tsx", ".native.ts", ".native.tsx", ".ios.ts", ".ios.tsx", ".web.js", ".native.js", ".ios.js"];

#[cfg(not(windows))]
const ROOT: &str = "/";
#[cfg(windows)]
const ROOT: &str = "C:\\";

/// A path of the code base as the resolver wants it: absolute.
pub(super) fn absolute(path: &str) -> PathBuf {
    let path = path.trim_start_matches('/');
    let native = if cfg!(windows) { path.replace('/', "\\") } else { path.to_owned() };
    PathBuf::from(format!("{ROOT}{native}"))
}

/// A path of the resolver as the code base spells it.
pub(super) fn relative(path: &Path) -> String {
    let path = path.to_string_lossy();
    let path = path.strip_prefix(ROOT).unwrap_or(&path);
    if cfg!(windows) { path.replace('\\', "/") } else { path.to_owned() }
}

/// What is at a path.
enum Node {
    File,
    Folder,
    Link(String),
}

/// The files of one code base; a clone shares them.
#[derive(Debug, Clone)]
pub(super) struct Files(Arc<Contents>);

#[derive(Debug, Default)]
struct Contents {
    /// Files, with their id if they are sources.
    files: HashMap<String, Option<FileId>>,
    /// Folders, and whether each holds a manifest.
    folders: HashMap<String, bool>,
    /// Manifests and configurations as the resolver reads them.
    texts: HashMap<String, String>,
    /// Folders of the packages that can be imported by name.
    packages: HashMap<String, String>,
    /// What each manifest depends on that is not one of those, by folder.
    dependencies: HashMap<String, HashSet<String>>,
    outputs: Outputs,
}

impl Files {
    /// The files that were discovered.
    pub(super) fn new(found: &Discovery) -> Self {
        let mut contents = Contents::default();
        for (index, source) in found.sources.iter().enumerate() {
            contents.add(&source.path, Some(FileId(index as u32)));
        }
        for path in &found.markup {
            contents.add(path, None);
        }
        contents.add_folder("", false);
        for package in &found.packages {
            contents.add_folder(&package.dir, true);
        }
        contents.outputs = Outputs::new(found, |dir| contents.folders.contains_key(dir));
        contents.add_configs(&found.tsconfigs);
        contents.add_packages(found);
        Self(Arc::new(contents))
    }

    /// The source file at a path.
    pub(super) fn source(&self, path: &str) -> Option<FileId> {
        self.0.files.get(path).copied().flatten()
    }

    /// The folder of the workspace package that a specifier starts with, and the rest of the specifier.
    pub(super) fn linked<'s>(&self, specifier: &'s str) -> Option<(&str, &'s str)> {
        let (name, rest) = split_package(specifier);
        Some((self.0.packages.get(name)?, rest))
    }

    /// The innermost folder around `dir` that holds a manifest; the root where none does.
    pub(super) fn package_around<'d>(&self, dir: &'d str) -> &'d str {
        let around = std::iter::successors(Some(dir), |dir| parent(dir));
        around.into_iter().find(|it| self.0.folders.get(*it) == Some(&true)).unwrap_or_default()
    }

    /// Whether a manifest around `dir` declares a dependency on a package from outside.
    pub(super) fn depends_on(&self, dir: &str, name: &str) -> bool {
        let around = std::iter::successors(Some(dir), |dir| parent(dir));
        around.filter_map(|it| self.0.dependencies.get(it)).any(|it| it.contains(name))
    }

    /// The file that a path means: itself, with another ending, as a folder's index, what build output is made from, or one of
    /// several platforms' variants.
    pub(super) fn find(&self, path: &str) -> Option<String> {
        let variants = || PLATFORM_EXTENSIONS.iter().map(|ending| format!("{path}{ending}"));
        self.0.find(path).or_else(|| variants().find(|it| self.0.files.contains_key(it)))
    }
}

impl Contents {
    fn add(&mut self, path: &str, id: Option<FileId>) {
        self.files.insert(path.to_owned(), id);
        self.add_folder(parent(path).unwrap_or_default(), false);
    }

    fn add_folder(&mut self, dir: &str, is_package: bool) {
        if let Some(known) = self.folders.get_mut(dir) {
            *known |= is_package;
            return;
        }
        self.folders.insert(dir.to_owned(), is_package);
        if let Some(around) = parent(dir) {
            self.add_folder(around, false);
        }
    }

    fn add_configs(&mut self, configs: &[TsConfig]) {
        let by_path: BTreeMap<&str, &TsConfig> = configs.iter().map(|it| (it.path.as_str(), it)).collect();
        for config in configs {
            let dir = parent(&config.path).unwrap_or_default();
            let served = under(dir, "tsconfig.json");
            let is_main = config.path == served
                || (config.path == under(dir, "jsconfig.json") && !by_path.contains_key(served.as_str()));
            if is_main {
                self.texts.insert(served, config::served(config, dir, &by_path));
            }
        }
    }

    /// Where two packages have one name, the one nearer to the root is meant.
    fn add_packages(&mut self, found: &Discovery) {
        for package in &found.packages {
            let text = manifest::served(package, |it| self.find(it), |dir| self.folders.contains_key(dir));
            self.texts.insert(under(&package.dir, "package.json"), text);
            if let Some(name) = package.name.as_ref().filter(|_| package.is_linked) {
                let depth = |dir: &str| dir.split('/').count();
                let known = self.packages.get(name);
                if known.is_none_or(|known| depth(&package.dir) < depth(known)) {
                    self.packages.insert(name.clone(), package.dir.clone());
                }
            }
        }
        for package in &found.packages {
            let names = package.manifest.dependencies.keys().chain(package.manifest.dev_dependencies.keys());
            let outside = names.filter(|it| !self.packages.contains_key(*it)).cloned().collect();
            self.dependencies.insert(package.dir.clone(), outside);
        }
    }

    /// The file that a path means: itself, with another ending, as a folder's index, or what build output is made from.
    fn find(&self, path: &str) -> Option<String> {
        self.find_listed(path).or_else(|| self.outputs.sources_of(path).iter().find_map(|it| self.find_listed(it)))
    }

    fn find_listed(&self, path: &str) -> Option<String> {
        if self.files.contains_key(path) {
            return Some(path.to_owned());
        }
        let stem = compiled_stem(path).unwrap_or(path);
        let bare = EXTENSIONS.iter().map(|ending| format!("{stem}{ending}"));
        let index = EXTENSIONS.iter().map(|ending| under(path, &format!("index{ending}")));
        bare.chain(index).find(|it| self.files.contains_key(it))
    }

    fn node(&self, path: &str) -> Option<Node> {
        if let Some(rest) = path.strip_prefix("node_modules") {
            return self.node_of_module(rest);
        }
        if self.files.contains_key(path) || self.texts.contains_key(path) {
            return Some(Node::File);
        }
        if self.folders.contains_key(path) {
            return Some(Node::Folder);
        }
        // No absent output folder has a listed folder in it, so that most misses end here.
        if !self.outputs.contains(path) && parent(path).is_some_and(|dir| self.folders.contains_key(dir)) {
            return None;
        }
        self.node_in_output(path)
    }

    fn node_in_output(&self, path: &str) -> Option<Node> {
        self.outputs.sources_of(path).into_iter().find_map(|source| {
            if self.folders.contains_key(&source) {
                return Some(Node::Folder);
            }
            let declared = declared_stem(&source).and_then(|_| self.find_listed(&source));
            declared.or_else(|| self.files.contains_key(&source).then_some(source)).map(Node::Link)
        })
    }

    /// What is at `node_modules{rest}`.
    fn node_of_module(&self, rest: &str) -> Option<Node> {
        let rest = rest.trim_start_matches('/');
        let (name, inside) = split_package(rest);
        if let Some(dir) = self.packages.get(name) {
            return if inside.is_empty() { Some(Node::Link(dir.clone())) } else { self.node(&under(dir, inside)) };
        }
        let is_scope = rest.starts_with('@') && self.packages.keys().any(|it| it.split('/').next() == Some(rest));
        (rest.is_empty() || is_scope).then_some(Node::Folder)
    }

    fn text(&self, path: &str) -> Option<&String> {
        let Some(rest) = path.strip_prefix("node_modules/") else { return self.texts.get(path) };
        let (name, inside) = split_package(rest);
        self.texts.get(&under(self.packages.get(name)?, inside))
    }
}

/// A path without the ending that a compiler gave it: `a` of `a.js` and `a.d.ts`.
fn compiled_stem(path: &str) -> Option<&str> {
    declared_stem(path).or_else(|| [".js", ".jsx", ".mjs", ".cjs"].iter().find_map(|it| path.strip_suffix(it)))
}

fn declared_stem(path: &str) -> Option<&str> {
    Language::of_path(path)?;
    [".d.ts", ".d.mts", ".d.cts"].iter().find_map(|it| path.strip_suffix(it))
}

impl FileSystem for Files {
    fn new() -> Self {
        Self(Arc::default())
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.read_to_string(path).map(String::into_bytes)
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        self.0.text(&relative(path)).cloned().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        let mut node = self.0.node(&relative(path));
        if let Some(Node::Link(target)) = node {
            node = self.0.node(&target);
        }
        metadata(node)
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        metadata(self.0.node(&relative(path)))
    }

    fn read_link(&self, path: &Path) -> Result<PathBuf, ResolveError> {
        match self.0.node(&relative(path)) {
            Some(Node::Link(target)) => Ok(absolute(&target)),
            _ => Err(io::Error::from(io::ErrorKind::InvalidInput).into()),
        }
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        match self.0.node(&relative(path)) {
            Some(Node::Link(target)) => Ok(absolute(&target)),
            Some(_) => Ok(path.to_owned()),
            None => Err(io::ErrorKind::NotFound.into()),
        }
    }
}

fn metadata(node: Option<Node>) -> io::Result<FileMetadata> {
    match node {
        Some(Node::File) => Ok(FileMetadata::new(true, false, false)),
        Some(Node::Folder) => Ok(FileMetadata::new(false, true, false)),
        Some(Node::Link(_)) => Ok(FileMetadata::new(false, false, true)),
        None => Err(io::ErrorKind::NotFound.into()),
    }
}
