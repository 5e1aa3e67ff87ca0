//! Input that nobody writes on purpose, or that somebody wrote to do harm: the program answers in time, accounts for every
//! file, keeps auditing the neighbors, and prints nothing that a terminal would obey.
//!
//! Every folder holds a canary, one catch that is always found, so that silence is never mistaken for success. These tests
//! drive the built program and know nothing of its insides; files that vanish between listing and reading are in `unread.rs`.

use std::ffi::OsStr;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// Far more than any of these inputs deserves; a hang, and nothing else, takes longer.
const LIMIT: Duration = Duration::from_secs(120);

/// Between two looks at whether a program has ended.
const PAUSE: Duration = Duration::from_millis(5);

/// One finding, on line 3.
const CATCH: &str = "// one\n// two\ntry { await fetch(\"https://example.org\"); } catch {}\n";

/// The same on line 1.
const CATCH_LINE: &str = "try { await fetch(\"https://example.org\"); } catch {}\n";

#[test]
fn broken_syntax_is_partial_and_complete() {
    let markers = format!("{CATCH}<<<<<<< ours\nconst a = 1;\n=======\nconst a = 2;\n>>>>>>> theirs\n");
    let cases = [
        ("errors", format!("{CATCH}export function ( {{{{ const = ;; }} class 3 extends\n")),
        ("markers", markers),
        ("truncated", format!("{CATCH}export const page = `<h1>${{title.map((it) => {{ return \"unfin")),
        ("unclosed", format!("{CATCH}/* a comment without an end\n")),
        ("garbage", format!("{CATCH}\u{1}\u{2}#!@$%^ \\ ` ' \" ~~~\n")),
    ];
    for (name, text) in cases {
        let folder = Folder::with_canary().write("src/bad.ts", text);
        let report = folder.json(0);
        assert_eq!(report["complete"], true, "{name}");
        assert!(report["score"].is_u64(), "{name}: {}", report["score"]);
        assert!(covered(&report, "partial").contains(&"src/bad.ts"), "{name}: {}", report["coverage"]);
        assert!(lines_of(&report, "src/canary.ts") == [3], "{name}: the neighbor is lost");
        assert!(lines_of(&report, "src/bad.ts").contains(&3), "{name}: what comes before the error is lost");
    }
}

#[test]
fn barrels_that_hand_on_one_another_are_asked_once() {
    let mut folder = Folder::with_canary().write(
        "src/use.ts",
        "import { PrismaClient } from '@prisma/client';\nimport { missing } from './barrel0';\nconst prisma = new PrismaClient();\n\
         export async function all(ids: string[]) {\n  for (const id of ids) await missing(prisma, id);\n}\n",
    );
    let count = 24;
    for at in 0..count {
        let others = (0..count).filter(|it| *it != at).map(|it| format!("export * from './barrel{it}';\n"));
        let own = format!("export const own{at} = {at};\n");
        folder = folder.write(format!("src/barrel{at}.ts"), others.collect::<String>() + &own);
    }
    let report = folder.json(0);
    assert!(lines_of(&report, "src/canary.ts") == [3], "the neighbor is lost");
}

#[test]
fn lines_are_counted_for_every_line_ending() {
    let endings = [("lf", "\n"), ("crlf", "\r\n"), ("cr", "\r")];
    for (name, ending) in endings {
        let text = format!("// one\n{CATCH}").replace('\n', ending);
        let report = Folder::with_canary().write("src/endings.ts", text).json(0);
        assert_eq!(lines_of(&report, "src/endings.ts"), [4], "{name}");
        assert!(covered(&report, "partial").is_empty(), "{name}: {}", report["coverage"]);
    }
}

#[test]
fn a_byte_order_mark_is_no_syntax() {
    let report = Folder::with_canary().write("src/mark.ts", format!("\u{feff}{CATCH}")).json(0);
    assert_eq!(lines_of(&report, "src/mark.ts"), [3]);
    assert!(covered(&report, "partial").is_empty(), "{}", report["coverage"]);
}

#[test]
fn invalid_utf8_is_replaced_and_said() {
    let text = [b"// caf\xe9 \xff\xfe \xc0\xaf \xed\xa0\x80\n", CATCH.as_bytes()].concat();
    let report = Folder::with_canary().write("src/latin.ts", text).json(0);
    assert_eq!(lines_of(&report, "src/latin.ts"), [4]);
    let reason = reason(&report, "partial", "src/latin.ts");
    assert!(reason.contains("UTF-8"), "{reason}");
}

#[test]
fn nul_bytes_and_utf16_are_accounted_for() {
    let utf16: Vec<u8> = CATCH.encode_utf16().flat_map(u16::to_le_bytes).collect();
    let folder = Folder::with_canary()
        .write("src/nul.ts", format!("const nul = \"\0\";\0\n{CATCH}"))
        .write("src/wide.ts", [&[0xff, 0xfe][..], &utf16].concat());
    let report = folder.json(0);
    assert_accounted(&report, "src/nul.ts");
    // Every second byte is a NUL, so that not even a word of it is left: a binary file to anybody who looks.
    assert!(covered(&report, "unread").is_empty(), "{}", report["coverage"]);
    folder.assert_harmless(0);
}

#[test]
fn a_huge_file_is_skipped_and_said() {
    let line = "export const one = 1; // and so on\n";
    let folder = Folder::with_canary().write("src/huge.ts", line.repeat(50_000_000 / line.len() + 1));
    let report = folder.json(0);
    assert_eq!(covered(&report, "skipped"), ["src/huge.ts"]);
    assert!(reason(&report, "skipped", "src/huge.ts").contains("2 MiB"));
    assert_eq!(lines_of(&report, "src/canary.ts"), [3]);
}

#[test]
fn a_line_of_two_megabytes_is_never_printed() {
    let numbers = "1234567,".repeat(235_000);
    let folder =
        Folder::with_canary().write("src/line.ts", format!("export const numbers = [{numbers}]; {CATCH_LINE}"));
    assert_accounted(&folder.json(0), "src/line.ts");
    for format in formats() {
        let run = folder.audit(&format);
        let longest = run.text().lines().map(str::len).max().unwrap_or_default();
        assert!(longest < 20_000, "{format} prints a line of {longest} bytes");
    }
}

#[test]
fn deep_brackets() {
    assert_survives("ts", format!("export const deep = {}{};", "[".repeat(20_000), "]".repeat(20_000)));
}

#[test]
fn deep_brackets_without_an_end() {
    assert_survives("ts", "export const deep = [".repeat(20_000));
}

#[test]
fn deep_calls() {
    assert_survives("ts", format!("f{}{};", "(f".repeat(20_000), ")".repeat(20_000)));
}

#[test]
fn deep_chains() {
    assert_survives("ts", format!("f{};", ".then((it) => it)".repeat(20_000)));
}

#[test]
fn deep_markup() {
    assert_survives("tsx", format!("export const page = {}{};", "<a>".repeat(20_000), "</a>".repeat(20_000)));
}

#[test]
fn long_sums() {
    assert_survives("ts", format!("export const sum = a{};", " + a".repeat(20_000)));
}

#[test]
fn deep_functions() {
    assert_survives("ts", format!("{}{}", "function f() { ".repeat(5_000), "}".repeat(5_000)));
}

#[test]
fn long_else_ifs() {
    assert_survives("ts", format!("if (a) {{ b(); }}{}", " else if (a) { b(); }".repeat(20_000)));
}

#[cfg(unix)]
#[test]
fn links_and_pipes_are_skipped_and_said() {
    use std::os::unix::fs::symlink;
    let folder = Folder::with_canary();
    let src = folder.path().join("src");
    symlink("..", src.join("loop")).expect("a link");
    symlink("self.ts", src.join("self.ts")).expect("a link to itself");
    symlink("/etc/hosts", src.join("outside.ts")).expect("a link out of the root");
    symlink("nowhere.ts", src.join("dangling.ts")).expect("a link to nothing");
    let made = Command::new("mkfifo").arg(src.join("pipe.ts")).status().expect("mkfifo runs");
    assert!(made.success());
    let report = folder.json(0);
    assert_eq!(report["complete"], true);
    assert_eq!(report["coverage"]["files"], 1, "the canary, once");
    assert_eq!(lines_of(&report, "src/canary.ts"), [3]);
    for path in ["src/loop", "src/outside.ts", "src/pipe.ts"] {
        assert!(covered(&report, "skipped").contains(&path), "{path}: {}", report["coverage"]);
    }
}

#[cfg(unix)]
#[test]
fn an_unreadable_file_makes_the_audit_incomplete() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::with_canary().write("src/secret.ts", CATCH);
    let secret = folder.path().join("src/secret.ts");
    fs::set_permissions(&secret, fs::Permissions::from_mode(0o000)).expect("a file of one's own");
    let run = if fs::read(&secret).is_ok() { folder.audit_as_nobody() } else { Some(folder.audit("json")) };
    // A superuser who may not become somebody else reads everything: then there is nothing to see here.
    let Some(run) = run else { return };
    let report = run.report(3);
    assert_eq!(report["complete"], false);
    assert!(report["score"].is_null() && report["raw_score"].is_null() && report["band"].is_null());
    assert_eq!(covered(&report, "unread"), ["src/secret.ts"]);
    assert_eq!(lines_of(&report, "src/canary.ts"), [3], "one file of several is lost, not the report");
}

#[cfg(unix)]
#[test]
fn names_that_a_terminal_would_obey() {
    use std::os::unix::ffi::OsStrExt;
    let names = [
        "\u{1b}[31mred\u{7}.ts",
        "two\nlines.ts",
        "back\r\u{8}\u{7f}.ts",
        "\u{202e}st.reversed.ts",
        "\u{9b}2J\u{2028}.ts",
        "{{7*7}} <script>alert(1)</script> [x](javascript:1) |.ts",
    ];
    let folder = names.iter().fold(Folder::with_canary(), |folder, name| {
        let path = Path::new("src").join(name.replace('/', "\u{2215}"));
        folder.write(path, CATCH)
    });
    let folder = folder.write(Path::new("src").join(OsStr::from_bytes(b"caf\xe9.ts")), CATCH);
    let report = folder.json(0);
    for name in names {
        let path = format!("src/{}", name.replace('/', "\u{2215}"));
        assert_eq!(lines_of(&report, &path), [3], "the JSON report names the file as it is called: {path:?}");
    }
    assert_eq!(covered(&report, "skipped").len(), 1, "a name that is no text: {}", report["coverage"]);
    folder.assert_harmless(0);
}

#[test]
fn text_that_a_terminal_would_obey() {
    let title = "\u{1b}]0;owned\u{7}\u{1b}[2J\u{9b}31m\u{202e}\u{2028}";
    let in_body = format!("try {{ await fetch(\"{title}\"); }} catch {{ /* {title} */ }}\n");
    let in_ignore = format!("// atlas-ignore empty-catch{title}: {title}\n{CATCH_LINE}");
    let in_name = format!("import {{ Pool }} from \"pg{title}\";\nexport const pool = new Pool();\n{CATCH_LINE}");
    let folder = Folder::with_canary()
        .write("src/body.ts", in_body)
        .write("src/ignore.ts", in_ignore)
        .write("src/name.ts", in_name);
    let report = folder.json(0);
    assert!(!lines_of(&report, "src/body.ts").is_empty());
    folder.assert_harmless(0);
}

#[test]
fn arguments_that_a_terminal_would_obey() {
    let hostile = "\u{1b}[31mno\u{7}where";
    let folder = Folder::with_canary();
    for arguments in [vec![hostile], vec!["--rule", hostile, "."], vec!["explain", hostile]] {
        let run = Run::of(Command::new(env!("CARGO_BIN_EXE_atlas-audit")).args(&arguments).current_dir(folder.path()));
        assert_eq!(run.code, Some(2), "{arguments:?}");
        run.assert_harmless(&format!("{arguments:?}"));
    }
}

#[test]
fn a_folder_without_sources_is_not_a_pass() {
    let empty = Folder::empty();
    let only_words = Folder::empty().write("README.md", "# Nothing but words\n");
    let only_tests = Folder::empty().write("src/a.test.ts", CATCH);
    for (name, folder) in [("empty", empty), ("only words", only_words), ("only tests", only_tests)] {
        for format in formats() {
            let run = folder.audit(&format);
            assert_eq!(run.code, Some(2), "{name}, {format}: {}", run.text());
            assert!(run.stdout.is_empty(), "{name}, {format}: no report, so nothing that looks like one");
            assert!(!run.stderr.is_empty(), "{name}, {format}: it says why");
        }
    }
}

#[test]
fn manifests_that_make_no_sense_stop_nothing() {
    let folder = Folder::with_canary()
        .write(
            "package.json",
            "{ \"name\": \"x\", \"main\": \"../../../etc/passwd\", \"workspaces\": [\"../**\", \"[\"] }",
        )
        .write("a/package.json", "{ \"name\": ")
        .write("b/package.json", "[1, 2, {}]")
        .write(
            "tsconfig.json",
            "{ \"extends\": \"./tsconfig.loop.json\", /* ok */ \"compilerOptions\": { \"paths\": 7 } }",
        )
        .write("tsconfig.loop.json", "{ \"extends\": \"./tsconfig.json\" }")
        .write(
            "c/tsconfig.json",
            "{ \"extends\": \"../../../outside.json\", \"compilerOptions\": { \"baseUrl\": \"/\" } }",
        )
        .write("pnpm-workspace.yaml", "packages: [ *unknown ]\n\t- {{{")
        .write("fly.toml", "= = =\n[[[")
        .write("db/0001.sql", "create table t (a text default '; drop $$ do $x$ begin")
        .write("src/itself.ts", format!("export * from \"./itself\";\nimport \"../../../../etc/passwd\";\n{CATCH}"));
    let report = folder.json(0);
    assert_eq!(report["complete"], true);
    assert_eq!(lines_of(&report, "src/canary.ts"), [3]);
    assert_eq!(lines_of(&report, "src/itself.ts"), [5]);
}

#[test]
fn the_same_bad_input_gives_the_same_bytes() {
    let folder = (0..40).fold(Folder::with_canary(), |folder, n| {
        let text = format!("{CATCH}{}\u{1b}[{n}m export function ( {{", "\n".repeat(n));
        folder.write(format!("src/{}/bad{n}.ts", n % 7), text)
    });
    let first = folder.audit("json");
    for _ in 0..3 {
        assert!(folder.audit("json").stdout == first.stdout, "two runs differ");
    }
}

/// A folder of bad input, gone when dropped.
struct Folder {
    root: TempDir,
}

impl Folder {
    fn empty() -> Self {
        Self { root: tempfile::tempdir().expect("a temporary folder") }
    }

    fn with_canary() -> Self {
        Self::empty().write("src/canary.ts", CATCH)
    }

    fn path(&self) -> &Path {
        self.root.path()
    }

    fn write(self, path: impl AsRef<Path>, bytes: impl AsRef<[u8]>) -> Self {
        let path = self.path().join(path);
        fs::create_dir_all(path.parent().expect("a file lies in a folder")).expect("a folder of one's own");
        fs::write(path, bytes).expect("a file of one's own");
        self
    }

    fn command(&self, program: impl AsRef<OsStr>, format: &str) -> Command {
        let mut command = Command::new(program);
        // The canary is graded: without this, the exit code would tell of its severity and not of the bad input.
        command.args(["--format", format, "--fail-on", "never"]).arg(self.path());
        command
    }

    fn audit(&self, format: &str) -> Run {
        Run::of(&mut self.command(env!("CARGO_BIN_EXE_atlas-audit"), format))
    }

    /// The audit by a user who owns nothing here; `None` where the system does not let us become one.
    #[cfg(unix)]
    fn audit_as_nobody(&self) -> Option<Run> {
        use std::os::unix::fs::PermissionsExt;
        use std::os::unix::process::CommandExt;
        const NOBODY: u32 = 65_534;
        // The build folder may lie where only we can go.
        let program = self.root.path().join("atlas-audit");
        fs::copy(env!("CARGO_BIN_EXE_atlas-audit"), &program).expect("room for a copy");
        for path in [self.path(), &program] {
            fs::set_permissions(path, fs::Permissions::from_mode(0o755)).expect("our own");
        }
        let mut command = self.command(&program, "json");
        command.uid(NOBODY).gid(NOBODY);
        loop {
            match Run::try_of(&mut command) {
                Ok(run) => break Some(run),
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => break None,
                // Another test was starting a program while our copy was open for writing, and still holds it.
                Err(error) if error.kind() == io::ErrorKind::ExecutableFileBusy => thread::sleep(PAUSE),
                Err(error) => panic!("{command:?} does not start: {error}"),
            }
        }
    }

    fn json(&self, code: i32) -> Value {
        self.audit("json").report(code)
    }

    fn assert_harmless(&self, code: i32) {
        for format in formats() {
            let run = self.audit(&format);
            assert_eq!(run.code, Some(code), "{format}: {}", run.text());
            run.assert_harmless(&format);
        }
    }
}

/// How one run ended.
struct Run {
    code: Option<i32>,
    stdout: Vec<u8>,
    stderr: Vec<u8>,
}

impl Run {
    fn of(command: &mut Command) -> Self {
        Self::try_of(command).expect("the program starts")
    }

    fn try_of(command: &mut Command) -> io::Result<Self> {
        let path: PathBuf = std::env::var_os("PATH").map_or_else(PathBuf::new, PathBuf::from);
        command.env_clear().env("PATH", path).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let stdout = drain(child.stdout.take().expect("a pipe"));
        let stderr = drain(child.stderr.take().expect("a pipe"));
        let started = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().expect("our own child") {
                break status;
            }
            if started.elapsed() > LIMIT {
                child.kill().expect("our own child");
                panic!("still running after {LIMIT:?}: {command:?}");
            }
            thread::sleep(PAUSE);
        };
        let finish = |reader: thread::JoinHandle<Vec<u8>>| reader.join().expect("a reader does not panic");
        Ok(Self { code: status.code(), stdout: finish(stdout), stderr: finish(stderr) })
    }

    fn text(&self) -> String {
        format!("{}{}", String::from_utf8_lossy(&self.stdout), String::from_utf8_lossy(&self.stderr))
    }

    fn report(&self, code: i32) -> Value {
        // A signal has no code: a stack that overflowed, for example.
        assert_eq!(self.code, Some(code), "{}", self.text());
        serde_json::from_slice(&self.stdout).expect("the JSON report is JSON")
    }

    fn assert_harmless(&self, what: &str) {
        for (stream, bytes) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            let text = std::str::from_utf8(bytes).expect("the program writes UTF-8");
            let found = text.char_indices().find(|(_, it)| *it != '\n' && is_obeyed(*it));
            assert_eq!(found, None, "{what}: {stream} holds what a terminal would obey: {text:?}");
        }
    }
}

fn drain(mut pipe: impl Read + Send + 'static) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        pipe.read_to_end(&mut bytes).expect("a pipe can be read");
        bytes
    })
}

/// Control characters, line separators, and marks that turn the reading direction.
fn is_obeyed(it: char) -> bool {
    it.is_control()
        || matches!(it, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Every format that there is, as the program itself lists them, so that a new one is covered the day it comes.
fn formats() -> Vec<String> {
    let run = Run::of(Command::new(env!("CARGO_BIN_EXE_atlas-audit")).args(["--format", "no-such-format"]));
    assert_eq!(run.code, Some(2));
    let text = run.text();
    let (_, list) = text.split_once("possible values: ").expect("the program lists its formats");
    let (list, _) = list.split_once(']').expect("a closed list");
    let formats: Vec<String> = list.split(',').map(|it| it.trim().to_owned()).collect();
    for known in ["terminal", "concise", "json"] {
        assert!(formats.iter().any(|it| it == known), "{known} is missing from {formats:?}");
    }
    formats
}

/// Audits a file that exhausts anything recursive: it is understood, or it is partial, and its neighbor is audited.
fn assert_survives(ending: &str, text: String) {
    let path = format!("src/deep.{ending}");
    let report = Folder::with_canary().write(&path, format!("{CATCH}{text}\n{CATCH}")).json(0);
    assert_eq!(lines_of(&report, "src/canary.ts"), [3], "the neighbor is lost");
    assert_accounted(&report, &path);
    assert!(covered(&report, "unread").is_empty(), "{}", report["coverage"]);
}

/// A file that holds a catch is found out, or coverage says why not.
fn assert_accounted(report: &Value, path: &str) {
    let is_covered = ["partial", "skipped"].iter().any(|list| covered(report, list).contains(&path));
    assert!(is_covered || !lines_of(report, path).is_empty(), "{path} is in no list: {}", report["coverage"]);
}

/// Lines of the empty catches that are reported in a file, in whatever bucket.
fn lines_of(report: &Value, path: &str) -> Vec<u64> {
    let findings = report["findings"].as_array().expect("findings are a list");
    let ours = findings.iter().filter(|it| it["path"] == path && it["rule"] == "empty-catch");
    ours.map(|it| it["line"].as_u64().expect("a line is a number")).collect()
}

fn covered<'a>(report: &'a Value, list: &str) -> Vec<&'a str> {
    let rows = report["coverage"][list].as_array().expect("coverage holds lists");
    rows.iter().map(|it| it["path"].as_str().expect("a row has a path")).collect()
}

fn reason<'a>(report: &'a Value, list: &str, path: &str) -> &'a str {
    let rows = report["coverage"][list].as_array().expect("coverage holds lists");
    let row = rows.iter().find(|it| it["path"] == path).expect("the file has a row");
    row["reason"].as_str().expect("a row has a reason")
}
