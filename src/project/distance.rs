//! How far each file is from a data store: over how many imports one is reached.
//!
//! Only imports count here, and what classes extend and implement; which calls lead to a query is told by `query`.

use std::collections::{HashSet, VecDeque};

use super::{File, Target};
use crate::source::FileId;

/// Measures over how many imports each file reaches a store, by walking the imports backwards from the files that are known
/// to use one.
pub(super) fn measure_store_distance(files: &mut [File]) {
    let (importers, contracts) = (importers(files), contracts(files));
    let mut pending = VecDeque::new();
    pending.extend((0..files.len()).filter(|it| files[*it].store_distance.is_some()).map(|it| (it, 0)));
    let mut known: Vec<Option<u8>> = vec![None; files.len()];
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
        // Who calls an interface ends up in the class that implements it.
        contracts[index].iter().for_each(|it| pending.push_front((*it, distance)));
    }
    for (file, distance) in files.iter_mut().zip(known) {
        file.store_distance = distance;
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

/// For each file those from which its classes take what they implement, and those on the way there.
fn contracts(files: &[File]) -> Vec<Vec<usize>> {
    let mut contracts = vec![Vec::new(); files.len()];
    for (index, file) in files.iter().enumerate().filter(|(_, it)| it.is_audited) {
        for role in &file.roles {
            let mut seen = HashSet::new();
            trace(files, role.from, &role.name, &mut seen);
            let is_abstract = |it: &FileId| files[it.index()].abstracts.contains(&role.name);
            if role.is_base && !seen.iter().any(is_abstract) {
                continue;
            }
            contracts[index].extend(seen.into_iter().map(FileId::index).filter(|it| *it != index));
        }
    }
    contracts
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
