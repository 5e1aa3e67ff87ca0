//! What number an expression is, or at most is, and who decides it.
//!
//! Followed through names, imports, arithmetic, checks, parameters and their callers. A bound counts only where the code shows
//! it; what is not shown is [`Amount::Unknown`], never a guess.

use super::iteration::callee_name;
use super::{Project, Value};
use crate::facts::{Binding, BindingId, BindingKind, CallForm, CallId, ExprId, ExprKind, FunctionId, Operator};
use crate::finding::Evidence;
use crate::source::{FileId, Place};

/// What a number can be.
#[derive(Debug, Clone, PartialEq)]
pub enum Amount {
    /// At most this, whatever happens.
    AtMost(f64),
    /// Set from outside by whoever runs the program.
    Configured,
    /// Bounded by a check that is shown, with a number that is not.
    Stated,
    /// A parameter that no caller in the code base bounds, and no request is seen to reach.
    Caller,
    /// Not shown by the code.
    Unknown,
    /// A caller of the server chooses it, and nothing bounds it.
    Request {
        /// Where it is taken from the request.
        place: Place,
        /// The calls on its way, from the request to the use.
        hops: Vec<Evidence>,
    },
}

/// A call whose arguments stand for a function's parameters while its returns are looked at.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'f> {
    pub(super) function: (FileId, FunctionId),
    pub(super) file: FileId,
    pub(super) args: &'f [ExprId],
    pub(super) outer: Option<&'f Frame<'f>>,
}

/// What a question about an amount carries along.
#[derive(Debug, Clone, Copy)]
pub(super) struct Trail<'f> {
    pub(super) frame: Option<&'f Frame<'f>>,
    pub(super) steps: u32,
}

const STEPS: u32 = 28;

impl Amount {
    /// Either of two.
    pub(super) fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::AtMost(a), Self::AtMost(b)) => Self::AtMost(a.max(b)),
            (a, b) => {
                if a.rank() >= b.rank() {
                    a
                } else {
                    b
                }
            }
        }
    }

    /// Something computed from two; bounded where both are.
    fn with(self, other: Self, combine: impl Fn(f64, f64) -> f64) -> Self {
        match (self, other) {
            (Self::AtMost(a), Self::AtMost(b)) => Self::AtMost(combine(a, b)),
            (a, b) => a.or(b),
        }
    }

    /// The smaller of two: bounded where either is.
    fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::AtMost(a), Self::AtMost(b)) => Self::AtMost(a.min(b)),
            (Self::AtMost(a), _) | (_, Self::AtMost(a)) => Self::AtMost(a),
            (a, b) => a.or(b),
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Self::AtMost(_) => 0,
            Self::Configured => 1,
            Self::Stated => 2,
            Self::Caller => 3,
            Self::Unknown => 4,
            Self::Request { .. } => 5,
        }
    }

    fn through(self, hop: Evidence) -> Self {
        match self {
            Self::Request { place, mut hops } => {
                hops.push(hop);
                Self::Request { place, hops }
            }
            other => other,
        }
    }
}

impl Trail<'_> {
    pub(super) fn start() -> Self {
        Self { frame: None, steps: STEPS }
    }

    pub(super) fn step(self) -> Option<Self> {
        Some(Self { steps: self.steps.checked_sub(1)?, ..self })
    }
}

impl Project {
    /// What number an expression is.
    #[must_use]
    pub fn amount(&self, file: FileId, expr: ExprId) -> Amount {
        self.deeper(|| self.measure(file, expr, Trail::start())).unwrap_or(Amount::Unknown)
    }

    /// What number stands under a path of an object.
    #[must_use]
    pub fn amount_at(&self, file: FileId, object: ExprId, path: &[&str]) -> Amount {
        self.deeper(|| self.measure_entry(file, object, path, Trail::start())).unwrap_or(Amount::Unknown)
    }

    pub(super) fn measure(&self, file: FileId, expr: ExprId, trail: Trail<'_>) -> Amount {
        let (Some(facts), Some(trail), true) = (self.facts(file), trail.step(), self.spend()) else {
            return Amount::Unknown;
        };
        if self.is_from_request(file, expr) {
            return self.guarded(file, expr, &[], trail).unwrap_or_else(|| self.request_amount(file, expr));
        }
        let again = |expr: ExprId| self.measure(file, expr, trail);
        match &facts.expr(expr).kind {
            ExprKind::Num(value) => Amount::AtMost(*value),
            ExprKind::Str(text) => facts.name(*text).trim().parse().map_or(Amount::Unknown, Amount::AtMost),
            ExprKind::Null | ExprKind::Undefined => Amount::AtMost(0.0),
            ExprKind::Global(name) if facts.name(*name) == "Infinity" => Amount::AtMost(f64::INFINITY),
            ExprKind::Unary(Operator::Not, _) => Amount::Unknown,
            ExprKind::Unary(_, inner) | ExprKind::Await(inner) | ExprKind::Assign { value: inner, .. } => again(*inner),
            ExprKind::Sequence(parts) => parts.last().map_or(Amount::Unknown, |it| again(*it)),
            ExprKind::Cond { yes, no, .. } => again(*yes).or(again(*no)),
            ExprKind::Binary(operator, left, right) => self.measure_binary(file, *operator, *left, *right, trail),
            ExprKind::Local(binding) => {
                self.guarded(file, expr, &[], trail).unwrap_or_else(|| self.measure_binding(file, *binding, &[], trail))
            }
            ExprKind::Member { object, property } => self
                .guarded(file, expr, &[], trail)
                .unwrap_or_else(|| self.measure_entry(file, *object, &[facts.name(*property)], trail)),
            ExprKind::Call(call) => self.measure_call(file, *call, trail),
            _ => Amount::Unknown,
        }
    }

    fn measure_binary(
        &self,
        file: FileId,
        operator: Operator,
        left: ExprId,
        right: ExprId,
        trail: Trail<'_>,
    ) -> Amount {
        let (left, right) = (|| self.measure(file, left, trail), || self.measure(file, right, trail));
        match operator {
            Operator::Or | Operator::Coalesce => left().or(right()),
            Operator::And => right(),
            Operator::Add => left().with(right(), |a, b| a + b),
            Operator::Subtract => left(),
            Operator::Multiply => left().with(right(), |a, b| a * b),
            Operator::Divide => left().with(right(), |a, b| if b == 0.0 { f64::INFINITY } else { a / b }),
            _ => Amount::Unknown,
        }
    }

    fn measure_call(&self, file: FileId, id: CallId, trail: Trail<'_>) -> Amount {
        let Some(facts) = self.facts(file) else { return Amount::Unknown };
        let call = facts.call(id);
        let args = || call.args.iter().map(|it| self.measure(file, *it, trail));
        let first = || args().next().unwrap_or(Amount::Unknown);
        if call.form != CallForm::Call {
            return Amount::Unknown;
        }
        let Some((name, object)) = callee_name(facts, id) else { return Amount::Unknown };
        let on = object.map_or("", |it| self.text_of(self.place_of(file, it)));
        match (on, name) {
            ("Math", "min") => args().reduce(Amount::and).unwrap_or(Amount::Unknown),
            ("Math", "max") => args().reduce(Amount::or).unwrap_or(Amount::Unknown),
            ("Math", "floor" | "ceil" | "round" | "trunc" | "abs") => first(),
            ("" | "Number", "Number" | "parseInt" | "parseFloat" | "toNumber" | "String") => first(),
            (_, "clamp") if call.args.len() == 3 => args().last().unwrap_or(Amount::Unknown),
            (_, "toString" | "valueOf" | "trim") => object.map_or(Amount::Unknown, |it| self.measure(file, it, trail)),
            _ => match self.parsed_by_schema(file, id, &[], trail) {
                Some(amount) => amount,
                None => self.measure_returns(file, id, &[], trail),
            },
        }
    }

    /// What a function of the code base returns, with the arguments of this call.
    fn measure_returns(&self, file: FileId, id: CallId, path: &[&str], trail: Trail<'_>) -> Amount {
        let Some(facts) = self.facts(file) else { return Amount::Unknown };
        let Value::Function(at, function) = self.value(file, facts.call(id).callee) else {
            // It may stand in a file that nobody else needs.
            let _ = self.definition(file, facts.call(id).callee, trail.steps);
            return Amount::Unknown;
        };
        let frame = Frame { function: (at, function), file, args: &facts.call(id).args, outer: trail.frame };
        let inner = Trail { frame: Some(&frame), steps: trail.steps };
        let returns = self.file(at).index.returns.get(&function).into_iter().flatten();
        let amounts = returns.map(|it| {
            if path.is_empty() { self.measure(at, *it, inner) } else { self.measure_entry(at, *it, path, inner) }
        });
        amounts.reduce(Amount::or).unwrap_or(Amount::Unknown)
    }

    /// What stands under `path` of an object.
    pub(super) fn measure_entry(&self, file: FileId, object: ExprId, path: &[&str], trail: Trail<'_>) -> Amount {
        let (Some(facts), Some(trail), true) = (self.facts(file), trail.step(), self.spend()) else {
            return Amount::Unknown;
        };
        let Some((first, rest)) = path.split_first() else { return self.measure(file, object, trail) };
        if self.is_from_request(file, object) || self.is_request_part(file, object, first) {
            return self.request_entry(file, object, path);
        }
        let again = |object: ExprId| self.measure_entry(file, object, path, trail);
        match &facts.expr(object).kind {
            ExprKind::Object(props) => {
                if let Some(value) = super::definition::entry(facts, object, first) {
                    return self.measure_entry(file, value, rest, trail);
                }
                let spreads = props.iter().rev().filter(|it| it.key == crate::facts::PropKey::Spread);
                spreads.map(|it| again(it.value)).find(|it| *it != Amount::Unknown).unwrap_or(Amount::Unknown)
            }
            ExprKind::Await(inner) | ExprKind::Assign { value: inner, .. } => again(*inner),
            ExprKind::Binary(Operator::Or | Operator::Coalesce, left, right) => again(*left).or(again(*right)),
            ExprKind::Cond { yes, no, .. } => again(*yes).or(again(*no)),
            ExprKind::Local(binding) => self
                .guarded(file, object, path, trail)
                .unwrap_or_else(|| self.measure_binding(file, *binding, path, trail)),
            ExprKind::Member { object, property } if facts.expr(*object).kind != ExprKind::This => {
                let mut path = path.to_vec();
                path.insert(0, facts.name(*property));
                self.measure_entry(file, *object, &path, trail)
            }
            ExprKind::Call(call) => match self.parsed_by_schema(file, *call, path, trail) {
                Some(amount) => amount,
                None => self.measure_returns(file, *call, path, trail),
            },
            ExprKind::Global(name) if matches!(facts.name(*name), "process" | "Bun" | "Deno") => Amount::Configured,
            _ => self.measure_value(self.property(self.value(file, object), first, trail.steps), rest, trail),
        }
    }

    fn measure_value(&self, value: Value, path: &[&str], trail: Trail<'_>) -> Amount {
        match value {
            Value::Literal(file, expr) => self.measure_entry(file, expr, path, trail),
            Value::Global(names) if &*names[0] == "process" => Amount::Configured,
            _ => Amount::Unknown,
        }
    }

    fn measure_binding(&self, file: FileId, id: BindingId, path: &[&str], trail: Trail<'_>) -> Amount {
        let Some(facts) = self.facts(file) else { return Amount::Unknown };
        let binding = facts.binding(id);
        let whole: Vec<&str> = binding.path.iter().map(|it| facts.name(*it)).chain(path.iter().copied()).collect();
        match binding.kind {
            BindingKind::Param(function, position) => self.measure_param(file, id, (function, position), &whole, trail),
            BindingKind::Const | BindingKind::Let | BindingKind::Var => {
                self.measure_variable(file, id, binding, &whole, path, trail)
            }
            BindingKind::Import(..) => {
                let _ = self.definition_of_binding(file, id, trail.steps);
                let value = self.value_of_binding(file, id);
                self.measure_value(value, path, trail)
            }
            _ => Amount::Unknown,
        }
    }

    fn measure_variable(
        &self,
        file: FileId,
        id: BindingId,
        binding: &Binding,
        whole: &[&str],
        path: &[&str],
        trail: Trail<'_>,
    ) -> Amount {
        if binding.element_of.is_some() {
            return Amount::Unknown;
        }
        let init = binding.init.map(|it| self.measure_entry(file, it, whole, trail));
        let default = binding.default.map(|it| self.measure_entry(file, it, path, trail));
        let writes = self.file(file).index.writes.get(&id).into_iter().flatten();
        let written = writes.map(|it| self.measure_entry(file, *it, path, trail));
        init.into_iter().chain(default).chain(written).reduce(Amount::or).unwrap_or(Amount::Unknown)
    }

    /// A parameter: what the frame hands in, what a framework puts there, or what callers pass.
    fn measure_param(
        &self,
        file: FileId,
        id: BindingId,
        at: (FunctionId, u32),
        path: &[&str],
        trail: Trail<'_>,
    ) -> Amount {
        let Some(facts) = self.facts(file) else { return Amount::Unknown };
        let param = &facts.function(at.0).params[at.1 as usize];
        let own_default = facts.binding(id).default.or(if path.is_empty() { param.default } else { None });
        // `limit = null` is no number: what leaves it out asks for no limit.
        let own_default = own_default.filter(|it| !facts.is_nothing(*it));
        let default = own_default.map(|it| self.measure(file, it, Trail { frame: None, ..trail }));
        let passed = |from: FileId, args: &[ExprId], trail: Trail<'_>| match args.get(at.1 as usize) {
            Some(it) if !self.lacks(from, *it, path) => self.measure_entry(from, *it, path, trail),
            _ => default.clone().unwrap_or(Amount::Unknown),
        };
        if let Some(frame) = trail.frame.filter(|it| it.function == (file, at.0)) {
            return passed(frame.file, frame.args, Trail { frame: frame.outer, ..trail });
        }
        if let Some(amount) = self.amount_from_framework(file, at, path) {
            return amount;
        }
        let name = facts.name(facts.binding(id).name);
        let calls = if trail.steps < 8 { Vec::new() } else { self.callers(file, at.0) };
        let amounts = calls.iter().filter_map(|(from, call)| {
            let it = self.facts(*from)?.call(*call);
            let trail = Trail { frame: None, steps: trail.steps.saturating_sub(4) };
            Some(
                passed(*from, &it.args, trail)
                    .through(Evidence { place: self.anchor_of(*from, *call), note: format!("passed on as `{name}`") }),
            )
        });
        amounts.reduce(Amount::or).or(default).unwrap_or(Amount::Caller)
    }
}
