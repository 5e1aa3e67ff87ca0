//! The walk over imports, from where programs start to all that they load.

use super::entry::{Entries, Entry};
use super::layout::Layout;
use super::{Aim, Node};
use crate::discover::{Class, join, parent};
use crate::skim::{Skim, SkimForm};

/// Below this part of a package's files, in percent, what starts there is not understood.
const UNDERSTOOD: usize = 20;

/// Where imports lead, for each node.
#[derive(Debug, Default)]
pub struct Edges {
    /// What each node loads.
    pub to: Vec<Vec<Node>>,
    /// What each node hands on under other names or all names: those of its edges that are re-exports.
    pub reexported: Vec<Vec<Node>>,
    /// What each node takes whole, so that it may use any part of it.
    pub whole: Vec<Vec<Node>>,
}

/// Which nodes are reached, and by what.
#[derive(Debug, Default)]
pub struct Reach {
    /// The most serious aim that reaches each node.
    aims: Vec<Option<Aim>>,
    /// Nodes whose exports somebody outside of the code base may use.
    exposed: Vec<bool>,
    /// Who loads each node.
    loaders: Vec<Vec<Node>>,
}

impl Edges {
    /// What one file loads, by its skim. `known` gives the node that a specifier means, as far as that was asked before.
    #[must_use]
    pub fn of(
        layout: &Layout<'_>,
        node: Node,
        skim: &Skim,
        tails: &Tails,
        known: impl Fn(&str) -> Option<Node>,
    ) -> [Vec<Node>; 3] {
        let path = layout.path(node);
        let dir = parent(path).unwrap_or_default();
        let is_page = path.ends_with(".html");
        let [mut to, mut reexported, mut whole] = [const { Vec::new() }; 3];
        for import in &skim.imports {
            let only_types = !import.names.is_empty() && import.names.iter().all(|it| it.is_type);
            if only_types || matches!(import.form, SkimForm::Type | SkimForm::Mock) {
                continue;
            }
            let specifier = &*import.specifier;
            let beside = || is_page.then(|| layout.named(dir, specifier)).flatten();
            let direct = known(specifier).or_else(|| layout.imported(path, specifier)).or_else(beside);
            let targets = direct.map_or_else(|| tails.matching(layout, node, specifier), |it| vec![it]);
            let is_whole = import.names.is_empty() && import.form != SkimForm::Static
                || import.names.iter().any(|it| &*it.imported == "*" && &*it.local != "*");
            if import.form == SkimForm::Reexport {
                reexported.extend(&targets);
            }
            if is_whole {
                whole.extend(&targets);
            }
            to.extend(targets);
        }
        for glob in skim.loads.iter().filter(|it| &***it != "*") {
            let matched = loaded(layout, node, dir, glob);
            whole.extend(&matched);
            to.extend(matched);
        }
        [to, reexported, whole]
    }
}

/// The nodes that a glob in a program fits: seen from its folder, from its package, or by what stands behind an alias.
fn loaded(layout: &Layout<'_>, node: Node, dir: &str, glob: &str) -> Vec<Node> {
    if glob.starts_with('.') {
        let full = if super::command::has_ending(glob) { glob.to_owned() } else { format!("{glob}{{,.*,/*}}") };
        return layout.matching(dir, &full);
    }
    let package = layout.package(node).map_or("", |at| &layout.found.packages[at].dir);
    let rest = glob.trim_start_matches(['/', '@', '~', '#', '$']);
    if rest.trim_matches(['*', '/']).is_empty() {
        return Vec::new();
    }
    let rest = rest.split_once('/').filter(|_| !glob.starts_with('/')).map_or(rest, |(_, rest)| rest);
    layout.matching(package, &format!("**/{}{{,.*,/*}}", rest.trim_start_matches('/')))
}

/// Files by the last part of their path, for specifiers that no configuration explains.
#[derive(Debug, Default)]
pub struct Tails(rustc_hash::FxHashMap<Box<str>, Vec<Node>>);

impl Tails {
    /// The tails of every node.
    #[must_use]
    pub fn new(layout: &Layout<'_>) -> Self {
        let mut tails = Self::default();
        for node in 0..layout.count() {
            let stem = stem(layout.path(node));
            let last = stem.rsplit('/').next().unwrap_or(stem);
            tails.0.entry(last.into()).or_default().push(node);
        }
        tails
    }

    /// The nodes of the same package whose path ends like a specifier that is an alias of some sort; none for packages.
    fn matching(&self, layout: &Layout<'_>, node: Node, specifier: &str) -> Vec<Node> {
        let path = specifier.split('?').next().unwrap_or(specifier);
        if path.contains("://") || path.starts_with('.') || is_dependency(layout, node, path) {
            return Vec::new();
        }
        let bare = stem(path.trim_start_matches(['@', '~', '#', '$', '/']));
        let last = bare.rsplit('/').next().unwrap_or(bare);
        let ends = |it: &Node, tail: &str| {
            let whole = stem(layout.path(*it));
            whole == tail || whole.strip_suffix(tail).is_some_and(|it| it.ends_with('/'))
        };
        let near =
            || self.0.get(last).into_iter().flatten().copied().filter(|it| layout.package(*it) == layout.package(node));
        let whole: Vec<Node> = near().filter(|it| ends(it, bare)).collect();
        let behind = bare.split_once('/').map(|(_, rest)| rest);
        if whole.is_empty() {
            behind.map_or_else(Vec::new, |rest| near().filter(|it| ends(it, rest)).collect())
        } else {
            whole
        }
    }
}

/// A path without its ending and without `/index`.
fn stem(path: &str) -> &str {
    let name = path.rfind('/').map_or(0, |at| at + 1);
    let stem = path[name..].find('.').map_or(path, |dot| &path[..name + dot]);
    stem.strip_suffix("/index").unwrap_or(stem)
}

/// Whether a manifest around a node names the package that a specifier begins with, or the run-time environment has it.
fn is_dependency(layout: &Layout<'_>, node: Node, specifier: &str) -> bool {
    let (name, _) = crate::discover::split_package(specifier);
    let around = std::iter::successors(parent(layout.path(node)), |dir| parent(dir));
    let mut packages = around.filter_map(|dir| layout.found.package_at(dir));
    packages.any(|it| it.manifest.dependencies.contains_key(name) || it.manifest.dev_dependencies.contains_key(name))
}

impl Reach {
    /// Walks from all entries. With `counts_all`, tests and tools are programs like any other.
    #[must_use]
    pub fn new(layout: &Layout<'_>, entries: &Entries, edges: &Edges, counts_all: bool) -> Self {
        let count = layout.count();
        let mut reach = Self { aims: vec![None; count], exposed: vec![false; count], loaders: vec![Vec::new(); count] };
        for (node, targets) in edges.to.iter().enumerate() {
            for &target in targets {
                reach.loaders[target].push(node);
            }
        }
        let production = |it: &&Entry| it.aim == Aim::Production || counts_all;
        reach.expose(edges, entries.nodes.iter().filter(production).map(|it| it.node));
        reach.walk(edges, entries.nodes.iter().filter(production).map(|it| it.node), Aim::Production);
        reach.open_packages(layout, entries, edges);
        for aim in [Aim::Test, Aim::Tooling] {
            reach.walk(edges, entries.nodes.iter().filter(|it| it.aim == aim).map(|it| it.node), aim);
        }
        reach
    }

    /// Adds what production turns out to load besides.
    pub fn extend(&mut self, edges: &Edges, nodes: impl IntoIterator<Item = Node> + Clone) {
        self.expose(edges, nodes.clone());
        self.walk(edges, nodes, Aim::Production);
    }

    /// Whether production reaches a node.
    #[must_use]
    pub fn is_live(&self, node: Node) -> bool {
        self.aims[node] == Some(Aim::Production)
    }

    /// Whether somebody outside of the code base may use what a node exports.
    #[must_use]
    pub fn is_exposed(&self, node: Node) -> bool {
        self.exposed[node]
    }

    /// Who loads a node.
    #[must_use]
    pub fn loaders(&self, node: Node) -> &[Node] {
        &self.loaders[node]
    }

    /// Why production does not reach a node, in a few words; `None` where it does.
    #[must_use]
    pub fn reason(&self, layout: &Layout<'_>, node: Node) -> Option<String> {
        let by = |aim: Option<Aim>| {
            self.loaders[node].iter().copied().filter(|it| self.aims[*it] == aim && *it != node).min()
        };
        let why = match self.aims[node] {
            Some(Aim::Production) => return None,
            Some(aim) => {
                let who = if aim == Aim::Test { "only tests lead to it" } else { "only scripts and tools lead to it" };
                by(Some(aim)).map_or_else(|| who.to_owned(), |it| format!("{who} (`{}`)", layout.path(it)))
            }
            None => match by(None) {
                Some(it) => format!("only files that nothing reaches import it (`{}`)", layout.path(it)),
                None => "nothing imports it and nothing names it".to_owned(),
            },
        };
        Some(format!("no production entry reaches this file: {why}"))
    }

    fn walk(&mut self, edges: &Edges, nodes: impl IntoIterator<Item = Node>, aim: Aim) {
        let mut open: Vec<Node> = nodes.into_iter().collect();
        while let Some(node) = open.pop() {
            if self.aims[node].is_none_or(|known| known > aim) {
                self.aims[node] = Some(aim);
                open.extend(&edges.to[node]);
            }
        }
    }

    fn expose(&mut self, edges: &Edges, nodes: impl IntoIterator<Item = Node>) {
        let mut open: Vec<Node> = nodes.into_iter().collect();
        while let Some(node) = open.pop() {
            if !std::mem::replace(&mut self.exposed[node], true) {
                open.extend(&edges.reexported[node]);
            }
        }
    }

    /// Counts every production file of a package as reached whose start is unknown or not understood.
    fn open_packages(&mut self, layout: &Layout<'_>, entries: &Entries, edges: &Edges) {
        let mut is_closed = vec![false; layout.found.packages.len()];
        for entry in entries.nodes.iter().filter(|it| it.is_declared && it.aim == Aim::Production) {
            let leads = entry.node < layout.found.sources.len() || !edges.to[entry.node].is_empty();
            if let Some(package) =
                layout.package(entry.node).filter(|_| leads && layout.class(entry.node) == Class::Production)
            {
                is_closed[package] = true;
            }
        }
        entries.open.iter().for_each(|it| is_closed[*it] = false);
        let production = |package: Option<usize>| -> Vec<Node> {
            (0..layout.count())
                .filter(|it| layout.package(*it) == package && layout.class(*it) == Class::Production)
                .collect()
        };
        self.extend(edges, production(None));
        // What one package loads may open the eyes for another one, so the unknown come first.
        let (closed, open): (Vec<usize>, Vec<usize>) = (0..is_closed.len()).partition(|it| is_closed[*it]);
        for package in open {
            self.extend(edges, production(Some(package)));
        }
        for package in closed {
            let nodes = production(Some(package));
            let reached = nodes.iter().filter(|it| self.is_live(**it)).count();
            if reached * 100 < nodes.len() * UNDERSTOOD {
                self.extend(edges, nodes);
            }
        }
    }
}

/// The files that strings of a program name, where it loads files by names that are put together: files, globs and folders, seen
/// from its own folder and its package's; its own folder where none is named.
#[must_use]
pub fn loaded_by_name(layout: &Layout<'_>, node: Node, text: &str, is_blind: bool) -> Vec<Node> {
    let dir = parent(layout.path(node)).unwrap_or_default();
    let package = layout.package(node).map_or("", |at| layout.found.packages[at].dir.as_str());
    let mut nodes = Vec::new();
    for string in super::command::strings(text) {
        for dir in [dir, package] {
            let string = string.trim_start_matches('/');
            if string.contains('*') {
                nodes.extend(layout.matching(dir, string));
            } else if super::command::has_ending(string) {
                nodes.extend(layout.named(dir, string));
            } else if is_folder_name(string) && join(dir, string).is_some_and(|it| it != dir && it != package) {
                nodes.extend(layout.below(dir, string));
            }
        }
    }
    if nodes.is_empty() && is_blind {
        nodes = layout.below("", dir);
    }
    nodes
}

/// Whether a string may name a folder: a short word or a path without an ending.
fn is_folder_name(text: &str) -> bool {
    !text.is_empty() && text.len() < 100 && text.chars().all(|it| it.is_ascii_alphanumeric() || "._-/".contains(it))
}
