//! Imports and exports, of ECMAScript modules and of CommonJS.

use tree_sitter::Node;

use super::class::decorators_among;
use super::kinds::Field;
use super::pattern::Declared;
use super::walk::{Frame, Payload, Value, Walker, expr_in, span_of};
use crate::facts::{
    BindingId, BindingKind, CallForm, Export, ExportSource, ExprId, ExprKind, Import, ImportForm, ImportedName,
    RegionId, Symbol,
};
use crate::source::Span;

impl Walker<'_> {
    pub(super) fn leave_import(&mut self, node: Node<'_>) -> Payload {
        let text = self.slice(span_of(node));
        let is_type = text.trim_start_matches("import").trim_start().starts_with("type ");
        let mut parts = Vec::new();
        let mut source = node.child_by_field_name("source");
        for child in node.named_children(&mut node.walk()) {
            match child.kind() {
                "import_clause" => self.clause_parts(child, &mut parts),
                "import_require_clause" => {
                    source = child.child_by_field_name("source");
                    parts.extend(child.named_child(0).map(|it| (self.names.intern("="), it, false)));
                }
                _ => {}
            }
        }
        let Some(source) = source else { return Payload::Nothing };
        let specifier = self.string_content(span_of(source));
        let form = if is_type { ImportForm::Type } else { ImportForm::Static };
        self.add_import(specifier, form, node, parts);
        Payload::Nothing
    }

    /// The exported name, the local identifier and the type-only mark of each name in a clause.
    fn clause_parts<'a>(&mut self, clause: Node<'a>, parts: &mut Vec<(Symbol, Node<'a>, bool)>) {
        for child in clause.named_children(&mut clause.walk()) {
            match child.kind() {
                "identifier" => parts.push((self.names.intern("default"), child, false)),
                "namespace_import" => parts.extend(child.named_child(0).map(|it| (self.names.intern("*"), it, false))),
                "named_imports" => {
                    for specifier in child.named_children(&mut child.walk()) {
                        let Some(name) = specifier.child_by_field_name("name") else { continue };
                        let local = specifier.child_by_field_name("alias").unwrap_or(name);
                        let is_type = self.slice(span_of(specifier)).starts_with("type ");
                        parts.push((self.name_or_string(name), local, is_type));
                    }
                }
                _ => {}
            }
        }
    }

    fn add_import(
        &mut self,
        specifier: Symbol,
        form: ImportForm,
        node: Node<'_>,
        parts: Vec<(Symbol, Node<'_>, bool)>,
    ) {
        let index = self.facts.imports.len() as u32;
        let mut names = Vec::with_capacity(parts.len());
        for (imported, local, is_type) in parts {
            let span = span_of(local);
            let name = self.intern(span);
            let kind = BindingKind::Import(index, names.len() as u32);
            let binding = self.declare_name(name, span, Declared::new(kind, RegionId(0)));
            names.push(ImportedName { imported, binding, is_type: is_type || form == ImportForm::Type });
        }
        // Where no semicolon stands the grammar takes a comment on the same line for a part of the statement.
        let last = node.children(&mut node.walk()).filter(|it| it.kind() != "comment").last();
        let span = Span::new(span_of(node).start, span_of(last.unwrap_or(node)).end);
        self.facts.imports.push(Import { specifier, form, names, span });
    }

    fn name_or_string(&mut self, node: Node<'_>) -> Symbol {
        if node.kind() == "string" { self.string_content(span_of(node)) } else { self.intern(span_of(node)) }
    }

    pub(super) fn leave_export(&mut self, frame: &Frame, node: Node<'_>, children: Vec<Value>) -> Payload {
        let text = self.slice(frame.span).trim_start_matches("export").trim_start();
        let is_type = text.starts_with("type ");
        let is_default = text.starts_with("default");
        let source = node.child_by_field_name("source").map(|it| self.string_content(span_of(it)));
        for child in node.named_children(&mut node.walk()) {
            match (child.kind(), source) {
                ("export_clause", _) => self.export_clause(child, source, is_type, frame),
                ("namespace_export", Some(specifier)) => {
                    let name = child.named_child(0).map(|it| self.name_or_string(it));
                    let imported = self.names.intern("*");
                    if let Some(name) = name {
                        self.add_export(name, ExportSource::Module { specifier, imported }, is_type, frame);
                    }
                }
                _ => {}
            }
        }
        let is_star = text.starts_with('*')
            && !children.iter().any(|it| it.span.start < frame.span.end && self.slice(it.span).starts_with("* as"));
        if let (Some(specifier), true) = (source, is_star) {
            let imported = self.names.intern("*");
            self.add_export(imported, ExportSource::Module { specifier, imported }, is_type, frame);
        }
        self.export_values(frame, &children, is_default);
        Payload::Nothing
    }

    fn export_clause(&mut self, clause: Node<'_>, source: Option<Symbol>, is_type: bool, frame: &Frame) {
        for specifier in clause.named_children(&mut clause.walk()) {
            let Some(name) = specifier.child_by_field_name("name") else { continue };
            let inner = self.name_or_string(name);
            let outer = specifier.child_by_field_name("alias").map_or(inner, |it| self.name_or_string(it));
            let is_type = is_type || self.slice(span_of(specifier)).starts_with("type ");
            let source = match source {
                Some(specifier) => ExportSource::Module { specifier, imported: inner },
                None => ExportSource::Value(self.add(ExprKind::Global(inner), span_of(name))),
            };
            self.add_export(outer, source, is_type, frame);
        }
    }

    /// `export default …`, `export = …`, and declarations with `export` before them.
    fn export_values(&mut self, frame: &Frame, children: &[Value], is_default: bool) {
        let declared = expr_in(children, Field::Declared);
        let value = expr_in(children, Field::Value);
        self.decorate(declared, children);
        if is_default {
            let name = self.names.intern("default");
            if let Some(value) = value.or(declared) {
                self.add_export(name, ExportSource::Value(value), false, frame);
            }
            return;
        }
        let names: Vec<(Symbol, BindingId)> = (frame.n_bindings..self.facts.bindings.len())
            .filter(|index| self.facts.bindings[*index].region == self.region)
            .map(|index| (self.facts.bindings[index].name, BindingId(index as u32)))
            .collect();
        for (name, binding) in names {
            self.add_export(name, ExportSource::Local(binding), false, frame);
        }
        let assigned = children.iter().find(|it| it.field == Field::Unknown).and_then(Value::expr);
        let is_assignment = self.slice(frame.span).trim_start_matches("export").trim_start().starts_with('=');
        if let (Some(value), true) = (assigned, is_assignment) {
            let name = self.names.intern("=");
            self.add_export(name, ExportSource::Value(value), false, frame);
        }
    }

    /// Gives a class the decorators that stand before its `export`.
    fn decorate(&mut self, declared: Option<ExprId>, children: &[Value]) {
        if let Some(ExprKind::Class(id)) = declared.map(|it| &self.facts.expr(it).kind) {
            let id = *id;
            self.facts.classes[id.0 as usize].decorators.extend(decorators_among(children));
        }
    }

    /// `module.exports = …`, `exports.name = …`, `module.exports.name = …`.
    pub(super) fn export_assigned(&mut self, frame: &Frame, target: ExprId, value: ExprId) {
        let ExprKind::Member { object, property } = self.facts.expr(target).kind else { return };
        let name = if self.is_module_exports(target) {
            self.names.intern("=")
        } else if self.is_global(object, "exports") || self.is_module_exports(object) {
            property
        } else {
            return;
        };
        self.add_export(name, ExportSource::Value(value), false, frame);
    }

    fn is_module_exports(&self, expr: ExprId) -> bool {
        match self.facts.expr(expr).kind {
            ExprKind::Member { object, property } => {
                self.names.text(property) == "exports" && self.is_global(object, "module")
            }
            _ => false,
        }
    }

    fn is_global(&self, expr: ExprId, wanted: &str) -> bool {
        matches!(self.facts.expr(expr).kind, ExprKind::Global(name) if self.names.text(name) == wanted)
    }

    fn add_export(&mut self, name: Symbol, source: ExportSource, is_type: bool, frame: &Frame) {
        self.facts.exports.push(Export { name, source, is_type, span: frame.span });
    }

    /// Records `require("x")` and `import("x")`.
    pub(super) fn note_module_call(&mut self, form: CallForm, callee: ExprId, args: &[ExprId], span: Span) {
        let Some(ExprKind::Str(specifier)) = args.first().map(|it| &self.facts.expr(*it).kind) else { return };
        let specifier = *specifier;
        let form = match form {
            CallForm::Import => ImportForm::Dynamic,
            CallForm::Call if self.is_global(callee, "require") => ImportForm::Require,
            _ => return,
        };
        self.facts.imports.push(Import { specifier, form, names: Vec::new(), span });
    }
}
