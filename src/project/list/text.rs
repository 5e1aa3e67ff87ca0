//! What the text of a `SELECT` says about how many rows come back.
//!
//! The text is parsed; placeholders and substitutions stand for values. A text that no dialect understands, or that is put
//! together from pieces, is unclear.

use sqlparser::ast::{
    BinaryOperator, Expr, GroupByExpr, InTarget, LimitClause, Query, Select, SelectItem, SetExpr, Statement,
    TableFactor, Value,
};
use sqlparser::dialect::{ClickHouseDialect, Dialect, GenericDialect, MySqlDialect, PostgreSqlDialect};
use sqlparser::parser::Parser;

use super::aggregate::{aggregates, is_period};
use super::filter::{Filters, Operand, last_part};
use super::spelling::without_clauses;
use crate::catalog::Test;

/// What a text comes to.
#[derive(Debug, Clone)]
pub(super) enum Said {
    /// It reads no list: it changes rows, has no table, or counts.
    NoList(&'static str),
    /// It states a limit.
    Limited,
    /// It reads all rows of a table that meet what the filters say.
    Rows { table: String, filters: Filters },
    /// It is not understood.
    Unclear,
}

/// Schemas that describe the database itself.
const CATALOGS: &[&str] = &["pg_", "information_schema", "sqlite_", "system.", "sys."];

/// Reads a statement; `\0` stands for what is substituted.
pub(super) fn read(text: &str) -> Said {
    let lower = text.trim_start().trim_start_matches('(').to_ascii_lowercase();
    if lower.is_empty() || lower.starts_with('\0') {
        return Said::Unclear;
    }
    if !lower.starts_with("select") && !lower.starts_with("with") {
        return Said::NoList("it reads no table");
    }
    match parsed(text) {
        Some(Statement::Query(query)) => read_query(&query, &lower),
        Some(_) => Said::NoList("it reads no table"),
        None if has_limit(&lower) => Said::Limited,
        // A clause that is put in narrows further, if it narrows.
        None => match without_clauses(text).map(|it| read(&it)) {
            Some(Said::Rows { table, mut filters }) => {
                filters.unclear = Some("a part of its text is put together elsewhere");
                Said::Rows { table, filters }
            }
            Some(said) => said,
            None => Said::Unclear,
        },
    }
}

/// Reads a bare condition, such as the text that a builder's `where` takes.
pub(super) fn condition(text: &str, found: &mut Filters) {
    match parsed(&format!("select * from t where {text}")) {
        Some(Statement::Query(query)) => match query.body.as_ref() {
            SetExpr::Select(select) => select.selection.iter().for_each(|it| read_condition(it, found)),
            _ => found.unclear = Some("the condition is not understood"),
        },
        _ => found.unclear = Some("the condition is not understood"),
    }
}

fn parsed(text: &str) -> Option<Statement> {
    // `:...ids` spreads a list, `{id: String}` is a parameter with its type, `:id` one by name.
    let mut plain = String::with_capacity(text.len());
    let mut rest = text.replace(":...", ":");
    while let Some(at) = rest.find('{') {
        let Some(end) = rest[at..].find('}') else { break };
        plain.push_str(&rest[..at]);
        plain.push('\0');
        rest = rest.split_off(at + end + 1);
    }
    plain.push_str(&rest);
    let dialects: [(&dyn Dialect, &str); 4] = [
        (&PostgreSqlDialect {}, " $1 "),
        (&MySqlDialect {}, " ? "),
        (&GenericDialect {}, " ? "),
        (&ClickHouseDialect {}, " ? "),
    ];
    dialects.iter().find_map(|(dialect, value)| {
        let text = plain.replace('\0', value);
        let parser = Parser::new(*dialect).with_recursion_limit(40);
        let statements = parser.try_with_sql(&text).ok()?.parse_statements().ok()?;
        let [only] = <[Statement; 1]>::try_from(statements).ok()?;
        Some(only)
    })
}

fn has_limit(lower: &str) -> bool {
    lower.split(|it: char| !it.is_ascii_alphanumeric() && it != '_').any(|it| matches!(it, "limit" | "fetch" | "top"))
}

fn read_query(query: &Query, lower: &str) -> Said {
    let limited = match &query.limit_clause {
        Some(LimitClause::LimitOffset { limit, limit_by, .. }) => limit.is_some() && limit_by.is_empty(),
        Some(LimitClause::OffsetCommaLimit { .. }) => true,
        None => false,
    };
    if limited || query.fetch.is_some() {
        return Said::Limited;
    }
    match query.body.as_ref() {
        SetExpr::Select(select) if select.top.is_some() => Said::Limited,
        SetExpr::Select(select) => {
            let own = query.with.iter().flat_map(|it| &it.cte_tables).map(|it| it.alias.name.value.clone());
            match read_select(select, &own.collect::<Vec<_>>()) {
                // A limit in a part of it may be what bounds the whole.
                Said::Rows { .. } if has_limit(lower) => Said::Unclear,
                said => said,
            }
        }
        SetExpr::Query(inner) => read_query(inner, lower),
        _ => Said::Unclear,
    }
}

fn read_select(select: &Select, own: &[String]) -> Said {
    let Some(first) = select.from.first() else { return Said::NoList("it reads no table") };
    let TableFactor::Table { name, args, .. } = &first.relation else { return Said::Unclear };
    // A schema that is substituted says nothing, and quotes in the middle of a name are hard to read.
    let quoted = name.0.last().and_then(|it| it.as_ident()).filter(|it| name.0.len() > 1 && it.quote_style.is_some());
    let table = quoted.map_or_else(|| name.to_string(), |it| it.value.clone());
    if args.is_some() || CATALOGS.iter().any(|it| table.to_ascii_lowercase().starts_with(it)) {
        return Said::NoList("it reads what the database says about itself");
    }
    let grouped = !matches!(&select.group_by, GroupByExpr::Expressions(by, _) if by.is_empty());
    let counts = select.projection.iter().any(|it| match it {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => aggregates(expr),
        _ => false,
    });
    match (grouped, counts) {
        (true, _) => return Said::NoList("one row per group"),
        (false, true) => return Said::NoList("it counts or sums up: one row"),
        _ => {}
    }
    let by_period = |it: &SelectItem| match it {
        SelectItem::UnnamedExpr(expr) | SelectItem::ExprWithAlias { expr, .. } => is_period(expr),
        _ => false,
    };
    if select.distinct.is_some() && select.projection.iter().all(by_period) {
        return Said::NoList("one row per period");
    }
    // What a part of the statement gives is as long as that part makes it.
    if own.contains(&table) {
        return Said::Unclear;
    }
    let mut filters = Filters::default();
    select.selection.iter().for_each(|it| read_condition(it, &mut filters));
    // Rows are singled out by a key of the table itself, not by one of what it is joined with.
    if !first.joins.is_empty() {
        filters.narrow.iter_mut().for_each(|it| it.related = true);
    }
    Said::Rows { table, filters }
}

fn read_condition(expr: &Expr, found: &mut Filters) {
    match expr {
        Expr::Nested(inner) => read_condition(inner, found),
        Expr::BinaryOp { left, op: BinaryOperator::And, right } => {
            read_condition(left, found);
            read_condition(right, found);
        }
        Expr::BinaryOp { left, op: BinaryOperator::Or, right } => found.join([left, right].map(|it| {
            let mut branch = Filters::default();
            read_condition(it, &mut branch);
            branch
        })),
        Expr::BinaryOp { left, op: BinaryOperator::Eq, right } => read_equality(left, right, found),
        Expr::In { expr, negated: false, target: InTarget::List(list), .. } => {
            if let Some(name) = column(expr) {
                let fixed = list.iter().all(|it| operand(it) == Operand::Fixed);
                found.push(&name, Test::In, if fixed { Operand::Fixed } else { Operand::Varies(None) }, false);
            }
        }
        Expr::AnyOp { left, right, .. } => {
            if let Some(name) = column(left) {
                found.push(&name, Test::In, operand(right), false);
            }
        }
        Expr::In { expr, negated: false, .. } => {
            if let Some(name) = column(expr) {
                found.push(&name, Test::Range, Operand::Varies(None), false);
            }
        }
        // `where ${conditions}`
        Expr::Value(value) if matches!(value.value, Value::Placeholder(_)) => {
            found.unclear = Some("the condition is put together elsewhere");
        }
        _ => {}
    }
}

fn read_equality(left: &Expr, right: &Expr, found: &mut Filters) {
    match (column(left), column(right)) {
        // Columns of joined tables are equal to each other.
        (Some(_), Some(_)) => {}
        (Some(name), None) => found.push(&name, Test::Eq, operand(right), false),
        (None, Some(name)) => found.push(&name, Test::Eq, operand(left), false),
        (None, None) => found.unclear = found.unclear.or(Some("the condition is put together elsewhere")),
    }
}

fn column(expr: &Expr) -> Option<String> {
    match expr {
        Expr::Identifier(name) => Some(name.value.clone()),
        Expr::CompoundIdentifier(parts) => parts.last().map(|it| it.value.clone()),
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => column(inner),
        Expr::Value(_) => None,
        // A table whose name is a word of the language is taken for something else: `user.name`.
        _ => {
            let text = expr.to_string();
            let plain = text.chars().all(|it| it.is_alphanumeric() || matches!(it, '_' | '.' | '"' | '`'));
            (plain && text.contains('.')).then(|| last_part(&text).to_owned())
        }
    }
}

fn operand(expr: &Expr) -> Operand {
    match expr {
        Expr::Value(value) if matches!(value.value, Value::Placeholder(_)) => Operand::Varies(None),
        Expr::Value(_) => Operand::Fixed,
        Expr::Nested(inner) | Expr::Cast { expr: inner, .. } => operand(inner),
        _ => Operand::Varies(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(text: &str) -> String {
        match read(text) {
            Said::NoList(why) => why.to_owned(),
            Said::Limited => "limited".to_owned(),
            Said::Unclear => "unclear".to_owned(),
            Said::Rows { table, filters } => {
                let names = filters
                    .narrow
                    .iter()
                    .map(|it| format!("{} {:?} {}", it.column, it.test, it.value == Operand::Fixed));
                format!("{table}: {}{}", names.collect::<Vec<_>>().join(", "), filters.unclear.unwrap_or(""))
            }
        }
    }

    #[test]
    fn texts_tell_what_they_read() {
        for (text, answer) in [
            ("select * from users", "users: "),
            (
                "SELECT u.* FROM users u WHERE u.team_id = $1 AND state = 'open'",
                "users: team_id Eq false, state Eq true",
            ),
            ("select * from `users` where id = ?", "`users`: id Eq false"),
            ("select * from users where id in (?) order by id", "users: id In false"),
            ("select * from users where id = any($1::uuid[])", "users: id In false"),
            ("select * from users where id = \0 limit \0", "limited"),
            ("select * from users fetch first 5 rows only", "limited"),
            ("select top 5 * from users", "limited"),
            ("select count(*)::int from users where x", "it counts or sums up: one row"),
            ("select day, count(*) from users group by day", "one row per group"),
            ("select 1", "it reads no table"),
            ("insert into t values (1)", "it reads no table"),
            ("select * from pg_stat_activity", "it reads what the database says about itself"),
            ("select * from users \0", "users: a part of its text is put together elsewhere"),
            (
                "select * from users where team_id = \0 \0",
                "users: team_id Eq falsea part of its text is put together elsewhere",
            ),
            ("select * from users where \0", "users: the condition is put together elsewhere"),
            ("with x as (select * from y limit 5) select * from x", "unclear"),
            ("select * from events where project = {project: String}", "events: project Eq false"),
            ("select * from users where a = :a or b = :b", "users: a Eq false"),
            ("select * from users where a = :a or public", "users: "),
            ("select * from users where user_id = :a or owner_id = :b", "users: user_id Eq false"),
        ] {
            assert_eq!(says(text), answer, "{text}");
        }
    }
}
