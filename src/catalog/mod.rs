//! Libraries as data: `rules/catalog/*.toml` as typed tables, and what people ask of them.
//!
//! The questions are: which library is this specifier, what does this constructor make, what is a value of this type, and
//! what does this chain of calls do ([`Walk`]). Facts come from the tables alone: this module knows no library by name, reads
//! no file at run time and imports nothing of ours. A user's own libraries are written with the same keys.

mod build;
mod constructor;
mod entry;
mod framework;
mod library;
mod option;
mod protection;
mod receiver;
mod resolve;
mod server;
mod shape;
mod specifier;
mod walk;

pub use constructor::{Constructor, Creates, Form, LeakUnless, PerRequest};
pub use entry::{Convention, Loader, Tool, fits};
pub use framework::{
    Decorators, DefaultValue, FileConvention, Framework, HandlerAt, Maker, Registration, Runs, Target, Wrapper,
};
pub use library::{AcquireTimeout, ErrorListener, Evidence, Library, LibraryKind, RowCap, Transport};
pub use option::{ClientOption, InvalidOption, OptionValue, Role, Unit, UrlParam};
pub use protection::{Protection, ProtectionKind, Store};
pub use receiver::{Effect, LibraryId, Member, Method, Receiver, ReceiverId};
pub use server::{PortMode, ServerLimits, ServerPort, ServerSize};
pub use shape::{
    EffectKind, Exec, ExportShape, FilterSite, LimitSite, MemberShape, MethodShape, ReceiverShape, Rows, SameTick,
    SqlText, Test,
};
pub use walk::{Chain, Link, Step, TableAt, Walk};

use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use serde::Deserialize;

use resolve::full_name;
use specifier::BySpecifier;

/// The shipped tables, one file per area.
const FILES: &[&str] = &[
    include_str!("../../rules/catalog/sql.toml"),
    include_str!("../../rules/catalog/orm.toml"),
    include_str!("../../rules/catalog/mongo.toml"),
    include_str!("../../rules/catalog/http-db.toml"),
    include_str!("../../rules/catalog/redis.toml"),
    include_str!("../../rules/catalog/document.toml"),
    include_str!("../../rules/catalog/http.toml"),
    include_str!("../../rules/catalog/queue.toml"),
    include_str!("../../rules/catalog/local.toml"),
    include_str!("../../rules/catalog/frameworks.toml"),
    include_str!("../../rules/catalog/protection.toml"),
    include_str!("../../rules/catalog/entries.toml"),
];

static SHIPPED: LazyLock<Catalog> =
    LazyLock::new(|| Catalog::with(Vec::new()).expect("the shipped catalog adds up; a test builds it"));

/// What is wrong with libraries that were added.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the catalog does not add up: {}", problems.join("; "))]
pub struct CatalogError {
    /// One sentence per problem.
    pub problems: Vec<String>,
}

/// The tables of one file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Tables {
    #[serde(default, rename = "library")]
    libraries: Vec<Library>,
    #[serde(default, rename = "framework")]
    frameworks: Vec<Framework>,
    #[serde(default, rename = "protection")]
    protections: Vec<Protection>,
    #[serde(default, rename = "convention")]
    conventions: Vec<Convention>,
    #[serde(default, rename = "tool")]
    tools: Vec<Tool>,
    #[serde(default, rename = "loader")]
    loaders: Vec<Loader>,
}

/// Everything known about libraries, ready for questions.
#[derive(Debug, Default)]
pub struct Catalog {
    libraries: Vec<Library>,
    frameworks: Vec<Framework>,
    protections: Vec<Protection>,
    conventions: Vec<Convention>,
    tools: Vec<Tool>,
    loaders: Vec<Loader>,
    receivers: Vec<Receiver>,
    by_name: HashMap<Box<str>, ReceiverId>,
    library_specifiers: BySpecifier,
    framework_specifiers: BySpecifier,
    protection_specifiers: BySpecifier,
    by_export: HashMap<Box<str>, LibraryId>,
    by_global: HashMap<Box<str>, LibraryId>,
    types: HashMap<Box<str>, Vec<ReceiverId>>,
    statics: HashMap<Box<str>, Vec<ReceiverId>>,
    limiting: HashSet<Box<str>>,
    handler_files: framework::HandlerFiles,
    /// How many of the libraries are shipped; the others are a user's own.
    n_shipped: usize,
    listing: HashSet<Box<str>>,
}

impl Catalog {
    /// The catalog as shipped; built once.
    #[must_use]
    pub fn shipped() -> &'static Self {
        &SHIPPED
    }

    /// The shipped catalog and a user's own libraries, which win where specifiers or names meet.
    ///
    /// # Errors
    ///
    /// When an id is taken or a name refers to nothing.
    pub fn with(extra: Vec<Library>) -> Result<Self, CatalogError> {
        let mut tables = shipped_tables();
        let n_shipped = tables.libraries.len();
        tables.libraries.extend(extra);
        Ok(Self { n_shipped, ..Self::build(tables)? })
    }

    /// Every library, shipped ones first.
    #[must_use]
    pub fn libraries(&self) -> &[Library] {
        &self.libraries
    }

    /// A library.
    #[must_use]
    pub fn library(&self, id: LibraryId) -> &Library {
        &self.libraries[id.0 as usize]
    }

    /// The library that an import specifier names, sub-paths, registries and versions included.
    #[must_use]
    pub fn library_of(&self, specifier: &str) -> Option<&Library> {
        self.find_specifier(specifier).map(|id| self.library(id))
    }

    /// Every framework.
    #[must_use]
    pub fn frameworks(&self) -> &[Framework] {
        &self.frameworks
    }

    /// The frameworks that an import specifier belongs to: `next` is two of them.
    pub fn frameworks_of(&self, specifier: &str) -> impl Iterator<Item = &Framework> {
        self.framework_specifiers.find(specifier).iter().map(|&at| &self.frameworks[at as usize])
    }

    /// Every limiter, retry helper, breaker, cache, tracker and logger.
    #[must_use]
    pub fn protections(&self) -> &[Protection] {
        &self.protections
    }

    /// Those that an import specifier belongs to.
    pub fn protections_of(&self, specifier: &str) -> impl Iterator<Item = &Protection> {
        self.protection_specifiers.find(specifier).iter().map(|&at| &self.protections[at as usize])
    }

    /// The one that needs no import: `console`.
    #[must_use]
    pub fn protection_of_global(&self, name: &str) -> Option<&Protection> {
        self.protections.iter().find(|it| it.globals.iter().any(|global| global == name))
    }

    /// The library that an exported name gives away, whatever module it comes from: `PrismaClient`.
    #[must_use]
    pub fn library_of_export(&self, name: &str) -> Option<&Library> {
        self.by_export.get(name).map(|&id| self.library(id))
    }

    /// Whether a method of this name may state a limit on some receiver.
    #[must_use]
    pub fn may_limit(&self, method: &str) -> bool {
        self.limiting.contains(method)
    }

    /// Whether a method of this name may read a list from some store.
    #[must_use]
    pub fn may_list(&self, method: &str) -> bool {
        self.listing.contains(method)
    }

    /// A receiver.
    #[must_use]
    pub fn receiver(&self, id: ReceiverId) -> &Receiver {
        &self.receivers[id.0 as usize]
    }

    /// The receiver called `library.Name`.
    #[must_use]
    pub fn receiver_named(&self, name: &str) -> Option<ReceiverId> {
        self.by_name.get(name).copied()
    }

    /// The library that a receiver belongs to.
    #[must_use]
    pub fn library_of_receiver(&self, id: ReceiverId) -> &Library {
        self.library(self.receiver(id).library)
    }

    /// What a value of an imported type is, and an instance of a class that extends it: `PoolClient` of `pg`.
    ///
    /// `path` is the export path, with dots for `pg.PoolClient`.
    #[must_use]
    pub fn type_of(&self, specifier: &str, path: &str) -> Option<ReceiverId> {
        self.among(&self.types, specifier, path)
    }

    /// What a class is, as a value, when it extends an imported class: `Model` of `sequelize`.
    #[must_use]
    pub fn statics_of(&self, specifier: &str, path: &str) -> Option<ReceiverId> {
        self.among(&self.statics, specifier, path)
    }

    /// What a value of a type of this name is in each library that has one, for names whose import is not known.
    #[must_use]
    pub fn types_named(&self, name: &str) -> &[ReceiverId] {
        self.types.get(name).map_or(&[], Vec::as_slice)
    }

    /// What a value of a type that needs no import is: `Map`, `Storage`.
    #[must_use]
    pub fn global_type(&self, name: &str) -> Option<ReceiverId> {
        let needs_no_import = |id: &ReceiverId| self.library_of_receiver(*id).imports.is_empty();
        self.types_named(name).iter().copied().find(needs_no_import)
    }

    fn find_specifier(&self, specifier: &str) -> Option<LibraryId> {
        self.library_specifiers.find(specifier).last().map(|&at| LibraryId(at))
    }

    fn find(&self, specifier: &str, path: &str) -> Option<LibraryId> {
        let head = path.split('.').next().unwrap_or_default();
        self.find_specifier(specifier).or_else(|| self.by_export.get(head).copied())
    }

    fn find_global(&self, name: &str) -> Option<LibraryId> {
        self.by_global.get(name).copied()
    }

    fn receiver_in(&self, library: LibraryId, name: &str) -> Option<ReceiverId> {
        self.receiver_named(&full_name(&self.library(library).id, name))
    }

    fn among(&self, table: &HashMap<Box<str>, Vec<ReceiverId>>, specifier: &str, path: &str) -> Option<ReceiverId> {
        let library = self.find(specifier, path)?;
        let of_library = |path: &str| table.get(path)?.iter().copied().find(|id| self.receiver(*id).library == library);
        aliases(path).find_map(of_library)
    }

    /// What an export path is: a value, a function of the library, or both.
    fn export(&self, library: LibraryId, path: &str) -> (Option<ReceiverId>, Option<&Method>) {
        let exports = &self.library(library).exports;
        let value = aliases(path).find_map(|path| exports.iter().find(|it| it.path == path));
        let value = value.and_then(|it| self.receiver_in(library, &it.gives));
        let module = self.receiver_in(library, "module").map(|id| self.receiver(id));
        (value, module.and_then(|it| aliases(path).find_map(|path| it.method(path))))
    }
}

/// The export paths that mean the same: through the default export, a namespace or a whole `require`.
fn aliases(path: &str) -> impl Iterator<Item = &str> {
    let (head, rest) = path.split_once('.').unwrap_or((path, ""));
    let whole = matches!(head, "*" | "default");
    let stripped = (whole && !rest.is_empty()).then_some(rest);
    let default = (path == "*").then_some("default");
    std::iter::once(path).chain(stripped).chain(default)
}

fn shipped_tables() -> Tables {
    let mut all = Tables::default();
    for text in FILES {
        let tables: Tables = toml::from_str(text).expect("the shipped catalog parses; a test reads it");
        all.libraries.extend(tables.libraries);
        all.frameworks.extend(tables.frameworks);
        all.protections.extend(tables.protections);
        all.conventions.extend(tables.conventions);
        all.tools.extend(tables.tools);
        all.loaders.extend(tables.loaders);
    }
    all
}

#[cfg(test)]
mod chains;
#[cfg(test)]
mod questions;
