//! JSX elements, attributes and the expressions in them.

use super::kinds::{Field, Kind};
use super::walk::{Frame, Payload, Value, Walker, exprs_of, in_field};
use crate::facts::{Element, ExprId, ExprKind, Prop, PropKey};

impl Walker<'_> {
    pub(super) fn leave_jsx(&mut self, frame: &Frame, children: Vec<Value>) -> Payload {
        match frame.kind {
            Kind::JsxOpening => {
                let (tag, props) = self.tag(&children);
                Payload::Tag(tag, props)
            }
            Kind::JsxSelfClosing => {
                let (tag, props) = self.tag(&children);
                self.element(Element { tag, props, children: Box::default() }, frame)
            }
            Kind::JsxElement => self.element_with_children(frame, children),
            Kind::JsxAttribute => self.attribute(&children),
            _ => children.iter().find_map(Value::expr).map_or(Payload::Nothing, Payload::Expr),
        }
    }

    fn element_with_children(&mut self, frame: &Frame, children: Vec<Value>) -> Payload {
        let (tag, props) = match in_field(&children, Field::OpenTag).map(|it| &it.payload) {
            Some(Payload::Tag(tag, props)) => (*tag, props.clone()),
            _ => (None, Box::default()),
        };
        self.element(Element { tag, props, children: exprs_of(&children) }, frame)
    }

    fn element(&mut self, element: Element, frame: &Frame) -> Payload {
        Payload::Expr(self.add(ExprKind::Jsx(Box::new(element)), frame.span))
    }

    /// A tag's name, as a string for a host element, and its attributes.
    fn tag(&mut self, children: &[Value]) -> (Option<ExprId>, Box<[Prop]>) {
        let name = in_field(children, Field::Name);
        let tag = name.map(|it| (it.expr(), it.span)).and_then(|(expr, span)| match expr {
            None if is_host(self.slice(span)) => {
                let name = self.intern(span);
                Some(self.add(ExprKind::Str(name), span))
            }
            _ => expr,
        });
        let props = children.iter().filter(|it| it.field == Field::Attribute).filter_map(|it| match it.payload {
            Payload::Prop(prop) => Some(prop),
            Payload::Expr(spread) => Some(Prop { key: PropKey::Spread, value: spread }),
            _ => None,
        });
        (tag, props.collect())
    }

    /// Whether an identifier is the name of a host element, which refers to nothing.
    pub(super) fn is_host_tag(&self, frame: &Frame) -> bool {
        let parent = self.frames.last().map(|it| it.kind);
        matches!(parent, Some(Kind::JsxOpening | Kind::JsxSelfClosing)) && is_host(self.slice(frame.span))
    }

    fn attribute(&mut self, children: &[Value]) -> Payload {
        let Some(name) = children.first() else { return Payload::Nothing };
        let key = PropKey::Name(self.intern(name.span));
        let span = name.span;
        let value = children.iter().skip(1).find_map(Value::expr);
        let value = value.unwrap_or_else(|| self.add(ExprKind::Bool(true), span));
        self.name_anonymous(value, key);
        Payload::Prop(Prop { key, value })
    }
}

/// Whether a tag's name is that of a host element: lower case, without a dot.
fn is_host(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_lowercase()) && !name.contains('.')
}
