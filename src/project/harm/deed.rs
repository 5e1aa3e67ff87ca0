//! A call that may fail: what it does, and how surely something is lost with it.

use std::fmt;

use super::super::callee::{is_gate, names_a_check, promise, validates, words};
use crate::finding::Evidence;
use crate::source::{Place, Span};

/// Why a function that has told of its errors harms nothing.
pub(super) const ITSELF: &str = "it handles or reports its errors itself";

/// One call that may fail.
#[derive(Debug, Clone)]
pub struct Deed {
    /// The called name.
    pub place: Place,
    /// The whole call.
    pub span: Span,
    /// The called name as text, with the root where that tells more: `JSON.parse`.
    pub name: String,
    /// What it is called on, as text.
    pub object: Option<String>,
    /// What it does.
    pub kind: DeedKind,
    /// Whether somebody waits for it, so that it may reach far.
    pub waits: bool,
    /// The calls on the way to it, where it is inside other functions.
    pub hops: Vec<Evidence>,
}

/// What a call does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DeedKind {
    /// Checks access, takes money or counts against a limit, through a package made for it.
    Enforces,
    /// Writes to a store, or by HTTP.
    Writes,
    /// Reads from a store.
    Reads,
    /// Reads from a store, and throws where there is nothing.
    Seeks,
    /// Likely changes or guards something, by its name.
    Risky,
    /// Nothing is known.
    Unknown,
    /// Its failure harms nothing, for that reason.
    Harmless(&'static str),
    /// Works on values alone.
    Plain,
}

impl DeedKind {
    /// Why its failure harms nothing, if it does not.
    #[must_use]
    pub fn harmless(self) -> Option<&'static str> {
        match self {
            Self::Harmless(why) => Some(why),
            Self::Plain => Some("it works on values alone"),
            _ => None,
        }
    }
}

impl fmt::Display for Deed {
    /// The called name, and what it is called on where that is short.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.name)?;
        match self.object.as_deref().filter(|it| it.len() < 40 && !it.contains('\n')) {
            Some(object) => write!(f, " on `{object}`"),
            None => Ok(()),
        }
    }
}

impl Deed {
    /// Whether it is shown, and not only said by a name, that something is lost: a store is written to, access or money is at
    /// stake. What `fetch` sends is known to somebody else, who can be asked again.
    #[must_use]
    pub fn is_certain(&self) -> bool {
        match self.kind {
            // What `fetch` sends is known to somebody else, also from within a function.
            DeedKind::Writes => self.name != "fetch" && !self.hops.iter().any(|it| it.note.starts_with("`fetch` ")),
            DeedKind::Risky => self.is_gate(),
            DeedKind::Unknown | DeedKind::Reads | DeedKind::Seeks => false,
            _ => true,
        }
    }

    /// Whether it is a function of this code base that handles or reports its errors itself.
    #[must_use]
    pub fn tells_itself(&self) -> bool {
        self.kind == DeedKind::Harmless(ITSELF)
    }

    /// Whether it throws where a value is not sound, by its name: `ensureValidId`.
    #[must_use]
    pub fn is_own_validator(&self) -> bool {
        matches!(self.kind, DeedKind::Unknown | DeedKind::Risky | DeedKind::Plain) && validates(&self.name)
    }

    /// Whether what it writes is written further in, and its own name does not say so: `completion(…)` that also counts what was used.
    #[must_use]
    pub fn is_behind_another_name(&self) -> bool {
        self.kind == DeedKind::Writes && !self.hops.is_empty() && promise(&self.name, None, true) != DeedKind::Risky
    }

    /// Whether it makes something readable that was kept secret: what goes on without it goes on without a secret.
    #[must_use]
    pub fn decrypts(&self) -> bool {
        words(&self.name).iter().any(|it| it == "decrypt")
    }

    /// Whether its failing means no, so that an empty answer in its place lets nobody through.
    #[must_use]
    pub fn is_gate(&self) -> bool {
        match self.kind {
            DeedKind::Enforces => true,
            DeedKind::Risky => is_gate(&self.name),
            DeedKind::Reads | DeedKind::Seeks | DeedKind::Unknown => names_a_check(&self.name),
            DeedKind::Writes | DeedKind::Harmless(_) | DeedKind::Plain => false,
        }
    }
}
