//! Client options: pool sizes, timeouts, queues, and what their defaults mean.
//!
//! Values are typed; prose stays in `meaning` and is never interpreted.

use serde::Deserialize;

use super::constructor::Constructor;
use super::library::{Evidence, Library};

/// A value as it is written in code or in the catalog.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(untagged)]
pub enum OptionValue {
    /// `true`, `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// Any other number; unlimited is infinite.
    Float(f64),
    /// A string, or a default that no value states: "the driver's own".
    Text(String),
}

impl OptionValue {
    /// The number that it is; infinite for unlimited.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Int(value) => Some(*value as f64),
            Self::Float(value) => Some(*value),
            Self::Bool(_) | Self::Text(_) => None,
        }
    }
}

impl std::fmt::Display for OptionValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Text(value) => write!(f, "{value:?}"),
        }
    }
}

/// What an option decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The most connections or sockets: the pool's size, or requests in flight.
    Size,
    /// Connections kept open while idle.
    Floor,
    /// How long a caller waits for a pooled connection.
    AcquireTimeout,
    /// How long establishing one may take.
    ConnectTimeout,
    /// When an idle connection is closed.
    IdleTimeout,
    /// How long one statement, command or request may take.
    StatementTimeout,
    /// How many callers may wait.
    QueueLimit,
    /// When a connection is replaced for its age or use.
    Lifetime,
    /// Whether sockets are kept for the next request.
    KeepAlive,
    /// How often a failed attempt is repeated.
    Retry,
    /// Where a bound on requests in flight can be put: a `fetch` or an agent of one's own.
    Transport,
    /// Where a pool or adapter made elsewhere is passed.
    Client,
    /// Where the driver's own options are passed.
    DriverOptions,
    /// Whether a timer or session lives on with the client.
    Session,
    /// Anything else.
    Other,
}

impl Role {
    /// Whether its value is a length of time.
    #[must_use]
    pub fn is_time(self) -> bool {
        matches!(self, Self::AcquireTimeout | Self::ConnectTimeout | Self::IdleTimeout | Self::StatementTimeout)
    }
}

/// What an option counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Unit {
    /// Milliseconds.
    Ms,
    /// Seconds.
    S,
    /// Connections.
    Connections,
    /// Sockets, per host or origin.
    Sockets,
    /// Requests, queries or commands.
    Requests,
    /// Checkouts of one connection.
    Uses,
    /// Attempts.
    Attempts,
    /// Keys or items.
    Items,
    /// Bytes.
    Bytes,
    /// Characters.
    Chars,
    /// Yes or no.
    Bool,
    /// An object, function or string: nothing to count.
    Value,
}

impl Unit {
    /// Whether a value of `role` can be counted in it.
    #[must_use]
    pub fn fits(self, role: Role) -> bool {
        match role {
            role if role.is_time() => matches!(self, Self::Ms | Self::S),
            Role::Size | Role::Floor => matches!(self, Self::Connections | Self::Sockets | Self::Requests),
            Role::QueueLimit => matches!(self, Self::Requests | Self::Bool),
            Role::Lifetime => matches!(self, Self::Ms | Self::S | Self::Uses),
            Role::Retry => matches!(self, Self::Attempts | Self::Value),
            Role::KeepAlive => matches!(self, Self::Bool | Self::Ms | Self::S),
            Role::Transport | Role::Client | Role::DriverOptions => self == Self::Value,
            _ => true,
        }
    }
}

/// One option of a client.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClientOption {
    /// Its path in the configuration, with dots: `pool.max`.
    pub name: String,
    /// What it decides; an option may decide two things.
    pub roles: Vec<Role>,
    /// Its value when it is left out; `None` where there is none.
    pub default: Option<OptionValue>,
    /// What it counts.
    pub unit: Unit,
    /// Whether a caller can wait without limit when it is left out.
    #[serde(default)]
    pub waits_forever: bool,
    /// Whether it can be given with a single call as well: `fetch(url, { signal })`.
    #[serde(default)]
    pub per_call: bool,
    /// The constructors that read it, by export path; all where empty.
    #[serde(default)]
    pub of: Vec<String>,
    /// What it does, its other names, and what older versions did.
    #[serde(default)]
    pub meaning: String,
    /// How this is known; the library's evidence where absent.
    pub evidence: Option<Evidence>,
}

/// An option that people pass and that the library does not have.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InvalidOption {
    /// Its path.
    pub name: String,
    /// What happens instead.
    pub note: String,
    /// How this is known.
    pub evidence: Evidence,
}

/// A parameter of the connection URL.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UrlParam {
    /// Its name.
    pub name: String,
    /// What it decides.
    #[serde(default)]
    pub roles: Vec<Role>,
    /// Whether the library acts on it.
    pub honored: bool,
    /// Whether passing it does harm.
    #[serde(default)]
    pub broken: bool,
    /// The major versions that this holds for; all where empty.
    #[serde(default)]
    pub majors: Vec<u32>,
    /// Its value when it is left out.
    pub default: Option<OptionValue>,
    /// What it counts.
    pub unit: Option<Unit>,
    /// Whether a caller can wait without limit when it is left out.
    #[serde(default)]
    pub waits_forever: bool,
    /// What a reader should know.
    #[serde(default)]
    pub note: String,
    /// How this is known.
    pub evidence: Evidence,
}

impl ClientOption {
    /// Whether a constructor reads it.
    #[must_use]
    pub fn is_read_by(&self, made: &Constructor) -> bool {
        self.of.is_empty() || self.of.iter().any(|path| made.paths.contains(path))
    }
}

impl Library {
    /// The options that decide `role`.
    pub fn options_for(&self, role: Role) -> impl Iterator<Item = &ClientOption> {
        self.options.iter().filter(move |option| option.roles.contains(&role))
    }

    /// The option at a path of the configuration.
    #[must_use]
    pub fn option(&self, path: &str) -> Option<&ClientOption> {
        self.options.iter().find(|option| option.name == path)
    }

    /// The option that does not exist and is passed all the same.
    #[must_use]
    pub fn invalid_option(&self, path: &str) -> Option<&InvalidOption> {
        self.invalid_options.iter().find(|option| option.name == path)
    }

    /// A parameter of the connection URL.
    #[must_use]
    pub fn url_param(&self, name: &str) -> Option<&UrlParam> {
        self.url_params.iter().find(|param| param.name == name)
    }

    /// What is known of a fact that states no evidence of its own.
    #[must_use]
    pub fn evidence_of(&self, own: Option<Evidence>) -> Evidence {
        own.unwrap_or(self.evidence)
    }
}
