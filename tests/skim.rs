//! What skim finds, held against a parser: it may say more than the syntax tree does, never less.

use std::collections::BTreeSet;

use atlas_audit::skim::{Skim, SkimForm, SkimName, Triggers, skim};
use oxc_allocator::Allocator;
use oxc_ast::ast::*;
use oxc_ast_visit::{Visit, walk};
use oxc_parser::Parser;
use oxc_span::SourceType;

/// One snippet a line.
const SNIPPETS: &[&str] = &[
    r#"import "side-effect";"#,
    r#"import a from "x"; import b, { c } from 'y'; import d, * as e from "z"; import * as f from "w";"#,
    r#"import { a, b as c, default as d, "e-f" as g } from "x"; import { } from "y"; import { h, } from "z""#,
    r#"import type A from "x"; import type { B, C as D } from "y"; import type * as E from "z"; import type, { F } from "v";"#,
    r#"import { type A, type B as C, type as D, type as as, type, type as as as } from "x"; import type from "y";"#,
    r#"import type from from "x"; import from from "y"; import { from as as } from "z"; import as from "w"; import of from "v""#,
    "import /* a */ { // from \"no\"\n  b, /* c */\n  d as // e\n  f,\n} /* g */ from /* h */ \"x\" // i\n;",
    "import{a}from\"x\";import*as b from'y';import c,{d}from\"z\";import\"w\";export{e}from\"v\";export*from'u'",
    r#"import a from "./x.json" with { type: "json" }; export { b } from "./y.json" with { type: "json" };"#,
    r#"import defer * as a from "x"; import source b from "y"; const c = import.defer("z"); const d = import.source("w");"#,
    r#"import a = require("x"); export import b = require("y"); import type c = require("z"); import d = e.f;"#,
    "import 𠮷 from \"x\"; import { ñ as 変数 } from \"./日本\"; \u{feff}import b from \"y\";",
    "\u{feff}import a from \"x\";",
    "#!/usr/bin/env node\nimport a from \"x\";",
    r#"import a from "a\/b"; import b from 'c\'d'; import c from "e\\f";"#,
    r#"const a = import("x"); const { b, c: d, ...e } = await import("y"); const f = (await import("z")).g; import("w");"#,
    "import(`x`); import( /* webpackChunkName: \"n\" */ './y' ); import(\n  // why\n  \"z\",\n  { with: { type: \"json\" } }\n);",
    r#"import("x").then(({ a, b: c }) => a); import("y").then((m) => m.d); import("z").catch(e); lazy(() => import("w"))"#,
    r#"const a = import(("x")); const b = cond ? import("y") : import("z"); void import("w"); return_(import("v"))"#,
    r#"let a: import("x"); let b: typeof import("y"); let c: import("z").D<E>[]; f<typeof import("w")>(); type G = import("v").H.I;"#,
    r#"const a = require("x"); const { b, c: d, "e-f": g, h = 1, i: { j }, ...k } = require("y"); require("z"); require('w').l;"#,
    r#"const a = require("x").b; var c = require("y")("z"); let d = require(`w`), e = require ( "v" ); f(require("u"));"#,
    r#"const { a } = require("x"), b = require("y"); if (c) require("z"); module.require("w"); exports.d = require("v").e"#,
    "const {\n  a, // } b\n  c,\n} = require(\n  \"x\"\n);\nconst d: typeof import(\"y\") = require(\"y\");",
    r#"export { a, b as c, d as default, e as "f-g" } from "x"; export * from "y"; export * as h from "z"; export * as "i-j" from "w";"#,
    r#"export type { A, B as C } from "x"; export { type D, type E as F } from "y"; export type * from "z"; export type * as G from "w";"#,
    r#"export { default } from "x"; export { default as a } from "y"; export { } from "z"; export { b }; export { c as d, type E };"#,
    r#"export default a; const a = 1;"#,
    r#"export default function b() {} export function c() {} export async function d() {} export function* e() {} export class F {}"#,
    r#"export const a = 1, b = [1, 2].map((c) => c), d = { e: 1, f: "g,h" }; export let i, j = `k,${l}`, m; export var n = /[,;"]/, o;"#,
    r#"export const { a, b: c, d = 1, e: { f, g: [h] }, ...i } = j, [k, , l = 2, ...m] = n;"#,
    "export const a = 1\nexport const b = () => {\n  return 1, 2\n}\nexport const c = a\nconst d = 1, e = 2\n",
    r#"export const a: Map<string, number> = new Map(), b = <T, U>(c: T) => c, d = "e" as const, f = (g, h);"#,
    r#"export type A = 1; export interface B {} export enum C {} export const enum D {} export declare const e: 1; export abstract class F {}"#,
    r#"export namespace A { export const b = 1 } export declare namespace C {} export declare function d(): void; export import e = f.g;"#,
    r#"export declare class A {} export declare enum B {} export declare abstract class C {} export declare const d: 1, e: 2;"#,
    r#"export = a;"#,
    r#"export type type = 1; export type { type }; const a = 1; export { a as type }; export const from = 1, as = 2, of = 3;"#,
    r#"@a() export class B {} export @c.d({ e: 1 }) class F {} @g export default class {}"#,
    r#"export default abstract class A {}"#,
    r#"export default interface A {}"#,
    r#"export default async () => {};"#,
    r#"new URL("./a.js", import.meta.url); new Worker("./b.js"); new Worker(new URL("./c.js", import.meta.url), { type: "module" });"#,
    r#"new SharedWorker("./a.js"); import.meta.resolve("./b"); require.resolve("./c"); new URL(`./d.js`, import.meta.url)"#,
    r#"jest.mock("a"); vi.mock("b", () => ({})); vi.doMock<X>("c"); jest.unmock('d'); vi.importActual("e"); jest.requireActual("f");"#,
    r#"vi.importActual<typeof import("a")>("a"); mock.module("b", f); t.mock.module("c"); vi.importMock("d"); jest.requireMock("e")"#,
    "jest\n  .mock(\"a\")\n  .mock(\"b\"); jest.setMock(\"c\", {}); jest.dontMock(\"d\"); jest.createMockFromModule(\"e\");",
    r#"exports.a = 1; module.exports.b = 2; exports["c"] = 3; module.exports = { d };"#,
    r#"const s = "import a from 'no"; import b from "x"; const t = `export const ${c}`; export const d = 1;"#,
    "/* import a from */ import b from \"x\"; // import c from\nimport d from \"y\"; /* unclosed? no */ export { e } from \"z\"",
    r#"declare module "a" { import b from "c"; export { d } from "e"; } declare global { const f: import("g").H; }"#,
    "const a = b ? import('x') : c\n;[1].map(() => import('y'))\nexport { z } from 'z'",
    r#"for await (const { a } of (await import("x")).b()) {} const c = async () => (await import("y")).default.d;"#,
];

#[test]
fn skim_says_no_less_than_a_parser() {
    let mut failures = Vec::new();
    for snippet in SNIPPETS {
        let missed = ["a.ts", "a.tsx", "a.js"].iter().find_map(|path| missed(path, snippet));
        let missed = missed.unwrap_or_else(|| panic!("no parser accepts {snippet}"));
        if !missed.is_empty() {
            failures.push(format!("{snippet}\n  missed {missed:#?}\n  found {:?}\n", skimmed(snippet)));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn the_comparison_can_fail() {
    let mut oracle = Oracle::default();
    assert!(oracle.read("a.ts", r#"import { a as b } from "x"; export const c = require("y"), d = 1;"#));
    let nothing = Skim::default();
    assert_eq!(oracle.missing_from(&nothing).len(), 6, "{:?}", oracle.missing_from(&nothing));
}

fn skimmed(text: &str) -> Skim {
    skim(text.as_bytes(), &Triggers::new([]))
}

/// What the parser sees in a file and skim does not; `None` where the parser rejects the file.
pub fn missed(path: &str, text: &str) -> Option<Vec<String>> {
    let mut oracle = Oracle::default();
    oracle.read(path, text).then(|| oracle.missing_from(&skimmed(text)))
}

/// What a parser sees.
#[derive(Default)]
struct Oracle {
    imports: Vec<Asked>,
    exports: BTreeSet<String>,
}

/// One module that is asked for, or one name of it.
#[derive(Debug)]
struct Asked {
    /// The forms that will do.
    forms: Vec<SkimForm>,
    specifier: String,
    name: Option<SkimName>,
}

impl Asked {
    fn is_in(&self, skim: &Skim) -> bool {
        // Where a value is not plainly taken apart, all of the module counts as used.
        let is_all = |name: &SkimName| *name.imported == *"*" && name.local.is_empty();
        skim.imports.iter().any(|import| {
            self.forms.contains(&import.form)
                && *import.specifier == *self.specifier
                && self.name.as_ref().is_none_or(|name| import.names.iter().any(|it| it == name || is_all(it)))
        })
    }
}

impl Oracle {
    fn read(&mut self, path: &str, text: &str) -> bool {
        let allocator = Allocator::default();
        let Ok(source_type) = SourceType::from_path(path) else { return false };
        let source_type = if path.ends_with(".js") { source_type.with_jsx(true) } else { source_type };
        let parsed = Parser::new(&allocator, text, source_type).parse();
        if parsed.panicked || !parsed.diagnostics.is_empty() {
            return false;
        }
        self.visit_program(&parsed.program);
        true
    }

    fn missing_from(&self, skim: &Skim) -> Vec<String> {
        let imports = self.imports.iter().filter(|asked| !asked.is_in(skim));
        let exports = self.exports.iter().filter(|name| !skim.exports.iter().any(|it| **it == ***name));
        imports.map(|it| format!("{it:?}")).chain(exports.map(|it| format!("export {it}"))).collect()
    }

    fn import(&mut self, form: SkimForm, specifier: &str) {
        self.imports.push(Asked { forms: vec![form], specifier: specifier.to_owned(), name: None });
    }

    fn named(&mut self, form: SkimForm, specifier: &str, imported: &str, local: &str, is_type: bool) {
        let name = Some(SkimName { imported: imported.into(), local: local.into(), is_type });
        self.imports.push(Asked { forms: vec![form], specifier: specifier.to_owned(), name });
    }

    fn export(&mut self, name: &str) {
        self.exports.insert(name.to_owned());
    }
}

/// The text of a string, or of a template without substitutions.
fn text_of<'b>(expression: &'b Expression<'_>) -> Option<&'b str> {
    match expression.without_parentheses() {
        Expression::StringLiteral(literal) => Some(literal.value.as_str()),
        Expression::TemplateLiteral(template) if template.expressions.is_empty() => {
            template.quasis.first().map(|quasi| quasi.value.raw.as_str())
        }
        _ => None,
    }
}

fn first_text<'b>(arguments: &'b [Argument<'_>]) -> Option<&'b str> {
    arguments.first().and_then(Argument::as_expression).and_then(text_of)
}

/// How an expression asks for a module, and which.
fn asked_for<'b>(expression: &'b Expression<'_>) -> Option<(SkimForm, &'b str)> {
    match expression.without_parentheses() {
        Expression::AwaitExpression(awaited) => asked_for(&awaited.argument),
        Expression::ImportExpression(import) => Some((SkimForm::Dynamic, text_of(&import.source)?)),
        Expression::CallExpression(call) if call.callee.is_specific_id("require") => {
            Some((SkimForm::Require, first_text(&call.arguments)?))
        }
        _ => None,
    }
}

impl<'a> Visit<'a> for Oracle {
    fn visit_import_declaration(&mut self, it: &ImportDeclaration<'a>) {
        let all_types = it.import_kind == ImportOrExportKind::Type;
        let form = if all_types { SkimForm::Type } else { SkimForm::Static };
        self.import(form, &it.source.value);
        for specifier in it.specifiers.iter().flatten() {
            let (imported, is_type) = match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(it) => {
                    (it.imported.name().as_str(), it.import_kind == ImportOrExportKind::Type)
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(_) => ("default", false),
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(_) => ("*", false),
            };
            self.named(form, &it.source.value, imported, specifier.name().as_str(), is_type || all_types);
        }
    }

    fn visit_ts_import_equals_declaration(&mut self, it: &TSImportEqualsDeclaration<'a>) {
        let is_type = it.import_kind == ImportOrExportKind::Type;
        if let TSModuleReference::ExternalModuleReference(module) = &it.module_reference {
            let form = if is_type { SkimForm::Type } else { SkimForm::Require };
            self.named(form, &module.expression.value, "*", it.id.name.as_str(), is_type);
        }
    }

    fn visit_export_from_declaration(&mut self, it: &ExportFromDeclaration<'a>) {
        self.import(SkimForm::Reexport, &it.source.value);
        for specifier in &it.specifiers {
            let is_type =
                it.export_kind == ImportOrExportKind::Type || specifier.export_kind == ImportOrExportKind::Type;
            let (local, exported) = (specifier.local.name(), specifier.exported.name());
            self.named(SkimForm::Reexport, &it.source.value, local.as_str(), exported.as_str(), is_type);
            self.export(exported.as_str());
        }
    }

    fn visit_export_all_declaration(&mut self, it: &ExportAllDeclaration<'a>) {
        let name = it.exported.as_ref().map_or("*".to_owned(), |name| name.name().to_string());
        let is_type = it.export_kind == ImportOrExportKind::Type;
        self.named(SkimForm::Reexport, &it.source.value, "*", &name, is_type);
        self.export(&name);
    }

    fn visit_export_named_declaration(&mut self, it: &ExportNamedDeclaration<'a>) {
        for specifier in &it.specifiers {
            self.export(specifier.exported.name().as_str());
        }
    }

    fn visit_export_default_declaration(&mut self, it: &ExportDefaultDeclaration<'a>) {
        self.export("default");
        walk::walk_export_default_declaration(self, it);
    }

    fn visit_ts_export_assignment(&mut self, it: &TSExportAssignment<'a>) {
        self.export("=");
        walk::walk_ts_export_assignment(self, it);
    }

    fn visit_export_declaration(&mut self, it: &ExportDeclaration<'a>) {
        match &it.declaration {
            Declaration::VariableDeclaration(declared) => {
                for declarator in &declared.declarations {
                    for name in declarator.id.get_binding_identifiers() {
                        self.export(name.name.as_str());
                    }
                }
            }
            Declaration::FunctionDeclaration(it) => self.export(it.name().map_or("", |name| name.as_str())),
            Declaration::ClassDeclaration(it) => self.export(it.name().map_or("", |name| name.as_str())),
            Declaration::TSTypeAliasDeclaration(it) => self.export(it.id.name.as_str()),
            Declaration::TSInterfaceDeclaration(it) => self.export(it.id.name.as_str()),
            Declaration::TSEnumDeclaration(it) => self.export(it.id.name.as_str()),
            Declaration::TSNamespaceDeclaration(it) => self.export(it.id.name.as_str()),
            Declaration::TSImportEqualsDeclaration(it) => self.export(it.id.name.as_str()),
            Declaration::TSExternalModuleDeclaration(_) | Declaration::TSGlobalDeclaration(_) => {}
        }
        walk::walk_export_declaration(self, it);
    }

    fn visit_ts_import_type(&mut self, it: &TSImportType<'a>) {
        let forms = vec![SkimForm::Type, SkimForm::Dynamic];
        self.imports.push(Asked { forms, specifier: it.source.value.to_string(), name: None });
        walk::walk_ts_import_type(self, it);
    }

    fn visit_import_expression(&mut self, it: &ImportExpression<'a>) {
        if let Some(specifier) = text_of(&it.source) {
            self.import(SkimForm::Dynamic, specifier);
        }
        walk::walk_import_expression(self, it);
    }

    fn visit_variable_declarator(&mut self, it: &VariableDeclarator<'a>) {
        if let Some((form, specifier)) = it.init.as_ref().and_then(asked_for)
            && it.type_annotation.is_none()
        {
            match &it.id {
                BindingPattern::BindingIdentifier(name) => self.named(form, specifier, "*", name.name.as_str(), false),
                BindingPattern::ObjectPattern(pattern) => {
                    for property in &pattern.properties {
                        let key = property.key.static_name().unwrap_or("*".into());
                        let local = property.value.get_binding_identifier().map_or("", |name| name.name.as_str());
                        self.named(form, specifier, &key, local, false);
                    }
                }
                _ => {}
            }
        }
        if let Some(Expression::StaticMemberExpression(member)) = it.init.as_ref().map(Expression::without_parentheses)
            && let Some((form, specifier)) = asked_for(&member.object)
            && let BindingPattern::BindingIdentifier(name) = &it.id
            && it.type_annotation.is_none()
            && (form == SkimForm::Require
                || matches!(member.object.without_parentheses(), Expression::AwaitExpression(_)))
        {
            self.named(form, specifier, member.property.name.as_str(), name.name.as_str(), false);
        }
        walk::walk_variable_declarator(self, it);
    }

    fn visit_call_expression(&mut self, it: &CallExpression<'a>) {
        if let Some(specifier) = first_text(&it.arguments) {
            match &it.callee {
                callee if callee.is_specific_id("require") => self.import(SkimForm::Require, specifier),
                Expression::StaticMemberExpression(member) => {
                    let is_runner = match member.object.without_parentheses() {
                        Expression::Identifier(name) => ["jest", "vi", "vitest"].contains(&name.name.as_str()),
                        _ => false,
                    };
                    let names = [
                        "mock",
                        "doMock",
                        "unmock",
                        "dontMock",
                        "setMock",
                        "requireActual",
                        "requireMock",
                        "importActual",
                        "importMock",
                        "doUnmock",
                        "createMockFromModule",
                        "unstable_mockModule",
                    ];
                    if is_runner && names.contains(&member.property.name.as_str()) {
                        self.import(SkimForm::Mock, specifier);
                    }
                }
                _ => {}
            }
        }
        walk::walk_call_expression(self, it);
    }

    fn visit_new_expression(&mut self, it: &NewExpression<'a>) {
        if let Some(specifier) = first_text(&it.arguments) {
            let is_based = it.arguments.get(1).and_then(Argument::as_expression).is_some_and(|base| {
                matches!(base, Expression::StaticMemberExpression(member) if matches!(member.object, Expression::ImportMeta(_)))
            });
            if it.callee.is_specific_id("URL") && is_based {
                self.import(SkimForm::Url, specifier);
            }
            let is_path = specifier.contains(['.', '/']);
            if is_path && (it.callee.is_specific_id("Worker") || it.callee.is_specific_id("SharedWorker")) {
                self.import(SkimForm::Worker, specifier);
            }
        }
        walk::walk_new_expression(self, it);
    }
}
