//! Files that are listed and then cannot be had: they vanish, are forbidden, or bring down whoever reads them.
//!
//! The tree is made up, since a disk loses files only when it pleases. What is asked of the audit is always the same: it
//! finishes, names the file and the reason, gives no score, and still says what it found elsewhere.

use std::io;

use atlas_audit::report::Report;
use atlas_audit::tree::{Listing, Memory, Tree};

/// One finding.
const CATCH: &str = "try { await fetch(\"https://example.org\"); } catch {}\n";

#[test]
fn a_file_that_vanishes_is_unread() {
    assert_incomplete("src/gone.ts", Flaw::Fails(io::ErrorKind::NotFound));
}

#[test]
fn a_file_that_is_forbidden_is_unread() {
    assert_incomplete("src/secret.ts", Flaw::Fails(io::ErrorKind::PermissionDenied));
}

#[test]
fn a_disk_that_fails_is_no_pass() {
    assert_incomplete("src/torn.ts", Flaw::Fails(io::ErrorKind::Other));
}

#[test]
fn a_manifest_that_vanishes_is_unread() {
    assert_incomplete("package.json", Flaw::Fails(io::ErrorKind::NotFound));
}

#[test]
fn a_panic_costs_one_file() {
    assert_incomplete("src/trap.ts", Flaw::Panics);
}

#[test]
fn a_file_that_grows_after_listing_is_skipped() {
    let report = audited(&Flawed::new("src/grown.ts", Flaw::Grows));
    assert!(report.complete, "{:?}", report.coverage);
    assert!(report.coverage.skipped.iter().any(|it| it.path == "src/grown.ts"), "{:?}", report.coverage);
}

fn assert_incomplete(path: &'static str, flaw: Flaw) {
    let report = audited(&Flawed::new(path, flaw));
    assert!(!report.complete);
    assert_eq!((report.grade.score, report.grade.raw_score), (None, None));
    assert!(report.grade.unscored.is_some(), "it says why there is no score");
    let unread: Vec<_> = report.coverage.unread.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(unread, [path]);
    assert!(!report.coverage.unread[0].reason.is_empty());
    assert!(report.findings.iter().any(|it| it.location.path == "src/canary.ts"), "one file is lost, not the report");
}

fn audited(tree: &dyn Tree) -> Report {
    atlas_audit::audit_tree(tree, &atlas_audit::config::Options::default(), &()).expect("there is something to audit")
}

/// What happens to a file between listing and reading.
enum Flaw {
    Fails(io::ErrorKind),
    Panics,
    Grows,
}

/// A tree in which one file is not what the listing says.
struct Flawed {
    sound: Memory,
    path: &'static str,
    flaw: Flaw,
}

impl Flawed {
    fn new(path: &'static str, flaw: Flaw) -> Self {
        let files = [("src/canary.ts", CATCH), (path, CATCH)];
        Self { sound: files.into_iter().collect(), path, flaw }
    }
}

impl Tree for Flawed {
    fn list(&self) -> Listing {
        self.sound.list()
    }

    fn read(&self, path: &str) -> io::Result<Vec<u8>> {
        match self.flaw {
            _ if path != self.path => self.sound.read(path),
            Flaw::Fails(kind) => Err(kind.into()),
            Flaw::Panics => panic!("a trap that somebody set"),
            Flaw::Grows => Ok(CATCH.repeat(50_000).into_bytes()),
        }
    }
}
