//! Import specifiers, reduced to what the catalog lists.
//!
//! `npm:@supabase/supabase-js@2`, `https://esm.sh/@supabase/supabase-js@2.39` and `@supabase/supabase-js` name one package.
//! Text only: nothing is resolved here.

use std::collections::HashMap;

/// Rows of a table by the specifiers that they list.
#[derive(Debug, Default)]
pub(super) struct BySpecifier {
    rows: HashMap<Box<str>, Vec<u32>>,
}

impl BySpecifier {
    /// Lists `row` under every one of `imports`; `x/*` covers the sub-paths of `x`.
    pub(super) fn add(&mut self, imports: &[String], row: u32) {
        for name in imports {
            self.rows.entry(name.as_str().into()).or_default().push(row);
        }
    }

    /// The rows of the most specific entry that covers a specifier, in the order of the tables.
    pub(super) fn find(&self, specifier: &str) -> &[u32] {
        candidates(&normalize(specifier)).find_map(|it| self.rows.get(it.as_str())).map_or(&[], Vec::as_slice)
    }
}

/// The specifier without registry, version, query and `node:`; sub-paths stay.
pub(super) fn normalize(specifier: &str) -> String {
    let bare = specifier.split(['?', '#']).next().unwrap_or_default();
    let bare = ["npm:", "jsr:", "node:"].iter().find_map(|prefix| bare.strip_prefix(prefix)).unwrap_or(bare);
    let bare = bare.trim_start_matches('/');
    let Some(path) = bare.strip_prefix("https://").or_else(|| bare.strip_prefix("http://")) else {
        return without_versions(bare);
    };
    let registry = ["esm.sh/", "cdn.skypack.dev/", "cdn.jsdelivr.net/npm/", "unpkg.com/", "esm.run/"];
    match registry.iter().find_map(|host| path.strip_prefix(host)) {
        Some(package) => without_versions(without_build(package)),
        None => without_versions(path),
    }
}

/// The specifier and the patterns that would cover it, most specific first: `a/b/c`, `a/b/*`, `a/*`.
pub(super) fn candidates(normalized: &str) -> impl Iterator<Item = String> {
    let parents = normalized.rmatch_indices('/').map(|(at, _)| format!("{}/*", &normalized[..at]));
    let whole = std::iter::once(normalized.to_owned());
    whole.chain(std::iter::once(format!("{normalized}/*"))).chain(parents)
}

fn without_versions(path: &str) -> String {
    let parts = path.split('/').map(|part| match part.rfind('@') {
        Some(at) if at > 0 => &part[..at],
        _ => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// esm.sh puts build tags before the package: `v135/`, `stable/`.
fn without_build(path: &str) -> &str {
    match path.split_once('/') {
        Some((tag, rest)) if tag == "stable" || tag.strip_prefix('v').is_some_and(is_number) => rest,
        _ => path,
    }
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn registries_and_versions_fall_away() {
        let check = |specifier: &str, expected: &str| assert_eq!(normalize(specifier), expected, "{specifier}");
        check("pg", "pg");
        check("mysql2/promise", "mysql2/promise");
        check("node:http", "http");
        check("npm:@supabase/supabase-js@2", "@supabase/supabase-js");
        check("npm:/hono@4/cors", "hono/cors");
        check("jsr:@supabase/supabase-js@^2", "@supabase/supabase-js");
        check("https://esm.sh/@supabase/supabase-js@2.39.0?target=deno", "@supabase/supabase-js");
        check("https://esm.sh/v135/pg@8/lib/pool", "pg/lib/pool");
        check("https://deno.land/x/postgresjs@v3.3.3/mod.js", "deno.land/x/postgresjs/mod.js");
    }

    #[test]
    fn sub_paths_are_covered_by_their_parents() {
        let found: Vec<_> = candidates("@scope/name/sub").collect();
        assert_eq!(found, ["@scope/name/sub", "@scope/name/sub/*", "@scope/name/*", "@scope/*"]);
    }
}
