//! Where names are used: by the facts of parsed files, and by the words of other texts.
//!
//! A declaration, a type and a comment use nothing. A name in a string does: programs look functions up by name.

use aho_corasick::{AhoCorasick, AhoCorasickKind, MatchKind};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::Node;
use crate::facts::{
    BindingId, BindingKind, Export, ExportSource, Expr, ExprKind, FileFacts, Prop, PropKey, RegionId, Symbol,
};

/// One use of a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Occurrence {
    /// The file.
    pub node: Node,
    /// The innermost region around it; `None` where only the text is known.
    pub region: Option<RegionId>,
    /// Whether it may be given away whole: it is not just there to have a member read from it.
    pub is_whole: bool,
}

/// The uses of some names.
#[derive(Debug, Default)]
pub struct Mentions {
    by_name: HashMap<Box<str>, Vec<Occurrence>>,
}

impl Mentions {
    /// The uses of a name; `None` where it was not looked for.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<&[Occurrence]> {
        self.by_name.get(name).map(Vec::as_slice)
    }

    /// Every name that was looked for.
    #[must_use]
    pub fn names(&self) -> HashSet<Box<str>> {
        self.by_name.keys().cloned().collect()
    }

    /// Notes that a name is looked for.
    pub fn expect(&mut self, name: &str) {
        self.by_name.entry(name.into()).or_default();
    }

    /// Adds what others hold.
    pub fn add_all(&mut self, other: Self) {
        for (name, uses) in other.by_name {
            self.by_name.entry(name).or_default().extend(uses);
        }
    }

    /// Adds a use that only a text shows.
    pub fn add_text(&mut self, node: Node, name: &str) {
        self.by_name.entry(name.into()).or_default().push(Occurrence { node, region: None, is_whole: true });
    }

    /// Adds the uses in one file of the names that are asked for.
    pub fn add_facts(&mut self, node: Node, facts: &FileFacts, text: &str, names: &HashSet<Box<str>>) {
        let symbols = Wanted::new(facts, names);
        if symbols.0.is_empty() {
            return;
        }
        for (name, region, is_whole) in uses(facts, &symbols) {
            self.by_name.entry(name.into()).or_default().push(Occurrence { node, region, is_whole });
        }
        // What could not be parsed may use anything that stands in it.
        for word in facts.errors.iter().flat_map(|it| words(it.of(text))).filter(|it| names.contains(*it)) {
            self.add_text(node, word);
        }
    }
}

/// The interned texts of a file that are, or hold, a name that is asked for.
struct Wanted<'f>(HashMap<Symbol, Vec<&'f str>>);

impl<'f> Wanted<'f> {
    fn new(facts: &'f FileFacts, names: &HashSet<Box<str>>) -> Self {
        let mut found = HashMap::default();
        let sieve = Sieve::new(names);
        let is_asked = |it: &&str| sieve.may_be(it) && names.contains(*it);
        for (index, text) in facts.names.iter().enumerate() {
            // Nearly all are one word, and none that is asked for.
            if is_identifier(text) && !is_asked(&&**text) {
                continue;
            }
            let within: Vec<&str> = words(text).filter(is_asked).collect();
            if !within.is_empty() {
                found.insert(Symbol(index as u32), within);
            }
        }
        Self(found)
    }

    /// The name that a text is as a whole.
    fn whole(&self, facts: &FileFacts, symbol: Symbol) -> Option<&'f str> {
        self.0.get(&symbol)?.iter().copied().find(|it| *it == facts.name(symbol))
    }

    fn within(&self, symbol: Symbol) -> &[&'f str] {
        self.0.get(&symbol).map_or(&[], Vec::as_slice)
    }
}

/// A name, the region around it, and whether it may be given away whole.
type Use<'f> = (&'f str, Option<RegionId>, bool);

fn uses<'f>(facts: &'f FileFacts, wanted: &Wanted<'f>) -> Vec<Use<'f>> {
    let renamed = renamed(facts, wanted);
    let read_from = |it: &Expr| if let ExprKind::Member { object, .. } = it.kind { Some(object) } else { None };
    let mut is_object = vec![false; facts.exprs.len()];
    facts.exprs.iter().filter_map(read_from).for_each(|it| is_object[it.0 as usize] = true);
    let mut found = Vec::new();
    for (at, expr) in facts.exprs.iter().enumerate() {
        let region = Some(expr.region);
        let is_whole = !is_object[at];
        match &expr.kind {
            ExprKind::Local(binding) => {
                let it = facts.binding(*binding);
                let name = renamed.get(binding).copied().or_else(|| wanted.whole(facts, it.name));
                found.extend(name.filter(|_| it.span != expr.span).map(|name| (name, region, is_whole)));
            }
            ExprKind::Global(name) | ExprKind::Member { property: name, .. } => {
                found.extend(wanted.whole(facts, *name).map(|name| (name, region, is_whole)));
            }
            ExprKind::Str(text) | ExprKind::Template { text, .. } => {
                found.extend(wanted.within(*text).iter().map(|name| (*name, region, true)));
            }
            ExprKind::Object(props) => found.extend(taken(facts, wanted, props).map(|name| (name, region, true))),
            ExprKind::Jsx(it) => found.extend(taken(facts, wanted, &it.props).map(|name| (name, region, true))),
            _ => {}
        }
    }
    let handed_on = facts.exports.iter().filter_map(|it| handed_on(facts, wanted, &renamed, it));
    found.extend(handed_on.map(|name| (name, None, true)));
    found
}

/// The names that entries take out of an object; what defines a member of that name does not use it.
fn taken<'f>(facts: &'f FileFacts, wanted: &Wanted<'f>, props: &[Prop]) -> impl Iterator<Item = &'f str> {
    let taken = props.iter().filter(|it| !matches!(facts.expr(it.value).kind, ExprKind::Function(_)));
    let keys = taken.filter_map(|it| if let PropKey::Name(key) = it.key { Some(key) } else { None });
    keys.filter_map(|key| wanted.whole(facts, key))
}

/// The bindings that stand for an imported name that is asked for.
fn renamed<'f>(facts: &'f FileFacts, wanted: &Wanted<'f>) -> HashMap<BindingId, &'f str> {
    let names = facts.imports.iter().flat_map(|it| &it.names);
    names.filter_map(|it| Some((it.binding, wanted.whole(facts, it.imported)?))).collect()
}

/// The name of another module that an export offers under another name, by which nobody can be found who uses it.
fn handed_on<'f>(
    facts: &'f FileFacts,
    wanted: &Wanted<'f>,
    renamed: &HashMap<BindingId, &'f str>,
    export: &Export,
) -> Option<&'f str> {
    let name = match export.source {
        ExportSource::Local(binding) if matches!(facts.binding(binding).kind, BindingKind::Import(..)) => {
            renamed.get(&binding).copied()?
        }
        ExportSource::Module { imported, .. } => wanted.whole(facts, imported)?,
        _ => return None,
    };
    (facts.name(export.name) != name && !export.is_type).then_some(name)
}

/// The words of a text that could be names.
fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_word = |it: char| it.is_alphanumeric() || matches!(it, '_' | '$' | '#');
    text.split(move |it: char| !is_word(it)).filter(|it| !it.is_empty())
}

/// Tells most words that are none of some names by their length and first byte.
struct Sieve([u64; 256]);

impl Sieve {
    fn new(names: &HashSet<Box<str>>) -> Self {
        let mut lengths = [0; 256];
        names.iter().filter(|it| !it.is_empty()).for_each(|it| lengths[usize::from(it.as_bytes()[0])] |= Self::bit(it));
        Self(lengths)
    }

    fn may_be(&self, word: &str) -> bool {
        word.as_bytes().first().is_some_and(|it| self.0[usize::from(*it)] & Self::bit(word) != 0)
    }

    fn bit(word: &str) -> u64 {
        1 << word.len().min(63)
    }
}

/// Whether a text is one word as programs have them, and no more.
fn is_identifier(text: &str) -> bool {
    text.bytes().all(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'$' | b'#'))
}

/// Finds names, the longest that stands at a place: a shorter one there is no whole word.
#[must_use]
pub fn finder<'n>(names: impl IntoIterator<Item = &'n str>) -> Option<AhoCorasick> {
    // A table of all states searches several times faster, and is small for the few hundred names that there are.
    AhoCorasick::builder().match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::DFA)).build(names).ok()
}

/// The names that a text holds as whole words, outside of lines that are comments.
#[must_use]
pub fn words_in(text: &str, finder: &AhoCorasick, count: usize) -> Vec<usize> {
    let bytes = text.as_bytes();
    let is_word =
        |at: Option<&u8>| at.is_some_and(|it| it.is_ascii_alphanumeric() || matches!(it, b'_' | b'$') || *it >= 0x80);
    let mut seen = vec![false; count];
    for hit in finder.find_iter(text) {
        let before = hit.start().checked_sub(1).and_then(|at| bytes.get(at));
        if !is_word(before) && !is_word(bytes.get(hit.end())) && !seen[hit.pattern()] {
            seen[hit.pattern()] = !is_comment_line(text, hit.start());
        }
    }
    (0..count).filter(|at| seen[*at]).collect()
}

/// Whether the line around an offset is nothing but a comment.
#[must_use]
pub fn is_comment_line(text: &str, at: usize) -> bool {
    const FAR: usize = 400;
    let bytes = &text.as_bytes()[at.saturating_sub(FAR)..at];
    let start = match memchr::memrchr(b'\n', bytes) {
        Some(end) => at - bytes.len() + end + 1,
        None if at <= FAR => 0,
        // Nobody writes comments that long on one line.
        None => return false,
    };
    let line = text[start..at].trim_start();
    line.starts_with("//") || line.starts_with("* ") || line.starts_with("/*")
}
