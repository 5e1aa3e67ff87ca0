//! A code base on disk.
//!
//! The walk is parallel and honors `.gitignore` and `.ignore` inside the root, and nothing outside it: no global ignore
//! file, no parent folder, no `.git/info/exclude`. Two machines with the same files list the same files.

use std::fs::FileType;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Sender, channel};

use ignore::{DirEntry, WalkBuilder, WalkState};

use super::policy::{self, Folder};
use super::{Entry, Listing, Skipped, Tree, Unread, is_inside};

/// The files below one folder.
#[derive(Debug, Clone)]
pub struct Disk {
    root: PathBuf,
    n_threads: usize,
}

impl Disk {
    /// The tree below `root`, walked by as many threads as the walker sees fit.
    #[must_use]
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { root: root.into(), n_threads: 0 }
    }

    /// The same tree, walked by `n_threads` threads; 0 leaves the number to the walker.
    #[must_use]
    pub fn with_threads(self, n_threads: usize) -> Self {
        Self { n_threads, ..self }
    }
}

impl Tree for Disk {
    fn list(&self) -> Listing {
        let (rows, received) = channel();
        let walk = WalkBuilder::new(&self.root)
            .hidden(false)
            .parents(false)
            .git_global(false)
            .git_exclude(false)
            .require_git(false)
            .follow_links(false)
            .threads(self.n_threads)
            .filter_entry(may_matter)
            .build_parallel();
        walk.run(|| {
            let rows = rows.clone();
            Box::new(move |visited| visit(&self.root, visited, &rows))
        });
        drop(rows);
        let mut listing = Listing::default();
        for row in received {
            match row {
                Row::Entry(entry) => listing.entries.push(entry),
                Row::Skipped(skipped) => listing.skipped.push(skipped),
                Row::Unread(unread) => listing.unread.push(unread),
            }
        }
        listing.sorted()
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        if !is_inside(path) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leaves the root"));
        }
        let file = self.root.join(path);
        // A file may have become a pipe since it was listed, and opening a pipe waits for ever.
        if !std::fs::symlink_metadata(&file)?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        std::fs::read(file)
    }
}

enum Row {
    Entry(Entry),
    Skipped(Skipped),
    Unread(Unread),
}

/// Whether an entry can end in any list. The walker asks before it queues an entry, which spares most files the trip.
fn may_matter(entry: &DirEntry) -> bool {
    let kind = entry.file_type();
    kind.is_none_or(|kind| !kind.is_file()) || policy::is_wanted(&entry.file_name().to_string_lossy())
}

fn visit(root: &Path, visited: Result<DirEntry, ignore::Error>, rows: &Sender<Row>) -> WalkState {
    let entry = match visited {
        Ok(entry) => entry,
        Err(error) => {
            let row = Unread::new(relative(root, path_of(&error).unwrap_or(root)), message_of(&error));
            // The receiver outlives the walk, so that sending cannot fail.
            let _ = rows.send(Row::Unread(row));
            return WalkState::Continue;
        }
    };
    let (row, next) = match entry.file_type() {
        Some(kind) if kind.is_dir() => enter(root, &entry),
        Some(kind) if kind.is_file() => (Some(file(root, &entry)), WalkState::Continue),
        Some(kind) => (special(root, &entry, kind), WalkState::Continue),
        None => (None, WalkState::Continue),
    };
    if let Some(row) = row {
        let _ = rows.send(row);
    }
    next
}

fn enter(root: &Path, entry: &DirEntry) -> (Option<Row>, WalkState) {
    if entry.depth() == 0 {
        return (None, WalkState::Continue);
    }
    let is_project =
        || entry.depth() == 1 || entry.path().parent().is_some_and(|parent| parent.join("package.json").is_file());
    match policy::folder(&entry.file_name().to_string_lossy(), is_project) {
        Folder::Enter => (None, WalkState::Continue),
        Folder::Hide => (None, WalkState::Skip),
        Folder::Prune(reason) => {
            (Some(Row::Skipped(Skipped::new(relative(root, entry.path()), reason))), WalkState::Skip)
        }
    }
}

fn file(root: &Path, entry: &DirEntry) -> Row {
    let path = relative(root, entry.path());
    if entry.path().to_str().is_none() && entry.path().strip_prefix(root).is_ok_and(|it| it.to_str().is_none()) {
        return Row::Skipped(Skipped::new(path, "the file name is not UTF-8"));
    }
    match entry.metadata() {
        Ok(metadata) => Row::Entry(Entry { path, bytes: metadata.len() }),
        Err(error) => Row::Unread(Unread::new(path, message_of(&error))),
    }
}

/// Links, pipes, sockets and devices: named, never opened.
fn special(root: &Path, entry: &DirEntry, kind: FileType) -> Option<Row> {
    let name = entry.file_name().to_string_lossy();
    if kind.is_symlink() && policy::is_silent_link(&name) {
        return None;
    }
    Some(Row::Skipped(Skipped::new(relative(root, entry.path()), special_name(kind))))
}

#[cfg(unix)]
fn special_name(kind: FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        _ if kind.is_symlink() => "symbolic link",
        _ if kind.is_fifo() => "named pipe",
        _ if kind.is_socket() => "socket",
        _ if kind.is_block_device() || kind.is_char_device() => "device",
        _ => "not a regular file",
    }
}

#[cfg(not(unix))]
fn special_name(kind: FileType) -> &'static str {
    if kind.is_symlink() { "symbolic link" } else { "not a regular file" }
}

fn relative(root: &Path, path: &Path) -> String {
    let path = path.strip_prefix(root).unwrap_or(path).to_string_lossy();
    if std::path::MAIN_SEPARATOR == '/' { path.into_owned() } else { path.replace(std::path::MAIN_SEPARATOR, "/") }
}

fn path_of(error: &ignore::Error) -> Option<&Path> {
    match error {
        ignore::Error::WithPath { path, .. } => Some(path),
        ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => path_of(err),
        ignore::Error::Loop { child, .. } => Some(child),
        _ => None,
    }
}

/// What went wrong, without the path: it may name folders outside the root.
fn message_of(error: &ignore::Error) -> String {
    error.io_error().map_or_else(|| "cannot be listed".to_owned(), |it| it.kind().to_string())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn listing(files: &[(&str, &str)]) -> (tempfile::TempDir, Listing) {
        let root = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = root.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        let listing = Disk::new(root.path()).list();
        (root, listing)
    }

    fn paths(listing: &Listing) -> Vec<&str> {
        listing.entries.iter().map(|it| it.path.as_str()).collect()
    }

    #[test]
    fn ignore_files_count_inside_the_root_without_git() {
        let (_root, listing) = listing(&[
            (".gitignore", "ignored/\n*.gen.ts\n"),
            ("ignored/a.ts", ""),
            ("src/a.gen.ts", ""),
            ("src/.ignore", "b.ts\n"),
            ("src/b.ts", ""),
            ("src/c.ts", "four"),
            (".git/info/exclude", "c.ts\n"),
        ]);
        assert_eq!(listing.entries, [Entry { path: "src/c.ts".into(), bytes: 4 }]);
        assert_eq!(listing.skipped, [], "an ignored file has no row");
    }

    #[test]
    fn an_ignore_file_above_the_root_does_not_count() {
        let (root, _) = listing(&[(".gitignore", "*.ts\n"), ("inner/a.ts", "")]);
        assert_eq!(paths(&Disk::new(root.path().join("inner")).list()), ["a.ts"]);
    }

    #[test]
    fn pruned_folders_are_one_row_each() {
        let (_root, listing) = listing(&[
            ("node_modules/a/index.js", ""),
            ("node_modules/b/index.js", ""),
            ("web/package.json", "{}"),
            ("web/dist/index.js", ""),
            ("web/src/build/plan.ts", ""),
            ("web/app/.server/db.ts", ""),
            (".hidden/a.ts", ""),
        ]);
        assert_eq!(paths(&listing), ["web/app/.server/db.ts", "web/package.json", "web/src/build/plan.ts"]);
        let rows = [Skipped::new("node_modules", "installed packages"), Skipped::new("web/dist", "build output")];
        assert_eq!(listing.skipped, rows);
    }

    #[test]
    fn thread_count_does_not_show() {
        let names: Vec<String> = (0..200).map(|it| format!("d{}/f{it}.ts", it % 17)).collect();
        let files: Vec<_> = names.iter().map(|it| (it.as_str(), "x")).collect();
        let (root, listing) = listing(&files);
        assert_eq!(listing.entries.len(), 200);
        for n_threads in [1, 2, 7] {
            assert_eq!(Disk::new(root.path()).with_threads(n_threads).list(), listing);
        }
    }

    #[test]
    fn reading_stays_inside_the_root() {
        let (root, _) = listing(&[("inner/a.ts", "text"), ("secret.ts", "")]);
        let disk = Disk::new(root.path().join("inner"));
        assert_eq!(disk.read("a.ts").unwrap(), b"text");
        assert_eq!(disk.read("../secret.ts").unwrap_err().kind(), io::ErrorKind::InvalidInput);
        assert_eq!(disk.read("gone.ts").unwrap_err().kind(), io::ErrorKind::NotFound);
    }

    #[test]
    fn a_missing_root_is_unread() {
        let (root, _) = listing(&[]);
        let listing = Disk::new(root.path().join("nowhere")).list();
        assert_eq!(listing.unread.len(), 1);
        assert_eq!(listing.unread[0].path, "");
    }

    #[cfg(unix)]
    #[test]
    fn links_and_pipes_are_named_and_never_opened() {
        use std::os::unix::fs::symlink;
        let (root, _) = listing(&[("src/a.ts", "")]);
        let src = root.path().join("src");
        symlink(&src, src.join("loop")).unwrap();
        symlink(src.join("a.ts"), src.join("b.ts")).unwrap();
        symlink(src.join("a.ts"), src.join("README.md")).unwrap();
        let made = std::process::Command::new("mkfifo").arg(src.join("pipe.ts")).status().unwrap();
        assert!(made.success());
        let disk = Disk::new(root.path());
        let listing = disk.list();
        assert_eq!(paths(&listing), ["src/a.ts"]);
        let rows = [("src/b.ts", "symbolic link"), ("src/loop", "symbolic link"), ("src/pipe.ts", "named pipe")];
        assert_eq!(listing.skipped, rows.map(|(path, reason)| Skipped::new(path, reason)));
        assert!(disk.read("src/pipe.ts").is_err());
        assert!(disk.read("src/b.ts").is_err());
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_cannot_be_read_is_unread() {
        use std::os::unix::fs::PermissionsExt;
        let (root, _) = listing(&[("open/a.ts", ""), ("shut/b.ts", "")]);
        let shut = root.path().join("shut");
        fs::set_permissions(&shut, fs::Permissions::from_mode(0o000)).unwrap();
        let is_enforced = fs::read_dir(&shut).is_err();
        let listing = Disk::new(root.path()).list();
        fs::set_permissions(&shut, fs::Permissions::from_mode(0o755)).unwrap();
        // Root reads everything, so there is nothing to see where the tests run as root.
        if is_enforced {
            assert_eq!(listing.unread, [Unread::new("shut", "permission denied")]);
            assert_eq!(paths(&listing), ["open/a.ts"]);
        }
    }
}
