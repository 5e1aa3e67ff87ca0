//! What schema files say about tables: which columns single out one row, and which take one of a few values.
//!
//! Read from `schema.prisma`, from SQL migrations statement by statement, so that one that is not understood loses no other,
//! and from table definitions in code. A table that is described nowhere has no answer: the caller falls back to names.

use std::collections::HashMap;

use sqlparser::ast::{
    AlterTableOperation, ColumnDef, ColumnOption, DataType, Expr, IndexColumn, ObjectName, Statement, TableConstraint,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;
use sqlparser::tokenizer::{Token, Tokenizer};

/// One table.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Table {
    /// Sets of columns of which no two rows have the same values; a primary key is one.
    pub unique: Vec<Vec<String>>,
    /// Columns that hold one of a few values: enumerations and booleans.
    pub few: Vec<String>,
}

/// Every table that schema files describe, by its name without case and underscores.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tables {
    by_name: HashMap<String, Table>,
}

impl Tables {
    /// The table of a name, as code or SQL writes it: `userProfile`, `"public"."user_profile"`.
    #[must_use]
    pub fn table(&self, name: &str) -> Option<&Table> {
        self.by_name.get(&plain(name))
    }

    /// Adds the models of a `.prisma` file.
    pub fn read_prisma(&mut self, text: &str) {
        let enums: Vec<&str> =
            text.lines().filter_map(|it| it.trim().strip_prefix("enum ")?.split_whitespace().next()).collect();
        let mut lines = text.lines();
        while let Some(line) = lines.next() {
            let Some(name) = line.trim().strip_prefix("model ").and_then(|it| it.split_whitespace().next()) else {
                continue;
            };
            let mut table = Table::default();
            let mut alias = None;
            for line in lines.by_ref().map(str::trim).take_while(|it| !it.starts_with('}')) {
                alias = argument(line, "@@map(").map(|it| it.trim_matches('"').to_owned()).or(alias);
                table.read_field(line, &enums);
            }
            if let Some(alias) = alias {
                self.by_name.insert(plain(&alias), table.clone());
            }
            self.by_name.insert(plain(name), table);
        }
    }

    /// Adds what the statements of an SQL file create.
    pub fn read_sql(&mut self, text: &str) {
        let dialect = PostgreSqlDialect {};
        let Ok(tokens) = Tokenizer::new(&dialect, text).tokenize_with_location() else { return };
        for statement in tokens.split(|it| it.token == Token::SemiColon) {
            let words =
                || statement.iter().filter_map(|it| if let Token::Word(it) = &it.token { Some(it) } else { None });
            let first = words().next().map(|it| it.value.to_ascii_lowercase());
            // Most statements of a history say nothing about uniqueness.
            if !matches!(first.as_deref(), Some("create" | "alter")) {
                continue;
            }
            if let Ok(parsed) = Parser::new(&dialect).with_tokens_with_locations(statement.to_vec()).parse_statement() {
                self.read_statement(parsed);
            }
        }
    }

    fn read_statement(&mut self, statement: Statement) {
        match statement {
            Statement::CreateTable(made) => {
                let table = self.entry(&made.name);
                made.columns.iter().for_each(|it| table.read_column(it));
                table.unique.extend(made.constraints.iter().filter_map(unique_columns));
            }
            Statement::CreateIndex(made) if made.unique && made.predicate.is_none() => {
                self.entry(&made.table_name).unique.extend(columns_of(&made.columns));
            }
            Statement::AlterTable(changed) => {
                let table = self.entry(&changed.name);
                for operation in &changed.operations {
                    match operation {
                        AlterTableOperation::AddColumn { column_def, .. } => table.read_column(column_def),
                        AlterTableOperation::AddConstraint { constraint, .. } => {
                            table.unique.extend(unique_columns(constraint));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
    }

    fn entry(&mut self, name: &ObjectName) -> &mut Table {
        self.by_name.entry(plain(&name.to_string())).or_default()
    }
}

impl Table {
    /// Whether equality on these columns leaves at most one row.
    #[must_use]
    pub fn singles_out(&self, columns: &[&str]) -> bool {
        let has = |wanted: &String| columns.iter().any(|it| plain(it) == plain(wanted));
        self.unique.iter().any(|key| !key.is_empty() && key.iter().all(has))
    }

    /// Whether a column is compared that is part of a key: `id` of a key that a partition made longer tells rows apart.
    #[must_use]
    pub fn is_part_of_key(&self, column: &str, compared: &[&str]) -> bool {
        compared.iter().any(|it| plain(it) == column) && self.unique.iter().flatten().any(|it| plain(it) == column)
    }

    /// Whether a column takes one of a few values.
    #[must_use]
    pub fn has_few(&self, column: &str) -> bool {
        self.few.iter().any(|it| plain(it) == plain(column))
    }

    fn read_field(&mut self, line: &str, enums: &[&str]) {
        for key in ["@@id(", "@@unique("] {
            if let Some(list) = argument(line, key).and_then(|it| argument(it, "[")) {
                let name = |it: &str| it.trim().split('(').next().unwrap_or_default().to_owned();
                self.unique.push(list.trim_end_matches(']').split(',').map(name).collect());
            }
        }
        let mut words = line.split_whitespace();
        let (Some(name), Some(of)) = (words.next(), words.next()) else { return };
        let of = of.trim_end_matches('?');
        if name.starts_with(['/', '@']) {
            return;
        }
        if words
            .clone()
            .any(|it| it == "@id" || it.starts_with("@id(") || it == "@unique" || it.starts_with("@unique("))
        {
            self.unique.push(vec![name.to_owned()]);
        }
        if of == "Boolean" || enums.contains(&of) {
            self.few.push(name.to_owned());
        }
    }

    fn read_column(&mut self, column: &ColumnDef) {
        let name = column.name.value.clone();
        if matches!(column.data_type, DataType::Boolean | DataType::Bool | DataType::Enum(..)) {
            self.few.push(name.clone());
        }
        for option in &column.options {
            match &option.option {
                ColumnOption::Unique { .. } | ColumnOption::PrimaryKey(_) => self.unique.push(vec![name.clone()]),
                // `check (status in ('new', 'sent'))` lists the values.
                ColumnOption::Check(check) if matches!(*check.expr, Expr::In { .. }) => self.few.push(name.clone()),
                _ => {}
            }
        }
    }
}

fn unique_columns(constraint: &TableConstraint) -> Option<Vec<String>> {
    match constraint {
        TableConstraint::Unique(it) => columns_of(&it.columns),
        TableConstraint::PrimaryKey(it) => columns_of(&it.columns),
        _ => None,
    }
}

/// The columns of a key; `None` where one of them is an expression.
fn columns_of(columns: &[IndexColumn]) -> Option<Vec<String>> {
    let name = |it: &IndexColumn| match &it.column.expr {
        Expr::Identifier(name) => Some(name.value.clone()),
        _ => None,
    };
    columns.iter().map(name).collect()
}

/// A name without schema, quotes, case and underscores, which code bases write differently in SQL and in code.
pub(super) fn plain(name: &str) -> String {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.chars().filter(char::is_ascii_alphanumeric).map(|it| it.to_ascii_lowercase()).collect()
}

/// What stands behind an opening up to the line's last bracket.
fn argument<'l>(line: &'l str, opening: &str) -> Option<&'l str> {
    let (_, rest) = line.split_once(opening)?;
    let end =
        rest.find([')', ']']).map_or(rest.len(), |it| if opening == "[" { it } else { rest.rfind(')').unwrap_or(it) });
    Some(&rest[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prisma_models_tell_their_keys_and_enumerations() {
        let mut tables = Tables::default();
        tables.read_prisma(
            "enum Role {\n ADMIN\n USER\n}\nmodel UserProfile {\n id String @id @default(cuid())\n email String? @unique\n \
             role Role\n active Boolean @default(true)\n teamId Int\n name String\n @@unique([teamId, name], map: \"x\")\n \
             @@map(\"user_profiles\")\n}\n",
        );
        for name in ["userProfile", "user_profiles", "public.\"user_profiles\""] {
            let table = tables.table(name).expect(name);
            assert!(table.singles_out(&["email"]) && table.singles_out(&["x", "id"]));
            assert!(table.singles_out(&["teamId", "name"]) && !table.singles_out(&["teamId"]));
            assert!(table.has_few("role") && table.has_few("active") && !table.has_few("name"));
        }
        assert_eq!(tables.table("other"), None);
    }

    #[test]
    fn one_statement_that_is_not_understood_loses_no_other() {
        let mut tables = Tables::default();
        tables.read_sql(
            "DO $$ BEGIN RAISE NOTICE 'a;b'; END $$;\ncreate table public.tickets (id uuid primary key, code text unique, \
             state text check (state in ('open', 'done')), at int, unique (at, state));\nfrobnicate the table;\ncreate unique \
             index on tickets (lower(code));\ncreate unique index u on tickets (owner_id);\nalter table tickets add \
             constraint x unique (slug);",
        );
        let table = tables.table("tickets").expect("it is created");
        assert!(["id", "code", "owner_id", "slug"].iter().all(|it| table.singles_out(&[it])), "{table:?}");
        assert!(table.singles_out(&["state", "at"]) && !table.singles_out(&["at"]) && table.has_few("state"));
    }
}
