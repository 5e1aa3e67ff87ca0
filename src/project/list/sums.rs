//! Whether what a builder selects makes one value of many rows; what the text of a statement selects is said by
//! [`super::aggregate`].

use std::sync::LazyLock;

use regex::Regex;

use super::super::Project;
use super::super::chain::ChainLink;
use super::super::iteration::callee_name;
use super::super::query::Query;
use super::filter::last_part;
use super::links::Links;
use crate::facts::CallId;
use crate::source::FileId;

/// A call that makes one value of many rows.
static AGGREGATE: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)\b(?:count|countAll|countDistinct|sum|avg|max|min)\s*(?:<[^>]*>)?\s*\(").expect("a constant")
});

impl Project {
    /// Whether what a builder selects are counts and sums: `select({ n: count() })`, `groupBy`. A count of something else beside each
    /// row sums up nothing, and a group for each row is a row.
    pub(super) fn sums_up(&self, query: &Query, links: &Links) -> bool {
        let groups = |name: &str| matches!(name, "groupBy" | "groupByRaw" | "addGroupBy");
        let calls: Vec<(FileId, CallId)> = links
            .chains
            .iter()
            .flat_map(|(file, chained)| {
                let called = |it: &ChainLink| if let ChainLink::Call(call) = it { Some((*file, *call)) } else { None };
                chained.links.iter().filter_map(called).collect::<Vec<_>>()
            })
            .collect();
        let name_of = |&(file, call): &(FileId, CallId)| {
            self.facts(file).and_then(|facts| callee_name(facts, call)).map_or("", |it| it.0)
        };
        let texts = |&(file, call): &(FileId, CallId)| -> Vec<&str> {
            let args = self.facts(file).map_or(&[][..], |facts| &facts.call(call).args);
            args.iter().map(|it| self.text_of(self.place_of(file, *it))).collect()
        };
        let table = query.table.as_deref().map(last_part);
        let per_row = calls.iter().filter(|it| groups(name_of(it))).flat_map(texts).any(|text| {
            let mut parts = text.trim_matches(['"', '\'', '`']).rsplit('.');
            parts.next() == Some("id") && parts.next().is_some_and(|it| table == Some(it))
        });
        let selects = calls.iter().any(|it| {
            matches!(name_of(it), "select" | "addSelect" | "columns" | "count" | "sum" | "countDistinct")
                && texts(it).iter().any(|text| AGGREGATE.is_match(&without_subqueries(text)))
        });
        let listed = query.chained.chain.links.iter().any(|it| groups(&it.method.name));
        !per_row && (selects || listed || links.unlisted.iter().any(|it| groups(it)))
    }
}

/// A text without the queries in it: `(select count(*) from …)`.
fn without_subqueries(text: &str) -> String {
    static SUBQUERY: LazyLock<Regex> = LazyLock::new(|| Regex::new(r"(?i)\(\s*select\b").expect("a constant"));
    let mut rest = text.to_owned();
    while let Some(found) = SUBQUERY.find(&rest) {
        let mut depth = 0;
        let end = rest[found.start()..].char_indices().find_map(|(at, it)| {
            depth += i32::from(it == '(') - i32::from(it == ')');
            (depth == 0).then_some(found.start() + at + 1)
        });
        rest.replace_range(found.start()..end.unwrap_or(rest.len()), "");
    }
    rest
}
