//! SARIF against its published schema, and against what GitHub takes.

use serde_json::Value;

use super::*;
use crate::finding::Severity;
use crate::page::Page;
use crate::report::{Note, sample, written};

fn pages() -> Vec<Page> {
    let pages = [include_str!("../../../rules/query-in-loop.md"), include_str!("../../../rules/listener-leak.md")];
    pages.map(|it| Page::parse(it).expect("the tests parse every page")).into()
}

fn render(report: &Report, prefix: &str, all: bool) -> Value {
    let pages = pages();
    let text = written(|out| write(report, Setting { pages: &pages, prefix, all, ..Setting::default() }, out));
    serde_json::from_str(&text).expect("JSON")
}

fn validator() -> jsonschema::Validator {
    let schema = include_str!("../../../tests/schemas/sarif-2.1.0.json");
    // Two of its patterns close a bracket that they never opened, which JavaScript forgives and Rust does not.
    let schema = schema.replace("{2}]?$", r"{2}\\]?$");
    let schema: Value = serde_json::from_str(&schema).expect("the schema is JSON");
    jsonschema::draft7::new(&schema).expect("the schema is a schema")
}

fn assert_valid(sarif: &Value) {
    let validator = validator();
    let errors: Vec<_> = validator.iter_errors(sarif).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}");
}

fn with_every_status() -> Report {
    let mut report = sample::report();
    for status in [Status::Baselined, Status::Suppressed, Status::Unreachable] {
        report.findings.push(sample::finding("src/[id] ü.ts", Severity::P3, status));
    }
    report
}

#[test]
fn sarif_obeys_its_schema() {
    let mut incomplete = with_every_status();
    incomplete.complete = false;
    incomplete.coverage.unread = vec![Note { path: "a b.ts".into(), reason: "permission denied".into() }];
    for report in [sample::empty(), sample::report(), with_every_status(), incomplete] {
        for all in [false, true] {
            assert_valid(&render(&report, "packages/web/", all));
        }
    }
    let mut wrong = render(&sample::report(), "", false);
    wrong["runs"][0]["results"][0]["colour"] = "red".into();
    assert!(!validator().is_valid(&wrong), "the schema must notice a stray key");
}

#[test]
fn a_result_says_all_that_the_finding_does() {
    let sarif = render(&sample::report(), "packages/web/", false);
    let run = &sarif["runs"][0];
    let result = &run["results"][0];
    assert_eq!(run["columnKind"], "unicodeCodePoints");
    assert_eq!((&result["ruleId"], &result["level"]), (&"query-in-loop".into(), &"error".into()));
    let rule = &run["tool"]["driver"]["rules"][result["ruleIndex"].as_u64().expect("an index") as usize];
    assert_eq!(rule["id"], "query-in-loop");
    let place = &result["locations"][0]["physicalLocation"];
    assert_eq!(place["artifactLocation"]["uri"], "packages/web/server/sync.ts");
    assert_eq!(place["artifactLocation"]["uriBaseId"], "%SRCROOT%");
    assert!(run["originalUriBaseIds"]["%SRCROOT%"].is_object());
    assert_eq!((&place["region"]["startLine"], &place["region"]["startColumn"]), (&5.into(), &9.into()));
    assert_eq!(result["partialFingerprints"]["primaryLocationLineHash"], "0123456789abcdef");
    assert_eq!(run["automationDetails"]["id"], "atlas-audit/packages/web/");
    assert!(run["invocations"][0]["executionSuccessful"].as_bool().expect("said"));
    let text = result["message"]["text"].as_str().expect("text");
    assert!(text.contains("Evidence: [the loop over rows](1), [the query](2)."), "{text}");
    let steps = result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().expect("steps");
    let lines: Vec<_> = steps.iter().map(|it| &it["location"]["physicalLocation"]["region"]["startLine"]).collect();
    assert_eq!(lines, [4, 5, 3], "the loop, the call in it, the query in another file");
}

#[test]
fn what_is_hidden_is_said_and_what_is_not_proven_stays_out() {
    let sarif = render(&with_every_status(), "", false);
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let of = |status: &str| results.iter().find(|it| it["properties"]["status"] == status);
    assert_eq!(results.len(), 3);
    assert!(of("lead").is_none() && of("unreachable").is_none());
    let (graded, baselined) = (of("graded").expect("there"), of("baselined").expect("there"));
    let suppressed = of("suppressed").expect("there");
    assert_eq!((&graded["baselineState"], &baselined["baselineState"]), (&"new".into(), &"unchanged".into()));
    assert_eq!(suppressed["suppressions"][0]["kind"], "inSource");
    assert_eq!(graded["suppressions"].as_array().expect("empty").len(), 0);
    assert_eq!(suppressed["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "src/%5Bid%5D%20%C3%BC.ts");
    let all = render(&with_every_status(), "", true);
    let lead = &all["runs"][0]["results"][1];
    assert_eq!((&lead["kind"], &lead["level"]), (&"review".into(), &"none".into()));
    let plain = render(&sample::report(), "", false);
    let keys = plain["runs"][0]["results"][0].as_object().expect("an object");
    assert!(!keys.contains_key("suppressions") && !keys.contains_key("baselineState"));
}

#[test]
fn an_incomplete_audit_is_no_success() {
    let mut report = sample::empty();
    report.complete = false;
    let invocation = |report: &Report| render(report, "", false)["runs"][0]["invocations"][0].clone();
    let said = invocation(&report);
    assert_eq!(said["executionSuccessful"], false);
    assert_eq!(said["toolExecutionNotifications"].as_array().expect("a list").len(), 1);
    report.coverage.unread = vec![Note { path: "a.ts".into(), reason: "permission denied".into() }];
    let said = &invocation(&report)["toolExecutionNotifications"][0];
    assert_eq!((&said["level"], &said["descriptor"]["id"]), (&"error".into(), &"unread".into()));
    assert_eq!(said["locations"][0]["physicalLocation"]["artifactLocation"]["uri"], "a.ts");
}

#[test]
fn a_huge_report_stays_within_the_limits() {
    let mut report = sample::empty();
    for at in 0..ACCEPTED + 7 {
        let severity = if at % 2 == 0 { Severity::P3 } else { Severity::P1 };
        let mut finding = sample::looped();
        (finding.severity, finding.fingerprint) = (severity, format!("{:032x}", at * 2_654_435_761));
        report.findings.push(finding);
    }
    let sarif = render(&report, "", false);
    let run = &sarif["runs"][0];
    let results = run["results"].as_array().expect("results");
    assert_eq!(results.len(), ACCEPTED);
    assert_eq!((&results[0]["level"], &results[ACCEPTED - 1]["level"]), (&"error".into(), &"note".into()));
    let has_flow = |at: usize| results[at].get("codeFlows").is_some();
    assert!(has_flow(SHOWN - 1) && !has_flow(SHOWN), "ten megabytes, compressed, are all that is taken");
    let said = &run["invocations"][0]["toolExecutionNotifications"][0];
    assert_eq!((&said["descriptor"]["id"], &said["level"]), (&"left-out".into(), &"warning".into()));
    assert!(said["message"]["text"].as_str().is_some_and(|it| it.starts_with("7 results are left out")), "{said}");
}

#[test]
fn evidence_stays_within_the_limits() {
    let mut report = sample::report();
    let evidence = report.findings[0].evidence[0].clone();
    report.findings[0].evidence = vec![evidence; 3_000];
    let result = &render(&report, "", false)["runs"][0]["results"][0];
    assert_eq!(result["relatedLocations"].as_array().expect("a list").len(), 100);
    assert_eq!(result["codeFlows"][0]["threadFlows"][0]["locations"].as_array().expect("a list").len(), 1_000);
}
