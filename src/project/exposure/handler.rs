//! Whether a function is a handler, by the shapes that the catalog lists for each framework.

use std::sync::OnceLock;

use globset::{GlobBuilder, GlobMatcher};

use super::super::index::Use;
use super::super::iteration::callee_name;
use super::super::{Project, Value};
use crate::catalog::{Catalog, HandlerAt, Registration, Runs, Target};
use crate::facts::{BindingKind, CallId, ExportSource, ExprId, ExprKind, FileFacts, FunctionId, PropKey, RegionId};
use crate::finding::Evidence;
use crate::source::{FileId, Place, Span};

/// The types of a resolver map whose functions run once per request.
const ROOT_TYPES: &[&str] = &["Query", "Mutation", "Subscription"];

/// A file convention, ready to match paths anywhere in a repository.
struct Convention {
    globs: Vec<GlobMatcher>,
    exports: &'static [String],
    runs: Runs,
    imports: &'static [String],
}

impl Project {
    /// The handler that a place stands in, with when it runs.
    pub(super) fn handler_around(&self, file: FileId, region: RegionId) -> Option<(Runs, Evidence)> {
        let facts = self.facts(file)?;
        let around: Vec<FunctionId> = self.functions_out(facts, region).collect();
        let own = around.iter().find_map(|it| self.registered(file, facts, *it));
        let outer = *around.last()?;
        own.or_else(|| around.iter().find_map(|it| decorated(self.catalog, file, facts, *it)))
            .or_else(|| around.iter().find_map(|it| resolved(file, facts, *it)))
            .or_else(|| self.exported_handler(file, facts, outer))
    }

    /// `app.get("/users", handler)`, `procedure.query(handler)`, `new Worker("mail", handler)`.
    fn registered(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<(Runs, Evidence)> {
        let uses = self.handed_over(file, facts, function);
        uses.into_iter().find_map(|call| {
            let (name, object) = callee_name(facts, call)?;
            let place = Place { file, span: facts.call(call).name_span };
            let runs = match object {
                Some(object) => self.registers(file, facts, call, name, object)?,
                None => self.wraps(file, facts, call, name)?,
            };
            let path = facts.call(call).args.first().and_then(|it| match facts.expr(*it).kind {
                ExprKind::Str(text) => Some(facts.name(text)),
                _ => None,
            });
            let what = path.map_or(String::new(), |it| format!(" of `{it}`"));
            Some((runs, Evidence { place, note: format!("`{name}` registers a handler{what}: {}", when(runs)) }))
        })
    }

    /// The calls that a function is handed to: where it is written, under a key of their options, or by its name.
    fn handed_over(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Vec<CallId> {
        let index = &self.file(file).index;
        if let Some(Use::Argument(call, _)) = index.uses.get(&function) {
            return vec![*call];
        }
        let is_it = |kind: &ExprKind| match *kind {
            ExprKind::Function(id) => id == function,
            ExprKind::Local(binding) => {
                let it = facts.binding(binding);
                it.kind == BindingKind::Function(function)
                    || it.init.is_some_and(|it| facts.expr(it).kind == ExprKind::Function(function))
            }
            _ => false,
        };
        let named = facts.exprs.iter().enumerate().filter(|(_, it)| is_it(&it.kind));
        let calls = named.filter_map(|(at, _)| {
            let expr = ExprId(at as u32);
            let parent = *index.parents.get(&expr)?;
            let (inner, around) = match facts.expr(parent).kind {
                ExprKind::Object(_) | ExprKind::Array(_) => (parent, *index.parents.get(&parent)?),
                _ => (expr, parent),
            };
            match facts.expr(around).kind {
                ExprKind::Call(call) if facts.call(call).args.contains(&inner) => Some(call),
                _ => None,
            }
        });
        calls.collect()
    }

    /// Whether a method call registers what it is given, by a framework of which the object is an app or a router.
    fn registers(&self, file: FileId, facts: &FileFacts, call: CallId, name: &str, object: ExprId) -> Option<Runs> {
        let first = facts.call(call).args.first().map(|it| &facts.expr(*it).kind);
        let text = match first {
            Some(ExprKind::Str(text)) => Some(facts.name(*text)),
            _ => None,
        };
        let root = self.text_of(self.place_of(file, super::super::chain::unroll(facts, object).0));
        let last = self.text_of(self.place_of(file, object));
        let imports = |names: &[String]| self.imports_any(facts, names);
        self.catalog.frameworks().iter().find_map(|framework| {
            let by_chain =
                || framework.chain_roots.iter().any(|it| root.ends_with(it.as_str()) || starts_with(last, it));
            let by_route = |it: &Registration| text.is_some_and(|it| it.starts_with('/')) && it.event.is_none();
            let by_key = |it: &Registration| it.handler == HandlerAt::Key && imports(&framework.imports);
            let by_event = |it: &Registration| {
                let event = it.event.as_deref();
                event.is_some_and(|it| text == Some(it)) && imports(&framework.imports)
            };
            let fits = |it: &&Registration| {
                it.methods.iter().any(|it| it == name)
                    && !it.middleware
                    && (by_chain() || framework.chain_roots.is_empty() && by_route(it) || by_key(it) || by_event(it))
            };
            framework.registers.iter().find(fits).map(|it| it.runs)
        })
    }

    /// Whether a function of a framework takes what it is given as a handler.
    fn wraps(&self, file: FileId, facts: &FileFacts, call: CallId, name: &str) -> Option<Runs> {
        let callee = self.text_of(self.place_of(file, facts.call(call).callee));
        self.catalog.frameworks().iter().find_map(|framework| {
            let known = framework.imports.is_empty() || self.imports_any(facts, &framework.imports);
            let wrapper = framework.wrappers.iter().find(|it| it.paths.iter().any(|it| it == callee || it == name))?;
            known.then_some(wrapper.runs)
        })
    }

    fn imports_any(&self, facts: &FileFacts, specifiers: &[String]) -> bool {
        facts.imports.iter().any(|it| {
            let it = facts.name(it.specifier);
            specifiers.iter().any(|known| match known.strip_suffix("/*") {
                Some(known) => it.strip_prefix(known).is_some_and(|it| it.starts_with('/')),
                None => it == known,
            })
        })
    }

    /// An export that the framework calls: by the file's place, or because of `use server`.
    fn exported_handler(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<(Runs, Evidence)> {
        let span = facts.function(function).span;
        let name = facts.exports.iter().find_map(|it| {
            let holds = match it.source {
                ExportSource::Local(binding) => {
                    let it = facts.binding(binding);
                    it.kind == BindingKind::Function(function)
                        || it.init.is_some_and(|it| facts.expr(it).span.contains(span))
                        || self.value_of_binding(file, binding) == Value::Function(file, function)
                }
                ExportSource::Value(value) => facts.expr(value).span.contains(span),
                ExportSource::Module { .. } => false,
            };
            holds.then(|| facts.name(it.name))
        })?;
        let place =
            Place { file, span: Span::new(span.start, facts.function(function).body_span.start.max(span.start)) };
        let at = |runs: Runs, why: &str| Some((runs, Evidence { place, note: format!("{why}: {}", when(runs)) }));
        if facts.directives.iter().any(|it| facts.name(*it) == "use server") {
            return at(Runs::Request, &format!("`{name}` is a server action"));
        }
        let path = &self.file(file).path;
        let found = conventions().iter().find(|it| {
            it.exports.iter().any(|it| it == name)
                && if it.globs.is_empty() {
                    self.imports_any(facts, it.imports)
                } else {
                    it.globs.iter().any(|it| it.is_match(path))
                }
        })?;
        at(found.runs, &format!("the framework calls `{name}` of this file"))
    }
}

/// `@Get()` on a method, `@Query()` on a resolver's.
fn decorated(catalog: &Catalog, file: FileId, facts: &FileFacts, function: FunctionId) -> Option<(Runs, Evidence)> {
    facts.function(function).decorators.iter().find_map(|it| {
        let ExprKind::Call(call) = facts.expr(*it).kind else { return None };
        let (name, _) = callee_name(facts, call)?;
        let known = catalog
            .frameworks()
            .iter()
            .flat_map(|it| &it.decorators)
            .find(|it| it.on == Target::Method && it.names.iter().any(|it| it == name))?;
        let place = Place { file, span: facts.call(call).span };
        Some((known.runs, Evidence { place, note: format!("`@{name}`: {}", when(known.runs)) }))
    })
}

/// A function in a map of resolvers: `{ Query: { users: () => … } }`.
fn resolved(file: FileId, facts: &FileFacts, function: FunctionId) -> Option<(Runs, Evidence)> {
    let span = facts.function(function).span;
    let holds = |key: PropKey, value: ExprId| match key {
        PropKey::Name(name) if ROOT_TYPES.contains(&facts.name(name)) && facts.expr(value).span.contains(span) => {
            matches!(facts.expr(value).kind, ExprKind::Object(_)).then_some((name, value))
        }
        _ => None,
    };
    let (name, value) = facts.exprs.iter().find_map(|it| match &it.kind {
        ExprKind::Object(props) => props.iter().find_map(|it| holds(it.key, it.value)),
        _ => None,
    })?;
    let ExprKind::Object(fields) = &facts.expr(value).kind else { return None };
    // A function within the field's value, not one that a deeper object holds.
    fields.iter().find(|it| facts.expr(it.value).span.contains(span))?;
    let place = Place { file, span: Span::new(span.start, facts.function(function).body_span.start.max(span.start)) };
    let note = format!("a resolver of `{}`: {}", facts.name(name), when(Runs::Request));
    Some((Runs::Request, Evidence { place, note }))
}

fn conventions() -> &'static [Convention] {
    static ALL: OnceLock<Vec<Convention>> = OnceLock::new();
    ALL.get_or_init(|| {
        let frameworks = Catalog::shipped().frameworks().iter();
        let files = frameworks.flat_map(|it| it.files.iter().map(move |file| (it, file)));
        let all = files.map(|(framework, file)| Convention {
            globs: file.globs.iter().flat_map(|it| matchers(it)).collect(),
            exports: &file.exports,
            runs: file.runs,
            imports: &framework.imports,
        });
        all.collect()
    })
}

/// A glob below a package's folder, wherever that folder is.
fn matchers(glob: &str) -> Vec<GlobMatcher> {
    let below = format!("**/{glob}");
    let build = |it: &str| GlobBuilder::new(it).literal_separator(true).empty_alternates(true).build().ok();
    [glob, below.as_str()].iter().filter_map(|it| build(it)).map(|it| it.compile_matcher()).collect()
}

fn starts_with(chain: &str, ending: &str) -> bool {
    let head = chain.split(['.', '(']).find(|it| it.ends_with(ending));
    head.is_some()
}

/// When something runs, in words.
fn when(runs: Runs) -> &'static str {
    match runs {
        Runs::Request => "runs for each request",
        Runs::Connection => "runs for each connection",
        Runs::Message => "runs for each message",
        Runs::Field => "runs for each parent object",
        Runs::Job => "runs as a job",
        Runs::Render => "runs for each rendering on the server",
        Runs::Build => "runs when the project is built",
        Runs::Start => "runs when the process starts",
        Runs::Browser => "runs in the browser",
    }
}
