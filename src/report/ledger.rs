//! The second half of the terminal report: how the score came about, rates, what was not audited, what is not shown.

use std::collections::BTreeMap;
use std::fmt::Write;

use super::safe::safe;
use super::terminal::Detail;
use super::{Look, Note, Report, counted, parts, tenths};
use crate::finding::Status;
use crate::settle::Rate;

/// Paths named per reason.
const PATHS: usize = 3;

/// Renders these sections.
pub(super) fn render(report: &Report, look: Look, detail: Detail) -> String {
    let mut out = String::new();
    let packages = if detail.all { parts::packages(report, look) } else { String::new() };
    let (delta, owners) = (parts::delta(report, look), parts::owners(report, look));
    let sections = [delta, score(report, look), packages, owners, rates(&report.rates, look), coverage(report, look)];
    for section in sections {
        if !section.is_empty() {
            out.push('\n');
            out.push_str(&section);
        }
    }
    let hidden = hidden(report).filter(|_| !detail.all).map(|it| format!("Not shown: {it}. --all shows them."));
    let closing = [hidden, next(report, detail)];
    for (at, sentence) in closing.into_iter().flatten().enumerate() {
        let gap = if at == 0 { "\n" } else { "" };
        writeln!(out, "{gap}{}", look.wrap(&sentence, "", "  ")).expect("a string takes all text");
    }
    out
}

/// The arithmetic: from 100 to the score.
fn score(report: &Report, look: Look) -> String {
    let grade = &report.grade;
    if grade.ledger.is_empty() {
        return String::new();
    }
    let minus = look.pick("-", "−");
    let mut rows = vec![];
    for line in &grade.ledger {
        let name = format!("{} {}", line.severity.name(), line.rule);
        rows.push((format!("{minus}{}", tenths(line.cost_tenths)), name, counted(line.sites, "site")));
    }
    let mut out = look.bold("Score, from 100.0") + "\n";
    let widest = widest(rows.iter().map(|row| row.1.as_str()), look);
    for (cost, name, sites) in rows {
        row(&mut out, &format!("{cost:>7}  {name:widest$}  {sites}"), look);
    }
    let forgiven: u32 = grade.ledger.iter().map(|line| line.forgiven_tenths).sum();
    if forgiven > 0 {
        let text = format!("{:>7}  more would be off, had no severity reached its cap", tenths(forgiven));
        row(&mut out, &text, look);
    }
    let Some(score) = grade.score else { return out };
    if let Some(ceiling) = grade.ceiling {
        let open = counted(ceiling.p0_rules, "rule");
        row(&mut out, &format!("{:>7}  at most: {open} with an open P0", ceiling.score), look);
    }
    row(&mut out, &format!("{score:>7}  the score"), look);
    if let Some(raw) = grade.raw_score.filter(|raw| *raw != score) {
        row(&mut out, &format!("{raw:>7}  without the suppressions"), look);
    }
    out
}

pub(super) fn row(out: &mut String, text: &str, look: Look) {
    writeln!(out, "{}", look.wrap(text.trim_end(), "", "         ")).expect("a string takes all text");
}

/// How wide a column of names is; where there is no room for columns, as wide as each name.
pub(super) fn widest<'a>(names: impl Iterator<Item = &'a str>, look: Look) -> usize {
    if look.width < 60 { 0 } else { names.map(str::len).max().unwrap_or(0) }
}

fn rates(rates: &[Rate], look: Look) -> String {
    if rates.is_empty() {
        return String::new();
    }
    let widest = widest(rates.iter().map(|rate| rate.rule), look);
    let mut out = look.bold("Rates") + "\n";
    for rate in rates {
        let words = if rate.sites == 0 {
            "not applicable (0 sites)".to_owned()
        } else {
            format!("{} of {}", rate.found, counted(rate.sites, "site"))
        };
        row(&mut out, &format!("  {:widest$}  {words}", rate.rule), look);
    }
    out
}

fn coverage(report: &Report, look: Look) -> String {
    let coverage = &report.coverage;
    let mut out = look.bold("Coverage") + "\n";
    let read = format!("{}, {}", counted(coverage.files as usize, "file"), size(coverage.bytes));
    let parsed =
        format!("{} of them held something to judge and were parsed, {}", coverage.parsed, size(coverage.parsed_bytes));
    writeln!(out, "{}", look.wrap(&format!("{read}; {parsed}."), "  ", "  ")).expect("a string takes all text");
    let lists =
        [("not audited", &coverage.unread), ("audited in part", &coverage.partial), ("left out", &coverage.skipped)];
    for (what, notes) in lists {
        for (reason, paths) in by_reason(notes) {
            let named: Vec<_> = paths.iter().take(PATHS).map(|path| safe(path)).collect();
            let more = if paths.len() > PATHS { format!(", {}", look.ellipsis()) } else { String::new() };
            let text = format!("{what}, {}: {} ({}{more})", safe(reason), paths.len(), named.join(", "));
            writeln!(out, "{}", look.wrap(&text, "  ", "    ")).expect("a string takes all text");
        }
    }
    out
}

fn by_reason(notes: &[Note]) -> Vec<(&str, Vec<&str>)> {
    let mut reasons: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for note in notes {
        reasons.entry(&note.reason).or_default().push(&note.path);
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, paths)| std::cmp::Reverse(paths.len()));
    reasons
}

/// Decimal, as disks are sold.
fn size(bytes: u64) -> String {
    match bytes {
        0..1_000 => format!("{bytes} B"),
        1_000..1_000_000 => format!("{}.{} kB", bytes / 1_000, bytes % 1_000 / 100),
        _ => format!("{}.{} MB", bytes / 1_000_000, bytes % 1_000_000 / 100_000),
    }
}

/// The findings that only `--all` shows, counted: `"12 leads, 3 suppressed"`.
pub(super) fn hidden(report: &Report) -> Option<String> {
    let names = [
        (Status::Lead, "lead", "leads"),
        (Status::Unreachable, "in unreachable code", "in unreachable code"),
        (Status::Suppressed, "suppressed", "suppressed"),
        (Status::Baselined, "baselined", "baselined"),
    ];
    let counts: Vec<_> = names
        .into_iter()
        .map(|(status, one, many)| (report.bucket(status), one, many))
        .filter(|(count, _, _)| *count > 0)
        .map(|(count, one, many)| format!("{count} {}", if count == 1 { one } else { many }))
        .collect();
    (!counts.is_empty()).then(|| counts.join(", "))
}

fn next(report: &Report, detail: Detail) -> Option<String> {
    let costly = report.grade.ledger.iter().min_by_key(|line| (std::cmp::Reverse(line.cost_tenths), line.severity));
    let rule = costly.map(|line| line.rule).or(report.findings.first().map(|finding| finding.rule))?;
    (!detail.quiet).then(|| format!("Next: atlas-audit explain {rule}"))
}
