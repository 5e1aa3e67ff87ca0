//! The report as a person reads it: what decides, what is wrong and where, then the arithmetic and what was left out.
//!
//! Nothing is hidden without being counted, and nothing is printed that a terminal would obey.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::safe::safe;
use super::{Look, Report, census, counted, frame, ledger, tag, tenths};
use crate::finding::{Finding, Severity, Status};
use crate::grade::{Band, LedgerLine};

/// Findings per rule that get a code frame, unless all are asked for.
const FRAMES: usize = 3;
/// Further findings per rule that get a line, unless all are asked for.
const LINES: usize = 20;

/// What to leave out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Detail {
    /// Show every bucket, and every finding with its frame.
    pub all: bool,
    /// Leave out the hints.
    pub quiet: bool,
}

/// Renders the report.
#[must_use]
pub fn render(report: &Report, look: Look, detail: Detail) -> String {
    let mut out = headline(report, look);
    let shown: Vec<&Finding> = report.findings.iter().filter(|it| detail.all || it.status == Status::Graded).collect();
    for severity in Severity::ALL {
        let groups = groups(&shown, severity, &report.grade.ledger);
        if groups.is_empty() {
            continue;
        }
        let count = groups.iter().map(Vec::len).sum();
        let title = format!(
            "{} {} {}: {}",
            severity.name(),
            look.pick("-", "·"),
            consequence(severity),
            counted(count, "finding")
        );
        writeln!(out, "\n{}", look.severity(severity, &look.wrap(&title, "", "  "))).expect("a string takes all text");
        for group in groups {
            out.push_str(&rule(report, &group, look, detail));
        }
    }
    if detail.all && !report.clients.is_empty() {
        out.push('\n');
        out.push_str(&census::render(report, look));
    }
    out.push_str(&ledger::render(report, look, detail));
    out
}

fn consequence(severity: Severity) -> &'static str {
    match severity {
        Severity::P0 => "outage or data loss",
        Severity::P1 => "degradation",
        Severity::P2 => "slow decay",
        Severity::P3 => "hygiene",
    }
}

fn headline(report: &Report, look: Look) -> String {
    let grade = &report.grade;
    let mut out = String::new();
    let title = match (grade.score, grade.band) {
        (Some(score), Some(band)) => format!("{}{score}/100 {}", mark(band, look), band.words()),
        (Some(score), None) => format!("{score}/100"),
        (None, _) => format!("{}no score", look.pick("", "⚪ ")),
    };
    let counts: Vec<_> = Severity::ALL
        .into_iter()
        .map(|severity| (severity, report.count(Status::Graded, severity)))
        .filter(|(_, count)| *count > 0)
        .map(|(severity, count)| look.severity(severity, &format!("{count} {}", severity.name())))
        .collect();
    let counts = if counts.is_empty() { "no graded finding".to_owned() } else { counts.join(", ") };
    let files = counted(report.coverage.files as usize, "file");
    let title = format!("{} {} {counts} in {files}", look.bold(&title), look.pick("-", "·"));
    writeln!(out, "{}", look.wrap(&title, "", "  ")).expect("a string takes all text");
    for reason in deciding(report, look) {
        writeln!(out, "{}", look.wrap(&reason, "  ", "  ")).expect("a string takes all text");
    }
    out
}

fn mark(band: Band, look: Look) -> String {
    if look.unicode { format!("{} ", band.mark()) } else { String::new() }
}

/// What decides the score, in one or two sentences.
fn deciding(report: &Report, look: Look) -> Vec<String> {
    let grade = &report.grade;
    if grade.score.is_none() {
        let reason = grade.unscored.as_deref().unwrap_or("the audit is incomplete");
        return vec![format!("There is no score because {}.", safe(reason))];
    }
    let mut reasons = Vec::new();
    if let Some(ceiling) = grade.ceiling.filter(|ceiling| grade.score == Some(ceiling.score)) {
        let open = if ceiling.p0_rules == 1 {
            "one rule has an open P0".to_owned()
        } else {
            format!("{} rules have an open P0", ceiling.p0_rules)
        };
        reasons.push(format!("Decided by the ceiling: {open}, so the score is {} at most.", ceiling.score));
    }
    let mut costly: Vec<&LedgerLine> = grade.ledger.iter().filter(|line| line.cost_tenths > 0).collect();
    costly.sort_by_key(|line| std::cmp::Reverse(line.cost_tenths));
    let costs: Vec<_> = costly.iter().take(2).map(|line| cost(line, look)).collect();
    match costs.as_slice() {
        [] => {}
        [only] => reasons.push(format!("It costs: {only}.")),
        costs => reasons.push(format!("Most costly: {}.", costs.join(" and "))),
    }
    reasons
}

fn cost(line: &LedgerLine, look: Look) -> String {
    let minus = look.pick("-", "−");
    format!("{} {minus}{} ({} {})", line.rule, tenths(line.cost_tenths), line.sites, line.severity.name())
}

/// The findings of one severity by rule, the most costly rule first; within a rule the graded ones first, and what is new
/// before what is not.
fn groups<'a>(shown: &[&'a Finding], severity: Severity, ledger: &[LedgerLine]) -> Vec<Vec<&'a Finding>> {
    let mut by_rule: BTreeMap<&str, Vec<&Finding>> = BTreeMap::new();
    for finding in shown.iter().filter(|it| it.severity == severity) {
        by_rule.entry(finding.rule).or_default().push(finding);
    }
    let mut groups: Vec<_> = by_rule.into_values().collect();
    for group in &mut groups {
        group.sort_by_key(|finding| (finding.status, finding.is_new == Some(false)));
    }
    groups.sort_by_key(|group| std::cmp::Reverse(line_of(group[0], ledger).map_or(0, |line| line.cost_tenths)));
    groups
}

fn line_of<'a>(finding: &Finding, ledger: &'a [LedgerLine]) -> Option<&'a LedgerLine> {
    ledger.iter().find(|line| line.rule == finding.rule && line.severity == finding.severity)
}

/// One rule's findings of one severity.
fn rule(report: &Report, group: &[&Finding], look: Look, detail: Detail) -> String {
    let first = group[0];
    let (dot, minus) = (look.pick("-", "·"), look.pick("-", "−"));
    let mut heading = format!("{} {dot} {}", look.bold(first.rule), counted(group.len(), "finding"));
    if let Some(line) = line_of(first, &report.grade.ledger) {
        write!(heading, " {dot} {minus}{} points", tenths(line.cost_tenths)).expect("a string takes all text");
    }
    write!(heading, " {dot} about {} each", duration(first.effort_minutes)).expect("a string takes all text");
    let mut out = format!("\n{}\n", look.wrap(&heading, "", "  "));
    let frames = if detail.all { group.len() } else { FRAMES };
    let mut helped = "";
    for finding in group.iter().take(frames) {
        out.push('\n');
        out.push_str(&frame::finding(finding, &report.texts, look));
        if finding.help != helped && !finding.help.is_empty() {
            out.push_str(&look.wrap(&safe(&finding.help), "  help: ", "        "));
            out.push('\n');
        }
        helped = &finding.help;
    }
    let rest = group.get(frames..).unwrap_or_default();
    if !rest.is_empty() {
        out.push('\n');
    }
    for finding in rest.iter().take(LINES) {
        out.push_str(&line(finding, look));
    }
    if rest.len() > LINES {
        let more = format!("  {} and {} more: --all shows them", look.ellipsis(), rest.len() - LINES);
        writeln!(out, "{}", look.dim(&more)).expect("a string takes all text");
    }
    out
}

/// A finding on one line; the place first and whole as far as possible.
fn line(finding: &Finding, look: Look) -> String {
    let at = format!(":{}:{}", finding.location.start.line, finding.location.start.column);
    let path = look.cut_front(&safe(&finding.location.path), look.width.saturating_sub(2 + at.len()));
    let place = format!("{path}{at}");
    let room = look.width.saturating_sub(4 + unicode_width::UnicodeWidthStr::width(place.as_str()));
    let tag = tag(finding);
    // Fewer columns than this say nothing.
    let message = if room < 16 { String::new() } else { look.cut(&format!("{tag}{}", safe(&finding.message)), room) };
    format!("  {place}  {}", look.dim(&message)).trim_end().to_owned() + "\n"
}

/// `"15 min"`, `"1 h"`, `"1 h 30 min"`.
pub(super) fn duration(minutes: u32) -> String {
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("{minutes} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, minutes) => format!("{hours} h {minutes} min"),
    }
}
