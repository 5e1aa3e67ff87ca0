//! Text to standard output and to files. A reader that has gone away is no failure; a file is there whole or not at all.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, BufWriter, ErrorKind, Write};
use std::path::{Path, PathBuf};

use crate::cli::Output;
use crate::failure::Failure;

/// Prints what `render` writes.
pub(super) fn print(
    out: &mut impl Write,
    render: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> Result<(), Failure> {
    match buffered(out, render) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(Failure::Standard(error)),
        _ => Ok(()),
    }
}

/// Reports are written in many small pieces.
fn buffered(out: &mut dyn Write, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(1 << 16, out);
    render(&mut out)?;
    out.flush()
}

/// Says something about the run; where nobody listens, nothing is lost.
pub(super) fn stderr(lines: impl Iterator<Item = String>) {
    let mut out = io::stderr().lock();
    for line in lines {
        if writeln!(out, "{line}").is_err() {
            return;
        }
    }
}

/// Refuses before the audit what could not be written after it.
pub(super) fn check(outputs: &[Output]) -> Result<(), Failure> {
    let mut seen = BTreeSet::new();
    for Output { path, .. } in outputs {
        if !seen.insert(path) {
            return Err(Failure::SameOutput { path: path.clone() });
        }
        let folder = folder_of(path);
        let wrong = if path.is_dir() {
            Some(ErrorKind::IsADirectory)
        } else if folder.is_dir() {
            None
        } else {
            Some(ErrorKind::NotFound)
        };
        if let Some(kind) = wrong {
            return Err(Failure::Access { action: "write", path: path.clone(), source: kind.into() });
        }
    }
    Ok(())
}

/// Writes a report: beside its place first, then moved there.
pub(super) fn file(path: &Path, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    replace(path, render).map_err(|source| Failure::Access { action: "write", path: path.to_owned(), source })
}

fn replace(path: &Path, render: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    // A link stays a link; what it points to is replaced.
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    if fs::metadata(&path).is_ok_and(|it| !it.is_file()) {
        // A device or a named pipe cannot be replaced.
        let mut out = fs::OpenOptions::new().write(true).open(&path)?;
        return match buffered(&mut out, render) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(()),
            done => done,
        };
    }
    let mut draft = draft(&path)?;
    buffered(&mut draft, render)?;
    draft.persist(&path).map(drop).map_err(|error| error.error)
}

fn draft(path: &Path) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".atlas-audit-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        // As any other new file: the umask takes away what it takes away.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    builder.tempfile_in(folder_of(path))
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// Writes a file that must not exist yet.
pub(super) fn new_file(path: &Path, text: &str) -> Result<(), Failure> {
    let create = || fs::OpenOptions::new().write(true).create_new(true).open(path)?.write_all(text.as_bytes());
    create().map_err(|source| match source.kind() {
        ErrorKind::AlreadyExists => Failure::Exists { path: path.to_owned() },
        _ => Failure::Access { action: "write", path: path.to_owned(), source },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Format;

    fn text(path: &Path, text: &str) -> Result<(), Failure> {
        file(path, |out| out.write_all(text.as_bytes()))
    }

    fn output(path: PathBuf) -> Output {
        Output { format: Format::Json, path }
    }

    #[test]
    fn a_report_replaces_the_last_one_and_leaves_no_draft() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("r.json");
        text(&path, "one").expect("can write");
        text(&path, "two").expect("can write");
        assert_eq!(fs::read_to_string(&path).expect("is there"), "two");
        assert_eq!(fs::read_dir(folder.path()).expect("is there").count(), 1);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_a_link_and_a_device_stays_a_device() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let [target, link] = ["target", "link"].map(|name| folder.path().join(name));
        fs::write(&target, "old").expect("can write");
        std::os::unix::fs::symlink(&target, &link).expect("can link");
        text(&link, "new").expect("can write");
        assert!(link.is_symlink());
        assert_eq!(fs::read_to_string(&target).expect("is there"), "new");
        text(Path::new("/dev/null"), "x").expect("can write");
        assert!(!Path::new("/dev/null").is_file());
    }

    #[test]
    fn what_cannot_be_written_is_refused_first() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let at = |name: &str| output(folder.path().join(name));
        assert!(check(&[at("a"), at("b")]).is_ok());
        assert!(matches!(check(&[at("a"), at("a")]), Err(Failure::SameOutput { .. })));
        assert!(matches!(check(&[at("none/a")]), Err(Failure::Access { .. })));
        assert!(matches!(check(&[at("")]), Err(Failure::Access { .. })));
    }

    #[test]
    fn init_never_overwrites() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let path = folder.path().join("x.toml");
        new_file(&path, "first").expect("can write");
        assert!(matches!(new_file(&path, "second"), Err(Failure::Exists { .. })));
        assert_eq!(fs::read_to_string(&path).expect("is there"), "first");
    }
}
