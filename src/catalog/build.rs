//! Tables in, a catalog that answers questions out; or everything that does not add up.

use std::collections::{HashMap, HashSet};

use super::resolve::{full_name, resolve};
use super::{Catalog, CatalogError, LibraryId, Tables};

impl Catalog {
    /// Whether a specifier is one of a user's own libraries, whatever else it would lead to.
    #[must_use]
    pub fn is_own(&self, specifier: &str) -> bool {
        self.n_shipped < self.libraries.len()
            && self.find_specifier(specifier).is_some_and(|it| it.0 as usize >= self.n_shipped)
    }

    /// Resolves and indexes `tables`.
    pub(super) fn build(tables: Tables) -> Result<Self, CatalogError> {
        let mut problems = Vec::new();
        let ids = tables.libraries.iter().map(|it| it.id.as_str());
        no_id_twice("library", ids, &mut problems);
        no_id_twice("framework", tables.frameworks.iter().map(|it| it.id.as_str()), &mut problems);
        no_id_twice("protection", tables.protections.iter().map(|it| it.id.as_str()), &mut problems);
        no_id_twice("convention", tables.conventions.iter().map(|it| it.id.as_str()), &mut problems);
        if !problems.is_empty() {
            return Err(CatalogError { problems });
        }
        let resolved = resolve(&tables.libraries);
        if !resolved.problems.is_empty() {
            return Err(CatalogError { problems: resolved.problems });
        }
        let mut catalog = Self {
            libraries: tables.libraries,
            frameworks: tables.frameworks,
            protections: tables.protections,
            conventions: tables.conventions,
            tools: tables.tools,
            loaders: tables.loaders,
            receivers: resolved.receivers,
            by_name: resolved.by_name,
            ..Self::default()
        };
        catalog.index_libraries();
        catalog.index_methods();
        for (framework, at) in catalog.frameworks.iter().zip(0..) {
            catalog.framework_specifiers.add(&framework.imports, at);
        }
        for (protection, at) in catalog.protections.iter().zip(0..) {
            catalog.protection_specifiers.add(&protection.imports, at);
            catalog.protection_specifiers.add(&protection.related_imports, at);
        }
        Ok(catalog)
    }

    fn index_methods(&mut self) {
        let methods = self.receivers.iter().flat_map(|it| it.methods.values());
        self.limiting = methods.filter(|it| !it.limits.is_empty()).map(|it| it.name.clone()).collect();
        let stores = self.receivers.iter().filter(|it| self.library(it.library).kind.holds_lists());
        let methods = stores.flat_map(|it| it.methods.values());
        let lists = methods.filter(|it| it.effect.is_some_and(|it| it.reads_all()));
        self.listing = lists.map(|it| it.name.clone()).collect();
    }

    fn index_libraries(&mut self) {
        for (library, at) in self.libraries.iter().zip(0..) {
            self.library_specifiers.add(&library.imports, at);
            let put = |table: &mut HashMap<Box<str>, LibraryId>, names: &[String]| {
                table.extend(names.iter().map(|name| (name.as_str().into(), LibraryId(at))));
            };
            put(&mut self.by_export, &library.any_module);
            put(&mut self.by_global, &library.globals);
            for (name, shape) in &library.receivers {
                let receiver = self.by_name[&full_name(&library.id, name)];
                for name in &shape.types {
                    self.types.entry(name.as_str().into()).or_default().push(receiver);
                }
                for name in &shape.statics_of {
                    self.statics.entry(name.as_str().into()).or_default().push(receiver);
                }
            }
        }
    }
}

fn no_id_twice<'i>(what: &str, ids: impl Iterator<Item = &'i str>, problems: &mut Vec<String>) {
    let mut seen = HashSet::new();
    problems.extend(ids.filter(|id| !seen.insert(*id)).map(|id| format!("{what} {id}: the id is taken")));
}
