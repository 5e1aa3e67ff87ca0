//! Which files are near a data store, by what they import: told without parsing.

use super::Scanned;
use crate::catalog::{Catalog, LibraryKind, Walk};
use crate::project::{File, Target};
use crate::skim::{Skim, SkimForm as Form, SkimName};
use crate::source::FileId;

/// The files from which a file imports what its classes extend.
pub(super) fn bases(file: &File, skim: &Skim) -> Vec<FileId> {
    let is_base = |name: &SkimName| !name.is_type && skim.bases.contains(&name.local);
    let bases = skim.imports.iter().filter(|it| !skim.bases.is_empty() && it.names.iter().any(is_base));
    let files = bases.filter_map(|it| match file.targets.get(&it.specifier) {
        Some(Target::File(id)) => Some(*id),
        _ => None,
    });
    files.collect()
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
