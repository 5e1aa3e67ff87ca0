//! Puts every requested report where it belongs.
//!
//! Which format is which rendering is decided here and nowhere else.

use std::io::{self, Write};
use std::path::Path;

use super::{color, write};
use crate::cli::{Audit, Print};
use crate::config::{self, Format};
use crate::failure::Failure;
use crate::report::terminal::Detail;
use crate::report::{self, Look, Report, Setting};

/// Writes the files and prints; a report that cannot be written takes no other with it.
pub(super) fn deliver(
    report: &Report,
    setting: Setting<'_>,
    flags: &Audit,
    print: Print,
    out: &mut impl Write,
) -> Result<(), Failure> {
    let mut delivered = Ok(());
    for output in &flags.outputs {
        let view = View { look: Look::PLAIN, quiet: true };
        delivered = delivered.and(write::file(&output.path, |out| render(report, setting, output.format, view, out)));
    }
    let view = View { look: Look::stdout(color(print)), quiet: print.quiet };
    delivered.and(write::print(out, |out| render(report, setting, flags.format, view, out)))
}

/// How a report for people looks.
#[derive(Clone, Copy)]
struct View {
    look: Look,
    quiet: bool,
}

fn render(
    report: &Report,
    setting: Setting<'_>,
    format: Format,
    View { look, quiet }: View,
    out: &mut dyn Write,
) -> io::Result<()> {
    let all = setting.all;
    match format {
        Format::Terminal => out.write_all(report::terminal::render(report, look, Detail { all, quiet }).as_bytes()),
        Format::Concise => out.write_all(report::concise::render(report, all).as_bytes()),
        Format::Agent => report::agent::write(report, setting, out),
        Format::Markdown => report::markdown::write(report, setting, out),
        Format::Json => report::json::write(report, out),
        Format::Ndjson => report::json::write_lines(report, out),
        Format::Sarif => report::sarif::write(report, setting, out),
        Format::Github => report::github::write(report, setting, out),
        Format::Gitlab => report::gitlab::write(report, setting, out),
        Format::Rdjson => report::rdjson::write(report, setting, out),
        Format::Junit => report::junit::write(report, setting, out),
        Format::Checkstyle => report::checkstyle::write(report, setting, out),
    }
}

/// What makes a path below the root one below the git root: empty where the root is that, or lies in no repository.
pub(super) fn prefix(root: &Path) -> String {
    let Ok(root) = root.canonicalize() else { return String::new() };
    // In a worktree or a submodule `.git` is a file.
    let Some(git) = root.ancestors().find(|it| it.join(".git").exists()) else { return String::new() };
    match root.strip_prefix(git).map(config::slashed) {
        Ok(below) if !below.is_empty() => below + "/",
        _ => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::Cli;
    use crate::gate::{Exit, Gate};
    use crate::report::sample;

    /// A reader that has gone away, or another trouble.
    struct Broken(std::io::ErrorKind);

    impl Write for Broken {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(self.0.into())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    fn parsed(folder: &Path, outputs: &[&str]) -> Cli {
        let output = |it: &&str| format!("--output={}", it.replace("=", &format!("={}/", folder.display())));
        Cli::try_parse_from(["atlas-audit".to_owned()].into_iter().chain(outputs.iter().map(output))).expect("valid")
    }

    #[test]
    fn every_report_is_written_whatever_the_exit_code() {
        for complete in [true, false] {
            let folder = tempfile::tempdir().expect("a temporary folder");
            let cli = parsed(folder.path(), &["json=r.json", "concise=r.txt"]);
            let report = Report { complete, ..sample::report() };
            let exit = Gate { fail_on: Some(crate::finding::Severity::P1), ..Gate::default() }.judge(&report).exit;
            assert_eq!(exit, if complete { Exit::Failed } else { Exit::Incomplete });
            let mut out = Vec::new();
            deliver(&report, Setting::default(), &cli.audit, cli.print, &mut out).expect("can write");
            let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).expect("is written");
            assert_eq!(text("r.json"), report::written(|out| report::json::write(&report, out)));
            assert_eq!(text("r.txt"), report::concise::render(&report, false));
            assert!(String::from_utf8(out).expect("text").contains("87/100"));
        }
    }

    #[test]
    fn one_failing_report_takes_no_other_with_it() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let cli = parsed(folder.path(), &["json=none/r.json", "concise=r.txt"]);
        let mut out = Vec::new();
        assert!(deliver(&sample::report(), Setting::default(), &cli.audit, cli.print, &mut out).is_err());
        assert!(folder.path().join("r.txt").exists() && !out.is_empty());
    }

    #[test]
    fn a_reader_that_went_away_is_no_failure() {
        let cli = parsed(Path::new("."), &[]);
        let deliver = |kind| deliver(&sample::report(), Setting::default(), &cli.audit, cli.print, &mut Broken(kind));
        assert!(deliver(std::io::ErrorKind::BrokenPipe).is_ok());
        assert!(matches!(deliver(std::io::ErrorKind::StorageFull), Err(Failure::Standard(_))));
    }

    #[test]
    fn a_file_that_could_not_be_audited_is_in_every_report() {
        let mut report = sample::empty();
        report.complete = false;
        report.coverage.unread = vec![report::Note { path: "src/lost.ts".into(), reason: "permission denied".into() }];
        let setting = Setting { prefix: "web/", ..Setting::default() };
        // A line per finding and one of summary has no room for it; the gate says it on standard error.
        for format in Format::ALL.into_iter().filter(|it| *it != Format::Concise) {
            let view = View { look: Look::PLAIN, quiet: true };
            let text = report::written(|out| render(&report, setting, format, view, out));
            assert!(text.contains("src/lost.ts") && text.contains("permission denied"), "{text}");
            let from_git_root = matches!(format, Format::Sarif | Format::Gitlab | Format::Github);
            assert_eq!(text.contains("web/src/lost.ts"), from_git_root, "{text}");
        }
    }

    #[test]
    fn a_folder_knows_where_it_lies_in_its_repository() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let web = folder.path().join("packages/web");
        std::fs::create_dir_all(&web).expect("can create");
        std::fs::create_dir(folder.path().join(".git")).expect("can create");
        assert_eq!(prefix(folder.path()), "");
        assert_eq!(prefix(&web), "packages/web/");
        assert_eq!(prefix(&web.join("../web/.")), "packages/web/");
        assert_eq!(prefix(&web.join("none")), "");
        std::fs::write(web.join(".git"), "gitdir: elsewhere").expect("can write");
        assert_eq!(prefix(&web), "");
    }
}
