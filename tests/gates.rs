//! What a pull request meets: baselines, comparisons with a commit and the cache, on real repositories made with git.
//!
//! Each case runs the program as CI does. What is asked is always the same: what was there passes, what is new does not.

#[path = "gates/repo.rs"]
mod repo;
#[path = "gates/states.rs"]
mod states;

use repo::{LOOP, Repo, app};

#[test]
fn a_baseline_exempts_from_the_gate_and_from_nothing_else() {
    let repo = app();
    let before = repo.audit(&[]);
    assert_eq!((before.exit, before.statuses()), (1, vec!["graded"]));
    let said = repo.run(&["baseline"]);
    assert_eq!(said.stdout, "wrote atlas-audit.baseline: 1 entry, 1 new, 0 dropped\n");
    let after = repo.audit(&[]);
    assert_eq!((after.exit, after.statuses()), (0, vec!["baselined"]));
    assert_eq!(after.json["score"], before.json["score"], "it does not make the project look good");
    assert_eq!(after.json["baseline"]["entries"], 1);
    assert!(repo.run(&["--all", "--format", "concise"]).stdout.contains("[baselined]"));
    assert!(repo.run(&["--format", "concise"]).stdout.contains("1 baselined"));
}

#[test]
fn a_stale_entry_is_told_and_pruned() {
    let repo = app();
    repo.run(&["baseline"]);
    repo.write("src/sync.ts", "export const sync = 1;\n");
    repo.write("src/more.ts", &LOOP.replace("sync", "more"));
    let stale = repo.audit(&["--fail-on", "never"]);
    assert_eq!((stale.exit, stale.json["baseline"]["stale"][0]["path"].as_str()), (0, Some("src/sync.ts")));
    assert!(
        stale.stderr.contains("1 finding of atlas-audit.baseline is gone (query-in-loop in src/sync.ts)"),
        "{}",
        stale.stderr
    );
    assert_eq!(repo.run(&["baseline", "--prune"]).stdout, "wrote atlas-audit.baseline: 0 entries, 0 new, 1 dropped\n");
    let pruned = repo.audit(&[]);
    assert_eq!((pruned.exit, pruned.statuses()), (1, vec!["graded"]), "pruning accepts nothing");
    assert_eq!(pruned.stderr.matches("baseline").count(), 0, "{}", pruned.stderr);
}

#[test]
fn an_entry_outside_what_is_looked_at_is_not_stale() {
    let repo = app();
    repo.run(&["baseline"]);
    for flags in [&["src/db.ts"][..], &["--rule", "empty-catch"]] {
        let part = repo.audit(flags);
        assert_eq!(part.json["baseline"]["stale"].as_array().map(Vec::len), Some(0), "{flags:?}");
    }
}

#[test]
fn a_baseline_survives_edits_around_a_finding_and_a_rename_of_its_file() {
    let repo = app();
    repo.run(&["baseline"]);
    repo.write(
        "src/sync.ts",
        &format!("// A word.\nconst unused = 1;\n\n{}", LOOP.replace("    await", "\n\n\tawait")),
    );
    assert_eq!(repo.audit(&[]).statuses(), ["baselined"]);
    let wrapped = LOOP.replace(
        "async function sync(rows: { id: number }[]) {",
        "const sync = once(async (rows: { id: number }[]) => {",
    );
    repo.write("src/sync.ts", &format!("{}}});\n", wrapped.trim_end().trim_end_matches('}')));
    assert_eq!(repo.audit(&[]).statuses(), ["baselined"], "wrapped");
    repo.git(&["add", "."]);
    repo.git(&["mv", "src/sync.ts", "src/moved.ts"]);
    assert_eq!(repo.audit(&[]).statuses(), ["baselined"]);
}

#[test]
fn a_copy_and_an_exchange_are_caught() {
    let repo = app();
    repo.run(&["baseline"]);
    let statement = "    await pool.query(\"update users set seen = $1 where id = $2\", [1, row.id]);\n";
    assert!(LOOP.contains(statement));
    repo.write("src/sync.ts", &LOOP.replace(statement, &statement.repeat(2)));
    let copied = repo.audit(&[]);
    assert_eq!((copied.exit, copied.statuses().len()), (1, 2));
    assert_eq!(copied.count("baselined"), 1);
    // The same number of findings, of the same rule, in the same function; and in another function of the same file.
    for other in [LOOP.replace("update users", "delete from users"), LOOP.replace("sync", "other")] {
        repo.write("src/sync.ts", &other);
        let exchanged = repo.audit(&[]);
        assert_eq!((exchanged.exit, exchanged.statuses()), (1, vec!["graded"]), "{other}");
    }
}

#[test]
fn baselines_of_two_branches_merge_without_a_conflict() {
    let repo = app();
    repo.run(&["baseline"]);
    repo.commit("a baseline");
    for branch in ["left", "right"] {
        repo.git(&["switch", "--quiet", "--create", branch, "main"]);
        repo.write(&format!("src/{branch}.ts"), &LOOP.replace("sync", branch));
        repo.run(&["baseline"]);
        repo.commit(branch);
    }
    repo.git(&["merge", "--quiet", "--no-edit", "left"]);
    let merged = repo.audit(&[]);
    assert_eq!((merged.exit, merged.count("baselined")), (0, 3));
    assert_eq!(merged.json["baseline"]["stale"].as_array().map(Vec::len), Some(0));
}

#[test]
fn a_baseline_that_cannot_be_read_is_no_pass() {
    let repo = app();
    repo.write("atlas-audit.baseline", "<<<<<<< HEAD\n");
    let refused = repo.run(&[]);
    assert_eq!(refused.exit, 2);
    assert!(refused.stderr.contains("a merge conflict is not resolved"), "{}", refused.stderr);
    assert_eq!(repo.run(&["baseline", "--prune"]).exit, 2);
    assert_eq!(repo.run(&["baseline"]).exit, 0, "it can be written again");
    assert_eq!(repo.audit(&[]).exit, 0);
}

#[test]
fn only_what_is_new_since_the_merge_base_fails() {
    let repo = app();
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    repo.write("src/sync.ts", &format!("// Above.\n{LOOP}"));
    repo.commit("an edit above");
    let old = repo.audit(&["--since", "main"]);
    assert_eq!((old.exit, old.n_new()), (0, 0), "{}", old.stderr);
    repo.write("src/more.ts", &LOOP.replace("sync", "more"));
    let new = repo.audit(&["--since", "main"]);
    assert_eq!((new.exit, new.n_new(), new.statuses().len()), (1, 1, 2), "not yet committed, and new all the same");
    assert!(new.stderr.contains("1 new P1"), "{}", new.stderr);
    let concise = repo.run(&["--since", "main", "--format", "concise"]).stdout;
    assert_eq!(concise.matches("[new] ").count(), 1, "{concise}");
    let delta = &new.json["delta"];
    assert_eq!((delta["score_before"].as_u64(), delta["score"].as_u64()), (Some(97), Some(96)));
    assert_eq!(delta["rules"][0]["rule"], "query-in-loop");
    assert_eq!(repo.audit(&["--since", "main", "--fail-on", "never", "--max-drop", "0"]).exit, 1);
    assert_eq!(repo.audit(&["--since", "main", "--fail-on", "never", "--max-drop", "1"]).exit, 0);
    repo.run(&["baseline"]);
    assert_eq!(repo.audit(&["--since", "main"]).exit, 0, "a baseline exempts here too");
}

#[test]
fn a_rename_a_rebase_and_a_detached_head_bring_nothing_new() {
    let repo = app();
    repo.git(&["switch", "--quiet", "--create", "feature"]);
    repo.git(&["mv", "src/sync.ts", "src/renamed.ts"]);
    repo.commit("a rename");
    repo.git(&["switch", "--quiet", "main"]);
    repo.write("src/later.ts", &LOOP.replace("sync", "later"));
    repo.commit("main goes on, and gets worse");
    repo.git(&["switch", "--quiet", "feature"]);
    assert_eq!(repo.audit(&["--since", "main"]).n_new(), 0);
    repo.git(&["rebase", "--quiet", "main"]);
    let rebased = repo.audit(&["--since", "main"]);
    assert_eq!((rebased.exit, rebased.n_new(), rebased.statuses().len()), (0, 0, 2));
    repo.git(&["switch", "--quiet", "--detach"]);
    assert_eq!(repo.audit(&["--since", "main"]).exit, 0);
}

#[test]
fn a_file_that_makes_another_one_worse_is_caught() {
    let repo = app();
    repo.write("src/sync.ts", "import { save } from \"./save\";\nexport async function sync(rows: string[]) {\n  for (const row of rows) {\n    await save(row);\n  }\n}\n");
    repo.write("src/save.ts", "export async function save(row: string) {\n  return row;\n}\n");
    repo.commit("harmless");
    assert_eq!(repo.audit(&[]).exit, 0);
    repo.write("src/save.ts", "import { pool } from \"./db\";\nexport async function save(row: string) {\n  return pool.query(\"insert into users values ($1)\", [row]);\n}\n");
    let worse = repo.audit(&["--since", "HEAD"]);
    assert_eq!((worse.exit, worse.n_new()), (1, 1));
    assert_eq!(worse.json["findings"][0]["path"], "src/sync.ts", "which nobody touched");
    repo.git(&["add", "src/save.ts"]);
    assert_eq!(repo.audit(&["--staged"]).n_new(), 1);
}

#[test]
fn the_index_is_audited_and_the_working_tree_is_left_alone() {
    let repo = app();
    repo.write("src/staged.ts", &LOOP.replace("sync", "staged"));
    repo.git(&["add", "src/staged.ts"]);
    repo.write("src/staged.ts", "export const staged = 1;\n");
    repo.write("src/loose.ts", &LOOP.replace("sync", "loose"));
    let before = repo.git(&["status", "--porcelain=v2"]);
    let staged = repo.audit(&["--staged"]);
    let new: Vec<_> = staged.findings().filter(|it| it["new"] == true).map(|it| it["path"].clone()).collect();
    assert_eq!((staged.exit, new), (1, vec!["src/staged.ts".into()]));
    assert_eq!(repo.git(&["status", "--porcelain=v2"]), before);
    repo.git(&["reset", "--quiet"]);
    assert_eq!(repo.audit(&["--staged"]).exit, 0);
}

#[test]
fn before_the_first_commit_everything_staged_is_new() {
    let repo = Repo::new();
    repo.write("src/db.ts", repo::DB);
    repo.write("src/sync.ts", LOOP);
    repo.git(&["add", "."]);
    let first = repo.audit(&["--staged"]);
    assert_eq!((first.exit, first.n_new()), (1, 1));
    assert!(first.json["delta"]["commit"].is_null());
    let since = repo.run(&["--since", "HEAD"]);
    assert_eq!(since.exit, 2, "{}", since.stderr);
}

#[test]
fn what_cannot_be_compared_is_refused_with_the_reason() {
    let refused = |repo: &Repo, flags: &[&str], words: &str| {
        let said = repo.run(flags);
        assert_eq!(said.exit, 2, "{flags:?}: {}", said.stderr);
        let text = said.stderr.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(text.contains(words), "{flags:?}: {text}");
    };
    let repo = app();
    refused(&repo, &["--since", "no-such-branch"], "git knows no commit `no-such-branch`");
    refused(&repo, &["--since=--all"], "git knows no commit `--all`");
    refused(&repo, &["--since", "main", "--rule", "empty-catch", "--max-drop", "1"], "--max-drop needs a score");
    repo.git(&["switch", "--quiet", "--orphan", "other"]);
    repo.write("a.ts", "export const a = 1;\n");
    repo.commit("unrelated");
    refused(&repo, &["--since", "main"], "have no common ancestor here");

    let plain = Repo::without_git();
    plain.write("a.ts", "export const a = 1;\n");
    refused(&plain, &["--since", "main"], "is not in a git working tree");
    refused(&plain, &["--staged"], "is not in a git working tree");
}

#[test]
fn a_shallow_clone_without_the_merge_base_says_how_to_get_it() {
    let origin = app();
    origin.git(&["switch", "--quiet", "--create", "feature"]);
    for at in 0..3 {
        origin.write("src/more.ts", &format!("export const more = {at};\n"));
        origin.commit("more");
    }
    origin.git(&["switch", "--quiet", "main"]);
    origin.write("src/other.ts", "export const other = 1;\n");
    origin.commit("main goes on");
    origin.git(&["switch", "--quiet", "feature"]);
    let url = format!("file://{}", origin.path().display());
    let shallow = Repo::without_git();
    shallow.git(&["clone", "--quiet", "--depth", "1", "--no-single-branch", &url, "."]);
    let said = shallow.run(&["--since", "origin/main"]);
    assert_eq!(said.exit, 2, "{}", said.stderr);
    assert!(said.stderr.contains("shallow"), "{}", said.stderr);
    shallow.git(&["fetch", "--quiet", "--unshallow"]);
    assert_eq!(shallow.run(&["--since", "origin/main"]).exit, 0);
}

#[test]
fn a_submodule_that_would_be_audited_is_refused_and_one_that_is_ignored_is_not() {
    let (inner, outer) = (app(), app());
    let url = inner.path().display().to_string();
    outer.git(&["-c", "protocol.file.allow=always", "submodule", "--quiet", "add", &url, "lib/inner"]);
    outer.commit("a submodule");
    let said = outer.run(&["--since", "HEAD"]);
    assert_eq!(said.exit, 2);
    assert!(said.stderr.contains("`lib/inner` is a submodule"), "{}", said.stderr);
    assert_eq!(outer.audit(&["--staged"]).n_new(), 0);
    outer.write(".ignore", "lib/inner\n");
    assert_eq!(outer.audit(&["--since", "HEAD"]).exit, 0);
}

#[test]
fn a_conflict_in_the_index_is_refused() {
    let repo = app();
    for branch in ["left", "right"] {
        repo.git(&["switch", "--quiet", "--create", branch, "main"]);
        repo.write("src/db.ts", &format!("export const pool = \"{branch}\";\n"));
        repo.commit(branch);
    }
    assert!(!repo.try_git(&["merge", "--quiet", "left"]));
    let said = repo.run(&["--staged"]);
    assert_eq!(said.exit, 2);
    assert!(said.stderr.contains("has a merge conflict in the index"), "{}", said.stderr);
}

#[test]
fn a_folder_below_the_top_is_compared_by_itself() {
    let repo = Repo::new();
    repo.write("packages/app/src/db.ts", repo::DB);
    repo.write("packages/app/src/sync.ts", LOOP);
    repo.write("packages/app/package.json", "{}");
    repo.commit("first");
    repo.write("packages/app/src/more.ts", &LOOP.replace("sync", "more"));
    let part = repo.audit(&["packages/app", "--since", "HEAD"]);
    assert_eq!((part.n_new(), part.statuses().len()), (1, 2));
    let new = part.findings().find(|it| it["new"] == true).expect("one is new");
    assert_eq!(new["path"], "src/more.ts");
    repo.git(&["add", "."]);
    assert_eq!(repo.audit(&["packages/app", "--staged"]).n_new(), 1);
}

#[test]
fn a_hook_s_own_index_is_the_one_that_is_audited() {
    let repo = app();
    repo.write(
        ".git/hooks/pre-commit",
        &format!("#!/bin/sh\nexec \"{}\" --staged --no-cache --quiet\n", env!("CARGO_BIN_EXE_atlas-audit")),
    );
    repo.make_executable(".git/hooks/pre-commit");
    repo.write("src/sync.ts", &LOOP.replace("sync", "changed"));
    assert!(!repo.try_git(&["commit", "--all", "--quiet", "--message", "worse"]), "the hook must refuse it");
    repo.write("src/sync.ts", &format!("{LOOP}// Below.\n"));
    assert!(repo.try_git(&["commit", "--all", "--quiet", "--message", "the same"]));
}

#[test]
fn parts_have_gates_severities_scores_and_owners_of_their_own() {
    let repo = app();
    repo.write("package.json", "{ \"name\": \"all\", \"workspaces\": [\"apps/*\"] }");
    repo.write("apps/web/package.json", "{ \"name\": \"web\" }");
    repo.write("apps/web/src/db.ts", repo::DB);
    repo.write("apps/web/src/sync.ts", LOOP);
    repo.write("CODEOWNERS", "* @all\n/apps/ @web @team\n");
    let audit = |root: &str, inner: &str| {
        repo.write("atlas-audit.toml", root);
        repo.write("apps/web/atlas-audit.toml", inner);
        repo.audit(&[])
    };
    let plain = audit("", "");
    assert_eq!(plain.exit, 1);
    let owners: Vec<_> = plain.findings().map(|it| it["owners"].to_string()).collect();
    assert_eq!(owners, ["[\"@web\",\"@team\"]", "[\"@all\"]"]);
    let scores: Vec<_> =
        plain.json["packages"].as_array().into_iter().flatten().map(|it| (&it["name"], &it["score"])).collect();
    assert_eq!(scores, [(&"all".into(), &97.into()), (&"web".into(), &97.into())]);

    let strict = "fail_on = \"never\"\n[[gate]]\npackages = [\"web\"]\nfail_on = \"P1\"\n";
    let said = audit(strict, "");
    assert!(said.exit == 1 && said.stderr.contains("1 P1 (fail_on of atlas-audit.toml:3)"), "{}", said.stderr);
    assert_eq!(audit(strict, "fail_on = \"P0\"\n").exit, 0, "the package says so itself, and later");
    let said = audit("fail_on = \"never\"\n", "min_score = 98\n");
    assert!(
        said.stderr.contains("the score of web is 97, below 98 (min_score of apps/web/atlas-audit.toml:1)"),
        "{}",
        said.stderr
    );

    let milder =
        "[[severity]]\nrule = \"query-in-loop\"\npaths = [\"src/**\"]\nseverity = \"P3\"\nreason = \"ten rows\"\n";
    let said = audit(&format!("fail_on = \"P1\"\n{milder}"), milder);
    assert_eq!((said.exit, said.findings().filter(|it| it["severity"] == "P3").count()), (0, 2));
    assert_eq!(audit("", "exclude = [\"src/**\"]\n").statuses().len(), 1);
}

#[test]
fn a_part_s_score_may_fall_no_further_than_it_says() {
    let repo = app();
    repo.write("atlas-audit.toml", "fail_on = \"never\"\n[[gate]]\npaths = [\"src/more.ts\"]\nmax_drop = 2\n");
    repo.commit("a gate");
    repo.write("src/more.ts", &LOOP.replace("sync", "more"));
    let fallen = repo.audit(&["--since", "HEAD"]);
    assert_eq!(fallen.exit, 1);
    assert!(
        fallen.stderr.contains("the score of this part fell from 100 to 97 (max_drop of atlas-audit.toml:3)"),
        "{}",
        fallen.stderr
    );
}

#[test]
fn settings_about_nothing_are_hinted_at_and_wrong_ones_refused() {
    let repo = app();
    repo.write(
        "atlas-audit.toml",
        "exclude = [\"gone/**\"]\n[[gate]]\npaths = [\"old/**\"]\npackages = [\"x\"]\nfail_on = \"P3\"\n",
    );
    let said = repo.audit(&[]);
    let hints = said.json["hints"].as_array().map(Vec::len);
    assert_eq!((said.exit, hints), (1, Some(3)), "{}", said.stderr);
    assert!(said.stderr.contains("hint: exclude: `gone/**` matches no file"), "{}", said.stderr);
    for (text, words) in [
        ("[[gate]]\nrules = [\"empty-cacth\"]\nfail_on = \"P3\"\n", "did you mean `empty-catch`?"),
        (
            "[[severity]]\nrule = \"empty-catch\"\nkind = \"x\"\nseverity = \"P3\"\nreason = \"y\"\n",
            "no rule is called `empty-catch/x`",
        ),
    ] {
        repo.write("atlas-audit.toml", text);
        let refused = repo.run(&[]);
        assert!(refused.exit == 2 && refused.stderr.contains(words), "{}", refused.stderr);
    }
}

#[test]
fn the_configuration_in_effect_is_printed_with_its_origins() {
    let repo = app();
    repo.write("base.toml", "fail_on = \"P0\"\nexclude = [\"old/**\"]\n");
    repo.write("atlas-audit.toml", "extends = \"base.toml\"\n\n[[gate]]\npaths = [\"src/**\"]\nfail_on = \"P3\"\n");
    let said = repo.run(&["--print-config", "--min-score", "50"]);
    assert_eq!(said.exit, 0);
    for line in [
        "base.toml:1\nfail_on = \"P0\"",
        "# --min-score\nmin_score = 50",
        "# default\ninclude_tests = false",
        "base.toml:2\nexclude = [\"old/**\"]",
        "# atlas-audit.toml:4\n[[gate]]\npaths = [\"src/**\"]\nfail_on = \"P3\"",
    ] {
        assert!(said.stdout.contains(line), "{line}\n{}", said.stdout);
    }
}

#[test]
fn cold_warm_and_without_a_cache_the_bytes_are_the_same() {
    let repo = app();
    let fixture = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/atlas");
    let report = |flags: &[&str]| repo.run(&[&[fixture, "--format", "json", "--today", "2026-12-01"], flags].concat());
    let without = report(&["--no-cache"]);
    assert!(repo.cached() == 0, "nothing is kept");
    let cold = report(&[]);
    assert!(repo.cached() > 0, "something is kept");
    let warm = report(&[]);
    let threads = report(&["--threads", "1"]);
    for other in [&cold, &warm, &threads] {
        assert!(other.stdout == without.stdout);
    }
    repo.spoil_cache();
    assert!(report(&[]).stdout == without.stdout, "damage does not show");
}
