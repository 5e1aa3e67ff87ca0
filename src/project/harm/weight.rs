//! Which of the calls that may fail matters most, and which only find out what a value is.
//!
//! The calls are taken as they are known; nothing is looked up.

use super::{Deed, DeedKind};

/// The call that matters most among those that may fail for reasons of their own.
#[must_use]
pub fn weighty(deeds: &[Deed]) -> Option<&Deed> {
    let kinds = [DeedKind::Enforces, DeedKind::Writes, DeedKind::Reads, DeedKind::Seeks, DeedKind::Risky];
    let known = kinds.into_iter().find_map(|kind| deeds.iter().find(|it| it.kind == kind));
    known.or_else(|| deeds.iter().find(|it| it.kind == DeedKind::Unknown && it.waits))
}

/// The call that fails most likely, where none is known to do harm: what is waited for, and not what is only called beside it.
#[must_use]
pub fn likely(deeds: &[Deed]) -> Option<&Deed> {
    let is_weighed = deeds.iter().any(|it| it.waits && it.kind.harmless().is_some());
    let unknown = || deeds.iter().find(|it| it.kind == DeedKind::Unknown && (it.waits || !is_weighed));
    let known = || deeds.iter().find(|it| it.kind != DeedKind::Plain && (it.kind != DeedKind::Unknown || !is_weighed));
    unknown().or_else(known).or(deeds.first())
}

/// Whether a call reads or checks a value that is at hand, so that its failure says what the value is.
#[must_use]
pub fn finds_out(deed: &Deed) -> bool {
    deed.kind == DeedKind::Harmless("it only finds out") || !deed.waits && deed.is_own_validator()
}

/// Whether a call of the platform takes text apart, which fails for the text alone.
#[must_use]
pub fn parses(deed: &Deed) -> bool {
    finds_out(deed) && matches!(deed.name.as_str(), "JSON.parse" | "URL" | "decodeURIComponent" | "atob")
}
