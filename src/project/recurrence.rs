//! How often a place runs while a server serves: what calls the code around it, from a handler of a framework down, with one
//! place for each call on the way.
//!
//! Unlike [`super::rerun`], which asks whether a page may run something twice, this asks for a proof that each request, message,
//! job or element runs it; without one the answer is that it is not known.

use super::handler::{Handler, when};
use super::index::Use;
use super::keeping::{Home, Keeping, keeper};
use super::memo::ANEW;
use super::{Project, Value};
use crate::catalog::{PerRequest, Runs};
use crate::facts::{
    CallForm, CallId, ClassId, ExprId, ExprKind, FileFacts, FunctionForm, FunctionId, MemberKind, RegionKind,
};
use crate::finding::Evidence;
use crate::source::FileId;

/// How often a place runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recurrence {
    /// Again and again.
    Again {
        /// What runs it.
        handler: Handler,
        /// The calls from the handler to the place, outermost first.
        hops: Vec<Evidence>,
    },
    /// Once, or what it gives is kept; and how that is seen.
    Kept(String),
    /// The code does not show it.
    Unknown,
}

/// How many functions may lie between a handler and a place.
const HOPS: usize = 5;

/// Why something at the top of a module is made once.
const AT_LOAD: &str = "made once, when its module is loaded";

impl Recurrence {
    /// Whether that is the reason for which something is kept.
    pub(super) fn is_at_load(why: &str) -> bool {
        why == AT_LOAD
    }
}

/// Functions and classes on the way up from a place.
type Open = Vec<Value>;

impl Project {
    /// How often a call runs, and whether what it gives is kept.
    #[must_use]
    pub fn recurrence(&self, file: FileId, call: CallId) -> Recurrence {
        let (key, asking) = ((file, call), self.asking());
        if let Some(known) = self.recurrences.get(&key, asking, ANEW) {
            return known;
        }
        let mark = asking.begin(ANEW);
        let expr = self.facts(file).map(|it| it.call(call).expr);
        let found = expr.map_or(Recurrence::Unknown, |it| self.recurs(file, it, &mut Vec::new()));
        self.recurrences.close(key, asking, &mark, ANEW, Some(found.clone()));
        found
    }

    /// Asks what rules will ask about clients.
    pub(super) fn look_ahead_at_clients(&self, file: FileId) {
        if !self.file(file).is_audited {
            return;
        }
        let costly =
            |it: &PerRequest| matches!(it, PerRequest::PoolLeak | PerRequest::TimerLeak | PerRequest::ConnChurn);
        if !self.may_make_clients(file) {
            return;
        }
        for made in self.constructions_in(file).iter().filter(|it| costly(&it.constructor.per_request)) {
            let _ = self.recurrence(file, made.call);
        }
    }

    fn recurs(&self, file: FileId, expr: ExprId, open: &mut Open) -> Recurrence {
        let Some(facts) = self.facts(file) else { return Recurrence::Unknown };
        let (region, span) = (facts.expr(expr).region, facts.expr(expr).span);
        let mut keeping = self.kept_here(file, facts, expr);
        let mut is_late = false;
        for (_, around) in facts.regions_out(region) {
            let function = match around.kind {
                RegionKind::Function(function) => function,
                RegionKind::Class(class) => {
                    return or_kept(keeping, self.field_recurs(file, facts, (class, expr), open));
                }
                _ => continue,
            };
            keeping = keeping.or_else(|| self.kept_by(file, facts, function, (region, span)));
            match keeping.as_ref().map(|it| it.home) {
                Some(Home::Forever) => break,
                // Made once for each run of the function that holds it.
                Some(Home::Closure(home)) if home != function => continue,
                Some(Home::Instance) => {
                    let class = facts.function(function).class;
                    let Some(class) = class else { continue };
                    return or_kept(keeping, self.instance_recurs(file, facts, class, open));
                }
                _ => {}
            }
            if let Some(handler) = self.handler_at(file, facts, function) {
                return settled(handler);
            }
            match self.file(file).index.uses.get(&function) {
                Some(Use::Callee(_)) => {}
                Some(Use::Argument(..)) => is_late |= !self.runs_in_place(file, facts, function),
                None => return or_kept(keeping, self.function_recurs(file, facts, function, open)),
            }
        }
        match (keeping, is_late) {
            (Some(keeping), _) => Recurrence::Kept(keeping.why),
            (None, true) => Recurrence::Unknown,
            (None, false) => Recurrence::Kept(AT_LOAD.to_owned()),
        }
    }

    /// What a class makes for its fields, it makes for each instance.
    fn field_recurs(
        &self,
        file: FileId,
        facts: &FileFacts,
        (class, expr): (ClassId, ExprId),
        open: &mut Open,
    ) -> Recurrence {
        let span = facts.expr(expr).span;
        let holds = |value: &Option<ExprId>| value.is_some_and(|it| facts.expr(it).span.contains(span));
        let is_static = facts
            .class(class)
            .members
            .iter()
            .any(|it| matches!(&it.kind, MemberKind::Field(value) if it.is_static && holds(value)));
        if is_static {
            return Recurrence::Kept("a static field, made once".to_owned());
        }
        self.instance_recurs(file, facts, class, open)
    }

    fn instance_recurs(&self, file: FileId, facts: &FileFacts, class: ClassId, open: &mut Open) -> Recurrence {
        let it = facts.class(class);
        if let Some(decorator) = it.decorators.first() {
            let told: String = it.decorators.iter().map(|it| self.text_of(self.place_of(file, *it))).collect();
            if !told.contains("REQUEST") && !told.contains("TRANSIENT") {
                return Recurrence::Kept("its class has one instance, which a container makes".to_owned());
            }
            let evidence =
                Evidence { place: self.place_of(file, *decorator), note: "an instance for each request".to_owned() };
            let handler = Handler { runs: Runs::Request, needs_own_client: false, evidence };
            return Recurrence::Again { handler, hops: Vec::new() };
        }
        let made = Value::Class(file, class);
        // A class whose instances make more of them.
        if open.len() >= 2 * HOPS || open.contains(&made) {
            return Recurrence::Unknown;
        }
        let name = it.name.map_or("", |it| facts.name(it)).to_owned();
        let sites = self.sites(file, &made, &name, false);
        open.push(made);
        let found = self.any_recurs(sites, &name, open);
        open.pop();
        found
    }

    fn function_recurs(&self, file: FileId, facts: &FileFacts, function: FunctionId, open: &mut Open) -> Recurrence {
        let called = Value::Function(file, function);
        let is_far = open.iter().filter(|it| matches!(it, Value::Function(..))).count() >= HOPS;
        if is_far || open.contains(&called) {
            return Recurrence::Unknown;
        }
        let it = facts.function(function);
        match (it.class, it.name) {
            (Some(class), _) if it.form == FunctionForm::Constructor => self.instance_recurs(file, facts, class, open),
            (class, Some(name)) => {
                let name = facts.name(name).to_owned();
                let by_member = class.is_some() || self.is_entry(file, facts, function);
                let sites = self.sites(file, &called, &name, by_member);
                open.push(called);
                let found = self.any_recurs(sites, &name, open);
                open.pop();
                found
            }
            (_, None) => Recurrence::Unknown,
        }
    }

    /// Whether a function is written as an entry of an object.
    fn is_entry(&self, file: FileId, facts: &FileFacts, function: FunctionId) -> bool {
        let parent = facts.function_expr(function).and_then(|it| self.file(file).index.parents.get(&it));
        parent.is_some_and(|it| matches!(facts.expr(*it).kind, ExprKind::Object(_)))
    }

    /// What the places come to that use a function: any that runs again decides, and all have to be kept to be kept.
    fn any_recurs(&self, sites: Vec<(FileId, ExprId)>, name: &str, open: &mut Open) -> Recurrence {
        let mut kept = None;
        let mut is_open = sites.is_empty();
        for (file, site) in sites {
            match self.site_recurs(file, site, name, open) {
                Some(found @ Recurrence::Again { .. }) => return found,
                Some(Recurrence::Kept(why)) => kept = kept.or(Some(why)),
                Some(Recurrence::Unknown) => is_open = true,
                None => {}
            }
        }
        match (kept, is_open) {
            (Some(why), false) => Recurrence::Kept(why),
            _ => Recurrence::Unknown,
        }
    }

    /// What one use of a name comes to: a call, or a hand-over to something that calls; `None` where it is neither.
    fn site_recurs(&self, file: FileId, site: ExprId, name: &str, open: &mut Open) -> Option<Recurrence> {
        let facts = self.facts(file)?;
        let parent = *self.file(file).index.parents.get(&site)?;
        match facts.expr(parent).kind {
            ExprKind::Call(id) if facts.call(id).callee == site => {
                let mut found = self.recurs(file, parent, open);
                if let Recurrence::Again { hops, .. } = &mut found {
                    let how = if facts.call(id).form == CallForm::New { "made" } else { "called" };
                    hops.push(Evidence { place: self.anchor_of(file, id), note: format!("`{name}` is {how} here") });
                }
                Some(found)
            }
            ExprKind::Call(id) => {
                let position = facts.call(id).args.iter().position(|it| *it == site)? as u32;
                if let Some(keeper) = keeper(facts, id) {
                    return Some(Recurrence::Kept(format!("`{keeper}` keeps what it makes")));
                }
                Some(self.handler_argument(file, facts, id, position).map_or(Recurrence::Unknown, settled))
            }
            ExprKind::Jsx(_) => {
                let note = "a handler: runs for each event".to_owned();
                Some(settled(self.told(file, facts.expr(site).span, Runs::Browser, note)))
            }
            _ => None,
        }
    }
}

fn settled(handler: Handler) -> Recurrence {
    match handler.runs {
        Runs::Build | Runs::Start => Recurrence::Kept(when(handler.runs).to_owned()),
        _ => Recurrence::Again { handler, hops: Vec::new() },
    }
}

/// What is kept for a while runs again only as often as what keeps it is made.
fn or_kept(keeping: Option<Keeping>, found: Recurrence) -> Recurrence {
    match (keeping, found) {
        (Some(keeping), Recurrence::Unknown) => Recurrence::Kept(keeping.why),
        (_, found) => found,
    }
}
