//! Runs what the command line asks for and puts the results where they belong.
//!
//! The only module that writes: reports to standard output and to files, `atlas-audit.toml` for `init`, words about the run to
//! standard error. It judges nothing; [`crate::audit`] and [`crate::gate`] do.

mod write;

use std::io::{IsTerminal, stderr};
use std::path::{Path, PathBuf};

use crate::cli::{Audit, COMMANDS, Cli, ColorWhen, Command, ListFormat, Print, Why};
use crate::config::{self, Format, Options};
use crate::failure::{Failure, nearest};
use crate::gate::{Exit, Gate};
use crate::page::Page;
use crate::progress::{Bar, Progress};
use crate::report::look::Color;
use crate::report::terminal::Detail;
use crate::report::{self, Look, Report};
use crate::rules::RULES;

/// Runs a parsed command line.
///
/// # Errors
///
/// Whatever stops it before there is a report, or keeps the report from being delivered.
pub fn run(cli: &Cli) -> Result<Exit, Failure> {
    let look = Look::stdout(color(cli.print));
    match &cli.command {
        None => audit(&cli.audit, cli.print),
        Some(Command::Why(place)) => why(place, cli.print),
        Some(Command::Explain { rule }) => say(&report::explain(&page_of(rule)?, look)),
        Some(Command::Rules { format: ListFormat::Terminal }) => say(&report::listing(&pages(), look)),
        Some(Command::Rules { format: ListFormat::Json }) => say(&report::listing_json(&pages())),
        Some(Command::Init) => init(Path::new(config::FILE)),
        Some(Command::Schema) => say(report::json::SCHEMA),
    }
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

fn audit(flags: &Audit, print: Print) -> Result<Exit, Failure> {
    let options = Options::resolve(flags.asked()).map_err(|failure| maybe_a_command(failure, &flags.paths))?;
    options.rules.iter().try_for_each(|rule| page_of(rule).map(drop))?;
    write::check(&flags.outputs)?;
    let report = watched(&options, print)?;
    for output in &flags.outputs {
        let text = render(&report, output.format, Look::PLAIN, flags.all, true);
        write::file(&output.path, &text)?;
    }
    let text = render(&report, flags.format, Look::stdout(color(print)), flags.all, print.quiet);
    write::stdout(&text)?;
    let ruling = Gate { fail_on: options.fail_on, min_score: options.min_score }.judge(&report);
    if flags.timings {
        write::stderr(
            report.timings.iter().map(|(stage, time)| format!("{:>9.1} ms  {stage}", time.as_secs_f64() * 1e3)),
        );
    }
    if !print.quiet {
        write::stderr(ruling.reasons.iter().map(|reason| format!("atlas-audit: {}", report::safe::safe(reason))));
    }
    Ok(ruling.exit)
}

/// Audits with a progress bar where somebody can see it.
fn watched(options: &Options, print: Print) -> Result<Report, Failure> {
    let bar = (stderr().is_terminal() && !print.quiet).then(Bar::new);
    crate::audit(options, bar.as_ref().map_or(&(), |bar| bar as &dyn Progress))
}

fn render(report: &Report, format: Format, look: Look, all: bool, quiet: bool) -> String {
    match format {
        Format::Terminal => report::terminal::render(report, look, Detail { all, quiet }),
        Format::Concise => report::concise::render(report, all),
        Format::Json => report::json::render(report),
    }
}

fn why(place: &Why, print: Print) -> Result<Exit, Failure> {
    let options = Options::resolve(place.asked())?;
    let path = within(&place.spot.path, &options.root)?;
    let report = watched(&options, print)?;
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
    write::stdout(text)?;
    Ok(Exit::Passed)
}

/// A missing path that is nearly a command was probably meant as one.
fn maybe_a_command(failure: Failure, paths: &[PathBuf]) -> Failure {
    let first = paths.first().and_then(|path| path.to_str()).unwrap_or_default();
    match (failure, nearest(first, COMMANDS)) {
        (Failure::Missing { path, .. }, Some(command)) if path.as_os_str() == first => {
            Failure::Missing { path, help: format!("did you mean the command `atlas-audit {command}`?") }
        }
        (failure, _) => failure,
    }
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
