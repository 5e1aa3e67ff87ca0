//! Configuration of build and development tools, by name.
//!
//! Much configuration is none of theirs: what the running server loads stays production.

const TOOLS: &[&str] = &[
    "astro",
    "babel",
    "biome",
    "bundlesize",
    "changelog",
    "codegen",
    "commitlint",
    "contentlayer",
    "craco",
    "cypress",
    "docusaurus",
    "drizzle",
    "electron-builder",
    "electron-vite",
    "esbuild",
    "eslint",
    "evalite",
    "gatsby-ssr",
    "graphql",
    "i18next-parser",
    "jest",
    "karma",
    "knip",
    "kubb",
    "lerna",
    "lingui",
    "lint-staged",
    "metro",
    "next",
    "next-sitemap",
    "nodemon",
    "nuxt",
    "openapi-ts",
    "orval",
    "playwright",
    "postcss",
    "prettier",
    "prisma",
    "protractor",
    "react-native",
    "react-router",
    "release",
    "remix",
    "rolldown",
    "rollup",
    "rsbuild",
    "rslib",
    "rspack",
    "semantic-release",
    "size-limit",
    "snowpack",
    "source",
    "stencil",
    "stylelint",
    "svelte",
    "svgo",
    "svgr",
    "swc",
    "syncpack",
    "tailwind",
    "tsdown",
    "tsup",
    "turbo",
    "typedoc",
    "uno",
    "unocss",
    "vite",
    "vitest",
    "vue",
    "webpack",
    "windi",
    "wxt",
];

/// Whether a file of this name, in lower case, configures a tool. `auth.config.ts` and `sentry.server.config.ts` do not.
pub(super) fn is_tool_config(name: &str, is_package_root: bool) -> bool {
    let Some((stem, ending)) = name.rsplit_once('.') else { return false };
    if let Some(tool) = stem.strip_suffix(".config").or_else(|| stem.strip_suffix(".conf")) {
        let is_known = tool.split('.').any(|part| TOOLS.contains(&part));
        let is_untyped = matches!(ending, "js" | "cjs" | "mjs") && is_package_root;
        let is_loaded_at_run_time = tool.split('.').any(|part| matches!(part, "auth" | "sentry" | "payload" | "app"));
        return is_known || (is_untyped && !is_loaded_at_run_time);
    }
    let first = stem.split('.').next().unwrap_or(stem);
    let is_tool_file = matches!(first, "jest" | "vitest" | "webpack" | "karma" | "playwright" | "rollup");
    matches!(stem, "gulpfile" | "gruntfile" | "jakefile") || (is_package_root && is_tool_file && stem.contains('.'))
}
