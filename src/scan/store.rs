//! Which files are near a data store, by what they import: told without parsing.

use rustc_hash::FxHashMap as HashMap;

use super::Scanned;
use crate::catalog::{Catalog, LibraryKind, Walk};
use crate::project::{File, Role, Target};
use crate::skim::{Skim, SkimForm as Form};
use crate::source::FileId;

/// What the classes of a file extend and implement.
pub(super) fn roles(id: FileId, file: &File, skim: &Skim) -> Vec<Role> {
    let mut roles = Vec::new();
    for (names, is_base) in [(&skim.bases, true), (&skim.implemented, false)] {
        for local in names {
            let imported = skim.imports.iter().find_map(|it| {
                let name = it.names.iter().find(|it| it.local == *local && !(is_base && it.is_type))?;
                Some((name.imported.clone(), file.targets.get(&it.specifier)))
            });
            match imported {
                Some((name, Some(Target::File(from)))) => roles.push(Role { name, from: *from, is_base }),
                Some(_) => {}
                None => roles.push(Role { name: local.clone(), from: id, is_base }),
            }
        }
    }
    roles
}

/// The names that a file imports, by specifier; nothing for what it imports whole, runs or hands on.
pub(super) fn asked(skim: &Skim) -> HashMap<Box<str>, Vec<Box<str>>> {
    let mut asked: HashMap<Box<str>, Option<Vec<Box<str>>>> = HashMap::default();
    for import in &skim.imports {
        let names = asked.entry(import.specifier.clone()).or_insert_with(|| Some(Vec::new()));
        let is_whole = import.names.is_empty() || import.names.iter().any(|it| &*it.imported == "*");
        match names {
            Some(names) if !is_whole && import.form != Form::Reexport => {
                names.extend(import.names.iter().map(|it| it.imported.clone()));
            }
            _ => *names = None,
        }
    }
    asked.into_iter().filter_map(|(specifier, names)| Some((specifier, names?))).collect()
}

/// Whether a file imports something of a data store's library that a query can start from: a client, what makes one, or its
/// type. Enumerations and the like do not count.
pub(super) fn uses_store(catalog: &Catalog, file: &File, scanned: &Scanned) -> bool {
    scanned.skim.imports.iter().any(|import| match file.targets.get(&import.specifier) {
        Some(Target::Package(package)) if catalog.library_of(package).is_some_and(|it| it.kind.is_store()) => {
            let starts = |name: &str| {
                matches!(name, "*" | "default")
                    || catalog.type_of(package, name).is_some()
                    || catalog.statics_of(package, name).is_some()
                    || makers(catalog, package).any(|it| it == name)
                    || Walk::from_import(catalog, package, name)
                        .map(Walk::finish)
                        .is_some_and(|it| it.receiver.is_some() || it.named.is_some())
            };
            import.names.is_empty() || import.names.iter().any(|it| starts(&it.imported))
        }
        Some(Target::File(_)) => false,
        _ => import.names.iter().any(|it| catalog.library_of_export(&it.imported).is_some()),
    })
}

/// The export names under which a package makes clients.
fn makers<'c>(catalog: &'c Catalog, package: &str) -> impl Iterator<Item = &'c str> {
    let library = catalog.library_of(package).filter(|it| it.kind != LibraryKind::Local);
    library.into_iter().flat_map(|it| &it.constructors).flat_map(|it| &it.paths).filter_map(|it| it.split('.').next())
}

/// Whether a file imports, as a value, something that makes clients.
pub(super) fn makes_client(catalog: &Catalog, file: &File, scanned: &Scanned) -> bool {
    scanned.skim.imports.iter().filter(|it| it.form != Form::Type).any(|import| {
        let Some(Target::Package(package)) = file.targets.get(&import.specifier) else { return false };
        let is_store =
            catalog.library_of(package).is_some_and(|it| it.kind.is_store() || it.kind == LibraryKind::Queue);
        let makes =
            |name: &str| is_store && (matches!(name, "*" | "default") || makers(catalog, package).any(|it| it == name));
        import.names.iter().any(|it| !it.is_type && makes(&it.imported))
    })
}
