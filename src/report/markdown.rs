//! A comment for a pull request: the score, what fails, and the rules that cost most with their first findings. Short, whatever was found.
//!
//! It opens with a marker by which whoever posts it finds the last one and replaces it. Nothing from the code base can format the
//! comment, mention anybody or refer to an issue.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::io::{self, Write};

use super::ledger::hidden;
use super::safe::safe;
use super::{Report, Setting, counted, sentence, tenths};
use crate::delta::Delta;
use crate::finding::{Finding, Severity, Status};
use crate::grade::LedgerLine;

/// By which a comment is found again.
const MARKER: &str = "<!-- atlas-audit -->";
/// Rules that are told with their findings, per severity; of the others there is a count.
const GROUPS: usize = 5;
/// Findings of each that are listed.
const LISTED: usize = 3;
/// Files that are named which could not be audited.
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
    if let Some(delta) = &report.delta {
        writeln!(out, "{}\n", change(delta))?;
    }
    // A run that is incomplete has said so.
    if let (true, None, Some(why)) = (report.complete, report.grade.score, &report.grade.unscored) {
        writeln!(out, "There is no score because {}\n", text(&sentence(why)))?;
    }
    unread(report, setting, out)
}

/// ``−2 points since `main` (81 to 79), 3 new findings, 1 fixed.``
fn change(delta: &Delta) -> String {
    let since = code(&delta.since);
    let score = match (delta.score_before, delta.score) {
        (Some(before), Some(now)) if before == now => format!("The same score as at {since} ({now})"),
        (Some(before), Some(now)) => {
            let sign = if now > before { '+' } else { '−' };
            format!("{sign}{} since {since} ({before} to {now})", counted(now.abs_diff(before) as usize, "point"))
        }
        _ => format!("Since {since}"),
    };
    format!("{score}: {}, {} fixed.", counted(delta.new, "new finding"), delta.fixed.len())
}

/// The files that could not be audited, where the reasons have not named the only one.
fn unread(report: &Report, setting: Setting<'_>, out: &mut dyn Write) -> io::Result<()> {
    let unread = &report.coverage.unread;
    if unread.is_empty() || (unread.len() == 1 && !setting.reasons.is_empty()) {
        return Ok(());
    }
    for note in unread.iter().take(NAMED) {
        writeln!(out, "- {} could not be audited: {}", code(&note.path), text(&sentence(&note.reason)))?;
    }
    let more = unread.len().saturating_sub(NAMED);
    if more > 0 {
        writeln!(out, "- and {} could not be audited.", counted(more, "more file"))?;
    }
    writeln!(out)
}

fn findings(report: &Report, out: &mut dyn Write) -> io::Result<()> {
    let mut graded = report.worst_first(false);
    graded.retain(|it| it.is_new != Some(false));
    let files = counted(report.coverage.files as usize, "file");
    let new = if report.delta.is_some() || report.bucket(Status::Baselined) > 0 { "new " } else { "" };
    if graded.is_empty() {
        return writeln!(out, "No {new}finding in {files}.\n");
    }
    let counts: Vec<_> = Severity::ALL
        .into_iter()
        .map(|severity| (graded.iter().filter(|it| it.severity == severity).count(), severity.name()))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    writeln!(out, "{} in {files}: {}.\n", counted(graded.len(), &format!("{new}finding")), counts.join(", "))?;
    let groups = groups(&graded, &report.grade.ledger);
    for group in groups.iter().take(GROUPS) {
        write_group(group, &report.grade.ledger, out)?;
    }
    let rest = groups.get(GROUPS..).unwrap_or_default();
    if !rest.is_empty() {
        let rest: Vec<_> = rest.iter().map(|it| heading(it, &report.grade.ledger)).collect();
        writeln!(out, "Also {}.\n", rest.join("; "))?;
    }
    Ok(())
}

/// The findings of one rule and severity together: the worst severity first, in it the rule that costs most.
fn groups<'a>(worst_first: &[&'a Finding], ledger: &[LedgerLine]) -> Vec<Vec<&'a Finding>> {
    let mut groups: BTreeMap<_, Vec<&Finding>> = BTreeMap::new();
    for finding in worst_first {
        let cost = line_of(finding, ledger).map_or(0, |it| it.cost_tenths);
        groups.entry((finding.severity, Reverse(cost), finding.rule)).or_default().push(finding);
    }
    groups.into_values().collect()
}

fn line_of<'a>(finding: &Finding, ledger: &'a [LedgerLine]) -> Option<&'a LedgerLine> {
    ledger.iter().find(|line| line.rule == finding.rule && line.severity == finding.severity)
}

/// ``P1 `query-in-loop`: 5 findings, −6.0 points``
fn heading(group: &[&Finding], ledger: &[LedgerLine]) -> String {
    // What some of a rule's findings cost is nothing that could be said.
    let line = line_of(group[0], ledger).filter(|it| it.sites == group.len());
    let cost = line.map_or_else(String::new, |it| format!(", −{} points", tenths(it.cost_tenths)));
    format!("{} `{}`: {}{cost}", group[0].severity.name(), group[0].rule, counted(group.len(), "finding"))
}

fn write_group(group: &[&Finding], ledger: &[LedgerLine], out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "**{}**\n", heading(group, ledger))?;
    let cut = |words: &str| match words.char_indices().nth(WORDS) {
        Some((at, _)) => format!("{}…", &words[..at]),
        None => words.to_owned(),
    };
    let mut helped = "";
    for finding in group.iter().take(LISTED) {
        let place = code(&format!("{}:{}", finding.location.path, finding.location.start.line));
        let message = text(&cut(&sentence(&finding.message)));
        // What to do is said where it changes.
        let help = if finding.help == helped { String::new() } else { text(&cut(&sentence(&finding.help))) };
        helped = &finding.help;
        writeln!(out, "{}", format!("- {place}: {message} {help}").trim_end())?;
    }
    if group.len() > LISTED {
        writeln!(out, "- and {} more", group.len() - LISTED)?;
    }
    writeln!(out)
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
        if !word.contains('@') || word.contains('`') {
            return escaped(word);
        }
        // A scoped package would mention a team; the signs around it are not its own.
        let is_sign = |it: char| it.is_ascii_punctuation() && it != '@' && it != '/';
        let inner = word.trim_matches(is_sign);
        let (before, after) = word.split_once(inner).unwrap_or_default();
        format!("{}{}{}", escaped(before), code(inner), escaped(after))
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
            "`a|<b>` of `@scope/pkg`, see \\#1 &lt;img&gt; \\*x\\*"
        );
        assert_eq!(text("one ` alone (@x:"), "one \\` alone (`@x`:");
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
    fn what_to_do_is_said_once() {
        let mut report = sample::empty();
        report.findings = vec![sample::finding("a.ts", Severity::P2, Status::Graded); 5];
        assert_eq!(render(&report, &[]).matches("return a cleanup function.").count(), 1);
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
        for at in 0..90 {
            let rule = format!("rule-{at}").leak();
            report.findings.push(Finding { rule, ..report.findings[0].clone() });
        }
        let comment = render(&report, &[]);
        assert!(comment.len() < 20_000, "{}", comment.len());
        assert!(comment.contains("30091 findings") && comment.contains("and 29997 more"), "{comment}");
        assert!(comment.find("worst.ts") < comment.find("src/0.ts"));
    }

    #[test]
    fn a_run_that_does_not_pass_says_why() {
        let comment = render(&sample::report(), &["failed the gate: 4 P1 (--fail-on P1)".to_owned()]);
        assert!(comment.starts_with("<!-- atlas-audit -->\n### 🟡 atlas-audit: 87/100, mostly ready\n"), "{comment}");
        assert!(comment.contains("**Failed the gate: 4 P1 (--fail-on P1).**"), "{comment}");
        assert!(comment.contains("**P1 `query-in-loop`: 1 finding**"), "{comment}");
        let mut report = sample::empty();
        report.complete = false;
        (report.grade.score, report.grade.band) = (None, None);
        report.grade.unscored = Some("a file could not be read".into());
        report.coverage.unread = vec![super::super::Note { path: "a.ts".into(), reason: "no".into() }];
        let comment = render(&report, &[]);
        for part in ["no score", "**Incomplete.**", "`a.ts` could not be audited: no."] {
            assert!(comment.contains(part), "{part} in: {comment}");
        }
        assert!(!comment.contains("100") && !comment.contains("Passed"), "{comment}");
    }

    #[test]
    fn a_change_is_told_and_what_was_there_before_is_not() {
        let mut report = sample::empty();
        report.delta = Some(sample::delta());
        let found = |path: &str, is_new| Finding {
            is_new: Some(is_new),
            ..sample::finding(path, Severity::P1, Status::Graded)
        };
        report.findings = vec![found("old.ts", false), found("new.ts", true)];
        let comment = render(&report, &[]);
        assert!(comment.contains("1 new finding in 0 files: 1 P1.") && !comment.contains("old.ts"), "{comment}");
        let mut delta = sample::delta();
        (delta.since, delta.score_before, delta.score) = ("main".into(), Some(81), Some(80));
        (delta.new, delta.fixed) = (2, Vec::new());
        assert_eq!(change(&delta), "−1 point since `main` (81 to 80): 2 new findings, 0 fixed.");
        delta.score = Some(83);
        assert!(change(&delta).starts_with("+2 points since `main`"));
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
