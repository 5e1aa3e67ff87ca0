//! How far each file is from a data store: over how many imports one is reached.
//!
//! Only imports count here, and what classes extend and implement; which calls lead to a query is told by `query`.

use std::collections::{HashMap, HashSet, VecDeque};

use super::{File, Target};
use crate::source::FileId;

/// Measures over how many imports each file reaches a store, by walking the imports backwards from the files that are known
/// to use one.
pub(super) fn measure_store_distance(files: &mut [File]) {
    let (importers, contracts) = (importers(files), Contracts::of(files));
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
    for ((file, known), declared) in files.iter_mut().zip(known).zip(declared) {
        file.store_distance = known.into_iter().chain(declared).min();
    }
}

fn importers(files: &[File]) -> Vec<Vec<usize>> {
    let mut importers = vec![Vec::new(); files.len()];
    for (index, file) in files.iter().enumerate() {
        for target in file.targets.values() {
            if let Target::File(id) = target {
                importers[id.index()].push(index);
            }
        }
    }
    importers
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
        let mut users_of: HashMap<&str, Vec<(usize, FileId)>> = HashMap::new();
        for (index, file) in files.iter().enumerate() {
            for (name, from) in &file.contracts {
                users_of.entry(name).or_default().push((index, *from));
            }
        }
        let mut found = Self { homes: vec![Vec::new(); files.len()], users: vec![Vec::new(); files.len()] };
        for (index, file) in files.iter().enumerate().filter(|(_, it)| it.is_audited) {
            for role in &file.roles {
                let mut seen = HashSet::new();
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
