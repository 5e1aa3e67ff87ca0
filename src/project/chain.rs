//! A chain of properties and calls, taken as a whole and matched with the catalog.

use super::iteration::is_global;
use super::{Project, Target, Value};
use crate::catalog::{Chain, Constructor, Library, Step, TableAt, Walk};
use crate::facts::{BindingKind, Call, CallForm, CallId, ExprId, ExprKind, FileFacts, Member};
use crate::source::{FileId, Place};

/// A chain that the catalog knows from some link on.
#[derive(Debug, Clone)]
pub struct Chained {
    /// What the catalog says that it comes to; its step numbers index `links`.
    pub chain: Chain<'static>,
    /// The links that were walked, in source order.
    pub links: Vec<ChainLink>,
    /// Where the client that it starts from was constructed, if that is known.
    pub made: Option<Place>,
}

/// One link of a chain in source.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ChainLink {
    /// A property that was part of an import or global path before the chain.
    Implied,
    /// A property.
    Member(ExprId),
    /// A call.
    Call(CallId),
}

/// A place where a client is constructed.
#[derive(Debug, Clone, Copy)]
pub struct Construction {
    /// The file.
    pub file: FileId,
    /// The construction.
    pub call: CallId,
    /// What the catalog says about it.
    pub constructor: &'static Constructor,
    /// The library.
    pub library: &'static Library,
}

impl Chained {
    /// The call of a catalog step.
    #[must_use]
    pub fn call_at(&self, step: usize) -> Option<CallId> {
        match self.links.get(step) {
            Some(ChainLink::Call(call)) => Some(*call),
            _ => None,
        }
    }
}

impl Project {
    /// The chain that ends with an expression, if the catalog knows what it starts from.
    #[must_use]
    pub fn chain(&self, file: FileId, expr: ExprId) -> Option<Chained> {
        self.chain_within(file, expr, 40)
    }

    pub(super) fn chain_within(&self, file: FileId, expr: ExprId, steps: u32) -> Option<Chained> {
        let facts = self.facts(file)?;
        let steps = self.asking().step(steps)?;
        let (root, links) = unroll(facts, expr);
        let mut value = self.follow(file, root, steps);
        for (position, link) in links.iter().enumerate() {
            if let Some(start) = self.start(&value).or_else(|| self.start_inherited(facts, &value, *link, steps)) {
                return Some(self.walk(file, start, &links[position..]));
            }
            value = self.advance(file, facts, value, *link, steps);
        }
        None
    }

    fn advance(&self, file: FileId, facts: &FileFacts, value: Value, link: ChainLink, steps: u32) -> Value {
        match link {
            ChainLink::Member(expr) => match facts.expr(expr).kind {
                ExprKind::Member { property, .. } => self.property(value, facts.name(property), steps),
                _ => Value::Unknown,
            },
            ChainLink::Call(call) => match (value, facts.call(call).form) {
                (Value::Class(file, class), CallForm::New) => Value::Instance(file, class),
                (Value::Function(home, id), CallForm::Call) => {
                    let value = self.returned(home, id, steps);
                    let given = || self.given_back(file, facts.call(call), (home, id), steps);
                    if self.tells(&value) { value } else { given().unwrap_or(value) }
                }
                (_, CallForm::Call) if facts.call(call).args.len() == 1 => {
                    self.wrapped(file, facts, facts.call(call), steps)
                }
                _ => Value::Unknown,
            },
            ChainLink::Implied => Value::Unknown,
        }
    }

    /// Where a catalog walk can start from a value, with the steps that the value's own path takes.
    fn start(&self, value: &Value) -> Option<(Walk<'static>, usize, Option<Place>)> {
        let (mut walk, rest, made) = match value {
            Value::Receiver { receiver, made } => (Walk::from_receiver(self.catalog, *receiver), &[][..], *made),
            Value::Export { package, path } => (Walk::from_import(self.catalog, package, &path[0])?, &path[1..], None),
            Value::Global(path) => (Walk::from_global(self.catalog, &path[0])?, &path[1..], None),
            _ => return None,
        };
        for name in rest {
            walk.step(Step::Get(name));
        }
        Some((walk, rest.len(), made))
    }

    /// Where a walk can start from a class or an instance, because what is read from it comes from a library's class.
    fn start_inherited(
        &self,
        facts: &FileFacts,
        value: &Value,
        link: ChainLink,
        steps: u32,
    ) -> Option<(Walk<'static>, usize, Option<Place>)> {
        let ChainLink::Member(expr) = link else { return None };
        let ExprKind::Member { property, .. } = facts.expr(expr).kind else { return None };
        let mut at = value.clone();
        for _ in 0..8 {
            let (file, class, is_static) = match at {
                Value::Class(file, class) => (file, class, true),
                Value::Instance(file, class) => (file, class, false),
                Value::Receiver { receiver, made } => {
                    return Some((Walk::from_receiver(self.catalog, receiver), 0, made));
                }
                _ => return None,
            };
            let own = self.facts(file)?;
            let is_named = |it: &Member| it.name.is_some_and(|it| own.name(it) == facts.name(property));
            if own.class(class).members.iter().any(is_named) {
                return None;
            }
            at = self.base(file, own, class, is_static, steps)?;
        }
        None
    }

    fn walk(&self, file: FileId, start: (Walk<'static>, usize, Option<Place>), rest: &[ChainLink]) -> Chained {
        let (mut walk, n_implied, mut made) = start;
        let mut links = vec![ChainLink::Implied; n_implied];
        links.extend(rest);
        let facts = self.facts(file).expect("a chain is walked in a parsed file");
        for link in rest {
            match link {
                ChainLink::Member(expr) => match facts.expr(*expr).kind {
                    ExprKind::Member { property, .. } => walk.step(Step::Get(facts.name(property))),
                    _ => walk.step(Step::Get("")),
                },
                ChainLink::Call(call) => walk.step(match facts.call(*call).form {
                    CallForm::New => Step::New,
                    CallForm::Tag => Step::Tag,
                    CallForm::Call | CallForm::Import => Step::Call,
                }),
                ChainLink::Implied => {}
            }
        }
        let chain = walk.finish();
        if let Some((step, _)) = chain.created
            && let Some(ChainLink::Call(call)) = links.get(step)
        {
            made = self.place_of_call(file, *call);
        }
        Chained { chain, links, made }
    }

    /// Every construction of a client that the catalog knows, by place.
    #[must_use]
    pub fn constructions(&self) -> Vec<Construction> {
        let made = || self.parsed().flat_map(|(file, _)| self.constructions_in(file)).collect();
        self.made.get_or_init(made).clone()
    }

    /// Whether a file imports anything that makes a client, or has such a thing at hand without an import.
    pub(super) fn may_make_clients(&self, file: FileId) -> bool {
        let Some(facts) = self.facts(file) else { return false };
        let it = self.file(file);
        let makes = |specifier: &str| self.catalog.library_of(specifier).is_some_and(|it| !it.constructors.is_empty());
        let by_package = it.targets.iter().any(|(specifier, target)| match target {
            Target::Package(name) => makes(name),
            Target::Builtin => makes(specifier),
            Target::File(_) | Target::Missing => false,
        });
        let by_name = || {
            let names = facts.imports.iter().flat_map(|it| &it.names);
            names.into_iter().any(|it| self.catalog.library_of_export(facts.name(it.imported)).is_some())
        };
        by_package || by_name()
    }

    /// Every construction of a client in one file.
    #[must_use]
    pub fn constructions_in(&self, file: FileId) -> Vec<Construction> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let candidates = facts.calls().filter(|(_, it)| self.may_construct(file, facts, it.callee));
        let made = candidates.filter_map(|(call, it)| {
            let chained = self.chain(file, it.expr)?;
            let (step, constructor) = chained.chain.created?;
            let library = self.catalog.library(chained.chain.library?);
            (chained.call_at(step) == Some(call)).then_some(Construction { file, call, constructor, library })
        });
        made.collect()
    }

    /// Whether a callee can be a library's: it starts from a name that no file of this code base gives. What else is called
    /// would be followed, and files asked for, in vain.
    fn may_construct(&self, file: FileId, facts: &FileFacts, callee: ExprId) -> bool {
        match facts.expr(unroll(facts, callee).0).kind {
            ExprKind::Local(binding) => match facts.binding(binding).kind {
                BindingKind::Import(import, _) => {
                    let specifier = facts.name(facts.imports[import as usize].specifier);
                    !matches!(self.file(file).targets.get(specifier), Some(Target::File(_)))
                }
                BindingKind::Const | BindingKind::Let | BindingKind::Var => facts
                    .binding(binding)
                    .init
                    .is_some_and(|it| facts.within(facts.expr(it).span).any(|(_, it)| is_loading(facts, &it.kind))),
                _ => false,
            },
            ExprKind::Call(call) => loads_module(facts, facts.call(call)),
            ExprKind::Global(_) => true,
            _ => false,
        }
    }

    /// The table that a chain names, as text.
    #[must_use]
    pub fn table_of(&self, file: FileId, chained: &Chained) -> Option<String> {
        let facts = self.facts(file)?;
        match chained.chain.table? {
            TableAt::Member(step) => match chained.links.get(step)? {
                ChainLink::Member(expr) => match facts.expr(*expr).kind {
                    ExprKind::Member { property, .. } => Some(facts.name(property).to_owned()),
                    _ => None,
                },
                _ => None,
            },
            TableAt::Arg(step, argument) => {
                let argument = *facts.call(chained.call_at(step)?).args.get(argument as usize)?;
                let named = self.text_behind(file, argument);
                Some(named.unwrap_or_else(|| self.text_of(self.place_of(file, argument)).to_owned()))
            }
        }
    }
}

/// The expression that a chain starts from, and its links in source order.
pub(super) fn unroll(facts: &FileFacts, expr: ExprId) -> (ExprId, Vec<ChainLink>) {
    let mut links = Vec::new();
    let mut at = expr;
    loop {
        at = match facts.expr(at).kind {
            ExprKind::Member { object, .. } => {
                links.push(ChainLink::Member(at));
                object
            }
            ExprKind::Call(call) if !loads_module(facts, facts.call(call)) => {
                links.push(ChainLink::Call(call));
                facts.call(call).callee
            }
            _ => break,
        };
    }
    links.reverse();
    (at, links)
}

fn is_loading(facts: &FileFacts, kind: &ExprKind) -> bool {
    matches!(kind, ExprKind::Call(call) if loads_module(facts, facts.call(*call)))
}

/// `require(…)` and `import(…)` start a chain.
pub(super) fn loads_module(facts: &FileFacts, call: &Call) -> bool {
    call.form == CallForm::Import || is_global(facts, call.callee, "require")
}
