//! The cursor loop, the stack of open nodes and the stack of their children's values.

use tree_sitter::{Node, Tree};

use super::kinds::{Field, Kind, Numbering};
use super::names::Names;
use crate::facts::{
    ClassId, Expr, ExprId, ExprKind, FileFacts, FunctionId, Member, Param, Prop, Region, RegionId, RegionKind, Symbol,
};
use crate::source::{Language, Span};

/// What a node that was left hands to its parent.
#[derive(Debug, Clone)]
pub(super) struct Value {
    pub(super) field: Field,
    pub(super) kind: Kind,
    pub(super) span: Span,
    pub(super) payload: Payload,
}

/// The part of a [`Value`] that depends on the node's kind.
#[derive(Debug, Clone)]
pub(super) enum Payload {
    /// A statement, or a node of no interest.
    Nothing,
    /// An expression or a pattern.
    Expr(ExprId),
    /// Expressions in order: arguments.
    List(Box<[ExprId]>),
    /// An entry of an object, or a JSX attribute.
    Prop(Prop),
    /// A JSX tag's name and attributes.
    Tag(Option<ExprId>, Box<[Prop]>),
    /// A block: whether it holds no statement, the comments of one with at most one statement.
    Block { is_empty: bool, comment: Option<Symbol> },
    /// A parameter that is not declared yet.
    Param(Box<Param>),
    /// A type's name and that of its first argument.
    Type(Option<Symbol>, Option<Symbol>),
}

impl Value {
    /// The expression, if the node is one.
    pub(super) fn expr(&self) -> Option<ExprId> {
        match self.payload {
            Payload::Expr(id) => Some(id),
            _ => None,
        }
    }
}

/// A node that was entered and not left yet.
pub(super) struct Frame {
    pub(super) kind: Kind,
    pub(super) field: Field,
    pub(super) span: Span,
    /// Where its children's values start.
    pub(super) base: usize,
    /// The region to return to.
    pub(super) outer: RegionId,
    /// The region that the node itself belongs to.
    pub(super) own: RegionId,
    /// The region of its children.
    pub(super) inner: RegionId,
    /// What entering it, or one of its children, set up.
    pub(super) link: Link,
    /// How many bindings there were.
    pub(super) n_bindings: usize,
}

/// What belongs to an open node.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Link {
    Nothing,
    /// The function that it is.
    Function(FunctionId),
    /// The loop that it is.
    Loop(u32),
    /// The region of the block after its `try`.
    Try(RegionId),
}

/// A class whose body is being walked.
pub(super) struct OpenClass {
    pub(super) id: ClassId,
    /// Decorators that stand before the next member.
    pub(super) decorators: Vec<ExprId>,
    /// The first type argument of what it extends.
    pub(super) extends_argument: Option<Symbol>,
    /// What it says that it implements.
    pub(super) implements: Vec<ExprId>,
    pub(super) members: Vec<Member>,
}

/// The state of one walk.
pub(super) struct Walker<'t> {
    pub(super) text: &'t str,
    pub(super) facts: FileFacts,
    pub(super) names: Names<'t>,
    pub(super) frames: Vec<Frame>,
    pub(super) values: Vec<Value>,
    pub(super) region: RegionId,
    pub(super) classes: Vec<OpenClass>,
    numbering: &'static Numbering,
}

/// Walks a whole tree.
pub(super) fn walk(text: &str, language: Language, tree: &Tree) -> FileFacts {
    let mut walker = Walker {
        text,
        facts: FileFacts::default(),
        names: Names::default(),
        frames: Vec::new(),
        values: Vec::new(),
        region: RegionId(0),
        classes: Vec::new(),
        numbering: Numbering::of(language),
    };
    walker.facts.regions.push(Region { kind: RegionKind::Module, parent: None, span: Span::new(0, text.len() as u32) });
    walker.run(tree);
    walker.facts.names = walker.names.into_texts();
    walker.facts
}

impl<'t> Walker<'t> {
    fn run(&mut self, tree: &Tree) {
        let mut cursor = tree.walk();
        loop {
            let node = cursor.node();
            let field = self.numbering.field(cursor.field_id());
            let deeper = node.is_named() && self.enter(node, field) && cursor.goto_first_child();
            if deeper {
                continue;
            }
            if node.is_named() {
                self.leave(node);
            }
            while !cursor.goto_next_sibling() {
                if !cursor.goto_parent() {
                    return;
                }
                self.leave(cursor.node());
            }
        }
    }

    /// Opens a node; answers whether its children are to be walked.
    fn enter(&mut self, node: Node<'_>, field: Field) -> bool {
        let kind = self.numbering.kind(node.kind_id());
        let frame = Frame {
            kind,
            field,
            span: self.span_without_comment(node),
            base: self.values.len(),
            outer: self.region,
            own: self.region,
            inner: self.region,
            link: Link::Nothing,
            n_bindings: self.facts.bindings.len(),
        };
        self.frames.push(frame);
        self.open_branch(field);
        let own = self.region;
        match kind {
            Kind::FunctionDeclaration | Kind::FunctionExpression | Kind::Arrow | Kind::Method => {
                self.enter_function(node)
            }
            Kind::Class => self.enter_class(),
            Kind::For | Kind::ForIn | Kind::While | Kind::Do => self.enter_loop(node),
            Kind::Block => self.enter_block(),
            Kind::CatchClause => self.enter_catch(),
            Kind::SwitchCase => self.enter_case(),
            Kind::StaticBlock | Kind::Namespace => self.open_region(RegionKind::Block),
            _ => {}
        }
        let inner = self.region;
        let frame = self.open_frame();
        (frame.own, frame.inner) = (own, inner);
        kind.holds_facts() && !self.is_type_of_cast()
    }

    /// A node's range. Where no semicolon stands the grammar takes a comment on the same line for a part of a block.
    fn span_without_comment(&self, node: Node<'_>) -> Span {
        let span = span_of(node);
        let is_longer = self.numbering.kind(node.kind_id()) == Kind::Block && !self.slice(span).ends_with('}');
        let end = is_longer.then(|| node.children(&mut node.walk()).filter(|it| it.kind() == "}").last());
        end.flatten().map_or(span, |it| Span::new(span.start, span_of(it).end))
    }

    /// Whether the innermost open node is the type of an `as`, which comes after the operand and may look like a call.
    fn is_type_of_cast(&self) -> bool {
        let operand = |base| self.values[base..].iter().any(|it| it.expr().is_some());
        self.parent_frame().is_some_and(|it| it.kind == Kind::Cast && operand(it.base))
    }

    /// Closes the innermost open node and pushes its value.
    fn leave(&mut self, node: Node<'_>) {
        let frame = self.frames.pop().expect("every node that is left was entered");
        self.region = frame.own;
        let children: Vec<Value> = self.values.drain(frame.base..).collect();
        let payload = self.payload(&frame, node, children);
        self.values.push(Value { field: frame.field, kind: frame.kind, span: frame.span, payload });
        self.region = frame.outer;
    }

    fn payload(&mut self, frame: &Frame, node: Node<'_>, children: Vec<Value>) -> Payload {
        match frame.kind {
            Kind::FunctionDeclaration | Kind::FunctionExpression | Kind::Arrow | Kind::Method => {
                self.leave_function(frame, node, children)
            }
            Kind::Class | Kind::ClassBody | Kind::ClassHeritage | Kind::Extends | Kind::Field => {
                self.leave_class_part(frame, node, children)
            }
            Kind::Parameters => self.leave_parameters(node, children),
            Kind::Parameter => self.leave_parameter(node, children),
            Kind::JsxElement | Kind::JsxOpening | Kind::JsxSelfClosing | Kind::JsxAttribute | Kind::JsxExpression => {
                self.leave_jsx(frame, children)
            }
            Kind::ImportStatement => self.leave_import(node),
            Kind::ExportStatement => self.leave_export(frame, node, children),
            Kind::Comment => self.leave_comment(frame),
            Kind::Type => self.leave_type(node),
            _ => match self.leave_statement(frame, node, &children) {
                Some(payload) => payload,
                None => self.leave_expression(frame, node, children),
            },
        }
    }

    /// The text of a span.
    pub(super) fn slice(&self, span: Span) -> &'t str {
        span.of(self.text)
    }

    /// Interns the text of a span.
    pub(super) fn intern(&mut self, span: Span) -> Symbol {
        self.names.intern(span.of(self.text))
    }

    /// Adds an expression in the current region.
    pub(super) fn add(&mut self, kind: ExprKind, span: Span) -> ExprId {
        self.add_in(kind, span, self.region)
    }

    /// Adds an expression in a given region.
    pub(super) fn add_in(&mut self, kind: ExprKind, span: Span, region: RegionId) -> ExprId {
        self.facts.exprs.push(Expr { kind, span, region });
        ExprId(self.facts.exprs.len() as u32 - 1)
    }

    /// Opens a region for the innermost open node.
    pub(super) fn open_region(&mut self, kind: RegionKind) {
        let span = self.frames.last().map_or(Span::new(0, 0), |frame| frame.span);
        self.facts.regions.push(Region { kind, parent: Some(self.region), span });
        self.region = RegionId(self.facts.regions.len() as u32 - 1);
    }

    /// The innermost open node.
    pub(super) fn open_frame(&mut self) -> &mut Frame {
        self.frames.last_mut().expect("called while a node is open")
    }

    /// The open node around the innermost one.
    pub(super) fn parent_frame(&self) -> Option<&Frame> {
        self.frames.len().checked_sub(2).map(|index| &self.frames[index])
    }
}

/// The first child in a field.
pub(super) fn in_field(children: &[Value], field: Field) -> Option<&Value> {
    children.iter().find(|child| child.field == field)
}

/// The expression of the first child in a field.
pub(super) fn expr_in(children: &[Value], field: Field) -> Option<ExprId> {
    children.iter().filter(|child| child.field == field).find_map(Value::expr)
}

/// The expressions of all children.
pub(super) fn exprs_of(children: &[Value]) -> Box<[ExprId]> {
    children.iter().filter_map(Value::expr).collect()
}

/// A node's byte range.
pub(super) fn span_of(node: Node<'_>) -> Span {
    Span::new(node.start_byte() as u32, node.end_byte() as u32)
}
