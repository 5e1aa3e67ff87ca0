//! Which functions no live file uses by name: parsed files by their facts, the others by their words.

use std::sync::OnceLock;

use memchr::memmem;
use rayon::prelude::*;
use rustc_hash::FxHashSet as HashSet;

use super::{Asking, FEW, ROUNDS};
use crate::facts::FileFacts;
use crate::project::reach::{Mentions, Named, Node, Verdicts, finder, words_in};
use crate::source::Place;

impl Asking<'_> {
    /// The text of a file in which names are looked for; a page of prose that imports nothing uses none.
    fn searched_text(&self, node: Node) -> &str {
        let text = self.text(node);
        let is_prose = self.layout.path(node).ends_with(".mdx") && memmem::find(text.as_bytes(), b"import ").is_none();
        if is_prose { "" } else { text }
    }

    /// Why the functions around some places of live files are dead.
    pub(super) fn dead_functions(&self, places: &[Place]) -> Vec<(Place, String)> {
        let live: Vec<Node> = (0..self.layout.count()).filter(|it| self.reach.is_live(*it)).collect();
        let taken: HashSet<Node> = live.iter().flat_map(|it| &self.edges.whole[*it]).copied().collect();
        let is_exposed = |node: Node| self.reach.is_exposed(node) || taken.contains(&node);
        let own = live.iter().filter_map(|&node| {
            let file = self.files.get(node)?;
            Some((node, Named { facts: file.facts.as_ref()?, text: &file.text, is_exposed: is_exposed(node) }))
        });
        let parsed: Vec<OnceLock<Option<FileFacts>>> = (0..self.files.len()).map(|_| OnceLock::new()).collect();
        let mut verdicts = Verdicts::new(own.collect());
        let is_prose = |it: &Node| self.layout.path(*it).ends_with(".mdx");
        let (prose, programs): (Vec<Node>, Vec<Node>) = live.iter().partition(|it| is_prose(it));
        self.look_around(places, &programs, &parsed, &mut verdicts);
        let is_dead = |it: &Place| verdicts.dead_around(it.file.index(), it.span).is_some();
        // There may be thousands of pages, so they are read only where something is dead without them.
        if !prose.is_empty() && places.iter().any(is_dead) {
            let names = verdicts.searched.clone();
            self.search(&prose, &parsed, names, &mut verdicts);
            self.look_around(places, &live, &parsed, &mut verdicts);
        }
        let dead = places.iter().filter_map(|it| Some((*it, verdicts.dead_around(it.file.index(), it.span)?)));
        dead.map(|(place, name)| (place, format!("nothing that runs uses `{name}`"))).collect()
    }

    /// Finds out in rounds how the names around some places are used in some files.
    fn look_around<'p>(
        &'p self,
        places: &[Place],
        nodes: &[Node],
        parsed: &'p [OnceLock<Option<FileFacts>>],
        verdicts: &mut Verdicts<'p>,
    ) {
        for _ in 0..ROUNDS {
            for place in places {
                verdicts.dead_around(place.file.index(), place.span);
            }
            let (wanted, unsearched) = (std::mem::take(&mut verdicts.wanted), std::mem::take(&mut verdicts.unsearched));
            if wanted.is_empty() && unsearched.is_empty() {
                break;
            }
            wanted.iter().for_each(|it| verdicts.mentions.expect(it));
            let in_file = |(&node, file): (&Node, &Named<'_>)| {
                let mut mentions = Mentions::default();
                mentions.add_facts(node, file.facts, file.text, &wanted);
                mentions
            };
            let each: Vec<Mentions> = verdicts.files.par_iter().map(in_file).collect();
            each.into_iter().for_each(|it| verdicts.mentions.add_all(it));
            self.search(nodes, parsed, unsearched, verdicts);
        }
    }

    /// Parses the files that hold one of the names of which it matters how they are used, where few files hold it.
    fn parse_few(&self, hits: &[(Node, Vec<usize>)], holders: &[bool], parsed: &[OnceLock<Option<FileFacts>>]) {
        let mut counts = vec![0; holders.len()];
        hits.iter().flat_map(|it| &it.1).for_each(|at| counts[*at] += 1);
        let few =
            |it: &&(Node, Vec<usize>)| it.0 < parsed.len() && it.1.iter().any(|at| holders[*at] && counts[*at] <= FEW);
        let wanted: Vec<Node> = hits.iter().filter(few).map(|it| it.0).collect();
        wanted.par_iter().for_each(|&node| {
            let parse = || self.scan.parse(&self.around.found.sources[node], &self.around.scanned[node]);
            parsed[node].get_or_init(|| parse().ok().map(|it| it.0.facts()));
        });
    }

    /// Looks for names in those of some files that are not parsed, and parses those few that hold one.
    fn search<'p>(
        &'p self,
        nodes: &[Node],
        parsed: &'p [OnceLock<Option<FileFacts>>],
        names: HashSet<Box<str>>,
        verdicts: &mut Verdicts<'p>,
    ) {
        let mut list: Vec<Box<str>> = names.iter().cloned().collect();
        list.sort_unstable();
        let found = if list.is_empty() { None } else { finder(list.iter().map(|it| &**it)) };
        let Some(finder) = found else { return };
        let open: Vec<Node> = nodes.iter().copied().filter(|it| !verdicts.files.contains_key(it)).collect();
        let hits: Vec<(Node, Vec<usize>)> = open
            .into_par_iter()
            .map(|node| (node, words_in(self.searched_text(node), &finder, list.len())))
            .filter(|it| !it.1.is_empty())
            .collect();
        let holders: Vec<bool> = list.iter().map(|it| verdicts.holders.contains(it)).collect();
        self.parse_few(&hits, &holders, parsed);
        for (_, text) in &self.texts {
            words_in(text, &finder, list.len())
                .into_iter()
                .for_each(|at| verdicts.mentions.add_text(usize::MAX, &list[at]));
        }
        // A file that comes to be known says something about every name so far.
        let known = verdicts.mentions.names();
        for (node, at) in hits {
            match parsed.get(node).and_then(|it| it.get()) {
                Some(Some(facts)) => {
                    let text = self.text(node);
                    let is_exposed = self.reach.is_exposed(node);
                    verdicts.mentions.add_facts(node, facts, text, &known);
                    verdicts.files.insert(node, Named { facts, text, is_exposed });
                }
                _ => at.into_iter().for_each(|at| verdicts.mentions.add_text(node, &list[at])),
            }
        }
        verdicts.searched.extend(names);
    }
}
