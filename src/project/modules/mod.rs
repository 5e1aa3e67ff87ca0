//! Which file or package an import means.
//!
//! The rules of resolution are `oxc_resolver`'s; this module gives it a file system that holds the discovered files, one
//! virtual `node_modules` with the workspace's packages, and nothing else. No disk is touched, so a `node_modules` that
//! happens to be installed changes nothing.

mod config;
mod files;
mod manifest;
mod output;
mod specifier;

use oxc_resolver::{ResolveError, ResolveOptions, ResolverGeneric, TsconfigDiscovery};

use self::files::Files;
use self::specifier::Written;
use crate::discover::{Discovery, join, parent};
use crate::source::FileId;

/// What an import specifier means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolved {
    /// A discovered source file.
    Source(FileId),
    /// A package that is not part of the code base.
    Package {
        /// Its bare name: `@supabase/supabase-js`, `mysql2`, `deno.land/x/postgresjs`.
        name: String,
        /// The specifier without registry, version and query: `mysql2/promise`.
        specifier: String,
    },
    /// A module of the run-time environment.
    Builtin,
    /// Part of the code base by its form, and not there: generated, ignored or misspelled.
    Missing,
    /// A component or page of another language, by its position in [`Discovery::markup`].
    Markup(u32),
    /// A file that holds no JavaScript of its own, or an address.
    Other,
}

/// Resolves every import of one code base. Shared between threads; what was looked up once is remembered.
#[derive(Debug)]
pub struct Modules {
    resolver: ResolverGeneric<Files>,
    files: Files,
    markup: Vec<String>,
}

impl Modules {
    /// The modules of a discovered code base.
    #[must_use]
    pub fn new(found: &Discovery) -> Self {
        let files = Files::new(found);
        let resolver = ResolverGeneric::new_with_file_system(files.clone(), options());
        Self { resolver, files, markup: found.markup.clone() }
    }

    /// What `specifier` means in the file at `from`, a path relative to the root.
    #[must_use]
    pub fn resolve(&self, from: &str, specifier: &str) -> Resolved {
        match specifier::read(specifier) {
            Written::Builtin => Resolved::Builtin,
            Written::Address => Resolved::Other,
            Written::Package { name, specifier } => Resolved::Package { name, specifier },
            Written::Local(specifier) => self.resolve_local(parent(from).unwrap_or_default(), specifier),
        }
    }

    fn resolve_local(&self, dir: &str, specifier: &str) -> Resolved {
        if specifier.starts_with("../") && join(dir, specifier).is_none() {
            return Resolved::Missing;
        }
        // The name of the importing file decides nothing, and a fixed one lets the resolver find a folder's configuration once.
        match self.resolver.resolve_file(files::absolute(&format!("{dir}/_.ts")), specifier) {
            Ok(_) if self.is_shadowed_dependency(dir, specifier) => unresolved(false, specifier),
            Ok(resolution) => self.resolved(&files::relative(resolution.path())),
            Err(ResolveError::Builtin { .. }) => Resolved::Builtin,
            Err(_) => match self.by_own_aliases(specifier).or_else(|| self.by_same_name(dir, specifier)) {
                Some(path) => self.resolved(&path),
                None => unresolved(self.files.linked(specifier).is_some(), specifier),
            },
        }
    }

    /// Whether a specifier is a declared dependency that a folder of the same name below `baseUrl` only seems to provide: the
    /// compiler may see `redis/index.ts`, but what runs is the package. An explicit alias does mean its target.
    fn is_shadowed_dependency(&self, dir: &str, specifier: &str) -> bool {
        if !specifier::package_name(specifier).is_some_and(|name| self.files.depends_on(dir, name)) {
            return false;
        }
        let config = self.resolver.find_tsconfig(files::absolute(&format!("{dir}/_.ts"))).ok().flatten();
        let paths = config.as_ref().and_then(|it| it.compiler_options.paths.as_ref());
        let covers = |pattern: &str| match pattern.split_once('*') {
            Some((before, after)) => specifier.starts_with(before) && specifier.ends_with(after),
            None => specifier == pattern,
        };
        !paths.is_some_and(|it| it.keys().any(|pattern| covers(pattern)))
    }

    fn resolved(&self, path: &str) -> Resolved {
        let markup = || self.markup.binary_search_by(|it| it.as_str().cmp(path)).ok();
        match self.files.source(path) {
            Some(id) => Resolved::Source(id),
            None => markup().map_or(Resolved::Other, |at| Resolved::Markup(at as u32)),
        }
    }

    /// The discovered source or markup that a path relative to the root means: itself, with another ending, as a folder's index,
    /// or what build output is made from.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<Resolved> {
        match self.resolved(&self.files.find(path)?) {
            Resolved::Other => None,
            found => Some(found),
        }
    }

    /// What a workspace package means by its own name: aliases in its configuration may know entries that its manifest does not.
    fn by_own_aliases(&self, specifier: &str) -> Option<String> {
        let (package, _) = self.files.linked(specifier)?;
        let resolution = self.resolver.resolve_file(files::absolute(&format!("{package}/_.ts")), specifier).ok()?;
        Some(files::relative(resolution.path()))
    }

    /// Where a specifier that no configuration explains most likely points: a workspace package's path that its manifest does
    /// not export, a file for one of several platforms, or an alias that only a bundler's configuration declares.
    fn by_same_name(&self, dir: &str, specifier: &str) -> Option<String> {
        if let Some((package, rest)) = self.files.linked(specifier) {
            let candidates = [join(package, rest)?, join(package, &format!("src/{rest}"))?];
            return candidates.iter().find_map(|it| self.files.find(it));
        }
        if specifier.starts_with('.') {
            return self.files.find(&join(dir, specifier)?);
        }
        let (alias, rest) = specifier.split_once('/')?;
        let folders: &[&str] = match alias {
            "@" | "~" | "#" | "@@" | "~~" | "" => &["src", "", "app"],
            "$lib" => &["src/lib"],
            "src" | "app" => &[alias],
            _ => return None,
        };
        let package = self.files.package_around(dir);
        folders.iter().find_map(|folder| self.files.find(&join(package, &format!("{folder}/{rest}"))?))
    }
}

fn options() -> ResolveOptions {
    let texts = |list: &[&str]| -> Vec<String> { list.iter().map(|it| (*it).to_owned()).collect() };
    let alias = |from: &str, to: &[&str]| (from.to_owned(), texts(to));
    ResolveOptions {
        tsconfig: Some(TsconfigDiscovery::Auto),
        condition_names: texts(&["source", "import", "module", "require", "node"]),
        extensions: texts(files::EXTENSIONS),
        // What a compiler writes is imported by its later name.
        extension_alias: vec![
            alias(".js", &[".ts", ".tsx", ".js", ".jsx", ".d.ts"]),
            alias(".jsx", &[".tsx", ".jsx"]),
            alias(".mjs", &[".mts", ".mjs", ".ts", ".tsx", ".js"]),
            alias(".cjs", &[".cts", ".cjs", ".ts", ".js"]),
        ],
        allow_package_exports_in_directory_resolve: true,
        builtin_modules: true,
        node_path: false,
        ..ResolveOptions::default()
    }
}

fn unresolved(is_linked: bool, specifier: &str) -> Resolved {
    if specifier::is_asset(specifier) {
        return Resolved::Other;
    }
    match specifier::package_name(specifier) {
        Some(name) if !is_linked => Resolved::Package { name: name.to_owned(), specifier: specifier.to_owned() },
        _ => Resolved::Missing,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::discover::discovered;

    struct Code {
        found: Discovery,
        modules: Modules,
    }

    fn code(files: &[(&str, &str)]) -> Code {
        let found = discovered(files);
        let modules = Modules::new(&found);
        Code { found, modules }
    }

    impl Code {
        /// Each row: from, specifier, and the source file that it must mean.
        fn check(&self, rows: &[(&str, &str, &str)]) {
            for (from, specifier, expected) in rows {
                match self.modules.resolve(from, specifier) {
                    Resolved::Source(id) => {
                        assert_eq!(self.found.sources[id.index()].path, *expected, "{specifier} in {from}");
                    }
                    other => panic!("{specifier} in {from} is {other:?}, not {expected}"),
                }
            }
        }
    }

    fn package(name: &str, specifier: &str) -> Resolved {
        Resolved::Package { name: name.into(), specifier: specifier.into() }
    }

    #[test]
    fn relative_paths_indexes_and_later_names() {
        let code = code(&[
            ("src/a.ts", ""),
            ("src/b.tsx", ""),
            ("src/c/index.js", ""),
            ("src/d.mts", ""),
            ("src/types.d.ts", ""),
            ("src/both.js", ""),
            ("src/both.d.ts", ""),
            ("src/user.service.ts", ""),
        ]);
        code.check(&[
            ("src/a.ts", "./b", "src/b.tsx"),
            ("src/a.ts", "./b.js", "src/b.tsx"),
            ("src/a.ts", "./c", "src/c/index.js"),
            ("src/c/index.js", "..//a", "src/a.ts"),
            ("src/a.ts", "./d.mjs", "src/d.mts"),
            ("src/a.ts", "./types", "src/types.d.ts"),
            ("src/a.ts", "./both", "src/both.js"),
            ("src/a.ts", "./user.service", "src/user.service.ts"),
            ("src/a.ts", "./b?worker", "src/b.tsx"),
        ]);
    }

    #[test]
    fn what_is_no_source() {
        let code = code(&[("src/a.ts", ""), ("src/view.vue", ""), ("a.ts", "")]);
        let rows = [
            ("./nowhere", Resolved::Missing),
            ("./logo.svg", Resolved::Other),
            ("./view.vue", Resolved::Markup(0)),
            ("./view", Resolved::Markup(0)),
            ("fs", Resolved::Builtin),
            ("node:fs/promises", Resolved::Builtin),
            ("@/nowhere", Resolved::Missing),
            ("#nowhere", Resolved::Missing),
            ("../../a", Resolved::Missing),
            ("react", package("react", "react")),
            ("mysql2/promise", package("mysql2", "mysql2/promise")),
            ("https://esm.sh/@supabase/supabase-js@2", package("@supabase/supabase-js", "@supabase/supabase-js")),
        ];
        for (specifier, expected) in rows {
            assert_eq!(code.modules.resolve("src/a.ts", specifier), expected, "{specifier}");
        }
    }

    #[test]
    fn aliases_from_the_nearest_configuration() {
        let code = code(&[
            ("tsconfig.json", r#"{"compilerOptions": {"paths": {"@/*": ["./src/*"]}}}"#),
            ("src/db.ts", ""),
            ("web/tsconfig.json", r#"{"files": [], "references": [{"path": "./tsconfig.app.json"}]}"#),
            (
                "web/tsconfig.app.json",
                r#"{"extends": "gone", "compilerOptions": {"paths": {"@/*": ["./app/*"]}}, "include": ["app"]}"#,
            ),
            ("web/app/db.tsx", ""),
            ("js/jsconfig.json", r#"{"compilerOptions": {"baseUrl": "./lib"}}"#),
            ("js/lib/deep/db.js", ""),
        ]);
        code.check(&[
            ("src/x.js", "@/db", "src/db.ts"),
            ("scripts/x.js", "@/db", "src/db.ts"),
            ("web/app/x.ts", "@/db", "web/app/db.tsx"),
            ("js/lib/x.js", "deep/db", "js/lib/deep/db.js"),
        ]);
    }

    #[test]
    fn a_declared_dependency_is_no_folder_below_the_base_url() {
        let code = code(&[
            ("package.json", r#"{"dependencies": {"redis": "4", "pg": "8"}}"#),
            ("tsconfig.json", r#"{"compilerOptions": {"baseUrl": "src", "paths": {"pg": ["pg"]}}}"#),
            ("src/redis/index.ts", ""),
            ("src/pg/index.ts", ""),
            ("src/own/index.ts", ""),
        ]);
        code.check(&[("src/a.ts", "own", "src/own/index.ts"), ("src/a.ts", "pg", "src/pg/index.ts")]);
        assert_eq!(code.modules.resolve("src/a.ts", "redis"), package("redis", "redis"));
    }

    #[test]
    fn is_shared_between_threads() {
        fn check<T: Send + Sync>() {}
        check::<Modules>();
    }

    #[test]
    fn workspace_packages_resolve_to_their_source() {
        let code = code(&[
            ("package.json", r#"{"workspaces": ["packages/*"]}"#),
            ("packages/main/package.json", r#"{"name": "main", "main": "dist/index.js"}"#),
            ("packages/main/src/index.ts", ""),
            ("packages/main/src/deep/a.ts", ""),
            (
                "packages/cond/package.json",
                r#"{"name": "@x/cond", "exports": {
                    ".": {"types": "./dist/index.d.ts", "@x/source": "./src/entry.ts", "import": "./dist/index.mjs"},
                    "./util": {"import": {"types": "./dist/esm/util.d.mts", "default": "./dist/esm/util.mjs"}},
                    "./feature/*": "./dist/features/*.js", "./folder/*": "./dist/features/*"}}"#,
            ),
            ("packages/cond/src/entry.ts", ""),
            ("packages/cond/src/index.ts", ""),
            ("packages/cond/src/util.ts", ""),
            ("packages/cond/src/features/one.tsx", ""),
            ("packages/cond/src/features/two/index.ts", ""),
            ("packages/cond/src/hidden.ts", ""),
            ("packages/bare/package.json", r#"{"name": "bare"}"#),
            ("packages/bare/index.ts", ""),
            ("app.ts", ""),
        ]);
        code.check(&[
            ("app.ts", "main", "packages/main/src/index.ts"),
            ("app.ts", "main/dist/deep/a", "packages/main/src/deep/a.ts"),
            ("app.ts", "main/deep/a", "packages/main/src/deep/a.ts"),
            ("app.ts", "@x/cond", "packages/cond/src/entry.ts"),
            ("app.ts", "@x/cond/util", "packages/cond/src/util.ts"),
            ("app.ts", "@x/cond/feature/one", "packages/cond/src/features/one.tsx"),
            ("app.ts", "@x/cond/folder/two", "packages/cond/src/features/two/index.ts"),
            ("app.ts", "@x/cond/hidden", "packages/cond/src/hidden.ts"),
            ("packages/main/src/index.ts", "bare", "packages/bare/index.ts"),
        ]);
        assert_eq!(code.modules.resolve("app.ts", "@x/cond/nowhere"), Resolved::Missing);
    }

    #[test]
    fn declared_output_folders() {
        let code = code(&[
            ("pnpm-workspace.yaml", "packages: ['*']"),
            ("a/package.json", r#"{"name": "a", "main": "./built/main.js"}"#),
            ("a/tsconfig.json", r#"{"compilerOptions": {"outDir": "built", "rootDir": "code"}}"#),
            ("a/code/main.ts", ""),
            ("a/index.ts", ""),
        ]);
        code.check(&[("b/x.ts", "a", "a/code/main.ts")]);
    }

    #[test]
    fn an_output_folder_that_is_there_stands_for_itself() {
        let code = code(&[("package.json", "{}"), ("lib/a.js", ""), ("src/b.ts", ""), ("x.ts", "")]);
        code.check(&[("x.ts", "./lib/a", "lib/a.js")]);
        assert_eq!(code.modules.resolve("x.ts", "./lib/b"), Resolved::Missing);
    }

    #[test]
    fn imports_of_a_package_and_own_name() {
        let code = code(&[
            (
                "package.json",
                r##"{"name": "self", "imports": {"#db": "./dist/db.js", "#lib/*": "./lib/*.ts", "#pg": "pg"}, "exports": "./dist/index.js"}"##,
            ),
            ("src/db.ts", ""),
            ("src/index.ts", ""),
            ("lib/a.ts", ""),
        ]);
        code.check(&[
            ("src/x.ts", "#db", "src/db.ts"),
            ("src/x.ts", "#lib/a", "lib/a.ts"),
            ("src/x.ts", "self", "src/index.ts"),
        ]);
    }

    #[test]
    fn an_unlinked_package_of_the_same_name_is_not_meant() {
        let code = code(&[
            ("fixtures/react/package.json", r#"{"name": "react", "main": "index.js"}"#),
            ("fixtures/react/index.js", ""),
            ("src/a.ts", ""),
        ]);
        assert_eq!(code.modules.resolve("src/a.ts", "react"), package("react", "react"));
    }

    #[test]
    fn entries_that_only_a_bundler_knows() {
        let code = code(&[
            ("web/package.json", "{}"),
            ("web/src/db.ts", ""),
            ("kit/package.json", "{}"),
            ("kit/src/lib/db.ts", ""),
            ("kit/src/button.native.tsx", ""),
        ]);
        code.check(&[
            ("web/src/deep/x.ts", "@/db", "web/src/db.ts"),
            ("kit/src/x.ts", "$lib/db", "kit/src/lib/db.ts"),
            ("kit/src/x.ts", "./button", "kit/src/button.native.tsx"),
        ]);
    }

    #[test]
    fn a_broken_manifest_or_configuration_costs_nothing_else() {
        let code = code(&[("package.json", "{{"), ("tsconfig.json", "{{"), ("src/a.ts", ""), ("src/b.ts", "")]);
        code.check(&[("src/a.ts", "./b", "src/b.ts")]);
        assert_eq!(code.found.notes.len(), 2);
    }
}
