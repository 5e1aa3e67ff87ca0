//! Members of classes, inherited and injected ones included, and values known by their type alone.

use super::value::Key;
use super::{Project, Value};
use crate::facts::{
    Binding, BindingId, BindingKind, ClassId, ExprId, ExprKind, FileFacts, FunctionForm, MEMBER, Member, MemberKind,
    PARAMETERS, RegionKind, Symbol,
};
use crate::source::FileId;

impl Project {
    /// A member of a class or, where `is_static`, of the class itself; inherited ones included.
    pub(super) fn member(&self, file: FileId, class: ClassId, name: &str, is_static: bool, steps: u32) -> Value {
        let key = Key::Member(file, class, name.into(), is_static);
        self.once(key, steps, || self.find_member(file, class, name, is_static, steps))
    }

    pub(super) fn find_member(&self, file: FileId, class: ClassId, name: &str, is_static: bool, steps: u32) -> Value {
        let (Some(facts), Some(steps)) = (self.facts(file), self.asking().step(steps)) else { return Value::Unknown };
        let members = &facts.class(class).members;
        let found =
            members.iter().find(|it| it.is_static == is_static && it.name.is_some_and(|it| facts.name(it) == name));
        if let Some(member) = found {
            let value = self.member_value(file, facts, member, steps);
            if self.tells(&value) {
                return value;
            }
        }
        let injected = (!is_static).then(|| self.injected(file, facts, class, name, steps)).flatten();
        if let Some(value) = injected.or_else(|| self.assigned_field(file, facts, name, steps)) {
            return value;
        }
        let is_shape =
            facts.class(class).binding.is_some_and(|it| matches!(facts.binding(it).kind, BindingKind::Shape(_)));
        let inherited = || self.base(file, facts, class, is_static, steps).map(|base| self.property(base, name, steps));
        let implemented = || (!is_static).then(|| self.implemented(file, class, name, steps)).flatten();
        // What an interface extends may have other classes behind it than the interface itself.
        let found = if is_shape {
            implemented().or_else(inherited)
        } else {
            inherited().filter(Value::is_known).or_else(implemented)
        };
        found.unwrap_or(Value::Unknown)
    }

    pub(super) fn member_value(&self, file: FileId, facts: &FileFacts, member: &Member, steps: u32) -> Value {
        match member.kind {
            MemberKind::Method(id) if facts.function(id).form == FunctionForm::Getter => self.returned(file, id, steps),
            MemberKind::Method(id) => Value::Function(file, id),
            MemberKind::Field(value) => {
                let value = value.map(|it| self.follow(file, it, steps)).filter(|it| self.tells(it));
                let annotated = || member.type_name.map(|it| self.typed(file, facts.name(it), steps));
                value.or_else(annotated).unwrap_or(Value::Unknown)
            }
        }
    }

    /// A field that is a constructor's parameter: `constructor(private readonly db: Db)`.
    pub(super) fn injected(
        &self,
        file: FileId,
        facts: &FileFacts,
        class: ClassId,
        name: &str,
        steps: u32,
    ) -> Option<Value> {
        let constructor = facts.class(class).members.iter().find_map(|it| match it.kind {
            MemberKind::Method(id) if facts.function(id).form == FunctionForm::Constructor => Some(id),
            _ => None,
        })?;
        let param = facts
            .function(constructor)
            .params
            .iter()
            .find(|it| it.is_field && it.binding.is_some_and(|id| facts.name(facts.binding(id).name) == name))?;
        Some(self.follow_binding(file, param.binding?, steps)).filter(|it| self.tells(it))
    }

    pub(super) fn assigned_field(&self, file: FileId, facts: &FileFacts, name: &str, steps: u32) -> Option<Value> {
        let fields = &self.file(file).index.fields;
        let symbol = fields.keys().find(|it| facts.name(**it) == name)?;
        fields[symbol].iter().map(|it| self.follow(file, *it, steps)).find(|it| self.tells(it))
    }

    /// What a class extends: an instance of it, or the class itself where `is_static`.
    pub(super) fn base(
        &self,
        file: FileId,
        facts: &FileFacts,
        class: ClassId,
        is_static: bool,
        steps: u32,
    ) -> Option<Value> {
        match self.follow(file, facts.class(class).extends?, steps) {
            Value::Class(file, class) if is_static => Some(Value::Class(file, class)),
            Value::Class(file, class) => Some(Value::Instance(file, class)),
            Value::Export { package, path } => {
                let path = path.join(".");
                let found = if is_static {
                    self.catalog.statics_of(&package, &path)
                } else {
                    self.catalog.type_of(&package, &path)
                };
                found.map(|receiver| Value::Receiver { receiver, made: None })
            }
            _ => None,
        }
    }

    /// The object that `this` is where an expression stands: in what is static the class itself.
    pub(super) fn this(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> Value {
        match class_around(facts, expr) {
            Some((class, true)) => Value::Class(file, class),
            Some((class, false)) => Value::Instance(file, class),
            None => self.object_around(file, facts, expr).map_or(Value::Unknown, |it| Value::Literal(file, it)),
        }
    }

    /// The object literal whose method an expression stands in: `{ first() { return this.all()[0]; } }`.
    fn object_around(&self, file: FileId, facts: &FileFacts, expr: ExprId) -> Option<ExprId> {
        let mut around = facts.regions_out(facts.expr(expr).region).filter_map(|(_, it)| match it.kind {
            RegionKind::Function(id) if facts.function(id).form != FunctionForm::Arrow => Some(id),
            _ => None,
        });
        let method = facts.function_expr(around.next()?)?;
        let object = *self.file(file).index.parents.get(&method)?;
        matches!(facts.expr(object).kind, ExprKind::Object(_)).then_some(object)
    }

    /// What `super` stands for where an expression stands: what its class extends.
    pub(super) fn parent(&self, file: FileId, facts: &FileFacts, expr: ExprId, steps: u32) -> Value {
        let around = class_around(facts, expr);
        around.and_then(|(class, is_static)| self.base(file, facts, class, is_static, steps)).unwrap_or(Value::Unknown)
    }

    /// A value of a type of this name, as the file sees it.
    pub(super) fn typed(&self, file: FileId, name: &str, steps: u32) -> Value {
        let (Some(facts), Some(steps)) = (self.facts(file), self.asking().step(steps)) else { return Value::Unknown };
        if let Some(of) = name.strip_prefix("typeof ").filter(|it| !it.contains(MEMBER)) {
            return self.type_of_value(file, facts, of, steps);
        }
        if let Some((of, member)) = name.rsplit_once(MEMBER) {
            return self.property(self.typed(file, of, steps), member, steps);
        }
        let head = name.split('.').next().unwrap_or(name);
        let Some(binding) = module_binding(facts, head) else { return Value::Unknown };
        let rest = name.strip_prefix(head).unwrap_or_default();
        match self.follow_binding(file, binding, steps) {
            Value::Class(file, class) => {
                match self.base(file, self.facts(file).unwrap_or(facts), class, false, steps) {
                    // A class that adds nothing to a library's class is that library's.
                    Some(Value::Receiver { receiver, made }) if self.adds_nothing(file, class) => {
                        Value::Receiver { receiver, made }
                    }
                    _ => Value::Instance(file, class),
                }
            }
            // An alias of a type stands for a value of it, and `ReturnType<typeof f>` for what `f` gives.
            value @ (Value::Receiver { .. } | Value::Instance(..) | Value::Literal(..)) => value,
            Value::Function(file, function) => self.returned(file, function, steps),
            Value::Export { package, path } => {
                let path = format!("{}{rest}", path.join("."));
                let receiver = self.catalog.type_of(&package, &path);
                receiver.map_or(Value::Unknown, |receiver| Value::Receiver { receiver, made: None })
            }
            _ => Value::Unknown,
        }
    }

    /// A value of a type that has another name; a function is known by what it takes and gives.
    pub(super) fn aliased(&self, file: FileId, facts: &FileFacts, alias: &Binding, steps: u32) -> Value {
        let value = alias.type_name.map_or(Value::Unknown, |it| self.typed(file, facts.name(it), steps));
        if self.tells(&value) {
            return value;
        }
        let of = format!("{PARAMETERS}{}", facts.name(alias.name));
        match module_binding(facts, &of).map(|it| facts.binding(it).kind) {
            Some(BindingKind::Shape(class)) => Value::Instance(file, class),
            _ => value,
        }
    }

    /// What `typeof a.b` stands for: the value itself.
    fn type_of_value(&self, file: FileId, facts: &FileFacts, name: &str, steps: u32) -> Value {
        let mut path = name.split('.');
        let Some(binding) = path.next().and_then(|it| module_binding(facts, it)) else { return Value::Unknown };
        let value = self.follow_binding(file, binding, steps);
        path.fold(value, |value, name| self.property(value, name, steps))
    }

    pub(super) fn adds_nothing(&self, file: FileId, class: ClassId) -> bool {
        self.facts(file).is_some_and(|facts| facts.class(class).members.is_empty())
    }
}

/// The class whose `this` an expression sees, and whether it is the class itself that it sees.
fn class_around(facts: &FileFacts, expr: ExprId) -> Option<(ClassId, bool)> {
    let is_static = |class: ClassId, of: &dyn Fn(&Member) -> bool| {
        facts.class(class).members.iter().any(|it| it.is_static && of(it))
    };
    for (_, region) in facts.regions_out(facts.expr(expr).region) {
        match region.kind {
            RegionKind::Class(class) => {
                let holds = |value: ExprId| facts.expr(value).span.contains(facts.expr(expr).span);
                let is_field = |it: &Member| matches!(it.kind, MemberKind::Field(Some(value)) if holds(value));
                return Some((class, is_static(class, &is_field)));
            }
            RegionKind::Function(id) if facts.function(id).form != FunctionForm::Arrow => {
                let class = facts.function(id).class?;
                return Some((class, is_static(class, &|it| it.kind == MemberKind::Method(id))));
            }
            _ => {}
        }
    }
    None
}

/// The module-level binding of a name.
pub(super) fn module_binding(facts: &FileFacts, name: &str) -> Option<BindingId> {
    let symbol = facts.names.iter().position(|it| &**it == name)?;
    let symbol = Symbol(symbol as u32);
    let at = facts.bindings.iter().position(|it| it.name == symbol && it.region.0 == 0)?;
    Some(BindingId(at as u32))
}
