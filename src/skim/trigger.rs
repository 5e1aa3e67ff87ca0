//! The words that skim looks for: those of imports and exports, and the triggers handed in from outside. All of them are
//! found in one pass by one automaton.

use aho_corasick::packed;
use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind, Span};
use regex::bytes::{Regex, RegexBuilder};

use super::{Skim, base, export, fill, import};

/// A shape that a rule cares about, narrow enough to be worth a parse.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Trigger {
    /// Text that always begins the shape. One that begins with a letter matches at the start of a word only; behind a `*` it may
    /// be the end of one: `*Limit(` stands in `mapLimit(`.
    pub anchor: &'static str,
    /// A regular expression on bytes that must match right behind the anchor; `None` where the anchor alone decides. ASCII
    /// classes; `.` does not match a line end. It sees nothing before the anchor's end.
    pub then: Option<&'static str>,
}

/// Which triggers occur, by their position in the list handed to [`Triggers::new`].
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct TriggerSet(u128);

impl TriggerSet {
    /// How many triggers there may be.
    pub const CAPACITY: usize = 128;

    /// Whether the trigger at this position of the list occurs.
    #[must_use]
    pub fn contains(self, index: usize) -> bool {
        index < Self::CAPACITY && self.0 >> index & 1 == 1
    }

    /// Whether none occurs.
    #[must_use]
    pub fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// The positions of those that occur, ascending.
    pub fn iter(self) -> impl Iterator<Item = usize> {
        (0..Self::CAPACITY).filter(move |&index| self.contains(index))
    }

    pub(super) fn insert(&mut self, index: usize) {
        self.0 |= 1 << index;
    }
}

/// Every trigger, ready to be searched for in any number of files.
#[derive(Debug)]
pub struct Triggers {
    finder: Finder,
    /// What to look at where a key is found, by key.
    watched: Vec<Vec<Watched>>,
    then: Vec<Option<Regex>>,
    /// So many of the first decide: once one of them is found, the others are not looked for.
    n_deciding: usize,
}

impl Triggers {
    /// Compiles the anchors, together with those of imports and exports, into one automaton.
    ///
    /// # Panics
    ///
    /// If there are more than [`TriggerSet::CAPACITY`], an anchor is empty, or an expression is malformed: triggers are
    /// written in the program, so any of these is a mistake in the program.
    #[must_use]
    pub fn new(triggers: impl IntoIterator<Item = Trigger>) -> Self {
        let triggers: Vec<Trigger> = triggers.into_iter().collect();
        assert!(triggers.len() <= TriggerSet::CAPACITY, "too many triggers");
        assert!(triggers.iter().all(|trigger| !trigger.anchor.is_empty()), "a trigger needs an anchor");
        let modules = import::WORDS
            .iter()
            .chain(export::WORDS)
            .chain(base::WORDS)
            .chain(fill::WORDS)
            .map(|word| (word.anchor, Anchor::Module(word)));
        let plain = |it: &Trigger| it.anchor.strip_prefix('*').unwrap_or(it.anchor);
        let ends_words = |it: Anchor| matches!(it, Anchor::Trigger(index) if triggers[index].anchor.starts_with('*'));
        let handed_in = triggers.iter().enumerate().map(|(index, it)| (plain(it), Anchor::Trigger(index)));
        let anchors: Vec<(&'static str, Anchor)> = modules.chain(handed_in).collect();
        let keys = keys(&anchors);
        let mut watched: Vec<Vec<Watched>> = keys.iter().map(|_| Vec::new()).collect();
        for (text, anchor) in anchors {
            let (key, offset) = (keys.iter().enumerate())
                .find_map(|(index, key)| Some((index, text.find(key)?)))
                .expect("each anchor holds a key");
            watched[key].push(Watched { anchor, text, offset, ends_words: ends_words(anchor) });
        }
        let then = triggers.iter().map(|trigger| trigger.then.map(compile)).collect();
        Self { finder: Finder::new(&keys), watched, then, n_deciding: 0 }
    }

    /// The same triggers, of which a text that holds one of the first `n_deciding` need not be searched for any other.
    #[must_use]
    pub fn deciding(self, n_deciding: usize) -> Self {
        Self { n_deciding, ..self }
    }

    /// Whether what was found makes it pointless to look for other triggers.
    pub(super) fn is_decided(&self, found: TriggerSet) -> bool {
        let others = (TriggerSet::CAPACITY - self.n_deciding) as u32;
        found.0 & u128::MAX.checked_shr(others).unwrap_or(0) != 0
    }

    /// The next key at or behind `from`, with its start.
    pub(super) fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        self.finder.find(text, from)
    }

    pub(super) fn watched(&self, key: usize) -> &[Watched] {
        &self.watched[key]
    }

    /// Whether the text behind a trigger's anchor is as the trigger wants it.
    pub(super) fn follows(&self, index: usize, rest: &[u8]) -> bool {
        self.then[index].as_ref().is_none_or(|then| then.is_match(rest))
    }
}

/// A word behind which a module may be asked for or offered, and what reads the text there.
pub(super) struct Word {
    pub(super) anchor: &'static str,
    /// Adds what it finds and returns how far it has read. Handed the text, and where the anchor starts and ends.
    pub(super) read: fn(&[u8], usize, usize, &mut Skim) -> usize,
}

impl Word {
    /// Reads behind one occurrence; returns how far, at least `end`.
    pub(super) fn read(&self, text: &[u8], start: usize, end: usize, found: &mut Skim) -> usize {
        (self.read)(text, start, end, found).max(end)
    }
}

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Word").field(&self.anchor).finish()
    }
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Anchor {
    Trigger(usize),
    Module(&'static Word),
}

/// An anchor that is looked for by a part of it, its key.
#[derive(Debug)]
pub(super) struct Watched {
    pub(super) anchor: Anchor,
    text: &'static str,
    /// Where the key stands in the anchor.
    offset: usize,
    /// Whether it may stand within a word.
    ends_words: bool,
}

impl Watched {
    /// Start and end of the anchor, if it is what stands around a key found at `key_start`.
    pub(super) fn place(&self, text: &[u8], key_start: usize) -> Option<(usize, usize)> {
        let start = key_start.checked_sub(self.offset)?;
        if !text[start..].starts_with(self.text.as_bytes()) {
            return None;
        }
        // Bytes outside of ASCII count as a boundary: a byte order mark or an odd space may stand there.
        let continues_word =
            !self.ends_words && is_word(self.text.as_bytes()[0]) && start > 0 && is_word(text[start - 1]);
        (!continues_word).then_some((start, start + self.text.len()))
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'$')
}

/// The anchors that hold no other anchor, each once. Whatever holds one of these is found with it, so that one pass that
/// reports no overlaps at the same place is enough.
fn keys(anchors: &[(&'static str, Anchor)]) -> Vec<&'static str> {
    let mut all: Vec<&'static str> = anchors.iter().map(|(text, _)| *text).collect();
    all.sort_unstable();
    all.dedup();
    let holds_another = |text: &str| all.iter().any(|other| *other != text && text.contains(other));
    all.iter().copied().filter(|text| !holds_another(text)).collect()
}

fn compile(then: &str) -> Regex {
    RegexBuilder::new(&format!(r"\A(?:{then})")).unicode(false).build().expect("triggers hold well-formed expressions")
}

/// Finds the keys.
#[derive(Debug)]
enum Finder {
    /// Vector instructions: several times faster, for a limited number of keys on some machines.
    Packed(packed::Searcher),
    Automaton(AhoCorasick),
}

impl Finder {
    fn new(keys: &[&str]) -> Self {
        match packed::Searcher::new(keys) {
            Some(searcher) => Self::Packed(searcher),
            None => Self::Automaton(
                AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostFirst)
                    .kind(Some(AhoCorasickKind::DFA))
                    .build(keys)
                    .expect("a few short keys make a small automaton"),
            ),
        }
    }

    fn find(&self, text: &[u8], from: usize) -> Option<(usize, usize)> {
        let span = Span { start: from, end: text.len() };
        let found = match self {
            Self::Packed(searcher) => searcher.find_in(text, span),
            Self::Automaton(automaton) => automaton.find(aho_corasick::Input::new(text).span(span)),
        }?;
        Some((found.pattern().as_usize(), found.start()))
    }
}
