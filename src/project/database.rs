//! Which database a pool connects to, and which pools run in one process.
//!
//! Two pools that are made from the same environment variable, address or expression connect to the same database. That two run
//! in one process is taken from the imports: some file leads to both.

use rustc_hash::FxHashSet as HashSet;

use super::{Construction, Options, Pooling, Project, Setting};
use crate::catalog::Library;
use crate::source::FileId;

/// Options that say where a database is, in the order in which one decides.
const ADDRESSES: &[&str] =
    &["connectionString", "uri", "url", "connection", "datasourceUrl", "host", "connection.host"];

impl Project {
    /// The database of a pool, as a text that is equal for equal databases; `None` where the code does not show it.
    #[must_use]
    pub fn database_of(&self, made: &Construction, options: &Options) -> Option<String> {
        let named = |name: &&str| match options.set.get(*name)? {
            Setting::Other(file, expr) => Some(self.address(*file, *expr)),
            _ => None,
        };
        let of_url = || {
            let facts = self.facts(made.file)?;
            let url = *facts.call(made.call).args.get(usize::from(made.constructor.url_arg?))?;
            Some(self.address(made.file, url))
        };
        let address = ADDRESSES.iter().find_map(named).or_else(of_url)?;
        let name = named(&"database").unwrap_or_default();
        Some(format!("{address} {name}").trim().to_owned())
    }

    /// What an address is, followed to where it is written, without what only a type says.
    fn address(&self, file: FileId, expr: crate::facts::ExprId) -> String {
        let (file, expr) = self.deeper(|| self.definition(file, expr, 12)).flatten().unwrap_or((file, expr));
        let text = self.text_of(self.place_of(file, expr));
        let plain: String = text.split_whitespace().collect();
        let plain = plain.trim_end_matches('!').replace("[\"", ".").replace("\"]", "");
        plain.split("??").next().unwrap_or_default().split("asstring").next().unwrap_or_default().to_owned()
    }

    /// The files from which a file is reached by imports, itself included.
    pub(super) fn reached_from(&self, file: FileId) -> HashSet<FileId> {
        let mut seen = HashSet::from_iter([file]);
        let mut pending = vec![file];
        while let Some(at) = pending.pop() {
            let audited = self.importers(at).iter().copied().filter(|it| self.file(*it).is_audited);
            pending.extend(audited.filter(|it| seen.insert(*it)));
        }
        seen
    }

    /// The pools that share a process and a database with one, itself included, with the most connections of each.
    #[must_use]
    pub fn pools_beside(
        &self,
        made: &Construction,
        all: &[(Construction, &'static Library)],
    ) -> Vec<(Construction, f64)> {
        let options = self.options(made);
        let Some(database) = self.database_of(made, &options) else {
            return self.most_of(made, all).map(|it| (*made, it)).into_iter().collect();
        };
        let own = self.reached_from(made.file);
        let beside = all.iter().filter(|(it, _)| {
            let same = self.database_of(it, &self.options(it)).as_ref() == Some(&database);
            same && (it.file == made.file || !self.reached_from(it.file).is_disjoint(&own))
        });
        beside.filter_map(|(it, _)| Some((*it, self.most_of(it, all)?))).collect()
    }

    /// The most connections of a pool: what is set, or the library's default where the code shows that nothing is.
    fn most_of(&self, made: &Construction, all: &[(Construction, &'static Library)]) -> Option<f64> {
        let (_, library) = all.iter().find(|(it, _)| (it.file, it.call) == (made.file, made.call))?;
        let options = self.options(made);
        let pooling = Pooling::of(library, &options);
        let is_default = pooling.size.is_none() && !options.hidden && !(options.hidden_url && pooling.reads_url);
        pooling.most.or_else(|| is_default.then(|| pooling.default_size.parse().ok()).flatten())
    }
}
