//! Which files count and what kind each is: sources by class, packages, configurations, schema and platform files.
//!
//! Discovery reads manifests and configurations and no source file; what a source says about itself is for whoever reads it
//! ([`sniff()`]). It fails at nothing: what cannot be read or understood is a row in a list.

mod class;
mod package;
mod path;
mod sniff;
mod tooling;
mod tsconfig;
mod workspace;

use std::collections::BTreeSet;

pub use class::Class;
pub use package::{Manifest, Package, command_files};
pub(crate) use path::{join, parent, split_package};
pub use sniff::sniff;
pub use tsconfig::TsConfig;

use crate::source::{FileId, Language};
use crate::tree::{Listing, Skipped, Tree, Unread};

/// The largest file that is read, in bytes.
pub const MAX_BYTES: u64 = 2 * 1024 * 1024;

/// A source file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SourceFile {
    /// Relative to the root, forward slashes.
    pub path: String,
    /// Its grammar, by ending.
    pub language: Language,
    /// Its class, by path; [`sniff()`] may know better.
    pub class: Class,
    /// Size in bytes when it was listed.
    pub bytes: u64,
}

/// What a code base consists of. Every list of paths is sorted.
#[derive(Debug, Clone, Default)]
pub struct Discovery {
    /// JavaScript and TypeScript, sorted by path: a [`FileId`] is an index into this list.
    pub sources: Vec<SourceFile>,
    /// `.vue`, `.svelte`, `.astro`, `.mdx` and `.html`.
    pub markup: Vec<String>,
    /// One for each `package.json` that could be understood, sorted by folder.
    pub packages: Vec<Package>,
    /// `tsconfig*.json` and `jsconfig*.json`, with what they extend already merged in.
    pub tsconfigs: Vec<TsConfig>,
    /// `.sql`.
    pub sql: Vec<String>,
    /// `.prisma`.
    pub prisma: Vec<String>,
    /// Dockerfiles, `Procfile`, `vercel.json`, `fly.toml` and their like.
    pub platform: Vec<String>,
    /// Lock files; they are never read.
    pub lockfiles: Vec<String>,
    /// Left out by policy, with the reason.
    pub skipped: Vec<Skipped>,
    /// Wanted and not to be had, with the reason.
    pub unread: Vec<Unread>,
    /// What module resolution has to do without, for example a configuration that extends one from an absent package.
    pub notes: Vec<Skipped>,
}

impl Discovery {
    /// The source file at a path.
    #[must_use]
    pub fn source(&self, path: &str) -> Option<FileId> {
        self.sources.binary_search_by(|it| it.path.as_str().cmp(path)).ok().map(|at| FileId(at as u32))
    }

    /// The innermost package around a path.
    #[must_use]
    pub fn package_of(&self, path: &str) -> Option<&Package> {
        std::iter::successors(parent(path), |dir| parent(dir)).find_map(|dir| self.package_at(dir))
    }

    /// The package whose manifest lies in a folder.
    #[must_use]
    pub fn package_at(&self, dir: &str) -> Option<&Package> {
        self.packages.binary_search_by(|it| it.dir.as_str().cmp(dir)).ok().map(|at| &self.packages[at])
    }
}

/// Sorts a listing into what the later stages want, and reads the manifests and configurations in it.
#[must_use]
pub fn discover(tree: &dyn Tree, listing: Listing) -> Discovery {
    let mut found = Discovery { skipped: listing.skipped, unread: listing.unread, ..Discovery::default() };
    let mut manifests = Vec::new();
    let mut configs = Vec::new();
    let mut workspaces = Vec::new();
    for entry in listing.entries {
        let kind = Kind::of(&entry.path);
        if entry.bytes > MAX_BYTES && kind != Kind::Lockfile {
            found.skipped.push(Skipped::new(entry.path, "larger than 2 MiB"));
            continue;
        }
        match kind {
            Kind::Source(language) => {
                let class = Class::Production;
                found.sources.push(SourceFile { path: entry.path, language, class, bytes: entry.bytes });
            }
            Kind::Markup => found.markup.push(entry.path),
            Kind::Manifest => manifests.push(entry.path),
            Kind::Config => configs.push(entry.path),
            Kind::Workspace => workspaces.push(entry.path),
            Kind::Sql => found.sql.push(entry.path),
            Kind::Prisma => found.prisma.push(entry.path),
            Kind::Platform => found.platform.push(entry.path),
            Kind::Lockfile => found.lockfiles.push(entry.path),
        }
    }
    classify(&mut found.sources, &manifests);
    package::read(tree, &manifests, &mut found);
    workspace::mark_members(tree, &workspaces, &mut found);
    tsconfig::read(tree, &configs, &mut found);
    package::promote_started(&mut found);
    found.skipped.sort_unstable();
    found.unread.sort_unstable();
    found.notes.sort_unstable();
    found
}

fn classify(sources: &mut [SourceFile], manifests: &[String]) {
    let roots: BTreeSet<&str> = manifests.iter().filter_map(|it| parent(it)).collect();
    for source in sources {
        source.class = Class::of_path(&source.path, |dir| dir.is_empty() || roots.contains(dir));
    }
}

/// What a listed file is to discovery.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Source(Language),
    Markup,
    Manifest,
    Config,
    Workspace,
    Sql,
    Prisma,
    Platform,
    Lockfile,
}

impl Kind {
    fn of(path: &str) -> Self {
        if let Some(language) = Language::of_path(path) {
            return Self::Source(language);
        }
        let name = path.rsplit('/').next().unwrap_or(path);
        match name {
            "package.json" => Self::Manifest,
            "pnpm-workspace.yaml" | "lerna.json" => Self::Workspace,
            "package-lock.json"
            | "npm-shrinkwrap.json"
            | "pnpm-lock.yaml"
            | "yarn.lock"
            | "bun.lock"
            | "bun.lockb"
            | "deno.lock" => Self::Lockfile,
            _ => match name.rsplit_once('.').map_or("", |(_, ending)| ending) {
                "vue" | "svelte" | "astro" | "mdx" | "html" => Self::Markup,
                "sql" => Self::Sql,
                "prisma" => Self::Prisma,
                "json" if name.starts_with("tsconfig") || name.starts_with("jsconfig") => Self::Config,
                _ => Self::Platform,
            },
        }
    }
}

/// What files, given as path and text, are discovered as.
#[cfg(test)]
pub(crate) fn discovered(files: &[(&str, &str)]) -> Discovery {
    let tree: crate::tree::Memory = files.iter().copied().collect();
    discover(&tree, tree.list())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tree::{Entry, Memory};

    #[test]
    fn sorts_files_by_kind() {
        let found = discovered(&[
            ("b.ts", ""),
            ("a.tsx", ""),
            ("page.vue", ""),
            ("db/1.sql", ""),
            ("schema.prisma", ""),
            ("Dockerfile.web", ""),
            ("vercel.json", "{}"),
            ("yarn.lock", ""),
        ]);
        let sources: Vec<_> = found.sources.iter().map(|it| (it.path.as_str(), it.language)).collect();
        assert_eq!(sources, [("a.tsx", Language::Tsx), ("b.ts", Language::TypeScript)]);
        assert_eq!(found.source("b.ts"), Some(FileId(1)));
        assert_eq!(found.source("c.ts"), None);
        assert_eq!(found.markup, ["page.vue"]);
        assert_eq!(found.sql, ["db/1.sql"]);
        assert_eq!(found.prisma, ["schema.prisma"]);
        assert_eq!(found.platform, ["Dockerfile.web", "vercel.json"]);
        assert_eq!(found.lockfiles, ["yarn.lock"]);
    }

    #[test]
    fn large_files_are_skipped_unread() {
        let tree = Memory::default();
        let entry = |path: &str| Entry { path: path.into(), bytes: MAX_BYTES + 1 };
        let listing = Listing { entries: vec![entry("big.ts"), entry("yarn.lock")], ..Listing::default() };
        let found = discover(&tree, listing);
        assert_eq!(found.skipped, [Skipped::new("big.ts", "larger than 2 MiB")]);
        assert!(found.sources.is_empty());
        assert_eq!(found.lockfiles, ["yarn.lock"]);
    }

    #[test]
    fn a_manifest_that_vanished_is_unread() {
        let listing = Listing { entries: vec![Entry { path: "package.json".into(), bytes: 2 }], ..Listing::default() };
        let found = discover(&Memory::default(), listing);
        assert_eq!(found.unread, [Unread::new("package.json", "entity not found")]);
    }

    #[test]
    fn what_start_runs_is_production() {
        let found = discovered(&[
            (
                "package.json",
                r#"{"scripts": {"start": "node --enable-source-maps scripts/serve.js", "x": "node scripts/x.js"}}"#,
            ),
            ("scripts/serve.js", ""),
            ("scripts/x.js", ""),
        ]);
        let classes: Vec<_> = found.sources.iter().map(|it| it.class).collect();
        assert_eq!(classes, [Class::Production, Class::Script]);
    }
}
