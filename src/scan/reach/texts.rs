//! What the walk over imports needs of the tree: texts that name entry points, and what pages import.

use std::ops::Range;

use rayon::prelude::*;

use super::Asking;
use crate::catalog::Catalog;
use crate::discover::Discovery;
use crate::project::reach::{Edges, Layout, Node, Tails, is_comment_line};
use crate::project::{File, Target};
use crate::scan::{Fate, Scan, Scanned};
use crate::skim::{Markup, Skim, Triggers, skim_markup};
use crate::source::Language;

impl Asking<'_> {
    /// What stands before and behind a name in the path that a string is, if that is what stands around it: no comment, and no
    /// import, which is known to lead elsewhere.
    pub(super) fn path_around<'t>(&self, from: Node, text: &'t str, name: Range<usize>) -> Option<(&'t str, &'t str)> {
        let bytes = text.as_bytes();
        let is_quote = |it: Option<&u8>| it.is_some_and(|it| matches!(it, b'"' | b'\'' | b'`'));
        let before = name.start.checked_sub(1).and_then(|at| bytes.get(at));
        let behind = bytes.get(name.end);
        if !(before == Some(&b'/') || is_quote(before)) || !(behind == Some(&b'.') || is_quote(behind)) {
            return None;
        }
        let is_part = |it: &u8| it.is_ascii_alphanumeric() || b"._-/@[]$+~#".contains(it);
        let start = name.start - bytes[..name.start].iter().rev().take_while(|it| is_part(it)).count();
        let end = name.end + bytes[name.end..].iter().take_while(|it| is_part(it)).count();
        let is_string = is_quote(start.checked_sub(1).and_then(|at| bytes.get(at))) || is_quote(bytes.get(end));
        let target = self.files.get(from).and_then(|it| it.targets.get(&text[start..end]));
        let is_import = matches!(target, Some(Target::File(_) | Target::Package(_)));
        let is_path = is_string && !is_import && !is_comment_line(text, name.start);
        is_path.then(|| (&text[start..name.start], &text[name.end..end]))
    }

    /// Whether a path in a string, by what stands before and behind the file's name in it, may be that of a file.
    pub(super) fn may_be(&self, node: Node, before: &str, behind: &str) -> bool {
        if !behind.is_empty() {
            return true;
        }
        // Without an ending only a path beside it, or one with the file's folder, is plain enough.
        let (dir, _) = self.layout.path(node).rsplit_once('/').unwrap_or_default();
        let folder = dir.rsplit('/').next().unwrap_or(dir);
        let last = before.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
        before == "./" || !before.is_empty() && last == folder
    }
}

impl Scan<'_> {
    pub(super) fn text_of(&self, path: &str) -> String {
        self.tree.read(path).map(|it| String::from_utf8_lossy(&it).into_owned()).unwrap_or_default()
    }

    /// The texts in which people say what to run.
    pub(super) fn entry_texts(&self, found: &Discovery, catalog: &Catalog) -> Vec<(String, String)> {
        let is_config = |path: &str| {
            let name = path.rsplit('/').next().unwrap_or(path);
            let is_named_so = [".config.", ".conf.", "gulpfile."].iter().any(|it| name.contains(it));
            is_named_so && catalog.tool_of(name).is_some()
        };
        let configs = found.sources.iter().filter(|it| is_config(&it.path));
        let paths: Vec<&String> = found.platform.iter().chain(configs.map(|it| &it.path)).collect();
        paths.into_par_iter().map(|path| (path.clone(), self.text_of(path))).collect()
    }

    pub(super) fn edges(&self, layout: &Layout<'_>, scanned: &[Scanned], files: &[File]) -> Edges {
        let tails = Tails::new(layout);
        let plain = Triggers::new([]);
        let of = |node: Node| match scanned.get(node) {
            Some(scanned) => {
                Edges::of(layout, node, &scanned.skim, &tails, |specifier| match files[node].targets.get(specifier) {
                    Some(Target::File(id)) => Some(id.index()),
                    _ => None,
                })
            }
            None if layout.path(node).ends_with(".mdx") => Default::default(),
            None => Edges::of(layout, node, &self.markup(layout.path(node), &plain), &tails, |_| None),
        };
        let each: Vec<[Vec<Node>; 3]> = (0..layout.count()).into_par_iter().map(of).collect();
        let mut edges = Edges::default();
        for [to, reexported, whole] in each {
            edges.to.push(to);
            edges.reexported.push(reexported);
            edges.whole.push(whole);
        }
        edges
    }

    pub(super) fn markup(&self, path: &str, triggers: &Triggers) -> Skim {
        let kind = Markup::of_path(path).expect("what was discovered as markup has its ending");
        skim_markup(self.text_of(path).as_bytes(), kind, triggers)
    }
}

/// The packages in which a source file could not be read, or is too large to be: it may import anything.
pub(super) fn unseen(layout: &Layout<'_>, scanned: &[Scanned]) -> Vec<usize> {
    let unread = (0..scanned.len()).filter(|it| matches!(scanned[*it].fate, Fate::Unread(_)));
    let unread = unread.filter_map(|it| layout.package(it));
    let skipped = layout.found.skipped.iter().map(|it| &it.path);
    let missing =
        skipped.chain(layout.found.unread.iter().map(|it| &it.path)).filter(|it| Language::of_path(it).is_some());
    unread.chain(missing.filter_map(|it| layout.package_around(it))).collect()
}

/// A file's name without its ending.
pub(super) fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.split('.').next().unwrap_or(name)
}
