//! How many rows a read can come to: a limit, a key, a list, an owner, or the whole table.

use std::sync::LazyLock;

use regex::Regex;

use super::super::chain::ChainLink;
use super::super::iteration::callee_name;
use super::super::query::Query;
use super::super::statement::statement;
use super::super::{Chained, Project};
use super::filter::{Filters, Narrow, Operand};
use super::links::Links;
use super::text::{Said, read};
use super::wants_one;
use crate::catalog::{EffectKind, LimitSite, Test};
use crate::facts::{Call, ExprId, ExprKind, PropKey};
use crate::source::FileId;

/// What bounds a read.
#[derive(Debug, Clone, PartialEq)]
pub enum Extent {
    /// Something does, for this reason.
    Bounded(String),
    /// It reads what belongs to one owner, or to the elements of a list, by this column.
    Scoped {
        /// The column.
        column: String,
        /// Whether it is compared with a list.
        in_list: bool,
    },
    /// Nothing does.
    Open {
        /// Whether there is a condition at all.
        filtered: bool,
        /// Whether it reads what belongs to nobody in particular: presets, a shared catalog.
        shared: bool,
    },
    /// The code does not show it, for this reason.
    Unclear(String),
}

/// What a place where a limit may stand says.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Stated {
    Yes,
    No,
    Unclear,
}

/// Parts of the names of methods that bound a builder, whoever wrote them.
const LIMITING: &[&str] = &["paginat", "limit", "take", "forpage", "page", "top", "cursor", "chunk", "batch"];

/// A call that makes one value of many rows.
static AGGREGATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:count|countAll|countDistinct|sum|avg|max|min)\s*(?:<[^>]*>)?\s*\(").expect("a constant")
});

/// Methods that hand the builder to a function.
const HANDING: &[&str] = &[
    "$call",
    "$if",
    "modify",
    "pipe",
    "transform",
    "clone",
    "apply",
    "addCommonTableExpression",
    "with",
    "withRecursive",
];

impl Project {
    /// What bounds a query's rows.
    pub(super) fn extent_of(&self, query: &Query) -> Extent {
        let links = self.links_of(query);
        match self.stated(&links.chains) {
            Stated::Yes => return Extent::Bounded("a limit is stated".to_owned()),
            Stated::Unclear => return Extent::Unclear("whether its options hold a limit is not shown".to_owned()),
            Stated::No => {}
        }
        if let Some(name) = links.unlisted.iter().find(|it| contains_any(it, LIMITING)) {
            return Extent::Bounded(format!("`{name}` limits it"));
        }
        let mut filters = self.filters_of(&links.chains);
        let mut table = query.table.clone();
        if query.effect.kind == EffectKind::Raw {
            match self.said(query) {
                Said::NoList(why) => return Extent::Bounded(why.to_owned()),
                Said::Limited => return Extent::Bounded("a limit is stated".to_owned()),
                Said::Unclear => return Extent::Unclear("its text is put together or not understood".to_owned()),
                Said::Rows { table: named, filters: said } => (table, filters) = (Some(named), said),
            }
        }
        if self.sums_up(query, &links) {
            return Extent::Bounded("it counts or sums up".to_owned());
        }
        self.weigh(query, table.as_deref(), &filters, &links)
    }

    fn weigh(&self, query: &Query, table: Option<&str>, filters: &Filters, links: &Links) -> Extent {
        if let Some(bounded) = self.singled_out(table, filters) {
            return bounded;
        }
        let known = table.and_then(|it| self.tables.table(it));
        let scope = filters.narrow.iter().find(|it| it.is_scope(known));
        if let Some(scope) = scope {
            if wants_one(query) {
                return Extent::Bounded("the first row of those with one key".to_owned());
            }
            return Extent::Scoped { column: scope.column.clone(), in_list: scope.test == Test::In };
        }
        if let Some(name) = &links.handed_to {
            return Extent::Unclear(format!("`{name}` is given the query and may bound it"));
        }
        if let Some(name) = links.unlisted.iter().find(|it| HANDING.contains(&it.as_str())) {
            return Extent::Unclear(format!("`{name}` may bound it"));
        }
        if links.from_caller {
            return Extent::Unclear("the query comes from a caller".to_owned());
        }
        if let Some(why) = filters.unclear {
            return Extent::Unclear(why.to_owned());
        }
        let shared = filters.narrow.iter().any(|it| it.value == Operand::Nothing && is_owner(&it.column));
        Extent::Open { filtered: !filters.narrow.is_empty(), shared }
    }

    /// Whether filters leave one row, or one for each element of a list.
    fn singled_out(&self, table: Option<&str>, filters: &Filters) -> Option<Extent> {
        let own = || filters.narrow.iter().filter(|it| !it.related);
        let of = |test: Test| own().filter(move |it| it.test == test).map(|it| it.column.as_str()).collect::<Vec<_>>();
        let known = table.and_then(|it| self.tables.table(it));
        let is_key = |columns: &[&str]| match known {
            Some(table) if !table.unique.is_empty() => {
                table.singles_out(columns) || table.is_part_of_key("id", columns)
            }
            _ => columns.iter().any(|it| matches!(*it, "id" | "_id" | "uuid" | "__name__")),
        };
        let equal = of(Test::Eq);
        if is_key(&equal) {
            return Some(Extent::Bounded(format!("at most one row: `{}` is unique", equal.join("`, `"))));
        }
        let listed = own().find(|it| {
            it.test == Test::In && is_key(&equal.iter().copied().chain([it.column.as_str()]).collect::<Vec<_>>())
        })?;
        let from_request = match listed.value {
            Operand::Varies(Some((file, expr))) => self.is_from_request(file, expr),
            _ => false,
        };
        Some(if from_request {
            Extent::Scoped { column: listed.column.clone(), in_list: true }
        } else {
            Extent::Bounded(format!("at most one row for each `{}` in the list", listed.column))
        })
    }

    /// Whether any chain of a query states a limit.
    fn stated(&self, chains: &[(FileId, Chained)]) -> Stated {
        let mut answer = Stated::No;
        for (file, chained) in chains {
            let Some(facts) = self.facts(*file) else { continue };
            for (step, site) in &chained.chain.limits {
                let Some(call) = chained.call_at(*step) else { continue };
                match self.stated_at(*file, facts.call(call), site) {
                    Stated::Yes => return Stated::Yes,
                    Stated::Unclear => answer = Stated::Unclear,
                    Stated::No => {}
                }
            }
        }
        answer
    }

    fn stated_at(&self, file: FileId, call: &Call, site: &LimitSite) -> Stated {
        let Some(facts) = self.facts(file) else { return Stated::Unclear };
        let argument = |at: u8| call.args.get(usize::from(at)).copied();
        let keyed = |object: Option<ExprId>, key: &str| {
            object.map_or(Stated::No, |it| self.key_stated(file, it, &key.split('.').collect::<Vec<_>>()))
        };
        match site {
            // A limit at the end of its own call.
            LimitSite::Arg { arg } => {
                if argument(*arg).is_some() {
                    Stated::Yes
                } else {
                    Stated::No
                }
            }
            LimitSite::Range { .. } => Stated::Yes,
            LimitSite::Key { arg, key } | LimitSite::Flag { arg, key } => keyed(argument(*arg), key),
            LimitSite::Stage { arg, key } => match argument(*arg).map(|it| &facts.expr(it).kind) {
                Some(ExprKind::Array(stages)) => {
                    stages.iter().map(|it| keyed(Some(*it), key)).max_by_key(|it| rank(*it)).unwrap_or(Stated::No)
                }
                Some(_) => Stated::Unclear,
                None => Stated::No,
            },
            LimitSite::Call { name } => {
                let named = call.args.iter().any(|it| match facts.expr(*it).kind {
                    ExprKind::Call(inner) => callee_name(facts, inner).is_some_and(|(it, _)| it == name),
                    _ => false,
                });
                if named { Stated::Yes } else { Stated::No }
            }
            LimitSite::Sql => Stated::No,
        }
    }

    /// Whether an options object holds a key, through names, spreads and functions that make it.
    fn key_stated(&self, file: FileId, object: ExprId, path: &[&str]) -> Stated {
        let Some((at, object)) = self.definition(file, object, 8) else { return Stated::Unclear };
        let (Some(facts), Some((first, rest))) = (self.facts(at), path.split_first()) else { return Stated::Unclear };
        match &facts.expr(object).kind {
            ExprKind::Object(props) => {
                let mut answer = Stated::No;
                for prop in props.iter().rev() {
                    let stated = match prop.key {
                        PropKey::Name(name) if facts.name(name) == *first => {
                            if rest.is_empty() {
                                Stated::Yes
                            } else {
                                self.key_stated(at, prop.value, rest)
                            }
                        }
                        PropKey::Spread => self.key_stated(at, prop.value, path),
                        _ => Stated::No,
                    };
                    if rank(stated) > rank(answer) {
                        answer = stated;
                    }
                }
                answer
            }
            ExprKind::Call(call) => match self.value(at, facts.call(*call).callee) {
                super::Value::Function(home, function) => {
                    let returns = self.file(home).index.returns.get(&function).into_iter().flatten();
                    returns
                        .map(|it| self.key_stated(home, *it, path))
                        .max_by_key(|it| rank(*it))
                        .unwrap_or(Stated::Unclear)
                }
                _ => Stated::Unclear,
            },
            ExprKind::Cond { yes, no, .. } => {
                let (yes, no) = (self.key_stated(at, *yes, path), self.key_stated(at, *no, path));
                if rank(yes) > rank(no) { yes } else { no }
            }
            ExprKind::Binary(_, _, right) => self.key_stated(at, *right, path),
            ExprKind::Str(_) | ExprKind::Undefined | ExprKind::Null | ExprKind::Function(_) | ExprKind::Array(_) => {
                Stated::No
            }
            _ => Stated::Unclear,
        }
    }

    /// The table that the text of a raw statement reads.
    pub(super) fn table_said(&self, query: &Query) -> Option<String> {
        match self.said(query) {
            Said::Rows { table, .. } => Some(table),
            _ => None,
        }
    }

    /// What the text of a raw statement says.
    fn said(&self, query: &Query) -> Said {
        let Some(facts) = self.facts(query.file) else { return Said::Unclear };
        let call = facts.call(query.call);
        if let Some((text, _)) = statement(facts, call) {
            return read(text);
        }
        let named = call.args.first().and_then(|it| self.definition(query.file, *it, 8));
        let Some((at, it)) = named else { return Said::Unclear };
        let Some(facts) = self.facts(at) else { return Said::Unclear };
        match &facts.expr(it).kind {
            ExprKind::Str(text) | ExprKind::Template { text, .. } => read(facts.name(*text)),
            ExprKind::Object(_) => {
                let text =
                    ["text", "sql", "query"].iter().find_map(|key| super::super::definition::entry(facts, it, key));
                match text.and_then(|it| self.definition(at, it, 8)).map(|(at, it)| (self.facts(at), it)) {
                    Some((Some(facts), it)) => match &facts.expr(it).kind {
                        ExprKind::Str(text) | ExprKind::Template { text, .. } => read(facts.name(*text)),
                        _ => Said::Unclear,
                    },
                    _ => Said::Unclear,
                }
            }
            ExprKind::Call(call) => facts.call(*call).text.map_or(Said::Unclear, |it| read(facts.name(it))),
            _ => Said::Unclear,
        }
    }

    /// Whether what a builder selects are counts and sums: `select({ n: count() })`, `groupBy`.
    fn sums_up(&self, query: &Query, links: &Links) -> bool {
        let groups = |name: &str| matches!(name, "groupBy" | "groupByRaw" | "addGroupBy");
        let selects = links.chains.iter().any(|(file, chained)| {
            let Some(facts) = self.facts(*file) else { return false };
            let calls = chained.links.iter().filter_map(|it| match it {
                ChainLink::Call(call) => Some(*call),
                _ => None,
            });
            calls.into_iter().any(|call| {
                let name = callee_name(facts, call).map_or("", |it| it.0);
                let text = |it: &ExprId| self.text_of(self.place_of(*file, *it));
                matches!(name, "select" | "addSelect" | "columns" | "count" | "sum" | "countDistinct")
                    && facts.call(call).args.iter().any(|it| AGGREGATE.is_match(text(it)))
            })
        });
        let listed = query.chained.chain.links.iter().any(|it| groups(&it.method.name));
        selects || listed || links.unlisted.iter().any(|it| groups(it))
    }
}

fn rank(stated: Stated) -> u8 {
    match stated {
        Stated::No => 0,
        Stated::Unclear => 1,
        Stated::Yes => 2,
    }
}

fn contains_any(name: &str, words: &[&str]) -> bool {
    let name = name.to_ascii_lowercase();
    words.iter().any(|it| name.contains(it))
}

impl Narrow {
    /// Whether a condition leaves what belongs to one of many: equality with a value that varies, on a column that does not
    /// take one of a few values, or membership in such a list.
    pub(super) fn is_scope(&self, table: Option<&super::super::tables::Table>) -> bool {
        matches!(self.value, Operand::Varies(_))
            && matches!(self.test, Test::Eq | Test::In)
            && !table.filter(|_| !self.related).is_some_and(|it| it.has_few(&self.column))
            && !takes_few(&self.column)
    }
}

/// Whether a column names an owner.
fn is_owner(column: &str) -> bool {
    column.ends_with("Id") || column.ends_with("_id")
}

/// Whether a column takes one of a few values, by its name.
fn takes_few(column: &str) -> bool {
    const FEW: &[&str] = &[
        "status",
        "state",
        "type",
        "kind",
        "role",
        "locale",
        "language",
        "lang",
        "level",
        "tier",
        "plan",
        "hour",
        "day",
        "month",
        "year",
        "date",
        "gender",
        "enabled",
        "active",
        "deleted",
        "archived",
        "visibility",
        "priority",
        "stage",
        "mode",
        "source",
        "provider",
        "region",
        "country",
        "currency",
        "category",
        "environment",
        "env",
        "interval",
    ];
    let lower = column.to_ascii_lowercase();
    let is_flag = ["is_", "has_", "can_"].iter().any(|it| lower.starts_with(it))
        || ["is", "has", "can"]
            .iter()
            .any(|it| column.strip_prefix(it).is_some_and(|it| it.starts_with(|it: char| it.is_ascii_uppercase())));
    is_flag || FEW.iter().any(|it| lower == *it || lower.ends_with(&format!("_{it}")) || column.ends_with(&capital(it)))
}

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or(String::new(), |it| it.to_uppercase().chain(letters).collect())
}
