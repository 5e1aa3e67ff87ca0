//! Libraries whose presence answers other rules: limiters, retries, breakers, caches, error trackers, loggers.
//!
//! Names and defaults; whether one is wired and effective is not decided here.

use serde::Deserialize;

use super::framework::{DefaultValue, Maker};
use super::library::Evidence;

/// What a library protects or does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ProtectionKind {
    /// Refuses or delays requests beyond a rate.
    RateLimiter,
    /// Bounds how many calls run at once; inside a loop it bounds and does not remove N+1.
    ConcurrencyLimiter,
    /// Repeats failed attempts.
    Retry,
    /// Stops calling what keeps failing, or gives up after a time.
    Breaker,
    /// Keeps results.
    Cache,
    /// Reports errors.
    ErrorTracker,
    /// Writes log lines.
    Logger,
}

/// Where a limiter or cache keeps its state when nothing is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Store {
    /// In the process: each instance counts for itself.
    Process,
    /// In a store that instances share.
    Shared,
}

/// One such library.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Protection {
    /// Unique, kebab case.
    pub id: String,
    /// What it does.
    pub kinds: Vec<ProtectionKind>,
    /// Specifiers, as in [`super::Library::imports`].
    #[serde(default)]
    pub imports: Vec<String>,
    /// Packages that export the same and were not read.
    #[serde(default)]
    pub related_imports: Vec<String>,
    /// Names that it answers to without an import.
    #[serde(default)]
    pub globals: Vec<String>,
    /// The versions that were looked at.
    #[serde(default)]
    pub versions: Vec<String>,
    /// How its facts are known.
    pub evidence: Evidence,
    /// What makes a limiter, cache, breaker or logger.
    #[serde(default)]
    pub makes: Vec<Maker>,
    /// Functions of the module that do the work themselves.
    #[serde(default)]
    pub calls: Vec<String>,
    /// Methods of what it makes, or of the module's default, that do the work.
    #[serde(default)]
    pub methods: Vec<String>,
    /// The argument of a making or working call that is the function it guards.
    pub guards_arg: Option<u8>,
    /// Decorators.
    #[serde(default)]
    pub decorators: Vec<String>,
    /// Directives that cache a function.
    #[serde(default)]
    pub directives: Vec<String>,
    /// Options that set the bound: the rate, the number at once, the size.
    #[serde(default)]
    pub bounded_by: Vec<String>,
    /// Whether it is unbounded when none of them is given.
    #[serde(default)]
    pub unbounded: bool,
    /// Where state is kept when nothing is said.
    pub store: Option<Store>,
    /// Its makers that keep state in the process, where others do not.
    #[serde(default)]
    pub process_makers: Vec<String>,
    /// The option that takes a shared store.
    pub store_key: Option<String>,
    /// Options that hold when nothing is said.
    #[serde(default)]
    pub defaults: Vec<DefaultValue>,
    /// What a reader should know.
    #[serde(default)]
    pub note: String,
}
