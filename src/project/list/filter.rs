//! The filters of a query, read where the catalog says that they stand.

use super::super::definition::entry;
use super::super::iteration::callee_name;
use super::super::{Chained, Project};
use super::column::is_whose;
use super::condition::STEPS;
use super::given::LeftOut;
use super::handed::{Handed, Through};
use crate::catalog::{FilterSite, Test};
use crate::facts::{Call, CallId, ExprId, ExprKind, FileFacts, FunctionId, PropKey};
use crate::source::FileId;

/// One condition that every row that is read meets.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Narrow {
    /// The column, without what qualifies it.
    pub(super) column: String,
    /// How it compares.
    pub(super) test: Test,
    /// What it is compared with.
    pub(super) value: Operand,
    /// Whether it is a condition on another table that this one is related to.
    pub(super) related: bool,
}

/// What a column is compared with.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Operand {
    /// The same for every run of the code.
    Fixed,
    /// `true`.
    Yes,
    /// `null`.
    Nothing,
    /// Something else each time; where it stands, if it is an expression of its own.
    Varies(Option<(FileId, ExprId)>),
}

/// A function and the file that it stands in.
pub(super) type Function = (FileId, FunctionId);

/// All that the code says about which rows are read.
#[derive(Debug, Clone, Default)]
pub(super) struct Filters {
    /// Conditions that always hold.
    pub(super) narrow: Vec<Narrow>,
    /// Where the code does not show the condition, why.
    pub(super) unclear: Option<&'static str>,
    /// The calls that leave out what an optional condition depends on: for them the condition is not there.
    pub(super) left_out: Option<Vec<LeftOut>>,
    /// The function whose callers say more, if the code around the query does not.
    pub(super) asked: Option<Function>,
    /// Whether anything was said at all.
    pub(super) said: bool,
    /// The calls through which the conditions are read, with the functions that they lead to.
    pub(super) through: Vec<(Function, (FileId, CallId))>,
}

impl Project {
    /// Adds what one filter site says.
    pub(super) fn read_filter(&self, file: FileId, call: &Call, site: &FilterSite, found: &mut Filters) {
        let Some(facts) = self.facts(file) else { return };
        let argument = |at: u8| call.args.get(usize::from(at)).copied();
        match site {
            FilterSite::Column { test } => self.read_column(file, facts, &call.args, *test, found),
            FilterSite::Where => self.read_where(file, facts, &call.args, found),
            FilterSite::Expression { arg, joined: true } => {
                argument(*arg).into_iter().for_each(|it| self.read_join(file, it, found));
            }
            FilterSite::Object { arg, key: None } | FilterSite::Expression { arg, joined: false } => {
                argument(*arg).into_iter().for_each(|it| self.read_condition(file, it, STEPS, found));
            }
            FilterSite::Object { arg, key: Some(key) } => {
                argument(*arg).into_iter().for_each(|it| self.read_under_key(file, it, key, found));
            }
            FilterSite::Stage { arg, key } => match argument(*arg).map(|it| &facts.expr(it).kind) {
                Some(ExprKind::Array(stages)) => {
                    let conditions = stages.iter().filter_map(|it| entry(facts, *it, key));
                    conditions.for_each(|it| self.read_condition(file, it, STEPS, found));
                }
                Some(_) => found.unclear = Some("the stages are put together elsewhere"),
                None => {}
            },
            FilterSite::Id { arg } => {
                if let Some(it) = argument(*arg) {
                    let test = if self.is_list(file, it) { Test::In } else { Test::Eq };
                    found.push("id", test, Operand::Varies(Some((file, it))), false);
                }
            }
            FilterSite::Include { arg, key } => {
                argument(*arg).into_iter().for_each(|it| self.read_includes(file, it, key, STEPS, found));
            }
            FilterSite::Call { name } => self.read_calls(file, facts, call, name, found),
            // The text is read as a whole.
            FilterSite::Sql => {}
        }
    }

    /// `include: [{ model, where: { teamId } }]`: rows without a related row that fits are left out.
    fn read_includes(&self, file: FileId, options: ExprId, key: &str, steps: u32, found: &mut Filters) {
        let (Some((file, options)), Some(steps)) = (self.definition(file, options, 8), steps.checked_sub(1)) else {
            return;
        };
        let Some(facts) = self.facts(file) else { return };
        let Some((at, listed)) = entry(facts, options, key).and_then(|it| self.definition(file, it, 8)) else { return };
        let Some(facts) = self.facts(at) else { return };
        let each = match &facts.expr(listed).kind {
            ExprKind::Array(items) => items.to_vec(),
            _ => vec![listed],
        };
        for (at, it) in each.iter().filter_map(|it| self.definition(at, *it, 8)) {
            let Some(facts) = self.facts(at) else { continue };
            let condition = entry(facts, it, "where");
            let is_optional = match entry(facts, it, "required").map(|it| &facts.expr(it).kind) {
                Some(ExprKind::Bool(is)) => !is,
                Some(_) => true,
                None => condition.is_none(),
            };
            if !is_optional {
                condition.into_iter().for_each(|it| self.read_join(at, it, found));
                self.read_includes(at, it, key, steps, found);
            }
        }
    }

    /// What the condition of a join does not say, the rest of the query may.
    fn read_join(&self, file: FileId, expr: ExprId, found: &mut Filters) {
        let mut joined = Filters::default();
        self.read_condition(file, expr, STEPS, &mut joined);
        found.narrow.extend(joined.narrow.into_iter().map(|it| Narrow { related: true, ..it }));
    }

    /// `query(ref, where("a", "==", 1))`.
    fn read_calls(&self, file: FileId, facts: &FileFacts, call: &Call, name: &str, found: &mut Filters) {
        for it in &call.args {
            if let ExprKind::Call(inner) = facts.expr(*it).kind
                && callee_name(facts, inner).is_some_and(|(it, _)| it == name)
            {
                self.read_where(file, facts, &facts.call(inner).args, found);
            }
        }
    }

    fn read_under_key(&self, file: FileId, object: ExprId, key: &str, found: &mut Filters) {
        let (at, object) = match self.handed(file, object, &found.through) {
            Handed::At(at, it) => self.definition(at, it, 8).unwrap_or((at, it)),
            Handed::Nothing => return,
            it => return found.leave_to(it, "its options come from elsewhere"),
        };
        let Some(facts) = self.facts(at) else { return };
        match (entry(facts, object, key), &facts.expr(object).kind) {
            (Some(it), _) => self.read_condition(at, it, STEPS, found),
            (None, ExprKind::Object(props)) => {
                let spreads = props.iter().filter(|it| it.key == PropKey::Spread);
                spreads.for_each(|it| self.read_under_key(at, it.value, key, found));
            }
            _ => found.unclear = Some("its options come from elsewhere"),
        }
    }

    /// All filters of the chains that build a query.
    pub(super) fn filters_of(&self, chains: &[(FileId, Chained)], through: Through<'_>) -> Filters {
        let mut found = Filters { through: through.to_vec(), ..Filters::default() };
        for (file, chained) in chains {
            let Some(facts) = self.facts(*file) else { continue };
            for (step, site) in &chained.chain.filters {
                if let Some(call) = chained.call_at(*step) {
                    self.read_filter(*file, facts.call(call), site, &mut found);
                }
            }
        }
        found
    }
}

impl Filters {
    /// Adds what holds where one of several conditions does: each of them has to narrow.
    pub(super) fn join(&mut self, branches: impl IntoIterator<Item = Self>) {
        let branches: Vec<Self> = branches.into_iter().collect();
        self.unclear = branches.iter().find_map(|it| it.unclear).or(self.unclear);
        self.asked = branches.iter().find_map(|it| it.asked).or(self.asked);
        branches.iter().filter_map(|it| it.left_out.clone()).for_each(|it| self.assume(it));
        let scope = |it: &Self| it.narrow.iter().find(|it| it.is_scope(None)).cloned();
        if let Some(scopes) = branches.iter().map(scope).collect::<Option<Vec<_>>>() {
            // That one of several columns singles out a row does not make it one row.
            self.narrow.extend(scopes.into_iter().take(1).map(|it| Narrow { related: true, ..it }));
        }
        // One's own, and what belongs to nobody: `OR: [{ userId }, { userId: null }]`.
        let of_nobody =
            |it: &Self| it.narrow.iter().find(|it| it.value == Operand::Nothing && is_whose(&it.column)).cloned();
        let shared = branches.iter().find_map(of_nobody);
        if branches.iter().all(|it| scope(it).or_else(|| of_nobody(it)).is_some()) {
            self.narrow.extend(shared);
        }
    }

    /// Leaves a question to the callers of a function, or open.
    pub(super) fn leave_to(&mut self, handed: Handed, why: &'static str) {
        self.unclear = Some(why);
        if let Handed::Open(function) = handed {
            self.asked = Some(function);
        }
    }

    /// Nothing said yet, on the same way.
    pub(super) fn branch(&self) -> Self {
        Self { through: self.through.clone(), ..Self::default() }
    }

    pub(super) fn push(&mut self, column: &str, test: Test, value: Operand, related: bool) {
        self.narrow.push(Narrow { column: last_part(column).to_owned(), test, value, related });
    }
}

/// The name behind the last dot, quotes aside.
pub(super) fn last_part(name: &str) -> &str {
    name.rsplit(['.', ':']).next().unwrap_or(name).trim_matches(['"', '`', '\'', ' '])
}
