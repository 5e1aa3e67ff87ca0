//! Functions and their parameters.

use tree_sitter::Node;

use super::kinds::{Field, Kind};
use super::pattern::Declared;
use super::types::{annotation, type_in};
use super::walk::{Frame, Link, Payload, Value, Walker, expr_in, in_field, span_of};
use crate::facts::{
    BindingKind, ExprId, ExprKind, Function, FunctionForm, FunctionId, Param, Prop, PropKey, RegionId, RegionKind,
    Symbol,
};
use crate::source::Span;

impl Walker<'_> {
    pub(super) fn enter_function(&mut self, node: Node<'_>) {
        let id = FunctionId(self.facts.functions.len() as u32);
        self.open_frame().link = Link::Function(id);
        self.open_region(RegionKind::Function(id));
        self.facts.functions.push(Function {
            name: None,
            form: FunctionForm::Expression,
            span: span_of(node),
            body: self.region,
            body_span: Span::new(0, 0),
            params: Vec::new(),
            value: None,
            is_async: false,
            class: None,
            decorators: Vec::new(),
            is_empty: false,
            comment: None,
            returns: None,
        });
    }

    pub(super) fn leave_function(&mut self, frame: &Frame, node: Node<'_>, children: Vec<Value>) -> Payload {
        let Link::Function(id) = frame.link else { return Payload::Nothing };
        self.single_parameter(frame.inner, id, &children);
        let name = in_field(&children, Field::Name).map(|it| (it.kind, it.span));
        let symbol =
            name.map(|(kind, span)| if kind == Kind::String { self.string_content(span) } else { self.intern(span) });
        let words = self.words_before(frame, &children);
        let returns = type_in(&children, Field::ReturnType).0;
        let function = &mut self.facts.functions[id.0 as usize];
        function.returns = returns;
        function.is_async = words.iter().any(|it| it == "async");
        function.form = form_of(frame.kind, &words);
        function.name = symbol;
        fill_body(function, &children);
        match frame.kind {
            Kind::Method => self.leave_method(frame, node, id, symbol),
            Kind::FunctionDeclaration => {
                if let (Some(symbol), Some((_, span))) = (symbol, name) {
                    self.declare_name(symbol, span, Declared::new(BindingKind::Function(id), self.region));
                }
                Payload::Expr(self.add(ExprKind::Function(id), frame.span))
            }
            _ => {
                if let (Some(symbol), Some((_, span))) = (symbol, name) {
                    self.declare_name(symbol, span, Declared::new(BindingKind::Function(id), frame.inner));
                }
                Payload::Expr(self.add(ExprKind::Function(id), frame.span))
            }
        }
    }

    /// A method belongs to the class around it, or is an entry of an object.
    fn leave_method(&mut self, frame: &Frame, node: Node<'_>, id: FunctionId, name: Option<Symbol>) -> Payload {
        let value = self.add(ExprKind::Function(id), frame.span);
        if self.frames.last().is_some_and(|it| it.kind == Kind::ClassBody) {
            self.add_method(node, id, name);
            return Payload::Nothing;
        }
        let key = name.map_or(PropKey::Computed(value), PropKey::Name);
        Payload::Prop(Prop { key, value })
    }

    /// `x => …`.
    fn single_parameter(&mut self, region: RegionId, id: FunctionId, children: &[Value]) {
        if let Some(pattern) = expr_in(children, Field::Parameter) {
            self.add_params(region, id, vec![plain_param(pattern)]);
        }
    }

    pub(super) fn leave_parameters(&mut self, _: Node<'_>, children: Vec<Value>) -> Payload {
        let Some(Link::Function(id)) = self.frames.last().map(|it| it.link) else { return Payload::Nothing };
        let params = children.into_iter().filter_map(|child| match child.payload {
            Payload::Param(param) => Some(*param),
            Payload::Expr(pattern) => Some(plain_param(pattern)),
            _ => None,
        });
        let params = params.collect();
        self.add_params(self.region, id, params);
        Payload::Nothing
    }

    fn add_params(&mut self, region: RegionId, id: FunctionId, params: Vec<Param>) {
        for (index, mut param) in params.into_iter().enumerate() {
            let mut pattern = param.pattern;
            match self.facts.expr(pattern).kind {
                ExprKind::Spread(inner) => pattern = inner,
                ExprKind::Assign { target, value, .. } => {
                    param.default = Some(value);
                    pattern = target;
                }
                _ => {}
            }
            param.pattern = pattern;
            let mut declared = Declared::new(BindingKind::Param(id, index as u32), region);
            (declared.type_name, declared.type_argument) = (param.type_name, param.type_argument);
            param.binding = self.declare_pattern(pattern, declared);
            self.facts.functions[id.0 as usize].params.push(param);
        }
    }

    /// A TypeScript parameter; declared with the whole list.
    pub(super) fn leave_parameter(&mut self, node: Node<'_>, children: Vec<Value>) -> Payload {
        let pattern = expr_in(&children, Field::Pattern).or_else(|| expr_in(&children, Field::Name));
        let Some(pattern) = pattern else { return Payload::Nothing };
        let (type_name, type_argument) = annotation(&children);
        let before = Span::new(span_of(node).start, self.facts.expr(pattern).span.start);
        let is_field = ["private", "public", "protected", "readonly"].iter().any(|it| self.slice(before).contains(it));
        let decorators = children.iter().filter(|it| it.field == Field::Decorator).filter_map(Value::expr).collect();
        let default = expr_in(&children, Field::Value);
        let param = Param { type_name, type_argument, default, is_field, decorators, ..plain_param(pattern) };
        Payload::Param(Box::new(param))
    }

    /// The words between a function's start and its name or parameters: `async`, `static`, `get`, `*`.
    fn words_before(&self, frame: &Frame, children: &[Value]) -> Vec<String> {
        let stop = children.iter().find(|it| matches!(it.field, Field::Name | Field::Parameters | Field::Parameter));
        let prefix = Span::new(frame.span.start, stop.map_or(frame.span.start, |it| it.span.start));
        self.slice(prefix).split_whitespace().map(str::to_owned).collect()
    }

    /// Names an anonymous function or class after the property that holds it.
    pub(super) fn name_anonymous(&mut self, value: ExprId, key: PropKey) {
        if let PropKey::Name(name) = key {
            self.name_value(value, name);
        }
    }

    /// Names an anonymous function or class after what it is assigned to.
    pub(super) fn name_assigned(&mut self, target: ExprId, value: ExprId) {
        match self.facts.expr(target).kind {
            ExprKind::Member { property, .. } => self.name_value(value, property),
            ExprKind::Global(name) => self.name_value(value, name),
            _ => {}
        }
    }

    /// Names an anonymous function or class.
    pub(super) fn name_value(&mut self, value: ExprId, name: Symbol) {
        let slot = match self.facts.expr(value).kind {
            ExprKind::Function(id) => &mut self.facts.functions[id.0 as usize].name,
            ExprKind::Class(id) => &mut self.facts.classes[id.0 as usize].name,
            _ => return,
        };
        slot.get_or_insert(name);
    }
}

fn plain_param(pattern: ExprId) -> Param {
    Param {
        binding: None,
        pattern,
        default: None,
        type_name: None,
        type_argument: None,
        is_field: false,
        decorators: Vec::new(),
    }
}

fn form_of(kind: Kind, words: &[String]) -> FunctionForm {
    match kind {
        Kind::FunctionDeclaration => FunctionForm::Declaration,
        Kind::Arrow => FunctionForm::Arrow,
        Kind::Method if words.iter().any(|it| it == "get") => FunctionForm::Getter,
        Kind::Method if words.iter().any(|it| it == "set") => FunctionForm::Setter,
        Kind::Method => FunctionForm::Method,
        _ => FunctionForm::Expression,
    }
}

fn fill_body(function: &mut Function, children: &[Value]) {
    let Some(body) = in_field(children, Field::Body) else { return };
    function.body_span = body.span;
    match body.payload {
        Payload::Block { is_empty, comment } => {
            (function.is_empty, function.comment) = (is_empty, comment);
        }
        Payload::Expr(value) => function.value = Some(value),
        _ => {}
    }
}
