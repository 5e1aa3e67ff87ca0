//! What a running program reaches, and what it does not: one small code base for each way of starting and loading code.

use std::collections::BTreeMap;

use atlas_audit::audit_tree;
use atlas_audit::config::Options;
use atlas_audit::finding::Status;
use atlas_audit::tree::Memory;

/// Something that is found wherever it stands.
const FOUND: &str = "export function load() { try { work(); } catch {} }\nload();\n";

/// Audits files; `FOUND` stands at the end of those whose path is marked with `*`. Tells which of them are dead, and why.
fn dead(files: &[(&str, &str)], include_tests: bool) -> BTreeMap<String, String> {
    let tree: Memory = files
        .iter()
        .map(|(path, text)| match path.strip_suffix('*') {
            Some(path) => (path, format!("{text}\n{FOUND}")),
            None => (*path, (*text).to_owned()),
        })
        .collect();
    let options = Options { include_tests, threads: std::num::NonZeroUsize::new(1), ..Options::default() };
    let report = audit_tree(&tree, &options, &()).expect("there is something to audit");
    let wanted = files.iter().filter(|it| it.0.ends_with('*')).count();
    let found: Vec<_> = report.findings.iter().filter(|it| it.rule == "empty-catch").collect();
    assert!(found.len() >= wanted, "not everything was found: {found:?}");
    let dead = found.iter().filter(|it| it.status == Status::Unreachable);
    dead.map(|it| (it.location.path.clone(), it.unreached.clone())).collect()
}

/// Asserts which of the marked files are dead.
#[track_caller]
fn check(files: &[(&str, &str)], expected: &[&str]) {
    let dead = dead(files, false);
    assert_eq!(dead.keys().map(String::as_str).collect::<Vec<_>>(), expected, "{dead:#?}");
}

const APP: (&str, &str) = ("package.json", r#"{"name": "app", "main": "src/index.ts"}"#);

#[test]
fn imports_of_every_kind_carry_reach_and_types_do_not() {
    let index = r#"
        import { a } from "./a";
        import "./b";
        export * from "./c";
        const d = require("./d");
        const e = () => import("./e");
        const f = new Worker(new URL("./f.ts", import.meta.url));
        import type { G } from "./g";
        import { type H } from "./h";
        import View from "./view.vue";
        import logo from "~/assets/i";
    "#;
    let view = "<script setup>\nimport x from './j'\n</script>";
    let files = ["a", "b", "c", "d", "e", "f", "g", "h", "assets/i", "j", "k"].map(|it| format!("src/{it}.ts*"));
    let mut all: Vec<(&str, &str)> = files.iter().map(|it| (it.as_str(), "")).collect();
    all.extend([APP, ("src/index.ts", index), ("src/view.vue", view)]);
    check(&all, &["src/g.ts", "src/h.ts", "src/k.ts"]);
}

#[test]
fn without_a_known_start_everything_counts() {
    check(&[("a.ts*", ""), ("b.ts*", "")], &[]);
    check(&[("package.json", "{}"), ("a.ts*", ""), ("src/index.ts*", "")], &[]);
    check(&[("package.json", r#"{"main": "gone.js"}"#), ("a.ts*", ""), ("b.ts*", "")], &[]);
}

#[test]
fn a_start_that_explains_next_to_nothing_is_not_believed() {
    let files = ["a", "b", "c", "d", "e", "f"].map(|it| format!("src/{it}.ts*"));
    let mut all: Vec<(&str, &str)> = files.iter().map(|it| (it.as_str(), "")).collect();
    all.extend([("package.json", r#"{"main": "src/start.ts"}"#), ("src/start.ts", "run()")]);
    check(&all, &[]);
}

#[test]
fn reasons_name_who_leads_there() {
    let files = [
        APP,
        ("src/index.ts", "import './live'"),
        ("src/live.ts", ""),
        ("src/lonely.ts*", ""),
        ("src/tested.ts*", ""),
        ("src/tested.test.ts", "import './tested'"),
        ("src/seeded.ts*", ""),
        ("scripts/seed.ts", "import '../src/seeded'"),
        ("src/behind.ts*", ""),
        ("src/dead.ts", "import './behind'"),
    ];
    let reasons = dead(&files, false);
    let why = |path: &str| reasons[path].strip_prefix("no production entry reaches this file: ").unwrap().to_owned();
    assert_eq!(why("src/lonely.ts"), "nothing imports it and nothing names it");
    assert_eq!(why("src/tested.ts"), "only tests lead to it (`src/tested.test.ts`)");
    assert_eq!(why("src/seeded.ts"), "only scripts and tools lead to it (`scripts/seed.ts`)");
    assert_eq!(why("src/behind.ts"), "only files that nothing reaches import it (`src/dead.ts`)");
    assert_eq!(dead(&files, true).keys().collect::<Vec<_>>(), ["src/behind.ts", "src/lonely.ts"]);
}

#[test]
fn scripts_start_programs() {
    let manifest = r#"{"scripts": {
        "start": "node --enable-source-maps dist/server.js",
        "worker": "cd jobs && tsx watch worker.ts",
        "build": "esbuild src/edge.ts --bundle",
        "test": "tsx src/check.ts"
    }}"#;
    check(
        &[
            ("package.json", manifest),
            ("src/server.ts*", ""),
            ("jobs/worker.ts*", ""),
            ("src/edge.ts*", ""),
            ("src/check.ts*", ""),
            ("src/other.ts*", ""),
        ],
        &["src/check.ts", "src/other.ts"],
    );
}

#[test]
fn platforms_start_programs() {
    check(
        &[
            APP,
            ("src/index.ts*", ""),
            ("Dockerfile", "FROM node\nCOPY src/copied.ts .\nCMD [\"node\", \"/app/dist/docker.js\"]\n"),
            ("Procfile", "worker: node src/proc.js\n"),
            ("fly.toml", "[processes]\napp = \"node src/fly.js\"\n"),
            ("docker-compose.yml", "services:\n  a:\n    command: [\"node\", \"src/composed.js\"]\n"),
            ("serverless.yml", "functions:\n  hello:\n    handler: src/hello.handler\n"),
            ("start.sh", "exec node src/shell.js\n"),
            ("src/docker.ts*", ""),
            ("src/proc.js*", ""),
            ("src/fly.js*", ""),
            ("src/composed.js*", ""),
            ("src/hello.ts*", ""),
            ("src/shell.js*", ""),
            ("src/copied.ts*", ""),
        ],
        &["src/copied.ts"],
    );
}

#[test]
fn frameworks_load_files_by_where_they_are() {
    let rows: &[(&str, &str)] = &[
        ("next", "app/(shop)/cart/page.tsx"),
        ("next", "src/app/api/[id]/route.ts"),
        ("next", "src/pages/api/hello.ts"),
        ("next", "middleware.ts"),
        ("@remix-run/node", "app/routes/_index.tsx"),
        ("react-router", "app/root.tsx"),
        ("@sveltejs/kit", "src/routes/a/+page.server.ts"),
        ("nuxt", "server/api/a.get.ts"),
        ("nuxt", "composables/useA.ts"),
        ("astro", "src/pages/a.ts"),
        ("@nestjs/core", "src/main.ts"),
        ("@vercel/node", "api/hello.ts"),
        ("convex", "convex/messages.ts"),
        ("electron", "src/preload.ts"),
        ("@trigger.dev/sdk", "src/trigger/job.ts"),
    ];
    for (package, path) in rows {
        let manifest = format!(r#"{{"main": "start.ts", "dependencies": {{"{package}": "1"}}}}"#);
        let marked = format!("{path}*");
        let files =
            [("package.json", manifest.as_str()), ("start.ts", ""), (marked.as_str(), ""), ("src/parts/other.ts*", "")];
        check(&files, &["src/parts/other.ts"]);
    }
    let always = [APP, ("src/index.ts", ""), ("supabase/functions/a/index.ts*", ""), ("netlify/functions/b.ts*", "")];
    check(&always, &[]);
}

#[test]
fn pages_start_what_they_ask_for() {
    check(
        &[
            ("package.json", r#"{"scripts": {"build": "vite build"}}"#),
            ("index.html", "<script type=\"module\" src=\"/src/boot.tsx\"></script>"),
            ("src/boot.tsx", "import './used'"),
            ("src/used.ts*", ""),
            ("src/unused.ts*", ""),
        ],
        &["src/unused.ts"],
    );
}

#[test]
fn tools_name_what_they_build() {
    check(
        &[
            APP,
            ("src/index.ts", ""),
            ("tsup.config.ts", "export default { entry: ['src/cli.ts', 'src/plugins/*.ts'] }"),
            (
                "vite.config.ts",
                "export default { alias: { '@': './src' }, build: { lib: { entry: 'src/lib-entry.ts' } } }",
            ),
            ("src/cli.ts*", ""),
            ("src/plugins/a.ts*", ""),
            ("src/lib-entry.ts*", ""),
            ("src/other.ts*", ""),
        ],
        &["src/other.ts"],
    );
}

#[test]
fn folders_that_are_loaded_whole_are_reached() {
    let index = r#"
        const pages = import.meta.glob("./pages/*.ts");
        const lang = (name: string) => import(`./locales/${name}.ts`);
        const job = require("./jobs/" + kind);
    "#;
    let loader =
        "import fs from 'fs';\nfor (const file of fs.readdirSync(path.join(__dirname, 'commands'))) require(file);";
    check(
        &[
            APP,
            ("src/index.ts", index),
            ("src/pages/a.ts*", ""),
            ("src/locales/de.ts*", ""),
            ("src/jobs/mail.ts*", ""),
            ("src/other/a.ts*", ""),
        ],
        &["src/other/a.ts"],
    );
    check(&[APP, ("src/index.ts", loader), ("src/commands/a.ts*", ""), ("src/other/a.ts*", "")], &["src/other/a.ts"]);
}

#[test]
fn a_file_that_a_string_names_is_reached() {
    let index =
        "// see ./comment.js\nconst child = fork(path.join(__dirname, 'child.js'));\npool.run('src/tasks/crunch');";
    check(
        &[
            APP,
            ("src/index.ts", index),
            ("src/child.ts", "import './deep'"),
            ("src/deep.ts*", ""),
            ("src/tasks/crunch.ts*", ""),
            ("src/comment.ts*", ""),
        ],
        &["src/comment.ts"],
    );
}

#[test]
fn what_is_not_audited_still_leads_on() {
    check(
        &[
            APP,
            ("src/index.ts", "import './routeTree.gen'"),
            ("src/routeTree.gen.ts", "// @generated\nimport './a'"),
            ("src/a.ts*", ""),
            ("src/b.ts*", ""),
        ],
        &["src/b.ts"],
    );
}

#[test]
fn libraries_offer_their_exports() {
    check(
        &[
            ("package.json", r#"{"workspaces": ["packages/*"]}"#),
            (
                "packages/db/package.json",
                r#"{"name": "@x/db", "exports": {".": "./dist/index.js", "./admin": {"source": "./src/admin.ts"}}}"#,
            ),
            ("packages/db/src/index.ts", "export * from './queries'"),
            ("packages/db/src/queries.ts*", ""),
            ("packages/db/src/admin.ts*", ""),
            ("packages/db/src/lost.ts*", ""),
            ("packages/kit/package.json", r#"{"name": "kit", "main": "index.js", "files": ["lib"]}"#),
            ("packages/kit/index.js", ""),
            ("packages/kit/lib/deep.js*", ""),
        ],
        &["packages/db/src/lost.ts"],
    );
}

/// The functions that are dead in a file which a program starts with, next to one that it imports.
fn dead_functions(index: &str, service: &str) -> Vec<String> {
    let files = [APP, ("src/index.ts", index), ("src/service.ts", service)];
    let mut names: Vec<_> = dead(&files, false).into_values().collect();
    names.iter_mut().for_each(|it| *it = it.split('`').nth(1).unwrap_or_default().to_owned());
    names
}

#[test]
fn a_function_whose_name_nobody_uses_is_dead() {
    let empty = "{ try { work(); } catch {} }";
    let dead = |index: &str, service: &str| dead_functions(index, &service.replace("BODY", empty));
    let import = "import { used } from './service';\nused();";
    assert_eq!(dead(import, "export function used() {}\nexport function unused() BODY"), ["unused"]);
    assert_eq!(dead(import, "export const used = 1;\nexport const unused = () => BODY;"), ["unused"]);
    assert_eq!(dead(import, "export function used() { helper() }\nfunction helper() BODY"), [""; 0]);
    assert_eq!(dead(import, "export function used() {}\nfunction one() { two() }\nfunction two() BODY"), ["two"]);
    assert_eq!(
        dead(import, "export function used() {}\nfunction one() { two() }\nfunction two() { one(); BODY }"),
        ["two"]
    );
    assert_eq!(dead(import, "export function used() { table['late']() }\nfunction late() BODY"), [""; 0]);
    assert_eq!(dead(import, "export function used() {}\nexport default function main() BODY"), [""; 0]);
    assert_eq!(dead(import, "export function used() {}\nfunction a() BODY\nexport { a as b }"), [""; 0]);
    assert_eq!(dead("import * as all from './service';\nrun(all);", "export function any() BODY"), [""; 0]);
    assert_eq!(dead("import { a as b } from './service';\nb();", "export function a() BODY"), [""; 0]);
    assert_eq!(dead("export * from './service';", "export function forOthers() BODY"), [""; 0]);
}

#[test]
fn a_method_whose_name_nobody_uses_is_dead() {
    let empty = "{ try { work(); } catch {} }";
    let dead = |index: &str, service: &str| dead_functions(index, &service.replace("BODY", empty));
    let import = "import { sync } from './service';\nsync.start();";
    let class = "class Sync { start() {}\n async pushAll() BODY }\nexport const sync = new Sync();";
    assert_eq!(dead(import, class), ["pushAll"]);
    assert_eq!(dead(&format!("{import}\nsync.pushAll();"), class), [""; 0]);
    assert_eq!(dead(&format!("{import}\nregister(sync);"), class), [""; 0]);
    assert_eq!(dead(&format!("{import}\nsync[name]();"), class), [""; 0]);
    assert_eq!(dead(import, &class.replace("class Sync", "class Sync extends Base")), [""; 0]);
    assert_eq!(dead(import, &class.replace("class Sync", "class Sync implements Store")), [""; 0]);
    assert_eq!(dead(import, &class.replace("class Sync", "@Injectable() class Sync")), [""; 0]);
    assert_eq!(dead(import, &class.replace("pushAll", "onPush")), [""; 0]);
    let object = "export const sync = { start() {}, async pushAll() BODY };";
    assert_eq!(dead(import, object), ["pushAll"]);
    assert_eq!(dead(&format!("{import}\ncreate({{ sync }});"), object), [""; 0]);
    let store = "interface Store { pushAll: (id: string) => Promise<void>; }\nexport const sync = create<Store>((set) => ({ pushAll: async () => BODY }));";
    assert_eq!(dead(import, store), ["pushAll"]);
    assert_eq!(
        dead(import, &store.replace("interface Store { pushAll: (id: string) => Promise<void>; }", "")),
        [""; 0]
    );
}
