//! Renderings of whole reports: what they hold, and what they must never let through.

use std::sync::Arc;

use super::safe::is_hazard;
use super::terminal::Detail;
use super::*;
use crate::source::{LineIndex, Span};

const ALL: Detail = Detail { all: true, quiet: false };

fn look(width: usize) -> Look {
    Look { width, ..Look::PLAIN }
}

/// A report about one file with one finding that marks `snippet`, and evidence on `evidence`.
fn about(path: &str, text: &str, snippet: &str, evidence: &[&str]) -> Report {
    let mut report = sample::empty();
    let mut finding = sample::finding(path, Severity::P1, Status::Graded);
    finding.location = sample::locate(path, text, snippet);
    let located =
        |it: &&str| LocatedEvidence { location: sample::locate(path, text, it), note: format!("note on {it}") };
    finding.evidence = evidence.iter().map(located).collect();
    report.findings.push(finding);
    report.texts.insert(path.to_owned(), text.into());
    report
}

/// Text without the color sequences that we write ourselves.
fn uncolored(text: &str) -> String {
    let sequence = regex::Regex::new("\u{1b}\\[[0-9;]*m").expect("valid");
    sequence.replace_all(text, "").into_owned()
}

fn widest(text: &str) -> usize {
    text.lines().map(unicode_width::UnicodeWidthStr::width).max().unwrap_or(0)
}

fn assert_harmless(text: &str) {
    let hazard = text.chars().find(|it| *it != '\n' && is_hazard(*it));
    assert_eq!(hazard, None, "in: {}", text.escape_debug());
}

#[test]
fn a_report_reads_well() {
    insta::assert_snapshot!(terminal::render(&sample::report(), Look::PLAIN, Detail::default()));
}

#[test]
fn a_report_reads_well_in_forty_columns_of_ascii() {
    let look = Look { width: 40, color: false, unicode: false };
    let text = terminal::render(&sample::report(), look, ALL);
    assert!(text.is_ascii(), "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn no_width_is_exceeded() {
    let mut report = sample::report();
    report.findings.push(sample::finding(&format!("src/{}/x.ts", "deep/".repeat(40)), Severity::P0, Status::Graded));
    for count in 0..9 {
        report.findings.push(sample::finding(
            &format!("src/{count}/{}.ts", "long-name".repeat(9)),
            Severity::P2,
            Status::Graded,
        ));
    }
    for width in [40, 57, 80, 100, 120] {
        for detail in [ALL, Detail::default()] {
            let text = terminal::render(&report, look(width), detail);
            assert!(widest(&text) <= width, "{width}:\n{text}");
        }
    }
}

#[test]
fn evidence_stands_beside_its_code_in_every_file() {
    let text = terminal::render(&sample::report(), Look::PLAIN, Detail::default());
    for part in ["[server/sync.ts:5:9]", "the loop over rows", "write-per-row", "[server/db.ts:3:3]", "the query"] {
        assert!(text.contains(part), "{part} in:\n{text}");
    }
}

#[test]
fn foreign_text_cannot_drive_a_terminal() {
    let evil = "\u{1b}[2J\u{1b}]0;t\u{7}\u{9b}1m\u{202e}\u{2066}\0\r\u{2028}";
    let path = format!("src/{evil}.ts");
    let text = format!("{evil}\nlet a = '{evil}'; call(a);\n{evil}");
    let mut report = about(&path, &text, "call(a)", &["let a"]);
    report.findings[0].message.push_str(evil);
    report.findings[0].help.push_str(evil);
    report.findings[0].unreached.push_str(evil);
    report.findings[0].evidence[0].note.push_str(evil);
    let note = Note { path: path.clone(), reason: evil.to_owned() };
    report.coverage.unread = vec![note];
    report.grade.unscored = Some(evil.to_owned());
    report.grade.score = None;
    let finding = report.findings[0].clone();
    let Finding { location, rule, kind, severity, confidence, status, message, help, evidence, .. } = finding;
    let outcome = LocatedOutcome::Found { kind, severity, confidence, message, help, evidence };
    report.verdicts.push(LocatedVerdict { rule, location, outcome, status: Some(status), unreached: evil.to_owned() });
    let colored = Look { color: true, ..Look::PLAIN };
    let line = report.findings[0].location.start.line;
    for text in [
        terminal::render(&report, Look::PLAIN, ALL),
        uncolored(&terminal::render(&report, colored, ALL)),
        concise::render(&report, true),
        written(|out| json::write(&report, out)),
        why(&report, &path, line, Look::PLAIN),
        why(&report, &path, 99, Look::PLAIN),
    ] {
        assert_harmless(&text);
        assert!(text.contains("src/"), "{text}");
    }
}

#[test]
fn color_is_written_only_where_it_is_wanted() {
    let colored = Look { color: true, ..Look::PLAIN };
    let text = terminal::render(&sample::report(), colored, ALL);
    assert!(text.contains('\u{1b}'));
    assert_eq!(uncolored(&text), terminal::render(&sample::report(), Look::PLAIN, ALL));
}

#[test]
fn a_line_of_megabytes_gives_a_short_frame_with_the_true_column() {
    let text = format!("{}find(everything);{}", "x=1;".repeat(250_000), "y=2;".repeat(225_000));
    let report = about("public/app.js", &text, "find(everything)", &["y=2;"]);
    let out = terminal::render(&report, look(80), ALL);
    assert!(out.len() < 3_000, "{} bytes", out.len());
    assert!(
        out.contains("…") && out.contains("find(everything)") && out.contains("[public/app.js:1:1000001]"),
        "{out}"
    );
    assert!(widest(&out) <= 80, "{out}");
}

#[test]
fn evidence_far_along_the_same_line_gets_its_own_frame() {
    let text = format!("start(); {} end();", "x=1;".repeat(500));
    let out = terminal::render(&about("a.js", &text, "start()", &["end()"]), look(80), ALL);
    assert!(out.contains("[a.js:1:1]") && out.contains("[a.js:1:2011]"), "{out}");
    assert!(out.contains("note on end()"), "{out}");
}

#[test]
fn line_endings_and_tabs_keep_lines_and_columns() {
    for ending in ["\n", "\r\n", "\r"] {
        let text = ["first();", "\t\tsecond(); third();", "fourth();", ""].join(ending);
        let out = terminal::render(&about("a.ts", &text, "third()", &["first()"]), look(80), ALL);
        assert!(out.contains("[a.ts:2:13]"), "{ending:?}:\n{out}");
        assert!(out.contains(" 2 │     second(); third();\n"), "{ending:?}:\n{out}");
        assert!(out.contains(" 3 │ fourth();\n") && !out.contains(" 4 │"), "{ending:?}:\n{out}");
        assert_harmless(&out);
    }
}

#[test]
fn marks_stand_under_wide_characters() {
    let out = terminal::render(&about("a.ts", "const 名前 = 'テ'; go();\n", "go()", &[]), look(80), ALL);
    let lines: Vec<_> = out.lines().collect();
    let at = lines.iter().position(|line| line.contains("go();")).expect("the code is shown");
    let column =
        |line: &str, part: &str| unicode_width::UnicodeWidthStr::width(&line[..line.find(part).expect("is there")]);
    assert_eq!(column(lines[at], "go()"), column(lines[at + 1], "──┬─"), "{out}");
}

#[test]
fn every_range_can_be_shown() {
    let text = "a\tb\u{1b}名\u{301}\u{301}\r\n\r\n\u{202e}xy\nlast";
    let lines = LineIndex::new(text);
    for start in 0..=text.len() as u32 + 2 {
        for end in start..=text.len() as u32 + 2 {
            let mut report = about("a.ts", text, "a", &["b", "xy", "last"]);
            let location = &mut report.findings[0].location;
            location.span = Span::new(start, end);
            [location.start, location.end] = [start, end].map(|at| lines.position(text, at));
            let out = terminal::render(&report, look(40), ALL);
            assert!(widest(&out) <= 40, "{start}..{end}:\n{out}");
            assert_harmless(&out);
        }
    }
}

#[test]
fn overlapping_marks_are_all_named() {
    let text = "await pool.query(sql);\n";
    let out = terminal::render(
        &about("a.ts", text, "pool.query(sql)", &["pool", "query", "pool.query(sql)", "await pool"]),
        look(80),
        ALL,
    );
    for note in ["note on pool\n", "note on query", "note on pool.query(sql)", "note on await pool", "leak"] {
        assert!(out.contains(note), "{note}:\n{out}");
    }
}

#[test]
fn a_file_without_text_is_still_named() {
    let mut report = about("gone.ts", "x", "x", &[]);
    report.texts.clear();
    assert!(terminal::render(&report, Look::PLAIN, ALL).contains("(gone.ts)"));
}

#[test]
fn many_findings_stay_readable_and_all_shows_all() {
    let mut report = sample::empty();
    for at in 0..100 {
        report.findings.push(sample::finding(&format!("src/{at}.ts"), Severity::P2, Status::Graded));
        report.texts.insert(format!("src/{at}.ts"), Arc::from("import x;\n"));
    }
    let short = terminal::render(&report, Look::PLAIN, Detail::default());
    assert_eq!(short.matches("╭─[").count(), 3);
    assert!(short.contains("and 77 more: --all shows them"), "{short}");
    assert!(short.lines().count() < 80);
    assert_eq!(terminal::render(&report, Look::PLAIN, ALL).matches("╭─[").count(), 100);
}

#[test]
fn buckets_that_are_not_shown_are_counted() {
    let mut report = sample::empty();
    for status in [Status::Lead, Status::Lead, Status::Suppressed, Status::Unreachable, Status::Baselined] {
        report.findings.push(sample::finding("a.ts", Severity::P0, status));
    }
    let counted = "2 leads, 1 in unreachable code, 1 suppressed, 1 baselined";
    let short = terminal::render(&report, Look::PLAIN, Detail::default());
    assert!(short.contains(&format!("Not shown: {counted}. --all shows them.")), "{short}");
    assert!(short.contains("no graded finding") && !short.contains("× `resize`"), "{short}");
    assert!(concise::render(&report, false).contains(&format!("not shown: {counted} (--all)")));
    let all = terminal::render(&report, Look::PLAIN, ALL);
    for tag in ["[lead] ", "[suppressed] ", "[unreachable: nothing imports it] ", "[baselined] "] {
        assert!(all.contains(tag), "{tag}:\n{all}");
    }
    assert!(!all.contains("Not shown"));
}

#[test]
fn a_missing_score_says_why_and_never_shows_a_number() {
    let mut report = sample::empty();
    report.grade.score = None;
    report.grade.band = None;
    report.grade.unscored = Some("only one rule was asked for".to_owned());
    let text = terminal::render(&report, Look::PLAIN, ALL);
    assert!(text.starts_with("⚪ no score") && text.contains("because only one rule was asked for."), "{text}");
    assert!(!text.contains("100"), "{text}");
    assert!(concise::render(&report, false).contains("no score (only one rule was asked for)"));
}

#[test]
fn what_decides_comes_first() {
    let mut report = sample::report();
    report.grade.score = Some(89);
    let text = terminal::render(&report, Look::PLAIN, Detail::default());
    let head: Vec<_> = text.lines().take(3).collect();
    assert!(head[0].contains("89/100 mostly ready"), "{text}");
    assert!(head[1].contains("one rule has an open P0, so the score is 89 at most"), "{text}");
    assert!(head[2].contains("missing-pool-config −6.0 (1 P0) and query-in-loop −5.0 (4 P1)"), "{text}");
}

#[test]
fn the_ledger_says_where_a_cap_holds() {
    let mut report = sample::report();
    report.grade.ledger[2].forgiven_tenths = 10;
    let text = terminal::render(&report, Look::PLAIN, Detail::default());
    assert!(text.contains("1.0  more would be off, had no severity reached its cap"), "{text}");
}

proptest::proptest! {
    #[test]
    fn any_marks_in_any_text_make_a_harmless_frame(
        text in "([a-z(){};. ]{0,30}|[\t名é\u{1b}\u{202e}\u{301}]{0,9}|\r?\n){0,20}",
        marks in proptest::collection::vec((0_u32..400, 0_u32..60), 1..6),
        width in 40_usize..121,
        unicode: bool,
    ) {
        let lines = LineIndex::new(&text);
        let locate = |(start, length): (u32, u32)| {
            let span = Span::new(start, start + length);
            let [start, end] = [span.start, span.end].map(|at| lines.position(&text, at));
            Location { path: "a.ts".to_owned(), span, start, end }
        };
        let mut report = about("a.ts", &text, "", &[]);
        report.findings[0].location = locate(marks[0]);
        let evidence = |(at, mark): (usize, &(u32, u32))| LocatedEvidence { location: locate(*mark), note: format!("note{at}") };
        report.findings[0].evidence = marks.iter().skip(1).enumerate().map(evidence).collect();
        let out = terminal::render(&report, Look { width, color: false, unicode }, ALL);
        assert_harmless(&out);
        assert!(widest(&out) <= width, "{width}:\n{out}");
        for at in 0..marks.len() - 1 {
            assert!(out.contains(&format!("note{at}")), "note{at} in:\n{out}");
        }
    }
}
