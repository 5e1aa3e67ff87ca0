//! The scores of parts: what `min_score` and `max_drop` of a `[[gate]]` ask.

use crate::config::GateRule;
use crate::finding::Finding;
use crate::grade::grade;
use crate::report::{PackageGrade, Report};

/// Why a part's score does not pass, one sentence each; a gate that names packages asks each by itself.
pub(super) fn scores(gate: &GateRule, report: &Report) -> Vec<String> {
    if gate.min_score.is_none() && gate.max_drop.is_none() {
        return Vec::new();
    }
    let named = |it: &&PackageGrade| !gate.packages.is_empty() && gate.names((&it.name, &it.folder));
    let packages: Vec<Option<&PackageGrade>> =
        if gate.packages.is_empty() { vec![None] } else { report.packages.iter().filter(named).map(Some).collect() };
    packages
        .into_iter()
        .flat_map(|package| [too_low(gate, package, report), too_steep(gate, package, report)])
        .flatten()
        .collect()
}

fn too_low(gate: &GateRule, package: Option<&PackageGrade>, report: &Report) -> Option<String> {
    let least = gate.min_score?;
    let score = score(gate, package, &report.findings, report)?;
    let of = name(package);
    (score < least)
        .then(|| format!("failed the gate: the score of {of} is {score}, below {least} (min_score of {})", gate.from))
}

fn too_steep(gate: &GateRule, package: Option<&PackageGrade>, report: &Report) -> Option<String> {
    let (most, delta) = (gate.max_drop?, report.delta.as_ref()?);
    let (before, now) = (score(gate, package, &delta.before, report)?, score(gate, package, &report.findings, report)?);
    let drop = before.saturating_sub(now);
    let (of, from) = (name(package), &gate.from);
    (drop > most)
        .then(|| format!("failed the gate: the score of {of} fell from {before} to {now} (max_drop of {from})"))
}

fn name(package: Option<&PackageGrade>) -> &str {
    package.map_or("this part", |it| it.name.as_str())
}

/// The score of what a gate is about; `None` where the audit is incomplete, which has been said.
fn score(gate: &GateRule, package: Option<&PackageGrade>, findings: &[Finding], report: &Report) -> Option<u32> {
    let is_asked = |it: &&Finding| {
        let own = report.package_of(&it.location.path);
        let names = own.map(|it| (it.name.as_str(), it.folder.as_str()));
        package.is_none_or(|asked| own.is_some_and(|own| own.folder == asked.folder))
            && gate.is_about(it.rule, &it.location.path, names)
    };
    let asked: Vec<Finding> = findings.iter().filter(is_asked).cloned().collect();
    grade(&asked, report.grade.unscored.clone()).score
}
