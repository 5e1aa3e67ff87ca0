//! A comment for a pull request: the score, what fails, the worst findings, what costs most points. Short, whatever was found.
//!
//! It opens with a marker by which whoever posts it finds the last one and replaces it. Nothing from the code base can format the
//! comment, mention anybody or refer to an issue.

use std::io::{self, Write};

use super::ledger::hidden;
use super::safe::safe;
use super::{Report, Setting, counted, sentence, tenths};
use crate::finding::{Finding, Severity, Status};
use crate::grade::LedgerLine;

/// By which a comment is found again.
const MARKER: &str = "<!-- atlas-audit -->";
/// Findings that are listed.
const LISTED: usize = 10;
/// Rules that are named for what they cost, and files that could not be audited.
const NAMED: usize = 3;
/// Characters of a finding's words. A comment may have 65,536.
const WORDS: usize = 400;

/// Writes the comment.
///
/// # Errors
///
/// What the writer says.
pub fn write(report: &Report, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{MARKER}\n### {}\n", headline(report))?;
    verdict(report, setting, out)?;
    findings(report, out)?;
    costs(report, out)?;
    if let Some(hidden) = hidden(report) {
        writeln!(out, "Not listed here: {hidden}.\n")?;
    }
    if report.findings.iter().any(|it| it.status == Status::Graded) {
        writeln!(out, "<sub>`atlas-audit explain RULE` says why a rule matters and what to do.</sub>")?;
    }
    Ok(())
}

fn headline(report: &Report) -> String {
    let grade = &report.grade;
    match (grade.score, grade.band) {
        (Some(score), Some(band)) => format!("{} atlas-audit: {score}/100, {}", band.mark(), band.words()),
        (Some(score), None) => format!("atlas-audit: {score}/100"),
        (None, _) => "⚪ atlas-audit: no score".to_owned(),
    }
}

/// Whether the run passes, and why not; then the counts.
fn verdict(report: &Report, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
    if setting.reasons.is_empty() {
        writeln!(out, "{}\n", if report.complete { "Passed." } else { "**Incomplete.**" })?;
    }
    for reason in setting.reasons {
        let mut characters = reason.chars();
        let first = characters.next().map(|it| it.to_uppercase().to_string()).unwrap_or_default();
        writeln!(out, "**{}**\n", text(&sentence(&format!("{first}{}", characters.as_str()))))?;
    }
    if let (None, Some(why)) = (report.grade.score, &report.grade.unscored) {
        writeln!(out, "There is no score because {}\n", text(&sentence(why)))?;
    }
    for note in report.coverage.unread.iter().take(NAMED) {
        writeln!(out, "- {} could not be audited: {}", code(&note.path), text(&sentence(&note.reason)))?;
    }
    let more = report.coverage.unread.len().saturating_sub(NAMED);
    if more > 0 {
        writeln!(out, "- and {} could not be audited.", counted(more, "more file"))?;
    }
    if !report.coverage.unread.is_empty() {
        writeln!(out)?;
    }
    Ok(())
}

fn findings(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let graded = report.worst_first(false);
    let files = counted(report.coverage.files as usize, "file");
    let new = if report.bucket(Status::Baselined) > 0 { "new " } else { "" };
    if graded.is_empty() {
        return writeln!(out, "No {new}finding in {files}.\n");
    }
    let counts: Vec<_> = Severity::ALL
        .into_iter()
        .map(|severity| (report.count(Status::Graded, severity), severity.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    writeln!(out, "{} in {files}: {}.\n", counted(graded.len(), &format!("{new}finding")), counts.join(", "))?;
    for finding in graded.iter().take(LISTED) {
        writeln!(out, "- {}", line(finding))?;
    }
    if graded.len() > LISTED {
        writeln!(out, "- and {} more.", graded.len() - LISTED)?;
    }
    writeln!(out)
}

fn line(finding: &Finding) -> String {
    let place = code(&format!("{}:{}", finding.location.path, finding.location.start.line));
    let cut = |words: &str| match words.char_indices().nth(WORDS) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words.to_owned(),
    };
    let (severity, rule) = (finding.severity.name(), finding.rule);
    let (message, help) = (text(&cut(&sentence(&finding.message))), text(&cut(&sentence(&finding.help))));
    format!("**{severity}** {place} (`{rule}`): {message} {help}").trim_end().to_owned()
}

fn costs(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut lines: Vec<&LedgerLine> = report.grade.ledger.iter().filter(|it| it.cost_tenths > 0).collect();
    lines.sort_by_key(|it| std::cmp::Reverse(it.cost_tenths));
    let cost =
        |it: &&LedgerLine| format!("`{}` −{} ({} {})", it.rule, tenths(it.cost_tenths), it.sites, it.severity.name());
    let costs: Vec<_> = lines.iter().take(NAMED).map(cost).collect();
    if costs.is_empty() { Ok(()) } else { writeln!(out, "Most points: {}.\n", costs.join(", ")) }
}

/// Text as a code span that it cannot end.
fn code(text: &str) -> String {
    let text = safe(text);
    let longest = text.split(|it| it != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest + 1);
    let gap = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{gap}{text}{gap}{fence}")
}

/// Text whose code spans stay, and in which nothing else formats, mentions or refers.
fn text(text: &str) -> String {
    let text = safe(text);
    let parts: Vec<_> = text.split('`').collect();
    if parts.len().is_multiple_of(2) {
        // A backtick too many: which of them pair up is anybody's guess.
        return plain(&text);
    }
    let part = |(at, part): (usize, &&str)| match at % 2 {
        0 => plain(part),
        _ if part.is_empty() => String::new(),
        _ => format!("`{part}`"),
    };
    parts.iter().enumerate().map(part).collect()
}

fn plain(text: &str) -> String {
    let word = |word: &str| {
        // A scoped package would mention a team.
        if word.contains('@') && !word.contains('`') { code(word) } else { escaped(word) }
    };
    text.split(' ').map(|it| if it.is_empty() { String::new() } else { word(it) }).collect::<Vec<_>>().join(" ")
}

fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '&' => out.push_str("&amp;"),
            '@' => out.push_str("`@`"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '#' | '|' | '~' | '$' | '!' => out.extend(['\\', character]),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{sample, written};

    fn render(report: &Report, reasons: &[String]) -> String {
        written(|out| write(report, Setting { reasons, ..Setting::default() }, out))
    }

    #[test]
    fn nothing_foreign_formats_the_comment() {
        assert_eq!(
            text("`a|<b>` of @scope/pkg, see #1 <img> *x*"),
            "`a|<b>` of `@scope/pkg,` see \\#1 &lt;img&gt; \\*x\\*"
        );
        assert_eq!(text("one ` alone @x"), "one \\` alone `@x`");
        assert_eq!(text("``x"), "x");
        assert_eq!(code("a`b"), "``a`b``");
        assert_eq!(code("`"), "`` ` ``");
        let mut report = sample::report();
        report.findings[0].location.path = "a`\n@team/<!-- -->.ts".into();
        report.findings[0].message = "@team [x](http://y)".into();
        let comment = render(&report, &[]);
        assert!(comment.contains("``a` @team/<!-- -->.ts:5``"), "{comment}");
        assert!(comment.contains("`@team` \\[x\\](http://y)"), "{comment}");
    }

    #[test]
    fn a_comment_is_short_whatever_was_found() {
        let mut report = sample::empty();
        for at in 0..30_000 {
            let mut finding = sample::finding(&format!("src/{at}.ts"), Severity::P2, Status::Graded);
            finding.message = "x ".repeat(5_000);
            report.findings.push(finding);
        }
        report.findings.push(sample::finding("src/worst.ts", Severity::P0, Status::Graded));
        let comment = render(&report, &[]);
        assert!(comment.len() < 20_000, "{}", comment.len());
        assert!(comment.contains("30001 findings") && comment.contains("and 29991 more"), "{comment}");
        assert!(comment.find("worst.ts") < comment.find("src/0.ts"));
    }

    #[test]
    fn a_run_that_does_not_pass_says_why() {
        let comment = render(&sample::report(), &["failed the gate: 4 P1 (--fail-on P1)".to_owned()]);
        assert!(comment.starts_with("<!-- atlas-audit -->\n### 🟡 atlas-audit: 87/100, mostly ready\n"), "{comment}");
        assert!(comment.contains("**Failed the gate: 4 P1 (--fail-on P1).**"), "{comment}");
        assert!(comment.contains("`missing-pool-config` −6.0 (1 P0)"), "{comment}");
        let mut report = sample::empty();
        report.complete = false;
        (report.grade.score, report.grade.band) = (None, None);
        report.grade.unscored = Some("a file could not be read".into());
        report.coverage.unread = vec![super::super::Note { path: "a.ts".into(), reason: "no".into() }];
        let comment = render(&report, &[]);
        for part in
            ["no score", "**Incomplete.**", "because a file could not be read.", "`a.ts` could not be audited: no."]
        {
            assert!(comment.contains(part), "{part} in: {comment}");
        }
        assert!(!comment.contains("100") && !comment.contains("Passed"), "{comment}");
    }

    #[test]
    fn a_baseline_makes_findings_new() {
        let mut report = sample::empty();
        report.findings.push(sample::finding("a.ts", Severity::P1, Status::Baselined));
        assert!(render(&report, &[]).contains("No new finding in 0 files."));
        report.findings.push(sample::finding("b.ts", Severity::P1, Status::Graded));
        assert!(render(&report, &[]).contains("1 new finding in 0 files: 1 P1."));
    }
}
