//! What the name of a called function promises, where its code is not known: tables of verbs, nouns and roots.
//!
//! A name is weak evidence. It can make harm likely or unlikely; it proves an effect on nothing.

use super::DeedKind;
pub(super) use super::harm::intent::{
    asks_after_health, enforces, is_predicate, is_side_work, names_a_check, validates,
};

/// Verbs that take down what goes away anyway.
const TEARDOWN: &str = "close dispose unlink rm rmdir rimraf kill quit disconnect abort stop destroy end release cleanup clean \
    teardown terminate shutdown cancel detach unsubscribe unregister unmount unref off free flush dismiss \
    hide deregister revokeObjectURL removeEventListener removeListener removeAllListeners removeChild";

/// Devices, media and windows, which may refuse at any time.
const DEVICE: &str = "play pause resume suspend vibrate share writeText readText showPicker showSaveFilePicker \
    showOpenFilePicker requestFullscreen exitFullscreen focus blur scrollIntoView scrollTo setPointerCapture \
    releasePointerCapture animate prefetch preload getUserMedia requestPermission getComputedStyle \
    addEventListener matchMedia querySelector querySelectorAll closest setSelectionRange setRangeText execCommand \
    copyToClipboard decodeAudioData connect createAnalyser getContext click requestPictureInPicture exitPictureInPicture \
    createImageBitmap setFocus setPosition setSize";

/// Who only tells others what happens.
const TELLERS: &str = "logger log console sentry analytics posthog mixpanel gtag telemetry metrics tracer span statsd amplitude \
    plausible toast tracker track debug axiom datadog newrelic";

/// Names that only tell others what happens.
const TELLING: &str = "capture captureException captureMessage track trackEvent sendBeacon addBreadcrumb logEvent identify \
    setAttribute inc observe";

/// Verbs that only find out.
const PROBING: &str = "parse decode deserialize json text blob is has can supports matches detect tryparse safeparse unescape \
    resolve ping head formdata arraybuffer";

/// Verbs that change something elsewhere.
const CHANGING: &str = "save persist insert update create upsert send publish enqueue dispatch migrate refund revoke submit \
    upload delete store sync put post patch add remove write append register login logout sign invite grant \
    consume increment decrement record approve complete schedule notify import assign mark apply transfer \
    subscribe unlock reset forgot export";

/// Verbs that let through or stop.
const STOPPING: &str = "authenticate authorize verify assert enforce charge pay";

/// What must not go wrong silently, whoever handles it.
const GRAVE: &str =
    "payment invoice billing quota permission permissions auth authorization credits subscription charge";

/// Verbs that read, whatever they read.
const READING: &str = "get fetch read load find list query lookup use on to format render build parse decode select count \
    search retrieve";

/// Methods of values that reach nothing outside.
const PLAIN: &str = "clone then catch finally push pop map forEach filter reduce some every find findIndex includes indexOf \
    startsWith endsWith split join trim slice splice replace replaceAll toString toISOString toLowerCase \
    toUpperCase keys values entries concat sort reverse flat flatMap match matchAll test exec substring \
    padStart charAt charCodeAt codePointAt padEnd repeat normalize toSorted getTime toFixed bind at fill has \
    call localeCompare toLocaleString toLocaleDateString toLocaleTimeString unshift shift getItem reject";

/// Containers' methods, plain unless somebody waits for them.
const CONTAINER: &str = "get set add delete clear remove navigate setState preventDefault stopPropagation emit";

/// Sound and movement, which a browser may refuse.
const EFFECTS: &str = "sound sounds audio haptic haptics vibration confetti animation clipboard";

/// Members of the language or the platform, and why their failure harms nothing.
const GLOBALS: &[(&str, &str)] = &[
    (
        "it only finds out",
        "JSON URL atob btoa decodeURIComponent decodeURI encodeURIComponent BigInt RegExp TextDecoder structuredClone require",
    ),
    (FORBIDDEN, "localStorage sessionStorage caches indexedDB cookieStore"),
    (
        "the platform may not have it",
        "document navigator performance screen CSS getComputedStyle matchMedia Intl history Notification Audio process \
        AudioContext getSelection location scrollTo",
    ),
    (TOLD, "console gtag"),
    // An extension's parts speak to each other, and keep what they show.
    (UNHEARD, "chrome browser"),
];

/// Members of the language that work on values alone.
const PLAIN_GLOBALS: &str = "Math Date Object Array Number String Promise Symbol Boolean Error setTimeout clearTimeout \
    setInterval clearInterval parseInt parseFloat isNaN Buffer AbortController AbortSignal Headers URLSearchParams \
    FormData Blob Reflect requestAnimationFrame queueMicrotask Map Set crypto Uint8Array";

const TOLD: &str = "telling others must not fail the work itself";
const REFUSED: &str = "the browser or the user may refuse";
const UNHEARD: &str = "other parts of the browser may be gone, or not listen";
pub(super) const FORBIDDEN: &str = "storage may be full or forbidden";
const COPIED: &str = "it tidies up or keeps a copy, and the next time does so again";
const AGAIN: &str = "the page asks again by itself";
const WAITED: &str = "it only waits";

/// What a name promises; `object` is what it is called on, `waits` whether somebody waits for it.
pub(super) fn promise(name: &str, object: Option<&str>, waits: bool) -> DeedKind {
    let words = words(name);
    let first = words.first().map_or("", String::as_str);
    let is_grave = words.iter().any(|it| among(GRAVE, it));
    // `cancelRun` asks somebody to stop working, which is not the same as putting away one's own.
    let asks = waits && among("cancel end stop abort terminate", first) && words.len() > 1;
    if let Some(why) = side_matter(name, object, waits) {
        return DeedKind::Harmless(why);
    }
    if among(TEARDOWN, name) || (among(TEARDOWN, first) && !is_grave && !asks) {
        return DeedKind::Harmless("it takes down what goes away anyway");
    }
    // `mutate` of a cache takes what it is given and asks anew; one that sends is `mutateAsync`.
    let asks_anew = first == "mutate" && object.is_none() && words.get(1).is_none_or(|it| it != "async");
    if asks_anew
        || among("refetch prefetch invalidate revalidate", first)
        || among("fetchNextPage fetchPreviousPage", name)
    {
        return DeedKind::Harmless("the cache keeps the error of its own requests");
    }
    // A reducer's `dispatch`, which waits for nobody.
    let reduces = name == "dispatch" && object.is_none();
    if among(PLAIN, name) || reduces || (among(CONTAINER, name) && !waits) || is_setter(name, object) {
        return DeedKind::Plain;
    }
    // `buffer.readUInt32BE(4)`
    if ["readUInt", "readInt", "readBig", "readFloat", "readDouble"].iter().any(|it| name.starts_with(it)) && !waits {
        return DeedKind::Plain;
    }
    if among(STOPPING, first) || (waits && is_grave && !among(READING, first)) || (waits && among(CHANGING, first)) {
        return DeedKind::Risky;
    }
    if words.iter().any(|it| among(EFFECTS, it)) {
        return DeedKind::Harmless(REFUSED);
    }
    if among(PROBING, first) || among(PROBING, &name.to_lowercase()) {
        return DeedKind::Harmless("it only finds out");
    }
    DeedKind::Unknown
}

/// Why a call matters to nobody but the one who looks on, by its name or by what it is called on.
fn side_matter(name: &str, object: Option<&str>, waits: bool) -> Option<&'static str> {
    let root = object.map_or("", |it| it.rsplit('.').next().unwrap_or(it)).trim_start_matches('_').to_lowercase();
    if among(TELLING, name) || is_teller(&root, name) {
        return Some(TOLD);
    }
    if root == "controller" && among("enqueue error", name) {
        return Some("the stream may be closed already");
    }
    if is_tidying(name) || is_kept_copy(&root, name) {
        return Some(COPIED);
    }
    // `getStorage().setItem(…)`, for which nobody waits: the browser's.
    if !waits && among("setItem removeItem", name) {
        return Some(FORBIDDEN);
    }
    // What is fetched for a page beforehand, with the helpers of `@trpc`: the page asks again by itself.
    if name == "fetch" && object.is_some_and(|it| it.starts_with("ssg.") || it.starts_with("ssg?.")) {
        return Some(AGAIN);
    }
    // The pointer on a page that a program drives, among others.
    if among("datatransfer mouse keyboard touchscreen", &root) || !waits && root.starts_with('$') {
        return Some(REFUSED);
    }
    let words = words(name);
    // `auth.refresh()` asks anew for what is shown; a token that is renewed is another matter, and one's own function may be the
    // first to ask.
    let renews = || words.iter().any(|it| among("token tokens session credentials", it) || among(GRAVE, it));
    if words.first().is_some_and(|it| it == "refresh") && object.is_some() && !renews() {
        return Some("what was shown before stays");
    }
    if words.first().is_some_and(|it| it == "wait") {
        return Some(WAITED);
    }
    if object.is_none() && is_log(&words) {
        return Some(TOLD);
    }
    among(DEVICE, name).then_some(REFUSED)
}

/// Whether a function is named for a log: `log`, `logAtLevel`. Nobody logs in to one.
fn is_log(words: &[String]) -> bool {
    words.first().is_some_and(|it| it == "log") && words.get(1).is_none_or(|it| !among("in out on off", it))
}

/// Whether what something is called on tells others what happens: `logger.info(…)`, `eventLog.error(…)`.
fn is_teller(root: &str, name: &str) -> bool {
    let is_log = || root.ends_with("log") && among("error warn info debug trace", name);
    among(TELLERS, root) || root.ends_with("logger") || is_log()
}

/// Whether something is written to what is named for a cache: `orderCache.bust(id)`.
fn is_kept_copy(root: &str, name: &str) -> bool {
    const WRITING: &str =
        "set put clear delete remove invalidate bust evict refresh purge reset increment decrement update";
    root.ends_with("cache") && words(name).first().is_some_and(|it| among(WRITING, it))
}

/// Whether a name says that it takes away what nobody needs any more, or keeps a copy: `deleteExpiredCodes`, `writeCachedList`.
pub(super) fn is_tidying(name: &str) -> bool {
    let words = words(name);
    let has = |list| words.iter().any(|it| among(list, it));
    let first = |list| words.first().is_some_and(|it| among(list, it));
    first("delete remove purge prune clear clean sweep")
        && has("expired stale orphan orphaned orphans temp temporary tmp")
        || first("write set put seed warm bust save remove delete clear update persist store invalidate evict")
            && has("cache cached")
        || first("on") && words.get(1).is_some_and(|it| among("cleanup teardown", it))
}

/// Whether a call tells others what happens: a log, a tracker, a message on the screen.
pub(super) fn tells(name: &str, object: Option<&str>) -> bool {
    side_matter(name, object, true) == Some(TOLD)
}

/// What a member of the language or the platform promises; `None` where it is not one of those.
pub(super) fn global(path: &[Box<str>]) -> Option<DeedKind> {
    let is_window = |it: &str| among("window globalThis self global", it);
    let name = path.iter().map(|it| &**it).find(|it| !is_window(it)).or(path.last().map(|it| &**it))?;
    if among(PLAIN_GLOBALS, name) {
        return Some(DeedKind::Plain);
    }
    GLOBALS.iter().find(|(_, names)| among(names, name)).map(|(why, _)| DeedKind::Harmless(why))
}

/// Whether the reason for which a call harms nothing lies in the browser, so that it holds for whatever calls it.
pub(super) fn is_of_browser(why: &str) -> bool {
    [REFUSED, UNHEARD, FORBIDDEN].contains(&why)
}

/// Whether words of a name, path or address speak of telemetry or caches.
pub(super) fn is_side_matter(name: &str) -> bool {
    const SIDE: &str = "log logs logger logging track tracking telemetry analytics sentry metrics beacon cache caches ping \
        heartbeat visit pixel releases";
    words(name).iter().any(|it| among(SIDE, it))
}

/// Whether an address or the name of one is that of a channel in which people are told what happens: `DISCORD_ALERTS_URL`.
pub(super) fn is_channel(name: &str) -> bool {
    words(name).iter().any(|it| among("discord slack alert alerts", it))
}

/// Whether a name lets through or stops, so that nothing in place of its answer is a refusal.
pub(super) fn is_gate(name: &str) -> bool {
    words(name).first().is_some_and(|it| {
        matches!(it.as_str(), "authenticate" | "authorize" | "verify" | "validate" | "consume" | "limit" | "compare")
    })
}

/// Whether a name is that of a note about a failure: `hasError`, `loadFailed`.
pub(super) fn names_a_failure(name: &str) -> bool {
    words(name)
        .iter()
        .any(|it| among("error errors err errored fail failed failure invalid broken unreachable threw thrown", it))
}

/// The state setter of a hook: `setOpen(…)`.
pub(super) fn is_setter(name: &str, object: Option<&str>) -> bool {
    object.is_none_or(|it| it == "props")
        && name.strip_prefix("set").is_some_and(|it| it.starts_with(|it: char| it.is_ascii_uppercase()))
}

/// Whether a list in one string, separated by spaces, holds a name.
pub(super) fn among(list: &str, name: &str) -> bool {
    list.split_whitespace().any(|it| it == name)
}

/// The words of a name in `camelCase`, `snake_case` or `kebab-case`, in lower case.
pub(super) fn words(name: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut after_lower = false;
    let mut open = false;
    for letter in name.chars() {
        if !letter.is_alphanumeric() {
            (open, after_lower) = (false, false);
            continue;
        }
        if !open || (letter.is_uppercase() && after_lower) {
            found.push(String::new());
        }
        open = true;
        after_lower = letter.is_lowercase() || letter.is_numeric();
        found.last_mut().expect("a word was opened").extend(letter.to_lowercase());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_promise_by_their_words() {
        assert_eq!(words("saveUserID_now"), ["save", "user", "id", "now"]);
        assert_eq!(promise("closeSocket", None, true), DeedKind::Harmless("it takes down what goes away anyway"));
        assert_eq!(promise("cancelSubscription", None, true), DeedKind::Risky);
        assert_eq!(promise("saveDraft", None, true), DeedKind::Risky);
        assert_eq!(promise("saveDraft", None, false), DeedKind::Unknown, "what nobody waits for reaches nothing far");
        assert_eq!(promise("getSubscription", None, true), DeedKind::Unknown);
        assert_eq!(promise("setOpen", None, false), DeedKind::Plain);
    }
}
