//! What the name of a function says that it is for: to find out, to check, to grant or refuse, to keep a log.
//!
//! A name is weak evidence, as in `callee`.

use super::super::callee::{among, words};

/// Whether the name of a function says that it only finds out: `isReachable`, `fileExists`.
pub(in super::super) fn is_predicate(name: &str) -> bool {
    let words = words(name);
    let checks = words.first().is_some_and(|it| it == "check") && words.iter().any(|it| among("is has can", it));
    checks
        || words.first().is_some_and(|it| among("is has can supports exists", it))
        || words.last().is_some_and(|it| it == "exists")
}

/// Whether the name of a function says that it throws where a value is not sound: `ensureValidId`, `assertIsUrl`.
pub(in super::super) fn validates(name: &str) -> bool {
    let words = words(name);
    words.first().is_some_and(|it| among("ensure assert", it))
        && words.get(1).is_some_and(|it| among("valid is safe well", it))
}

/// Whether the name of a function says that its answer lets through or stops: `verifyToken`, `validateOrigin`.
pub(in super::super) fn names_a_check(name: &str) -> bool {
    words(name).first().is_some_and(|it| among("authenticate authorize verify validate", it))
}

/// Whether a name says that its owner grants or refuses, so that a failure must not let anybody through: `checkQuota`.
pub(in super::super) fn enforces(name: &str) -> bool {
    const ENFORCING: &str = "quota quotas permission permissions authorize authorization access limit limits limiter ratelimit guard \
        entitlement entitlements credits";
    words(name).iter().any(|it| among(ENFORCING, it))
}

/// Whether a name asks whether something is well, so that its failing is the answer: `isHealthy`, `probe`, `ping`.
pub(in super::super) fn asks_after_health(name: &str) -> bool {
    let words = words(name);
    let has = |list| words.iter().any(|it| among(list, it));
    has("healthy probe ping alive liveness readiness ready") || has("health") && has("check")
}

/// Whether the name of a function, class or file says that telemetry or a cache is its whole purpose.
pub(in super::super) fn is_side_work(name: &str) -> bool {
    const SIDE: &str = "logger logging telemetry analytics sentry metrics beacon tracking cache caching";
    let words = words(name);
    words.iter().any(|it| among(SIDE, it))
        || words.first().is_some_and(|it| it == "log" || it == "track" && words.len() > 1)
}
