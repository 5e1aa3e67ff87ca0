//! How often a place runs: once per load, or again and again.
//!
//! Again means that the code shows it: an effect, a component or hook, a handler, a route, a class made per use, or a function
//! that one of these calls. What nobody is seen to call is not known, and a guard makes any of them run once.

use super::framework::{MOUNT_METHODS, is_effect, is_root_component, why_argument_reruns};
use super::memo::ANEW;
use super::{Project, Value};
use crate::facts::{
    BindingKind, ClassId, ExprId, ExprKind, FileFacts, FunctionForm, FunctionId, MemberKind, RegionId, RegionKind,
};
use crate::finding::Evidence;
use crate::source::{FileId, Place, Span};

/// How often a place runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Rerun {
    /// Once for each load of its module, for this reason.
    Once(&'static str),
    /// More than once.
    Again {
        /// What makes it run, and where.
        evidence: Evidence,
        /// It is a function without parameters that something elsewhere calls: made for the whole application, it seems.
        is_start: bool,
    },
    /// The code does not show it.
    Unknown,
}

/// How many calls lie between a place and what makes it run.
const HOPS: u32 = 5;

impl Project {
    /// How often a place in a file runs.
    #[must_use]
    pub fn rerun(&self, file: FileId, region: RegionId, span: Span) -> Rerun {
        self.rerun_within(file, region, span, HOPS)
    }

    /// Every function of a file that an effect or mount hook runs.
    pub(super) fn effects(&self, file: FileId) -> Vec<FunctionId> {
        let Some(facts) = self.facts(file) else { return Vec::new() };
        let calls = facts.calls().filter(|(id, _)| is_effect(facts, *id));
        let handed = calls.filter_map(|(_, call)| self.function_of(file, *call.args.first()?));
        handed.filter(|it| it.0 == file).map(|it| it.1).collect()
    }

    fn rerun_within(&self, file: FileId, region: RegionId, span: Span, hops: u32) -> Rerun {
        let (Some(facts), Some(hops)) = (self.facts(file), hops.checked_sub(1)) else { return Rerun::Unknown };
        let around: Vec<FunctionId> = facts
            .regions_out(region)
            .filter_map(|(_, it)| match it.kind {
                RegionKind::Function(id) => Some(id),
                _ => None,
            })
            .collect();
        if around.iter().any(|it| self.is_guarded(file, facts, *it, region, span)) {
            return Rerun::Once("runs once: a guard keeps it from running again");
        }
        if let Some(evidence) = around.iter().find_map(|it| self.runs_by_itself(file, facts, *it)) {
            return Rerun::Again { evidence, is_start: false };
        }
        for function in around {
            match self.file(file).index.uses.get(&function) {
                Some(_) => {}
                None => return self.function_rerun(file, facts, function, hops),
            }
        }
        Rerun::Once("module level: runs once per load")
    }

    /// How often a function runs that has a name; each is asked about once.
    fn function_rerun(&self, file: FileId, facts: &FileFacts, function: FunctionId, hops: u32) -> Rerun {
        let (key, asking) = ((file, function, hops), self.asking());
        if let Some(known) = self.reruns.get(&key, asking, ANEW) {
            return known;
        }
        // A function that calls itself is not known while it is being looked up.
        self.reruns.open(&key, asking, Rerun::Unknown);
        let mark = asking.begin(ANEW);
        let found = self.calls_rerun(file, facts, function, hops).unwrap_or(Rerun::Unknown);
        self.reruns.close(key, asking, &mark, ANEW, Some(found.clone()));
        found
    }

    /// How often a function runs that has a name, by what uses the name.
    fn calls_rerun(&self, file: FileId, facts: &FileFacts, function: FunctionId, hops: u32) -> Option<Rerun> {
        let it = facts.function(function);
        let class = it.class.or_else(|| class_around(facts, it.body));
        let found: Vec<Rerun> = match class {
            Some(class) if it.form == FunctionForm::Constructor => {
                self.instance_reruns(file, facts, class, function, hops)
            }
            Some(class) => self.method_reruns(file, facts, class, it.name?.0, hops),
            None => self.use_reruns(&Value::Function(file, function), hops),
        };
        let is_start = class.is_none() && it.params.is_empty();
        if let Some(Rerun::Again { evidence, .. }) = found.iter().find(|it| matches!(it, Rerun::Again { .. })) {
            return Some(Rerun::Again { evidence: evidence.clone(), is_start });
        }
        let is_once = !found.is_empty() && found.iter().all(|it| matches!(it, Rerun::Once(_)));
        is_once.then_some(Rerun::Once("runs once: called at start-up only"))
    }

    /// How often a class is instantiated. What is made for an element is made for each.
    fn instance_reruns(
        &self,
        file: FileId,
        facts: &FileFacts,
        class: ClassId,
        constructor: FunctionId,
        hops: u32,
    ) -> Vec<Rerun> {
        let found = self.use_reruns(&Value::Class(file, class), hops);
        let element = facts
            .function(constructor)
            .params
            .iter()
            .find(|it| it.type_name.is_some_and(|it| is_element(facts.name(it))));
        match element {
            Some(param) if found.is_empty() => {
                let place = Place { file, span: facts.expr(param.pattern).span };
                let evidence = Evidence { place, note: "made for an element, so once for each".to_owned() };
                vec![Rerun::Again { evidence, is_start: false }]
            }
            _ => found,
        }
    }

    /// How often the methods of the same class that call a method run.
    fn method_reruns(&self, file: FileId, facts: &FileFacts, class: ClassId, name: u32, hops: u32) -> Vec<Rerun> {
        let mounts = |mount: &&str| {
            facts.class(class).members.iter().any(|member| {
                matches!(member.kind, MemberKind::Method(_)) && member.name.is_some_and(|it| facts.name(it) == *mount)
            })
        };
        let is_component = !is_root_component(facts, class) && MOUNT_METHODS.iter().any(mounts);
        let calls = facts.calls.iter().filter(|call| match facts.expr(call.callee).kind {
            ExprKind::Member { object, property } => {
                property.0 == name
                    && facts.expr(object).kind == ExprKind::This
                    && class_around(facts, call.region) == Some(class)
            }
            _ => false,
        });
        let mut found: Vec<Rerun> = calls.map(|it| self.rerun_within(file, it.region, it.span, hops)).collect();
        if is_component && found.is_empty() {
            let place = Place { file, span: facts.class(class).span };
            let evidence = Evidence {
                place: Place { span: Span::new(place.span.start, place.span.start + 5), ..place },
                note: "a component's class".to_owned(),
            };
            found.push(Rerun::Again { evidence, is_start: false });
        }
        found
    }

    /// How often the places run that use a function or class by name, in its file and in those that import it.
    fn use_reruns(&self, wanted: &Value, hops: u32) -> Vec<Rerun> {
        let (Value::Function(home, _) | Value::Class(home, _)) = *wanted else { return Vec::new() };
        let mut found = Vec::new();
        for file in self.users(home) {
            let Some(facts) = self.facts(file) else { continue };
            for (at, expr) in facts.exprs.iter().enumerate() {
                let ExprKind::Local(binding) = expr.kind else { continue };
                let is_foreign = matches!(facts.binding(binding).kind, BindingKind::Import(..));
                if (file == home) == is_foreign || self.value_of_binding(file, binding) != *wanted {
                    continue;
                }
                found.extend(self.use_rerun(file, facts, ExprId(at as u32), hops));
                if matches!(found.last(), Some(Rerun::Again { .. })) {
                    return found;
                }
            }
        }
        found
    }

    /// How often one use of a name makes what it names run; `None` where it does not run it.
    fn use_rerun(&self, file: FileId, facts: &FileFacts, expr: ExprId, hops: u32) -> Option<Rerun> {
        let parent = *self.file(file).index.parents.get(&expr)?;
        let again = |span: Span, note: String| Rerun::Again {
            evidence: Evidence { place: Place { file, span }, note },
            is_start: false,
        };
        match facts.expr(parent).kind {
            ExprKind::Call(id) if facts.call(id).callee == expr => {
                let call = facts.call(id);
                Some(self.rerun_within(file, call.region, call.span, hops))
            }
            ExprKind::Call(id) => {
                let call = facts.call(id);
                let position = call.args.iter().position(|it| *it == expr)? as u32;
                if let Some(note) = why_argument_reruns(facts, id, position) {
                    return Some(again(call.name_span, note));
                }
                // `once("name", start)` at start-up runs it there; how often a call inside something does is not known.
                let outer = self.rerun_within(file, call.region, call.span, hops);
                matches!(outer, Rerun::Once(_)).then_some(outer)
            }
            ExprKind::Jsx(_) => Some(again(facts.expr(expr).span, "a handler: runs for each event".to_owned())),
            _ => None,
        }
    }
}

fn is_element(type_name: &str) -> bool {
    matches!(type_name, "Element" | "HTMLElement" | "SVGElement")
        || type_name.starts_with("HTML") && type_name.ends_with("Element")
}

fn class_around(facts: &FileFacts, region: RegionId) -> Option<ClassId> {
    facts
        .regions_out(region)
        .find_map(|(_, it)| if let RegionKind::Class(class) = it.kind { Some(class) } else { None })
}
