//! How many rows a read can come to: a limit, a key, a list, an owner, or the whole table.

use super::super::callee::words;
use super::super::query::Query;
use super::super::statement::statement;
use super::super::tables::Table;
use super::super::{Amount, Project};
use super::column::{is_picked, is_whose};
use super::filter::{Filters, Function, Narrow, Operand};
use super::given::LeftOut;
use super::handed::Through;
use super::links::Links;
use super::stated::Stated;
use super::text::{Said, read};
use super::wants_one;
use crate::catalog::{EffectKind, Test};
use crate::facts::ExprKind;

/// What bounds a read.
#[derive(Debug, Clone, PartialEq)]
pub enum Extent {
    /// A limit that is stated.
    Limited,
    /// Something else does, for this reason.
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
        /// Whether it reads what belongs to nobody in particular, or what somebody picked out: presets, a shared catalog.
        shared: bool,
        /// The calls for which nothing does, if others give a limit or a condition.
        left_out: Vec<LeftOut>,
    },
    /// The code does not show it, for this reason.
    Unclear(String),
}

/// Words of the names of methods that bound a builder, whoever wrote them.
const LIMITING: &[&str] = &["limit", "limited", "take", "page", "top", "cursor", "chunk", "batch"];

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
        let (extent, asked) = self.extent_through(query, &[]);
        let Some(asked) = asked else { return extent };
        let by_callers = self.extent_by_callers(query, asked);
        by_callers.unwrap_or_else(|| if self.is_limited_by_request(query) { Extent::Limited } else { extent })
    }

    /// Whether a request says how many rows, which is another matter.
    fn is_limited_by_request(&self, query: &Query) -> bool {
        let Some(facts) = self.facts(query.file) else { return false };
        let limits = self.limits_within(query.file, facts.call(query.call).span);
        limits.iter().any(|it| matches!(it.rows, Amount::Request { .. }))
    }

    /// What bounds a query's rows for the calls that it is come to by; and the function whose callers say more, if that is unclear.
    pub(super) fn extent_through(&self, query: &Query, through: Through<'_>) -> (Extent, Option<Function>) {
        let links = self.links_of(query);
        let unclear = || Extent::Unclear("whether its options hold a limit is not shown".to_owned());
        let mut without_limit = None;
        match self.stated(&links.chains, through) {
            Stated::LeftOut(left) => without_limit = Some(left),
            Stated::Yes => return (Extent::Limited, None),
            Stated::Handed(function) => return (unclear(), Some(function)),
            Stated::Unclear => return (unclear(), None),
            Stated::No => {}
        }
        let mut asked = None;
        let extent = self.extent_beside_limit(query, &links, without_limit, through, &mut asked);
        let asked = asked.filter(|_| matches!(extent, Extent::Unclear(_)));
        (extent, asked)
    }

    fn extent_beside_limit(
        &self,
        query: &Query,
        links: &Links,
        without_limit: Option<Vec<LeftOut>>,
        through: Through<'_>,
        asked: &mut Option<Function>,
    ) -> Extent {
        if let Some(name) = links.unlisted.iter().find(|it| is_limiting(it)) {
            return Extent::Bounded(format!("`{name}` limits it"));
        }
        let mut filters = self.filters_of(&links.chains, through);
        let mut table = query.table.clone();
        if query.effect.kind == EffectKind::Raw {
            match self.said(query) {
                Said::NoList(why) => return Extent::Bounded(why.to_owned()),
                Said::Limited => return Extent::Limited,
                Said::Unclear => return Extent::Unclear("its text is put together or not understood".to_owned()),
                Said::Rows { table: named, filters: said } => (table, filters) = (Some(named), said),
            }
        }
        if self.sums_up(query, links) {
            return Extent::Bounded("it counts or sums up".to_owned());
        }
        without_limit.into_iter().for_each(|it| filters.assume(it));
        *asked = filters.asked;
        self.weigh(query, table.as_deref(), &filters, links)
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
        let few = |it: &Narrow| it.test == Test::Eq && it.value == Operand::Yes && is_picked(&it.column);
        let of_nobody = |it: &Narrow| it.value == Operand::Nothing && is_whose(&it.column);
        let shared = filters.narrow.iter().any(|it| of_nobody(it) || few(it));
        Extent::Open {
            filtered: !filters.narrow.is_empty(),
            shared,
            left_out: filters.left_out.clone().unwrap_or_default(),
        }
    }

    /// Whether a statement is about one row, although its method takes a set: `deleteMany({ where: { id } })`.
    #[must_use]
    pub fn is_about_one_row(&self, query: &Query) -> bool {
        let filters = self.filters_of(&self.links_of(query).chains, &[]);
        let equal: Vec<&str> = filters
            .narrow
            .iter()
            .filter(|it| !it.related && it.test == Test::Eq)
            .map(|it| it.column.as_str())
            .collect();
        let varies = filters.narrow.iter().any(|it| matches!(it.value, Operand::Varies(_)));
        let known = query.table.as_deref().and_then(|it| self.tables.table(it));
        varies && (is_key(known, &equal) || equal.iter().any(|it| matches!(*it, "id" | "_id")))
    }

    /// Whether filters leave one row, or one for each element of a list.
    fn singled_out(&self, table: Option<&str>, filters: &Filters) -> Option<Extent> {
        let own = || filters.narrow.iter().filter(|it| !it.related);
        let of = |test: Test| own().filter(move |it| it.test == test).map(|it| it.column.as_str()).collect::<Vec<_>>();
        let known = table.and_then(|it| self.tables.table(it));
        let is_key = |columns: &[&str]| is_key(known, columns);
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
        if let Some((text, parts)) = statement(facts, call) {
            return read(&self.spelled(query.file, text, parts));
        }
        let named = call.args.first().and_then(|it| self.definition(query.file, *it, 8));
        let Some((at, it)) = named else { return Said::Unclear };
        let Some(facts) = self.facts(at) else { return Said::Unclear };
        match &facts.expr(it).kind {
            ExprKind::Str(text) => read(facts.name(*text)),
            ExprKind::Template { text, parts } => read(&self.spelled(at, facts.name(*text), parts)),
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
            ExprKind::Call(call) => {
                let it = facts.call(*call);
                it.text.map_or(Said::Unclear, |text| read(&self.spelled(at, facts.name(text), &it.args)))
            }
            _ => Said::Unclear,
        }
    }
}

/// Whether columns together single out a row.
fn is_key(known: Option<&Table>, columns: &[&str]) -> bool {
    match known {
        Some(table) if !table.unique.is_empty() => table.singles_out(columns) || table.is_part_of_key("id", columns),
        _ => columns.iter().any(|it| matches!(*it, "id" | "_id" | "uuid" | "__name__")),
    }
}

/// Whether the name of a method or function says that it bounds the builder that it works on.
pub(super) fn is_limiting(name: &str) -> bool {
    words(name).iter().any(|it| it.starts_with("paginat") || LIMITING.contains(&it.as_str()))
}
