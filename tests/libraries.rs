//! A user's own library, from the configuration to a finding; and the census of clients of a whole project.

use std::fs;

use atlas_audit::audit;
use atlas_audit::config::{Asked, Options};
use atlas_audit::finding::Status;
use atlas_audit::report::Report;
use tempfile::TempDir;

fn project(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().expect("a temporary folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("has a parent")).expect("can create");
        fs::write(path, text).expect("can write");
    }
    folder
}

fn audited(folder: &TempDir) -> Report {
    let asked = Asked { paths: vec![folder.path().to_owned()], ..Asked::default() };
    let options = Options::resolve(asked).expect("a valid configuration");
    audit(&options, &()).expect("something to audit")
}

/// What was graded, as `rule/kind path:line`.
fn graded(report: &Report) -> Vec<String> {
    let graded = report.findings.iter().filter(|it| it.status == Status::Graded);
    graded.map(|it| format!("{}/{} {}:{}", it.rule, it.kind, it.location.path, it.location.start.line)).collect()
}

const OWN: &str = r#"
[[library]]
id = "acme-orm"
name = "Acme ORM"
kind = "orm"
transport = "tcp"
evidence = "doc"
docs = ""
imports = ["@acme/orm", "@/orm"]
exports = [{ path = "users", gives = "Table" }]
constructors = [
  { paths = ["connect"], form = "call", creates = "pool", gives = "Db", config_arg = 0, per_request = "pool-leak" },
]
options = [
  { name = "size", roles = ["size"], default = 10, unit = "connections", meaning = "the most connections" },
]

[library.receivers.Table]
methods = [
  { names = ["fetchOne"], kind = "read", rows = "one" },
  { names = ["save"], kind = "write" },
]

[library.receivers.Db]
members = [{ name = "users", gives = "Table" }]
"#;

const LOOP: &str = "import { users } from \"@acme/orm\";\nexport async function names(ids: string[]) {\n  const found = [];\n  for (const id of ids) {\n    found.push(await users.fetchOne(id));\n  }\n  return found;\n}\n";

#[test]
fn an_in_house_mapper_is_known_by_the_configuration_alone() {
    let with = project(&[("atlas-audit.toml", OWN), ("src/names.ts", LOOP)]);
    assert_eq!(graded(&audited(&with)), ["query-in-loop/per-row src/names.ts:5"]);
    let without = project(&[("src/names.ts", LOOP)]);
    assert!(graded(&audited(&without)).is_empty());
}

#[test]
fn what_the_configuration_names_wins_over_the_file_behind_it() {
    let own = "export const users = { fetchOne: async (id: string) => ({ id }) };\n";
    let files = [
        ("atlas-audit.toml", OWN),
        ("tsconfig.json", r#"{ "compilerOptions": { "paths": { "@/*": ["./src/*"] } } }"#),
        ("src/orm.ts", own),
        ("src/names.ts", &LOOP.replace("@acme/orm", "@/orm")),
    ];
    assert_eq!(graded(&audited(&project(&files))), ["query-in-loop/per-row src/names.ts:5"]);
    assert!(graded(&audited(&project(&files[1..]))).is_empty());
}

#[test]
fn package_json_takes_libraries_too() {
    let package = r#"{ "name": "x", "atlas-audit": { "library": [{ "id": "acme-orm", "name": "Acme ORM", "kind": "orm", "transport": "tcp",
        "evidence": "doc", "docs": "", "imports": ["@acme/orm"], "exports": [{ "path": "users", "gives": "Table" }],
        "receivers": { "Table": { "methods": [{ "names": ["fetchOne"], "kind": "read", "rows": "one" }] } } }] } }"#;
    let files = [("package.json", package), ("src/names.ts", LOOP)];
    assert_eq!(graded(&audited(&project(&files))), ["query-in-loop/per-row src/names.ts:5"]);
}

#[test]
fn clients_are_counted_with_scope_and_limits() {
    let files = [
        ("atlas-audit.toml", OWN),
        ("src/db.ts", "import { Pool } from \"pg\";\nexport const pool = new Pool({ max: 20 });\n"),
        (
            "src/cache.ts",
            "import Redis from \"ioredis\";\nlet redis;\nexport const cache = () => (redis ??= new Redis(process.env.REDIS_URL));\n",
        ),
        (
            "src/server.ts",
            "import express from \"express\";\nimport { connect } from \"@acme/orm\";\nimport { pool } from \"./db\";\nimport { cache } from \"./cache\";\nconst app = express();\napp.get(\"/\", async (_, response) => {\n  const db = connect({ size: 5 });\n  response.json([await pool.query(\"select 1\"), await cache().get(\"a\"), await db.users.fetchOne(1)]);\n});\napp.listen(3000);\n",
        ),
    ];
    let report = audited(&project(&files));
    let clients: Vec<String> = report
        .clients
        .iter()
        .map(|it| {
            format!(
                "{}:{} {} {} {} +{:?} -{:?}",
                it.location.path, it.location.start.line, it.library, it.creates, it.scope, it.set, it.missing
            )
        })
        .collect();
    assert_eq!(
        clients,
        [
            "src/cache.ts:3 ioredis connection kept +[] -[\"enableOfflineQueue\", \"commandTimeout\"]",
            "src/db.ts:2 node-postgres pool module +[\"max = 20\"] -[\"connectionTimeoutMillis\", \"statement_timeout\"]",
            "src/server.ts:7 Acme ORM pool per-request +[\"size = 5\"] -[]",
        ]
    );
    assert!(
        graded(&report).contains(&"client-per-request/pool-leak src/server.ts:7".to_owned()),
        "{:?}",
        graded(&report)
    );
}
