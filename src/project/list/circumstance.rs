//! What the names around a read say about it: weak evidence, which makes a finding milder and never worse.

use super::super::Project;
use super::super::callee::words;
use super::super::chain::{ChainLink, unroll};
use super::super::index::Use;
use super::super::iteration::callee_name;
use super::super::keeping::Home;
use super::super::query::{Query, QueryPath};
use super::super::tables::plain;
use super::{Extent, ListRead};
use crate::catalog::Transport;
use crate::facts::ExprKind;
use crate::skim::fill::{ANY, RELATION};
use crate::source::FileId;

/// Words of folders that show or try something.
const SHOWING: &[&str] =
    &["test", "tests", "testing", "example", "examples", "demo", "demos", "testcontainers", "playground"];

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
    "cli",
    "scaffold",
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
    "method",
    "location",
    "channel",
    "tax",
    "provider",
    "timezone",
    "unit",
    "type",
    "admin",
    "administrator",
    "staff",
];

/// Words of tables that libraries for signing in fill.
const IDENTITY: &[&str] = &[
    "user",
    "account",
    "session",
    "member",
    "membership",
    "organization",
    "organisation",
    "team",
    "invitation",
    "profile",
];

/// Libraries whose calls that write rows name the table where they stand, or a relation to it.
const FILLED_BY_NAME: &[&str] = &["prisma", "drizzle", "kysely", "knex"];

impl Project {
    /// Why code that reads everything serves nobody who waits: a seed, a migration, an example.
    #[must_use]
    pub fn is_one_off(&self, read: &ListRead) -> Option<&'static str> {
        let place = self.place_of_query(&read.query);
        let path = &self.file(place.file).path;
        if self.speaks_of(path, ONE_OFF) || self.speaks_of(&self.scope_path(place), &["backfill", "seed", "migrate"]) {
            return Some("in code that is run once, by hand");
        }
        let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
        let shows = folder.split('/').any(|it| speaks(it, SHOWING));
        (shows || speaks(name, &["test", "tests", "mock", "spec"])).then_some("in a test or an example")
    }

    /// Why it is not proven that a read of everything is a long one.
    #[must_use]
    pub fn may_be_short(&self, read: &ListRead) -> Option<&'static str> {
        let place = self.place_of_query(&read.query);
        if self.speaks_of(&self.scope_path(place), EXPORTING) {
            return Some("everything may be what is asked for");
        }
        let table = self.table_read(&read.query);
        // Rows under a `key` that the code knows are settings.
        let is_keyed = |it: &String| self.tables.table(it).is_some_and(|it| it.unique == [["key"]]);
        let small = table.as_ref().is_some_and(is_keyed) || table.is_some_and(|it| is_small(&words(&it)));
        let is_named = FILLED_BY_NAME.contains(&read.query.library.id.as_str());
        if is_named && read.query.table.as_deref().is_some_and(|it| self.is_filled_elsewhere(it)) {
            return Some("nothing in the code writes to the table, so it may be a short one");
        }
        if small || matches!(read.extent, Extent::Open { shared: true, .. }) {
            return Some("the table may be a short one");
        }
        if self.is_on_device(place.file) {
            return Some("the database may be that of one user's machine");
        }
        if read.wants_one() {
            return Some("one row is wanted, and there may be no more");
        }
        let runtime = self.runtime(read.query.file);
        let is_guarded = read.query.library.transport == Transport::Http && runtime.browser && !runtime.serves();
        is_guarded.then_some("the policies of the database decide which rows a browser gets")
    }

    /// Whether code belongs to a program on a user's machine, which has a database of its own: one for the desktop, or the package
    /// of a client.
    fn is_on_device(&self, file: FileId) -> bool {
        let folder = self.file(file).path.rsplit_once('/').map_or("", |it| it.0);
        let mut packages = folder.split('/').take(2);
        self.speaks_of(folder, &["desktop", "electron"]) || packages.any(|it| matches!(it, "client" | "mobile"))
    }

    /// Whether no text of a code base that writes to tables writes to this one: people fill it by hand, or another program does.
    fn is_filled_elsewhere(&self, table: &str) -> bool {
        // Below that it may be a program that only reads.
        const FILLED: usize = 5;
        if words(table).iter().any(|it| IDENTITY.iter().any(|of| is_word(it, of))) {
            return false;
        }
        let table = plain(table);
        let is_it = |name: &str| match name.strip_prefix(RELATION) {
            _ if name == ANY => true,
            // A relation is called after the end of its table's name, or otherwise.
            Some(relation) => relation.len() > 3 && table.ends_with(relation.trim_end_matches('s')),
            None => is_word(name, &table) || is_word(&table, name),
        };
        let fills = self.filled.get_or_init(|| {
            let audited = self.files.iter().filter(|it| it.is_audited);
            audited.flat_map(|it| &it.fills).cloned().collect()
        });
        fills.len() >= FILLED && !fills.iter().any(|it| is_it(it))
    }

    /// The table that is read: by the catalog, or the class that a function which gives a repository is handed.
    pub(in crate::project) fn table_read(&self, query: &Query) -> Option<String> {
        let facts = self.facts(query.file)?;
        query.table.clone().or_else(|| {
            let calls = unroll(facts, query.head).1.into_iter().filter_map(|it| match it {
                ChainLink::Call(call) => Some(call),
                _ => None,
            });
            let arguments = calls.flat_map(|it| facts.call(it).args.iter());
            let classes = arguments.filter(|it| matches!(facts.expr(**it).kind, ExprKind::Local(_)));
            let mut names = classes.map(|it| self.text_of(self.place_of(query.file, *it)));
            let is_class = |it: &&str| {
                it.starts_with(|it: char| it.is_ascii_uppercase()) && it.contains(|it: char| it.is_ascii_lowercase())
            };
            names.find(is_class).map(str::to_owned)
        })
    }

    /// Whether what a query gave is kept for the next time.
    #[must_use]
    pub fn is_kept(&self, read: &ListRead) -> bool {
        let query = &read.query;
        let Some(facts) = self.facts(query.file) else { return false };
        let uses = &self.file(query.file).index.uses;
        let in_cache = self.functions_out(facts, facts.call(query.call).region).any(|it| match uses.get(&it) {
            Some(Use::Argument(call, _)) => callee_name(facts, *call).is_some_and(|(name, object)| {
                let on = object.map_or("", |it| self.text_of(self.place_of(query.file, it)));
                on.to_ascii_lowercase().ends_with("cache") && matches!(name, "get" | "wrap" | "fetch" | "remember")
            }),
            _ => false,
        });
        let call = facts.call(query.call);
        let own = self.functions_out(facts, call.region).next();
        let in_field = own
            .and_then(|it| self.kept_by(query.file, facts, it, (call.region, call.span)))
            .is_some_and(|it| !matches!(it.home, Home::Closure(_)));
        in_cache || in_field || self.remembers(&QueryPath { hops: Vec::new(), query: query.clone() })
    }

    fn speaks_of(&self, names: &str, listed: &[&str]) -> bool {
        names.split(['/', '.']).flat_map(words).any(|it| listed.contains(&it.as_str()))
    }
}

/// Whether the name of a folder or file holds one of the words. `SplitTests` is a name of its own and tests nothing; `TestUsers`
/// says what kind of users.
fn speaks(name: &str, listed: &[&str]) -> bool {
    let is_own = name.starts_with(|it: char| it.is_ascii_uppercase());
    name.split('.').any(|part| {
        let words = words(part);
        let told = if is_own { 1 } else { words.len() };
        words.iter().take(told).any(|it| listed.contains(&it.as_str()))
    })
}

/// Whether the words of a table's name say that it holds few rows: `price`, and not `userSetting`, of which there is one per user.
fn is_small(name: &[String]) -> bool {
    let named = |it: &String, listed: &[&str]| listed.iter().any(|of| is_word(it, of));
    name.split_last().is_some_and(|(last, owner)| named(last, SMALL) && !owner.iter().any(|it| named(it, IDENTITY)))
}

/// Whether a word is another one or its plural.
fn is_word(word: &str, singular: &str) -> bool {
    word.strip_prefix(singular).is_some_and(|rest| matches!(rest, "" | "s" | "es"))
        || singular.strip_suffix('y').is_some_and(|stem| word.strip_prefix(stem) == Some("ies"))
}
