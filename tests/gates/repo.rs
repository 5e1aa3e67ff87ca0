//! A repository of its own for one test, and the program run in it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use serde_json::Value;
use tempfile::TempDir;

/// A pool that is in order.
pub(crate) const DB: &str = "import { Pool } from \"pg\";\nexport const pool = new Pool({ max: 5, connectionTimeoutMillis: 1000, statement_timeout: 1000 });\n";
/// One finding of P1.
pub(crate) const LOOP: &str = "import { pool } from \"./db\";
export async function sync(rows: { id: number }[]) {
  for (const row of rows) {
    await pool.query(\"update users set seen = $1 where id = $2\", [1, row.id]);
  }
}
";

/// A folder, mostly with a repository in it, and a cache beside it.
pub(crate) struct Repo {
    folder: TempDir,
    cache: TempDir,
}

/// What a run said.
pub(crate) struct Said {
    pub(crate) exit: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
    pub(crate) json: Value,
}

/// A repository with one commit on `main` in which one thing is found.
pub(crate) fn app() -> Repo {
    let repo = Repo::new();
    repo.write("src/db.ts", DB);
    repo.write("src/sync.ts", LOOP);
    repo.commit("first");
    repo
}

impl Repo {
    pub(crate) fn new() -> Self {
        let repo = Self::without_git();
        repo.git(&["init", "--quiet", "--initial-branch", "main"]);
        repo
    }

    pub(crate) fn without_git() -> Self {
        let folder = || tempfile::tempdir().expect("a temporary folder");
        Self { folder: folder(), cache: folder() }
    }

    pub(crate) fn path(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn write(&self, path: &str, text: &str) {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("has a folder")).expect("can create");
        fs::write(path, text).expect("can write");
    }

    pub(crate) fn commit(&self, message: &str) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--message", message]);
    }

    pub(crate) fn git(&self, arguments: &[&str]) -> String {
        let said = self.git_output(arguments);
        assert!(said.status.success(), "git {arguments:?}: {}", String::from_utf8_lossy(&said.stderr));
        String::from_utf8_lossy(&said.stdout).into_owned()
    }

    pub(crate) fn try_git(&self, arguments: &[&str]) -> bool {
        self.git_output(arguments).status.success()
    }

    fn git_output(&self, arguments: &[&str]) -> Output {
        let mut git = Command::new("git");
        git.current_dir(self.path()).args(arguments);
        git.env("GIT_CONFIG_GLOBAL", "/dev/null").env("GIT_CONFIG_NOSYSTEM", "1");
        for who in ["AUTHOR", "COMMITTER"] {
            git.env(format!("GIT_{who}_NAME"), "A").env(format!("GIT_{who}_EMAIL"), "a@example.org");
        }
        git.output().expect("git runs")
    }

    /// Runs the program in the folder.
    pub(crate) fn run(&self, arguments: &[&str]) -> Said {
        let mut program = Command::new(env!("CARGO_BIN_EXE_atlas-audit"));
        program.current_dir(self.path()).args(arguments).env("ATLAS_AUDIT_CACHE", self.cache.path());
        program.env("COLUMNS", "200");
        let output = program.output().expect("the program runs");
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
        Said {
            exit: output.status.code().expect("it ends by itself"),
            stdout: text(&output.stdout),
            stderr: text(&output.stderr),
            json: Value::Null,
        }
    }

    /// Runs an audit that gives a report.
    pub(crate) fn audit(&self, flags: &[&str]) -> Said {
        let said = self.run(&[flags, &["--format", "json"]].concat());
        let json = serde_json::from_str(&said.stdout).unwrap_or_else(|_| panic!("{flags:?}: {}", said.stderr));
        Said { json, ..said }
    }

    pub(crate) fn make_executable(&self, path: &str) {
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(self.path().join(path), fs::Permissions::from_mode(0o755)).expect("can set");
        }
    }

    /// How many files the cache holds.
    pub(crate) fn cached(&self) -> usize {
        self.cache_files().len()
    }

    /// Damages every file of the cache in the middle.
    pub(crate) fn spoil_cache(&self) {
        for path in self.cache_files() {
            let mut bytes = fs::read(&path).expect("can read");
            let middle = bytes.len() / 2;
            bytes[middle] ^= 0xff;
            fs::write(path, bytes).expect("can write");
        }
    }

    fn cache_files(&self) -> Vec<std::path::PathBuf> {
        let entries = |path: &Path| -> Vec<_> {
            fs::read_dir(path).expect("a folder").map(|it| it.expect("an entry").path()).collect()
        };
        entries(self.cache.path()).iter().flat_map(|it| entries(it)).collect()
    }
}

impl Said {
    pub(crate) fn findings(&self) -> impl Iterator<Item = &Value> {
        self.json["findings"].as_array().into_iter().flatten()
    }

    /// The buckets of all findings, in order.
    pub(crate) fn statuses(&self) -> Vec<&str> {
        self.findings().filter_map(|it| it["status"].as_str()).collect()
    }

    pub(crate) fn count(&self, status: &str) -> usize {
        self.statuses().iter().filter(|it| **it == status).count()
    }

    /// How many findings the comparison calls new.
    pub(crate) fn n_new(&self) -> u64 {
        self.json["delta"]["new"].as_u64().expect("two states are compared")
    }
}
