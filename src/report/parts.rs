//! Sections of the terminal report about another state, about each package, and about who is to act.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::fmt::Write;

use super::ledger::{row, widest};
use super::safe::safe;
use super::{Look, Report, counted, tenths};
use crate::delta::RuleDelta;
use crate::finding::{Severity, Status};

/// What changed, and what that did to the score.
pub(super) fn delta(report: &Report, look: Look) -> String {
    let Some(delta) = &report.delta else { return String::new() };
    let mut out = look.bold(&format!("Since {}", safe(&delta.since))) + "\n";
    let score = match (delta.score_before, delta.score) {
        (Some(before), Some(now)) if before == now => format!("the score is {now} as before"),
        (Some(before), Some(now)) => format!("the score went from {before} to {now}"),
        _ => "there are no two scores to compare".to_owned(),
    };
    let (new, fixed) = (counted(delta.new, "new finding"), delta.fixed.len());
    writeln!(out, "{}", look.wrap(&format!("{new}, {fixed} gone; {score}."), "  ", "  "))
        .expect("a string takes all text");
    let name = |it: &RuleDelta| format!("{} {}", it.severity.name(), it.rule);
    let names: Vec<String> = delta.rules.iter().map(name).collect();
    let widest = widest(names.iter().map(String::as_str), look);
    for (line, name) in delta.rules.iter().zip(&names) {
        let (before, now) = (line.cost_before_tenths, line.cost_tenths);
        // What costs more takes the score down.
        let sign = if now > before { look.pick("-", "−") } else { "+" };
        let points = format!("{sign}{}", tenths(now.abs_diff(before)));
        row(&mut out, &format!("{points:>7}  {name:widest$}  {} sites, were {}", line.sites, line.sites_before), look);
    }
    out
}

/// The score of each package, where there are several.
pub(super) fn packages(report: &Report, look: Look) -> String {
    if report.packages.len() < 2 {
        return String::new();
    }
    let mut out = look.bold("Packages") + "\n";
    for package in &report.packages {
        let score = package.grade.score.map_or_else(|| "none".to_owned(), |it| it.to_string());
        row(&mut out, &format!("{score:>7}  {}", safe(&package.name)), look);
    }
    out
}

/// How many graded findings of which severity are whose, the gravest first; nothing where nobody owns a file.
pub(super) fn owners(report: &Report, look: Look) -> String {
    let mut by_owner: BTreeMap<&str, [usize; Severity::ALL.len()]> = BTreeMap::new();
    let graded = report.findings.iter().filter(|it| it.status == Status::Graded);
    for finding in graded {
        let at = Severity::ALL.iter().position(|it| *it == finding.severity).unwrap_or_default();
        let nobody = finding.owners.is_empty().then_some("nobody");
        for owner in finding.owners.iter().map(String::as_str).chain(nobody) {
            by_owner.entry(owner).or_default()[at] += 1;
        }
    }
    if by_owner.keys().all(|it| *it == "nobody") {
        return String::new();
    }
    let mut rows: Vec<(&str, [usize; Severity::ALL.len()])> = by_owner.into_iter().collect();
    rows.sort_by_key(|(owner, counts)| (Reverse(*counts), *owner));
    let mut out = look.bold("Owners") + "\n";
    let widest = widest(rows.iter().map(|it| it.0), look);
    for (owner, counts) in rows {
        let told = Severity::ALL.iter().zip(counts).filter(|it| it.1 > 0);
        let told: Vec<String> = told.map(|(severity, count)| format!("{count} {}", severity.name())).collect();
        row(&mut out, &format!("  {:widest$}  {}", safe(owner), told.join(", ")), look);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn owners_come_with_the_gravest_first() {
        let mut report = sample::empty();
        let owned = |path: &str, severity, owners: &[&str]| crate::finding::Finding {
            owners: owners.iter().map(ToString::to_string).collect(),
            ..sample::finding(path, severity, Status::Graded)
        };
        report.findings = vec![
            owned("a.ts", Severity::P2, &["@web"]),
            owned("b.ts", Severity::P2, &["@web", "@api"]),
            owned("c.ts", Severity::P1, &["@api"]),
            owned("d.ts", Severity::P3, &[]),
            crate::finding::Finding { status: Status::Lead, ..owned("e.ts", Severity::P0, &["@lead"]) },
        ];
        let text = owners(&report, Look::PLAIN);
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        assert_eq!(lines, ["Owners", "@api    1 P1, 1 P2", "@web    2 P2", "nobody  1 P3"]);
        report.findings.retain(|it| it.owners.is_empty());
        assert_eq!(owners(&report, Look::PLAIN), "");
    }
}
