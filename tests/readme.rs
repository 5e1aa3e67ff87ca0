//! The report in the README is what the program prints about the demo application, byte for byte.

use std::fs;
use std::process::Command;

#[test]
fn the_readme_shows_what_the_program_prints() {
    let readme = fs::read_to_string("README.md").expect("the README is there");
    let (_, rest) = readme.split_once("<!-- report:start -->\n```text\n").expect("a report starts in the README");
    let (shown, _) = rest.split_once("```\n<!-- report:end -->").expect("and ends there");
    let run = Command::new(env!("CARGO_BIN_EXE_atlas-audit"))
        .args(["fixtures/atlas", "--format", "concise", "--today", "2026-12-01", "--no-cache"])
        .output()
        .expect("the program runs");
    assert_eq!(run.status.code(), Some(1), "the demo application fails the gate");
    let printed = String::from_utf8(run.stdout).expect("reports are UTF-8");
    assert!(shown == printed, "the README's report is out of date; it should be:\n{printed}");
}
