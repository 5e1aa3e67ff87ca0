//! The program as people run it: flags, exit codes, and what goes where. Each case is a page under `tests/cli/`.

/// Variables that would make the output depend on the machine.
const AMBIENT: [&str; 8] =
    ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "FORCE_COLOR", "TERM", "COLUMNS", "LANG", "LC_ALL"];

#[test]
fn cli() {
    let cases = trycmd::TestCases::new();
    for name in AMBIENT {
        cases.env(name, "");
    }
    // What is kept between runs must not show, nor be left behind.
    let cache = tempfile::tempdir().expect("a temporary folder");
    cases.env("ATLAS_AUDIT_CACHE", cache.path().display().to_string());
    cases.case("tests/cli/*.trycmd");
}
