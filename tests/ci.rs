//! What CI systems are given: the action, the examples and the hooks. What they call is what the program understands.

use std::fs;
use std::path::Path;

use atlas_audit::cli::Cli;
use clap::Parser;
use serde_json::Value;

const ACTION: &str = ".github/actions/audit/action.yml";

fn yaml(path: &str) -> Value {
    let text = fs::read_to_string(path).expect("is there");
    serde_saphyr::from_str(&text).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn steps() -> Vec<Value> {
    yaml(ACTION)["runs"]["steps"].as_array().expect("steps").clone()
}

#[test]
fn commands_in_the_examples_are_understood() {
    let mut seen = 0;
    let mut paths: Vec<_> = fs::read_dir("docs/ci").expect("is there").map(|it| it.expect("a file").path()).collect();
    paths.extend([".pre-commit-hooks.yaml", "README.md"].map(Into::into));
    for path in paths {
        let text = fs::read_to_string(&path).expect("text");
        for line in text.lines() {
            let Some(words) = command(line) else { continue };
            seen += 1;
            let parsed = Cli::try_parse_from(&words);
            let is_help = parsed.as_ref().is_err_and(|it| !it.use_stderr());
            assert!(parsed.is_ok() || is_help, "{}: {words:?}: {}", path.display(), parsed.expect_err("failed"));
        }
    }
    assert!(seen > 10, "only {seen} commands were recognised");
}

/// The words of a call of the program that starts a line, after a list mark, a key or a quote.
fn command(line: &str) -> Option<Vec<String>> {
    let line = line.trim().trim_start_matches("- ");
    let line = ["entry: ", "run: ", "sh '", "\"*.{js,jsx,mjs,cjs,ts,tsx,mts,cts}\": \"", "{ \"lint-staged\": { "]
        .into_iter()
        .fold(line, |line, start| line.strip_prefix(start).unwrap_or(line));
    let line = line.strip_prefix("npx ").unwrap_or(line);
    let call = line.strip_prefix("atlas-audit ").map(|_| line)?;
    let call = call.split([';', '|', '>', '#', '\'']).next()?;
    Some(call.split_whitespace().map(|it| it.trim_matches(['"', '`']).to_owned()).collect())
}

#[test]
fn every_example_is_what_it_claims_to_be() {
    for name in ["github.yml", "gitlab.yml", "bitbucket-pipelines.yml", "azure-pipelines.yml"] {
        assert!(yaml(&format!("docs/ci/{name}")).is_object(), "{name}");
    }
    let hooks = yaml(".pre-commit-hooks.yaml");
    for key in ["id", "name", "entry", "language"] {
        assert!(hooks[0][key].is_string(), "{key}");
    }
    let page = fs::read_to_string("docs/ci/README.md").expect("is there");
    for entry in fs::read_dir("docs/ci").expect("is there") {
        let name = entry.expect("a file").file_name().to_string_lossy().into_owned();
        assert!(name == "README.md" || page.contains(&format!("({name})")), "the page does not name {name}");
    }
}

#[test]
fn what_is_used_is_pinned_and_nothing_is_pasted_into_a_script() {
    let github = yaml("docs/ci/github.yml");
    let examples = github["jobs"]["audit"]["steps"].as_array().expect("steps").clone();
    for step in steps().into_iter().chain(examples) {
        if let Some(uses) = step["uses"].as_str().filter(|it| !it.starts_with("OWNER/")) {
            let commit = uses.split_once('@').map_or("", |it| it.1);
            assert!(commit.len() == 40 && commit.chars().all(|it| it.is_ascii_hexdigit()), "{uses}");
        }
        assert!(!step["run"].as_str().unwrap_or_default().contains("${{"), "{step}");
    }
    let upload = steps().into_iter().find(|it| it["uses"].is_string()).expect("an upload");
    let condition = upload["if"].as_str().expect("a condition");
    assert!(condition.contains("steps.audit.outputs.complete == 'true'"), "{condition}");
}

/// Runs the action's own script as GitHub would.
#[cfg(unix)]
#[test]
fn the_action_reports_and_ends_as_the_audit_does() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let script = steps().into_iter().find(|it| it["id"] == "audit").expect("a step");
    let audit = |path: &Path, arguments: &str| {
        let [output, summary] = ["output", "summary"].map(|it| folder.path().join(it));
        for file in [&output, &summary] {
            fs::write(file, "").expect("can write");
        }
        let done = std::process::Command::new("bash")
            .args(["-c", script["run"].as_str().expect("a script")])
            .env("PROGRAM", env!("CARGO_BIN_EXE_atlas-audit"))
            .env("FOLDER", path)
            .env("ARGS", arguments)
            .env("REPORTS", folder.path().join("reports"))
            .env("GITHUB_OUTPUT", &output)
            .env("GITHUB_STEP_SUMMARY", &summary)
            .output()
            .expect("bash runs");
        assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
        [output, summary].map(|it| fs::read_to_string(it).expect("is there"))
    };
    let [output, summary] = audit(Path::new("fixtures/atlas"), "");
    assert!(output.contains("exit-code=1\ncomplete=true\n"), "{output}");
    assert!(summary.starts_with("<!-- atlas-audit -->"), "{summary}");
    assert!(folder.path().join("reports/report.sarif").exists());
    let [output, _] = audit(Path::new("fixtures/atlas"), "--fail-on never --rule empty-catch");
    assert!(output.contains("exit-code=0\ncomplete=true\n"), "{output}");
    // Nothing to audit: no old report passes for a new one.
    let [output, summary] = audit(folder.path(), "");
    assert!(output.contains("exit-code=2\ncomplete=false\n") && summary.is_empty(), "{output}{summary}");
    assert!(!folder.path().join("reports/report.sarif").exists());
}
