//! Frameworks: how a function becomes a request handler, a job or a resolver in each, as data.
//!
//! Names and shapes only; which function of a project matches is the linker's to say.

use serde::Deserialize;

use std::sync::OnceLock;

use globset::{GlobBuilder, GlobMatcher};

use super::Catalog;
use super::constructor::Form;
use super::library::Evidence;
use super::option::{OptionValue, Unit};

/// An export path and how it is called.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Maker {
    /// The export path: `default`, `Router`, `ThrottlerModule.forRoot`.
    pub path: String,
    /// How it is called.
    pub form: Form,
}

/// When a function runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Runs {
    /// Once per request.
    Request,
    /// Once per connection.
    Connection,
    /// Once per message.
    Message,
    /// Once per parent object: a query here is N+1 without a loop.
    Field,
    /// On a schedule, or once per job.
    Job,
    /// Once per rendering on the server.
    Render,
    /// When the project is built.
    Build,
    /// Once, when the process starts.
    Start,
    /// In the browser.
    Browser,
}

/// Where a registering call takes its handler.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HandlerAt {
    /// Every function among its arguments, arrays of them included; those before the last are middleware.
    #[default]
    Arguments,
    /// The last function among its arguments.
    Last,
    /// The `handler` key of its options, or the last function.
    Key,
    /// The `fetch` key of its options, or the last function.
    Fetch,
}

/// Calls on an app or router that register handlers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Registration {
    /// The methods.
    pub methods: Vec<String>,
    /// Where the handler stands.
    #[serde(default)]
    pub handler: HandlerAt,
    /// When it runs.
    pub runs: Runs,
    /// The event that it listens to, where it does: `connection`; `*` for any other.
    pub event: Option<String>,
    /// Whether it wraps what is registered after it (`use`).
    #[serde(default)]
    pub middleware: bool,
}

/// Functions of the module, or global ones, that take a handler.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wrapper {
    /// Export paths or global names, with dots: `Deno.serve`.
    pub paths: Vec<String>,
    /// Where the handler stands.
    #[serde(default)]
    pub handler: HandlerAt,
    /// When it runs.
    pub runs: Runs,
}

/// Files whose exports are handlers.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileConvention {
    /// Paths below the package's folder, as globs, or below the root where they start with `/`; any file where empty.
    #[serde(default)]
    pub globs: Vec<String>,
    /// The exports.
    pub exports: Vec<String>,
    /// When they run.
    pub runs: Runs,
}

/// What a decorator is put on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Target {
    /// A class.
    Class,
    /// A method.
    Method,
}

/// Decorators that make a class or method a handler.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decorators {
    /// Their names.
    pub names: Vec<String>,
    /// What they are put on.
    pub on: Target,
    /// When the method runs; for a class, what its methods may be.
    pub runs: Runs,
}

/// A named number or switch that holds when nothing is said.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DefaultValue {
    /// The option.
    pub name: String,
    /// Its value; `None` where unset.
    pub value: Option<OptionValue>,
    /// What it counts.
    pub unit: Unit,
}

/// One framework.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Framework {
    /// Unique, kebab case.
    pub id: String,
    /// Specifiers, as in [`super::Library::imports`].
    #[serde(default)]
    pub imports: Vec<String>,
    /// The versions that were looked at.
    #[serde(default)]
    pub versions: Vec<String>,
    /// How its facts are known.
    pub evidence: Evidence,
    /// What makes an app, router or server.
    #[serde(default)]
    pub makes: Vec<Maker>,
    /// Type names of apps, routers and servers.
    #[serde(default)]
    pub types: Vec<String>,
    /// Their calls that register handlers.
    #[serde(default)]
    pub registers: Vec<Registration>,
    /// Their calls that give a router again: `app.route("/x").get(…)`.
    #[serde(default)]
    pub chains: Vec<String>,
    /// Endings of names that start a chain whose last call registers: `procedure` of `publicProcedure.query(…)`.
    #[serde(default)]
    pub chain_roots: Vec<String>,
    /// Functions that take a handler.
    #[serde(default)]
    pub wrappers: Vec<Wrapper>,
    /// Files whose exports are handlers.
    #[serde(default)]
    pub files: Vec<FileConvention>,
    /// Keys of a default-exported object that are handlers: `export default { fetch }`.
    #[serde(default)]
    pub object_keys: Vec<String>,
    /// Directives that make a function, or all exports of a file, handlers: `use server`.
    #[serde(default)]
    pub directives: Vec<String>,
    /// The option that takes a map of resolvers: those under types other than the three roots run per parent object.
    pub resolver_key: Option<String>,
    /// Decorators.
    #[serde(default)]
    pub decorators: Vec<Decorators>,
    /// Methods of classes that run once, when the process starts.
    #[serde(default)]
    pub start_methods: Vec<String>,
    /// The usual names of a handler's parameters.
    #[serde(default)]
    pub params: Vec<Vec<String>>,
    /// Type names of handlers and of their parameters.
    #[serde(default)]
    pub handler_types: Vec<String>,
    /// What its server does when nothing is said.
    #[serde(default)]
    pub defaults: Vec<DefaultValue>,
    /// Whether a client has to be made for each request on its runtime.
    #[serde(default)]
    pub client_per_request: bool,
    /// What a reader should know.
    #[serde(default)]
    pub note: String,
}

/// The globs of file conventions, made when somebody first asks: most runs never do.
#[derive(Debug, Default)]
pub(super) struct HandlerFiles(OnceLock<Vec<(usize, usize, Vec<GlobMatcher>)>>);

impl Catalog {
    /// The conventions that a path falls under, with their frameworks; those for any file included.
    #[must_use]
    pub fn handler_files(&self, path: &str) -> Vec<(&Framework, &FileConvention)> {
        let all = self.handler_files.0.get_or_init(|| {
            let files = self
                .frameworks()
                .iter()
                .enumerate()
                .flat_map(|(at, it)| it.files.iter().enumerate().map(move |it| (at, it)));
            files
                .map(|(framework, (at, it))| (framework, at, it.globs.iter().filter_map(|it| matcher(it)).collect()))
                .collect()
        });
        let fits = |globs: &[GlobMatcher]| globs.is_empty() || globs.iter().any(|it| it.is_match(path));
        let found = all.iter().filter(|it| fits(&it.2));
        found
            .map(|(framework, at, _)| (&self.frameworks()[*framework], &self.frameworks()[*framework].files[*at]))
            .collect()
    }
}

/// A glob that holds in any package's folder, or at the root where it starts with `/`.
fn matcher(glob: &str) -> Option<GlobMatcher> {
    let whole = glob.strip_prefix('/').map_or_else(|| format!("**/{glob}"), str::to_owned);
    let built = GlobBuilder::new(&whole).literal_separator(true).empty_alternates(true).build();
    built.ok().map(|it| it.compile_matcher())
}
