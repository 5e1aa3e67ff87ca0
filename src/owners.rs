//! Who answers for a file, as `CODEOWNERS` says: the last line that is about it decides.
//!
//! Pure; a line that is no pattern is about nothing, as the hosting sites read it.

use globset::{GlobBuilder, GlobMatcher};

/// Where the file may lie, the first found counts.
pub const FILES: [&str; 4] = [".github/CODEOWNERS", "CODEOWNERS", "docs/CODEOWNERS", ".gitlab/CODEOWNERS"];

/// Patterns with the owners of what they match.
#[derive(Debug, Default)]
pub struct Owners {
    lines: Vec<(Vec<GlobMatcher>, Vec<String>)>,
}

impl Owners {
    /// Reads the file.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut lines = Vec::new();
        for line in text.lines().map(str::trim) {
            let line = line.split_once(" #").map_or(line, |it| it.0);
            // A heading in brackets groups lines on one of the sites, and owns nothing by itself.
            if line.is_empty() || line.starts_with(['#', '[', '^']) {
                continue;
            }
            let mut words = line.split_whitespace();
            let globs = words.next().map(globs).unwrap_or_default();
            lines.push((globs, words.map(str::to_owned).collect()));
        }
        Self { lines }
    }

    /// The owners of a path relative to the root, as written; none where nobody is named.
    #[must_use]
    pub fn of(&self, path: &str) -> &[String] {
        let last = self.lines.iter().rev().find(|(globs, _)| globs.iter().any(|it| it.is_match(path)));
        last.map_or(&[], |it| &it.1)
    }
}

/// A pattern as globs over paths: with a slash inside it starts at the root, and a folder stands for all below it.
fn globs(pattern: &str) -> Vec<GlobMatcher> {
    let is_anchored = pattern.trim_end_matches('/').contains('/');
    let inner = pattern.trim_start_matches('/');
    let anywhere = if is_anchored || inner.starts_with("**/") { inner.to_owned() } else { format!("**/{inner}") };
    let own = anywhere.trim_end_matches('/');
    let mut all = Vec::new();
    if !anywhere.ends_with('/') {
        all.push(own.to_owned());
    }
    // `docs/*` is about the files in `docs` and nothing further down.
    if !own.ends_with("/*") || !is_anchored {
        all.push(format!("{own}/**"));
    }
    let glob = |it: String| Some(GlobBuilder::new(&it).literal_separator(true).build().ok()?.compile_matcher());
    all.into_iter().filter_map(glob).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_about_a_path_decides() {
        let owners = Owners::parse(
            "# All.\n* @all\n*.ts @ts # and why\n/apps/ @apps @web\ndocs/* @docs\n[Section]\nbuild/ @build\n/apps/free/\n",
        );
        let of = |path: &str| owners.of(path).join(" ");
        assert_eq!(of("README.md"), "@all");
        assert_eq!(of("src/deep/a.ts"), "@ts");
        assert_eq!(of("apps/web/a.ts"), "@apps @web");
        assert_eq!(of("apps/free/a.ts"), "");
        assert_eq!((of("docs/a.ts"), of("docs/deep/a.ts")), ("@docs".to_owned(), "@ts".to_owned()));
        assert_eq!(of("x/build/a.ts"), "@build");
        assert_eq!(of("lib/apps/a.ts"), "@ts", "a leading slash is the root");
        assert!(Owners::parse("").of("a.ts").is_empty());
    }
}
