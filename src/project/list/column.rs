//! What a column's name and table say about how many rows share one of its values.

use super::super::callee::words;
use super::super::tables::Table;
use super::filter::{Narrow, Operand};
use crate::catalog::Test;

/// Columns that take one of a few values, whatever the table.
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

impl Narrow {
    /// Whether a condition leaves what belongs to one of many: equality with a value that varies, on a column that does not
    /// take one of a few values, or membership in such a list.
    pub(super) fn is_scope(&self, table: Option<&Table>) -> bool {
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

/// Whether a column without a value says that a row belongs to nobody in particular. Of rows without a parent there are many.
pub(super) fn is_whose(column: &str) -> bool {
    const WHOSE: &[&str] = &[
        "user",
        "owner",
        "org",
        "organization",
        "organisation",
        "team",
        "tenant",
        "workspace",
        "account",
        "project",
        "company",
        "customer",
        "member",
        "author",
        "creator",
        "store",
        "shop",
        "group",
    ];
    is_owner(column) && words(column).iter().rev().nth(1).is_some_and(|it| WHOSE.contains(&it.as_str()))
}

/// Whether a flag marks the few rows that somebody picked out by hand: staff, what comes with the product, what was verified.
pub(super) fn is_picked(column: &str) -> bool {
    const PICKED: &[&str] =
        &["admin", "superuser", "staff", "verified", "trusted", "featured", "official", "system", "builtin", "preset"];
    let words = words(column);
    let is_negated = words.iter().any(|it| matches!(it.as_str(), "not" | "non"));
    // An address is verified by its owner.
    let of_address = words.iter().any(|it| matches!(it.as_str(), "email" | "mail" | "phone"));
    !is_negated && !of_address && words.iter().any(|it| PICKED.contains(&it.as_str()))
}

/// Whether a column takes one of a few values, by its name.
fn takes_few(column: &str) -> bool {
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
