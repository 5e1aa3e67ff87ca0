//! What the names around a read say about it: weak evidence, which makes a finding milder and never worse.

use super::super::Project;
use super::ListRead;

/// Words of files and functions that are run once, by hand.
const ONE_OFF: &[&str] = &[
    "seed",
    "seeds",
    "seeder",
    "seeders",
    "migration",
    "migrations",
    "migrate",
    "backfill",
    "backfills",
    "script",
    "scripts",
    "fixtures",
];

/// Words of functions that are asked for everything.
const EXPORTING: &[&str] = &["export", "exports", "csv", "dump", "backup", "sitemap", "download"];

/// Words of tables that hold few rows, whatever the load.
const SMALL: &[&str] = &[
    "setting",
    "config",
    "configuration",
    "feature",
    "flag",
    "plan",
    "tier",
    "role",
    "permission",
    "country",
    "currency",
    "language",
    "locale",
    "category",
    "region",
    "migration",
    "preset",
    "option",
    "enum",
    "price",
    "rate",
    "zone",
];

impl Project {
    /// Whether code is run once, by hand: a seed, a migration, a backfill.
    #[must_use]
    pub fn is_one_off(&self, read: &ListRead) -> bool {
        let place = self.place_of_query(&read.query);
        self.speaks_of(&self.file(place.file).path, ONE_OFF)
            || self.speaks_of(&self.scope_path(place), &["backfill", "seed", "migrate"])
    }

    /// Whether a table is small by its name, or everything is what somebody asked for.
    #[must_use]
    pub fn may_be_small(&self, read: &ListRead) -> bool {
        let place = self.place_of_query(&read.query);
        let exports = self.speaks_of(&self.scope_path(place), EXPORTING);
        let small = read.query.table.as_deref().is_some_and(|it| {
            super::super::callee::words(it).last().is_some_and(|last| SMALL.iter().any(|it| is_word(last, it)))
        });
        exports || small
    }

    fn speaks_of(&self, names: &str, words: &[&str]) -> bool {
        names.split(['/', '.']).flat_map(super::super::callee::words).any(|it| words.contains(&it.as_str()))
    }
}

/// Whether a word is another one or its plural.
fn is_word(word: &str, singular: &str) -> bool {
    word.strip_prefix(singular).is_some_and(|rest| matches!(rest, "" | "s" | "es"))
        || singular.strip_suffix('y').is_some_and(|stem| word.strip_prefix(stem) == Some("ies"))
}
