//! Every format of the report as another program would read it: from the built program, about the demo application.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use quick_xml::events::{BytesStart, Event};
use serde_json::Value;

/// All formats; a test compares them with what the program offers.
const FORMATS: [&str; 12] = [
    "terminal",
    "concise",
    "agent",
    "markdown",
    "json",
    "ndjson",
    "sarif",
    "github",
    "gitlab",
    "rdjson",
    "junit",
    "checkstyle",
];

fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_atlas-audit"));
    command.current_dir(folder).args(arguments).args(["--today", "2026-12-01"]);
    command.output().expect("the program runs")
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("reports are UTF-8")
}

/// What a format prints about the demo application.
fn atlas(format: &str) -> String {
    let run = run(Path::new("fixtures/atlas"), &["--format", format]);
    assert_eq!(run.status.code(), Some(1), "the demo application fails the gate");
    text(&run.stdout).to_owned()
}

fn json(format: &str) -> Value {
    serde_json::from_str(&atlas(format)).expect("JSON")
}

/// The elements of a document with their attributes, in order.
fn elements(xml: &str) -> Vec<(String, Vec<(String, String)>)> {
    let element = |it: &BytesStart<'_>| {
        let attribute = |it: quick_xml::events::attributes::Attribute<'_>| {
            let value = it.normalized_value(quick_xml::XmlVersion::Explicit1_0).expect("well-formed").into_owned();
            (it.key.as_ref().to_owned(), value)
        };
        let attributes = it.attributes().map(|it| attribute(it.expect("well-formed")));
        (it.name().as_ref().to_owned(), attributes.collect())
    };
    let mut reader = quick_xml::Reader::from_str(xml);
    let mut elements = Vec::new();
    loop {
        match reader.read_event().expect("well-formed") {
            Event::Eof => return elements,
            Event::Start(it) | Event::Empty(it) => elements.push(element(&it)),
            _ => {}
        }
    }
}

fn attribute<'a>(element: &'a (String, Vec<(String, String)>), name: &str) -> &'a str {
    element.1.iter().find(|it| it.0 == name).map_or("", |it| &it.1)
}

/// Whether a path is one of the demo application, written from the root of this repository, where it is one.
fn is_below_git_root(path: &str) -> bool {
    let root = if Path::new(".git").exists() { "" } else { "fixtures/atlas" };
    Path::new(root).join(path).is_file()
}

/// How many findings of the demo application are graded.
fn graded() -> usize {
    let report = json("json");
    let findings = report["findings"].as_array().expect("a list").iter();
    findings.filter(|it| it["status"] == "graded").count()
}

#[test]
fn the_formats_are_those_that_the_program_offers() {
    let refused = run(Path::new("."), &["--format", "none"]);
    let listed = text(&refused.stderr).split_once("possible values: ").expect("a list").1;
    let listed: Vec<_> = listed.split(']').next().expect("an end").split(", ").collect();
    assert_eq!(listed, FORMATS);
}

#[test]
fn one_audit_writes_every_format_and_the_next_one_the_same_bytes() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let write = |name: &str, threads: &str| {
        let folder = folder.path().join(name);
        fs::create_dir(&folder).expect("can create");
        let outputs: Vec<_> = FORMATS.iter().map(|it| format!("--output={it}={}/{it}", folder.display())).collect();
        let mut arguments: Vec<_> = outputs.iter().map(String::as_str).collect();
        arguments.extend(["--all", "--threads", threads, "--quiet"]);
        assert_eq!(run(Path::new("fixtures/atlas"), &arguments).status.code(), Some(1));
        FORMATS.map(|it| fs::read(folder.join(it)).expect("is written, although the gate failed"))
    };
    let (first, second) = (write("first", "1"), write("second", "2"));
    for ((name, first), second) in FORMATS.iter().zip(first).zip(second) {
        assert!(!first.is_empty() && first == second, "{name} differs from run to run");
        let path = env!("CARGO_MANIFEST_DIR");
        assert!(!text(&first).contains(path), "{name} names a folder of this machine");
    }
}

#[test]
fn sarif_of_a_real_audit_obeys_the_published_schema() {
    let schema = fs::read_to_string("tests/schemas/sarif-2.1.0.json").expect("is there");
    // Two of its patterns close a bracket that they never opened, which JavaScript forgives and Rust does not.
    let schema: Value = serde_json::from_str(&schema.replace("{2}]?$", r"{2}\\]?$")).expect("JSON");
    let validator = jsonschema::draft7::new(&schema).expect("a schema");
    let sarif = json("sarif");
    let errors: Vec<_> = validator.iter_errors(&sarif).map(|it| format!("{}: {it}", it.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:?}");
    let results = sarif["runs"][0]["results"].as_array().expect("results");
    let prints: BTreeSet<_> =
        results.iter().map(|it| it["partialFingerprints"]["primaryLocationLineHash"].to_string()).collect();
    assert_eq!(prints.len(), results.len(), "fingerprints tell results apart");
    for result in results {
        let linked = result["relatedLocations"].as_array().map_or(0, Vec::len);
        let text = result["message"]["text"].as_str().expect("text");
        assert!((1..=linked).all(|id| text.contains(&format!("]({id})"))), "{text}");
    }
}

#[test]
fn rules_are_what_github_takes() {
    for rule in json("sarif")["runs"][0]["tool"]["driver"]["rules"].as_array().expect("rules") {
        let length = |part: &Value| part.as_str().map_or(0, str::len);
        for part in [&rule["shortDescription"]["text"], &rule["fullDescription"]["text"]] {
            assert!((1..=1024).contains(&length(part)), "{rule}");
        }
        assert!(length(&rule["help"]["text"]) > 100 && length(&rule["help"]["markdown"]) > 100, "{rule}");
        assert!(rule["properties"]["tags"].as_array().is_some_and(|it| it.len() <= 10));
        assert!(rule["properties"].get("security-severity").is_none());
    }
}

#[test]
fn gitlab_has_what_gitlab_requires() {
    let report = json("gitlab");
    let issues = report.as_array().expect("a list");
    assert_eq!(issues.len(), graded());
    let mut prints = BTreeSet::new();
    for issue in issues {
        for key in ["description", "check_name", "fingerprint"] {
            assert!(issue[key].as_str().is_some_and(|it| !it.is_empty()), "{key}: {issue}");
        }
        let severity = issue["severity"].as_str().expect("a severity");
        assert!(["info", "minor", "major", "critical", "blocker"].contains(&severity), "{issue}");
        let path = issue["location"]["path"].as_str().expect("a path");
        assert!(is_below_git_root(path), "{path}");
        assert!(issue["location"]["lines"]["begin"].as_u64().is_some_and(|it| it > 0), "{issue}");
        assert!(prints.insert(issue["fingerprint"].to_string()), "{issue}");
    }
}

#[test]
fn rdjson_has_what_reviewdog_requires() {
    let report = json("rdjson");
    assert_eq!(report["source"]["name"], "atlas-audit");
    let diagnostics = report["diagnostics"].as_array().expect("a list");
    assert_eq!(diagnostics.len(), graded());
    for it in diagnostics {
        assert!(it["message"].as_str().is_some_and(|it| it.len() > 20), "{it}");
        assert!(["ERROR", "WARNING", "INFO"].contains(&it["severity"].as_str().expect("a severity")), "{it}");
        let path = it["location"]["path"].as_str().expect("a path");
        assert!(Path::new("fixtures/atlas").join(path).is_file(), "{path}");
        assert!(it["location"]["range"]["start"]["column"].as_u64().is_some_and(|it| it > 0), "{it}");
    }
}

#[test]
fn junit_counts_what_it_holds_and_fails_what_fails_the_run() {
    let elements = elements(&atlas("junit"));
    let count = |name: &str| elements.iter().filter(|it| it.0 == name).count();
    assert_eq!(elements[0].0, "testsuites");
    assert_eq!(attribute(&elements[0], "tests"), count("testcase").to_string());
    assert_eq!(attribute(&elements[0], "failures"), count("failure").to_string());
    let sum = |name: &str| -> usize {
        let suites = elements.iter().filter(|it| it.0 == "testsuite");
        suites.map(|it| attribute(it, name).parse::<usize>().expect("a number")).sum()
    };
    assert_eq!((sum("tests"), sum("failures"), sum("errors")), (count("testcase"), count("failure"), count("error")));
    let types: BTreeSet<_> = elements.iter().filter(|it| it.0 == "failure").map(|it| attribute(it, "type")).collect();
    assert_eq!(types, BTreeSet::from(["P0", "P1", "gate"]), "P2 and P3 pass where the gate is at P1");
    let lenient = run(Path::new("fixtures/atlas"), &["--format", "junit", "--fail-on", "never"]);
    assert_eq!(lenient.status.code(), Some(0));
    assert!(!text(&lenient.stdout).contains("<failure"), "a run that passes is green");
}

#[test]
fn checkstyle_is_grouped_by_file() {
    let elements = elements(&atlas("checkstyle"));
    assert_eq!(elements[0].0, "checkstyle");
    let files: Vec<_> = elements.iter().filter(|it| it.0 == "file").map(|it| attribute(it, "name")).collect();
    assert!(files.iter().all(|it| Path::new("fixtures/atlas").join(it).is_file()), "{files:?}");
    assert_eq!(files.iter().collect::<BTreeSet<_>>().len(), files.len(), "each file once");
    let errors: Vec<_> = elements.iter().filter(|it| it.0 == "error").collect();
    assert_eq!(errors.len(), graded());
    assert!(errors.iter().all(|it| attribute(it, "source").starts_with("atlas-audit.")));
}

#[test]
fn github_annotates_what_it_shows_and_logs_the_rest() {
    let text = atlas("github");
    let levels = ["error", "warning", "notice"].map(|it| text.matches(&format!("\n::{it} ")).count());
    let first = usize::from(text.starts_with("::error "));
    assert!((1..=10).contains(&(levels[0] + first)) && levels[1] <= 10 && levels[2] <= 10, "{levels:?}");
    let lines: Vec<_> = text.lines().collect();
    let logged = lines.iter().filter(|it| it.starts_with('P')).count();
    assert_eq!(first + levels.iter().sum::<usize>() + logged, graded());
    let path = lines[0].strip_prefix("::error file=").and_then(|it| it.split_once(',')).map_or("", |it| it.0);
    assert!(is_below_git_root(path), "{text}");
    assert!(lines.last().is_some_and(|it| it.starts_with("atlas-audit: ")), "{text}");
}

#[test]
fn agents_get_one_line_per_finding_with_the_cure() {
    let text = atlas("agent");
    let findings: Vec<_> = text.lines().filter(|it| it.contains(": P")).collect();
    assert_eq!(findings.len(), graded());
    assert!(findings.iter().all(|it| it.contains(" Fix: ")), "{text}");
    assert!(findings[0].contains(": P0 ") && findings.last().is_some_and(|it| it.contains(": P3 ")));
}

#[test]
fn every_line_of_ndjson_is_json() {
    let lines: Vec<Value> =
        atlas("ndjson").lines().map(|it| serde_json::from_str(it).expect("JSON on every line")).collect();
    let (last, findings) = lines.split_last().expect("lines");
    assert!(findings.iter().all(|it| it["type"] == "finding" && it["fingerprint"].is_string()));
    assert_eq!((&last["type"], &last["schema_version"]), (&"summary".into(), &1.into()));
    assert!(last["coverage"].is_object() && last.get("findings").is_none());
}

#[test]
fn a_folder_of_a_repository_is_named_from_its_root_where_the_reader_needs_it() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let web = folder.path().join("packages/we b/src/[id]");
    fs::create_dir_all(&web).expect("can create");
    fs::create_dir(folder.path().join(".git")).expect("can create");
    let code = "export async function a() {\n  try { await fetch(\"https://example.org\"); } catch {}\n}\n";
    fs::write(web.join("a.ts"), code).expect("can write");
    let audit = |format: &str| {
        let run = run(&folder.path().join("packages/we b"), &["--format", format]);
        text(&run.stdout).to_owned()
    };
    let uri = "\"uri\": \"packages/we%20b/src/%5Bid%5D/a.ts\"";
    assert!(audit("sarif").contains(uri), "{}", audit("sarif"));
    assert!(audit("sarif").contains("\"id\": \"atlas-audit/packages/we b/\""));
    assert!(audit("gitlab").contains("\"path\": \"packages/we b/src/[id]/a.ts\""), "{}", audit("gitlab"));
    assert!(audit("github").contains("::warning file=packages/we b/src/[id]/a.ts,line=2,"), "{}", audit("github"));
    for format in ["concise", "agent", "json", "ndjson", "rdjson", "junit", "checkstyle", "markdown", "terminal"] {
        assert!(!audit(format).contains("packages/"), "{format}: {}", audit(format));
    }
}
