//! A hand-made report for the tests of the renderings and the gate. Nothing else may use it.

use std::collections::BTreeMap;

use super::{Client, Coverage, LocatedOutcome, LocatedVerdict, Note, Report};
use crate::delta::Delta;
use crate::finding::{Confidence, Finding, LocatedEvidence, Location, Severity, Status};
use crate::grade::{Band, Ceiling, Grade, LedgerLine};
use crate::settle::Rate;
use crate::source::{LineIndex, Span};

/// The text of `server/sync.ts` in the sample.
pub const SYNC: &str = "import { saveRow } from \"./db\";\n\nexport async function sync(rows) {\n\tfor (const row of rows) {\n\t\tawait saveRow(row);\n\t}\n}\n";
/// The text of `server/db.ts` in the sample.
pub const DB: &str = "import { pool } from \"./pool\";\nexport const saveRow = (row) =>\n  pool.query(\"update rows set x = $1\", [row.x]);\n";

/// A report about nothing: complete, 100 points.
#[must_use]
pub fn empty() -> Report {
    let grade = Grade {
        score: Some(100),
        raw_score: Some(100),
        band: Some(Band::Ready),
        ledger: Vec::new(),
        ceiling: None,
        unscored: None,
    };
    Report {
        grade,
        findings: Vec::new(),
        rates: Vec::new(),
        coverage: Coverage::default(),
        complete: true,
        verdicts: Vec::new(),
        clients: Vec::new(),
        baseline: None,
        delta: None,
        packages: Vec::new(),
        nested: crate::config::Nested::default(),
        hints: Vec::new(),
        texts: BTreeMap::new(),
        timings: Vec::new(),
    }
}

fn client() -> Client {
    let location = finding("server/pool.ts", Severity::P0, Status::Graded).location;
    Client {
        location,
        library: "node-postgres".to_owned(),
        creates: "pool",
        scope: "module",
        why: "made once, when its module is loaded".to_owned(),
        set: vec!["max = 20".to_owned()],
        missing: vec!["connectionTimeoutMillis".to_owned()],
        is_hidden: false,
    }
}

/// A comparison in which nothing changed.
#[must_use]
pub fn delta() -> Delta {
    Delta {
        since: "main".to_owned(),
        commit: Some("0123456789abcdef0123456789abcdef01234567".to_owned()),
        score_before: Some(100),
        score: Some(100),
        rules: Vec::new(),
        new: 0,
        fixed: Vec::new(),
        before: Vec::new(),
    }
}

/// A small report with something of everything.
#[must_use]
pub fn report() -> Report {
    let mut report = empty();
    report.grade.score = Some(87);
    report.grade.raw_score = Some(84);
    report.grade.band = Some(Band::MostlyReady);
    report.grade.ceiling = Some(Ceiling { score: 89, p0_rules: 1 });
    let line =
        |rule, severity, sites, cost_tenths| LedgerLine { rule, severity, sites, cost_tenths, forgiven_tenths: 0 };
    report.grade.ledger = vec![
        line("missing-pool-config", Severity::P0, 1, 60),
        line("query-in-loop", Severity::P1, 4, 50),
        line("listener-leak", Severity::P2, 6, 19),
    ];
    report.findings = vec![looped(), finding("server/db.ts", Severity::P2, Status::Lead)];
    report.verdicts = verdicts();
    report.clients = vec![client()];
    let rate = |rule, sites, found| Rate { rule, sites, found };
    report.rates = vec![rate("query-in-loop", 12, 4), rate("listener-leak", 65, 6), rate("empty-catch", 0, 0)];
    let note = |path: &str, reason: &str| Note { path: path.to_owned(), reason: reason.to_owned() };
    report.coverage = Coverage {
        files: 379,
        bytes: 3_312_004,
        parsed: 88,
        parsed_bytes: 901_200,
        partial: vec![note("src/odd.ts", "syntax errors")],
        skipped: vec![note("dist", "generated"), note("public/vendor.min.js", "minified")],
        unread: Vec::new(),
    };
    report.texts =
        [("server/sync.ts", SYNC), ("server/db.ts", DB)].map(|(path, text)| (path.into(), text.into())).into();
    report
}

/// A query in a loop of one file that is made in another.
#[must_use]
pub fn looped() -> Finding {
    let evidence = |location, note: &str| LocatedEvidence { location, note: note.to_owned() };
    Finding {
        location: locate("server/sync.ts", SYNC, "saveRow(row)"),
        rule: "query-in-loop",
        kind: "write-per-row",
        message: "`saveRow` writes to the database once per row, so 200 rows wait for 200 round trips".to_owned(),
        help: "collect the rows and write them in one statement, in chunks".to_owned(),
        effort_minutes: 60,
        evidence: vec![
            evidence(locate("server/sync.ts", SYNC, "for (const row of rows)"), "the loop over rows"),
            evidence(locate("server/db.ts", DB, "pool.query(\"update rows set x = $1\", [row.x])"), "the query"),
        ],
        ..finding("server/sync.ts", Severity::P1, Status::Graded)
    }
}

/// A finding at the start of a file.
#[must_use]
pub fn finding(path: &str, severity: Severity, status: Status) -> Finding {
    Finding {
        location: locate(path, "import", "import"),
        rule: "listener-leak",
        kind: "leak",
        severity,
        confidence: if status == Status::Lead { Confidence::Low } else { Confidence::High },
        status,
        unreached: if status == Status::Unreachable { "nothing imports it".to_owned() } else { String::new() },
        message: "`resize` listeners pile up: nothing removes them".to_owned(),
        help: "return a cleanup function".to_owned(),
        evidence: Vec::new(),
        effort_minutes: 15,
        fingerprint: "0123456789abcdef".to_owned(),
        fingerprint_moved: "fedcba9876543210".to_owned(),
        scope: "sync".to_owned(),
        is_new: None,
        owners: Vec::new(),
    }
}

/// Where a snippet first stands in a file's text.
#[must_use]
pub fn locate(path: &str, text: &str, snippet: &str) -> Location {
    let start = text.find(snippet).map_or(0, |at| at as u32);
    let span = Span::new(start, start + snippet.len() as u32);
    let lines = LineIndex::new(text);
    let [start, end] = [span.start, span.end].map(|at| lines.position(text, at));
    Location { path: path.to_owned(), span, start, end }
}

fn verdicts() -> Vec<LocatedVerdict> {
    let Finding { location, rule, kind, severity, confidence, status, message, help, evidence, .. } = looped();
    let found = LocatedOutcome::Found { kind, severity, confidence, message, help, evidence };
    let cleared = LocatedOutcome::Cleared { reason: "the loop runs over a constant list of 3".to_owned() };
    vec![
        LocatedVerdict {
            rule: "query-in-loop",
            location: locate("server/db.ts", DB, "pool.query"),
            outcome: cleared,
            status: None,
            unreached: String::new(),
        },
        LocatedVerdict { rule, location, outcome: found, status: Some(status), unreached: String::new() },
    ]
}
