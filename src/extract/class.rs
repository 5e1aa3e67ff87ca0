//! Classes and their members.

use tree_sitter::Node;

use super::kinds::{Field, Kind};
use super::pattern::Declared;
use super::types::annotation;
use super::walk::{Frame, OpenClass, Payload, Value, Walker, expr_in, in_field, span_of};
use crate::facts::{
    BindingKind, Class, ClassId, ExprId, ExprKind, FunctionForm, FunctionId, Member, MemberKind, RegionKind, Symbol,
};
use crate::source::Span;

impl Walker<'_> {
    pub(super) fn enter_class(&mut self) {
        let id = ClassId(self.facts.classes.len() as u32);
        self.open_region(RegionKind::Class(id));
        self.classes.push(OpenClass {
            id,
            decorators: Vec::new(),
            extends_argument: None,
            implements: Vec::new(),
            members: Vec::new(),
        });
        let span = self.open_frame().span;
        self.facts.classes.push(Class {
            name: None,
            binding: None,
            extends: None,
            extends_argument: None,
            implements: Vec::new(),
            is_abstract: false,
            span,
            members: Vec::new(),
            decorators: Vec::new(),
        });
    }

    pub(super) fn leave_class_part(&mut self, frame: &Frame, node: Node<'_>, children: Vec<Value>) -> Payload {
        match frame.kind {
            Kind::Class => self.leave_class(frame, node, &children),
            Kind::Field => self.leave_field(node, &children),
            Kind::Extends | Kind::ClassHeritage => {
                let argument = children.iter().find_map(|it| match it.payload {
                    Payload::Type(_, argument) => argument,
                    _ => None,
                });
                if let (Some(open), Some(_)) = (self.classes.last_mut(), argument) {
                    open.extends_argument = argument;
                }
                children.iter().find_map(Value::expr).map_or(Payload::Nothing, Payload::Expr)
            }
            _ => Payload::Nothing,
        }
    }

    fn leave_class(&mut self, frame: &Frame, node: Node<'_>, children: &[Value]) -> Payload {
        let open = self.classes.pop().expect("a class that is left was entered");
        let name_span = in_field(children, Field::Name).map(|it| it.span);
        let name = name_span.map(|it| self.intern(it));
        let binding = name.zip(name_span).map(|(name, span)| {
            // The name of a class that is an expression is known within it only.
            let region = if node.kind() == "class" { frame.inner } else { self.region };
            let declared = Declared::new(BindingKind::Class(open.id), region);
            self.declare_name(name, span, declared)
        });
        let class = &mut self.facts.classes[open.id.0 as usize];
        class.name = name;
        class.binding = binding;
        class.extends = children.iter().find(|it| it.kind == Kind::ClassHeritage).and_then(Value::expr);
        class.extends_argument = open.extends_argument;
        class.implements = open.implements;
        class.is_abstract = node.kind() == "abstract_class_declaration";
        class.members = open.members;
        class.decorators = decorators_among(children);
        Payload::Expr(self.add(ExprKind::Class(open.id), frame.span))
    }

    fn leave_field(&mut self, node: Node<'_>, children: &[Value]) -> Payload {
        let name_value = in_field(children, Field::Name).or_else(|| in_field(children, Field::Property));
        let name_value = name_value.map(|it| (it.kind, it.span));
        let name = name_value.and_then(|(kind, span)| self.member_name(kind, span));
        let value = expr_in(children, Field::Value);
        if let (Some(value), Some(name)) = (value, name) {
            self.name_value(value, name);
        }
        let (type_name, type_argument) = annotation(children);
        let is_static = self.is_static(node, name_value.map(|(_, span)| span));
        let mut decorators = decorators_among(children);
        if let Some(open) = self.classes.last_mut() {
            decorators.append(&mut open.decorators);
            let kind = MemberKind::Field(value);
            open.members.push(Member { name, kind, is_static, type_name, type_argument, decorators });
        }
        Payload::Nothing
    }

    /// Adds a method to the class around it.
    pub(super) fn add_method(&mut self, node: Node<'_>, id: FunctionId, name: Option<Symbol>) {
        let is_constructor = name.is_some_and(|it| self.names.text(it) == "constructor");
        let is_static = self.is_static(node, node.child_by_field_name("name").map(span_of));
        let Some(open) = self.classes.last_mut() else { return };
        let decorators = std::mem::take(&mut open.decorators);
        let function = &mut self.facts.functions[id.0 as usize];
        function.class = Some(open.id);
        function.decorators.clone_from(&decorators);
        if is_constructor {
            function.form = FunctionForm::Constructor;
        }
        let kind = MemberKind::Method(id);
        open.members.push(Member { name, kind, is_static, type_name: None, type_argument: None, decorators });
    }

    /// Keeps the names of what a class says that it implements.
    pub(super) fn note_implemented(&mut self, clause: Node<'_>) {
        for child in clause.named_children(&mut clause.walk()).collect::<Vec<_>>() {
            let name = if child.kind() == "generic_type" { child.named_child(0) } else { Some(child) };
            let Some(name) = name.filter(|it| it.kind() == "type_identifier") else { continue };
            let symbol = self.intern(span_of(name));
            let named = self.add(ExprKind::Global(symbol), span_of(name));
            if let Some(open) = self.classes.last_mut() {
                open.implements.push(named);
            }
        }
    }

    /// Keeps a decorator that stands before a member until the member comes.
    pub(super) fn hold_decorator(&mut self, decorator: ExprId) {
        let in_body = self.frames.last().is_some_and(|it| it.kind == Kind::ClassBody);
        if let (true, Some(open)) = (in_body, self.classes.last_mut()) {
            open.decorators.push(decorator);
        }
    }

    fn member_name(&mut self, kind: Kind, span: Span) -> Option<Symbol> {
        match kind {
            Kind::ComputedName => None,
            Kind::String => Some(self.string_content(span)),
            _ => Some(self.intern(span)),
        }
    }

    fn is_static(&self, node: Node<'_>, name: Option<Span>) -> bool {
        let start = span_of(node).start;
        let before = Span::new(start, name.map_or(start, |it| it.start));
        self.slice(before).split_whitespace().any(|it| it == "static")
    }
}

/// Decorators that stand among a node's own children.
pub(super) fn decorators_among(children: &[Value]) -> Vec<ExprId> {
    children.iter().filter(|it| it.kind == Kind::Decorator).filter_map(Value::expr).collect()
}
