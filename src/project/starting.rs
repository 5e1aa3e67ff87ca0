//! What runs once in the life of a process: when it starts, when a module is loaded, when a container makes its one instance.
//!
//! That takes every call that leads to a place. One that is not seen to run once, a loop without end on the way, or a function
//! that is handed on as a value leaves it open, and open means that it may run for each request.

use super::callee::words;
use super::handler::when;
use super::index::Use;

use super::{Project, Value};
use crate::catalog::Runs;
use crate::facts::{CallId, ExprId, ExprKind, FileFacts, FunctionForm, FunctionId, LoopForm, RegionId, RegionKind};
use crate::finding::Evidence;
use crate::source::{FileId, Place, Span};

/// So many calls may lie between the start and a place.
const HOPS: usize = 5;

/// A function that more files may use by its name is taken to serve requests too.
const MANY: usize = 40;

impl Project {
    /// What runs a call once per process, if every way to it does.
    #[must_use]
    pub fn runs_at_start(&self, file: FileId, call: CallId) -> Option<Evidence> {
        let region = self.facts(file)?.call(call).region;
        let is_command = is_command(&self.file(file).path);
        let by_hand = is_command.then(|| top_of(file, "a command of a program: it runs when somebody starts it"));
        by_hand.or_else(|| self.starts_region(file, region, &mut Vec::new()))
    }

    fn starts_region(&self, file: FileId, region: RegionId, open: &mut Vec<(FileId, FunctionId)>) -> Option<Evidence> {
        let facts = self.facts(file)?;
        for (_, around) in facts.regions_out(region) {
            match around.kind {
                RegionKind::Loop(number) if is_endless(facts, number) => return None,
                RegionKind::Class(_) => return None,
                RegionKind::Function(function) => {
                    if let Some(handler) = self.handler_at(file, facts, function) {
                        return matches!(handler.runs, Runs::Start | Runs::Build).then_some(handler.evidence);
                    }
                    match self.file(file).index.uses.get(&function) {
                        Some(Use::Callee(_)) => {}
                        Some(Use::Argument(..)) if self.runs_in_place(file, facts, function) => {}
                        Some(Use::Argument(..)) => return None,
                        None => return self.starts_function(file, facts, function, open),
                    }
                }
                _ => {}
            }
        }
        Some(top_of(file, &format!("{}, when its module is loaded", when(Runs::Start))))
    }

    fn starts_function(
        &self,
        file: FileId,
        facts: &FileFacts,
        function: FunctionId,
        open: &mut Vec<(FileId, FunctionId)>,
    ) -> Option<Evidence> {
        let it = facts.function(function);
        if open.len() >= HOPS || open.contains(&(file, function)) || !it.decorators.is_empty() {
            return None;
        }
        let name = facts.name(it.name?);
        if it.form == FunctionForm::Constructor {
            return None;
        }
        open.push((file, function));
        let callers = self.callers(file, function);
        let mut starts = callers.iter().map(|(at, call)| {
            let region = self.facts(*at)?.call(*call).region;
            self.starts_region(*at, region, open)
        });
        let first = starts.next().flatten();
        let found = first.filter(|_| starts.all(|it| it.is_some()));
        open.pop();
        // Only where all known calls are made at the start is it worth while to look for others.
        let found = found?;
        let mut users = self.users(file);
        // Many may import something else from there, or through a file that hands everything on.
        users.retain(|it| self.file(*it).is_audited && (self.facts(*it).is_none() || self.may_name(*it, name)));
        users.iter().take(MANY).for_each(|it| self.want_anyway(*it));
        let is_handed_on = users.iter().any(|it| self.hands_on(*it, name, (file, function)));
        (users.len() <= MANY && !is_handed_on).then_some(found)
    }

    /// Whether a file uses a function as a value: something else may call it at any time.
    fn hands_on(&self, file: FileId, name: &str, wanted: (FileId, FunctionId)) -> bool {
        let Some(facts) = self.facts(file).filter(|_| self.may_name(file, name)) else { return false };
        let is_named = |it: &ExprKind| match it {
            ExprKind::Member { property, .. } => facts.name(*property) == name,
            ExprKind::Local(binding) => facts.name(facts.binding(*binding).name) == name,
            _ => false,
        };
        let named = facts.exprs.iter().enumerate().filter(|(_, it)| is_named(&it.kind));
        let parents = &self.file(file).index.parents;
        let mut handed = named.map(|(at, _)| ExprId(at as u32)).filter(|it| match parents.get(it) {
            Some(parent) => match facts.expr(*parent).kind {
                ExprKind::Call(call) => facts.call(call).callee != *it,
                ExprKind::Member { .. } => false,
                _ => true,
            },
            None => false,
        });
        handed.any(|it| self.value(file, it) == Value::Function(wanted.0, wanted.1))
    }
}

fn top_of(file: FileId, note: &str) -> Evidence {
    Evidence { place: Place { file, span: Span::new(0, 0) }, note: note.to_owned() }
}

/// Whether a path lies in the folder for commands of a program for the command line: `packages/cli/src/commands/migrate.ts`.
fn is_command(path: &str) -> bool {
    let mut folders = path.rsplit_once('/').map_or("", |it| it.0).split('/');
    folders.any(|it| words(it).iter().any(|it| it == "cli")) && folders.any(|it| matches!(it, "commands" | "command"))
}

/// `while (true)` and `for (;;)`.
fn is_endless(facts: &FileFacts, number: u32) -> bool {
    let it = &facts.loops[number as usize];
    match it.form {
        LoopForm::While | LoopForm::DoWhile | LoopForm::For => it.test.is_none_or(|it| {
            let test = &facts.expr(it).kind;
            matches!(test, ExprKind::Bool(true) | ExprKind::Num(_) | ExprKind::Local(_) | ExprKind::Member { .. })
                || matches!(test, ExprKind::Unary(..))
        }),
        _ => false,
    }
}
