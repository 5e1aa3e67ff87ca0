//! A package's own `atlas-audit.toml`: it says about its folder what the root's says about the whole.

use super::gates::{GateRule, SeverityRule};
use super::{FILE, file};
use crate::failure::Failure;

/// What the configurations of packages say, in the terms of the root.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Nested {
    /// Globs relative to the root.
    pub exclude: Vec<String>,
    /// Gates for parts of the package.
    pub gates: Vec<GateRule>,
    /// Severities in the package.
    pub severities: Vec<SeverityRule>,
}

impl Nested {
    /// Adds what another package says.
    pub(crate) fn extend(&mut self, other: Self) {
        self.exclude.extend(other.exclude);
        self.gates.extend(other.gates);
        self.severities.extend(other.severities);
    }
}

/// Reads the configuration of the package in a folder.
///
/// # Errors
///
/// What the root's configuration may not say either, and what only the root can: whether tests are audited, `extends`, and libraries.
pub fn nested(folder: &str, text: &str) -> Result<Nested, Failure> {
    let name = format!("{folder}/{FILE}");
    let settings = file::toml(text, &name)?;
    let only_root = match (&settings.include_tests, &settings.extends) {
        (Some(_), _) => Some("include_tests"),
        (_, Some(_)) => Some("extends"),
        _ if !settings.libraries.is_empty() => Some("library"),
        _ => None,
    };
    if let Some(key) = only_root {
        let help = format!("write it into the {FILE} of the audited folder");
        return Err(Failure::config(&name, text, &format!("`{key}` is for the whole code base"), help, None));
    }
    let escaped = globset::escape(folder);
    let below = |glob: &String| format!("{escaped}/{}", glob.trim_start_matches("./"));
    let all = || vec![format!("{escaped}/**")];
    let within = |globs: &[String]| if globs.is_empty() { all() } else { globs.iter().map(below).collect() };
    let mut gates = Vec::new();
    if let Some(set) = &settings.fail_on {
        gates.push(GateRule { paths: all(), fail_on: Some(set.value), from: set.from.clone(), ..GateRule::default() });
    }
    for (min_score, max_drop) in [(settings.min_score.as_ref(), None), (None, settings.max_drop.as_ref())] {
        if let Some(set) = min_score.or(max_drop) {
            let (min_score, max_drop) = (min_score.map(|it| it.value), max_drop.map(|it| it.value));
            let packages = vec![escaped.clone()];
            gates.push(GateRule { packages, min_score, max_drop, from: set.from.clone(), ..GateRule::default() });
        }
    }
    let gate = |it: GateRule| GateRule { paths: within(&it.paths), ..it };
    let severity = |it: SeverityRule| SeverityRule { paths: within(&it.paths), ..it };
    Ok(Nested {
        exclude: settings.exclude.iter().map(|it| below(&it.value)).collect(),
        gates: gates.into_iter().chain(settings.gates.into_iter().map(gate)).collect(),
        severities: settings.severities.into_iter().map(severity).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_package_says_holds_below_it() {
        let text =
            "fail_on = \"P0\"\nmin_score = 70\nexclude = [\"old/**\"]\n[[gate]]\nrules = [\"a\"]\nfail_on = \"P3\"\n";
        let Nested { exclude, gates, .. } = nested("apps/[a]", text).expect("valid");
        assert!(super::super::matches(&exclude, "apps/[a]/old/x.ts") && !super::super::matches(&exclude, "old/x.ts"));
        let about = |at: usize, path: &str| gates[at].is_about("a", path, Some(("web", "apps/[a]")));
        assert!(about(0, "apps/[a]/x.ts") && !about(0, "apps/b/x.ts"));
        assert_eq!((gates[1].min_score, gates[1].names(("web", "apps/[a]"))), (Some(70), true));
        assert!(about(2, "apps/[a]/x.ts") && !about(2, "x.ts"));
        assert_eq!(gates[0].from, "apps/[a]/atlas-audit.toml:1");
        assert!(nested("a", "include_tests = true\n").is_err());
    }
}
