//! Which files are worth knowing and which folders are never entered, by name alone.
//!
//! The same answers hold for every tree. Nothing here looks at content or at the disk.

use crate::source::Language;

/// What to do with a folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Folder {
    /// Look inside.
    Enter,
    /// Leave it out and say so.
    Prune(&'static str),
    /// Leave it out without a word: hidden.
    Hide,
}

const INSTALLED: &[&str] =
    &["node_modules", "bower_components", "jspm_packages", "web_modules", ".pnpm-store", ".yarn"];

const VENDORED: &[&str] = &["third_party", "third-party"];

/// Hidden folders that tools write into.
const BUILD_CACHES: &[&str] = &[
    ".angular",
    ".astro",
    ".cache",
    ".docusaurus",
    ".expo",
    ".medusa",
    ".netlify",
    ".next",
    ".nuxt",
    ".nx",
    ".output",
    ".parcel-cache",
    ".react-router",
    ".serverless",
    ".sst",
    ".svelte-kit",
    ".tanstack",
    ".turbo",
    ".vercel",
    ".vinxi",
    ".wrangler",
];

/// Names that mean build output beside a manifest, and anything at all further down: `src/build` is source.
const BUILD_OUTPUT: &[&str] = &["build", "coverage", "dist", "out", "storybook-static", "vendor"];

/// Hidden folders whose content is shipped, or belongs to a story book.
const COUNTED_HIDDEN: &[&str] = &[".client", ".server", ".storybook", ".well-known"];

/// What to do with a folder of this name. `is_project` says whether the folder around it is the root or holds a
/// `package.json`; it is asked only where the name alone does not decide.
pub(super) fn folder(name: &str, is_project: impl FnOnce() -> bool) -> Folder {
    if INSTALLED.contains(&name) {
        return Folder::Prune("installed packages");
    }
    if BUILD_CACHES.contains(&name) {
        return Folder::Prune("build output");
    }
    if VENDORED.contains(&name) {
        return Folder::Prune("vendored");
    }
    if name.starts_with('.') {
        return if COUNTED_HIDDEN.contains(&name) { Folder::Enter } else { Folder::Hide };
    }
    if BUILD_OUTPUT.contains(&name) && is_project() {
        return Folder::Prune(if name == "vendor" { "vendored" } else { "build output" });
    }
    Folder::Enter
}

/// Whether a folder of this name is written by tools wherever it lies.
pub(crate) fn is_machine_made(folder: &str) -> bool {
    INSTALLED.contains(&folder) || BUILD_CACHES.contains(&folder)
}

const ENDINGS: &[&str] = &["vue", "svelte", "astro", "mdx", "html", "sql", "prisma", "sh"];

const NAMES: &[&str] = &[
    "package.json",
    "lerna.json",
    "pnpm-workspace.yaml",
    "Procfile",
    "vercel.json",
    "fly.toml",
    "railway.json",
    "railway.toml",
    "netlify.toml",
    "render.yaml",
    "render.yml",
    "wrangler.toml",
    "wrangler.json",
    "wrangler.jsonc",
    "serverless.yml",
    "serverless.yaml",
    "docker-compose.yml",
    "docker-compose.yaml",
    "compose.yml",
    "compose.yaml",
    "nest-cli.json",
    "project.json",
    "angular.json",
    "manifest.json",
    "firebase.json",
    "deno.json",
    "deno.jsonc",
    "electron-builder.json",
    "electron-builder.yml",
    "template.yaml",
    "app.yaml",
    "nixpacks.toml",
    "package-lock.json",
    "pnpm-lock.yaml",
    "yarn.lock",
    "bun.lock",
    "bun.lockb",
    "deno.lock",
    "npm-shrinkwrap.json",
];

/// Whether a file of this name is worth knowing.
pub(super) fn is_wanted(name: &str) -> bool {
    if name.starts_with('.') {
        return false;
    }
    if Language::of_path(name).is_some() || NAMES.contains(&name) || name.starts_with("Dockerfile") {
        return true;
    }
    match name.rsplit_once('.') {
        Some((stem, "json")) => stem.starts_with("tsconfig") || stem.starts_with("jsconfig"),
        Some((_, ending)) => ENDINGS.contains(&ending) || ending == "Dockerfile",
        None => false,
    }
}

/// Whether a link's name says that nobody would want its target, so that it is not worth a row.
pub(super) fn is_silent_link(name: &str) -> bool {
    name.starts_with('.') || (name.contains('.') && !is_wanted(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn build_is_output_beside_a_manifest_only() {
        assert_eq!(folder("build", || true), Folder::Prune("build output"));
        assert_eq!(folder("build", || false), Folder::Enter);
        assert_eq!(folder("lib", || true), Folder::Enter);
        assert_eq!(folder("node_modules", || false), Folder::Prune("installed packages"));
    }

    #[test]
    fn hidden_folders_are_silent_except_the_short_list() {
        assert_eq!(folder(".git", || true), Folder::Hide);
        assert_eq!(folder(".server", || false), Folder::Enter);
        assert_eq!(folder(".next", || false), Folder::Prune("build output"));
    }

    #[test]
    fn wanted_names() {
        for name in ["a.ts", "A.vue", "tsconfig.app.json", "Dockerfile.web", "web.Dockerfile", "x.sql", "yarn.lock"] {
            assert!(is_wanted(name), "{name}");
        }
        for name in [".eslintrc.js", "a.json", "README.md", "tsconfig", "a.css"] {
            assert!(!is_wanted(name), "{name}");
        }
    }
}
