//! What the catalog says about one library, in the shape it is written in `rules/catalog/*.toml` and `atlas-audit.toml`.
//!
//! Plain data: names are still strings here, and nothing is looked up. [`super::Catalog`] resolves and serves them.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::constructor::Constructor;
use super::option::{ClientOption, InvalidOption, UrlParam};
use super::server::ServerLimits;
use super::shape::{ExportShape, ReceiverShape};

/// How a fact came to be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Evidence {
    /// Executed against a real server.
    Run,
    /// Read in the source of the version named.
    Src,
    /// Read in that version's type declarations.
    Types,
    /// Read in the project's own documentation.
    Doc,
    /// Believed, not verified.
    Unv,
}

impl Evidence {
    /// Whether a P0 or P1 may rest on it.
    #[must_use]
    pub fn is_verified(self) -> bool {
        self != Self::Unv
    }
}

/// What sort of thing a library is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LibraryKind {
    /// Speaks a database's wire protocol.
    Driver,
    /// Builds queries over a driver.
    QueryBuilder,
    /// Maps rows or documents to objects.
    Orm,
    /// A database reached over HTTP.
    HttpDb,
    /// A key-value store.
    Kv,
    /// A search engine.
    Search,
    /// Sends GraphQL operations.
    Graphql,
    /// Sends HTTP requests.
    HttpClient,
    /// Hands jobs to a queue.
    Queue,
    /// Looks like a database and costs no network round trip: browser storage, embedded files, collections, loaders.
    Local,
}

impl LibraryKind {
    /// Whether what it reads are lists of rows or documents that grow with use.
    #[must_use]
    pub fn holds_lists(self) -> bool {
        matches!(self, Self::Driver | Self::QueryBuilder | Self::Orm | Self::HttpDb)
    }

    /// Whether its reads and writes cost a round trip to a store that all requests share.
    #[must_use]
    pub fn is_store(self) -> bool {
        matches!(self, Self::Driver | Self::QueryBuilder | Self::Orm | Self::HttpDb | Self::Kv | Self::Search)
    }
}

/// What a library's calls travel on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Transport {
    /// Its own sockets to a server.
    Tcp,
    /// HTTP requests.
    Http,
    /// A WebSocket.
    Websocket,
    /// The same process.
    InProcess,
}

/// How long a caller can wait for a pooled connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AcquireTimeout {
    /// No such option exists: for ever, whatever is configured.
    None,
    /// An option exists and is off by default: for ever until it is set.
    Off,
    /// There is a finite default.
    Finite,
    /// That of the driver underneath.
    Inherited,
    /// There is no pool to wait for.
    #[default]
    NotPooled,
}

/// The rows that a server hands out at most when nothing else is said.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RowCap {
    /// Rows per request, where it is rows that are capped.
    pub rows: Option<u64>,
    /// What happens, in words for a message.
    pub text: String,
    /// How this is known.
    pub evidence: Evidence,
}

/// Whether an unheard `error` event ends the process.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ErrorListener {
    /// Whether one is needed.
    pub needed: bool,
    /// The receivers that emit it.
    #[serde(default)]
    pub on: Vec<String>,
    /// How this is known.
    pub evidence: Evidence,
    /// What happens without.
    #[serde(default)]
    pub note: String,
}

/// One library.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Library {
    /// Unique, kebab case.
    pub id: String,
    /// As people call it.
    pub name: String,
    /// What sort of thing it is.
    pub kind: LibraryKind,
    /// What its calls travel on.
    pub transport: Transport,
    /// How facts that state no evidence of their own are known.
    pub evidence: Evidence,
    /// The versions that were looked at.
    #[serde(default)]
    pub versions: Vec<String>,
    /// Specifiers, without registry prefix and version; `x/*` covers the sub-paths of `x`.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Wrappers of it that were not read: they say that it is there and nothing more.
    #[serde(default)]
    pub related_imports: Vec<String>,
    /// Exported names that identify it whatever module they come from.
    #[serde(default)]
    pub any_module: Vec<String>,
    /// Names that it answers to without an import.
    #[serde(default)]
    pub globals: Vec<String>,
    /// Where its documentation is.
    pub docs: String,
    /// Why a local library's calls are no round trips, for a cleared verdict.
    pub local_because: Option<String>,
    /// Rows handed out at most; `None` means all.
    pub row_cap: Option<RowCap>,
    /// Whether an unheard `error` event ends the process.
    pub error_listener: Option<ErrorListener>,
    /// Whether its calls answer `{ data, error }` and throw nothing.
    #[serde(default)]
    pub returns_errors: bool,
    /// How long a caller can wait for a pooled connection.
    #[serde(default)]
    pub acquire_timeout: AcquireTimeout,
    /// The libraries whose pool it may use.
    #[serde(default)]
    pub pool_of: Vec<String>,
    /// How clients are obtained.
    #[serde(default)]
    pub constructors: Vec<Constructor>,
    /// Exported values that are receivers already: `default` of mongoose, `sql` of `@vercel/postgres`.
    #[serde(default)]
    pub exports: Vec<ExportShape>,
    /// The types of its values, by name; `module` holds its exported functions.
    #[serde(default)]
    pub receivers: BTreeMap<String, ReceiverShape>,
    /// Options of its clients.
    #[serde(default)]
    pub options: Vec<ClientOption>,
    /// Options that people pass and that do nothing.
    #[serde(default)]
    pub invalid_options: Vec<InvalidOption>,
    /// Parameters of its connection URL.
    #[serde(default)]
    pub url_params: Vec<UrlParam>,
    /// How to fetch or write a set in one round trip, for help texts.
    #[serde(default)]
    pub batch: Vec<String>,
    /// How to read without holding everything.
    #[serde(default)]
    pub streaming: Vec<String>,
    /// How to read a long list page by page, by keyset first, for help texts.
    #[serde(default)]
    pub paging: Vec<String>,
    /// Shapes that look like a limit and are none.
    #[serde(default)]
    pub not_limits: Vec<String>,
    /// What surprises its users.
    #[serde(default)]
    pub footguns: Vec<String>,
    /// What a hosted server allows, per size.
    #[serde(default)]
    pub server: Option<ServerLimits>,
}
