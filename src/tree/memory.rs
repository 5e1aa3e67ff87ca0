//! A code base held in memory: what the examples on rule pages and the tests are read from.
//!
//! It applies the policy of every tree by path, and knows no ignore files, links or unreadable folders.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use super::policy::{self, Folder};
use super::{Entry, Listing, Skipped, Tree};

/// Texts by path.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    texts: BTreeMap<String, String>,
}

impl Memory {
    /// A tree of these files; paths are relative with forward slashes.
    #[must_use]
    pub fn new(texts: BTreeMap<String, String>) -> Self {
        Self { texts }
    }

    /// The folder on the way to `path` that policy leaves out, if there is one, with the reason for its row.
    fn left_out<'p>(&self, path: &'p str) -> Option<(&'p str, Option<&'static str>)> {
        path.match_indices('/').find_map(|(end, _)| {
            let (parent, name) = path[..end].rsplit_once('/').unwrap_or(("", &path[..end]));
            let is_project = || parent.is_empty() || self.texts.contains_key(&format!("{parent}/package.json"));
            match policy::folder(name, is_project) {
                Folder::Enter => None,
                Folder::Prune(reason) => Some((&path[..end], Some(reason))),
                Folder::Hide => Some((&path[..end], None)),
            }
        })
    }
}

impl<P: Into<String>, T: Into<String>> FromIterator<(P, T)> for Memory {
    fn from_iter<I: IntoIterator<Item = (P, T)>>(files: I) -> Self {
        Self::new(files.into_iter().map(|(path, text)| (path.into(), text.into())).collect())
    }
}

impl Tree for Memory {
    fn list(&self) -> Listing {
        let mut listing = Listing::default();
        let mut pruned = BTreeSet::new();
        for (path, text) in &self.texts {
            match self.left_out(path) {
                Some((folder, Some(reason))) => {
                    pruned.insert(Skipped::new(folder, reason));
                }
                Some((_, None)) => {}
                None if policy::is_wanted(path.rsplit('/').next().unwrap_or(path)) => {
                    listing.entries.push(Entry { path: path.clone(), bytes: text.len() as u64 });
                }
                None => {}
            }
        }
        listing.skipped.extend(pruned);
        listing.sorted()
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        self.texts.get(path).map(|text| text.clone().into_bytes()).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_by_policy() {
        let paths = ["src/a.ts", "dist/a.js", "src/build/b.ts", "x/node_modules/y/i.js", ".git/c.ts", "README.md"];
        let tree: Memory = paths.iter().map(|path| (*path, "x")).collect();
        let listing = tree.list();
        let listed: Vec<_> = listing.entries.iter().map(|it| it.path.as_str()).collect();
        assert_eq!(listed, ["src/a.ts", "src/build/b.ts"]);
        let skipped = [Skipped::new("dist", "build output"), Skipped::new("x/node_modules", "installed packages")];
        assert_eq!(listing.skipped, skipped);
        assert_eq!(tree.read("nowhere.ts").map_err(|it| it.kind()), Err(io::ErrorKind::NotFound));
    }
}
