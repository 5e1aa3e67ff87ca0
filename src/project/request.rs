//! What comes out of a request: query strings, bodies, search parameters, procedure inputs, decorated parameters.

use super::index::Use;
use super::iteration::{callee_name, is_global};
use super::schema::Bound;
use super::{Amount, Project, Value};
use crate::facts::{
    BindingId, BindingKind, CallForm, CallId, ExprId, ExprKind, FunctionId, Operator, Param, RegionKind,
};
use crate::source::{FileId, Place};

/// The parts of a request that its sender chooses.
const PARTS: &[&str] =
    &["query", "body", "searchParams", "params", "queryStringParameters", "multiValueQueryStringParameters"];

/// Decorators of parameters that a framework fills from the request.
const FILLING: &[&str] = &["Query", "Body", "Param", "QueryParam", "QueryParams", "Args", "Arg"];

/// Methods that make a procedure of a function.
const PROCEDURES: &[&str] = &["query", "mutation", "subscription", "handler", "action"];

/// What hands over a part when it is called on a request.
const GETTERS: &[&str] = &["query", "queries", "json", "formData", "parseBody", "param"];

impl Project {
    /// Whether an expression is taken from a request as it came.
    pub(super) fn is_from_request(&self, file: FileId, expr: ExprId) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        match &facts.expr(expr).kind {
            ExprKind::Member { object, property } => {
                self.is_from_request(file, *object) || self.is_request_part(file, *object, facts.name(*property))
            }
            ExprKind::Index { object, .. } => self.is_from_request(file, *object),
            ExprKind::Await(inner) => self.is_from_request(file, *inner),
            ExprKind::Binary(Operator::Or | Operator::Coalesce, left, _) => self.is_from_request(file, *left),
            ExprKind::Call(call) => self.hands_over(file, *call),
            ExprKind::Local(binding) => self.deeper(|| self.is_bound_to_request(file, *binding)).unwrap_or(false),
            _ => false,
        }
    }

    fn hands_over(&self, file: FileId, id: CallId) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        let call = facts.call(id);
        let Some((name, object)) = callee_name(facts, id) else { return false };
        let argument = || call.args.first().is_some_and(|it| self.is_from_request(file, *it));
        match object {
            Some(_) if matches!(name, "fromEntries") => argument(),
            Some(object) if GETTERS.contains(&name) && self.is_request(file, object) => true,
            Some(object) => call.form == CallForm::Call && self.is_from_request(file, object),
            None => name == "URLSearchParams" && argument(),
        }
    }

    fn is_bound_to_request(&self, file: FileId, id: BindingId) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        let binding = facts.binding(id);
        let first = binding.path.first().map(|it| facts.name(*it));
        match binding.kind {
            BindingKind::Const | BindingKind::Let | BindingKind::Var => binding.init.is_some_and(|init| {
                !matches!(facts.expr(init).kind, ExprKind::Local(it) if it == id)
                    && (self.is_from_request(file, init)
                        || first.is_some_and(|it| self.is_request_part(file, init, it)))
            }),
            _ => false,
        }
    }

    /// Whether a property of an expression is one of the parts that a request's sender chooses.
    pub(super) fn is_request_part(&self, file: FileId, object: ExprId, name: &str) -> bool {
        PARTS.contains(&name)
            && (self.is_request(file, object) || name == "searchParams" && self.is_request_url(file, object))
    }

    /// `new URL(request.url)` and `request.nextUrl`.
    fn is_request_url(&self, file: FileId, expr: ExprId) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        match &facts.expr(expr).kind {
            ExprKind::Member { object, property } => {
                facts.name(*property) == "nextUrl" && self.is_request(file, *object)
            }
            ExprKind::Call(call) => {
                let call = facts.call(*call);
                let is_url = is_global(facts, call.callee, "URL");
                let of_request = |it: ExprId| matches!(facts.expr(it).kind, ExprKind::Member { object, property } if facts.name(property) == "url" && self.is_request(file, object));
                is_url && call.args.first().is_some_and(|it| of_request(*it))
            }
            ExprKind::Local(binding) => {
                let binding = facts.binding(*binding);
                let url =
                    || binding.init.is_some_and(|it| self.deeper(|| self.is_request_url(file, it)).unwrap_or(false));
                binding.path.is_empty() && binding.kind == BindingKind::Const && url()
            }
            _ => false,
        }
    }

    /// Whether an expression is the request that a handler is given.
    fn is_request(&self, file: FileId, expr: ExprId) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        match &facts.expr(expr).kind {
            ExprKind::Local(id) => {
                let binding = facts.binding(*id);
                let name = binding.path.last().map_or_else(|| facts.name(binding.name), |it| facts.name(*it));
                let named = matches!(name, "req" | "request" | "_req" | "_request")
                    || name == "event"
                        && self.text_of(Place { file, span: facts.regions[0].span }).contains("queryStringParameters");
                matches!(binding.kind, BindingKind::Param(..)) && named
            }
            ExprKind::Member { object, property } => {
                let of_context = matches!(facts.expr(*object).kind, ExprKind::Local(id) if matches!(facts.name(facts.binding(id).name), "c" | "ctx" | "context"));
                of_context && matches!(facts.name(*property), "req" | "request")
            }
            _ => false,
        }
    }

    /// What a part of a request is, as a number of its own.
    pub(super) fn request_amount(&self, file: FileId, expr: ExprId) -> Amount {
        let Some(facts) = self.facts(file) else { return Amount::Unknown };
        let name = match &facts.expr(expr).kind {
            ExprKind::Member { property, .. } => facts.name(*property),
            ExprKind::Local(binding) => facts.binding(*binding).path.last().map_or("", |it| facts.name(*it)),
            _ => "",
        };
        self.route_amount(file, expr, name)
    }

    /// What stands under a path of a part of a request.
    pub(super) fn request_entry(&self, file: FileId, object: ExprId, path: &[&str]) -> Amount {
        self.route_amount(file, object, path.last().copied().unwrap_or_default())
    }

    /// A request's own number, unless the route that the code belongs to checks it first.
    fn route_amount(&self, file: FileId, expr: ExprId, name: &str) -> Amount {
        match self.route_bound(file, expr, name) {
            Some(Bound::Most(most)) => Amount::AtMost(most),
            Some(Bound::Stated) => Amount::Stated,
            Some(Bound::Unknown) => Amount::Unknown,
            Some(Bound::Open) | None => Amount::Request { place: self.place_of(file, expr), hops: Vec::new() },
        }
    }

    /// What the call that registers the route says: `app.get(path, { schema }, handler)`, `router.get(path, validate(…), handler)`,
    /// `route(validator)(handler)`.
    fn route_bound(&self, file: FileId, expr: ExprId, name: &str) -> Option<Bound> {
        let facts = self.facts(file)?;
        let functions = facts.regions_out(facts.expr(expr).region).filter_map(|(_, region)| match region.kind {
            RegionKind::Function(id) => Some(id),
            _ => None,
        });
        let call =
            functions.filter_map(|it| self.registered_by(file, it).or_else(|| self.curried_by(file, it))).last()?;
        let others = facts
            .call(call)
            .args
            .iter()
            .filter(|it| !matches!(facts.expr(**it).kind, ExprKind::Function(_) | ExprKind::Str(_)));
        let mut answer = None;
        for argument in others {
            let text = self.text_of(self.place_of(file, *argument)).to_ascii_lowercase();
            let checks = ["valid", "schema", "zod", "joi", "celebrate", "check", "sanitize", "paginat"]
                .iter()
                .any(|it| text.contains(it));
            answer = self.described(file, *argument, name).or(answer).or(checks.then_some(Bound::Unknown));
        }
        answer
    }

    /// What an object that describes a route says about one of its parameters.
    fn described(&self, file: FileId, argument: ExprId, name: &str) -> Option<Bound> {
        let (file, route) = self.definition(file, argument, 8)?;
        let schema = super::definition::entry(self.facts(file)?, route, "schema");
        let (file, parts) = self.definition(file, schema.unwrap_or(route), 8)?;
        let facts = self.facts(file)?;
        let part = ["querystring", "query", "querySchema", "body", "bodySchema"]
            .iter()
            .find_map(|key| super::definition::entry(facts, parts, key))?;
        Some(self.object_schema_bound(file, part, name))
    }

    /// The call that makes what a handler is handed to: `route(validator)` of `route(validator)(handler)`.
    fn curried_by(&self, file: FileId, function: FunctionId) -> Option<CallId> {
        let facts = self.facts(file)?;
        let Use::Argument(call, 0) = *self.file(file).index.uses.get(&function)? else { return None };
        match facts.expr(facts.call(call).callee).kind {
            ExprKind::Call(made) => Some(made),
            _ => None,
        }
    }

    /// The call that a handler is handed to, if it registers a route.
    fn registered_by(&self, file: FileId, function: FunctionId) -> Option<CallId> {
        let facts = self.facts(file)?;
        let Use::Argument(call, _) = *self.file(file).index.uses.get(&function)? else { return None };
        let (name, object) = callee_name(facts, call)?;
        let verb = matches!(name, "get" | "post" | "put" | "patch" | "delete" | "all" | "use" | "route");
        (verb && object.is_some()).then_some(call)
    }

    /// A parameter that a framework fills from the request: a procedure's input, a decorated parameter.
    pub(super) fn amount_from_framework(&self, file: FileId, at: (FunctionId, u32), path: &[&str]) -> Option<Amount> {
        let facts = self.facts(file)?;
        let param = &facts.function(at.0).params[at.1 as usize];
        let place = self.place_of(file, param.pattern);
        let amount = |bound: Bound| match bound {
            Bound::Most(most) => Amount::AtMost(most),
            Bound::Stated => Amount::Stated,
            Bound::Open => Amount::Request { place, hops: Vec::new() },
            Bound::Unknown => Amount::Unknown,
        };
        if let Some(("input" | "data" | "parsedInput", rest)) = path.split_first().map(|(first, rest)| (*first, rest))
            && let Some(schema) = self.procedure_schema(file, at.0, rest)
        {
            return Some(amount(schema));
        }
        let is_route = || self.registered_by(file, at.0).is_some() || at.1 == 0 && self.is_next_route(file, path);
        if PARTS.contains(path.first().unwrap_or(&"")) && path.len() > 1 && is_route() {
            return Some(amount(Bound::Open));
        }
        // The arguments of a field come second.
        let resolves = || self.resolvers_type(file, facts, at.0).is_some() || self.is_in_resolver_map(file, at.0);
        if at.1 == 1 && path.len() == 1 && resolves() {
            return Some(amount(Bound::Open));
        }
        self.bound_by_decorator(file, param, path).map(amount)
    }

    /// What a decorator says that fills a parameter from the request: `@Query("limit") limit: number`, `@Args() page: Page`.
    fn bound_by_decorator(&self, file: FileId, param: &Param, path: &[&str]) -> Option<Bound> {
        let facts = self.facts(file)?;
        let decorator = param.decorators.iter().find_map(|it| match facts.expr(*it).kind {
            ExprKind::Call(call) => FILLING.contains(&callee_name(facts, call)?.0).then_some(call),
            _ => None,
        })?;
        let args = &facts.call(decorator).args;
        let plain_pipe = |it: &ExprId| {
            ["ParseIntPipe", "DefaultValuePipe", "ParseFloatPipe"]
                .iter()
                .any(|pipe| self.text_of(self.place_of(file, *it)).contains(pipe))
        };
        // `@Args("take", { type: () => Int })`, `@Args({ name: "filter" })`
        let says_type = |it: &ExprId| matches!(facts.expr(*it).kind, ExprKind::Object(_));
        Some(match (path, args.first().map(|it| &facts.expr(*it).kind), param.type_name) {
            ([], Some(ExprKind::Str(_)), _) if args.iter().skip(1).all(|it| plain_pipe(it) || says_type(it)) => {
                Bound::Open
            }
            ([], Some(ExprKind::Object(_)), _) if args.len() == 1 => Bound::Open,
            ([field], None | Some(ExprKind::Str(_) | ExprKind::Object(_)), Some(name)) if args.len() < 2 => {
                self.decorated_bound(file, name, field)
            }
            _ => Bound::Unknown,
        })
    }

    /// Whether `searchParams` of a first parameter is what Next.js hands to the function: a page, or a route's wrapped handler.
    fn is_next_route(&self, file: FileId, path: &[&str]) -> bool {
        let name = self.file(file).path.rsplit('/').next().and_then(|it| it.split('.').next());
        path[0] == "searchParams" && matches!(name, Some("page" | "route"))
    }

    /// What the schema of a procedure says: `procedure.input(schema).query(({ input }) => …)`, `….query(list)`.
    fn procedure_schema(&self, file: FileId, function: FunctionId, path: &[&str]) -> Option<Bound> {
        let (file, call) = match self.file(file).index.uses.get(&function) {
            Some(Use::Argument(call, _)) => (file, *call),
            Some(Use::Callee(_)) => return None,
            None => self.procedure_named(file, function)?,
        };
        let facts = self.facts(file)?;
        let (name, object) = callee_name(facts, call)?;
        if !PROCEDURES.contains(&name) {
            return None;
        }
        let mut at = object;
        while let Some(ExprKind::Call(call)) = at.map(|it| &facts.expr(it).kind) {
            let (name, object) = callee_name(facts, *call)?;
            if matches!(name, "input" | "inputSchema" | "validator" | "schema") {
                return Some(self.schema_bound(file, *facts.call(*call).args.first()?, path));
            }
            at = object;
        }
        None
    }

    /// The procedure that a function is handed to by its name.
    fn procedure_named(&self, file: FileId, function: FunctionId) -> Option<(FileId, CallId)> {
        self.users_to_read(file).into_iter().find_map(|at| {
            let (facts, index) = (self.facts(at)?, &self.file(at).index);
            let calls = PROCEDURES.iter().flat_map(|name| index.calls_of(facts, name));
            let is_it = |it: &ExprId| {
                matches!(facts.expr(*it).kind, ExprKind::Local(_) | ExprKind::Member { .. })
                    && self.value(at, *it) == Value::Function(file, function)
            };
            let mut calls = calls.filter(|it| facts.call(*it).args.iter().any(is_it));
            calls.next().map(|it| (at, it))
        })
    }
}
