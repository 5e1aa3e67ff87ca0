//! A code base as a commit or the index holds it, without a checkout.
//!
//! Lists by the rules of the disk: the same policy, and the `.gitignore` and `.ignore` files of that state. A file that is the
//! same on disk is read there, which is faster and spares line endings that git converts; all others come from git's objects.

mod ignored;
mod repository;

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, BufRead, BufReader, Read, Write};
use std::process::{Child, ChildStdin, ChildStdout, Stdio};
use std::sync::Mutex;

pub use repository::{Commit, Repository};

use super::disk::Disk;
use super::{Listing, Tree, is_inside};
use crate::failure::Failure;

/// The files of one state of a repository's folder.
#[derive(Debug)]
pub struct Git {
    repository: Repository,
    disk: Disk,
    objects: BTreeMap<String, Object>,
    /// Whose content on disk is not that of this state.
    changed: BTreeSet<String>,
    /// Readers that nobody uses at the moment.
    idle: Mutex<Vec<Reader>>,
}

/// What lies at a path.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Object {
    name: String,
    kind: Kind,
    /// 0 where it is not known before it is read.
    bytes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    File,
    Link,
    Submodule,
}

impl Kind {
    fn of(mode: &str) -> Self {
        match mode {
            "120000" => Self::Link,
            "160000" => Self::Submodule,
            _ => Self::File,
        }
    }
}

impl Git {
    /// The folder at a commit; `None` stands for the state before the first.
    ///
    /// # Errors
    ///
    /// Where git fails.
    pub fn at(repository: &Repository, commit: Option<&Commit>) -> Result<Self, Failure> {
        let Some(commit) = commit else { return Ok(Self::new(repository, BTreeMap::new(), BTreeSet::new())) };
        let mut objects = BTreeMap::new();
        for row in rows(&repository.ls_tree(commit)?) {
            // Mode, type, name and size, then a tab and the path.
            let Some((about, path)) = row.split_once('\t') else { continue };
            let about: Vec<&str> = about.split_ascii_whitespace().collect();
            if let [mode, _, name, bytes] = about.as_slice() {
                let object =
                    Object { name: (*name).to_owned(), kind: Kind::of(mode), bytes: bytes.parse().unwrap_or(0) };
                objects.insert(path.to_owned(), object);
            }
        }
        Ok(Self::new(repository, objects, repository.changed(Some(commit))?))
    }

    /// The folder as the index holds it.
    ///
    /// # Errors
    ///
    /// Where git fails, and where the index holds a merge conflict.
    pub fn index(repository: &Repository) -> Result<Self, Failure> {
        let mut objects = BTreeMap::new();
        for row in rows(&repository.ls_files()?) {
            // Mode, name and stage, then a tab and the path.
            let Some((about, path)) = row.split_once('\t') else { continue };
            let about: Vec<&str> = about.split_ascii_whitespace().collect();
            let [mode, name, stage] = about.as_slice() else { continue };
            if *stage != "0" {
                let help = "resolve it and stage the result; then there is something to audit".to_owned();
                return Err(Failure::git(format!("`{path}` has a merge conflict in the index"), help));
            }
            let object = Object { name: (*name).to_owned(), kind: Kind::of(mode), bytes: 0 };
            objects.insert(path.to_owned(), object);
        }
        Ok(Self::new(repository, objects, repository.changed(None)?))
    }

    fn new(repository: &Repository, objects: BTreeMap<String, Object>, changed: BTreeSet<String>) -> Self {
        let disk = Disk::new(repository.folder());
        Self { repository: repository.clone(), disk, objects, changed, idle: Mutex::default() }
    }

    /// The folders that belong to other repositories.
    pub fn submodules(&self) -> impl Iterator<Item = &str> {
        self.objects.iter().filter(|it| it.1.kind == Kind::Submodule).map(|it| it.0.as_str())
    }

    fn blob(&self, name: &str) -> io::Result<Vec<u8>> {
        let idle = || self.idle.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let free = idle().pop();
        let mut reader = match free {
            Some(reader) => reader,
            None => Reader::start(&self.repository)?,
        };
        let bytes = reader.read(name)?;
        // One that failed is not asked again.
        idle().push(reader);
        Ok(bytes)
    }
}

/// The rows of a listing that ends each with a zero byte. Paths that are not UTF-8 are shown as well as can be.
fn rows(listing: &[u8]) -> Vec<String> {
    let rows = listing.split(|it| *it == 0).filter(|it| !it.is_empty());
    rows.map(|it| String::from_utf8_lossy(it).into_owned()).collect()
}

impl Tree for Git {
    fn list(&self) -> Listing {
        ignored::list(&self.objects, |object| self.blob(&object.name))
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        if !is_inside(path) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the path leaves the root"));
        }
        let object = self.objects.get(path).ok_or(io::ErrorKind::NotFound)?;
        if object.kind != Kind::File {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "not a regular file"));
        }
        let on_disk = (!self.changed.contains(path)).then(|| self.disk.read(path));
        match on_disk {
            Some(Ok(bytes)) => Ok(bytes),
            // A file that git was told not to look for may be missing.
            Some(Err(_)) | None => self.blob(&object.name),
        }
    }
}

/// A running `git cat-file --batch`.
#[derive(Debug)]
struct Reader {
    process: Child,
    asks: ChildStdin,
    answers: BufReader<ChildStdout>,
}

impl Reader {
    fn start(repository: &Repository) -> io::Result<Self> {
        let mut command = repository.command(&["cat-file", "--batch"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = command.spawn()?;
        let gone = || io::Error::other("git does not answer");
        let asks = process.stdin.take().ok_or_else(gone)?;
        let answers = BufReader::with_capacity(1 << 16, process.stdout.take().ok_or_else(gone)?);
        Ok(Self { process, asks, answers })
    }

    fn read(&mut self, name: &str) -> io::Result<Vec<u8>> {
        writeln!(self.asks, "{name}")?;
        self.asks.flush()?;
        let mut head = String::new();
        self.answers.read_line(&mut head)?;
        // Name, type and size; or name and `missing`.
        let size = head.split_ascii_whitespace().nth(2).and_then(|it| it.parse::<usize>().ok());
        let size = size.ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "git lacks this object"))?;
        let mut bytes = vec![0; size + 1];
        self.answers.read_exact(&mut bytes)?;
        bytes.pop();
        Ok(bytes)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        // It ends by itself once nobody can ask any more; whether it had, is of no interest.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
