//! The text of a statement with names where names are substituted: `` select * from ${users} where ${users.fields.team} = ${id} ``.
//!
//! Only what stands where a name has to stand is taken for one; everything else stays a value. Nothing is parsed here.

use super::super::Project;
use super::filter::last_part;
use crate::facts::{ExprId, ExprKind};
use crate::source::FileId;

/// Words behind which a table is named.
const BEFORE_TABLE: &[&str] = &["from", "join", "into", "update", "table", "only"];

/// Words behind which something has to follow, so that what is substituted there is no clause of its own.
const EXPECTING: &[&str] = &[
    "select",
    "distinct",
    "from",
    "join",
    "into",
    "update",
    "table",
    "where",
    "and",
    "or",
    "not",
    "on",
    "in",
    "is",
    "like",
    "ilike",
    "between",
    "by",
    "limit",
    "offset",
    "set",
    "values",
    "when",
    "then",
    "else",
    "having",
    "any",
    "all",
    "as",
    "using",
    "interval",
    "returning",
    "over",
    "exists",
    "case",
    "escape",
    "only",
    "similar",
    "to",
    "at",
    "zone",
];

/// Words of the language that are names of tables and columns as well.
const RESERVED: &[&str] = &[
    "user",
    "order",
    "group",
    "table",
    "end",
    "default",
    "check",
    "column",
    "references",
    "limit",
    "offset",
    "all",
    "any",
    "primary",
    "grant",
    "case",
    "when",
    "values",
    "key",
    "from",
    "to",
    "in",
    "is",
    "like",
    "on",
    "join",
    "type",
];

/// Names under which code keeps a table, whatever its name is.
const GENERIC: &[&str] = &["table", "tablename", "table_name"];

impl Project {
    /// The text, `\0` standing for values only; as it is where its parts are not known.
    pub(super) fn spelled(&self, file: FileId, text: &str, parts: &[ExprId]) -> String {
        let mut pieces = text.split('\0');
        let mut whole = pieces.next().unwrap_or_default().to_owned();
        let rest: Vec<&str> = pieces.collect();
        if rest.len() != parts.len() {
            return text.to_owned();
        }
        for (part, after) in parts.iter().zip(rest) {
            match self.name_at(file, *part, &whole, after) {
                Some(name) => whole.push_str(&name),
                None => whole.push('\0'),
            }
            whole.push_str(after);
        }
        whole
    }

    /// The name that has to stand between two pieces of text.
    fn name_at(&self, file: FileId, part: ExprId, before: &str, after: &str) -> Option<String> {
        let (word, sign) = (last_word(before), before.trim_end().chars().next_back().unwrap_or(' '));
        if BEFORE_TABLE.contains(&&*word) {
            return Some(self.table_behind(file, part).unwrap_or_else(|| "t".to_owned()));
        }
        let name = || self.name_behind(file, part);
        if before.ends_with('.') || after.starts_with('.') {
            return Some(name().unwrap_or_else(|| "c".to_owned()));
        }
        let lists = is_in_select_list(before);
        if lists && (matches!(&*word, "select" | "distinct") || sign == ',') {
            return Some(name().unwrap_or_else(|| "*".to_owned()));
        }
        if word == "by" {
            return Some(name().unwrap_or_else(|| "c".to_owned()));
        }
        let opens = matches!(&*word, "where" | "and" | "or" | "on" | "not" | "having" | "when") || sign == '(';
        if opens && compares(after) { name().filter(|_| self.is_path(file, part)) } else { None }
    }

    fn is_path(&self, file: FileId, part: ExprId) -> bool {
        self.facts(file).is_some_and(|facts| matches!(facts.expr(part).kind, ExprKind::Member { .. }))
    }

    /// The name that a constant or a path ends in.
    fn name_behind(&self, file: FileId, part: ExprId) -> Option<String> {
        if let Some(text) = self.text_behind(file, part) {
            return plain(&text);
        }
        let facts = self.facts(file)?;
        match facts.expr(part).kind {
            ExprKind::Member { property, .. } => plain(facts.name(property)),
            ExprKind::Local(binding) => plain(facts.name(facts.binding(binding).name)),
            _ => None,
        }
    }

    /// The table that is meant: `${users.table}` is `users`, and so is the `table` of `convert(users)`.
    fn table_behind(&self, file: FileId, part: ExprId) -> Option<String> {
        let name = self.name_behind(file, part)?;
        if !GENERIC.contains(&&*name.trim_matches('"').to_ascii_lowercase()) {
            return Some(name);
        }
        let facts = self.facts(file)?;
        let owner = match facts.expr(part).kind {
            ExprKind::Member { object, .. } => object,
            ExprKind::Local(binding) => match facts.expr(facts.binding(binding).init?).kind {
                ExprKind::Call(call) => *facts.call(call).args.first()?,
                _ => facts.binding(binding).init?,
            },
            _ => return None,
        };
        plain(last_part(self.text_of(self.place_of(file, owner)))).filter(|it| it != "this")
    }
}

/// A text without what is substituted as a clause of its own, such as an order or a further condition; `None` where there is none.
pub(super) fn without_clauses(text: &str) -> Option<String> {
    let mut pieces = text.split('\0');
    let mut whole = pieces.next().unwrap_or_default().to_owned();
    let mut dropped = false;
    for after in pieces {
        let ends = whole.trim_end().chars().next_back();
        let complete =
            ends.is_some_and(|it| it.is_alphanumeric() || matches!(it, ')' | '"' | '`' | '\'' | '*' | '\0' | '_'));
        if complete && !EXPECTING.contains(&&*last_word(&whole)) {
            dropped = true;
        } else {
            whole.push('\0');
        }
        whole.push_str(after);
    }
    dropped.then_some(whole)
}

/// Whether the last `select` has no `from` yet.
fn is_in_select_list(before: &str) -> bool {
    let lower = before.to_ascii_lowercase();
    let words = lower.split(|it: char| !it.is_ascii_alphanumeric() && it != '_');
    words.fold(false, |lists, it| match it {
        "select" => true,
        "from" => false,
        _ => lists,
    })
}

/// Whether a comparison starts.
fn compares(after: &str) -> bool {
    let after = after.trim_start().to_ascii_lowercase();
    let word = after.split(|it: char| !it.is_ascii_alphanumeric()).next().unwrap_or_default();
    after.starts_with(['=', '<', '>', '!', '~', '@'])
        || matches!(word, "in" | "is" | "like" | "ilike" | "between" | "not" | "similar")
}

/// The word that a text ends in, in small letters; empty where it ends in a sign.
fn last_word(text: &str) -> String {
    let text = text.trim_end();
    let start = text
        .rfind(|it: char| !it.is_alphanumeric() && it != '_')
        .map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8));
    text[start..].to_ascii_lowercase()
}

/// A name as a statement may hold it.
fn plain(name: &str) -> Option<String> {
    let is_name = !name.is_empty()
        && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_')
        && !name.starts_with(|it: char| it.is_ascii_digit());
    let quoted = RESERVED.contains(&&*name.to_ascii_lowercase());
    is_name.then(|| if quoted { format!("\"{name}\"") } else { name.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_a_clause_of_its_own_is_left_out() {
        for (text, answer) in [
            ("select * from t where a = \0 \0", Some("select * from t where a = \0 ")),
            ("select * from t \0 order by a", Some("select * from t  order by a")),
            ("select * from t where \0", None),
            ("select * from t where a in (\0) limit \0", None),
            ("select * from t where a = \0 and \0", None),
        ] {
            assert_eq!(without_clauses(text).as_deref(), answer, "{text}");
        }
    }

    #[test]
    fn a_list_of_columns_ends_with_from() {
        assert!(is_in_select_list("select a, "));
        assert!(!is_in_select_list("select a from t where "));
        assert!(is_in_select_list("with x as (select a from t) select "));
    }

    #[test]
    fn names_are_words() {
        assert_eq!(plain("users").as_deref(), Some("users"));
        assert_eq!(plain("order").as_deref(), Some("\"order\""));
        assert_eq!(plain("a b"), None);
    }
}
