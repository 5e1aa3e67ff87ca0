//! Runs what the command line asks for and puts the results where they belong.
//!
//! The only module that writes: reports to standard output and to files, `atlas-audit.toml` for `init`, words about the run to
//! standard error. It judges nothing; the pipeline, which it is handed, and [`crate::gate`] do.

mod accept;
mod deliver;
mod hint;
mod shell;
mod write;

use std::ffi::OsString;
use std::io::{IsTerminal, stderr, stdout};
use std::path::Path;

use crate::cli::{Audit, Cli, ColorWhen, Command, ListFormat, Print, Why};
use crate::config::{self, GateRule, Options, SeverityRule};
use crate::failure::{Failure, nearest};
use crate::finding::Finding;
use crate::gate::{Exit, Gate};
use crate::page::Page;
use crate::progress::{Bar, Progress};
use crate::report::look::Color;
use crate::report::{self, Look, Report, Setting};
use crate::rules::RULES;

/// The pipeline, as this module needs it.
pub type Pipeline = fn(&Options, &dyn Progress) -> Result<Report, Failure>;

/// Runs a parsed command line; `pipeline` does the audits that it asks for.
///
/// # Errors
///
/// Whatever stops it before there is a report, or keeps the report from being delivered.
pub fn run(cli: &Cli, pipeline: Pipeline) -> Result<Exit, Failure> {
    let look = Look::stdout(color(cli.print));
    match &cli.command {
        None => audit(&cli.audit, cli.print, pipeline),
        Some(Command::Why(place)) => why(place, cli.print, pipeline),
        Some(Command::Explain { rule }) => say(&report::explain(&page_of(rule)?, look)),
        Some(Command::Rules { format: ListFormat::Terminal }) => say(&report::listing(&pages(), look)),
        Some(Command::Rules { format: ListFormat::Json }) => say(&report::listing_json(&pages())),
        Some(Command::Baseline(flags)) => accept::accept(flags, cli.print, pipeline),
        Some(Command::Init) => init(Path::new(config::FILE)),
        Some(Command::Schema) => say(report::json::SCHEMA),
        Some(Command::Completions { shell }) => say(&shell::completions(*shell)),
        Some(Command::Man) => say(&shell::man()),
    }
}

/// Prints what the parser of the command line has to say: an error, the help or the version.
#[must_use]
pub fn usage(mut error: clap::Error) -> Exit {
    hint::improve(&mut error);
    let foreign = |it: OsString| it.to_string_lossy().chars().any(report::safe::is_hazard);
    if std::env::args_os().any(foreign) {
        // The parser repeats the arguments as they are.
        write::stderr(std::iter::once(report::safe::safe_lines(&error.render().to_string())));
    } else {
        // A reader that has gone away has read enough.
        let _ = error.print();
    }
    if error.use_stderr() { Exit::Usage } else { Exit::Passed }
}

/// The color that was asked for.
#[must_use]
pub fn color(print: Print) -> Color {
    match print.color {
        ColorWhen::Auto => Color::Auto,
        ColorWhen::Always => Color::Always,
        ColorWhen::Never => Color::Never,
    }
}

fn audit(flags: &Audit, print: Print, pipeline: Pipeline) -> Result<Exit, Failure> {
    let options = Options::resolve(flags.asked()).map_err(|failure| hint::maybe_a_command(failure, &flags.paths))?;
    options.rules.iter().try_for_each(|rule| page_of(rule).map(drop))?;
    known_rules(&options.gates, &options.severities)?;
    write::check(&flags.outputs)?;
    let report = watched(&options, print, pipeline)?;
    known_rules(&report.nested.gates, &report.nested.severities)?;
    if flags.print_config {
        return say(&config::show(&options.shown, &report.nested));
    }
    let gate = gate(&options);
    let ruling = gate.judge(&report);
    let (pages, prefix) = (pages(), deliver::prefix(&options.root));
    let fails = |it: &Finding| gate.fails(it, &report);
    let setting = Setting { pages: &pages, prefix: &prefix, reasons: &ruling.reasons, fails: &fails, all: flags.all };
    deliver::deliver(&report, setting, flags, print, &mut stdout().lock())?;
    if flags.timings {
        write::stderr(
            report.timings.iter().map(|(stage, time)| format!("{:>9.1} ms  {stage}", time.as_secs_f64() * 1e3)),
        );
    }
    if !print.quiet {
        write::stderr(report.hints.iter().map(|it| format!("atlas-audit: hint: {}", report::safe::safe(it))));
        write::stderr(accept::stale(&report).into_iter());
        write::stderr(ruling.reasons.iter().map(|reason| format!("atlas-audit: {}", report::safe::safe(reason))));
    }
    Ok(ruling.exit)
}

/// Refuses settings for rules and kinds that do not exist.
fn known_rules(gates: &[GateRule], severities: &[SeverityRule]) -> Result<(), Failure> {
    let at = |failure, from: &str| match failure {
        Failure::UnknownRule { rule, help } => Failure::UnknownRule { rule, help: format!("{help} ({from} names it)") },
        failure => failure,
    };
    for gate in gates {
        gate.rules.iter().try_for_each(|rule| page_of(rule).map(drop)).map_err(|it| at(it, &gate.from))?;
    }
    for SeverityRule { rule, kind, from, .. } in severities {
        let page = page_of(rule).map_err(|it| at(it, from))?;
        if let Some(kind) = kind.as_ref().filter(|it| !page.kinds.contains_key(*it)) {
            let kinds: Vec<_> = page.kinds.keys().map(String::as_str).collect();
            let help = format!("its kinds are {} ({from} names it)", kinds.join(", "));
            return Err(Failure::UnknownRule { rule: format!("{rule}/{kind}"), help });
        }
    }
    Ok(())
}

fn gate(options: &Options) -> Gate {
    let Options { fail_on, min_score, max_drop, gates, .. } = options;
    Gate { fail_on: *fail_on, min_score: *min_score, max_drop: *max_drop, parts: gates.clone() }
}

/// Audits with a progress bar where somebody can see it.
fn watched(options: &Options, print: Print, pipeline: Pipeline) -> Result<Report, Failure> {
    let bar = (stderr().is_terminal() && !print.quiet).then(Bar::new);
    pipeline(options, bar.as_ref().map_or(&(), |bar| bar as &dyn Progress))
}

fn why(place: &Why, print: Print, pipeline: Pipeline) -> Result<Exit, Failure> {
    let options = Options::resolve(place.asked())?;
    let path = within(&place.spot.path, &options.root)?;
    let report = watched(&options, print, pipeline)?;
    say(&report::why(&report, &path, place.spot.line, Look::stdout(color(print))))
}

/// The place's path as the report writes it: relative to the root, whether it was typed so or from the current folder.
fn within(path: &Path, root: &Path) -> Result<String, Failure> {
    let access = |path: &Path| {
        let path = path.to_owned();
        move |source| Failure::Access { action: "read", path, source }
    };
    let real_root = root.canonicalize().map_err(access(root))?;
    let typed = [path.to_owned(), root.join(path)].into_iter().find(|it| it.is_file());
    let Some(typed) = typed else {
        let help = "name a file from here, or as the report prints it".to_owned();
        return Err(Failure::Missing { path: path.to_owned(), help });
    };
    let real = typed.canonicalize().map_err(access(path))?;
    let outside = |_| Failure::Outside { path: path.to_owned(), root: root.to_owned() };
    real.strip_prefix(&real_root).map(config::slashed).map_err(outside)
}

fn init(path: &Path) -> Result<Exit, Failure> {
    write::new_file(path, config::TEMPLATE)?;
    say(&format!("wrote {}: every key is commented out, so nothing changes until you change it\n", path.display()))
}

fn say(text: &str) -> Result<Exit, Failure> {
    write::print(&mut stdout().lock(), |out| out.write_all(text.as_bytes()))?;
    Ok(Exit::Passed)
}

fn pages() -> Vec<Page> {
    RULES.iter().map(|rule| Page::parse(rule.page).expect("the tests parse every page")).collect()
}

fn page_of(rule: &str) -> Result<Page, Failure> {
    let pages = pages();
    let near = nearest(rule, pages.iter().map(|page| page.id.as_str()));
    let help = match near {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`atlas-audit rules` lists them".to_owned(),
    };
    let found = pages.into_iter().find(|page| page.id == rule);
    found.ok_or_else(|| Failure::UnknownRule { rule: rule.to_owned(), help })
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::*;

    #[test]
    fn a_place_is_found_from_here_and_from_the_root() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        std::fs::create_dir(folder.path().join("src")).expect("can create");
        std::fs::write(folder.path().join("src/a.ts"), "").expect("can write");
        for typed in [folder.path().join("src/a.ts"), PathBuf::from("src/a.ts"), PathBuf::from("./src/../src/a.ts")] {
            assert_eq!(within(&typed, folder.path()).expect("is there"), "src/a.ts");
        }
        assert!(matches!(within(Path::new("src/b.ts"), folder.path()), Err(Failure::Missing { .. })));
        let inner = folder.path().join("src");
        let outside = within(&std::env::current_exe().expect("has a path"), &inner);
        assert!(matches!(outside, Err(Failure::Outside { .. })));
    }
}
