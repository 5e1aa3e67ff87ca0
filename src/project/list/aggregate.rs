//! What of a `SELECT` list makes one row of many: aggregates, and dates cut to a period.

use std::ops::ControlFlow;

use sqlparser::ast::Expr;

/// Functions that make one row of many.
const AGGREGATES: &[&str] = &[
    "count",
    "sum",
    "avg",
    "min",
    "max",
    "bool_or",
    "bool_and",
    "json_agg",
    "jsonb_agg",
    "array_agg",
    "string_agg",
    "exists",
    "uniq",
    "uniqexact",
    "any",
    "group_concat",
    "stddev",
    "quantile",
];

/// Whether an expression makes one value of many rows.
pub(super) fn aggregates(expr: &Expr) -> bool {
    let visited = sqlparser_walk(expr, &mut |it| match it {
        Expr::Function(call) if call.over.is_none() => {
            let name = call.name.to_string().to_ascii_lowercase();
            if AGGREGATES.iter().any(|it| name == *it || name.strip_suffix("if").is_some_and(|name| name == *it)) {
                return ControlFlow::Break(());
            }
            ControlFlow::Continue(())
        }
        _ => ControlFlow::Continue(()),
    });
    visited.is_break()
}

/// `date_trunc('week', at)::date`
pub(super) fn is_period(expr: &Expr) -> bool {
    match expr {
        Expr::Cast { expr, .. } | Expr::Nested(expr) => is_period(expr),
        Expr::Extract { .. } => true,
        Expr::Function(call) => {
            matches!(&*call.name.to_string().to_ascii_lowercase(), "date_trunc" | "date_part" | "year" | "month")
        }
        _ => false,
    }
}

/// Visits an expression and what it wraps; subqueries are not entered.
fn sqlparser_walk(expr: &Expr, visit: &mut impl FnMut(&Expr) -> ControlFlow<()>) -> ControlFlow<()> {
    visit(expr)?;
    match expr {
        Expr::Cast { expr, .. } | Expr::Nested(expr) | Expr::UnaryOp { expr, .. } => sqlparser_walk(expr, visit),
        Expr::BinaryOp { left, right, .. } => {
            sqlparser_walk(left, visit)?;
            sqlparser_walk(right, visit)
        }
        Expr::Function(call) => match &call.args {
            sqlparser::ast::FunctionArguments::List(list) => {
                for it in &list.args {
                    if let sqlparser::ast::FunctionArg::Unnamed(sqlparser::ast::FunctionArgExpr::Expr(it)) = it {
                        sqlparser_walk(it, visit)?;
                    }
                }
                ControlFlow::Continue(())
            }
            _ => ControlFlow::Continue(()),
        },
        _ => ControlFlow::Continue(()),
    }
}
