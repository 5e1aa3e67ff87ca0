//! Every verdict at one place, found or cleared, and by which evidence: `atlas-audit why PATH:LINE`.

use std::fmt::Write;

use super::safe::safe;
use super::{LocatedOutcome, LocatedVerdict, Look, Report, status_name};
use crate::finding::Status;

/// Nearest other sites named where a line has no verdict.
const NEAR: usize = 3;

/// Renders the verdicts whose place covers a line of a file.
#[must_use]
pub fn why(report: &Report, path: &str, line: u32, look: Look) -> String {
    let covers = |it: &&LocatedVerdict| it.location.start.line <= line && line <= it.location.end.line;
    let in_file: Vec<_> = report.verdicts.iter().filter(|it| it.location.path == path).collect();
    let here: Vec<_> = in_file.iter().copied().filter(covers).collect();
    if here.is_empty() {
        return nothing(report, &in_file, path, line, look);
    }
    let mut out = String::new();
    for verdict in here {
        out.push_str(&explained(verdict, look));
    }
    out
}

fn explained(verdict: &LocatedVerdict, look: Look) -> String {
    let mut out = String::new();
    let start = verdict.location.start;
    let place = format!("{}:{}:{}", safe(&verdict.location.path), start.line, start.column);
    match &verdict.outcome {
        LocatedOutcome::Cleared { reason } => {
            writeln!(out, "{place}: {} cleared", look.bold(verdict.rule)).expect("a string takes all text");
            writeln!(out, "{}", look.wrap(&safe(reason), "  because ", "  ")).expect("a string takes all text");
        }
        LocatedOutcome::Found { kind, severity, message, help, evidence, .. } => {
            let rule = look.bold(&format!("{}/{kind}", verdict.rule));
            let bucket = bucket(verdict.status);
            let severity = look.severity(*severity, severity.name());
            writeln!(out, "{place}: {rule} found, {severity}, {bucket}").expect("a string takes all text");
            writeln!(out, "{}", look.wrap(&safe(message), "  ", "  ")).expect("a string takes all text");
            if !verdict.unreached.is_empty() {
                let text = safe(&verdict.unreached);
                writeln!(out, "{}", look.wrap(&text, "  unreachable: ", "    ")).expect("a string takes all text");
            }
            for it in evidence {
                let at = format!("{}:{}:{}", safe(&it.location.path), it.location.start.line, it.location.start.column);
                let text = format!("{at}: {}", safe(&it.note));
                writeln!(out, "{}", look.wrap(&text, "  because ", "    ")).expect("a string takes all text");
            }
            if !help.is_empty() {
                writeln!(out, "{}", look.wrap(&safe(help), "  help: ", "        ")).expect("a string takes all text");
            }
        }
    }
    out
}

/// What a bucket means for the score and the gate.
fn bucket(status: Option<Status>) -> String {
    let meaning = match status {
        None => return "not settled".to_owned(),
        Some(Status::Graded) => "counts in the score and at the gate",
        Some(Status::Baselined) => "counts in the score, exempt from the gate",
        Some(Status::Lead) => "not proven, so it is listed only",
        Some(Status::Unreachable) => "nothing reaches this code, so it is listed only",
        Some(Status::Suppressed) => "an inline ignore covers it, so it is listed only",
    };
    status.map_or_else(String::new, |status| format!("{} ({meaning})", status_name(status)))
}

fn nothing(report: &Report, in_file: &[&LocatedVerdict], path: &str, line: u32, look: Look) -> String {
    let coverage = &report.coverage;
    let notes =
        [("not audited", &coverage.unread), ("left out", &coverage.skipped), ("audited in part", &coverage.partial)];
    let mut out = format!("{}:{line}: no rule looked at this line\n", safe(path));
    for (what, list) in notes {
        let within = |it: &&super::Note| it.path == path || path.starts_with(&format!("{}/", it.path));
        for note in list.iter().filter(within) {
            let text = format!("{} was {what}: {}", safe(&note.path), safe(&note.reason));
            writeln!(out, "{}", look.wrap(&text, "  ", "    ")).expect("a string takes all text");
        }
    }
    let mut near = in_file.to_vec();
    near.sort_by_key(|it| (it.location.start.line.abs_diff(line), it.location.start));
    for it in near.into_iter().take(NEAR) {
        let said = match it.outcome {
            LocatedOutcome::Found { .. } => "found",
            LocatedOutcome::Cleared { .. } => "cleared",
        };
        writeln!(out, "  nearest: line {}, {} {said}", it.location.start.line, it.rule)
            .expect("a string takes all text");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn why_tells_found_cleared_and_nothing() {
        let report = sample::report();
        let found = why(&report, "server/sync.ts", 5, Look::PLAIN);
        assert!(
            found.contains("query-in-loop/write-per-row found, P1, graded (counts in the score and at the gate)"),
            "{found}"
        );
        assert!(found.contains("because server/db.ts:3:3: the query"), "{found}");
        let mut dead = sample::report();
        for verdict in &mut dead.verdicts {
            (verdict.status, verdict.unreached) = (Some(Status::Unreachable), "nothing imports it".to_owned());
        }
        let told = why(&dead, "server/sync.ts", 5, Look::PLAIN);
        assert!(told.contains("P1, unreachable (") && told.contains("  unreachable: nothing imports it\n"), "{told}");
        let cleared = why(&report, "server/db.ts", 3, Look::PLAIN);
        assert!(
            cleared.contains("query-in-loop cleared") && cleared.contains("because the loop runs over a constant"),
            "{cleared}"
        );
        let nothing = why(&report, "server/db.ts", 1, Look::PLAIN);
        assert!(nothing.contains("no rule looked at this line") && nothing.contains("nearest: line 3"), "{nothing}");
        let left_out = why(&report, "dist/a/b.js", 1, Look::PLAIN);
        assert!(left_out.contains("dist was left out: generated"), "{left_out}");
    }
}
