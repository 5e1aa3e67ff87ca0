//! Our trees and our scopes, held against another parser: calls, catch clauses, loops, imports, and what every reference binds.
//!
//! Types hold no facts, so nothing inside them is compared; what is declared with `declare` exists elsewhere and counts as
//! global. Where `ATLAS_ORACLE` names a folder, the ignored test compares everything in it:
//! `ATLAS_ORACLE=FOLDER cargo test --release --test oracle -- --ignored --nocapture`.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use atlas_audit::discover::{Class, discover};
use atlas_audit::extract::extract;
use atlas_audit::facts::{CallForm, ExprId, ExprKind, FileFacts, ImportForm, LoopForm, RegionKind};
use atlas_audit::page::Page;
use atlas_audit::parse::parse;
use atlas_audit::rules::RULES;
use atlas_audit::skim::{Triggers, skim};
use atlas_audit::source::{Language, LineIndex, Span};
use atlas_audit::tree::{Disk, Tree};
use oxc_allocator::Allocator;
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_semantic::{Scoping, SemanticBuilder};
use oxc_span::{GetSpan, SourceType};
use rayon::prelude::*;

/// What one parser sees in a file: for each kind of thing where it stands, and what it is in words.
#[derive(Debug, Default)]
struct Seen {
    things: BTreeMap<&'static str, BTreeMap<Span, String>>,
    /// What each reference binds: the places where the name is declared, none for a global.
    references: BTreeMap<Span, BTreeSet<Span>>,
}

impl Seen {
    fn add(&mut self, kind: &'static str, span: Span, words: String) {
        self.things.entry(kind).or_default().insert(span, words);
    }
}

/// One thing that the two parsers see differently.
#[derive(Debug)]
struct Difference {
    kind: &'static str,
    span: Span,
    words: String,
}

/// The kinds of things, as they are counted.
const KINDS: [&str; 5] = ["call", "catch", "loop", "import", "reference"];

/// How two views of one file differ, and how many things were compared for each kind.
fn compare(ours: &Seen, theirs: &Seen) -> (Vec<Difference>, BTreeMap<&'static str, usize>) {
    let (mut differences, mut compared) = (Vec::new(), BTreeMap::new());
    for kind in KINDS {
        let (none, other) = (BTreeMap::new(), BTreeMap::new());
        let (mine, other) = (ours.things.get(kind).unwrap_or(&none), theirs.things.get(kind).unwrap_or(&other));
        let spans: BTreeSet<Span> = mine.keys().chain(other.keys()).copied().collect();
        compared.insert(kind, spans.len());
        for span in spans.into_iter().filter(|it| mine.get(it) != other.get(it)) {
            let words = format!("ours {:?}, theirs {:?}", mine.get(&span), other.get(&span));
            differences.push(Difference { kind, span, words });
        }
    }
    let spans: BTreeSet<Span> = ours.references.keys().chain(theirs.references.keys()).copied().collect();
    compared.insert("reference", spans.len());
    for span in spans {
        let agree = match (ours.references.get(&span), theirs.references.get(&span)) {
            (Some(mine), Some(other)) => mine.is_subset(other) && mine.is_empty() == other.is_empty(),
            _ => false,
        };
        if !agree {
            let words = format!("ours {:?}, theirs {:?}", ours.references.get(&span), theirs.references.get(&span));
            differences.push(Difference { kind: "reference", span, words });
        }
    }
    (differences, compared)
}

// What we see.

fn ours(facts: &FileFacts) -> Seen {
    let mut seen = Seen::default();
    for call in &facts.calls {
        seen.add("call", call.name_span, format!("{:?}", call.form));
    }
    for region in &facts.regions {
        if let RegionKind::Catch { block, is_empty, param, .. } = region.kind {
            seen.add("catch", block, format!("empty {is_empty}, binds {}", param.is_some()));
        }
    }
    for it in &facts.loops {
        seen.add("loop", it.span, format!("{:?} over {:?}", it.form, it.subject.map(|id| facts.expr(id).span)));
    }
    for import in &facts.imports {
        let names: BTreeSet<String> = import
            .names
            .iter()
            .map(|it| format!("{} at {:?}", facts.name(it.imported), facts.binding(it.binding).span))
            .collect();
        seen.add("import", import.span, format!("{:?} {} {names:?}", import.form, facts.name(import.specifier)));
    }
    // The other parser keeps the names of types apart.
    let types: BTreeSet<ExprId> = facts.named_types().collect();
    for (at, expr) in facts.exprs.iter().enumerate() {
        if types.contains(&ExprId(at as u32)) {
            continue;
        }
        let declared = match expr.kind {
            ExprKind::Local(binding) => BTreeSet::from([facts.binding(binding).span]),
            ExprKind::Global(name) if facts.name(name).starts_with("import") || facts.name(name) == "new.target" => {
                continue;
            }
            ExprKind::Global(_) => BTreeSet::new(),
            _ => continue,
        };
        if declared != BTreeSet::from([expr.span]) {
            seen.references.insert(expr.span, declared);
        }
    }
    seen
}

// What they see.

/// `None` where the other parser rejects the file.
fn theirs(path: &str, text: &str) -> Option<Seen> {
    let allocator = Allocator::default();
    let source_type = SourceType::from_path(path).ok()?;
    let source_type =
        if Language::of_path(path)? == Language::JavaScript { source_type.with_jsx(true) } else { source_type };
    let parsed = Parser::new(&allocator, text, source_type).parse();
    if parsed.panicked || !parsed.diagnostics.is_empty() {
        return None;
    }
    let semantic = SemanticBuilder::new().build(&parsed.program).semantic;
    let mut oracle = Oracle { scoping: semantic.scoping(), seen: Seen::default(), ambient: BTreeSet::new() };
    oracle.visit_program(&parsed.program);
    let Oracle { mut seen, ambient, .. } = oracle;
    for declared in seen.references.values_mut() {
        declared.retain(|it| !ambient.iter().any(|outer| outer.contains(*it)));
    }
    Some(seen)
}

struct Oracle<'s> {
    scoping: &'s Scoping,
    seen: Seen,
    /// What is declared without being there.
    ambient: BTreeSet<Span>,
}

fn span_of(it: &impl GetSpan) -> Span {
    let span = it.span();
    Span::new(span.start, span.end)
}

/// Without parentheses and types, as our facts are.
fn bare<'b, 'a>(expression: &'b Expression<'a>) -> &'b Expression<'a> {
    match expression {
        Expression::ParenthesizedExpression(it) => bare(&it.expression),
        Expression::TSAsExpression(it) => bare(&it.expression),
        Expression::TSSatisfiesExpression(it) => bare(&it.expression),
        Expression::TSNonNullExpression(it) => bare(&it.expression),
        Expression::TSTypeAssertion(it) => bare(&it.expression),
        Expression::TSInstantiationExpression(it) => bare(&it.expression),
        Expression::ChainExpression(it) => match &it.expression {
            ChainElement::TSNonNullExpression(it) => bare(&it.expression),
            _ => expression,
        },
        _ => expression,
    }
}

/// The called name alone.
fn name_span(callee: &Expression<'_>) -> Span {
    let member = |it: &MemberExpression<'_>| match it {
        MemberExpression::StaticMemberExpression(it) => span_of(&it.property),
        MemberExpression::PrivateFieldExpression(it) => span_of(&it.field),
        MemberExpression::ComputedMemberExpression(it) => span_of(&**it),
    };
    let callee = bare(callee);
    match callee {
        Expression::ChainExpression(it) => it.expression.as_member_expression().map_or(span_of(callee), member),
        _ => callee.as_member_expression().map_or(span_of(callee), member),
    }
}

fn text_of<'b>(expression: &'b Expression<'_>) -> Option<&'b str> {
    match bare(expression) {
        Expression::StringLiteral(literal) => Some(literal.value.as_str()),
        Expression::TemplateLiteral(template) if template.expressions.is_empty() => {
            template.quasis.first().map(|quasi| quasi.value.raw.as_str())
        }
        _ => None,
    }
}

impl Oracle<'_> {
    fn call(&mut self, form: CallForm, callee: &Expression<'_>) {
        self.seen.add("call", name_span(callee), format!("{form:?}"));
    }

    fn loops(&mut self, form: LoopForm, it: &impl GetSpan, subject: Option<&Expression<'_>>) {
        let subject = subject.map(|it| span_of(bare(it)));
        self.seen.add("loop", span_of(it), format!("{form:?} over {subject:?}"));
    }

    fn import(&mut self, form: ImportForm, it: &impl GetSpan, specifier: &str, names: BTreeSet<String>) {
        self.seen.add("import", span_of(it), format!("{form:?} {specifier} {names:?}"));
    }

    /// Whether a declaration says that something exists elsewhere.
    fn is_ambient(&mut self, declare: bool, it: &impl GetSpan) -> bool {
        if declare {
            self.ambient.insert(span_of(it));
        }
        declare
    }
}

impl<'a> Visit<'a> for Oracle<'_> {
    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        self.call(CallForm::Call, &it.callee);
        let specifier = it.arguments.first().and_then(Argument::as_expression).and_then(text_of);
        if let (true, Some(specifier)) = (bare(&it.callee).is_specific_id("require"), specifier) {
            self.import(ImportForm::Require, it, specifier, BTreeSet::new());
        }
        walk::walk_call_expression(self, it);
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        self.call(CallForm::New, &it.callee);
        walk::walk_new_expression(self, it);
    }

    fn visit_tagged_template_expression(&mut self, it: &TaggedTemplateExpression<'a>) {
        self.call(CallForm::Tag, &it.tag);
        walk::walk_tagged_template_expression(self, it);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        let start = it.span.start;
        self.seen.add("call", Span::new(start, start + 6), format!("{:?}", CallForm::Import));
        if let Some(specifier) = text_of(&it.source) {
            self.import(ImportForm::Dynamic, it, specifier, BTreeSet::new());
        }
        walk::walk_import_expression(self, it);
    }

    fn visit_catch_clause(&mut self, it: &CatchClause<'a>) {
        let is_empty = it.body.body.iter().all(|it| matches!(it, Statement::EmptyStatement(_)));
        self.seen.add("catch", span_of(&*it.body), format!("empty {is_empty}, binds {}", it.param.is_some()));
        walk::walk_catch_clause(self, it);
    }

    fn visit_for_statement(&mut self, it: &ForStatement<'a>) {
        self.loops(LoopForm::For, it, None);
        walk::walk_for_statement(self, it);
    }

    fn visit_for_in_statement(&mut self, it: &ForInStatement<'a>) {
        self.loops(LoopForm::ForIn, it, Some(&it.right));
        walk::walk_for_in_statement(self, it);
    }

    fn visit_for_of_statement(&mut self, it: &ForOfStatement<'a>) {
        self.loops(if it.r#await { LoopForm::ForAwait } else { LoopForm::ForOf }, it, Some(&it.right));
        walk::walk_for_of_statement(self, it);
    }

    fn visit_while_statement(&mut self, it: &WhileStatement<'a>) {
        self.loops(LoopForm::While, it, None);
        walk::walk_while_statement(self, it);
    }

    fn visit_do_while_statement(&mut self, it: &DoWhileStatement<'a>) {
        self.loops(LoopForm::DoWhile, it, None);
        walk::walk_do_while_statement(self, it);
    }

    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        let form = if it.import_kind == ImportOrExportKind::Type { ImportForm::Type } else { ImportForm::Static };
        let names = it.specifiers.iter().flatten().map(|specifier| {
            let (imported, local) = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(it) => (it.imported.name().as_str(), &it.local),
                ImportDeclarationSpecifier::ImportDefaultSpecifier(it) => ("default", &it.local),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(it) => ("*", &it.local),
            };
            format!("{imported} at {:?}", span_of(local))
        });
        let names = names.collect();
        self.import(form, it, &it.source.value, names);
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        let form = if it.import_kind == ImportOrExportKind::Type { ImportForm::Type } else { ImportForm::Static };
        match &it.module_reference {
            TSModuleReference::ExternalModuleReference(module) => {
                let names = BTreeSet::from([format!("= at {:?}", span_of(&it.id))]);
                self.import(form, it, &module.expression.value, names);
            }
            // `import Timeout = NodeJS.Timeout` renames what is mostly a type.
            _ => {
                self.is_ambient(true, it);
            }
        }
    }

    fn visit_identifier_reference(&mut self, it: &IdentifierReference<'a>) {
        let Some(reference) = it.reference_id.get().map(|id| self.scoping.get_reference(id)) else { return };
        if it.name == "undefined" || !reference.is_value() && !reference.is_type() {
            return;
        }
        let mut declared = BTreeSet::new();
        if let Some(symbol) = reference.symbol_id() {
            declared.insert(span_of(&self.scoping.symbol_span(symbol)));
            declared.extend(self.scoping.symbol_redeclarations(symbol).iter().map(|it| span_of(&it.span)));
        }
        self.seen.references.insert(span_of(it), declared);
    }

    // What is declared and exists elsewhere, and types.

    fn visit_variable_declaration(&mut self, it: &VariableDeclaration<'a>) {
        if !self.is_ambient(it.declare, it) {
            walk::walk_variable_declaration(self, it);
        }
    }

    fn visit_function(&mut self, it: &Function<'a>, flags: oxc_semantic::ScopeFlags) {
        if !self.is_ambient(it.declare || it.body.is_none(), it) {
            walk::walk_function(self, it, flags);
        }
    }

    fn visit_class(&mut self, it: &oxc_ast::ast::Class<'a>) {
        if !self.is_ambient(it.declare, it) {
            walk::walk_class(self, it);
        }
    }

    fn visit_ts_enum_declaration(&mut self, it: &TSEnumDeclaration<'a>) {
        self.is_ambient(it.declare, it);
    }

    fn visit_ts_namespace_declaration(&mut self, it: &TSNamespaceDeclaration<'a>) {
        if !self.is_ambient(it.declare, it) {
            walk::walk_ts_namespace_declaration(self, it);
        }
    }

    fn visit_ts_external_module_declaration(&mut self, it: &TSExternalModuleDeclaration<'a>) {
        self.is_ambient(true, it);
    }

    fn visit_ts_global_declaration(&mut self, it: &TSGlobalDeclaration<'a>) {
        self.is_ambient(true, it);
    }

    // A closing tag names what the opening one refers to.
    fn visit_jsx_closing_element(&mut self, _: &JSXClosingElement<'a>) {}

    fn visit_ts_type_alias_declaration(&mut self, _: &TSTypeAliasDeclaration<'a>) {}

    fn visit_ts_interface_declaration(&mut self, it: &TSInterfaceDeclaration<'a>) {
        self.is_ambient(true, it);
    }

    fn visit_ts_type_annotation(&mut self, _: &TSTypeAnnotation<'a>) {}

    fn visit_ts_type(&mut self, _: &TSType<'a>) {}

    fn visit_ts_type_parameter_instantiation(&mut self, _: &TSTypeParameterInstantiation<'a>) {}

    fn visit_ts_type_parameter_declaration(&mut self, _: &TSTypeParameterDeclaration<'a>) {}

    fn visit_ts_class_implements(&mut self, _: &TSClassImplements<'a>) {}
}

// What is compared.

/// One file's outcome.
struct Outcome {
    /// Whether our tree holds errors.
    is_broken: bool,
    differences: Vec<Difference>,
    compared: BTreeMap<&'static str, usize>,
}

/// `None` where the other parser rejects the file.
fn outcome(path: &str, text: &str) -> Option<Outcome> {
    let theirs = theirs(path, text)?;
    let language = Language::of_path(path)?;
    let parsed = parse(text, language);
    let is_broken = !parsed.errors.is_empty();
    let facts = extract(text, language, &parsed.tree, parsed.errors);
    let (mut differences, mut compared) = compare(&ours(&facts), &theirs);
    let skimmed: BTreeSet<_> =
        skim(text.as_bytes(), &Triggers::new([])).imports.into_iter().map(|it| it.specifier).collect();
    compared.insert("skimmed", facts.imports.len());
    for import in facts.imports.iter().filter(|it| !skimmed.contains(facts.name(it.specifier))) {
        let words = format!("{} is not skimmed", facts.name(import.specifier));
        differences.push(Difference { kind: "skimmed", span: import.span, words });
    }
    Some(Outcome { is_broken, differences, compared })
}

fn told(path: &str, text: &str, difference: &Difference) -> String {
    let lines = LineIndex::new(text);
    let at = |span: Span| lines.position(text, span.start);
    let Difference { kind, span, words } = difference;
    format!(
        "{path}:{}:{}: {kind} `{}`: {words}",
        at(*span).line,
        at(*span).column,
        span.of(text).replace('\n', " ").chars().take(80).collect::<String>()
    )
}

/// Every file under `fixtures/`, and every file of every example of every page.
fn own_files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures");
    let disk = Disk::new(&root);
    let mut files: Vec<(String, String)> = disk
        .list()
        .entries
        .into_iter()
        .filter(|it| Language::of_path(&it.path).is_some())
        .map(|it| {
            let text = String::from_utf8(disk.read(&it.path).expect("a readable fixture")).expect("a fixture is text");
            (it.path, text)
        })
        .collect();
    for rule in RULES {
        let page = Page::parse(rule.page).expect("a page that can be read");
        for example in page.examples().expect("examples that can be read") {
            files.extend(example.files.into_iter().map(|it| (format!("{}/{}", rule.id(), it.path), it.text)));
        }
    }
    files
}

#[test]
fn fixtures_and_examples_are_read_as_another_parser_reads_them() {
    let files = own_files();
    let mut complaints = Vec::new();
    for (path, text) in files.iter().filter(|it| Language::of_path(&it.0).is_some()) {
        let Some(outcome) = outcome(path, text) else {
            complaints.push(format!("{path}: the other parser rejects it"));
            continue;
        };
        if outcome.is_broken {
            complaints.push(format!("{path}: our tree holds errors"));
        }
        complaints.extend(outcome.differences.iter().map(|it| told(path, text, it)));
    }
    assert!(files.len() > 300, "{} files", files.len());
    assert!(complaints.is_empty(), "{} differences:\n{}", complaints.len(), complaints.join("\n"));
}

#[test]
#[ignore = "reads the folder that ATLAS_ORACLE names"]
#[expect(clippy::print_stderr, reason = "the figures are what it is run for")]
fn a_folder_is_read_as_another_parser_reads_it() {
    let root = std::env::var("ATLAS_ORACLE").expect("ATLAS_ORACLE names a folder");
    let disk = Disk::new(Path::new(&root));
    let found = discover(&disk, disk.list());
    // The other parser recurses.
    let pool = rayon::ThreadPoolBuilder::new().stack_size(64 << 20).build().expect("threads");
    let read = |path: &str| {
        let text = String::from_utf8(disk.read(path).ok()?).ok()?;
        let text = text.trim_start_matches('\u{feff}').to_owned();
        let outcome = outcome(path, &text)?;
        let words: Vec<_> = outcome.differences.iter().map(|it| (it.kind, told(path, &text, it))).collect();
        Some((path.to_owned(), outcome, words))
    };
    let audited = found.sources.iter().filter(|it| matches!(it.class, Class::Production | Class::Test | Class::Script));
    let paths: Vec<&str> = audited.map(|it| it.path.as_str()).collect();
    let outcomes: Vec<_> = pool.install(|| paths.par_iter().filter_map(|it| read(it)).collect());
    let mut differing: BTreeMap<&str, usize> = BTreeMap::new();
    let mut compared: BTreeMap<&str, usize> = BTreeMap::new();
    let mut lines = Vec::new();
    for (path, outcome, words) in &outcomes {
        outcome.compared.iter().for_each(|(kind, n)| *compared.entry(kind).or_default() += n);
        if outcome.is_broken {
            lines.push(format!("{path}: our tree holds errors"));
            continue;
        }
        for (kind, words) in words {
            *differing.entry(kind).or_default() += 1;
            lines.push(words.clone());
        }
    }
    let broken = outcomes.iter().filter(|it| it.1.is_broken).count();
    let report = format!(
        "{} files, {} accepted by the other parser, {broken} of these broken here; compared {compared:?}; differing {differing:?}",
        paths.len(),
        outcomes.len()
    );
    eprintln!("{report}");
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}

#[test]
fn the_comparison_can_fail() {
    let seen = |text: &str| {
        let parsed = parse(text, Language::TypeScript);
        ours(&extract(text, Language::TypeScript, &parsed.tree, parsed.errors))
    };
    let text = "import { a } from \"x\"; for (const b of a) { try { b(); } catch {} }";
    let theirs = theirs("a.ts", text).expect("it is sound");
    assert_eq!(compare(&seen(text), &theirs).0.len(), 0);
    let kinds = |text: &str| compare(&seen(text), &theirs).0.into_iter().map(|it| it.kind).collect::<Vec<_>>();
    assert_eq!(kinds("import { a } from \"y\"; for (const b of a) { try { b(); } catch {} }"), ["import"]);
    assert_eq!(kinds("import { a } from \"x\"; for (const b in a) { try { b(); } catch {} }"), ["loop"]);
    assert_eq!(kinds("import { a } from \"x\"; for (const b of c) { try { b(); } catch {} }"), ["reference"]);
    assert_eq!(kinds("import { a } from \"x\"; for (const b of a) { try { b``; } catch {} }"), ["call"]);
    assert_eq!(kinds("import { a } from \"x\"; for (const b of a) { try { b(); } catch {;} }").len(), 4, "spans move");
}

/// What one of the two once read otherwise.
#[test]
fn odd_code_is_read_as_another_parser_reads_it() {
    let texts = [
        "type File = { name: string }; export const f = (a: object) => new File([], \"b\");",
        "type Db = 1; export { Db };",
        "for (const a of b.c) { const b = a; f(b); }",
        "for (const a of b) { const b = a; f(b); } function b() {}",
        "a[\"b\"](); a[\"b\"].c(); a?.[\"b\"]();",
        "while (a) { b(); } // why\nfor (;;) c(); // what\ndo d(); while (e)",
        "import \"a\" // why\nimport { b } from \"c\" // what\nb();",
        "const a = b as import(\"c\").D; const e = f satisfies import(\"g\").H<typeof import(\"i\")>; g(a, e);",
        "f(`Promise<${a.b} | null>`); f(`<${a.b}>`); f(`Array<Input<${a.b}>>`);",
        "const A = class B { c() { return new B(); } }; const d = function e() { return e; }; f(B, e, A, d);",
        "import Timeout = NodeJS.Timeout; const a = 1; export { a as b }; export { c as d } from \"e\"; export * as g from \"h\";",
        "export const a = <b.c d={e}><f /><G><h>{i}</h></G></b.c>; const h = 1, f = h;",
        "const f = function g(g) { return g; }; function h() { var g = 1; { function g() {} } return g; }",
        "class A { static { var b = 1; f(b); } c = b; @d(e) g(@h() i) {} } namespace J { export const k = 1; f(k); }",
        "label: for (const a in b) { continue label; } switch (a) { case b: { let b = 1; f(b); } }",
    ];
    let mut complaints = Vec::new();
    for text in texts {
        let path = if text.contains("</") { "a.tsx" } else { "a.ts" };
        let outcome = outcome(path, text).unwrap_or_else(|| panic!("the other parser rejects {text}"));
        assert!(!outcome.is_broken, "{text}");
        complaints.extend(outcome.differences.iter().map(|it| told(text, text, it)));
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}
