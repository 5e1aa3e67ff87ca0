//! Checks that keep a number small before it is used: `if (limit > 100) …`, `limit <= 100 && …`.

use super::amount::Trail;
use super::definition::entry;
use super::{Amount, Project, Value};
use crate::facts::{ExprId, ExprKind, JumpKind, Operator, PropKey, RegionId};
use crate::source::FileId;

impl Project {
    /// The largest number that what stands under `path` of a name or property is compared with in the function around it, or in
    /// a function that it is handed to there and that refuses: `validate(page)`.
    ///
    /// Comparisons with zero and one only say that there is something; they bound nothing from above.
    pub(super) fn guarded(&self, file: FileId, expr: ExprId, path: &[&str], trail: Trail<'_>) -> Option<Amount> {
        let facts = self.facts(file)?;
        let text = joined(self.text_of(self.place_of(file, expr)), path);
        let index = &self.file(file).index;
        let owners: Vec<_> =
            facts.regions_out(facts.expr(expr).region).map(|(region, _)| index.owner(region)).collect();
        let within = |region: RegionId| owners.contains(&index.owner(region));
        let compared = self.compared(file, &text, &within, trail);
        compared.or_else(|| self.refused(file, &text, &within, trail)).map(Amount::AtMost)
    }

    /// The least of the numbers that a text is compared with where `within` holds.
    fn compared(&self, file: FileId, text: &str, within: &dyn Fn(RegionId) -> bool, trail: Trail<'_>) -> Option<f64> {
        let facts = self.facts(file)?;
        let same = |it: ExprId| self.text_of(self.place_of(file, it)) == text;
        let bounds = facts.exprs.iter().filter_map(|it| {
            let ExprKind::Binary(Operator::Compare, left, right) = it.kind else { return None };
            let other = match (same(left), same(right)) {
                (true, false) => right,
                (false, true) => left,
                _ => return None,
            };
            within(it.region).then(|| self.measure(file, other, trail))
        });
        let bounds = bounds.filter_map(|it| if let Amount::AtMost(most) = it { Some(most) } else { None });
        bounds.filter(|it| *it > 1.0).reduce(f64::min)
    }

    /// The number beyond which a function throws that the value, or the object it lies in, is handed to.
    fn refused(&self, file: FileId, text: &str, within: &dyn Fn(RegionId) -> bool, trail: Trail<'_>) -> Option<f64> {
        let (facts, trail) = (self.facts(file)?, trail.step()?);
        let calls = facts.calls.iter().filter(|it| within(it.region) && !it.args.is_empty());
        let bounds = calls.filter_map(|call| {
            let handed = call.args.iter().enumerate().find_map(|(position, it)| {
                let rest = text.strip_prefix(self.text_of(self.place_of(file, *it)))?;
                (rest.is_empty() || rest.starts_with('.')).then_some((position, rest))
            });
            let (position, rest) = handed?;
            let Value::Function(at, function) = self.value(file, call.callee) else {
                let _ = self.definition(file, call.callee, 8);
                return None;
            };
            let (there, index) = (self.facts(at)?, &self.file(at).index);
            let name = self.text_of(self.place_of(at, there.function(function).params.get(position)?.pattern));
            let name = name.split(':').next().unwrap_or(name).trim();
            let within = |region: RegionId| index.owner(region) == Some(function);
            let throws = there.jumps.iter().any(|it| it.kind == JumpKind::Throw && within(it.region));
            if throws { self.compared(at, &format!("{name}{rest}"), &within, trail) } else { None }
        });
        bounds.reduce(f64::min)
    }

    /// Whether an expression is an object literal that surely has no entry of that name.
    pub(super) fn lacks(&self, file: FileId, expr: ExprId, path: &[&str]) -> bool {
        let (Some(first), Some((at, object))) = (path.first(), self.definition(file, expr, 8)) else { return false };
        let Some(facts) = self.facts(at) else { return false };
        match &facts.expr(object).kind {
            ExprKind::Object(props) => {
                entry(facts, object, first).is_none() && props.iter().all(|it| matches!(it.key, PropKey::Name(_)))
            }
            _ => false,
        }
    }
}

/// How a property under a path is written.
fn joined(text: &str, path: &[&str]) -> String {
    path.iter().fold(text.to_owned(), |whole, it| format!("{whole}.{it}"))
}
