//! What a running program can get to, asked only around findings: reads what the walk needs and was not read yet.
//!
//! Files are walked first. Only where a finding lies in a file that seems dead, or in a function whose use no parsed file shows,
//! are the other texts read once more and searched for its name.

mod names;
mod texts;

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use rayon::prelude::*;
use rustc_hash::FxHashSet as HashSet;

use self::texts::{stem, unseen};
use super::{Scan, Scanned};
use crate::catalog::Catalog;
use crate::discover::{Class, Discovery};
use crate::finding::Outcome;
use crate::project::modules::Modules;
use crate::project::reach::{Edges, Entries, Layout, Node, Reach, Tails, finder, loaded_by_name};
use crate::project::{File, Project, Target};
use crate::settle::{Judged, Unreachable};
use crate::skim::Triggers;
use crate::source::Place;

/// How often what was found out may lead to more questions.
const ROUNDS: usize = 8;
/// A name that stands in more unparsed files than this is taken for given away.
const FEW: usize = 6;

/// Everything that was discovered and read, for one question: what is dead?
pub(crate) struct Surroundings<'r> {
    pub(crate) found: &'r Discovery,
    pub(crate) modules: &'r Modules,
    pub(crate) scanned: &'r [Scanned],
}

/// One run's answers.
pub(crate) struct Asking<'r> {
    scan: &'r Scan<'r>,
    around: &'r Surroundings<'r>,
    files: &'r [File],
    layout: Layout<'r>,
    edges: Edges,
    reach: Reach,
    /// Platform files and configurations of tools: path and text.
    texts: Vec<(String, String)>,
    /// Texts of files that are not parsed, once they are wanted.
    unparsed: Vec<OnceLock<Arc<str>>>,
}

impl Scan<'_> {
    /// Where imports lead from the entry points: known before anything is judged.
    pub(crate) fn routes<'r>(&'r self, project: &'r Project, around: &'r Surroundings<'r>) -> Asking<'r> {
        Asking::new(self, project, around)
    }

    /// Why production does not get to some places; those that it gets to have no entry.
    pub(crate) fn unreachable(&self, mut asking: Asking<'_>, judged: &[Judged<'_>]) -> Unreachable {
        let places = found_at(judged);
        if places.is_empty() {
            return Unreachable::default();
        }
        let suspects = |asking: &Asking<'_>| -> Vec<Node> {
            let mut nodes: Vec<Node> = places.iter().map(|it| it.file.index()).collect();
            nodes.sort_unstable();
            nodes.dedup();
            nodes.retain(|it| !asking.reach.is_live(*it));
            nodes
        };
        if !suspects(&asking).is_empty() {
            asking.read_prose();
        }
        for _ in 0..ROUNDS {
            let dead = suspects(&asking);
            if dead.is_empty() || !asking.revive(&dead) {
                break;
            }
        }
        let mut reasons = Unreachable::default();
        let mut live = Vec::new();
        for place in places {
            match asking.reach.reason(&asking.layout, place.file.index()) {
                Some(reason) => drop(reasons.insert(place, reason)),
                None => live.push(place),
            }
        }
        reasons.extend(asking.dead_functions(&live));
        reasons
    }
}

/// Where something was found, each place once.
fn found_at(judged: &[Judged<'_>]) -> Vec<Place> {
    let found = judged.iter().flat_map(|it| &it.verdicts).filter(|it| matches!(it.outcome, Outcome::Found { .. }));
    let mut places: Vec<Place> = found.map(|it| it.place).collect();
    places.sort_unstable();
    places.dedup();
    places
}

impl<'r> Asking<'r> {
    fn new(scan: &'r Scan<'r>, project: &'r Project, around: &'r Surroundings<'r>) -> Self {
        let Surroundings { found, modules, scanned } = *around;
        let layout = Layout::new(found, modules);
        let catalog = Catalog::shipped();
        let texts = scan.entry_texts(found, catalog);
        let mut entries = Entries::new(&layout, catalog, &texts);
        entries.open.extend(unseen(&layout, scanned));
        let edges = scan.edges(&layout, scanned, &project.files);
        let reach = Reach::new(&layout, &entries, &edges, scan.options.include_tests);
        let unparsed = (0..layout.count()).map(|_| OnceLock::new()).collect();
        let files = &project.files;
        let mut asking = Self { scan, around, files, layout, edges, reach, texts, unparsed };
        asking.load_folders();
        asking
    }

    /// Adds what pages of prose load: there may be thousands, so they are read only where something seems dead without them.
    fn read_prose(&mut self) {
        let tails = Tails::new(&self.layout);
        let plain = Triggers::new([]);
        let prose = (self.around.found.sources.len()..self.layout.count()).into_par_iter();
        let prose = prose.filter(|it| self.layout.path(*it).ends_with(".mdx"));
        let skim = |node: Node| self.scan.markup(self.layout.path(node), &plain);
        let loaded: Vec<Node> =
            prose.flat_map_iter(|it| Edges::of(&self.layout, it, &skim(it), &tails, |_| None)[0].clone()).collect();
        self.reach.extend(&self.edges, loaded);
        self.load_folders();
    }

    /// The text of a file.
    fn text(&self, node: Node) -> &str {
        if let Some(file) = self.files.get(node).filter(|it| it.facts.is_some()) {
            return &file.text;
        }
        if let Some(text) = self.around.scanned.get(node).and_then(|it| it.text.as_deref()) {
            return text;
        }
        self.unparsed[node].get_or_init(|| self.scan.text_of(self.layout.path(node)).into())
    }

    /// Adds what live files load by names that are put together.
    fn load_folders(&mut self) {
        let mut seen = vec![false; self.layout.count()];
        for _ in 0..ROUNDS {
            let is_program = |it: &Node| self.layout.class(*it) == Class::Production && self.reach.is_live(*it);
            let open: Vec<Node> = (0..seen.len()).filter(|it| !seen[*it] && is_program(it)).collect();
            let loaded = |&node: &Node| {
                let scanned = self.around.scanned.get(node)?;
                let is_blind = scanned.skim.loads.iter().any(|it| &**it == "*");
                let targets = || self.files[node].targets.values();
                let uses_loader = || {
                    targets().any(|it| matches!(it, Target::Package(name) if Catalog::shipped().loads_folders(name)))
                };
                (is_blind || uses_loader()).then(|| loaded_by_name(&self.layout, node, self.text(node), is_blind))
            };
            let more: Vec<Node> =
                open.iter().filter_map(loaded).flatten().filter(|it| !self.reach.is_live(*it)).collect();
            open.iter().for_each(|it| seen[*it] = true);
            if more.is_empty() {
                return;
            }
            self.reach.extend(&self.edges, more);
        }
    }

    /// Counts those of some files and of the files that lead to them as reached which a string of a live file names; false where
    /// there is none.
    fn revive(&mut self, dead: &[Node]) -> bool {
        let mut suspects: BTreeMap<&str, Vec<Node>> = BTreeMap::new();
        for node in self.leading_to(dead) {
            suspects.entry(stem(self.layout.path(node))).or_default().push(node);
        }
        let Some(finder) = finder(suspects.keys().copied()) else { return false };
        let suspects: Vec<Vec<Node>> = suspects.into_values().collect();
        // Prose names many files.
        let is_program = |it: &Node| self.reach.is_live(*it) && !self.layout.path(*it).ends_with(".mdx");
        let live: Vec<Node> = (0..self.layout.count()).filter(is_program).collect();
        let this = &*self;
        let suspects = &suspects;
        let named = |&from: &Node| {
            let text = this.text(from);
            let hits =
                finder.find_iter(text).filter_map(move |it| Some((it, this.path_around(from, text, it.range())?)));
            let nodes = hits.flat_map(|(it, (before, behind))| {
                suspects[it.pattern()].iter().copied().filter(move |node| this.may_be(*node, before, behind))
            });
            nodes.collect::<Vec<_>>()
        };
        let mut revived: Vec<Node> = live.par_iter().flat_map_iter(named).collect();
        revived.sort_unstable();
        revived.dedup();
        let is_any = !revived.is_empty();
        self.reach.extend(&self.edges, revived);
        self.load_folders();
        is_any
    }

    /// Some dead files and all that import them, tests and scripts left out.
    fn leading_to(&self, dead: &[Node]) -> Vec<Node> {
        let mut found: Vec<Node> = Vec::new();
        let mut open = dead.to_vec();
        let mut seen: HashSet<Node> = open.iter().copied().collect();
        while let Some(node) = open.pop() {
            found.push(node);
            let loaders = self.reach.loaders(node).iter().copied();
            open.extend(loaders.filter(|it| self.layout.class(*it) == Class::Production && seen.insert(*it)));
        }
        found
    }
}
