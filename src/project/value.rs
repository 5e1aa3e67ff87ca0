//! What an expression stands for, followed through names, imports, fields, factories and annotations.
//!
//! Following stops with [`Value::Unknown`] where the code does not say; a guess would become a wrong finding. Each step
//! costs one of a limited number of steps, so that cycles end.

use super::Project;
use super::chain::loads_module;
use super::rows::one_of;
use crate::catalog::{ReceiverId, Step, Walk};
use crate::facts::{
    Binding, BindingId, BindingKind, Call, CallForm, CallId, ClassId, ExprId, ExprKind, FileFacts, FunctionId, GIVEN,
    HANDING, Operator, PropKey,
};
use crate::source::{FileId, Place};

/// What an expression stands for.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// A value that the catalog describes.
    Receiver {
        /// What it is.
        receiver: ReceiverId,
        /// Where it was constructed, if that is known.
        made: Option<Place>,
    },
    /// Something that a package exports, by its path from the import.
    Export {
        /// The package.
        package: Box<str>,
        /// `default`, `*` or a name, then properties.
        path: Vec<Box<str>>,
    },
    /// A list of rows that a query gave; what one of them is.
    Rows(ReceiverId),
    /// A function of this code base.
    Function(FileId, FunctionId),
    /// A class of this code base.
    Class(FileId, ClassId),
    /// An instance of a class of this code base.
    Instance(FileId, ClassId),
    /// All exports of a file of this code base.
    Module(FileId),
    /// A literal, object or other expression that stands for itself.
    Literal(FileId, ExprId),
    /// A parameter whose caller decides.
    Param(FileId, BindingId),
    /// What a procedure hands to the handler that this call registers: its context.
    Context(FileId, CallId),
    /// A name that nothing declares, then properties.
    Global(Vec<Box<str>>),
    /// Not known.
    Unknown,
}

impl Value {
    /// Whether anything is known.
    #[must_use]
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Unknown)
    }
}

/// How many steps one question may take.
const STEPS: u32 = 48;

/// A question that is answered once.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Binding(FileId, BindingId),
    Call(FileId, CallId),
    Returned(FileId, FunctionId),
    Member(FileId, ClassId, Box<str>, bool),
}

impl Project {
    /// What an expression stands for.
    #[must_use]
    pub fn value(&self, file: FileId, expr: ExprId) -> Value {
        self.follow(file, expr, STEPS)
    }

    pub(super) fn follow(&self, file: FileId, expr: ExprId, steps: u32) -> Value {
        let (Some(facts), Some(steps)) = (self.facts(file), self.asking().step(steps)) else { return Value::Unknown };
        match &facts.expr(expr).kind {
            ExprKind::Local(binding) => self.follow_binding(file, *binding, steps),
            ExprKind::Global(name) => Value::Global(vec![facts.name(*name).into()]),
            ExprKind::This => self.this(file, facts, expr),
            ExprKind::Super => self.parent(file, facts, expr, steps),
            ExprKind::Member { object, property } => {
                let object = self.follow(file, *object, steps);
                match self.property(object, facts.name(*property), steps) {
                    Value::Global(names) if is_kept_globally(&names) => self.kept_globally(file, facts, names, steps),
                    value => value,
                }
            }
            ExprKind::Call(call) => {
                self.once(Key::Call(file, *call), steps, || self.result_of(file, facts.call(*call), steps))
            }
            ExprKind::Await(inner) => self.awaited(file, facts, *inner, steps),
            ExprKind::Index { object, .. } => {
                one_of(self.follow(file, *object, steps)).unwrap_or(Value::Literal(file, expr))
            }
            ExprKind::Assign { value, .. } => self.follow(file, *value, steps),
            ExprKind::Binary(Operator::Or | Operator::Coalesce, left, right) => {
                self.first_known([*left, *right], file, steps)
            }
            ExprKind::Binary(Operator::And, _, right) => self.follow(file, *right, steps),
            ExprKind::Cond { yes, no, .. } => self.first_known([*yes, *no], file, steps),
            ExprKind::Sequence(parts) => parts.last().map_or(Value::Unknown, |it| self.follow(file, *it, steps)),
            ExprKind::Function(id) => Value::Function(file, *id),
            ExprKind::Class(id) => Value::Class(file, *id),
            _ => Value::Literal(file, expr),
        }
    }

    /// What a file keeps on the global object, to be the same after it is loaded again: `globalThis.db ??= drizzle(pool)`.
    fn kept_globally(&self, file: FileId, facts: &FileFacts, names: Vec<Box<str>>, steps: u32) -> Value {
        let assigned = facts.exprs.iter().filter_map(|it| match it.kind {
            ExprKind::Assign { target, value, .. } => match facts.expr(target).kind {
                ExprKind::Member { object, property } if *facts.name(property) == *names[1] => Some((object, value)),
                _ => None,
            },
            _ => None,
        });
        let is_global =
            |object: ExprId| matches!(self.follow(file, object, steps), Value::Global(it) if it[..] == names[..1]);
        let values =
            assigned.filter(|(object, _)| is_global(*object)).map(|(_, value)| self.follow(file, value, steps));
        let known = |it: &Value| !matches!(it, Value::Unknown | Value::Literal(..) | Value::Global(_));
        values.into_iter().find(known).unwrap_or(Value::Global(names))
    }

    /// The first alternative that is a client, function or the like; else the first that is known at all.
    fn first_known<const N: usize>(&self, alternatives: [ExprId; N], file: FileId, steps: u32) -> Value {
        let values = alternatives.map(|it| self.follow(file, it, steps));
        let telling =
            |it: &&Value| !matches!(it, Value::Unknown | Value::Literal(..) | Value::Global(_) | Value::Param(..));
        let known = || values.iter().filter(|it| it.is_known());
        let filled = || known().find(|it| !self.is_hollow(it));
        values.iter().find(telling).or_else(filled).or_else(|| known().next()).cloned().unwrap_or(Value::Unknown)
    }

    /// Whether a value stands in for one that is not there: `null`, `{ db: undefined }`.
    fn is_hollow(&self, value: &Value) -> bool {
        let Value::Literal(file, expr) = value else { return false };
        let Some(facts) = self.facts(*file) else { return false };
        match &facts.expr(*expr).kind {
            ExprKind::Object(props) => props.iter().all(|it| facts.is_nothing(it.value)),
            _ => facts.is_nothing(*expr),
        }
    }

    /// What a name stands for.
    #[must_use]
    pub fn value_of_binding(&self, file: FileId, binding: BindingId) -> Value {
        self.follow_binding(file, binding, STEPS)
    }

    pub(super) fn follow_binding(&self, file: FileId, id: BindingId, steps: u32) -> Value {
        self.once(Key::Binding(file, id), steps, || {
            self.facts(file).map_or(Value::Unknown, |facts| self.binding_value(file, facts, id, steps))
        })
    }

    /// Answers each question once. What is defined by itself is not known while it is being looked up. An answer that would
    /// have needed a file that is not parsed holds until the files that were asked for are there.
    pub(super) fn once(&self, key: Key, steps: u32, answer: impl FnOnce() -> Value) -> Value {
        let asking = self.asking();
        if let Some(known) = self.values.get(&key, asking, steps) {
            return known;
        }
        self.values.open(&key, asking, Value::Unknown);
        let mark = asking.begin(steps);
        let value = answer();
        self.values.close(key, asking, &mark, steps, Some(value.clone()));
        value
    }

    fn binding_value(&self, file: FileId, facts: &FileFacts, id: BindingId, steps: u32) -> Value {
        let binding = facts.binding(id);
        match binding.kind {
            BindingKind::Import(import, name) => {
                let import = &facts.imports[import as usize];
                let imported = import.names[name as usize].imported;
                self.imported(file, facts.name(import.specifier), facts.name(imported), steps)
            }
            BindingKind::Function(function) => Value::Function(file, function),
            BindingKind::Class(class) | BindingKind::Shape(class) => Value::Class(file, class),
            BindingKind::Param(function, position) => self.parameter(file, facts, id, function, position, steps),
            BindingKind::Type => self.aliased(file, facts, binding, steps),
            BindingKind::Catch | BindingKind::Other => Value::Unknown,
            _ => self.variable(file, facts, id, binding, steps),
        }
    }

    fn variable(&self, file: FileId, facts: &FileFacts, id: BindingId, binding: &Binding, steps: u32) -> Value {
        let element = || self.element(file, facts, binding, steps);
        let init = binding.init.map(|it| self.follow(file, it, steps));
        let mut value = init.or_else(element).unwrap_or(Value::Unknown);
        for step in &binding.path {
            value = self.property(value, facts.name(*step), steps);
        }
        if self.tells(&value) {
            return value;
        }
        let writes = self.file(file).index.writes.get(&id);
        let written = writes.into_iter().flatten().map(|it| self.follow(file, *it, steps)).find(|it| self.tells(it));
        let annotated = || {
            let whole = binding.path.is_empty().then_some(binding.type_name).flatten();
            whole.map(|it| self.typed(file, facts.name(it), steps)).filter(|it| self.tells(it))
        };
        written.or_else(annotated).unwrap_or(value)
    }

    /// A parameter: by its annotation, by what the callee hands to a callback, or by its default.
    fn parameter(
        &self,
        file: FileId,
        facts: &FileFacts,
        id: BindingId,
        function: FunctionId,
        position: u32,
        steps: u32,
    ) -> Value {
        let param = &facts.function(function).params[position as usize];
        let handed = self
            .handed_to_callback(file, facts, function, position, steps)
            .or_else(|| self.row_for_callback(file, facts, function, position, steps));
        let annotated =
            || param.type_name.map(|it| self.typed(file, facts.name(it), steps)).filter(|it| self.tells(it));
        let default = || param.default.map(|it| self.follow(file, it, steps)).filter(|it| self.tells(it));
        let is_argument = || self.file(file).index.uses.contains_key(&function);
        let by_type = || {
            let may = position == 0 && param.type_name.is_none() && !is_argument();
            may.then(|| self.handed_by_type(file, facts, function, steps)).flatten()
        };
        let mut value = match handed.or_else(annotated).or_else(default).or_else(by_type) {
            Some(value) => value,
            None => match self.procedure_of(file, facts, function, position) {
                Some(call) => Value::Context(file, call),
                None => return Value::Param(file, id),
            },
        };
        for step in &facts.binding(id).path {
            value = self.property(value, facts.name(*step), steps);
        }
        value
    }

    /// What a library hands to the callback that a function is: the transaction in `db.transaction(async (tx) => …)`.
    fn handed_to_callback(
        &self,
        file: FileId,
        facts: &FileFacts,
        function: FunctionId,
        position: u32,
        steps: u32,
    ) -> Option<Value> {
        let super::index::Use::Argument(call, at) = *self.file(file).index.uses.get(&function)? else { return None };
        let Some(chained) = self.chain_within(file, facts.call(call).expr, steps) else {
            return self.handed_by_own(file, facts.call(call), at, steps).filter(|_| position == 0);
        };
        let method = chained.chain.links.last()?.method;
        let receiver = (*method.callback.get(position as usize)?)?;
        Some(Value::Receiver { receiver, made: chained.made })
    }

    /// What a function of this code base hands to a callback first, by the callback's type or by how it calls it:
    /// `fn: (tx: Prisma.TransactionClient) => Promise<T>`, `return fn(tx)`.
    fn handed_by_own(&self, file: FileId, call: &Call, at: u32, steps: u32) -> Option<Value> {
        let steps = self.asking().step(steps)?;
        let Value::Function(home, callee) = self.follow(file, call.callee, steps) else { return None };
        let facts = self.facts(home)?;
        let param = facts.function(callee).params.get(at as usize)?;
        let is_client = |it: &Value| matches!(it, Value::Receiver { .. } | Value::Instance(..));
        let typed = param.type_name.and_then(|it| facts.name(it).strip_prefix(HANDING));
        if let Some(value) = typed.map(|it| self.typed(home, it, steps)).filter(is_client) {
            return Some(value);
        }
        let callback = ExprKind::Local(param.binding?);
        let calls = facts.calls().filter(|(_, it)| facts.expr(it.callee).kind == callback);
        let handed = calls.filter_map(|(_, it)| it.args.first().copied());
        handed.map(|it| self.follow(home, it, steps)).find(is_client)
    }

    /// A property of a value.
    pub(super) fn property(&self, value: Value, name: &str, steps: u32) -> Value {
        let Some(steps) = self.asking().step(steps) else { return Value::Unknown };
        match value {
            Value::Receiver { receiver, made } => {
                let mut walk = Walk::from_receiver(self.catalog, receiver);
                walk.step(Step::Get(name));
                match walk.finish().receiver {
                    Some(receiver) => Value::Receiver { receiver, made },
                    None => Value::Unknown,
                }
            }
            Value::Export { package, mut path } => {
                if name == "default" && path.len() == 1 && &*path[0] == "*" {
                    path.clear();
                }
                path.push(name.into());
                Value::Export { package, path }
            }
            Value::Global(mut path) => {
                path.push(name.into());
                Value::Global(path)
            }
            Value::Module(file) => self.exported(file, name, steps),
            Value::Instance(file, class) => self.member(file, class, name, false, steps),
            Value::Class(file, class) => self.member(file, class, name, true, steps),
            Value::Literal(file, expr) => self.entry(file, expr, name, steps),
            Value::Context(file, call) => self.context_entry(file, call, name, steps),
            // `[first] = rows`, and the rows beside their number.
            Value::Rows(_) if name.parse::<u32>().is_ok() => one_of(value).unwrap_or(Value::Unknown),
            Value::Rows(row) if name == "rows" => Value::Rows(row),
            _ => Value::Unknown,
        }
    }

    /// An entry of an object literal.
    fn entry(&self, file: FileId, expr: ExprId, name: &str, steps: u32) -> Value {
        let Some(facts) = self.facts(file) else { return Value::Unknown };
        let ExprKind::Object(props) = &facts.expr(expr).kind else { return Value::Unknown };
        let named = props.iter().rev().find(|it| matches!(it.key, PropKey::Name(key) if facts.name(key) == name));
        if let Some(prop) = named {
            return self.follow(file, prop.value, steps);
        }
        let spreads = props.iter().rev().filter(|it| it.key == PropKey::Spread);
        let spread =
            spreads.map(|it| self.property(self.follow(file, it.value, steps), name, steps)).find(Value::is_known);
        spread.unwrap_or(Value::Unknown)
    }

    /// What a call gives.
    fn result_of(&self, file: FileId, call: &Call, steps: u32) -> Value {
        let Some(facts) = self.facts(file) else { return Value::Unknown };
        if let Some(module) = self.required(file, facts, call, steps) {
            return module;
        }
        if let Some(chained) = self.chain_within(file, call.expr, steps) {
            return match chained.chain.receiver {
                Some(receiver) => Value::Receiver { receiver, made: chained.made },
                None => self.rows_of(&chained).unwrap_or(Value::Unknown),
            };
        }
        if let Some(rows) = self.picked_from_rows(file, facts, call, steps) {
            return rows;
        }
        match (self.follow(file, call.callee, steps), call.form) {
            (Value::Class(file, class), CallForm::New) => Value::Instance(file, class),
            // What is known by a function's type alone.
            (Value::Instance(file, class), CallForm::Call) => self.member(file, class, GIVEN, false, steps),
            (Value::Function(home, id), CallForm::Call) => match self.returned(home, id, steps) {
                Value::Literal(at, object) if at == home => {
                    self.spread_client(file, call, (home, id), object, steps).unwrap_or(Value::Literal(at, object))
                }
                value if self.tells(&value) => value,
                value => self
                    .made_by_argument(file, facts, call, steps)
                    .or_else(|| self.given_back(file, call, (home, id), steps))
                    .unwrap_or(value),
            },
            // `bind`, `memoize(…)` and other wrappers hand on what they are given.
            (Value::Unknown | Value::Export { .. }, CallForm::Call) => self
                .made_by_argument(file, facts, call, steps)
                .unwrap_or_else(|| self.wrapped(file, facts, call, steps)),
            _ => Value::Unknown,
        }
    }

    /// A client that a function is given and gives back, extended or wrapped: `traced(new PrismaClient())`.
    pub(super) fn given_back(
        &self,
        file: FileId,
        call: &Call,
        callee: (FileId, FunctionId),
        steps: u32,
    ) -> Option<Value> {
        let facts = self.facts(callee.0)?;
        let returns = self.file(callee.0).index.returns.get(&callee.1)?;
        returns.iter().find_map(|it| {
            let binding = facts.binding(root_of(facts, *it)?);
            let BindingKind::Param(function, position) = binding.kind else { return None };
            let argument =
                call.args.get(position as usize).filter(|_| function == callee.1 && binding.path.is_empty())?;
            let value = self.follow(file, *argument, steps);
            matches!(value, Value::Receiver { .. }).then_some(value)
        })
    }

    /// A client that a function is given and gives back as an object with more to it: `({ ...client, get select() { … } })`.
    fn spread_client(
        &self,
        file: FileId,
        call: &Call,
        callee: (FileId, FunctionId),
        object: ExprId,
        steps: u32,
    ) -> Option<Value> {
        let facts = self.facts(callee.0)?;
        let ExprKind::Object(props) = &facts.expr(object).kind else { return None };
        let spread = props.iter().filter(|it| it.key == PropKey::Spread);
        let given = spread.filter_map(|it| {
            let binding = facts.binding(root_of(facts, it.value)?);
            let BindingKind::Param(function, position) = binding.kind else { return None };
            call.args.get(position as usize).filter(|_| function == callee.1 && binding.path.is_empty())
        });
        given.map(|it| self.follow(file, *it, steps)).find(|it| matches!(it, Value::Receiver { .. }))
    }

    /// A client that a function without parameters makes, handed to a plain function: `singleton("db", () => new Pool())`,
    /// `singleton("db", makePool)`. What keeps one instance of something gives that something.
    fn made_by_argument(&self, file: FileId, facts: &FileFacts, call: &Call, steps: u32) -> Option<Value> {
        if matches!(facts.expr(call.callee).kind, ExprKind::Member { .. }) {
            return None;
        }
        let arguments = call.args.iter();
        let may_make = |it: &&ExprId| matches!(facts.expr(**it).kind, ExprKind::Function(_) | ExprKind::Local(_));
        arguments.filter(may_make).find_map(|argument| {
            let Value::Function(home, id) = self.follow(file, *argument, steps) else { return None };
            if !self.facts(home)?.function(id).params.is_empty() {
                return None;
            }
            let made = self.returned(home, id, steps);
            matches!(made, Value::Receiver { .. } | Value::Instance(..)).then_some(made)
        })
    }

    /// A function or class that is the only argument of a wrapper: `cache(async () => …)`, `React.memo(Component)`.
    pub(super) fn wrapped(&self, file: FileId, facts: &FileFacts, call: &Call, steps: u32) -> Value {
        match call.args.first().map(|it| (it, &facts.expr(*it).kind)) {
            Some((argument, ExprKind::Function(_) | ExprKind::Local(_))) => match self.follow(file, *argument, steps) {
                function @ Value::Function(..) => function,
                _ => Value::Unknown,
            },
            _ => Value::Unknown,
        }
    }

    /// `require("x")` and `import("x")`.
    fn required(&self, file: FileId, facts: &FileFacts, call: &Call, steps: u32) -> Option<Value> {
        if !loads_module(facts, call) {
            return None;
        }
        let ExprKind::Str(specifier) = facts.expr(*call.args.first()?).kind else { return None };
        Some(self.imported(file, facts.name(specifier), "*", steps))
    }

    /// What a function returns, if one of its returns tells.
    pub(super) fn returned(&self, file: FileId, function: FunctionId, steps: u32) -> Value {
        self.once(Key::Returned(file, function), steps, || self.find_returned(file, function, steps))
    }

    fn find_returned(&self, file: FileId, function: FunctionId, steps: u32) -> Value {
        let (Some(facts), Some(steps)) = (self.facts(file), self.asking().step(steps)) else { return Value::Unknown };
        let returns = self.file(file).index.returns.get(&function);
        let given = |it: &ExprId| match facts.function(function).is_async {
            true => self.awaited(file, facts, *it, steps),
            false => self.follow(file, *it, steps),
        };
        let told = returns.into_iter().flatten().map(given).find(|it| self.tells(it));
        let annotated = || {
            facts
                .function(function)
                .returns
                .map(|it| self.typed(file, facts.name(it), steps))
                .filter(|it| self.tells(it))
        };
        told.or_else(annotated).unwrap_or(Value::Unknown)
    }

    /// The function that an expression stands for, if it is one of this code base.
    #[must_use]
    pub fn function_of(&self, file: FileId, expr: ExprId) -> Option<(FileId, FunctionId)> {
        match self.value(file, expr) {
            Value::Function(file, id) => Some((file, id)),
            _ => None,
        }
    }

    /// Whether a value says more than `null`, a bare global or a parameter does.
    pub(super) fn tells(&self, value: &Value) -> bool {
        match value {
            Value::Unknown | Value::Global(_) | Value::Param(..) | Value::Context(..) => false,
            Value::Literal(file, expr) => self.facts(*file).is_some_and(|facts| {
                let kind = &facts.expr(*expr).kind;
                !matches!(kind, ExprKind::Null | ExprKind::Undefined | ExprKind::Index { .. } | ExprKind::Other(_))
            }),
            _ => true,
        }
    }

    /// The place of a call, as where a client is made.
    pub(super) fn place_of_call(&self, file: FileId, call: CallId) -> Option<Place> {
        Some(Place { file, span: self.facts(file)?.call(call).span })
    }
}

/// The name at the root of a chain: `client` of `client.$extends({…})` and of `new Proxy(client, …)`.
pub(super) fn root_of(facts: &FileFacts, expr: ExprId) -> Option<BindingId> {
    let mut at = expr;
    loop {
        at = match facts.expr(at).kind {
            ExprKind::Local(binding) => match facts.binding(binding) {
                it if matches!(it.kind, BindingKind::Param(..)) => return Some(binding),
                // What is declared first cannot be made from itself.
                it if it.path.is_empty() => it.init.filter(|init| init.0 < at.0)?,
                _ => return None,
            },
            ExprKind::Member { object, .. } => object,
            ExprKind::Call(call) => {
                let it = facts.call(call);
                if it.form == CallForm::New { *it.args.first()? } else { it.callee }
            }
            _ => return None,
        };
    }
}

/// Whether a path leads to a property of the global object.
fn is_kept_globally(names: &[Box<str>]) -> bool {
    matches!(names, [object, _] if matches!(&**object, "globalThis" | "global"))
}
