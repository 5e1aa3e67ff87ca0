//! Interfaces, object types and tuples: classes of fields that nothing constructs.
//!
//! Only members with a named type are kept. An interface without any is kept for the classes that implement it; any other
//! type without members is left out, for nothing could be found through it.

use tree_sitter::Node;

use super::pattern::Declared;
use super::walk::{Walker, span_of};
use crate::facts::{BindingKind, Class, ClassId, ExprKind, GIVEN, Member, MemberKind, RegionId, Symbol};

impl Walker<'_> {
    /// The name under which an object type that has none is declared.
    pub(super) fn shape_name(&mut self, node: Node<'_>, depth: u8) -> (Option<Symbol>, Option<Symbol>) {
        let name = self.names.intern_owned(format!("{{}}{}", node.start_byte()));
        if self.declare_shape(node, name, depth) {
            return (Some(name), None);
        }
        let arms: Vec<Node<'_>> = node.named_children(&mut node.walk()).collect();
        let named = |it: &&Node<'_>| node.kind() == "intersection_type" && it.kind() != "object_type";
        arms.iter().find(named).map_or((None, None), |it| self.type_names(*it, depth + 1))
    }

    /// Declares an interface or object type; answers whether it has members to be found.
    pub(super) fn declare_shape(&mut self, node: Node<'_>, name: Symbol, depth: u8) -> bool {
        let mut members = Vec::new();
        self.collect_members(node, depth, &mut members);
        if members.is_empty() && node.kind() != "interface_declaration" {
            return false;
        }
        let span = span_of(node);
        let base = self.base_of(node);
        let extends = base.map(|it| {
            let symbol = self.intern(span_of(it));
            self.add(ExprKind::Global(symbol), span_of(it))
        });
        let id = ClassId(self.facts.classes.len() as u32);
        let declared = Declared::new(BindingKind::Shape(id), RegionId(0));
        let binding = Some(self.declare_name(name, span, declared));
        self.facts.classes.push(Class {
            name: Some(name),
            binding,
            extends,
            extends_argument: None,
            implements: Vec::new(),
            is_abstract: true,
            span,
            members,
            decorators: Vec::new(),
        });
        true
    }

    fn collect_members(&mut self, node: Node<'_>, depth: u8, members: &mut Vec<Member>) {
        for child in node.named_children(&mut node.walk()).collect::<Vec<_>>() {
            match child.kind() {
                "interface_body" | "object_type" => self.collect_members(child, depth, members),
                "property_signature" => members.extend(self.property_member(child, depth)),
                "formal_parameters" if node.kind() == "function_type" => self.collect_places(child, depth, members),
                _ => {}
            }
        }
        if node.kind() == "function_type" {
            members.extend(self.given_member(node, depth));
        }
        if node.kind() == "tuple_type" {
            self.collect_places(node, depth, members);
        }
    }

    /// What stands at each place of a tuple, and of what a function type takes: members named `0`, `1` and so on.
    fn collect_places(&mut self, node: Node<'_>, depth: u8, members: &mut Vec<Member>) {
        for (place, child) in node.named_children(&mut node.walk()).collect::<Vec<_>>().into_iter().enumerate() {
            let labelled = child.child_by_field_name("type").and_then(|it| it.named_child(0));
            let (type_name, type_argument) = self.type_names(labelled.unwrap_or(child), depth + 1);
            if type_name.is_some() {
                let name = Some(self.names.intern_owned(place.to_string()));
                let kind = MemberKind::Field(None);
                members.push(Member { name, kind, is_static: false, type_name, type_argument, decorators: Vec::new() });
            }
        }
    }

    /// What a function type gives.
    fn given_member(&mut self, node: Node<'_>, depth: u8) -> Option<Member> {
        let given = node.child_by_field_name("return_type")?;
        let (type_name, type_argument) = self.type_names(given, depth + 1);
        type_name.filter(|it| self.names.text(*it).starts_with(|it: char| it.is_uppercase()))?;
        let (name, kind) = (Some(self.names.intern_owned(GIVEN.to_owned())), MemberKind::Field(None));
        Some(Member { name, kind, is_static: false, type_name, type_argument, decorators: Vec::new() })
    }

    fn property_member(&mut self, node: Node<'_>, depth: u8) -> Option<Member> {
        let name = node.child_by_field_name("name").filter(|it| it.kind() == "property_identifier")?;
        let annotated = node.child_by_field_name("type").and_then(|it| it.named_child(0))?;
        if annotated.kind() == "predefined_type" {
            return None;
        }
        let (type_name, type_argument) = self.type_names(annotated, depth + 1);
        type_name?;
        let (name, decorators) = (Some(self.intern(span_of(name))), Vec::new());
        let kind = MemberKind::Field(None);
        Some(Member { name, kind, is_static: false, type_name, type_argument, decorators })
    }

    /// What an interface extends, or the named arm of an intersection.
    fn base_of<'n>(&self, node: Node<'n>) -> Option<Node<'n>> {
        let children: Vec<Node<'n>> = node.named_children(&mut node.walk()).collect();
        let clause = children.iter().find(|it| it.kind() == "extends_type_clause").and_then(|it| it.named_child(0));
        let arm = || children.iter().find(|it| node.kind() == "intersection_type" && it.kind() == "type_identifier");
        clause.or_else(|| arm().copied()).filter(|it| it.kind() == "type_identifier")
    }
}
