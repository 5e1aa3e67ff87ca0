//! Where programs start by convention, as data: files that frameworks and platforms run without anybody importing them, tools
//! whose configuration names such files, and packages that load whole folders.

use serde::Deserialize;

use super::Catalog;
use super::library::Evidence;

/// Files that run without being imported where a framework or platform is used.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Convention {
    /// Unique, kebab case.
    pub id: String,
    /// Packages of which one has to be among the dependencies of the package or of one around it; `*` stands for any text.
    #[serde(default)]
    pub packages: Vec<String>,
    /// Or: a file of one of these names, whatever its ending, in the package's folder.
    #[serde(default)]
    pub configs: Vec<String>,
    /// Or: a platform file of one of these names in the package's folder. Without any of the three the convention always holds.
    #[serde(default)]
    pub beside: Vec<String>,
    /// The files, as globs below the package's folder.
    pub globs: Vec<String>,
    /// Whether the globs hold in the package's own folder only, and not at any depth below it.
    #[serde(default)]
    pub at_package: bool,
    /// Whether such a file shows how the package is run, so that what it does not reach is dead; not so for mere habits.
    #[serde(default = "yes")]
    pub is_declared: bool,
    /// How this is known.
    pub evidence: Evidence,
}

/// Tools whose configuration names files that programs start with.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Tool {
    /// What the configuration's name begins with, up to its end or a dot.
    pub stems: Vec<String>,
    /// Whether a string with `*` in it names every file that it fits.
    #[serde(default)]
    pub globs: bool,
    /// Whether a string that names a folder names every file in it.
    #[serde(default)]
    pub folders: bool,
}

/// Packages that load files by folder or glob.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Loader {
    /// Specifiers; `*` stands for any text.
    pub packages: Vec<String>,
}

impl Catalog {
    /// Every convention by which files run without being imported.
    #[must_use]
    pub fn conventions(&self) -> &[Convention] {
        &self.conventions
    }

    /// The tool that a configuration of this name, without its folder, belongs to.
    #[must_use]
    pub fn tool_of(&self, file_name: &str) -> Option<&Tool> {
        let begins = |stem: &String| file_name.strip_prefix(stem.as_str()).is_some_and(|it| it.starts_with(['.', '-']));
        self.tools.iter().find(|it| it.stems.iter().any(begins))
    }

    /// Whether a package loads files by folders or globs that it is given.
    #[must_use]
    pub fn loads_folders(&self, specifier: &str) -> bool {
        self.loaders.iter().flat_map(|it| &it.packages).any(|pattern| fits(pattern, specifier))
    }
}

fn yes() -> bool {
    true
}

/// Whether a name fits a pattern in which one `*` stands for any text.
#[must_use]
pub fn fits(pattern: &str, name: &str) -> bool {
    match pattern.split_once('*') {
        Some((before, after)) => {
            name.len() >= before.len() + after.len() && name.starts_with(before) && name.ends_with(after)
        }
        None => pattern == name,
    }
}

#[cfg(test)]
mod tests {
    use super::fits;

    #[test]
    fn one_star_stands_for_any_text() {
        assert!(fits("@x/*-router", "@x/react-router") && fits("next", "next") && fits("@x/*", "@x/"));
        assert!(!fits("@x/*-router", "@x/router") && !fits("next", "next-auth") && !fits("ab*ba", "aba"));
    }
}
