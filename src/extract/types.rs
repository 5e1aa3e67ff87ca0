//! Types: nothing but their names.

use tree_sitter::Node;

use super::kinds::Field;
use super::pattern::Declared;
use super::walk::{Payload, Value, Walker, in_field, span_of};
use crate::facts::{BindingKind, HANDING, MEMBER, PARAMETERS, Symbol};

/// Types of which a value has what their first argument has.
const WRAPPERS: &[&str] = &[
    "Promise",
    "Readonly",
    "Awaited",
    "ReturnType",
    "NonNullable",
    "Omit",
    "Pick",
    "Partial",
    "Required",
    "inferAsyncReturnType",
];

/// The first member of a list of types, as it ends a name.
const FIRST: &str = "#0";

/// Of those, the ones that stand for what a function gives.
const RETURNING: &[&str] = &["ReturnType", "inferAsyncReturnType"];

impl Walker<'_> {
    /// The name of an annotated type and of its first argument.
    pub(super) fn leave_type(&mut self, node: Node<'_>) -> Payload {
        match node.kind() {
            "type_annotation" => node.named_child(0).map_or(Payload::Nothing, |it| {
                let (name, argument) = self.type_names(it, 0);
                Payload::Type(name, argument)
            }),
            "type_arguments" => {
                let first = node.named_child(0).and_then(|it| self.type_names(it, 0).0);
                Payload::Type(None, first)
            }
            "type_alias_declaration" => {
                self.declare_alias(node);
                Payload::Nothing
            }
            "implements_clause" => {
                self.note_implemented(node);
                Payload::Nothing
            }
            "interface_declaration" => {
                if let Some(name) = node.child_by_field_name("name") {
                    let symbol = self.intern(span_of(name));
                    self.declare_shape(node, symbol, 0);
                }
                Payload::Nothing
            }
            _ => Payload::Nothing,
        }
    }

    /// `type Db = PrismaClient | Transaction` gives `Db` the name of the first type that has one.
    fn declare_alias(&mut self, node: Node<'_>) {
        let (Some(name), Some(value)) = (node.child_by_field_name("name"), node.child_by_field_name("value")) else {
            return;
        };
        let (type_name, type_argument) = self.type_names(value, 0);
        let span = span_of(name);
        let symbol = self.intern(span);
        // What a function type takes has a name of its own: a value of the alias itself is a function.
        if value.kind() == "function_type" {
            let taken = self.names.intern_owned(parameters_of(self.names.text(symbol)));
            self.declare_shape(value, taken, 0);
        }
        // A type that is made of itself would say nothing.
        let type_name = type_name.filter(|it| *it != symbol);
        let declared = Declared { type_name, type_argument, ..Declared::new(BindingKind::Type, self.region) };
        self.declare_name(symbol, span, declared);
    }

    /// A type's name and that of its first argument. `Promise<T>`, `Omit<T, …>`, `readonly T`, `(T)` and `T | null` are `T`; eight levels
    /// of such wrapping are enough.
    pub(super) fn type_names(&mut self, node: Node<'_>, depth: u8) -> (Option<Symbol>, Option<Symbol>) {
        if depth > 8 {
            return (None, None);
        }
        match node.kind() {
            "type_identifier" | "nested_type_identifier" | "predefined_type" => {
                (Some(self.intern(span_of(node))), None)
            }
            "generic_type" => self.generic_names(node, depth),
            "union_type" => self.arm_names(node, depth),
            // `(tx: T) => R` keeps its arrow: who has such a function hands it a `T`.
            "function_type" => (self.handed_name(node, depth), None),
            "object_type" | "intersection_type" | "tuple_type" => self.shape_name(node, depth),
            // `typeof x` keeps its word: `x` itself is meant, not a value of a type of that name.
            "type_query" => {
                match node.named_child(0).filter(|it| matches!(it.kind(), "identifier" | "member_expression")) {
                    Some(of) => {
                        let text = format!("typeof {}", self.slice(span_of(of)));
                        (Some(self.names.intern_owned(text)), None)
                    }
                    None => (None, None),
                }
            }
            "lookup_type" => (self.looked_up(node, depth), None),
            // What it holds is known, and it has no name of its own.
            "array_type" => (None, node.named_child(0).and_then(|it| self.type_names(it, depth + 1).0)),
            "readonly_type" | "parenthesized_type" => {
                node.named_child(0).map_or((None, None), |it| self.type_names(it, depth + 1))
            }
            _ => (None, None),
        }
    }

    /// `Context["db"]`, and what a transaction hands to its callback: `Parameters<Parameters<typeof db.transaction>[0]>[0]` has
    /// what `db` has.
    fn looked_up(&mut self, node: Node<'_>, depth: u8) -> Option<Symbol> {
        let (of, index) = (node.named_child(0)?, node.named_child(1)?);
        let index = self.slice(span_of(index)).trim_matches(['"', '\'', '`']).to_owned();
        let of = self.type_names(of, depth + 1).0?;
        let of = self.names.text(of).to_owned();
        let taken = of.strip_prefix(PARAMETERS).and_then(|it| it.strip_prefix(PARAMETERS)?.strip_prefix("typeof "));
        let name = match taken {
            Some(method) if index == "0" => {
                let (client, method) = method.strip_suffix(FIRST)?.rsplit_once('.')?;
                ["transaction", "$transaction"].contains(&method).then(|| format!("typeof {client}"))?
            }
            _ => format!("{of}{MEMBER}{index}"),
        };
        Some(self.names.intern_owned(name))
    }

    /// The first arm of a union that has a name. A function counts more than a plain type, and less than anything else.
    fn arm_names(&mut self, node: Node<'_>, depth: u8) -> (Option<Symbol>, Option<Symbol>) {
        let arms: Vec<Node<'_>> = node.named_children(&mut node.walk()).collect();
        let named = arms.into_iter().map(|it| (it.kind(), self.type_names(it, depth + 1)));
        let named: Vec<_> = named.filter(|(_, (name, _))| name.is_some()).collect();
        let is_handing =
            |(name, _): &(Option<Symbol>, _)| name.is_some_and(|it| self.names.text(it).starts_with(HANDING));
        let first = named.iter().find(|(_, it)| !is_handing(it));
        let handing = named.iter().find(|(_, it)| is_handing(it));
        let chosen = if first.is_some_and(|(kind, _)| *kind != "predefined_type") { first } else { handing.or(first) };
        chosen.map_or((None, None), |it| it.1)
    }

    /// The type of the first parameter of a function type, behind an arrow.
    fn handed_name(&mut self, node: Node<'_>, depth: u8) -> Option<Symbol> {
        let first = node.child_by_field_name("parameters")?.named_child(0)?;
        let of = first.child_by_field_name("type")?.named_child(0)?;
        let name = self.type_names(of, depth + 1).0?;
        let text = format!("{HANDING}{}", self.names.text(name));
        Some(self.names.intern_owned(text))
    }

    /// The name alone: what `ReturnType<typeof f>` is about is what `f` gives.
    fn without_typeof(&mut self, symbol: Symbol) -> Symbol {
        let name = self.names.text(symbol).strip_prefix("typeof ").map(str::to_owned);
        name.map_or(symbol, |it| self.names.intern_owned(it))
    }

    fn generic_names(&mut self, node: Node<'_>, depth: u8) -> (Option<Symbol>, Option<Symbol>) {
        let first = node.child_by_field_name("type_arguments").and_then(|it| it.named_child(0));
        let Some(name) = node.child_by_field_name("name").or_else(|| node.named_child(0)) else { return (None, None) };
        let wraps = WRAPPERS.contains(&self.slice(span_of(name)));
        let takes = self.slice(span_of(name)) == "Parameters";
        match first {
            Some(inner) if takes => {
                let of = self.type_names(inner, depth + 1).0;
                (of.map(|it| self.names.intern_owned(parameters_of(self.names.text(it)))), None)
            }
            Some(inner) if wraps => {
                let (inner, argument) = self.type_names(inner, depth + 1);
                let gives = RETURNING.contains(&self.slice(span_of(name)));
                (inner.map(|it| if gives { self.without_typeof(it) } else { it }), argument)
            }
            _ => {
                let argument = first.and_then(|it| self.type_names(it, depth + 1).0);
                (Some(self.intern(span_of(name))), argument)
            }
        }
    }
}

/// The name of the list that a function of a type takes.
fn parameters_of(name: &str) -> String {
    format!("{PARAMETERS}{name}")
}

/// The annotation among a node's children.
pub(super) fn annotation(children: &[Value]) -> (Option<Symbol>, Option<Symbol>) {
    type_in(children, Field::TypeOf)
}

/// The type in a field.
pub(super) fn type_in(children: &[Value], field: Field) -> (Option<Symbol>, Option<Symbol>) {
    match in_field(children, field).map(|it| &it.payload) {
        Some(Payload::Type(name, argument)) => (*name, *argument),
        _ => (None, None),
    }
}

/// The first type argument among a node's children.
pub(super) fn argument_of(children: &[Value]) -> Option<Symbol> {
    children.iter().find_map(|it| match it.payload {
        Payload::Type(_, argument) => argument,
        _ => None,
    })
}
