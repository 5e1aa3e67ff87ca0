//! What kind of file a path is.
//!
//! A file is production unless its path proves otherwise: calling production code a test hides it from every rule, and code
//! that only tests use is found by reachability anyway.

use super::tooling::is_tool_config;

/// What a source file is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Class {
    /// Runs for users.
    Production,
    /// Tests, their fixtures and mocks.
    Test,
    /// Run by hand or by a tool: scripts, seeds, migrations, tool configuration.
    Script,
    /// A component's show case.
    Story,
    /// Types without code.
    Declaration,
    /// Written by a program.
    Generated,
    /// Somebody else's code, copied in.
    Vendored,
    /// Packed for shipping.
    Minified,
}

impl Class {
    /// Whether files of this class are audited.
    #[must_use]
    pub fn is_audited(self, include_tests: bool) -> bool {
        match self {
            Self::Production => true,
            Self::Test | Self::Script | Self::Story => include_tests,
            Self::Declaration | Self::Generated | Self::Vendored | Self::Minified => false,
        }
    }

    /// Why files of this class are in the report's list of skipped files; `None` for classes that have no row there.
    #[must_use]
    pub fn skip_reason(self) -> Option<&'static str> {
        match self {
            Self::Generated => Some("generated"),
            Self::Vendored => Some("vendored"),
            Self::Minified => Some("minified"),
            Self::Production | Self::Test | Self::Script | Self::Story | Self::Declaration => None,
        }
    }

    /// The class of a path. `is_package` says whether a folder holds a manifest or is the root.
    pub(super) fn of_path(path: &str, is_package: impl Fn(&str) -> bool) -> Self {
        let lower = path.to_ascii_lowercase();
        let (dir, name) = lower.rsplit_once('/').unwrap_or(("", &lower));
        let dir_as_written = &path[..dir.len()];
        if is_declaration(name) {
            return Self::Declaration;
        }
        let at_package_root = is_package(dir_as_written);
        if is_tool_config(name, at_package_root) {
            return Self::Script;
        }
        let named = if is_flat_route(dir, name) { None } else { by_name(name) };
        named
            .or_else(|| by_folders(dir, name, |end| is_package(&path[..end])))
            .or_else(|| (is_seed(name, at_package_root) || is_stamped(name)).then_some(Self::Script))
            .unwrap_or(Self::Production)
    }
}

/// `a.d.ts`, and `a.d.css.ts` for other things that are imported.
fn is_declaration(name: &str) -> bool {
    let typed = ["ts", "mts", "cts"].iter().find_map(|ending| name.strip_suffix(ending)?.strip_suffix('.'));
    typed.is_some_and(|stem| stem.ends_with(".d") || stem.contains(".d."))
}

/// In a folder of flat routes dots part an address: `routes/projects.$id.test.ts` is `/projects/:id/test` and
/// `routes/api.mock.ts` is `/api/mock`, but `routes/api.test.ts` may well be a test.
fn is_flat_route(dir: &str, name: &str) -> bool {
    let last = name.rsplit_once('.').and_then(|(stem, _)| stem.rsplit_once('.')).map(|(_, last)| last);
    let is_routes = dir == "routes" || dir.ends_with("/routes");
    is_routes
        && (name.contains('$') || last.is_some_and(|it| !matches!(it, "test" | "tests" | "spec" | "e2e" | "stories")))
}

fn by_name(name: &str) -> Option<Class> {
    let (stem, ending) = name.rsplit_once('.')?;
    // The dotted parts between the name and its ending: `user.service.spec.ts` has `service` and `spec`.
    if let Some(class) = stem.split('.').skip(1).find_map(by_infix) {
        return Some(class);
    }
    match stem {
        "setuptests" | "setup-tests" | "setup-test" | "test-setup" | "vitestsetup" | "jestsetup" => Some(Class::Test),
        _ if stem.starts_with("jest.setup") || stem.starts_with("vitest.setup") => Some(Class::Test),
        _ if stem.ends_with("_test") => Some(Class::Test),
        _ if ["-bench", "-benchmark", "_bench", "_benchmark"].iter().any(|it| stem.ends_with(it)) => {
            Some(Class::Script)
        }
        _ if stem.ends_with("-min") && ending == "js" => Some(Class::Minified),
        _ if stem.ends_with("_pb") => Some(Class::Generated),
        _ => None,
    }
}

fn by_infix(part: &str) -> Option<Class> {
    match part {
        "test" | "tests" | "spec" | "specs" | "e2e" | "e2e-spec" | "cy" | "test-d" | "clienttest" | "servertest"
        | "unittest" | "itest" | "mock" | "mocks" | "fixture" | "fixtures" => Some(Class::Test),
        _ if part.ends_with("-test") || part.ends_with("-spec") || part.ends_with("_test") => Some(Class::Test),
        "stories" | "story" => Some(Class::Story),
        "bench" | "benchmark" | "seed" => Some(Class::Script),
        "min" => Some(Class::Minified),
        "gen" | "generated" | "pb" => Some(Class::Generated),
        _ => None,
    }
}

/// The class that the outermost telling folder gives. `is_package` takes the length of a folder's path.
fn by_folders(dir: &str, name: &str, is_package: impl Fn(usize) -> bool) -> Option<Class> {
    let mut start = 0;
    let mut around = Around::default();
    for folder in dir.split('/') {
        let end = start + folder.len();
        if let Some(class) = by_folder(folder, name, &around, || is_package(end)) {
            return Some(class);
        }
        around.step_into(folder, || is_package(end));
        start = end + 1;
    }
    None
}

/// What the folders further out say.
#[derive(Default)]
struct Around {
    /// Below a folder in which every path is an address: `pages/test.tsx` is a page.
    pages: bool,
    /// Below a folder in which files of certain names are addresses: `app/test/page.tsx`.
    routes: bool,
    /// Below files that a browser gets as they are.
    served: bool,
    /// Below a folder for data access.
    data: bool,
    /// Below a folder of migrations.
    migrations: bool,
}

impl Around {
    fn step_into(&mut self, folder: &str, is_package: impl FnOnce() -> bool) {
        match folder {
            "pages" => self.pages |= !is_package(),
            "app" | "routes" | "api" => self.routes |= !is_package(),
            "public" | "static" | "assets" | "www" => self.served |= !is_package(),
            "db" | "database" | "prisma" | "drizzle" | "knex" | "typeorm" | "supabase" => self.data = true,
            "migrations" | "migration" => self.migrations = true,
            _ => {}
        }
    }

    fn is_address(&self, name: &str) -> bool {
        self.pages || (self.routes && is_route_file(name))
    }
}

fn by_folder(folder: &str, name: &str, around: &Around, is_package: impl Fn() -> bool) -> Option<Class> {
    match folder {
        "__tests__" | "__test__" | "__mocks__" | "__mock__" | "__fixtures__" | "__snapshots__" | "__e2e__"
        | "cypress" => Some(Class::Test),
        "test" | "tests" | "e2e" | "fixtures" | "mocks" | "mock" | "spec" | "playwright" | "testdata" => {
            (!around.is_address(name)).then_some(Class::Test)
        }
        _ if folder.ends_with("-tests")
            || folder.ends_with("-e2e")
            || folder.ends_with("-fixtures")
            || folder.starts_with("e2e-") =>
        {
            (!around.is_address(name)).then_some(Class::Test)
        }
        // Written to try a product's own parts; helpers for the tests of others may be the product.
        "test-plugins" | "test-app" | "test-apps" => (!around.is_address(name)).then_some(Class::Test),
        // A package that developers start, and nobody else.
        "dev-server" => is_package().then_some(Class::Script),
        "scripts" | "script" => (!around.served && !around.is_address(name)).then_some(Class::Script),
        "__bench__" | "__benchmarks__" => Some(Class::Script),
        // Finance measures by benchmarks too: what is named after a part of an application is one.
        "bench" | "benches" | "benchmark" | "benchmarks" => {
            (!around.is_address(name) && !is_part(name)).then_some(Class::Script)
        }
        "seeds" | "seeders" => Some(Class::Script),
        "seed" | "seeder" if around.data => Some(Class::Script),
        "migrations" | "migration" => is_migration(name).then_some(Class::Script),
        // A package that only migrates is run by hand.
        "migrate" => is_package().then_some(Class::Script),
        _ if around.migrations && is_migration(folder) => Some(Class::Script),
        ".storybook" => Some(Class::Story),
        "storybook" => is_package().then_some(Class::Story),
        "generated" | "__generated__" | "_generated" => (!around.is_address(name)).then_some(Class::Generated),
        // A shop has vendors too; copied libraries are plain JavaScript.
        "vendor" | "vendors" | "thirdparty" => {
            (name.ends_with(".js") && !around.is_address(name)).then_some(Class::Vendored)
        }
        _ => None,
    }
}

/// Names that frameworks give to files which are served at their folder's address.
fn is_route_file(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    let names = [
        "page", "route", "layout", "loading", "error", "template", "default", "handler", "+page", "+server", "+layout",
        "+error",
    ];
    names.contains(&stem)
}

/// `benchmark.service.ts`, `benchmark.module.ts`: the kinds of parts that frameworks put into a file's name.
fn is_part(name: &str) -> bool {
    let parts = [
        "service",
        "module",
        "controller",
        "resolver",
        "repository",
        "gateway",
        "guard",
        "component",
        "processor",
        "dto",
        "entity",
        "interface",
        "model",
        "routes",
    ];
    name.split('.').skip(1).any(|it| parts.contains(&it))
}

/// `20240101_add.ts`, `0001-init.js`, `Migration2024….ts`, `InitialSetup20240101.ts`.
fn is_migration(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    stem.starts_with("migration") || name.starts_with(|it: char| it.is_ascii_digit()) || has_date(stem)
}

fn has_date(stem: &str) -> bool {
    stem.split(|it: char| !it.is_ascii_digit()).any(|digits| digits.len() >= 8)
}

/// `1.2.0-1677208902-add-names.ts`: a moment in the name of a file that is not a page or a picture is when a migration was
/// written, whatever its folder is called.
fn is_stamped(name: &str) -> bool {
    let is_code = [".ts", ".js", ".mts", ".mjs", ".cts", ".cjs"].iter().any(|it| name.ends_with(it));
    let mut parts = name.split(['-', '_', '.']).peekable();
    let mut stamped = false;
    while let Some(part) = parts.next() {
        let is_moment = (10..=14).contains(&part.len()) && part.bytes().all(|it| it.is_ascii_digit());
        let is_named = parts.peek().is_some_and(|it| it.starts_with(|it: char| it.is_ascii_alphabetic()));
        stamped |= is_moment && is_named;
    }
    is_code && stamped
}

/// `seed.ts` anywhere, `seed-orders.ts` beside a manifest: elsewhere a seed may be a phrase or a number.
fn is_seed(name: &str, at_package_root: bool) -> bool {
    let stem = name.split('.').next().unwrap_or(name);
    matches!(stem, "seed" | "seeds" | "seeder") || (at_package_root && stem.starts_with("seed-"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(class: Class, paths: &[&str]) {
        let is_package = |dir: &str| {
            ["", "apps/web", "apps/app", "packages/storybook", "packages/dev-server", "tools/migrate"].contains(&dir)
        };
        for path in paths {
            assert_eq!(Class::of_path(path, is_package), class, "{path}");
        }
    }

    #[test]
    fn tests_by_name_and_folder() {
        check(
            Class::Test,
            &[
                "src/a.test.ts",
                "src/a.spec.tsx",
                "src/a.e2e-spec.ts",
                "src/__tests__/a.ts",
                "src/__mocks__/fs.ts",
                "test/a.ts",
                "packages/app-tests/a.ts",
                "apps/app/tests/help.ts",
                "cypress/support/index.ts",
                "src/a.clienttest.ts",
                "src/mocks/server.ts",
                "src/setupTests.ts",
                "a_test.ts",
                "packages/core/test-plugins/slow.ts",
                "routes/a.test.ts",
                "e2e-common/server.ts",
                "fixtures/routes/resources.secrets.ts",
            ],
        );
    }

    #[test]
    fn an_address_is_no_test() {
        check(
            Class::Production,
            &[
                "app/test/page.tsx",
                "apps/web/app/api/tests/[id]/route.ts",
                "src/pages/test/result.tsx",
                "app/routes/projects.v3.$projectRef.test.ts",
                "app/routes/api.v1.mock.ts",
                "app/routes/admin.models.seed.ts",
                "app/api/scripts/route.ts",
                "app/generated/page.tsx",
            ],
        );
    }

    #[test]
    fn production_unless_proven_otherwise() {
        check(
            Class::Production,
            &[
                "src/test-utils/render.tsx",
                "packages/testing/src/index.ts",
                "apps/docs/examples/a.ts",
                "archive/a.ts",
                "backup/db.ts",
                "src/latest.ts",
                "src/contest.ts",
                "src/tools/search.ts",
                "src/auth.config.ts",
                "auth.config.js",
                "sentry.server.config.ts",
                "src/vendor/page.tsx",
                "src/migrations/runner.ts",
                "src/migrate/users.ts",
                "src/orders-1234.ts",
                "public/scripts/app.js",
                "src/specs/openapi.ts",
                "src/stories/feed.ts",
                "src/seed-phrase/index.ts",
                "src/generate.ts",
                "src/services/benchmark/benchmark.service.ts",
                "src/ab-test.ts",
                "app/storybook/page.tsx",
            ],
        );
    }

    #[test]
    fn scripts_seeds_migrations_and_tools() {
        check(
            Class::Script,
            &[
                "scripts/x.ts",
                "prisma/seed.ts",
                "prisma/seed/users.ts",
                "src/user.seed.ts",
                "db/seeds/a.ts",
                "src/migrations/1690000000000-Init.ts",
                "src/migrations/InitialSetup20240401153642.ts",
                "src/migrations/Migration2024.ts",
                "db/migration/20251118_blocks/utils.ts",
                "apps/web/seed-orders.ts",
                "next.config.mjs",
                "apps/web/vitest.e2e.config.ts",
                "gulpfile.js",
                "anything.config.js",
                "src/a.bench.ts",
                "src/audit-log-benchmark.ts",
                "packages/schemas/changes/1.2.0-1677208902-add-names.ts",
                "tools/migrate/refill.ts",
                "webpack.prod.js",
            ],
        );
    }

    #[test]
    fn the_other_classes() {
        check(Class::Story, &["src/a.stories.tsx", ".storybook/main.ts", "packages/storybook/a.ts"]);
        check(Class::Declaration, &["src/a.d.ts", "src/a.d.mts", "src/a.d.css.ts", "vitest.shims.d.ts"]);
        check(Class::Generated, &["src/a.gen.ts", "src/generated/a.ts", "convex/_generated/api.js", "src/x_pb.ts"]);
        check(Class::Vendored, &["src/vendor/jquery.js", "public/vendor/a.js"]);
        check(Class::Minified, &["public/a.min.js"]);
    }
}
