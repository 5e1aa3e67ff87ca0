//! Every example on every rule's page, run: one case per example, and the pages, files and registry compared.
//!
//! What a page claims is compared with what is said, line by line. How code is audited is known to one function, `audit`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;

use atlas_audit::audit_tree;
use atlas_audit::config::Options;
use atlas_audit::finding::Confidence;
use atlas_audit::page::{Example, ExampleFile, Expected, Page};
use atlas_audit::report::{LocatedOutcome, LocatedVerdict};
use atlas_audit::rules::RULES;
use atlas_audit::tree::Memory;
use libtest_mimic::{Arguments, Failed, Trial};
use oxc_allocator::Allocator;
use oxc_parser::Parser;
use oxc_span::SourceType;

/// The day on which the pages are read, so that `until=` does not depend on the clock.
const TODAY: &str = "2026-03-01";

fn main() {
    let mut trials: Vec<Trial> = CHECKS.iter().map(|&(name, check)| trial(name, check)).collect();
    for rule in RULES {
        match Page::parse(rule.page).and_then(|page| Ok((page.examples()?, page))) {
            Ok((examples, page)) => trials.extend(examples.into_iter().map(|it| example_trial(&page.id, it))),
            Err(error) => {
                let message = error.to_string();
                trials.push(Trial::test(format!("{}::page", rule.id()), move || Err(message.into())));
            }
        }
    }
    libtest_mimic::run(&Arguments::from_args(), trials).exit();
}

/// One thing that was said about one line.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Said {
    path: String,
    line: u32,
    what: Expected,
    text: String,
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, what, text } = self;
        match what {
            Expected::Found(kind) => write!(f, "{path}:{line}: found {kind}: {text}"),
            Expected::Lead(kind) => write!(f, "{path}:{line}: lead {kind}: {text}"),
            Expected::Cleared => write!(f, "{path}:{line}: cleared: {text}"),
        }
    }
}

/// Audits files as one project and tells what `rule` said.
///
/// This is the one place that knows how an audit is started. Every rule runs, because an ignore needs findings to cover.
fn audit(rule: &str, files: &[ExampleFile]) -> Result<Vec<Said>, Failed> {
    let tree: Memory = files.iter().map(|it| (it.path.as_str(), it.text.as_str())).collect();
    let options = Options {
        threads: NonZeroUsize::new(1),
        today: Some(TODAY.parse().expect("a date")),
        fail_on: None,
        ..Options::default()
    };
    let report = audit_tree(&tree, &options, &()).map_err(|failure| failure.to_string())?;
    let own = report.verdicts.into_iter().filter(|it| it.rule == rule);
    let said = own.map(|LocatedVerdict { location, outcome, .. }| {
        let (what, text) = match outcome {
            LocatedOutcome::Found { kind, confidence: Confidence::High, message, .. } => {
                (Expected::Found(kind.to_owned()), message)
            }
            LocatedOutcome::Found { kind, message, .. } => (Expected::Lead(kind.to_owned()), message),
            LocatedOutcome::Cleared { reason } => (Expected::Cleared, reason),
        };
        Said { path: location.path, line: location.start.line, what, text }
    });
    Ok(said.collect())
}

fn example_trial(rule: &str, example: Example) -> Trial {
    let rule = rule.to_owned();
    Trial::test(format!("{rule}::{}", example.heading), move || {
        let said = audit(&rule, &example.files)?;
        complain(compare(&example, &said))
    })
}

/// What an example claims and was not said, and what was said and is not claimed.
///
/// Findings and leads are answered one to one. A cleared site need not be claimed, but a claim needs one.
fn compare(example: &Example, said: &[Said]) -> Vec<String> {
    let mut open: Vec<&Said> = said.iter().collect();
    let mut complaints = Vec::new();
    for file in &example.files {
        for mark in &file.marks {
            let claim =
                Said { path: file.path.clone(), line: mark.line, what: mark.expected.clone(), text: mark.text.clone() };
            let answers = |it: &&Said| {
                (&it.path, it.line, &it.what) == (&claim.path, claim.line, &claim.what) && it.text.contains(&claim.text)
            };
            match open.iter().position(answers) {
                Some(at) => drop(open.remove(at)),
                None => complaints.push(format!("claimed, not said: {claim}")),
            }
        }
    }
    let unclaimed = open.iter().filter(|it| it.what != Expected::Cleared);
    complaints.extend(unclaimed.map(|it| format!("said, not claimed: {it}")));
    if !complaints.is_empty() {
        complaints.extend(open.iter().filter(|it| it.what == Expected::Cleared).map(|it| format!("also said: {it}")));
    }
    complaints
}

type Check = fn() -> Vec<String>;

const CHECKS: &[(&str, Check)] = &[
    ("pages, files and registry name the same rules", registry),
    ("every page shows every kind, something wrong and something right", coverage),
    ("a misfit between claims and answers is noticed", comparison_notices),
    ("a missing page, file or entry is noticed", registry_notices),
    ("a page that shows too little is noticed", coverage_notices),
];

fn trial(name: &str, check: Check) -> Trial {
    Trial::test(name, move || complain(check()))
}

fn complain(complaints: Vec<String>) -> Result<(), Failed> {
    if complaints.is_empty() { Ok(()) } else { Err(complaints.join("\n").into()) }
}

fn registry() -> Vec<String> {
    let stems = |folder: &str, ending: &str| -> BTreeSet<String> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
        let entries = fs::read_dir(&folder).expect("the folder is part of the project");
        let names = entries.map(|it| it.expect("a readable entry").file_name().to_string_lossy().into_owned());
        names.filter_map(|it| it.strip_suffix(ending).map(|it| it.replace('_', "-"))).filter(|it| it != "mod").collect()
    };
    let registered = RULES.iter().map(|it| it.id().to_owned()).collect();
    differences(&stems("rules", ".md"), &stems("src/rules", ".rs"), &registered)
}

/// For each rule, which of the three places lacks it.
fn differences(pages: &BTreeSet<String>, files: &BTreeSet<String>, registered: &BTreeSet<String>) -> Vec<String> {
    let ids: BTreeSet<&String> = pages.iter().chain(files).chain(registered).collect();
    let mut missing = Vec::new();
    for id in ids {
        if !pages.contains(id) {
            missing.push(format!("`{id}` has no page rules/{id}.md"));
        }
        if !files.contains(id) {
            missing.push(format!("`{id}` has no judgment src/rules/{}.rs", id.replace('-', "_")));
        }
        if !registered.contains(id) {
            missing.push(format!("`{id}` is not in RULES"));
        }
    }
    missing
}

fn coverage() -> Vec<String> {
    RULES.iter().flat_map(|it| page_complaints(it.id(), it.page)).collect()
}

fn page_complaints(id: &str, text: &'static str) -> Vec<String> {
    let (page, examples) = match Page::parse(text).and_then(|page| Ok((page.clone(), page.examples()?))) {
        Ok(it) => it,
        Err(error) => return vec![format!("{id}: {error}")],
    };
    let mut complaints = Vec::new();
    let mut complain = |words: String| complaints.push(format!("{id}: {words}"));
    if page.id != id {
        complain(format!("the front matter says `{}`", page.id));
    }
    let mut shown: BTreeMap<&str, usize> = BTreeMap::new();
    for mark in examples.iter().flat_map(Example::marks) {
        if let Expected::Found(kind) | Expected::Lead(kind) = &mark.expected {
            *shown.entry(kind).or_default() += 1;
        }
    }
    for kind in page.kinds.keys().filter(|it| !shown.contains_key(it.as_str())) {
        complain(format!("no example shows the kind `{kind}`"));
    }
    for kind in shown.keys().filter(|it| !page.kinds.contains_key(**it)) {
        complain(format!("an example shows the kind `{kind}`, which the page does not price"));
    }
    if !examples.iter().any(Example::is_bad) {
        complain("no example is wrong".to_owned());
    }
    if !examples.iter().flat_map(Example::marks).any(|it| it.expected == Expected::Cleared) {
        complain("no example is right".to_owned());
    }
    let mut headings = BTreeSet::new();
    for example in &examples {
        example.files.iter().filter_map(syntax_error).for_each(|it| complain(format!("`{}`: {it}", example.heading)));
        if !headings.insert(&example.heading) {
            complain(format!("two examples are called `{}`", example.heading));
        }
    }
    complaints
}

/// What a production parser dislikes about a file: an example that does not parse proves something else than it says.
fn syntax_error(file: &ExampleFile) -> Option<String> {
    let language = SourceType::from_path(&file.path).ok()?;
    let allocator = Allocator::default();
    let parsed = Parser::new(&allocator, &file.text, language).parse();
    let first = parsed.diagnostics.first()?;
    Some(format!("{}: {first}", file.path))
}

/// The findings of a check on the check: what ought to have been noticed and was not.
fn unless(noticed: bool, what: &str) -> Vec<String> {
    if noticed { Vec::new() } else { vec![format!("not noticed: {what}")] }
}

fn comparison_notices() -> Vec<String> {
    let page = "+++\nid = \"a\"\ntitle = \"A\"\neffort_minutes = 1\n[kinds.x]\nseverity = \"P1\"\n+++\n\
                ```ts\nf(); // found x: once\ng(); // lead x: maybe\nh(); // cleared: fine\n```\n";
    let example = Page::parse(page).and_then(|it| it.examples()).expect("a page").remove(0);
    let say = |line, what, text: &str| Said { path: "example.ts".to_owned(), line, what, text: text.to_owned() };
    let (found, lead) = (|| Expected::Found("x".to_owned()), || Expected::Lead("x".to_owned()));
    let right =
        vec![say(1, found(), "runs once per row"), say(2, lead(), "maybe"), say(3, Expected::Cleared, "is fine")];
    let noticed = |change: &dyn Fn(&mut Vec<Said>)| {
        let mut said = right.clone();
        change(&mut said);
        !compare(&example, &said).is_empty()
    };
    [
        unless(!noticed(&|_| {}), "that all is well"),
        unless(
            !noticed(&|it| it.push(say(9, Expected::Cleared, "more"))),
            "that an unclaimed cleared site is no misfit",
        ),
        unless(noticed(&|it| drop(it.remove(0))), "a missing finding"),
        unless(noticed(&|it| drop(it.remove(2))), "a missing cleared site"),
        unless(noticed(&|it| it.push(say(1, found(), "runs once per row"))), "a second finding on the line"),
        unless(noticed(&|it| it.push(say(3, lead(), "maybe"))), "a lead on a line that claims to be cleared"),
        unless(noticed(&|it| it[0].what = lead()), "a lead for a finding"),
        unless(noticed(&|it| it[0].what = Expected::Found("y".to_owned())), "another kind"),
        unless(noticed(&|it| it[0].text = "twice".to_owned()), "another message"),
        unless(noticed(&|it| it[0].line = 4), "another line"),
        unless(noticed(&|it| it[0].path = "other.ts".to_owned()), "another file"),
    ]
    .concat()
}

fn registry_notices() -> Vec<String> {
    let set = |names: &[&str]| names.iter().map(|&it| it.to_owned()).collect::<BTreeSet<_>>();
    let (both, one) = (set(&["a-b", "c"]), set(&["c"]));
    [
        unless(differences(&both, &both, &both).is_empty(), "that nothing is missing"),
        unless(differences(&one, &both, &both) == ["`a-b` has no page rules/a-b.md"], "a missing page"),
        unless(differences(&both, &one, &both) == ["`a-b` has no judgment src/rules/a_b.rs"], "a missing file"),
        unless(differences(&both, &both, &one) == ["`a-b` is not in RULES"], "a missing entry"),
    ]
    .concat()
}

fn coverage_notices() -> Vec<String> {
    let complaints = |blocks: &str| {
        let front = "+++\nid = \"a\"\ntitle = \"A\"\neffort_minutes = 1\n[kinds.x]\nseverity = \"P1\"\n+++\n";
        page_complaints("a", format!("{front}{blocks}").leak()).join("; ")
    };
    let bad = "## Bad\n```ts\nf(); // found x: once\n```\n";
    let good = "## Good\n```ts\ng(); // cleared: fine\n```\n";
    [
        unless(complaints(&format!("{bad}{good}")).is_empty(), "that all is shown"),
        unless(complaints(bad).contains("no example is right"), "that nothing is right"),
        unless(complaints(good).contains("no example is wrong"), "that nothing is wrong"),
        unless(complaints(good).contains("no example shows the kind `x`"), "a kind that is not shown"),
        unless(complaints(&bad.replace("x:", "y:")).contains("kind `y`, which"), "a kind that has no price"),
        unless(complaints(&format!("{bad}{bad}{good}")).contains("two examples"), "a heading twice"),
        unless(
            complaints(&good.replace("g()", "g(")).contains("`Good`: example.ts: "),
            "an example that does not parse",
        ),
        unless(complaints("## Bad\n```ts\nf();\n```\n").contains("nothing is marked"), "an example without claims"),
    ]
    .concat()
}
