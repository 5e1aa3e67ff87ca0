//! The bounds that schemas put on numbers: chains such as `z.number().max(100)`, JSON schemas, decorated fields.

use super::amount::Trail;
use super::definition::entry;
use super::iteration::callee_name;
use super::{Amount, Project, Value};
use crate::facts::{CallId, ClassId, ExprId, ExprKind, PropKey, Symbol};
use crate::source::FileId;

/// What a schema says about a number.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Bound {
    /// At most this.
    Most(f64),
    /// It has a bound whose number is not shown.
    Stated,
    /// The number is described and nothing bounds it.
    Open,
    /// The description is not shown, or not understood.
    Unknown,
}

const STEPS: u32 = 24;

impl Project {
    /// What a call that checks its argument against a schema gives under a path; `None` where it is no such call.
    pub(super) fn parsed_by_schema(
        &self,
        file: FileId,
        call: CallId,
        path: &[&str],
        trail: Trail<'_>,
    ) -> Option<Amount> {
        let facts = self.facts(file)?;
        let (name, object) = callee_name(facts, call)?;
        let path = match name {
            "parse" | "parseAsync" | "validateSync" | "cast" => path,
            "safeParse" | "safeParseAsync" | "spa" => path.strip_prefix(&["data"]).unwrap_or(path),
            _ => return None,
        };
        let argument = *facts.call(call).args.first()?;
        let bound = self.schema_bound(file, object?, path);
        Some(match bound {
            Bound::Most(most) => Amount::AtMost(most),
            Bound::Stated => Amount::Stated,
            Bound::Unknown => Amount::Unknown,
            Bound::Open if self.is_from_request(file, argument) => {
                Amount::Request { place: self.place_of(file, argument), hops: Vec::new() }
            }
            Bound::Open if self.text_of(self.place_of(file, argument)).contains("process.env") => Amount::Configured,
            // What goes through a schema without a bound is what came in.
            Bound::Open => self.measure_entry(file, argument, path, trail),
        })
    }

    /// What a schema says about what stands under a path.
    pub(super) fn schema_bound(&self, file: FileId, schema: ExprId, path: &[&str]) -> Bound {
        match path.split_first() {
            None => self.number_bound(file, schema, STEPS),
            Some((first, rest)) => match self.field(file, schema, first, STEPS) {
                Some((at, field)) => self.schema_bound(at, field, rest),
                None => Bound::Unknown,
            },
        }
    }

    /// The field of an object schema, extensions and shared parts included.
    fn field(&self, file: FileId, schema: ExprId, name: &str, steps: u32) -> Option<(FileId, ExprId)> {
        let steps = steps.checked_sub(1)?;
        let (file, schema) = self.definition(file, schema, STEPS)?;
        let facts = self.facts(file)?;
        match &facts.expr(schema).kind {
            ExprKind::Object(props) => {
                let spread = |it: &crate::facts::Prop| match facts.expr(it.value).kind {
                    ExprKind::Member { object, property } if facts.name(property) == "shape" => {
                        self.field(file, object, name, steps)
                    }
                    _ => self.field(file, it.value, name, steps),
                };
                let own = entry(facts, schema, name).map(|it| (file, it));
                own.or_else(|| props.iter().filter(|it| it.key == PropKey::Spread).find_map(spread))
            }
            ExprKind::Call(call) => {
                if let Some(made) = self.made_by(file, *call) {
                    return made.into_iter().find_map(|(at, it)| self.field(at, it, name, steps));
                }
                let (method, object) = callee_name(facts, *call)?;
                let argument = || self.field(file, *facts.call(*call).args.first()?, name, steps);
                match method {
                    "object" | "strictObject" | "looseObject" => argument(),
                    "extend" | "merge" | "and" | "safeExtend" | "augment" => {
                        argument().or_else(|| self.field(file, object?, name, steps))
                    }
                    "intersection" => {
                        argument().or_else(|| self.field(file, *facts.call(*call).args.get(1)?, name, steps))
                    }
                    _ => self.field(file, object?, name, steps),
                }
            }
            _ => None,
        }
    }

    /// What a function of the code base returns that makes schemas, or parts of them: `pageFields({ size: 50 })`.
    fn made_by(&self, file: FileId, call: CallId) -> Option<Vec<(FileId, ExprId)>> {
        let facts = self.facts(file)?;
        let callee = facts.call(call).callee;
        if matches!(facts.expr(callee).kind, ExprKind::Member { .. }) {
            return None;
        }
        match self.value(file, callee) {
            Value::Function(at, function) => {
                let returns = self.file(at).index.returns.get(&function)?;
                Some(returns.iter().map(|it| (at, *it)).collect())
            }
            _ => {
                // It may stand in a file that nobody else needs.
                let _ = self.definition(file, callee, STEPS);
                None
            }
        }
    }

    /// The bound in a chain such as `z.coerce.number().int().max(100)`.
    fn number_bound(&self, file: FileId, schema: ExprId, steps: u32) -> Bound {
        let Some(steps) = steps.checked_sub(1) else { return Bound::Unknown };
        let Some((file, schema)) = self.definition(file, schema, STEPS) else { return Bound::Unknown };
        let Some(facts) = self.facts(file) else { return Bound::Unknown };
        let ExprKind::Call(call) = facts.expr(schema).kind else { return self.json_bound(file, schema) };
        if let Some(made) = self.made_by(file, call) {
            let [(at, only)] = made[..] else { return Bound::Unknown };
            return self.number_bound(at, only, steps);
        }
        let Some((method, Some(object))) = callee_name(facts, call) else { return Bound::Unknown };
        let args = &facts.call(call).args;
        let before = || self.number_bound(file, object, steps);
        match method {
            "max" | "lte" | "lt" | "maximum" => match args.first().map(|it| self.amount(file, *it)) {
                _ if before() == Bound::Unknown => Bound::Unknown,
                Some(Amount::AtMost(most)) => Bound::Most(most),
                Some(Amount::Request { .. }) | None => Bound::Unknown,
                Some(_) => Bound::Stated,
            },
            "pipe" | "union" | "preprocess" | "nativeEnum" | "enum" | "literal" => match args.last() {
                Some(inner) if matches!(method, "pipe" | "preprocess") => self.number_bound(file, *inner, steps),
                _ => Bound::Unknown,
            },
            "refine" | "superRefine" | "transform" | "catch" | "check" | "valid" if !self.is_plain(file, args) => {
                Bound::Unknown
            }
            "number" | "bigint" | "int" | "any" | "unknown" if self.is_schema_root(file, object) => Bound::Open,
            "string" if self.is_schema_root(file, object) => Bound::Open,
            "boolean" | "date" | "array" | "record" => Bound::Unknown,
            _ => before(),
        }
    }

    /// Whether what a schema calls only converts: `Number`, `(it) => parseInt(it, 10)`.
    fn is_plain(&self, file: FileId, args: &[ExprId]) -> bool {
        args.first().is_none_or(|it| {
            !self.text_of(self.place_of(file, *it)).replace("=>", "").contains(['<', '>'])
                && !self.text_of(self.place_of(file, *it)).contains("min(")
        })
    }

    fn is_schema_root(&self, file: FileId, expr: ExprId) -> bool {
        matches!(
            self.text_of(self.place_of(file, expr)),
            "z" | "z.coerce" | "zod" | "zod.coerce" | "Joi" | "joi" | "yup" | "Yup"
        )
    }

    /// The `maximum` of a JSON schema.
    fn json_bound(&self, file: FileId, schema: ExprId) -> Bound {
        let Some(facts) = self.facts(file) else { return Bound::Unknown };
        let of = |key: &str| entry(facts, schema, key).map(|it| self.amount(file, it));
        match (of("maximum").or_else(|| of("exclusiveMaximum")), entry(facts, schema, "type")) {
            (Some(Amount::AtMost(most)), _) => Bound::Most(most),
            (None, Some(_)) if entry(facts, schema, "enum").is_none() => Bound::Open,
            _ => Bound::Unknown,
        }
    }

    /// What a JSON schema of an object says about a property, or a schema in its place.
    pub(super) fn object_schema_bound(&self, file: FileId, schema: ExprId, name: &str) -> Bound {
        let Some((at, object)) = self.definition(file, schema, STEPS) else { return Bound::Unknown };
        let Some(facts) = self.facts(at) else { return Bound::Unknown };
        let properties = entry(facts, object, "properties").and_then(|it| self.definition(at, it, STEPS));
        let property = properties.and_then(|(at, it)| Some((at, entry(self.facts(at)?, it, name)?)));
        match property {
            Some((at, property)) => self.schema_bound(at, property, &[]),
            None => self.schema_bound(at, object, &[name]),
        }
    }

    /// What the decorators of a class's field say.
    pub(super) fn decorated_bound(&self, file: FileId, type_name: Symbol, field: &str) -> Bound {
        let Some(facts) = self.facts(file) else { return Bound::Unknown };
        let binding = facts.bindings.iter().position(|it| it.name == type_name && it.region.0 == 0);
        let value = binding.map(|it| self.value_of_binding(file, crate::facts::BindingId(it as u32)));
        match value {
            Some(Value::Class(at, class)) => self.field_bound(at, class, field, STEPS),
            _ => Bound::Unknown,
        }
    }

    fn field_bound(&self, file: FileId, class: ClassId, field: &str, steps: u32) -> Bound {
        let (Some(facts), Some(steps)) = (self.facts(file), steps.checked_sub(1)) else { return Bound::Unknown };
        let class = facts.class(class);
        let member = class.members.iter().find(|it| it.name.is_some_and(|it| facts.name(it) == field));
        let Some(member) = member else {
            return match class.extends.map(|it| self.value(file, it)) {
                Some(Value::Class(at, base)) => self.field_bound(at, base, field, steps),
                _ => Bound::Unknown,
            };
        };
        let calls = member.decorators.iter().filter_map(|it| match facts.expr(*it).kind {
            ExprKind::Call(call) => Some((callee_name(facts, call)?.0, facts.call(call).args.first().copied())),
            _ => None,
        });
        let mut open = Bound::Open;
        for (name, argument) in calls {
            match (name, argument.map(|it| self.amount(file, it))) {
                ("Max", Some(Amount::AtMost(most))) => return Bound::Most(most),
                (
                    "IsInt"
                    | "IsNumber"
                    | "Min"
                    | "IsOptional"
                    | "IsPositive"
                    | "Type"
                    | "ApiProperty"
                    | "ApiPropertyOptional"
                    | "IsNumberString"
                    | "Field"
                    | "Expose",
                    _,
                ) => {}
                _ => open = Bound::Unknown,
            }
        }
        open
    }
}
