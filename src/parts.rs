//! The report by parts: the score of each package, who owns what, and settings that are about no part at all.

use std::collections::BTreeMap;

use crate::config::{Nested, Options, set};
use crate::discover::Discovery;
use crate::finding::{Finding, Status};
use crate::grade::grade;
use crate::owners::{FILES, Owners};
use crate::report::{PackageGrade, Report};
use crate::tree::Tree;

/// Scores the packages that hold sources.
pub(crate) fn packages(report: &Report, found: &Discovery) -> Vec<PackageGrade> {
    let own = |path: &str| found.package_of(path).map(|it| it.dir.as_str());
    let mut inside: BTreeMap<&str, Vec<Finding>> = BTreeMap::new();
    for source in &found.sources {
        if let Some(folder) = own(&source.path) {
            inside.entry(folder).or_default();
        }
    }
    for finding in report.findings.iter().filter(|it| it.is_scored() || it.status == Status::Suppressed) {
        if let Some(findings) = own(&finding.location.path).and_then(|it| inside.get_mut(it)) {
            findings.push(finding.clone());
        }
    }
    let graded = inside.into_iter().map(|(folder, findings)| {
        let shown = if folder.is_empty() { "." } else { folder };
        let name = found.package_at(folder).and_then(|it| it.name.clone()).unwrap_or_else(|| shown.to_owned());
        PackageGrade { folder: folder.to_owned(), name, grade: grade(&findings, report.grade.unscored.clone()) }
    });
    graded.collect()
}

/// Names the owners of each finding's file.
pub(crate) fn own(tree: &dyn Tree, findings: &mut [Finding]) {
    let Some(bytes) = FILES.iter().find_map(|it| tree.read(it).ok()) else { return };
    let owners = Owners::parse(&String::from_utf8_lossy(&bytes));
    for finding in findings {
        finding.owners = owners.of(&finding.location.path).to_vec();
    }
}

/// Says which globs match nothing.
pub(crate) fn hints(options: &Options, nested: &Nested, found: &Discovery) -> Vec<String> {
    if *nested == Nested::default()
        && options.exclude.is_empty()
        && options.gates.is_empty()
        && options.severities.is_empty()
    {
        return Vec::new();
    }
    let skipped = found.skipped.iter().map(|it| it.path.clone());
    // A glob for what lies in a folder that policy leaves out is only superfluous.
    let inside = found.skipped.iter().map(|it| format!("{}/_", it.path));
    let paths: Vec<String> = found.sources.iter().map(|it| it.path.clone()).chain(skipped).chain(inside).collect();
    let names = found.packages.iter().flat_map(|it| [it.name.clone().unwrap_or_default(), it.dir.clone()]);
    let names: Vec<String> = names.collect();
    let idle = |glob: &String, of: &[String]| {
        let glob = set(std::slice::from_ref(glob));
        !of.iter().any(|it| glob.is_match(it))
    };
    let mut hints = Vec::new();
    for glob in options.exclude.iter().chain(&nested.exclude).filter(|it| idle(it, &paths)) {
        hints.push(format!("exclude: `{glob}` matches no file"));
    }
    for gate in options.gates.iter().chain(&nested.gates) {
        let of_paths = gate.paths.iter().filter(|it| idle(it, &paths)).map(|it| (it, "file"));
        let of_packages = gate.packages.iter().filter(|it| idle(it, &names)).map(|it| (it, "package"));
        hints.extend(
            of_paths.chain(of_packages).map(|(glob, what)| format!("{}: `{glob}` matches no {what}", gate.from)),
        );
    }
    for severity in options.severities.iter().chain(&nested.severities) {
        let of_paths = severity.paths.iter().filter(|it| idle(it, &paths));
        hints.extend(of_paths.map(|glob| format!("{}: `{glob}` matches no file", severity.from)));
    }
    hints
}
