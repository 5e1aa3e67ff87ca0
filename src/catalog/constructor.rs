//! How clients are obtained, and what obtaining one for each request means.
//!
//! Plain data, as written in the catalog.

use serde::Deserialize;

use super::library::{Evidence, Library};
use super::option::OptionValue;
use super::{aliases, specifier};

/// How a constructor is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Form {
    /// `new X(…)`.
    New,
    /// `x(…)`, `X.create(…)`.
    Call,
}

/// What a constructor makes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Creates {
    /// A pool of connections.
    Pool,
    /// A client that holds no pool that its user sizes.
    Client,
    /// One connection.
    Connection,
    /// An object mapper over a pool made elsewhere.
    Orm,
    /// A client that sends HTTP requests.
    HttpClient,
    /// Something thin around a client made elsewhere.
    Wrapper,
    /// An HTTP agent: sockets and their limit.
    Agent,
    /// A store within the process.
    Store,
}

impl Creates {
    /// The word that the catalog has for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Pool => "pool",
            Self::Client => "client",
            Self::Connection => "connection",
            Self::Orm => "orm",
            Self::HttpClient => "http-client",
            Self::Wrapper => "wrapper",
            Self::Agent => "agent",
            Self::Store => "store",
        }
    }
}

/// What it means to construct one for each request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PerRequest {
    /// A new pool each time: the server runs out of connections.
    PoolLeak,
    /// A handshake each time.
    ConnChurn,
    /// A timer that never stops and what it keeps alive, each time, unless [`Constructor::leak_unless`] holds.
    TimerLeak,
    /// Costs next to nothing.
    Cheap,
    /// Has to be so.
    Required,
    /// A repeated call does nothing.
    Noop,
}

/// An option whose value disarms a leak.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeakUnless {
    /// Its path in the configuration.
    pub option: String,
    /// The value that disarms it.
    pub value: OptionValue,
    /// Other options that disarm it, whatever they are set to.
    #[serde(default)]
    pub or_set: Vec<String>,
}

/// One way to obtain a client.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Constructor {
    /// Export paths that name it: `Pool`, `default`, `MongoClient.connect`.
    pub paths: Vec<String>,
    /// How it is written.
    pub form: Form,
    /// The specifiers that export it, where not all of the library's do; `x/*` covers sub-paths.
    #[serde(default)]
    pub from: Vec<String>,
    /// What it makes.
    pub creates: Creates,
    /// The receiver that it gives, by name.
    pub gives: Option<String>,
    /// The argument that holds the options.
    pub config_arg: Option<u8>,
    /// The options are the last argument, wherever that is.
    #[serde(default)]
    pub config_is_last: bool,
    /// Where the driver's own options stand inside the options: `connection`, `extra`.
    pub driver_key: Option<String>,
    /// The argument that may be a connection URL.
    pub url_arg: Option<u8>,
    /// The option that holds the URL.
    pub url_key: Option<String>,
    /// The argument that may be a client or pool made elsewhere.
    pub client_arg: Option<u8>,
    /// The option that holds such a client.
    pub client_key: Option<String>,
    /// What constructing one per request means.
    pub per_request: PerRequest,
    /// What disarms a timer leak.
    pub leak_unless: Option<LeakUnless>,
    /// Methods that take the whole connection for themselves: who calls one needs a client of its own.
    #[serde(default)]
    pub own_when: Vec<String>,
    /// The driver whose pool it opens, as a library id.
    pub driver: Option<String>,
    /// How this is known; the library's evidence where absent.
    pub evidence: Option<Evidence>,
    /// What a reader of the finding should know.
    #[serde(default)]
    pub note: String,
}

impl Library {
    /// The constructor at an export path: `Pool`, `default`, `MongoClient.connect`; `*` is a whole `require`.
    #[must_use]
    pub fn constructor(&self, specifier: &str, path: &str, form: Form) -> Option<&Constructor> {
        let specifier = specifier::normalize(specifier);
        let fits = |made: &&Constructor, path: &str| {
            let listed = || specifier::candidates(&specifier).any(|it| made.from.contains(&it));
            made.form == form && made.paths.iter().any(|it| it == path) && (made.from.is_empty() || listed())
        };
        aliases(path).find_map(|path| self.constructors.iter().find(|made| fits(made, path)))
    }
}
