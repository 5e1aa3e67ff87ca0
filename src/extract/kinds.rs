//! Node kinds and fields of the grammars, as numbers of our own.
//!
//! The grammars number their node kinds differently and renumber them in each release. One table names every kind that
//! extraction cares about; kinds that it leaves out are walked through and yield nothing.

use std::sync::LazyLock;

use tree_sitter::Language as Grammar;

use crate::source::Language;

macro_rules! names {
    ($(#[$doc:meta])* $enum:ident, $table:ident: $($variant:ident = $($name:literal)|+),* $(,)?) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub(super) enum $enum { Unknown, $($variant),* }

        /// Every name with what it stands for.
        pub(super) const $table: &[(&str, $enum)] = &[$($(($name, $enum::$variant)),+),*];
    };
}

names! {
    /// A named node kind.
    Kind, KINDS:
    Program = "program", Comment = "comment" | "html_comment", Block = "statement_block",
    // Expressions.
    Identifier = "identifier" | "shorthand_property_identifier" | "shorthand_property_identifier_pattern",
    PropertyName = "property_identifier" | "private_property_identifier" | "statement_identifier",
    This = "this", Super = "super", String = "string", Number = "number", True = "true", False = "false",
    Null = "null", Undefined = "undefined", Regex = "regex", Template = "template_string",
    Substitution = "template_substitution", Member = "member_expression", Subscript = "subscript_expression",
    CallExpression = "call_expression", NewExpression = "new_expression", Arguments = "arguments",
    Await = "await_expression", Yield = "yield_expression", Spread = "spread_element" | "rest_pattern",
    Unary = "unary_expression", Update = "update_expression", Binary = "binary_expression",
    Assignment = "assignment_expression" | "augmented_assignment_expression",
    AssignmentPattern = "assignment_pattern" | "object_assignment_pattern",
    Ternary = "ternary_expression", Sequence = "sequence_expression",
    Object = "object" | "object_pattern", Pair = "pair" | "pair_pattern", Array = "array" | "array_pattern",
    ComputedName = "computed_property_name", Import = "import", MetaProperty = "meta_property",
    Transparent = "parenthesized_expression" | "non_null_expression" | "instantiation_expression" | "type_assertion"
        | "expression_statement",
    Cast = "as_expression" | "satisfies_expression",
    // JSX.
    JsxElement = "jsx_element", JsxOpening = "jsx_opening_element", JsxSelfClosing = "jsx_self_closing_element",
    JsxClosing = "jsx_closing_element", JsxAttribute = "jsx_attribute", JsxExpression = "jsx_expression",
    // Functions and classes.
    FunctionDeclaration = "function_declaration" | "generator_function_declaration",
    FunctionExpression = "function_expression" | "generator_function", Arrow = "arrow_function",
    Method = "method_definition", Parameters = "formal_parameters", Parameter = "required_parameter" | "optional_parameter",
    Class = "class" | "class_declaration" | "abstract_class_declaration", ClassBody = "class_body",
    ClassHeritage = "class_heritage", Extends = "extends_clause", Field = "public_field_definition" | "field_definition",
    StaticBlock = "class_static_block", Decorator = "decorator",
    // Statements.
    Declarator = "variable_declarator", Declaration = "lexical_declaration" | "variable_declaration" | "using_declaration",
    If = "if_statement", ElseClause = "else_clause", For = "for_statement", ForIn = "for_in_statement",
    While = "while_statement", Do = "do_statement", Try = "try_statement", CatchClause = "catch_clause",
    FinallyClause = "finally_clause", Switch = "switch_statement", SwitchCase = "switch_case" | "switch_default",
    Return = "return_statement", Throw = "throw_statement", Break = "break_statement", Continue = "continue_statement",
    EmptyStatement = "empty_statement", Enum = "enum_declaration", Namespace = "internal_module" | "module",
    ImportStatement = "import_statement", ExportStatement = "export_statement",
    // Its names are read by the statement around it.
    ExportClause = "export_clause" | "namespace_export",
    // Never walked: types hold no facts but their names, which their owners read.
    Type = "type_annotation" | "type_arguments" | "type_parameters" | "interface_declaration" | "type_alias_declaration"
        | "asserts_annotation" | "import_alias" | "type_predicate_annotation" | "implements_clause" | "function_signature"
        | "ambient_declaration" | "enum_body" | "predefined_type" | "type_identifier" | "nested_type_identifier"
        | "generic_type" | "union_type" | "object_type" | "literal_type" | "array_type" | "jsx_text"
        | "abstract_method_signature" | "method_signature" | "index_signature" | "accessibility_modifier"
        | "override_modifier" | "type_query" | "function_type" | "tuple_type" | "lookup_type" | "conditional_type"
        | "intersection_type" | "parenthesized_type" | "readonly_type" | "template_literal_type" | "index_type_query",
}

names! {
    /// The role of a node in its parent.
    Field, FIELDS:
    Alternative = "alternative", Arguments = "arguments", Body = "body", Condition = "condition",
    Consequence = "consequence", Constructor = "constructor", Decorator = "decorator", Finalizer = "finalizer",
    Function = "function", Handler = "handler", Increment = "increment", Index = "index", Initializer = "initializer",
    Key = "key", Left = "left", Name = "name", Object = "object", OpenTag = "open_tag", Parameter = "parameter",
    Parameters = "parameters", Pattern = "pattern", Property = "property", ReturnType = "return_type",
    Right = "right", Source = "source", TypeOf = "type", Value = "value", Attribute = "attribute", Declared = "declaration",
}

impl Kind {
    /// Whether anything inside says more than the node itself does.
    pub(super) fn holds_facts(self) -> bool {
        !matches!(
            self,
            Kind::Type
                | Kind::ImportStatement
                | Kind::ExportClause
                | Kind::String
                | Kind::Regex
                | Kind::Comment
                | Kind::JsxClosing
        )
    }
}

/// One grammar's numbers, mapped to ours.
pub(super) struct Numbering {
    kinds: Vec<Kind>,
    fields: Vec<Field>,
}

impl Numbering {
    /// The numbering of a language's grammar.
    pub(super) fn of(language: Language) -> &'static Numbering {
        static JAVASCRIPT: LazyLock<Numbering> = LazyLock::new(|| Numbering::new(Language::JavaScript));
        static TYPESCRIPT: LazyLock<Numbering> = LazyLock::new(|| Numbering::new(Language::TypeScript));
        static TSX: LazyLock<Numbering> = LazyLock::new(|| Numbering::new(Language::Tsx));
        match language {
            Language::JavaScript => &JAVASCRIPT,
            Language::TypeScript => &TYPESCRIPT,
            Language::Tsx => &TSX,
        }
    }

    /// The kind of a named node.
    pub(super) fn kind(&self, id: u16) -> Kind {
        self.kinds.get(id as usize).copied().unwrap_or(Kind::Unknown)
    }

    /// The field that a cursor stands in.
    pub(super) fn field(&self, id: Option<std::num::NonZeroU16>) -> Field {
        id.and_then(|id| self.fields.get(id.get() as usize).copied()).unwrap_or(Field::Unknown)
    }

    fn new(language: Language) -> Self {
        let grammar = grammar(language);
        let kinds = (0..grammar.node_kind_count() as u16)
            .map(|id| match grammar.node_kind_for_id(id) {
                Some(name) if grammar.node_kind_is_named(id) => find(KINDS, name).unwrap_or(Kind::Unknown),
                _ => Kind::Unknown,
            })
            .collect();
        let fields = (0..=grammar.field_count() as u16)
            .map(|id| grammar.field_name_for_id(id).and_then(|name| find(FIELDS, name)).unwrap_or(Field::Unknown))
            .collect();
        Self { kinds, fields }
    }
}

fn grammar(language: Language) -> Grammar {
    match language {
        Language::JavaScript => tree_sitter_javascript::LANGUAGE.into(),
        Language::TypeScript => tree_sitter_typescript::LANGUAGE_TYPESCRIPT.into(),
        Language::Tsx => tree_sitter_typescript::LANGUAGE_TSX.into(),
    }
}

fn find<T: Copy>(table: &[(&str, T)], name: &str) -> Option<T> {
    table.iter().find(|(it, _)| *it == name).map(|(_, meaning)| *meaning)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A renamed node kind would silence whatever reads it, without a sound.
    #[test]
    fn every_name_exists_in_a_grammar() {
        let grammars = [Language::JavaScript, Language::TypeScript, Language::Tsx].map(grammar);
        for (name, _) in KINDS {
            assert!(grammars.iter().any(|it| it.id_for_node_kind(name, true) != 0), "no node kind `{name}`");
        }
        for (name, _) in FIELDS {
            assert!(grammars.iter().any(|it| it.field_id_for_name(name).is_some()), "no field `{name}`");
        }
    }
}
