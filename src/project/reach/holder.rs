//! What a method or member belongs to, and whether only our own code can call it.
//!
//! An object that is given away may have any of its members called by whoever gets it.

use super::function::{Named, is_private};
use crate::facts::{CallForm, ClassId, Expr, ExprId, ExprKind, FileFacts, FunctionId};

/// A name by which an object, class or instance is known.
pub(super) struct Holder {
    pub(super) name: Box<str>,
    /// Whether its uses in its own file count; those of a class there are looked at by themselves.
    pub(super) is_own: bool,
}

/// By what names the methods of a class are got at; `None` where it is part of something bigger, which calls them too.
pub(super) fn method_holders(file: Named<'_>, id: ClassId) -> Option<Vec<Holder>> {
    let class = file.facts.class(id);
    let head = class.span.of(file.text).split('{').next().unwrap_or_default();
    let name = file.facts.name(class.name?);
    let is_alone = class.extends.is_none() && class.decorators.is_empty() && !head.contains("implements");
    if !is_alone || !is_private(file, name, class.span) {
        return None;
    }
    let instances = instances(file.facts, id)?;
    let instances = instances.into_iter().map(|it| Holder { name: it.into(), is_own: true });
    Some(instances.chain([Holder { name: name.into(), is_own: false }]).collect())
}

/// Names of more than one word that libraries call on objects which they are given.
const PROTOCOLS: &[&str] = &[
    "getItem",
    "setItem",
    "removeItem",
    "getAllKeys",
    "resetKey",
    "resetAll",
    "toJSON",
    "toString",
    "valueOf",
    "canActivate",
];

/// First words of names by which frameworks call back.
const CALLBACKS: &[&str] = &["on", "before", "after", "handle", "component", "should", "did", "will", "can", "use"];

/// Whether a name is too particular to be part of what a library asks of an object: several words, and no callback.
pub(super) fn is_own_word(name: &str) -> bool {
    let first = name.find(|it: char| it.is_ascii_uppercase()).map(|at| &name[..at]);
    !PROTOCOLS.contains(&name)
        && !name.ends_with("Callback")
        && first.is_some_and(|it| !it.is_empty() && !CALLBACKS.contains(&it))
}

/// The names of the constants that hold an instance of a class; `None` where one is given away as it is made.
fn instances(facts: &FileFacts, id: ClassId) -> Option<Vec<&str>> {
    let class = facts.class(id).binding?;
    let makes = |expr: ExprId| match facts.expr(expr).kind {
        ExprKind::Call(call) => {
            let call = facts.call(call);
            call.form == CallForm::New && facts.expr(call.callee).kind == ExprKind::Local(class)
        }
        ExprKind::This => facts.class(id).span.contains(facts.expr(expr).span),
        _ => false,
    };
    let given = facts.exprs.iter().any(|it| match &it.kind {
        ExprKind::Object(props) => props.iter().any(|it| makes(it.value)),
        ExprKind::Jsx(it) => it.props.iter().any(|it| makes(it.value)),
        ExprKind::Array(elements) => elements.iter().any(|it| makes(*it)),
        _ => false,
    });
    if given || facts.calls.iter().any(|it| it.args.iter().any(|it| makes(*it))) {
        return None;
    }
    let held = facts.bindings.iter().filter(|it| it.init.is_some_and(makes));
    Some(held.map(|it| facts.name(it.name)).collect())
}

/// By what name the members of an object literal are got at: that of the constant that holds it, or none where our own code
/// declares the member's type, so that our own code calls it. Other objects may be options of a framework.
pub(super) fn member_holders(file: Named<'_>, id: FunctionId, name: &str) -> Option<Vec<Holder>> {
    let facts = file.facts;
    let holds = |it: &Expr| match &it.kind {
        ExprKind::Object(props) => props.iter().any(|it| facts.expr(it.value).kind == ExprKind::Function(id)),
        _ => false,
    };
    let object = ExprId(facts.exprs.iter().position(holds)? as u32);
    let constant = facts.bindings.iter().find(|it| it.init == Some(object) && it.path.is_empty());
    match constant {
        Some(it) if is_private(file, facts.name(it.name), facts.expr(object).span) => {
            Some(vec![Holder { name: facts.name(it.name).into(), is_own: true }])
        }
        Some(_) => None,
        None => declares(file.text, name).then(Vec::new),
    }
}

/// Whether a text declares a member of that name and a function's type.
fn declares(text: &str, name: &str) -> bool {
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let line = text[at + name.len()..].lines().next().unwrap_or_default().trim_start_matches('?').trim_start();
        let is_alone = before.is_none_or(|it| it.is_whitespace() || it == ';' || it == '{');
        let signature = line.strip_prefix(':').map(str::trim_start);
        let is_type = signature
            .is_some_and(|it| it.starts_with('(') && it.contains("=>") && !it.trim_end().ends_with('{'))
            || line.starts_with('(')
                && line.trim_end().trim_end_matches(';').contains("):")
                && !line.trim_end().ends_with('{');
        is_alone && is_type
    })
}
