//! Which column a condition compares, and with what.

use super::super::{Project, Value};
use super::condition::{COMPARED, STEPS};
use super::filter::{Filters, Operand, last_part};
use crate::catalog::Test;
use crate::facts::{ExprId, ExprKind, FileFacts, PropKey};
use crate::source::FileId;

impl Project {
    /// `.eq("a", 1)`.
    pub(super) fn read_column(
        &self,
        file: FileId,
        facts: &FileFacts,
        args: &[ExprId],
        test: Test,
        found: &mut Filters,
    ) {
        if let [column, rest @ ..] = args {
            if let ExprKind::Cond { yes, no, .. } = facts.expr(*column).kind {
                let with = |it: ExprId| {
                    let mut branch = found.branch();
                    let args: Vec<ExprId> = std::iter::once(it).chain(rest.iter().copied()).collect();
                    self.read_column(file, facts, &args, test, &mut branch);
                    branch
                };
                return found.join([with(yes), with(no)]);
            }
            let Some(column) = self.column_name(file, facts, *column) else {
                found.unclear = Some("the column that it compares is chosen elsewhere");
                return;
            };
            if test == Test::In && rest.first().is_some_and(|it| self.is_another_query(file, *it)) {
                found.unclear = Some("its list is another query");
                return;
            }
            let value = rest.first().map_or(Operand::Fixed, |it| self.operand(file, *it));
            found.push(&column, test, value, false);
        }
    }

    /// `.where("a", "=", 1)`, `.where("a", 1)`, `.where({ a: 1 })`.
    pub(super) fn read_where(&self, file: FileId, facts: &FileFacts, args: &[ExprId], found: &mut Filters) {
        match *args {
            [only] => self.read_condition(file, only, STEPS, found),
            [_, _] => self.read_column(file, facts, args, Test::Eq, found),
            [column, operator, value] => {
                let operator = match facts.expr(operator).kind {
                    ExprKind::Str(text) => facts.name(text).to_lowercase(),
                    _ => String::new(),
                };
                let test = match operator.as_str() {
                    "=" | "==" | "===" | "is" => Test::Eq,
                    "in" | "array-contains-any" => Test::In,
                    "" | "!=" | "<>" | "not in" | "is not" => return,
                    _ => Test::Range,
                };
                self.read_column(file, facts, &[column, value], test, found);
            }
            _ => {}
        }
    }

    fn column_name(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> Option<String> {
        let text = match facts.expr(expr).kind {
            ExprKind::Str(text) => facts.name(text),
            // `${table}.id`
            ExprKind::Template { text, .. } => {
                return facts
                    .name(text)
                    .rsplit_once('.')
                    .map(|it| last_part(it.1).to_owned())
                    .filter(|it| !it.contains('\0'));
            }
            ExprKind::Member { property, .. } => facts.name(property),
            ExprKind::Local(_) => self.text_of(self.place_of(file, expr)),
            // table[`${kind}Id`]: what follows says what kind of column it is.
            ExprKind::Index { index, .. } => match facts.expr(index).kind {
                ExprKind::Str(text) => facts.name(text),
                ExprKind::Template { text, .. } => {
                    return facts.name(text).rsplit('\0').next().filter(|it| !it.is_empty()).map(|it| format!("*{it}"));
                }
                _ => return None,
            },
            _ => return None,
        };
        Some(last_part(text).to_owned())
    }

    /// Whether what a column is compared with is the same each time.
    pub(super) fn operand(&self, file: FileId, expr: ExprId) -> Operand {
        let varies = Operand::Varies(Some((file, expr)));
        let (at, it) = self.definition(file, expr, 8).unwrap_or((file, expr));
        let Some(facts) = self.facts(at) else { return varies };
        match &facts.expr(it).kind {
            ExprKind::Null => Operand::Nothing,
            ExprKind::Bool(true) => Operand::Yes,
            ExprKind::Str(_) | ExprKind::Num(_) | ExprKind::Bool(_) | ExprKind::Regex => Operand::Fixed,
            ExprKind::Array(items) if items.iter().all(|it| self.operand(at, *it) == Operand::Fixed) => Operand::Fixed,
            // `Status.Done`: a constant of an enumeration.
            ExprKind::Member { object, property } => {
                let is_capital = |name: &str| name.starts_with(|it: char| it.is_ascii_uppercase());
                let root = self.text_of(self.place_of(at, *object));
                if is_capital(last_part(root)) || is_capital(root) && is_capital(facts.name(*property)) {
                    Operand::Fixed
                } else {
                    varies
                }
            }
            _ => varies,
        }
    }

    /// Whether a list is what another query gives: `inArray(users.id, db.select(…).from(…))`.
    fn is_another_query(&self, file: FileId, expr: ExprId) -> bool {
        let (at, it) = self.definition(file, expr, 8).unwrap_or((file, expr));
        self.chain(at, it)
            .is_some_and(|it| it.chain.receiver.is_some() && it.chain.effect.is_some_and(|it| !it.runs_when_called()))
    }

    /// Whether an expression is a list, as far as its own form says.
    pub(super) fn is_list(&self, file: FileId, expr: ExprId) -> bool {
        let name = self.text_of(self.place_of(file, expr));
        matches!(self.value(file, expr), Value::Literal(at, it)
            if self.facts(at).is_some_and(|facts| matches!(facts.expr(it).kind, ExprKind::Array(_))))
            || name.ends_with("ids")
            || name.ends_with("Ids")
    }
}

/// `where(fn("length", col("tags")), { [Op.gt]: 0 })`: what an expression is compared with is no value that it has to have.
pub(super) fn is_range(facts: &FileFacts, args: &[ExprId]) -> bool {
    let [_, compared] = args else { return false };
    let ExprKind::Object(props) = &facts.expr(*compared).kind else { return false };
    props.iter().all(|it| match it.key {
        PropKey::Name(name) => COMPARED.contains(&facts.name(name)),
        PropKey::Computed(key) => match facts.expr(key).kind {
            ExprKind::Member { property, .. } => COMPARED.contains(&facts.name(property)),
            _ => false,
        },
        PropKey::Spread => false,
    })
}
