//! How far each file is from a data store: over how many imports one is reached.
//!
//! Only imports count here, and what classes extend and implement; which calls lead to a query is told by `query`.
//!
//! There are two answers. Through any import of a barrel everything behind it may be reached. By name, whoever imports a type
//! from a barrel is no nearer to the store that another of its modules uses; where a name cannot be found behind it, the
//! barrel as a whole counts. Nothing is parsed for this.

use std::collections::VecDeque;

use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

use super::{File, Target};
use crate::source::FileId;

/// Measures over how many imports each file reaches a store, in both ways.
pub(super) fn measure_store_distance(files: &mut [File]) {
    let contracts = Contracts::of(files);
    let (whole, by_name) = (distances(files, &contracts, false), distances(files, &contracts, true));
    for ((file, whole), by_name) in files.iter_mut().zip(whole).zip(by_name) {
        (file.store_distance, file.store_distance_by_name) = (whole, by_name);
    }
}

/// The distances, by walking the imports backwards from the files that are known to use a store.
fn distances(files: &[File], contracts: &Contracts, by_name: bool) -> Vec<Option<u8>> {
    let importers = importers(files, by_name);
    let mut pending = VecDeque::new();
    pending.extend((0..files.len()).filter(|it| files[*it].store_distance.is_some()).map(|it| (it, 0)));
    let mut known: Vec<Option<u8>> = vec![None; files.len()];
    // What declares a contract is as near as who fulfils it, but who imports it for something else is not.
    let mut declared: Vec<Option<u8>> = vec![None; files.len()];
    while let Some((index, distance)) = pending.pop_front() {
        if known[index].is_some() {
            continue;
        }
        known[index] = Some(distance);
        for &importer in &importers[index] {
            // A barrel is no step on the way, and what a class inherits it has itself.
            let it = &files[importer];
            let inherits = it.roles.iter().any(|it| it.is_base && it.from.index() == index);
            if it.reexports.is_empty() && !inherits {
                pending.push_back((importer, distance.saturating_add(1)));
            } else {
                pending.push_front((importer, distance));
            }
        }
        contracts.users[index].iter().for_each(|it| pending.push_back((*it, distance.saturating_add(1))));
        for &home in &contracts.homes[index] {
            declared[home].get_or_insert(distance);
        }
    }
    known.into_iter().zip(declared).map(|(known, declared)| known.into_iter().chain(declared).min()).collect()
}

/// The files that import something of each file.
fn importers(files: &[File], by_name: bool) -> Vec<Vec<usize>> {
    let mut importers = vec![Vec::new(); files.len()];
    // Most names of a barrel are imported by many files.
    let barrels = Barrels::of(files);
    let mut known: HashMap<(FileId, &str), Option<Vec<FileId>>> = HashMap::default();
    for (index, file) in files.iter().enumerate() {
        for (specifier, target) in &file.targets {
            let Target::File(id) = target else { continue };
            let is_base = file.roles.iter().any(|it| it.is_base && it.from == *id);
            let names = file.asked.get(specifier).filter(|_| by_name && !is_base);
            let mut found = Vec::new();
            let is_known = names.is_some_and(|it| {
                it.iter().all(|name| {
                    let homes = known.entry((*id, name)).or_insert_with(|| barrels.homes(*id, name));
                    found.extend(homes.iter().flatten());
                    homes.is_some()
                })
            });
            let homes = if is_known { found } else { vec![*id] };
            homes.iter().for_each(|it| importers[it.index()].push(index));
        }
    }
    importers
}

/// What barrels hand on, looked up once: many names are asked of the same few.
struct Barrels<'f> {
    files: &'f [File],
    /// The files that each file hands on whole.
    stars: Vec<Vec<FileId>>,
    /// What each file hands on by name: the name in the other file, and that file, if it is one of the code base.
    named: Vec<HashMap<&'f str, (&'f str, Option<FileId>)>>,
}

impl<'f> Barrels<'f> {
    fn of(files: &'f [File]) -> Self {
        let mut found =
            Self { files, stars: vec![Vec::new(); files.len()], named: vec![HashMap::default(); files.len()] };
        for (index, file) in files.iter().enumerate() {
            for it in &file.reexports {
                let target = match file.targets.get(&it.specifier) {
                    Some(Target::File(id)) => Some(*id),
                    _ => None,
                };
                if &*it.exported == "*" {
                    found.stars[index].extend(target);
                }
                found.named[index].entry(&it.exported).or_insert((&it.imported, target));
            }
        }
        found
    }

    /// The files that may make what a file gives under a name, if any is found.
    fn homes(&self, file: FileId, name: &'f str) -> Option<Vec<FileId>> {
        let mut homes = Vec::new();
        self.finds(file, name, &mut homes, &mut HashMap::default()).then_some(homes)
    }

    /// Adds the files that may make what a file gives under a name; false where none is found.
    ///
    /// `asked` holds what was asked before, so that barrels that hand on one another are asked once.
    fn finds(
        &self,
        file: FileId,
        name: &'f str,
        homes: &mut Vec<FileId>,
        asked: &mut HashMap<(FileId, &'f str), bool>,
    ) -> bool {
        let it = &self.files[file.index()];
        if it.reexports.is_empty() {
            homes.extend(it.may_export(name).then_some(file));
            return it.may_export(name);
        }
        if let Some(&found) = asked.get(&(file, name)) {
            return found;
        }
        asked.insert((file, name), false);
        let found = if let Some(&(imported, target)) = self.named[file.index()].get(name) {
            target.is_some_and(|at| {
                if imported == "*" {
                    homes.push(at);
                    return true;
                }
                self.finds(at, imported, homes, asked)
            })
        } else if it.seems_to_export(name) {
            homes.push(file);
            true
        } else {
            // All of them: more than one may make it.
            let stars = self.stars[file.index()].iter();
            let n_found = stars.filter(|at| self.finds(**at, name, homes, asked)).count();
            n_found > 0
        };
        asked.insert((file, name), found);
        found
    }
}

/// The interfaces and abstract classes that classes take on, by the file of the class.
struct Contracts {
    /// The files that declare them.
    homes: Vec<Vec<usize>>,
    /// The files that import them by name: who calls an interface ends up in the class that implements it.
    users: Vec<Vec<usize>>,
}

impl Contracts {
    fn of(files: &[File]) -> Self {
        let mut users_of: HashMap<&str, Vec<(usize, FileId)>> = HashMap::default();
        for (index, file) in files.iter().enumerate() {
            for (specifier, names) in &file.asked {
                let Some(Target::File(from)) = file.targets.get(specifier) else { continue };
                names.iter().for_each(|it| users_of.entry(it).or_default().push((index, *from)));
            }
        }
        let mut found = Self { homes: vec![Vec::new(); files.len()], users: vec![Vec::new(); files.len()] };
        for (index, file) in files.iter().enumerate().filter(|(_, it)| it.is_audited) {
            for role in &file.roles {
                let mut seen = HashSet::default();
                trace(files, role.from, &role.name, &mut seen);
                let is_abstract = |it: &FileId| files[it.index()].abstracts.contains(&role.name);
                if role.is_base && !seen.iter().any(is_abstract) {
                    continue;
                }
                let users = users_of.get(&*role.name).into_iter().flatten();
                found.users[index].extend(users.filter(|it| seen.contains(&it.1)).map(|it| it.0));
                let homes = seen.iter().filter(|it| files[it.index()].may_export(&role.name));
                found.homes[index].extend(homes.map(|it| it.index()).filter(|it| *it != index));
            }
        }
        found
    }
}

/// The files through which a name comes, up to those that may declare it.
fn trace(files: &[File], from: FileId, name: &str, seen: &mut HashSet<FileId>) {
    let file = &files[from.index()];
    if !seen.insert(from) {
        return;
    }
    for it in file.reexports.iter().filter(|it| &*it.exported == name || &*it.exported == "*") {
        let Some(Target::File(next)) = file.targets.get(&it.specifier) else { continue };
        let inner = if &*it.exported == "*" { name } else { &it.imported };
        let target = &files[next.index()];
        if target.may_export(inner) || !target.reexports.is_empty() {
            trace(files, *next, inner, seen);
        }
    }
}
