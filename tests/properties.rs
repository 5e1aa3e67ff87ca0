//! What holds for any input: grades move one way only, and pages are blanked without moving anything.

use atlas_audit::finding::{Confidence, Finding, Location, Severity, Status};
use atlas_audit::grade::{Grade, grade};
use atlas_audit::page::Page;
use atlas_audit::source::{Position, Span};
use proptest::prelude::*;

fn finding() -> impl Strategy<Value = Finding> {
    let rule = prop::sample::select(vec!["a", "b", "c", "d", "e", "f", "g", "h"]);
    let severity = prop::sample::select(Severity::ALL.to_vec());
    let status = prop::sample::select(vec![
        Status::Graded,
        Status::Graded,
        Status::Graded,
        Status::Baselined,
        Status::Suppressed,
        Status::Lead,
        Status::Unreachable,
    ]);
    let at = Position { line: 1, column: 1 };
    (rule, severity, status, "[a-c]/[a-c]\\.ts").prop_map(move |(rule, severity, status, path)| Finding {
        location: Location { path, span: Span::new(0, 0), start: at, end: at },
        rule,
        kind: "kind",
        severity,
        confidence: if status == Status::Lead { Confidence::Low } else { Confidence::High },
        status,
        unreached: String::new(),
        message: String::new(),
        help: String::new(),
        evidence: Vec::new(),
        effort_minutes: 0,
        fingerprint: String::new(),
        fingerprint_moved: String::new(),
        scope: String::new(),
        is_new: None,
        owners: Vec::new(),
    })
}

/// Few rules with many sites, and many rules with few: both caps, the ceiling and the floor come into play.
fn findings() -> impl Strategy<Value = Vec<Finding>> {
    prop::collection::vec((finding(), 1_usize..40), 0..30)
        .prop_map(|groups| groups.into_iter().flat_map(|(it, count)| vec![it; count]).collect())
}

fn scores(grade: &Grade) -> (u32, u32) {
    (grade.score.expect("complete"), grade.raw_score.expect("complete"))
}

proptest! {
    #[test]
    fn one_finding_more_never_raises_the_score(findings in findings(), one in finding()) {
        let before = scores(&grade(&findings, None));
        let after = scores(&grade(&[findings, vec![one]].concat(), None));
        prop_assert!(after.0 <= before.0 && after.1 <= before.1, "{before:?} → {after:?}");
    }

    #[test]
    fn one_finding_less_never_lowers_the_score(findings in findings(), at in any::<prop::sample::Index>()) {
        prop_assume!(!findings.is_empty());
        let before = scores(&grade(&findings, None));
        let mut fewer = findings;
        fewer.remove(at.index(fewer.len()));
        let after = scores(&grade(&fewer, None));
        prop_assert!(after.0 >= before.0 && after.1 >= before.1, "{before:?} → {after:?}");
    }

    #[test]
    fn neither_order_nor_paths_matter(findings in findings(), turn in any::<prop::sample::Index>()) {
        let expected = grade(&findings, None);
        let mut turned = findings.clone();
        turned.reverse();
        if !turned.is_empty() {
            let middle = turn.index(turned.len());
            turned.rotate_left(middle);
        }
        prop_assert_eq!(&grade(&turned, None), &expected);
        let mut moved = findings;
        moved.iter_mut().for_each(|it| it.location.path.insert_str(0, "packages/app/"));
        prop_assert_eq!(&grade(&moved, None), &expected);
    }

    #[test]
    fn the_ledger_adds_up_to_the_score(findings in findings()) {
        let grade = grade(&findings, None);
        let taken: u32 = grade.ledger.iter().map(|it| it.cost_tenths).sum();
        let before_ceiling = (1000_u32.saturating_sub(taken) + 5) / 10;
        let ceiling = grade.ceiling.map_or(100, |it| it.score);
        prop_assert_eq!(grade.score, Some(before_ceiling.min(ceiling)));
        prop_assert!(grade.raw_score <= grade.score, "suppressing cannot cost");
        let sites: usize = grade.ledger.iter().map(|it| it.sites).sum();
        let scored = |it: &&Finding| matches!(it.status, Status::Graded | Status::Baselined);
        prop_assert_eq!(sites, findings.iter().filter(scored).count());
    }

    #[test]
    fn any_text_is_a_page_or_an_error(text in "(?s)(\\+\\+\\+\n)?.{0,200}") {
        if let Ok(page) = Page::parse(text.leak()) {
            let _ = page.examples();
        }
    }

    #[test]
    fn examples_keep_every_offset(code in "([a-z/*{}: ]|// found a: b|/\\* cleared: é \\*/|\r?\n){0,60}") {
        let front = "+++\nid = \"a\"\ntitle = \"A\"\neffort_minutes = 1\n[kinds.a]\nseverity = \"P1\"\n+++\n";
        let page = Page::parse(format!("{front}\n```ts\n{code}\n```\n").leak()).expect("good front matter");
        if let Ok(examples) = page.examples() {
            let text = &examples[0].files[0].text;
            prop_assert_eq!(text.len(), code.len() + 1);
            let starts = |text: &str| text.match_indices('\n').map(|(at, _)| at).collect::<Vec<_>>();
            prop_assert_eq!(starts(text), starts(&format!("{code}\n")));
        }
    }
}
