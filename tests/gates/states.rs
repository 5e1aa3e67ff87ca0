//! The same code base on disk, as a commit and in the index: the same files, the same report.

use atlas_audit::config::Options;
use atlas_audit::tree::{Disk, Git, Repository, Tree};

use super::repo::Repo;

/// Files that the rules of ignoring, pruning and naming decide about.
const FILES: [(&str, &str); 22] = [
    (".gitignore", "*.log.ts\n/out-of-it/\n!kept.log.ts\n"),
    ("a.ts", "try { f(); } catch {}\n"),
    ("x.log.ts", "1;\n"),
    ("kept.log.ts", "2;\n"),
    ("out-of-it/b.ts", "3;\n"),
    ("deep/out-of-it/b.ts", "4;\n"),
    ("deep/.gitignore", "# Both.\ninner.ts\n!*.log.ts\nonly-here/*\n!only-here/b.ts\n"),
    ("deep/inner.ts", "5;\n"),
    ("deep/more/inner.ts", "6;\n"),
    ("deep/y.log.ts", "7;\n"),
    ("deep/only-here/a.ts", "8;\n"),
    ("deep/only-here/b.ts", "9;\n"),
    ("deep/more/.ignore", "c.ts\n!inner.ts\n"),
    ("deep/more/c.ts", "10;\n"),
    ("package.json", "{ \"name\": \"x\" }\n"),
    ("dist/a.js", "11;\n"),
    ("deep/dist/a.js", "12;\n"),
    ("web/package.json", "{}\n"),
    ("web/build/a.js", "13;\n"),
    ("node_modules/p/index.js", "14;\n"),
    (".hidden/a.ts", "15;\n"),
    ("app/.server/ü b.ts", "try { g(); } catch {}\n"),
];

#[test]
fn disk_commit_and_index_hold_the_same() {
    let repo = Repo::new();
    for (path, text) in FILES {
        repo.write(path, text);
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink("a.ts", repo.path().join("link.ts")).expect("can link");
    repo.git(&["add", "--all", "--force"]);
    repo.git(&["commit", "--quiet", "--message", "all"]);
    let disk = Disk::new(repo.path());
    let listed = disk.list();
    assert_eq!(listed.entries.len(), 10, "{listed:#?}");
    let repository = Repository::around(repo.path()).expect("is one");
    let head = repository.head().expect("git runs").expect("is there");
    let states = [Git::at(&repository, Some(&head)), Git::index(&repository)].map(|it| it.expect("git runs"));
    for state in &states {
        let mut listing = state.list();
        // The index does not tell sizes.
        for (entry, on_disk) in listing.entries.iter_mut().zip(&listed.entries).filter(|it| it.0.bytes == 0) {
            entry.bytes = on_disk.bytes;
        }
        assert_eq!(listing, listed);
        for entry in &listing.entries {
            assert_eq!(state.read(&entry.path).expect("can read"), disk.read(&entry.path).expect("can read"));
        }
        assert!(state.read("link.ts").is_err() && state.read("../a.ts").is_err() && state.read("none.ts").is_err());
    }
    // With other files on disk every byte comes from git.
    let audit = |tree: &dyn Tree| atlas_audit::audit_tree(tree, &Options::default(), &()).expect("holds sources");
    let expected = atlas_audit::report::json::render(&audit(&disk));
    for (path, _) in FILES {
        repo.write(path, "changed\n");
    }
    for state in [Git::at(&repository, Some(&head)), Git::index(&repository)] {
        let report = audit(&state.expect("git runs"));
        assert!(report.findings.len() == 2, "{:?}", report.findings);
        assert_eq!(atlas_audit::report::json::render(&report), expected);
    }
}
