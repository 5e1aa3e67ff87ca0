//! Checks that keep a number small before it is used: `if (limit > 100) …`, `limit <= 100 && …`.

use super::amount::Trail;
use super::definition::entry;
use super::{Amount, Project};
use crate::facts::{ExprId, ExprKind, Operator, PropKey, RegionId};
use crate::source::FileId;

impl Project {
    /// The largest number that a name or property is compared with in the function around it.
    ///
    /// Comparisons with zero and one only say that there is something; they bound nothing from above.
    pub(super) fn guarded(&self, file: FileId, expr: ExprId, trail: Trail<'_>) -> Option<Amount> {
        let facts = self.facts(file)?;
        let text = self.text_of(self.place_of(file, expr));
        let same = |it: ExprId| self.text_of(self.place_of(file, it)) == text;
        let around: Vec<RegionId> = facts.regions_out(facts.expr(expr).region).map(|(id, _)| id).collect();
        let function = |region: RegionId| self.file(file).index.owner(region);
        let owners: Vec<_> = around.iter().map(|it| function(*it)).collect();
        let bounds = facts.exprs.iter().filter_map(|it| {
            let ExprKind::Binary(Operator::Compare, left, right) = it.kind else { return None };
            let other = match (same(left), same(right)) {
                (true, false) => right,
                (false, true) => left,
                _ => return None,
            };
            owners.contains(&function(it.region)).then(|| self.measure(file, other, trail))
        });
        let bounds = bounds.filter_map(|it| if let Amount::AtMost(most) = it { Some(most) } else { None });
        bounds.filter(|it| *it > 1.0).reduce(f64::min).map(Amount::AtMost)
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
