//! Expressions: each is made from the values of its parts.

use tree_sitter::Node;

use super::kinds::{Field, Kind};
use super::types::argument_of;
use super::walk::{Frame, Payload, Value, Walker, expr_in, exprs_of, in_field};
use crate::facts::{Assignment, Call, CallForm, CallId, Expr, ExprId, ExprKind, Operator, Prop, PropKey};
use crate::source::Span;

impl Walker<'_> {
    pub(super) fn leave_expression(&mut self, frame: &Frame, node: Node<'_>, children: Vec<Value>) -> Payload {
        let kind = match frame.kind {
            Kind::Identifier => return self.identifier(frame),
            Kind::PropertyName => return Payload::Nothing,
            Kind::CallExpression | Kind::NewExpression => return self.leave_call(frame, &children),
            Kind::Template => return Payload::Expr(self.template(frame, &children)),
            Kind::Arguments => return Payload::List(exprs_of(&children)),
            Kind::Pair => return self.pair(&children),
            Kind::Object => ExprKind::Object(self.props(&children)),
            Kind::Assignment | Kind::AssignmentPattern => self.assignment(frame, &children),
            Kind::Member => self.member(&children),
            Kind::Subscript => self.subscript(&children),
            Kind::This => ExprKind::This,
            Kind::Super => ExprKind::Super,
            Kind::String => ExprKind::Str(self.string_content(frame.span)),
            Kind::Number => self.number(node, frame.span),
            Kind::True => ExprKind::Bool(true),
            Kind::False => ExprKind::Bool(false),
            Kind::Null => ExprKind::Null,
            Kind::Undefined => ExprKind::Undefined,
            Kind::Regex => ExprKind::Regex,
            Kind::MetaProperty | Kind::Import => ExprKind::Global(self.intern(frame.span)),
            Kind::Binary => self.binary(&children),
            Kind::Ternary => ternary(&children),
            Kind::Array => ExprKind::Array(exprs_of(&children)),
            Kind::Sequence => ExprKind::Sequence(exprs_of(&children)),
            _ => return self.wrapping(frame, &children),
        };
        Payload::Expr(self.add(kind, frame.span))
    }

    /// Nodes around one operand, and those that yield nothing of their own.
    fn wrapping(&mut self, frame: &Frame, children: &[Value]) -> Payload {
        let operand = children.iter().find_map(Value::expr);
        let kind = match (frame.kind, operand) {
            (Kind::Decorator, Some(it)) => {
                self.hold_decorator(it);
                return Payload::Expr(it);
            }
            (Kind::Transparent | Kind::Cast | Kind::Substitution | Kind::ComputedName, Some(it)) => {
                return Payload::Expr(it);
            }
            (Kind::Await, Some(it)) => {
                self.mark_awaited(it);
                ExprKind::Await(it)
            }
            (Kind::Spread, Some(it)) => ExprKind::Spread(it),
            (Kind::Unary | Kind::Update, Some(it)) => self.unary(frame, it),
            (Kind::Yield, it) => ExprKind::Yield(it),
            (Kind::Unknown | Kind::ExportStatement, _) => {
                let parts = exprs_of(children);
                if parts.is_empty() {
                    return Payload::Nothing;
                }
                ExprKind::Other(parts)
            }
            _ => return Payload::Nothing,
        };
        Payload::Expr(self.add(kind, frame.span))
    }

    /// A reference; the names that declarations introduce are no references.
    fn identifier(&mut self, frame: &Frame) -> Payload {
        let declares = matches!(
            self.frames.last().map(|it| it.kind),
            Some(Kind::FunctionDeclaration | Kind::FunctionExpression | Kind::Enum | Kind::Namespace | Kind::Class)
        );
        if frame.field == Field::Name && (declares || self.is_host_tag(frame)) {
            return Payload::Nothing;
        }
        let name = self.intern(frame.span);
        let kind = if self.names.text(name) == "undefined" { ExprKind::Undefined } else { ExprKind::Global(name) };
        Payload::Expr(self.add(kind, frame.span))
    }

    fn leave_call(&mut self, frame: &Frame, children: &[Value]) -> Payload {
        let callee = expr_in(children, Field::Function).or_else(|| expr_in(children, Field::Constructor));
        let Some(callee) = callee else {
            return Payload::Expr(self.add(ExprKind::Other(exprs_of(children)), frame.span));
        };
        let arguments = in_field(children, Field::Arguments);
        let (mut form, mut text) = (CallForm::Call, None);
        let args = match arguments.map(|it| &it.payload) {
            Some(Payload::List(args)) => args.clone(),
            Some(Payload::Expr(template)) => {
                form = CallForm::Tag;
                let (content, parts) = self.template_parts(*template);
                text = content;
                parts
            }
            _ => Box::default(),
        };
        if frame.kind == Kind::NewExpression {
            form = CallForm::New;
        } else if in_field(children, Field::Function).is_some_and(|it| it.kind == Kind::Import) {
            form = CallForm::Import;
        }
        let id = CallId(self.facts.calls.len() as u32);
        let expr = self.add(ExprKind::Call(id), frame.span);
        let name_span = self.name_span(callee);
        self.note_module_call(form, callee, &args, frame.span);
        let (span, region) = (frame.span, self.region);
        let (awaited, type_argument) = (false, argument_of(children));
        let call = Call { form, callee, args, expr, span, name_span, region, awaited, text, type_argument };
        self.facts.calls.push(call);
        Payload::Expr(expr)
    }

    fn template_parts(&self, template: ExprId) -> (Option<crate::facts::Symbol>, Box<[ExprId]>) {
        match &self.facts.expr(template).kind {
            ExprKind::Template { text, parts } => (Some(*text), parts.clone()),
            ExprKind::Str(text) => (Some(*text), Box::default()),
            _ => (None, Box::default()),
        }
    }

    /// The property of a member, or the whole callee, such as `a["b"]`.
    fn name_span(&self, callee: ExprId) -> Span {
        let whole = self.facts.expr(callee).span;
        match self.facts.expr(callee).kind {
            ExprKind::Member { property, .. } if !self.slice(whole).ends_with(']') => {
                let length = self.names.text(property).len() as u32;
                let start = whole.end.saturating_sub(length).max(whole.start);
                if self.text.is_char_boundary(start as usize) { Span::new(start, whole.end) } else { whole }
            }
            _ => whole,
        }
    }

    /// Marks every call of the chain that is awaited.
    fn mark_awaited(&mut self, operand: ExprId) {
        let mut at = operand;
        loop {
            at = match self.facts.expr(at).kind {
                ExprKind::Call(call) => {
                    let call = &mut self.facts.calls[call.0 as usize];
                    if call.awaited {
                        return;
                    }
                    call.awaited = true;
                    call.callee
                }
                ExprKind::Member { object, .. } => object,
                _ => return,
            };
        }
    }

    fn member(&mut self, children: &[Value]) -> ExprKind {
        let property = in_field(children, Field::Property).map(|it| it.span);
        match (expr_in(children, Field::Object), property) {
            (Some(object), Some(span)) => ExprKind::Member { object, property: self.intern(span) },
            _ => ExprKind::Other(exprs_of(children)),
        }
    }

    fn subscript(&mut self, children: &[Value]) -> ExprKind {
        let (Some(object), Some(index)) = (expr_in(children, Field::Object), expr_in(children, Field::Index)) else {
            return ExprKind::Other(exprs_of(children));
        };
        match self.facts.expr(index).kind {
            ExprKind::Str(property) => ExprKind::Member { object, property },
            _ => ExprKind::Index { object, index },
        }
    }

    fn pair(&mut self, children: &[Value]) -> Payload {
        let (Some(key), Some(value)) = (in_field(children, Field::Key), expr_in(children, Field::Value)) else {
            return Payload::Nothing;
        };
        let (kind, span) = (key.kind, key.span);
        let key = match (kind, key.expr()) {
            (Kind::ComputedName, Some(it)) => match self.facts.expr(it).kind {
                ExprKind::Str(name) => PropKey::Name(name),
                _ => PropKey::Computed(it),
            },
            (Kind::String, _) => PropKey::Name(self.string_content(span)),
            _ => PropKey::Name(self.intern(span)),
        };
        self.name_anonymous(value, key);
        Payload::Prop(Prop { key, value })
    }

    /// The entries of an object literal or pattern.
    pub(super) fn props(&mut self, children: &[Value]) -> Box<[Prop]> {
        let mut props = Vec::with_capacity(children.len());
        for child in children {
            let prop = match (&child.payload, child.kind) {
                (Payload::Prop(prop), _) => *prop,
                (Payload::Expr(value), Kind::Identifier) => {
                    Prop { key: PropKey::Name(self.intern(child.span)), value: *value }
                }
                (Payload::Expr(value), Kind::AssignmentPattern) => {
                    Prop { key: PropKey::Name(self.pattern_name(*value)), value: *value }
                }
                (Payload::Expr(value), Kind::Spread) => {
                    Prop { key: PropKey::Spread, value: self.spread_operand(*value) }
                }
                (Payload::Expr(value), _) => Prop { key: PropKey::Computed(*value), value: *value },
                _ => continue,
            };
            props.push(prop);
        }
        props.into_boxed_slice()
    }

    fn spread_operand(&self, spread: ExprId) -> ExprId {
        match self.facts.expr(spread).kind {
            ExprKind::Spread(operand) => operand,
            _ => spread,
        }
    }

    fn assignment(&mut self, frame: &Frame, children: &[Value]) -> ExprKind {
        let (Some(target), Some(value)) = (expr_in(children, Field::Left), expr_in(children, Field::Right)) else {
            return ExprKind::Other(exprs_of(children));
        };
        let operator = self.operator_between(target, value);
        if frame.kind == Kind::Assignment {
            self.facts.assignments.push(Assignment { target, value, region: self.region });
            self.name_assigned(target, value);
            self.export_assigned(frame, target, value);
        }
        ExprKind::Assign { target, value, operator }
    }

    fn binary(&mut self, children: &[Value]) -> ExprKind {
        match (expr_in(children, Field::Left), expr_in(children, Field::Right)) {
            (Some(left), Some(right)) => ExprKind::Binary(self.operator_between(left, right), left, right),
            _ => ExprKind::Other(exprs_of(children)),
        }
    }

    fn unary(&mut self, frame: &Frame, operand: ExprId) -> ExprKind {
        let text = self.slice(frame.span);
        if text.starts_with("void") {
            return if matches!(self.facts.expr(operand), Expr { kind: ExprKind::Num(_), .. }) {
                ExprKind::Undefined
            } else {
                ExprKind::Unary(Operator::Other, operand)
            };
        }
        let operator = match text.as_bytes() {
            [b'!', ..] => Operator::Not,
            [b'+', b'+', ..] | [.., b'+', b'+'] => Operator::Add,
            [b'-', ..] | [.., b'-', b'-'] => Operator::Subtract,
            _ => Operator::Other,
        };
        if let (Operator::Subtract, Kind::Unary, ExprKind::Num(number)) =
            (operator, frame.kind, &self.facts.expr(operand).kind)
        {
            return ExprKind::Num(-number);
        }
        ExprKind::Unary(operator, operand)
    }

    /// The operator that stands between two operands.
    pub(super) fn operator_between(&self, left: ExprId, right: ExprId) -> Operator {
        let gap = Span::new(self.facts.expr(left).span.end, self.facts.expr(right).span.start);
        operator_of(self.slice(gap))
    }
}

fn ternary(children: &[Value]) -> ExprKind {
    let part = |field| expr_in(children, field);
    match (part(Field::Condition), part(Field::Consequence), part(Field::Alternative)) {
        (Some(test), Some(yes), Some(no)) => ExprKind::Cond { test, yes, no },
        _ => ExprKind::Other(exprs_of(children)),
    }
}

/// The operator in the text between two operands, which may also hold parentheses and comments.
pub(super) fn operator_of(gap: &str) -> Operator {
    let text = gap.trim_start_matches([')', '!', ' ', '\n', '\r', '\t']);
    const TABLE: [(&str, Operator); 18] = [
        ("||", Operator::Or),
        ("&&", Operator::And),
        ("??", Operator::Coalesce),
        ("===", Operator::Equal),
        ("==", Operator::Equal),
        ("=>", Operator::Other),
        ("=", Operator::Unequal),
        ("+", Operator::Add),
        ("-", Operator::Subtract),
        ("**", Operator::Other),
        ("*", Operator::Multiply),
        ("/", Operator::Divide),
        ("<<", Operator::Other),
        (">>", Operator::Other),
        ("<", Operator::Compare),
        (">", Operator::Compare),
        ("as", Operator::Other),
        ("in", Operator::Other),
    ];
    let found = TABLE.iter().find(|(symbol, _)| text.starts_with(symbol)).map_or(Operator::Other, |(_, it)| *it);
    // `!==` loses its `!` to the trimming above, and a plain `=` is an assignment.
    match found {
        Operator::Unequal if gap.contains("!=") => Operator::Unequal,
        Operator::Unequal => Operator::Assign,
        Operator::Equal if gap.contains("!=") => Operator::Unequal,
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_between_operands() {
        let cases = [
            (" ?? ", Operator::Coalesce),
            (" ??= ", Operator::Coalesce),
            (" = ", Operator::Assign),
            (" !== ", Operator::Unequal),
            (" != ", Operator::Unequal),
            (" === ", Operator::Equal),
            (") && (", Operator::And),
            (" <= ", Operator::Compare),
            ("! + ", Operator::Add),
        ];
        for (gap, operator) in cases {
            assert_eq!(operator_of(gap), operator, "{gap}");
        }
    }
}
