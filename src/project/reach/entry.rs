//! Where programs start: what manifests, scripts, platforms, tools and frameworks run.

use std::cell::OnceCell;

use globset::{GlobBuilder, GlobSet, GlobSetBuilder};
use serde_json::Value;

use super::command::{folders_around, has_ending, named, run, strings};
use super::layout::Layout;
use super::{Aim, Node};
use crate::catalog::{Catalog, Convention, fits};
use crate::discover::{Class, Package, parent};

/// Where programs start.
#[derive(Debug, Default)]
pub struct Entries {
    /// The nodes, what each is for, and whether it shows how its package is run.
    pub nodes: Vec<Entry>,
    /// Packages of which any file may be loaded from outside, by their position in the list.
    pub open: Vec<usize>,
}

/// One place where a program starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Entry {
    /// The file.
    pub node: Node,
    /// What the program is for.
    pub aim: Aim,
    /// Whether somebody said so; a mere habit tells nothing about what else there is.
    pub is_declared: bool,
}

/// First words of scripts' names that serve development only.
const TOOL_SCRIPTS: &[&str] = &[
    "test",
    "tests",
    "e2e",
    "lint",
    "format",
    "prettier",
    "eslint",
    "typecheck",
    "type",
    "types",
    "tsc",
    "check",
    "coverage",
    "cov",
    "storybook",
    "sb",
    "bench",
    "benchmark",
    "seed",
    "codegen",
    "generate",
    "gen",
    "docs",
    "release",
    "publish",
    "version",
    "changeset",
    "clean",
    "prepare",
    "postinstall",
    "preinstall",
    "husky",
    "prisma",
    "playwright",
    "cypress",
    "vitest",
    "jest",
    "precommit",
    "ci",
    "analyze",
    "i18n",
    "extract",
    "knip",
    "validate",
];

impl Entries {
    /// Everything that starts in a code base. `texts` are platform files and configurations of tools.
    #[must_use]
    pub fn new(layout: &Layout<'_>, catalog: &Catalog, texts: &[(String, String)]) -> Self {
        let mut entries = Self::default();
        for (at, package) in layout.found.packages.iter().enumerate() {
            entries.add_manifest(layout, at, package);
            entries.add_scripts(layout, package);
        }
        entries.add_conventions(layout, catalog);
        for (path, text) in texts {
            entries.add_text(layout, catalog, path, text);
        }
        entries.add_by_class(layout);
        entries
    }

    /// Adds places; who runs a test runs it as one.
    fn add(&mut self, layout: &Layout<'_>, nodes: impl IntoIterator<Item = Node>, aim: Aim, is_declared: bool) {
        let aim_of = |node: Node| if layout.class(node) == Class::Test { Aim::Test } else { aim };
        self.nodes.extend(nodes.into_iter().map(|node| Entry { node, aim: aim_of(node), is_declared }));
    }

    /// What others get who import or run the package.
    fn add_manifest(&mut self, layout: &Layout<'_>, at: usize, package: &Package) {
        let manifest = &package.manifest;
        let fields = [&manifest.source, &manifest.main, &manifest.module, &manifest.browser, &manifest.types];
        let mut paths: Vec<&str> = fields.into_iter().flatten().map(String::as_str).collect();
        paths.extend(manifest.bin.values().map(String::as_str));
        if let Some(exports) = &manifest.exports {
            leaves(exports, &mut paths);
        }
        let main = package.name.as_deref().filter(|_| package.is_linked && !paths.is_empty());
        let inside = if package.dir.is_empty() { "_.ts".to_owned() } else { format!("{}/_.ts", package.dir) };
        let nodes = paths.iter().filter_map(|it| layout.named(&package.dir, it));
        let nodes = nodes.chain(main.and_then(|it| layout.imported(&inside, it)));
        self.add(layout, nodes.filter(|it| layout.class(*it) != Class::Declaration), Aim::Production, true);
        // Without `exports` whoever installs the package may import any of its files.
        let is_open = manifest.exports.is_none() && manifest.is_published && !manifest.is_private;
        if is_open || paths.iter().any(|it| it.contains('*') && (it.ends_with('*') || has_ending(it))) {
            self.open.push(at);
        }
    }

    fn add_scripts(&mut self, layout: &Layout<'_>, package: &Package) {
        for (name, command) in &package.manifest.scripts {
            let first = name.split([':', '-', '_', '.']).next().unwrap_or(name);
            let is_tool = TOOL_SCRIPTS.contains(&first);
            self.add(
                layout,
                named(layout, &[&package.dir], command, true),
                if is_tool { Aim::Tooling } else { Aim::Production },
                true,
            );
        }
    }

    /// Files that run where they lie, in each package by what it is built with.
    fn add_conventions(&mut self, layout: &Layout<'_>, catalog: &Catalog) {
        let conventions: Vec<_> = catalog.conventions().iter().map(|it| (it, OnceCell::new())).collect();
        let holding: Vec<Vec<_>> = layout
            .found
            .packages
            .iter()
            .map(|package| conventions.iter().filter(|it| holds(layout, package, it.0)).collect())
            .collect();
        for node in 0..layout.count() {
            let Some(package) = layout.package(node) else { continue };
            let below = layout.path(node)[layout.found.packages[package].dir.len()..].trim_start_matches('/');
            for (convention, globs) in &holding[package] {
                if globs.get_or_init(|| set(convention)).is_match(below) {
                    self.add(layout, [node], Aim::Production, convention.is_declared);
                }
            }
        }
    }

    /// What a platform file or the configuration of a tool names.
    fn add_text(&mut self, layout: &Layout<'_>, catalog: &Catalog, path: &str, text: &str) {
        let name = path.rsplit('/').next().unwrap_or(path);
        let mut dirs = folders_around(path);
        let Some(tool) = catalog.tool_of(name) else {
            if name.ends_with(".sh") {
                return self.add(layout, run(layout, &dirs, text), Aim::Production, true);
            }
            dirs.extend(layout.found.packages.iter().map(|it| it.dir.as_str()));
            dirs.sort_unstable();
            dirs.dedup();
            let is_script = name.contains("Dockerfile") || name == "Procfile";
            let nodes = if is_script { run(layout, &dirs, text) } else { named(layout, &dirs, text, false) };
            return self.add(layout, nodes, Aim::Production, true);
        };
        let own = parent(path).unwrap_or_default();
        for string in strings(text) {
            if string.contains('*') {
                if tool.globs {
                    self.add(layout, layout.matching(own, string), Aim::Production, true);
                }
            } else if tool.folders && string.contains('/') {
                self.add(layout, layout.below(own, string), Aim::Production, true);
            } else {
                self.add(layout, named(layout, &dirs, string, false), Aim::Production, true);
            }
        }
    }

    /// Tests and scripts start themselves; pages start what they ask for, and show how the package is run where tools expect it.
    fn add_by_class(&mut self, layout: &Layout<'_>) {
        for node in 0..layout.count() {
            match layout.class(node) {
                Class::Test => self.add(layout, [node], Aim::Test, false),
                Class::Script | Class::Story => self.add(layout, [node], Aim::Tooling, false),
                _ => {}
            }
        }
        let pages = layout.found.sources.len()..layout.count();
        for node in pages {
            let path = layout.path(node);
            if [".html", ".mdx", ".astro"].iter().any(|it| path.ends_with(it)) {
                self.add(layout, [node], Aim::Production, is_home(layout, node, path));
            }
        }
    }
}

/// Whether a page lies where a bundler looks for the one that starts the application.
fn is_home(layout: &Layout<'_>, node: Node, path: &str) -> bool {
    let dir = layout.package(node).map_or("", |at| &layout.found.packages[at].dir);
    let rest = path[dir.len()..].trim_start_matches('/');
    rest.ends_with(".html") && (!rest.contains('/') || rest == "src/index.html")
}

/// The paths in a value of `exports`, under whatever conditions.
fn leaves<'v>(value: &'v Value, paths: &mut Vec<&'v str>) {
    match value {
        Value::String(path) => paths.push(path),
        Value::Array(values) => values.iter().for_each(|it| leaves(it, paths)),
        Value::Object(conditions) => conditions.values().for_each(|it| leaves(it, paths)),
        _ => {}
    }
}

/// Whether a package is built with what a convention belongs to.
fn holds(layout: &Layout<'_>, package: &Package, convention: &Convention) -> bool {
    let Convention { packages, configs, beside, .. } = convention;
    if packages.is_empty() && configs.is_empty() && beside.is_empty() {
        return true;
    }
    let around = std::iter::successors(Some(package.dir.as_str()), |dir| parent(dir));
    let mut manifests = around.filter_map(|dir| layout.found.package_at(dir)).map(|it| &it.manifest);
    let mut depends = || {
        manifests.any(|manifest| {
            let mut names = manifest.dependencies.keys().chain(manifest.dev_dependencies.keys());
            names.any(|name| packages.iter().any(|it| fits(it, name)))
        })
    };
    let in_folder = |path: &str, names: &[String], is_whole: bool| {
        let (dir, name) = path.rsplit_once('/').unwrap_or(("", path));
        dir == package.dir
            && names.iter().any(|it| {
                name == it || !is_whole && name.strip_prefix(it.as_str()).is_some_and(|it| it.starts_with('.'))
            })
    };
    depends()
        || layout.found.sources.iter().any(|it| in_folder(&it.path, configs, false))
        || layout.found.platform.iter().any(|it| in_folder(it, beside, true))
}

fn set(convention: &Convention) -> GlobSet {
    let mut set = GlobSetBuilder::new();
    for glob in &convention.globs {
        let text = if convention.at_package { glob.clone() } else { format!("**/{glob}") };
        let built = GlobBuilder::new(&text).literal_separator(true).empty_alternates(true).build();
        set.add(built.expect("a test compiles every glob"));
    }
    set.build().expect("globs that are well-formed make a set")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_convention_has_globs_that_compile() {
        for convention in Catalog::shipped().conventions() {
            assert!(!set(convention).is_empty(), "{}", convention.id);
        }
    }
}
