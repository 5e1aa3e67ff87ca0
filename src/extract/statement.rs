//! Statements: the regions they open, the names they declare, and jumps.

use tree_sitter::Node;

use super::expression::operator_of;
use super::kinds::{Field, Kind};
use super::pattern::Declared;
use super::types::annotation;
use super::walk::{Frame, Link, Payload, Value, Walker, expr_in, in_field, span_of};
use crate::facts::{
    BindingKind, ExprId, ExprKind, Jump, JumpKind, Loop, LoopForm, Operator, RegionId, RegionKind, Symbol,
};
use crate::source::Span;

impl Walker<'_> {
    /// Opens the region of a branch that its parent's condition decides about.
    pub(super) fn open_branch(&mut self, field: Field) {
        if !matches!(field, Field::Consequence | Field::Alternative | Field::Right) {
            return;
        }
        let Some(parent) = self.parent_frame() else { return };
        let (kind, base) = (parent.kind, parent.base);
        let condition = |field| expr_in(&self.values[base..], field);
        let region = match (kind, field) {
            (Kind::If, Field::Consequence) => condition(Field::Condition).map(|test| RegionKind::Then { test }),
            (Kind::If, Field::Alternative) => condition(Field::Condition).map(|test| RegionKind::Else { test }),
            (Kind::Ternary, _) => condition(Field::Condition).map(|test| RegionKind::Branch { test }),
            (Kind::Binary, Field::Right) => {
                condition(Field::Left).filter(|it| self.is_logical(*it)).map(|test| RegionKind::Branch { test })
            }
            _ => None,
        };
        if let Some(region) = region {
            self.open_region(region);
        }
    }

    /// Whether the operator between a left operand and the innermost open node is `&&`, `||` or `??`.
    fn is_logical(&self, left: ExprId) -> bool {
        let end = self.frames.last().map_or(0, |it| it.span.start);
        let gap = Span::new(self.facts.expr(left).span.end, end);
        matches!(operator_of(self.slice(gap)), Operator::And | Operator::Or | Operator::Coalesce)
    }

    pub(super) fn enter_block(&mut self) {
        let Some(parent) = self.parent_frame() else { return };
        let try_region = match self.frames.len().checked_sub(3).map(|index| self.frames[index].link) {
            Some(Link::Try(region)) => region,
            _ => RegionId(0),
        };
        match (parent.kind, self.frames.last().map(|it| it.field)) {
            (Kind::Try, Some(Field::Body)) => self.open_region(RegionKind::Try),
            (Kind::FinallyClause, _) => self.open_region(RegionKind::Finally { body: try_region }),
            (Kind::Program | Kind::Block | Kind::SwitchCase, _) => self.open_region(RegionKind::Block),
            _ => {}
        }
    }

    pub(super) fn enter_catch(&mut self) {
        let body = match self.parent_frame().map(|it| it.link) {
            Some(Link::Try(region)) => region,
            _ => RegionId(0),
        };
        let block = Span::new(0, 0);
        self.open_region(RegionKind::Catch { body, param: None, is_empty: false, block, comment: None });
    }

    pub(super) fn enter_case(&mut self) {
        let switch = self.frames.len().checked_sub(3).map(|index| self.frames[index].base);
        let subject = switch.and_then(|base| expr_in(&self.values[base..], Field::Value));
        self.open_region(subject.map_or(RegionKind::Block, |subject| RegionKind::Case { subject }));
    }

    pub(super) fn enter_loop(&mut self, node: Node<'_>) {
        let index = self.facts.loops.len() as u32;
        self.open_frame().link = Link::Loop(index);
        self.open_region(RegionKind::Loop(index));
        let form = match node.kind() {
            "for_statement" => LoopForm::For,
            "while_statement" => LoopForm::While,
            "do_statement" => LoopForm::DoWhile,
            _ => LoopForm::ForOf,
        };
        let span = span_of(node);
        let region = self.region;
        self.facts.loops.push(Loop {
            form,
            region,
            span,
            head: span,
            subject: None,
            element: None,
            test: None,
            step: None,
        });
    }

    /// The payload of a statement; `None` for what is no statement.
    pub(super) fn leave_statement(&mut self, frame: &Frame, _: Node<'_>, children: &[Value]) -> Option<Payload> {
        match frame.kind {
            Kind::Block => return Some(self.leave_block(frame, children)),
            Kind::Declarator => return Some(self.leave_declarator(children)),
            Kind::Declaration => {
                return Some(children.iter().find_map(Value::expr).map_or(Payload::Nothing, Payload::Expr));
            }
            Kind::Program => {
                self.facts.directives = directives(&self.facts.exprs, children);
            }
            Kind::For | Kind::ForIn | Kind::While | Kind::Do => self.leave_loop(frame, children),
            Kind::CatchClause => self.leave_catch(frame, children),
            Kind::Return => self.jump(JumpKind::Return, frame, children),
            Kind::Throw => self.jump(JumpKind::Throw, frame, children),
            Kind::Break => self.jump(JumpKind::Break, frame, children),
            Kind::Continue => self.jump(JumpKind::Continue, frame, children),
            Kind::Enum | Kind::Namespace => self.leave_enum(children),
            Kind::If | Kind::ElseClause | Kind::Try | Kind::FinallyClause | Kind::Switch | Kind::SwitchCase => {}
            Kind::StaticBlock | Kind::EmptyStatement => {}
            _ => return None,
        }
        Some(Payload::Nothing)
    }

    fn leave_block(&mut self, frame: &Frame, children: &[Value]) -> Payload {
        if let (Some(parent), Field::Body) = (self.frames.last_mut(), frame.field)
            && parent.kind == Kind::Try
        {
            parent.link = Link::Try(frame.inner);
        }
        let is_empty = children.iter().all(|it| matches!(it.kind, Kind::Comment | Kind::EmptyStatement));
        let n_statements =
            children.iter().filter(|it| !matches!(it.kind, Kind::Comment | Kind::EmptyStatement)).count();
        let comment = if n_statements <= 1 { self.comments_among(children) } else { None };
        Payload::Block { is_empty, comment }
    }

    fn leave_declarator(&mut self, children: &[Value]) -> Payload {
        let Some(pattern) = expr_in(children, Field::Name) else { return Payload::Nothing };
        let keyword = self.frames.last().map_or("", |it| self.slice(it.span));
        let kind = keyword_kind(keyword);
        let region = if kind == BindingKind::Var { self.function_region() } else { self.region };
        let init = expr_in(children, Field::Value);
        let (type_name, type_argument) = annotation(children);
        if let (Some(value), ExprKind::Global(name)) = (init, &self.facts.expr(pattern).kind) {
            let name = *name;
            self.name_value(value, name);
        }
        let declared = Declared { init, type_name, type_argument, ..Declared::new(kind, region) };
        self.declare_pattern(pattern, declared);
        Payload::Expr(pattern)
    }

    fn leave_enum(&mut self, children: &[Value]) {
        if let Some(name) = in_field(children, Field::Name) {
            let (span, region) = (name.span, self.region);
            let symbol = self.intern(span);
            self.declare_name(symbol, span, Declared::new(BindingKind::Other, region));
        }
    }

    fn leave_catch(&mut self, frame: &Frame, children: &[Value]) {
        let param = expr_in(children, Field::Parameter);
        if let Some(pattern) = param {
            self.declare_pattern(pattern, Declared::new(BindingKind::Catch, frame.inner));
        }
        let Some(body_value) = in_field(children, Field::Body) else { return };
        let Payload::Block { is_empty, comment, .. } = body_value.payload else { return };
        let span = body_value.span;
        if let RegionKind::Catch { body, .. } = self.facts.regions[frame.inner.0 as usize].kind {
            self.facts.regions[frame.inner.0 as usize].kind =
                RegionKind::Catch { body, param, is_empty, block: span, comment };
        }
    }

    fn leave_loop(&mut self, frame: &Frame, children: &[Value]) {
        let Link::Loop(index) = frame.link else { return };
        let body = in_field(children, Field::Body).map(|it| it.span);
        let subject = if frame.kind == Kind::ForIn { expr_in(children, Field::Right) } else { None };
        let element = expr_in(children, Field::Left).or_else(|| expr_in(children, Field::Initializer));
        if let (Kind::ForIn, Some(pattern), Some(subject)) = (frame.kind, element, subject) {
            self.declare_element(frame, pattern, subject);
        }
        let form = self.loop_form(frame, element, subject);
        let found = &mut self.facts.loops[index as usize];
        found.form = form.unwrap_or(found.form);
        found.subject = subject;
        found.element = element;
        found.test = expr_in(children, Field::Condition);
        found.step = expr_in(children, Field::Increment);
        if let Some(body) = body.filter(|it| it.start > frame.span.start) {
            found.head = Span::new(frame.span.start, body.start);
            // A comment on the last line is no part of it.
            found.span.end = if frame.kind == Kind::Do { found.span.end } else { body.end };
        }
    }

    /// `of`, `in` or `for await`.
    fn loop_form(&self, frame: &Frame, element: Option<ExprId>, subject: Option<ExprId>) -> Option<LoopForm> {
        let (element, subject) = (self.facts.expr(element?).span, self.facts.expr(subject?).span);
        let before = self.slice(Span::new(frame.span.start, element.start));
        let between = self.slice(Span::new(element.end, subject.start));
        Some(match between.trim_start().starts_with("in") {
            true => LoopForm::ForIn,
            false if before.contains("await") => LoopForm::ForAwait,
            false => LoopForm::ForOf,
        })
    }

    fn declare_element(&mut self, frame: &Frame, pattern: ExprId, subject: ExprId) {
        let before = self.slice(Span::new(frame.span.start, self.facts.expr(pattern).span.start));
        let Some((_, keyword)) = before.split_once('(') else { return };
        if keyword.trim().is_empty() {
            return;
        }
        let kind = keyword_kind(keyword.trim());
        let region = if kind == BindingKind::Var { self.function_region() } else { frame.inner };
        let declared = Declared { element_of: Some(subject), ..Declared::new(kind, region) };
        self.declare_pattern(pattern, declared);
    }

    fn jump(&mut self, kind: JumpKind, frame: &Frame, children: &[Value]) {
        let value = children.iter().find_map(Value::expr);
        self.facts.jumps.push(Jump { kind, value, region: self.region, span: frame.span });
    }
}

fn keyword_kind(text: &str) -> BindingKind {
    match text {
        it if it.starts_with("const") => BindingKind::Const,
        it if it.starts_with("let") => BindingKind::Let,
        it if it.starts_with("var") => BindingKind::Var,
        _ => BindingKind::Using,
    }
}

/// The string statements that open a body.
fn directives(exprs: &[crate::facts::Expr], children: &[Value]) -> Vec<Symbol> {
    let statements = children.iter().filter(|it| it.kind != Kind::Comment);
    statements
        .map_while(|it| match (it.kind, it.expr().map(|id| &exprs[id.0 as usize].kind)) {
            (Kind::Transparent, Some(ExprKind::Str(text))) => Some(*text),
            _ => None,
        })
        .collect()
}
