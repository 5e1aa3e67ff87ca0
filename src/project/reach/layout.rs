//! The files of a code base as things that can be reached: sources first, then markup, by number.
//!
//! What somebody wrote (a path in a manifest, a word of a command, a glob) is found here; nothing is read.

use globset::{GlobBuilder, GlobMatcher};

use super::Node;
use crate::discover::{Class, Discovery, join, parent};
use crate::project::modules::{Modules, Resolved};

/// Every file that can be reached, and the package around each.
#[derive(Debug)]
pub struct Layout<'a> {
    /// What was discovered.
    pub found: &'a Discovery,
    modules: &'a Modules,
    /// The package around each node, by its position in the list of packages.
    packages: Vec<Option<usize>>,
}

impl<'a> Layout<'a> {
    /// The files that were discovered.
    #[must_use]
    pub fn new(found: &'a Discovery, modules: &'a Modules) -> Self {
        let mut layout = Self { found, modules, packages: Vec::new() };
        layout.packages = (0..layout.count()).map(|node| layout.package_around(layout.path(node))).collect();
        layout
    }

    /// How many nodes there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.found.sources.len() + self.found.markup.len()
    }

    /// The path of a node.
    #[must_use]
    pub fn path(&self, node: Node) -> &'a str {
        match self.found.sources.get(node) {
            Some(source) => &source.path,
            None => &self.found.markup[node - self.found.sources.len()],
        }
    }

    /// What kind of file a node is; markup counts as production.
    #[must_use]
    pub fn class(&self, node: Node) -> Class {
        self.found.sources.get(node).map_or(Class::Production, |it| it.class)
    }

    /// The package around a node, by its position in the list of packages.
    #[must_use]
    pub fn package(&self, node: Node) -> Option<usize> {
        self.packages[node]
    }

    /// The package around a path, by its position in the list of packages.
    #[must_use]
    pub fn package_around(&self, path: &str) -> Option<usize> {
        let packages = &self.found.packages;
        let at = |dir: &str| packages.binary_search_by(|it| it.dir.as_str().cmp(dir)).ok();
        std::iter::successors(parent(path), |dir| parent(dir)).find_map(at)
    }

    /// The nodes of a package, those of packages within it left out.
    pub fn within(&self, package: usize) -> impl Iterator<Item = Node> {
        (0..self.count()).filter(move |&node| self.packages[node] == Some(package))
    }

    /// The node that a module specifier means in a file.
    #[must_use]
    pub fn imported(&self, from: &str, specifier: &str) -> Option<Node> {
        self.node(self.modules.resolve(from, specifier))
    }

    /// The node that a path means, seen from a folder.
    #[must_use]
    pub fn named(&self, dir: &str, path: &str) -> Option<Node> {
        self.node(self.modules.at(&join(dir, path)?)?)
    }

    /// The nodes that a glob fits, seen from a folder; `!` at its start leaves it without meaning.
    #[must_use]
    pub fn matching(&self, dir: &str, written: &str) -> Vec<Node> {
        let full = if written.starts_with('!') { None } else { join(dir, written) };
        let Some(full) = full else { return Vec::new() };
        let literal = full.split(['*', '{', '[', '?']).next().unwrap_or_default();
        let folder = parent(literal).unwrap_or_default();
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let mut inside = self.starting_with(&prefix).peekable();
        if inside.peek().is_none() {
            return Vec::new();
        }
        let Some(matcher) = glob(&full) else { return Vec::new() };
        inside.filter(|&node| matcher.is_match(self.path(node))).collect()
    }

    /// The nodes at any depth below a folder that somebody wrote; none where it is the root or not there.
    #[must_use]
    pub fn below(&self, dir: &str, written: &str) -> Vec<Node> {
        let folder = join(dir, written).filter(|it| !it.is_empty());
        folder.map_or_else(Vec::new, |it| self.starting_with(&format!("{it}/")).collect())
    }

    /// The nodes whose path starts with a text.
    fn starting_with(&self, text: &str) -> impl Iterator<Item = Node> + use<> {
        let Discovery { sources, markup, .. } = self.found;
        let n_sources = sources.len();
        let from = sources.partition_point(|it| it.path.as_str() < text);
        let len = sources[from..].partition_point(|it| it.path.starts_with(text));
        let from_markup = markup.partition_point(|it| it.as_str() < text);
        let len_markup = markup[from_markup..].partition_point(|it| it.starts_with(text));
        (from..from + len).chain(n_sources + from_markup..n_sources + from_markup + len_markup)
    }

    fn node(&self, resolved: Resolved) -> Option<Node> {
        match resolved {
            Resolved::Source(id) => Some(id.index()),
            Resolved::Markup(at) => Some(self.found.sources.len() + at as usize),
            _ => None,
        }
    }
}

/// A glob in which `*` stays within a folder and an alternative may be empty.
pub(super) fn glob(text: &str) -> Option<GlobMatcher> {
    let built = GlobBuilder::new(text).literal_separator(true).empty_alternates(true).build();
    built.ok().map(|it| it.compile_matcher())
}
