//! Sections of the terminal report about another state, and about each package.

use std::fmt::Write;

use super::ledger::{row, widest};
use super::safe::safe;
use super::{Look, Report, counted, tenths};
use crate::delta::RuleDelta;

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
