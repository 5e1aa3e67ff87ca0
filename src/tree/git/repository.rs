//! The git repository around an audited folder, asked with git's own program.
//!
//! Nothing here writes: no lock is taken, no hook, pager or file monitor is run, and the working tree is never touched.

use std::collections::BTreeSet;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::failure::Failure;

/// A repository, seen from one folder of its working tree.
#[derive(Debug, Clone)]
pub struct Repository {
    folder: PathBuf,
    /// The folder's path in the repository, with a slash behind it; empty for the top.
    prefix: String,
}

/// A commit's name, in full.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit(pub String);

/// Variables that git reads as relative to where it was started, which for a hook is not where we start it.
const RELATIVE: [&str; 4] = ["GIT_DIR", "GIT_INDEX_FILE", "GIT_WORK_TREE", "GIT_OBJECT_DIRECTORY"];

impl Repository {
    /// The repository that a folder lies in.
    ///
    /// # Errors
    ///
    /// Where git cannot be run, and where the folder lies in no working tree.
    pub fn around(folder: &Path) -> Result<Self, Failure> {
        let repository = Self { folder: folder.to_owned(), prefix: String::new() };
        let said = repository.run(&["rev-parse", "--is-inside-work-tree", "--show-prefix"])?;
        let text = String::from_utf8_lossy(&said.stdout).into_owned();
        match text.lines().collect::<Vec<_>>().as_slice() {
            ["true", rest @ ..] if said.status.success() => {
                Ok(Self { prefix: rest.first().unwrap_or(&"").to_string(), ..repository })
            }
            _ => {
                let why = String::from_utf8_lossy(&said.stderr).trim().to_owned();
                let why = if why.is_empty() { "it is no working tree".to_owned() } else { why };
                let problem = format!("`{}` is not in a git working tree", folder.display());
                Err(Failure::git(problem, format!("--since and --staged compare with a commit; git says: {why}")))
            }
        }
    }

    /// The commit from which a branch, tag or commit and the current one have gone separate ways.
    ///
    /// # Errors
    ///
    /// Where one of the two does not exist, and where they have no such commit here.
    pub fn merge_base(&self, reference: &str) -> Result<Commit, Failure> {
        let Some(other) = self.commit(reference)? else {
            let help = match self.is_shallow() {
                true => format!(
                    "this clone is shallow: git fetch --unshallow brings it, in CI fetch-depth: 0 does. {FETCH}"
                ),
                false => FETCH.to_owned(),
            };
            return Err(Failure::git(format!("git knows no commit `{reference}`"), help));
        };
        let Some(head) = self.commit("HEAD")? else {
            return Err(Failure::git(
                "there is no commit yet".to_owned(),
                "commit first, or leave --since out".to_owned(),
            ));
        };
        let said = self.run(&["merge-base", &other.0, &head.0])?;
        let base = String::from_utf8_lossy(&said.stdout).lines().next().unwrap_or_default().to_owned();
        if said.status.success() && !base.is_empty() {
            return Ok(Commit(base));
        }
        let help = if self.is_shallow() {
            "this clone is shallow and ends before it: git fetch --unshallow brings the rest, in CI fetch-depth: 0 does"
        } else {
            "their histories are unrelated; name a commit that this branch grew from"
        };
        Err(Failure::git(format!("`{reference}` and the current commit have no common ancestor here"), help.to_owned()))
    }

    /// The commit that is checked out; `None` before the first.
    ///
    /// # Errors
    ///
    /// Where git cannot be run.
    pub fn head(&self) -> Result<Option<Commit>, Failure> {
        self.commit("HEAD")
    }

    fn commit(&self, reference: &str) -> Result<Option<Commit>, Failure> {
        if reference.starts_with('-') {
            // It would be read as a flag, and no name begins so.
            return Ok(None);
        }
        let peeled = format!("{reference}^{{commit}}");
        let said = self.run(&["rev-parse", "--verify", "--quiet", &peeled])?;
        let name = String::from_utf8_lossy(&said.stdout).trim().to_owned();
        Ok((said.status.success() && !name.is_empty()).then_some(Commit(name)))
    }

    fn is_shallow(&self) -> bool {
        self.run(&["rev-parse", "--is-shallow-repository"]).is_ok_and(|it| it.stdout.starts_with(b"true"))
    }

    /// What the folder held at a commit, as `ls-tree` lists it; nothing where it was not there.
    pub(super) fn ls_tree(&self, commit: &Commit) -> Result<Vec<u8>, Failure> {
        let folder = format!("{}:{}", commit.0, self.prefix.trim_end_matches('/'));
        let tree = self.run(&["rev-parse", "--verify", "--quiet", &folder])?;
        if !tree.status.success() {
            return Ok(Vec::new());
        }
        self.output(&["ls-tree", "-r", "-l", "-z", "--full-tree", &folder])
    }

    /// What the folder holds in the index, as `ls-files` lists it.
    pub(super) fn ls_files(&self) -> Result<Vec<u8>, Failure> {
        self.output(&["ls-files", "--stage", "-z"])
    }

    /// The files that differ between a commit, or else the index, and the disk.
    pub(super) fn changed(&self, commit: Option<&Commit>) -> Result<BTreeSet<String>, Failure> {
        const FLAGS: [&str; 4] = ["--name-only", "-z", "--no-renames", "--relative"];
        let listed = match commit {
            Some(commit) => self.output(&[&["diff-index"], &FLAGS[..], &[&commit.0, "--", "."]].concat())?,
            None => self.output(&[&["diff-files"], &FLAGS[..], &["--", "."]].concat())?,
        };
        let paths = listed.split(|it| *it == 0).filter(|it| !it.is_empty());
        Ok(paths.map(|it| String::from_utf8_lossy(it).into_owned()).collect())
    }

    /// The folder that is audited.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    fn output(&self, arguments: &[&str]) -> Result<Vec<u8>, Failure> {
        let said = self.run(arguments)?;
        if said.status.success() {
            return Ok(said.stdout);
        }
        let why = String::from_utf8_lossy(&said.stderr).trim().to_owned();
        Err(Failure::git(format!("git {} failed", arguments[0]), format!("git says: {why}")))
    }

    fn run(&self, arguments: &[&str]) -> Result<Output, Failure> {
        let run = self.command(arguments).stdin(Stdio::null()).output();
        run.map_err(|error| {
            let help = "--since and --staged read the repository with git: install it, or leave the flag out";
            Failure::git(format!("git cannot be run: {error}"), help.to_owned())
        })
    }

    /// A command of git's in the folder.
    pub(super) fn command<A: AsRef<OsStr>>(&self, arguments: &[A]) -> Command {
        let mut command = Command::new("git");
        command.current_dir(&self.folder).args(["-c", "core.fsmonitor=false", "-c", "core.quotePath=false"]);
        command.args(arguments).env("GIT_OPTIONAL_LOCKS", "0").env("LC_ALL", "C");
        let here = std::env::current_dir().unwrap_or_default();
        for name in RELATIVE {
            if let Some(value) = std::env::var_os(name).filter(|it| Path::new(it).is_relative()) {
                command.env(name, here.join(value));
            }
        }
        command
    }
}

const FETCH: &str = "name a branch, tag or commit, such as origin/main; git fetch brings what only the remote has";
