//! Which files of a state count: what the walk over a disk decides while it goes, decided here over a list of paths.
//!
//! Every folder's `.ignore` goes before every `.gitignore`, the innermost folder's before those around it, and what lies in an
//! ignored folder is never asked about.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io;

use ignore::gitignore::{Gitignore, GitignoreBuilder};

use super::super::policy::{self, Folder};
use super::super::{Entry, Listing, Skipped, Unread};
use super::{Kind, Object};

/// Sorts the objects of a state into what is listed, left out and not to be had.
pub(super) fn list(objects: &BTreeMap<String, Object>, blob: impl Fn(&Object) -> io::Result<Vec<u8>>) -> Listing {
    let mut walk =
        Walk { objects, blob, folders: HashMap::new(), skipped: BTreeSet::new(), listing: Listing::default() };
    let top = walk.rules_of("");
    walk.folders.insert(String::new(), top);
    for (path, object) in objects {
        walk.visit(path, object);
    }
    let Walk { mut listing, skipped, .. } = walk;
    listing.skipped.extend(skipped);
    listing.sorted()
}

struct Walk<'o, B> {
    objects: &'o BTreeMap<String, Object>,
    blob: B,
    /// What was decided about each folder; `None` for one that is not entered.
    folders: HashMap<String, Option<Rules>>,
    skipped: BTreeSet<Skipped>,
    listing: Listing,
}

/// The ignore files of one folder.
struct Rules {
    ignore: Option<Gitignore>,
    gitignore: Option<Gitignore>,
}

impl<B: Fn(&Object) -> io::Result<Vec<u8>>> Walk<'_, B> {
    fn visit(&mut self, path: &str, object: &Object) {
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        if !self.enters(folder) || self.is_ignored(path, object.kind == Kind::Submodule) {
            return;
        }
        if name.contains(char::REPLACEMENT_CHARACTER) && object.kind == Kind::File {
            if policy::is_wanted(name) {
                self.skipped.insert(Skipped::new(path, "the file name is not UTF-8"));
            }
            return;
        }
        match object.kind {
            Kind::File if policy::is_wanted(name) => {
                self.listing.entries.push(Entry { path: path.to_owned(), bytes: object.bytes });
            }
            Kind::Link if !policy::is_silent_link(name) => {
                self.skipped.insert(Skipped::new(path, "symbolic link"));
            }
            Kind::Submodule => {
                self.skipped.insert(Skipped::new(path, "submodule"));
            }
            Kind::File | Kind::Link => {}
        }
    }

    /// Whether the walk gets into a folder.
    fn enters(&mut self, folder: &str) -> bool {
        if let Some(known) = self.folders.get(folder) {
            return known.is_some();
        }
        let (around, name) = folder.rsplit_once('/').unwrap_or(("", folder));
        let mut entered = self.enters(around) && !self.is_ignored(folder, true);
        if entered {
            let manifest = format!("{around}/package.json");
            let is_project =
                || around.is_empty() || self.objects.get(&manifest).is_some_and(|it| it.kind == Kind::File);
            match policy::folder(name, is_project) {
                Folder::Enter => {}
                Folder::Hide => entered = false,
                Folder::Prune(reason) => {
                    self.skipped.insert(Skipped::new(folder, reason));
                    entered = false;
                }
            }
        }
        let rules = if entered { self.rules_of(folder) } else { None };
        self.folders.insert(folder.to_owned(), rules);
        entered
    }

    fn is_ignored(&self, path: &str, is_folder: bool) -> bool {
        let (mut by_ignore, mut by_gitignore) = (None, None);
        let mut folder = path;
        while !folder.is_empty() {
            folder = folder.rsplit_once('/').map_or("", |it| it.0);
            let Some(Some(rules)) = self.folders.get(folder) else { continue };
            let inner = path[folder.len()..].trim_start_matches('/');
            let ask = |matcher: &Option<Gitignore>| {
                let found = matcher.as_ref()?.matched(inner, is_folder);
                (!found.is_none()).then(|| found.is_ignore())
            };
            by_ignore = by_ignore.or_else(|| ask(&rules.ignore));
            by_gitignore = by_gitignore.or_else(|| ask(&rules.gitignore));
        }
        by_ignore.or(by_gitignore).unwrap_or(false)
    }

    fn rules_of(&mut self, folder: &str) -> Option<Rules> {
        Some(Rules { ignore: self.matcher(folder, ".ignore"), gitignore: self.matcher(folder, ".gitignore") })
    }

    fn matcher(&mut self, folder: &str, name: &str) -> Option<Gitignore> {
        let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
        let object = self.objects.get(&path).filter(|it| it.kind == Kind::File)?;
        let bytes = match (self.blob)(object) {
            Ok(bytes) => bytes,
            Err(error) => {
                self.listing.unread.push(Unread::new(path, error.to_string()));
                return None;
            }
        };
        let text = String::from_utf8_lossy(&bytes);
        let mut builder = GitignoreBuilder::new("");
        for line in text.trim_start_matches('\u{feff}').lines() {
            // A line that is no pattern ignores nothing, here as on disk.
            let _ = builder.add_line(None, line);
        }
        builder.build().ok()
    }
}
