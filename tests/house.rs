//! House rules: layering, sizes, documentation and pairing, read from the source with syn.
//!
//! Each rule is a function from paths and texts to violations, and each is proven by a planted violation. Test code is exempt.
//! An exception is a line in `EXCEPTIONS` with its reason; one that is no longer needed is a violation too.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use proc_macro2::{TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};

/// What may stay as it is: path, the item (or `module`), and why.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    ("src/extract/types.rs", "types", "reads type annotations: the word is the domain's here, not a drawer's"),
    ("src/extract/expression.rs", "module", "one match over the kinds of expression, with its helpers"),
    ("src/project/amount.rs", "module", "one measure per kind of expression; they call each other"),
    ("src/project/rounds.rs", "module", "one answer to what a loop's rounds are, clause by clause"),
    ("src/project/value.rs", "module", "the cases of one recursion; exports and members have modules of their own"),
    ("src/catalog/shape.rs", "module", "one list of the forms in which libraries take limits, filters and texts"),
    ("src/scan/mod.rs", "module", "the steps of the pipeline in the order in which `lib` runs them"),
    ("src/project/pooling.rs", "of", "one list of what decides about a pool, in the order in which it is asked"),
    (
        "src/rules/empty_catch.rs",
        "module",
        "the triggers take a line each, and the words of each kind stand beside its condition",
    ),
    ("src/rules/client_per_request.rs", "module", "the words of each kind stand beside its condition"),
    ("src/rules/missing_pool_config.rs", "module", "the words of each kind stand beside its condition"),
    ("src/rules/missing_pool_config.rs", "pool", "one list of conditions, each with its words"),
    ("src/rules/query_in_loop.rs", "module", "the triggers take a line each"),
    ("src/rules/query_in_loop.rs", "per_element", "one table from effect and turn to kind and words"),
];

/// Which modules of ours each module may import; its own is always allowed, and `lib` with its `scan` may import all.
const LAYERS: &[(&str, &[&str])] = &[
    ("source", &[]),
    ("date", &[]),
    ("fingerprint", &[]),
    ("catalog", &[]),
    ("failure", &[]),
    ("tree", &["source", "failure", "date"]),
    ("skim", &["source"]),
    ("parse", &["source"]),
    ("facts", &["source"]),
    ("extract", &["facts", "parse", "source"]),
    ("cache", &["facts", "source"]),
    ("discover", &["tree", "source", "failure"]),
    ("finding", &["source"]),
    ("config", &["finding", "catalog", "source", "failure", "date"]),
    ("project", &["facts", "skim", "discover", "source", "catalog", "finding", "date"]),
    ("inline", &["facts", "source", "date"]),
    ("page", &["finding"]),
    ("rules", &["project", "facts", "catalog", "finding", "source", "inline", "skim"]),
    ("owners", &[]),
    ("parts", &["config", "discover", "finding", "grade", "owners", "report", "tree"]),
    ("baseline", &["finding", "failure", "fingerprint"]),
    ("delta", &["baseline", "finding", "grade"]),
    ("settle", &["baseline", "finding", "facts", "page", "project", "source", "date", "inline", "fingerprint"]),
    ("grade", &["finding", "page", "project"]),
    ("capacity", &["finding", "page", "project"]),
    ("report", &["baseline", "config", "delta", "grade", "capacity", "finding", "page", "settle", "source"]),
    ("gate", &["config", "delta", "grade", "finding", "report"]),
    ("cli", &["config", "failure", "finding", "date"]),
    ("progress", &[]),
    (
        "command",
        &["baseline", "cli", "config", "failure", "finding", "gate", "page", "progress", "report", "rules", "audit"],
    ),
];

/// Crates that few modules see; a name ending in `*` stands for all that start like it.
const CRATES: &[(&str, &[&str])] = &[
    ("tree_sitter*", &["parse", "extract", "main"]),
    ("oxc_resolver", &["project"]),
    ("sqlparser", &["project"]),
    ("miette", &["report", "failure", "config", "main"]),
    ("rayon", &["lib", "scan"]),
];

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] = &["utils", "util", "helpers", "helper", "common", "misc", "types", "core", "manager"];

const RULE_LINES: usize = 120;
const MODULE_LINES: usize = 300;
const FUNCTION_LINES: usize = 40;

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Violation {
    path: String,
    line: usize,
    /// The item that is at fault, or `module`: what an exception names.
    item: String,
    words: String,
}

fn violation(path: &str, line: usize, item: impl Into<String>, words: impl Into<String>) -> Violation {
    Violation { path: path.to_owned(), line, item: item.into(), words: words.into() }
}

type Check = fn(&str, &str) -> Vec<Violation>;

fn layering(path: &str, text: &str) -> Vec<Violation> {
    let place = module_path(path);
    let top = top_of(path);
    let is_free = matches!(top.as_str(), "lib" | "scan" | "main");
    let row = LAYERS.iter().find(|it| it.0 == top).map(|it| it.1);
    if row.is_none() && !is_free {
        return vec![violation(path, 1, "module", format!("`{top}` has no row in LAYERS"))];
    }
    let mut broken = Vec::new();
    for Reference { line, segments, depth } in references(text) {
        let mut refuse = |words: String| broken.push(violation(path, line, segments.join("::"), words));
        match target(&place, depth, &segments) {
            Target::Ours(module)
                if !is_free && module != top && !row.is_some_and(|it| it.contains(&module.as_str())) =>
            {
                refuse(format!("`{top}` may not import `{module}`"));
            }
            Target::Crate(name) => {
                let fits = |pattern: &str| pattern.strip_suffix('*').map_or(pattern == name, |it| name.starts_with(it));
                let owners = CRATES.iter().find(|it| fits(it.0)).map(|it| it.1);
                if owners.is_some_and(|it| !it.contains(&top.as_str())) {
                    refuse(format!("`{top}` may not see `{name}`"));
                }
            }
            _ => {}
        }
    }
    broken
}

fn sizes(path: &str, text: &str) -> Vec<Violation> {
    let mut broken = Vec::new();
    let is_rule = path.starts_with("src/rules/") && !path.ends_with("/mod.rs");
    let limit = if is_rule { RULE_LINES } else { MODULE_LINES };
    let before_tests = text.lines().position(|it| it.trim() == "#[cfg(test)]");
    let lines = before_tests.unwrap_or_else(|| text.lines().count());
    if lines > limit {
        broken.push(violation(path, 1, "module", format!("{lines} lines, of at most {limit}")));
    }
    for (name, first, last) in functions(text) {
        let lines = last + 1 - first;
        if lines > FUNCTION_LINES {
            broken.push(violation(path, first, name, format!("{lines} lines, of at most {FUNCTION_LINES}")));
        }
    }
    broken
}

fn module_docs(path: &str, text: &str) -> Vec<Violation> {
    let is_said = text.strip_prefix("//! ").is_some_and(|it| it.lines().next().is_some_and(|it| it.len() > 9));
    if is_said { Vec::new() } else { vec![violation(path, 1, "module", "opens without saying what it is for")] }
}

fn item_docs(path: &str, text: &str) -> Vec<Violation> {
    let mut docs = Docs { path, broken: Vec::new() };
    docs.visit_file(&production(text));
    docs.broken
}

fn unwraps(path: &str, text: &str) -> Vec<Violation> {
    let mut unwraps = Unwraps(Vec::new());
    unwraps.visit_file(&production(text));
    let words = "`unwrap` outside tests; `expect` can say why it holds";
    unwraps.0.into_iter().map(|line| violation(path, line, "unwrap", words)).collect()
}

fn names(path: &str, _text: &str) -> Vec<Violation> {
    let stems = path.trim_end_matches(".rs").split('/');
    let empty = stems.filter(|it| EMPTY_NAMES.contains(it));
    empty.map(|it| violation(path, 1, it, "a name that says nothing about what is inside")).collect()
}

fn own_page(path: &str, text: &str) -> Vec<Violation> {
    let Some(id) = rule_id(path) else { return Vec::new() };
    let include = format!("include_str!(\"../../rules/{id}.md\")");
    if text.contains(&include) { Vec::new() } else { vec![violation(path, 1, "RULE", format!("no {include}"))] }
}

/// Kinds that a rule names and its page does not price, or the other way round. `named_elsewhere` are kinds that `settle` names.
fn kinds(path: &str, text: &str, page: &str, named_elsewhere: &BTreeSet<String>) -> Vec<Violation> {
    let kind = |line: &str| Some(line.trim().strip_prefix("[kinds.")?.split_once(']')?.0.trim_matches('"').to_owned());
    let priced: BTreeSet<String> = page.lines().filter_map(kind).collect();
    let (words, named) = words_and_kinds(text);
    let unpriced = named.difference(&priced).map(|it| violation(path, 1, it, "a kind that the page does not price"));
    let unnamed = priced.iter().filter(|it| !words.contains(*it) && !named_elsewhere.contains(*it));
    unpriced.chain(unnamed.map(|it| violation(path, 1, it, "a kind of the page that the rule never names"))).collect()
}

/// Fields of facts that nobody reads.
fn unread_facts(facts: &[(String, String)], readers: &[(String, String)]) -> Vec<Violation> {
    let mut read = Words(BTreeSet::new());
    readers.iter().for_each(|(_, text)| read.visit_file(&production(text)));
    let Words(mut read) = read;
    let mut broken = Vec::new();
    for (path, text) in facts {
        let mut fields = Fields { fields: Vec::new(), read: Words(BTreeSet::new()) };
        fields.visit_file(&production(text));
        // What an accessor beside the fields hands out is as good as read.
        read.append(&mut fields.read.0);
        broken.extend(
            fields.fields.into_iter().map(|(name, line)| violation(path, line, name, "a fact without a reader")),
        );
    }
    broken.retain(|it| !read.contains(&it.item));
    broken
}

// How the source is read.

/// A path as written, with its line and the number of inline modules around it.
struct Reference {
    line: usize,
    segments: Vec<String>,
    depth: usize,
}

enum Target {
    /// A module of ours, or whatever stands in the crate's root.
    Ours(String),
    /// A name that may be another crate's.
    Crate(String),
    /// Something within the file's own module.
    Nearby,
}

/// What a path names, seen from a module.
fn target(place: &[String], depth: usize, segments: &[String]) -> Target {
    let ups = segments.iter().take_while(|it| *it == "super").count();
    match segments[0].as_str() {
        "crate" => segments.get(1).map_or(Target::Nearby, |it| Target::Ours(it.clone())),
        "self" | "Self" => Target::Nearby,
        // `pub(super)` names nothing; `super::x` from a module at the top names the crate's `x`.
        "super" if ups >= place.len() + depth => {
            segments.get(ups).map_or(Target::Nearby, |it| Target::Ours(it.clone()))
        }
        "super" => Target::Nearby,
        name => Target::Crate(name.to_owned()),
    }
}

fn module_path(path: &str) -> Vec<String> {
    let inner = path.trim_start_matches("src/").trim_end_matches(".rs").trim_end_matches("/mod");
    let names = inner.split('/').filter(|it| !matches!(*it, "lib" | "main"));
    names.map(str::to_owned).collect()
}

fn top_of(path: &str) -> String {
    let inner = path.trim_start_matches("src/");
    inner.split('/').next().unwrap_or(inner).trim_end_matches(".rs").to_owned()
}

fn rule_id(path: &str) -> Option<String> {
    let stem = path.strip_prefix("src/rules/")?.strip_suffix(".rs")?;
    (stem != "mod").then(|| stem.replace('_', "-"))
}

/// The file without what is compiled for tests only.
fn production(text: &str) -> syn::File {
    let mut file = syn::parse_file(text).expect("the compiler accepts it");
    drop_tests(&mut file.items);
    file
}

fn drop_tests(items: &mut Vec<syn::Item>) {
    items.retain(|item| {
        let attributes = match item {
            syn::Item::Mod(it) => &it.attrs,
            syn::Item::Fn(it) => &it.attrs,
            syn::Item::Use(it) => &it.attrs,
            syn::Item::Impl(it) => &it.attrs,
            syn::Item::Const(it) => &it.attrs,
            syn::Item::Struct(it) => &it.attrs,
            _ => return true,
        };
        let is_test = |it: &syn::Attribute| match &it.meta {
            syn::Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
            _ => false,
        };
        !attributes.iter().any(is_test)
    });
    for item in items {
        if let syn::Item::Mod(syn::ItemMod { content: Some((_, items)), .. }) = item {
            drop_tests(items);
        }
    }
}

fn references(text: &str) -> Vec<Reference> {
    let mut references = References { found: Vec::new(), depth: 0 };
    references.visit_file(&production(text));
    references.found
}

struct References {
    found: Vec<Reference>,
    depth: usize,
}

impl References {
    fn add(&mut self, line: usize, segments: Vec<String>) {
        self.found.push(Reference { line, segments, depth: self.depth });
    }

    fn add_use(&mut self, tree: &syn::UseTree, before: &[String]) {
        let with = |name: &syn::Ident| [before, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(it) => self.add_use(&it.tree, &with(&it.ident)),
            syn::UseTree::Name(it) => self.add(it.ident.span().start().line, with(&it.ident)),
            syn::UseTree::Rename(it) => self.add(it.ident.span().start().line, with(&it.ident)),
            syn::UseTree::Glob(it) => self.add(it.span().start().line, [before, &["*".to_owned()]].concat()),
            syn::UseTree::Group(it) => it.items.iter().for_each(|it| self.add_use(it, before)),
        }
    }
}

impl<'ast> Visit<'ast> for References {
    fn visit_item_use(&mut self, it: &'ast syn::ItemUse) {
        self.add_use(&it.tree, &[]);
    }

    fn visit_item_extern_crate(&mut self, it: &'ast syn::ItemExternCrate) {
        self.add(it.ident.span().start().line, vec![it.ident.to_string()]);
    }

    fn visit_item_mod(&mut self, it: &'ast syn::ItemMod) {
        self.depth += 1;
        visit::visit_item_mod(self, it);
        self.depth -= 1;
    }

    fn visit_path(&mut self, it: &'ast syn::Path) {
        self.add(it.span().start().line, it.segments.iter().map(|it| it.ident.to_string()).collect());
        visit::visit_path(self, it);
    }

    fn visit_macro(&mut self, it: &'ast syn::Macro) {
        let mut paths = Vec::new();
        collect_paths(it.tokens.clone(), &mut paths);
        paths.into_iter().for_each(|(line, segments)| self.add(line, segments));
        visit::visit_macro(self, it);
    }
}

/// `a::b::c` in a macro's tokens, which syn leaves unread.
fn collect_paths(tokens: TokenStream, paths: &mut Vec<(usize, Vec<String>)>) {
    let mut colons = 0;
    for token in tokens {
        match token {
            TokenTree::Ident(it) => {
                match paths.last_mut() {
                    Some((_, segments)) if colons == 2 => segments.push(it.to_string()),
                    _ => paths.push((it.span().start().line, vec![it.to_string()])),
                }
                colons = 0;
            }
            TokenTree::Punct(it) if it.as_char() == ':' => colons += 1,
            TokenTree::Group(it) => {
                collect_paths(it.stream(), paths);
                colons = 0;
            }
            _ => colons = 0,
        }
    }
}

/// Every function with its first and last line, its attributes and comments above not counted.
fn functions(text: &str) -> Vec<(String, usize, usize)> {
    let mut functions = Functions(Vec::new());
    functions.visit_file(&production(text));
    functions.0
}

struct Functions(Vec<(String, usize, usize)>);

impl Functions {
    fn add(&mut self, signature: &syn::Signature, block: &syn::Block) {
        let (first, last) = (signature.span().start().line, block.span().end().line);
        self.0.push((signature.ident.to_string(), first, last));
    }
}

impl<'ast> Visit<'ast> for Functions {
    fn visit_item_fn(&mut self, it: &'ast syn::ItemFn) {
        self.add(&it.sig, &it.block);
        visit::visit_item_fn(self, it);
    }

    fn visit_impl_item_fn(&mut self, it: &'ast syn::ImplItemFn) {
        self.add(&it.sig, &it.block);
        visit::visit_impl_item_fn(self, it);
    }

    fn visit_trait_item_fn(&mut self, it: &'ast syn::TraitItemFn) {
        if let Some(block) = &it.default {
            self.add(&it.sig, block);
        }
        visit::visit_trait_item_fn(self, it);
    }
}

struct Docs<'a> {
    path: &'a str,
    broken: Vec<Violation>,
}

impl Docs<'_> {
    fn need(&mut self, visibility: Option<&syn::Visibility>, attributes: &[syn::Attribute], name: &syn::Ident) {
        let is_public = visibility.is_none_or(|it| matches!(it, syn::Visibility::Public(_)));
        if is_public && !attributes.iter().any(|it| it.path().is_ident("doc")) {
            let line = name.span().start().line;
            self.broken.push(violation(self.path, line, name.to_string(), "public, and nothing says what it is"));
        }
    }

    fn need_fields(&mut self, fields: &syn::Fields, are_public: bool) {
        for field in fields {
            if let Some(name) = &field.ident {
                self.need((!are_public).then_some(&field.vis), &field.attrs, name);
            }
        }
    }
}

impl<'ast> Visit<'ast> for Docs<'_> {
    fn visit_item(&mut self, item: &'ast syn::Item) {
        match item {
            syn::Item::Fn(it) => self.need(Some(&it.vis), &it.attrs, &it.sig.ident),
            syn::Item::Const(it) => self.need(Some(&it.vis), &it.attrs, &it.ident),
            syn::Item::Static(it) => self.need(Some(&it.vis), &it.attrs, &it.ident),
            syn::Item::Type(it) => self.need(Some(&it.vis), &it.attrs, &it.ident),
            syn::Item::Mod(it) if it.content.is_some() => self.need(Some(&it.vis), &it.attrs, &it.ident),
            syn::Item::Struct(it) => {
                self.need(Some(&it.vis), &it.attrs, &it.ident);
                self.need_fields(&it.fields, false);
            }
            syn::Item::Enum(it) => {
                self.need(Some(&it.vis), &it.attrs, &it.ident);
                if matches!(it.vis, syn::Visibility::Public(_)) {
                    for variant in &it.variants {
                        self.need(None, &variant.attrs, &variant.ident);
                        self.need_fields(&variant.fields, true);
                    }
                }
            }
            syn::Item::Trait(it) => {
                self.need(Some(&it.vis), &it.attrs, &it.ident);
                let is_public = matches!(it.vis, syn::Visibility::Public(_));
                for item in it.items.iter().filter(|_| is_public) {
                    if let syn::TraitItem::Fn(it) = item {
                        self.need(None, &it.attrs, &it.sig.ident);
                    }
                }
            }
            _ => {}
        }
        visit::visit_item(self, item);
    }

    fn visit_impl_item(&mut self, item: &'ast syn::ImplItem) {
        match item {
            syn::ImplItem::Fn(it) => self.need(Some(&it.vis), &it.attrs, &it.sig.ident),
            syn::ImplItem::Const(it) => self.need(Some(&it.vis), &it.attrs, &it.ident),
            _ => {}
        }
    }
}

struct Unwraps(Vec<usize>);

impl<'ast> Visit<'ast> for Unwraps {
    fn visit_expr_method_call(&mut self, it: &'ast syn::ExprMethodCall) {
        if it.method == "unwrap" {
            self.0.push(it.method.span().start().line);
        }
        visit::visit_expr_method_call(self, it);
    }

    fn visit_path(&mut self, it: &'ast syn::Path) {
        if it.segments.last().is_some_and(|it| it.ident == "unwrap") {
            self.0.push(it.span().start().line);
        }
        visit::visit_path(self, it);
    }

    fn visit_macro(&mut self, it: &'ast syn::Macro) {
        let mut paths = Vec::new();
        collect_paths(it.tokens.clone(), &mut paths);
        let unwraps = paths.iter().filter(|it| it.1.last().is_some_and(|it| it == "unwrap"));
        self.0.extend(unwraps.map(|it| it.0));
    }
}

/// The public fields of facts, and what the methods beside them read.
struct Fields {
    fields: Vec<(String, usize)>,
    read: Words,
}

impl<'ast> Visit<'ast> for Fields {
    fn visit_field(&mut self, it: &'ast syn::Field) {
        if let Some(name) = &it.ident {
            self.fields.push((name.to_string(), name.span().start().line));
        }
    }

    fn visit_impl_item_fn(&mut self, it: &'ast syn::ImplItemFn) {
        self.read.visit_block(&it.block);
    }
}

/// Every name that occurs, in macros too.
struct Words(BTreeSet<String>);

impl<'ast> Visit<'ast> for Words {
    fn visit_ident(&mut self, it: &'ast proc_macro2::Ident) {
        self.0.insert(it.to_string());
    }

    fn visit_macro(&mut self, it: &'ast syn::Macro) {
        let mut paths = Vec::new();
        collect_paths(it.tokens.clone(), &mut paths);
        self.0.extend(paths.into_iter().flat_map(|it| it.1));
    }
}

/// Every string in a rule, and those that `found` and `lead` are called with.
fn words_and_kinds(text: &str) -> (BTreeSet<String>, BTreeSet<String>) {
    let mut strings = Strings { words: BTreeSet::new(), kinds: BTreeSet::new() };
    strings.visit_file(&production(text));
    (strings.words, strings.kinds)
}

struct Strings {
    words: BTreeSet<String>,
    kinds: BTreeSet<String>,
}

impl<'ast> Visit<'ast> for Strings {
    fn visit_lit_str(&mut self, it: &'ast syn::LitStr) {
        self.words.insert(it.value());
    }

    fn visit_expr_call(&mut self, it: &'ast syn::ExprCall) {
        if let (syn::Expr::Path(callee), Some(syn::Expr::Lit(first))) = (&*it.func, it.args.first()) {
            let is_verdict = callee.path.segments.last().is_some_and(|it| it.ident == "found" || it.ident == "lead");
            if let (true, syn::Lit::Str(kind)) = (is_verdict, &first.lit) {
                self.kinds.insert(kind.value());
            }
        }
        visit::visit_expr_call(self, it);
    }
}

// The house itself.

/// Every Rust file under a folder of the project, sorted: its path relative to the project, and its text.
fn files(folder: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut open = vec![root.join(folder)];
    let mut files = Vec::new();
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(fs::read_dir(&path).expect("a readable folder").map(|it| it.expect("a readable entry").path()));
        } else if path.extension().is_some_and(|it| it == "rs") {
            let name = path.strip_prefix(root).expect("below the root").to_string_lossy().replace('\\', "/");
            files.push((name, fs::read_to_string(&path).expect("a readable file")));
        }
    }
    files.sort();
    files
}

fn assert_clean(check: &str, mut broken: Vec<Violation>) {
    broken.retain(|it| !EXCEPTIONS.iter().any(|exception| exception.0 == it.path && exception.1 == it.item));
    let lines: Vec<String> =
        broken.iter().map(|it| format!("{}:{}: {}: {}", it.path, it.line, it.item, it.words)).collect();
    assert!(lines.is_empty(), "{check}:\n{}", lines.join("\n"));
}

fn everywhere(check: Check) -> Vec<Violation> {
    files("src").iter().flat_map(|(path, text)| check(path, text)).collect()
}

#[test]
fn modules_import_what_their_row_allows() {
    assert_clean("layering", everywhere(layering));
}

#[test]
fn modules_and_functions_stay_small() {
    assert_clean("sizes", everywhere(sizes));
}

#[test]
fn every_file_says_what_it_is_for() {
    let mut broken = everywhere(module_docs);
    broken.extend(files("tests").iter().flat_map(|(path, text)| module_docs(path, text)));
    assert_clean("module docs", broken);
}

#[test]
fn every_public_item_is_documented() {
    assert_clean("item docs", everywhere(item_docs));
}

#[test]
fn nothing_unwraps_outside_tests() {
    assert_clean("unwraps", everywhere(unwraps));
}

#[test]
fn names_say_what_is_inside() {
    assert_clean("names", everywhere(names));
}

#[test]
fn every_rule_has_its_own_page_and_names_its_kinds() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let settle = fs::read_to_string(root.join("src/settle.rs")).expect("settle is one file");
    let named_elsewhere = words_and_kinds(&settle).1;
    let mut broken = everywhere(own_page);
    for (path, text) in files("src/rules") {
        let Some(id) = rule_id(&path) else { continue };
        let page = fs::read_to_string(root.join(format!("rules/{id}.md"))).unwrap_or_default();
        broken.extend(kinds(&path, &text, &page, &named_elsewhere));
    }
    assert_clean("pairing", broken);
}

#[test]
fn every_fact_has_a_reader() {
    let places = ["src/project/", "src/rules/", "src/settle.rs", "src/inline.rs", "src/scan/"];
    let is_reader = |path: &str| places.iter().any(|it| path.starts_with(it));
    let readers: Vec<_> = files("src").into_iter().filter(|it| is_reader(&it.0)).collect();
    assert_clean("facts", unread_facts(&files("src/facts"), &readers));
}

#[test]
fn exceptions_have_a_reason_and_are_needed() {
    let broken = [everywhere(layering), everywhere(sizes), everywhere(item_docs), everywhere(names)].concat();
    for (path, item, reason) in EXCEPTIONS {
        assert!(reason.len() > 20, "{path}: {item}: say why");
        assert!(broken.iter().any(|it| it.path == *path && it.item == *item), "{path}: {item}: no longer needed");
    }
}

// Planted violations: each check is seen to fail.

#[test]
fn planted_imports_are_seen() {
    let broken = |path: &str, text: &str| layering(path, text).iter().map(|it| it.words.clone()).collect::<Vec<_>>();
    let refused = |module: &str, other: &str| vec![format!("`{module}` may not import `{other}`")];
    let hidden = |module: &str, name: &str| vec![format!("`{module}` may not see `{name}`")];
    assert_eq!(
        broken("src/facts/expr.rs", "use super::BindingId; use crate::source::Span; use serde::Serialize;"),
        [""; 0]
    );
    assert_eq!(broken("src/facts/expr.rs", "use crate::project::Project;"), refused("facts", "project"));
    assert_eq!(broken("src/facts/expr.rs", "use crate::{source::Span, grade as _};"), refused("facts", "grade"));
    assert_eq!(broken("src/facts/expr.rs", "fn f() -> crate::page::Page { g() }"), refused("facts", "page"));
    assert_eq!(broken("src/facts/expr.rs", "fn f() { g(|| vec![1, crate::page::h()]) }"), refused("facts", "page"));
    assert_eq!(broken("src/facts/expr.rs", "use super::super::grade::Grade;"), refused("facts", "grade"));
    assert_eq!(broken("src/gate.rs", "use super::cli::Cli;"), refused("gate", "cli"));
    assert_eq!(broken("src/gate.rs", "mod inner { use super::super::cli::Cli; }"), refused("gate", "cli"));
    assert_eq!(broken("src/gate.rs", "use crate::*;"), refused("gate", "*"));
    assert_eq!(broken("src/gate.rs", "#[cfg(test)] mod tests { use crate::cli::Cli; }"), [""; 0]);
    assert_eq!(broken("src/gate.rs", "pub(crate) struct A; pub(super) struct B;"), [""; 0]);
    assert_eq!(broken("src/rules/x.rs", "use tree_sitter as _;"), hidden("rules", "tree_sitter"));
    assert_eq!(
        broken("src/rules/x.rs", "use ::tree_sitter_typescript::LANGUAGE_TSX;"),
        hidden("rules", "tree_sitter_typescript")
    );
    assert_eq!(broken("src/rules/x.rs", "extern crate sqlparser;"), hidden("rules", "sqlparser"));
    assert_eq!(broken("src/settle.rs", "fn f() { rayon::join(a, b); }"), hidden("settle", "rayon"));
    assert_eq!(broken("src/grade.rs", "fn f() { assert!(miette::miette!(\"a\") == b) }"), hidden("grade", "miette"));
    assert_eq!(broken("src/skim.rs", "use oxc_resolver::Resolver;"), hidden("skim", "oxc_resolver"));
    assert_eq!(broken("src/extract/calls.rs", "use tree_sitter::Node;"), [""; 0]);
    assert_eq!(broken("src/lib.rs", "use rayon::prelude::*; use crate::cli::Cli;"), [""; 0]);
    assert_eq!(broken("src/novel.rs", ""), ["`novel` has no row in LAYERS"]);
}

#[test]
fn planted_sizes_are_seen() {
    let lines = |count| "//\n".repeat(count);
    let items = |path: &str, text: &str| sizes(path, text).into_iter().map(|it| it.item).collect::<Vec<_>>();
    assert_eq!(items("src/gate.rs", &lines(300)), [""; 0]);
    assert_eq!(items("src/gate.rs", &lines(301)), ["module"]);
    assert_eq!(items("src/gate.rs", &format!("{}#[cfg(test)]\nmod tests {{\n{}}}", lines(300), lines(99))), [""; 0]);
    assert_eq!(items("src/rules/x.rs", &lines(121)), ["module"]);
    assert_eq!(items("src/rules/mod.rs", &lines(121)), [""; 0]);
    let function = |count| format!("/// Long.\nfn f(\n) {{\n{}}}\n", lines(count));
    assert_eq!(items("src/gate.rs", &function(37)), [""; 0]);
    assert_eq!(items("src/gate.rs", &function(38)), ["f"]);
    assert_eq!(items("src/gate.rs", &format!("impl A {{ {} }}", function(38))), ["f"]);
    assert_eq!(items("src/gate.rs", &format!("trait A {{ {} }}", function(38))), ["f"]);
    assert_eq!(items("src/gate.rs", &format!("#[cfg(test)]\nmod tests {{ {} }}", function(38))), [""; 0]);
}

#[test]
fn planted_silence_is_seen() {
    assert_eq!(module_docs("src/gate.rs", "//! Report in, exit code out.\n"), []);
    for text in ["", "use a::b;\n", "//!\n", "// Report in, exit code out.\n", "//! gate\n"] {
        assert_eq!(module_docs("src/gate.rs", text).len(), 1, "{text}");
    }
    let items = |text: &str| item_docs("src/gate.rs", text).into_iter().map(|it| it.item).collect::<Vec<_>>();
    assert_eq!(
        items("/// A.\npub struct A { /// B.\n pub b: u8, c: u8 }\nstruct D { e: u8 }\npub(crate) fn f() {}"),
        [""; 0]
    );
    assert_eq!(items("pub struct A { pub b: u8, c: u8 }"), ["A", "b"]);
    assert_eq!(items("/// A.\npub enum A { B, /// C.\n C { d: u8 } }"), ["B", "d"]);
    assert_eq!(items("/// A.\npub trait A { fn b(); }"), ["b"]);
    assert_eq!(items("impl A { pub fn b() {} fn c() {} pub const D: u8 = 1; }"), ["b", "D"]);
    assert_eq!(
        items("pub fn a() {} pub const B: u8 = 1; pub type C = u8; pub mod d; pub mod e {}"),
        ["a", "B", "C", "e"]
    );
}

#[test]
fn planted_unwraps_are_seen() {
    let lines = |text: &str| unwraps("src/gate.rs", text).into_iter().map(|it| it.line).collect::<Vec<_>>();
    assert_eq!(
        lines("fn f() { a.expect(\"b\"); c.unwrap_or(d); }\n#[cfg(test)]\nmod tests { fn f() { a.unwrap(); } }"),
        [0; 0]
    );
    assert_eq!(lines("fn f() {\n a.unwrap();\n b.map(Option::unwrap);\n g!(c, d.unwrap());\n}"), [2, 3, 4]);
}

#[test]
fn planted_names_are_seen() {
    assert_eq!(names("src/project/calls.rs", ""), []);
    assert_eq!(names("src/project/utils.rs", "").len(), 1);
    assert_eq!(names("src/common/mod.rs", "").len(), 1);
}

#[test]
fn planted_mismatches_of_rule_and_page_are_seen() {
    let rule = "const RULE: Rule = Rule { page: include_str!(\"../../rules/empty-catch.md\"), judge };
                fn judge() { Verdict::found(\"bare\", place); let kind = if a { \"odd\" } else { \"bare\" }; }";
    assert_eq!(own_page("src/rules/empty_catch.rs", rule), []);
    assert_eq!(own_page("src/rules/query_in_loop.rs", rule).len(), 1);
    assert_eq!(own_page("src/rules/mod.rs", ""), []);
    let items = |page: &str, elsewhere: &[&str]| {
        let elsewhere = elsewhere.iter().map(|&it| it.to_owned()).collect();
        kinds("src/rules/empty_catch.rs", rule, page, &elsewhere).into_iter().map(|it| it.item).collect::<Vec<_>>()
    };
    assert_eq!(items("[kinds.bare]  # why\n[kinds.odd]\n", &[]), [""; 0]);
    assert_eq!(items("[kinds.odd]\n", &[]), ["bare"]);
    assert_eq!(items("[kinds.bare]\n[kinds.new]\n", &[]), ["new"]);
    assert_eq!(items("[kinds.bare]\n[kinds.new]\n", &["new"]), [""; 0]);
}

#[test]
fn planted_facts_without_readers_are_seen() {
    let own = |path: &str, text: &str| vec![(path.to_owned(), text.to_owned())];
    let facts = own(
        "src/facts/mod.rs",
        "pub struct A { pub read: u8, pub unread: u8, pub handed_out: u8 }
         pub enum B { C { inner: u8 }, D { hidden: u8 } }
         impl A { pub fn get(&self) -> u8 { self.handed_out } }",
    );
    let readers = own(
        "src/rules/x.rs",
        "fn f() { a.read; if let B::C { inner } = b {} }\n// unread\n#[cfg(test)] mod tests { fn f() { a.unread } }",
    );
    let items: Vec<String> = unread_facts(&facts, &readers).into_iter().map(|it| it.item).collect();
    assert_eq!(items, ["unread", "hidden"]);
}
