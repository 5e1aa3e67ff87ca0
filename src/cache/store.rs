//! The folder with every code base's cache in it: what was long not used goes, and what is too much.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

/// A code base that was not audited in so many days is forgotten.
const KEEP_DAYS: u64 = 60;
/// The most bytes of all code bases together; the longest unused go first.
const MOST_BYTES: u64 = 1 << 30;

/// Tidies up around the folder of one code base, which itself stays.
pub(super) fn tidy(own: &Path) {
    let Some(Ok(others)) = own.parent().map(fs::read_dir) else { return };
    let is_ours = |it: &PathBuf| it.file_name().is_some_and(|it| it.len() == 16);
    let folders = others.filter_map(|it| Some(it.ok()?.path())).filter(is_ours);
    let mut all: Vec<(SystemTime, u64, PathBuf)> = folders.filter_map(|it| about(&it)).collect();
    all.sort_by(|a, b| b.cmp(a));
    let oldest = SystemTime::now().checked_sub(Duration::from_secs(KEEP_DAYS * 86_400));
    let mut total = 0;
    for (used, bytes, folder) in all {
        total += bytes;
        let is_old = oldest.is_some_and(|oldest| used < oldest);
        if (is_old || total > MOST_BYTES) && folder != own {
            forget(&folder);
        }
    }
}

/// When a folder was last written to, and its size.
fn about(folder: &Path) -> Option<(SystemTime, u64, PathBuf)> {
    let files = fs::read_dir(folder).ok()?.filter_map(|it| it.ok()?.metadata().ok());
    let about: Vec<_> = files.filter_map(|it| Some((it.modified().ok()?, it.len()))).collect();
    Some((about.iter().map(|it| it.0).max()?, about.iter().map(|it| it.1).sum(), folder.to_owned()))
}

/// Removes the files of a cache and then their folder, if nothing else is in it.
fn forget(folder: &Path) {
    let Ok(files) = fs::read_dir(folder) else { return };
    for file in files.filter_map(Result::ok) {
        let name = file.file_name();
        let name = name.to_string_lossy();
        if name.len() == 1 || name.starts_with(".draft-") {
            // Somebody else may have been faster.
            let _ = fs::remove_file(file.path());
        }
    }
    let _ = fs::remove_dir(folder);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_caches_go_and_foreign_files_stay() {
        let all = tempfile::tempdir().unwrap();
        let make = |folder: &str, file: &str, days: u64| {
            let folder = all.path().join(folder);
            fs::create_dir_all(&folder).unwrap();
            fs::write(folder.join(file), "x").unwrap();
            let when = SystemTime::now() - Duration::from_secs(days * 86_400);
            fs::File::options().write(true).open(folder.join(file)).unwrap().set_modified(when).unwrap();
            folder
        };
        let own = make("0000000000000000", "a", 90);
        let (young, old) = (make("1111111111111111", "a", 10), make("2222222222222222", "a", 61));
        let (foreign, mixed) = (make("photos", "a", 90), make("3333333333333333", "letter.txt", 90));
        tidy(&own);
        assert!(own.join("a").exists() && young.exists() && foreign.join("a").exists() && mixed.exists());
        assert!(!old.exists());
    }
}
