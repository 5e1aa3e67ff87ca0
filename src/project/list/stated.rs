//! Whether a query states a limit, wherever its library takes one.

use super::super::iteration::callee_name;
use super::super::{Chained, Project, Value};
use super::filter::Function;
use super::given::LeftOut;
use super::handed::{Handed, Through};
use crate::catalog::LimitSite;
use crate::facts::{Call, ExprId, ExprKind, FileFacts, Prop, PropKey};
use crate::source::FileId;

/// What a place where a limit may stand says.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Stated {
    /// There is one.
    Yes,
    /// There is none.
    No,
    /// There is none for these calls, which do not give it.
    LeftOut(Vec<LeftOut>),
    /// The callers of a function say so.
    Handed(Function),
    /// The code does not show it.
    Unclear,
}

impl Project {
    /// Whether any chain of a query states a limit.
    pub(super) fn stated(&self, chains: &[(FileId, Chained)], through: Through<'_>) -> Stated {
        let mut answer = Stated::No;
        for (file, chained) in chains {
            let Some(facts) = self.facts(*file) else { continue };
            for (step, site) in &chained.chain.limits {
                let Some(call) = chained.call_at(*step) else { continue };
                match self.stated_at(*file, facts.call(call), site, through) {
                    Stated::Yes => return Stated::Yes,
                    Stated::No => {}
                    it => answer = answer.or(it),
                }
            }
        }
        answer
    }

    fn stated_at(&self, file: FileId, call: &Call, site: &LimitSite, through: Through<'_>) -> Stated {
        let Some(facts) = self.facts(file) else { return Stated::Unclear };
        let argument = |at: u8| call.args.get(usize::from(at)).copied();
        let keyed = |object: Option<ExprId>, key: &str| {
            object.map_or(Stated::No, |it| self.key_stated(file, it, &key.split('.').collect::<Vec<_>>(), through))
        };
        match site {
            // A limit at the end of its own call.
            LimitSite::Arg { arg } => argument(*arg).map_or(Stated::No, |it| self.number_stated(file, it, through)),
            LimitSite::Range { .. } => Stated::Yes,
            LimitSite::Key { arg, key } | LimitSite::Flag { arg, key } => keyed(argument(*arg), key),
            LimitSite::Stage { arg, key } => match argument(*arg).map(|it| &facts.expr(it).kind) {
                Some(ExprKind::Array(stages)) => {
                    stages.iter().map(|it| keyed(Some(*it), key)).fold(Stated::No, Stated::or)
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

    fn number_stated(&self, file: FileId, number: ExprId, through: Through<'_>) -> Stated {
        if !through.is_empty() && self.handed(file, number, through) == Handed::Nothing {
            return Stated::No;
        }
        let left = self.limit_left_out(file, number, through);
        if left.is_empty() { Stated::Yes } else { Stated::LeftOut(left) }
    }

    /// Whether an options object holds a key, through names, spreads and functions that make it.
    fn key_stated(&self, file: FileId, object: ExprId, path: &[&str], through: Through<'_>) -> Stated {
        let (file, object) = match self.handed(file, object, through) {
            Handed::At(at, it) => (at, it),
            Handed::Nothing => return Stated::No,
            Handed::Open(function) => return Stated::Handed(function),
            Handed::Elsewhere => (file, object),
        };
        let Some((at, object)) = self.definition(file, object, 8) else { return Stated::Unclear };
        let (Some(facts), Some((first, rest))) = (self.facts(at), path.split_first()) else { return Stated::Unclear };
        match &facts.expr(object).kind {
            ExprKind::Object(props) => {
                let stated = props.iter().map(|it| self.entry_stated(at, facts, *it, (first, rest, path), through));
                stated.fold(Stated::No, Stated::or)
            }
            ExprKind::Call(call) => match self.value(at, facts.call(*call).callee) {
                Value::Function(home, function) => {
                    let returns = self.file(home).index.returns.get(&function).into_iter().flatten();
                    returns
                        .map(|it| self.key_stated(home, *it, path, through))
                        .reduce(Stated::or)
                        .unwrap_or(Stated::Unclear)
                }
                _ => Stated::Unclear,
            },
            ExprKind::Cond { yes, no, .. } => {
                self.key_stated(at, *yes, path, through).or(self.key_stated(at, *no, path, through))
            }
            ExprKind::Binary(_, _, right) => self.key_stated(at, *right, path, through),
            ExprKind::Str(_) | ExprKind::Undefined | ExprKind::Null | ExprKind::Function(_) | ExprKind::Array(_) => {
                Stated::No
            }
            _ => Stated::Unclear,
        }
    }

    fn entry_stated(
        &self,
        file: FileId,
        facts: &FileFacts,
        prop: Prop,
        (first, rest, path): (&str, &[&str], &[&str]),
        through: Through<'_>,
    ) -> Stated {
        match prop.key {
            PropKey::Name(name) if facts.name(name) == first && rest.is_empty() => {
                self.number_stated(file, prop.value, through)
            }
            PropKey::Name(name) if facts.name(name) == first => self.key_stated(file, prop.value, rest, through),
            PropKey::Spread => self.key_stated(file, prop.value, path, through),
            _ => Stated::No,
        }
    }
}

impl Stated {
    /// The stronger of two.
    fn or(self, other: Self) -> Self {
        if other.rank() > self.rank() { other } else { self }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::No => 0,
            Self::LeftOut(_) => 1,
            Self::Handed(_) => 2,
            Self::Unclear => 3,
            Self::Yes => 4,
        }
    }
}
