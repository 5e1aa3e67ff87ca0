//! Import specifiers as they are written, before any file is looked for: addresses, registries, versions and queries.

use crate::discover::split_package;

/// What the form of a specifier says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Written<'s> {
    /// A path, an alias or a bare name, without loaders and query.
    Local(&'s str),
    /// A package from a registry or a content network.
    Package {
        /// Bare name.
        name: String,
        /// Name and path in the package.
        specifier: String,
    },
    /// A module of the run-time environment.
    Builtin,
    /// An address, or a module that a tool makes up.
    Address,
}

/// Reads one specifier.
pub(super) fn read(specifier: &str) -> Written<'_> {
    // `!raw-loader!./a.txt` and `./a.svg?react` name a file in the middle.
    let specifier = specifier.rsplit('!').next().unwrap_or(specifier);
    let path = specifier.split('?').next().unwrap_or(specifier);
    let Some((scheme, rest)) = path.split_once(':').filter(|(scheme, _)| is_scheme(scheme)) else {
        return if path.is_empty() || path.starts_with('\0') { Written::Address } else { Written::Local(path) };
    };
    match scheme {
        "node" | "bun" | "cloudflare" | "deno" => Written::Builtin,
        "npm" | "jsr" => package(rest.trim_start_matches('/')),
        "http" | "https" => from_address(rest.trim_start_matches('/')),
        _ => Written::Address,
    }
}

/// The name of the package that a bare specifier starts with; `None` for paths and for what no registry would accept.
pub(super) fn package_name(specifier: &str) -> Option<&str> {
    let (name, _) = split_package(specifier);
    let (scope, bare) = match name.strip_prefix('@') {
        Some(scoped) => scoped.split_once('/')?,
        None => ("x", name),
    };
    let is_word = |it: &str| {
        it.starts_with(|first: char| first.is_ascii_alphanumeric() || first == '_')
            && it.chars().all(|it| it.is_ascii_alphanumeric() || "-._~".contains(it))
    };
    (is_word(scope) && is_word(bare)).then_some(name)
}

/// Endings of files that can be imported and hold no JavaScript that is audited as such.
const ASSETS: &[&str] = &[
    "astro",
    "avif",
    "bmp",
    "css",
    "csv",
    "ejs",
    "eot",
    "frag",
    "gif",
    "glsl",
    "gql",
    "graphql",
    "hbs",
    "html",
    "ico",
    "jpeg",
    "jpg",
    "json",
    "json5",
    "jsonc",
    "less",
    "md",
    "mdx",
    "mp3",
    "mp4",
    "node",
    "ogg",
    "otf",
    "pdf",
    "png",
    "po",
    "prisma",
    "proto",
    "pug",
    "sass",
    "scss",
    "sql",
    "styl",
    "svelte",
    "svg",
    "toml",
    "ttf",
    "txt",
    "vert",
    "vue",
    "wasm",
    "wav",
    "webm",
    "webmanifest",
    "webp",
    "woff",
    "woff2",
    "xml",
    "yaml",
    "yml",
    "zip",
];

/// Whether a specifier names a file of another kind by its ending.
pub(super) fn is_asset(specifier: &str) -> bool {
    let is_path = specifier.contains('/');
    is_path && specifier.rsplit_once('.').is_some_and(|(_, ending)| ASSETS.contains(&ending))
}

/// One letter and a colon is a drive, not a scheme.
fn is_scheme(text: &str) -> bool {
    text.len() > 1 && text.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || b"+-.".contains(&it))
}

/// `@scope/name@1.2.3/path` without its version.
fn package(text: &str) -> Written<'static> {
    let (versioned, rest) = split_package(text);
    let name = match versioned.char_indices().skip(1).find(|(_, it)| *it == '@') {
        Some((at, _)) => &versioned[..at],
        None => versioned,
    };
    if package_name(name).is_none() {
        return Written::Address;
    }
    let specifier = if rest.is_empty() { name.to_owned() } else { format!("{name}/{rest}") };
    Written::Package { name: name.to_owned(), specifier }
}

/// The package behind an address on one of the networks that serve packages.
fn from_address(address: &str) -> Written<'static> {
    let Some((host, path)) = address.split_once('/') else { return Written::Address };
    match host {
        "esm.sh" | "cdn.esm.sh" => {
            // `/v135/…` and `/stable/…` pin the network's build, `*` asks for bare imports.
            let is_build =
                |it: &str| it == "stable" || it.strip_prefix('v').is_some_and(|it| it.parse::<u32>().is_ok());
            let path = path.split_once('/').filter(|(first, _)| is_build(first)).map_or(path, |(_, rest)| rest);
            package(path.trim_start_matches('*'))
        }
        "esm.run" | "unpkg.com" | "cdn.skypack.dev" => package(path),
        "cdn.jsdelivr.net" => path.strip_prefix("npm/").map_or(Written::Address, package),
        "ga.jspm.io" => path.strip_prefix("npm:").map_or(Written::Address, package),
        "deno.land" => {
            let (versioned, is_third_party) = match path.strip_prefix("x/") {
                Some(rest) => (rest, true),
                None => (path, false),
            };
            let Written::Package { name, specifier } = package(versioned) else { return Written::Address };
            let folder = if is_third_party { "deno.land/x" } else { "deno.land" };
            Written::Package { name: format!("{folder}/{name}"), specifier: format!("{folder}/{specifier}") }
        }
        _ => Written::Address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(specifier: &str, name: &str, bare: &str) {
        let expected = Written::Package { name: name.into(), specifier: bare.into() };
        assert_eq!(read(specifier), expected, "{specifier}");
    }

    #[test]
    fn registries_and_networks_are_packages() {
        check("npm:@supabase/supabase-js@2", "@supabase/supabase-js", "@supabase/supabase-js");
        check("npm:mysql2@^3.1/promise", "mysql2", "mysql2/promise");
        check("jsr:@std/http@1", "@std/http", "@std/http");
        check(
            "https://esm.sh/@supabase/supabase-js@2.39.3?target=deno",
            "@supabase/supabase-js",
            "@supabase/supabase-js",
        );
        check("https://esm.sh/v135/pg@8/lib/client", "pg", "pg/lib/client");
        check("https://cdn.jsdelivr.net/npm/redis@4/+esm", "redis", "redis/+esm");
        check(
            "https://deno.land/x/postgresjs@v3.4.4/mod.js",
            "deno.land/x/postgresjs",
            "deno.land/x/postgresjs/mod.js",
        );
        check("https://deno.land/std@0.168.0/http/server.ts", "deno.land/std", "deno.land/std/http/server.ts");
    }

    #[test]
    fn other_forms() {
        assert_eq!(read("node:fs"), Written::Builtin);
        assert_eq!(read("bun:sqlite"), Written::Builtin);
        for address in ["https://example.com/x.js", "data:text/javascript,1", "virtual:pwa", "astro:content", "\0x"] {
            assert_eq!(read(address), Written::Address, "{address:?}");
        }
        assert_eq!(read("./worker?worker&inline"), Written::Local("./worker"));
        assert_eq!(read("!raw-loader!./a.txt"), Written::Local("./a.txt"));
        assert_eq!(read("@/lib/db"), Written::Local("@/lib/db"));
    }

    #[test]
    fn package_names() {
        assert_eq!(package_name("@a/b/c"), Some("@a/b"));
        assert_eq!(package_name("mysql2/promise"), Some("mysql2"));
        for other in ["./a", "@/a", "~/a", "#a", "$lib/a", "@a", "/a"] {
            assert_eq!(package_name(other), None, "{other}");
        }
    }

    #[test]
    fn assets_by_ending() {
        assert!(is_asset("./logo.svg") && is_asset("@/styles/a.css"));
        assert!(!is_asset("./user.service") && !is_asset("big.json"));
    }
}
