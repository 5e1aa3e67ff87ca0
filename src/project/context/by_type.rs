//! What a function is handed first, by the type of what it is kept in: `const route: Handler = async (context) => …`, where
//! `type Handler = (context: Context) => Promise<void>`.

use super::super::member::module_binding;
use super::super::{Project, Value};
use crate::facts::{ExprId, ExprKind, FileFacts, FunctionId, HANDING};
use crate::source::FileId;

/// So many names stand between a type and what it stands for at most.
const STEPS: u8 = 6;

impl Project {
    /// What the first parameter of a function stands for, if the type of its variable says so.
    pub(in crate::project) fn handed_by_type(
        &self,
        file: FileId,
        facts: &FileFacts,
        function: FunctionId,
        steps: u32,
    ) -> Option<Value> {
        // Few variables have a type, and many functions are asked about.
        let holds = |init: ExprId| facts.expr(init).kind == ExprKind::Function(function);
        let typed = facts.bindings.iter().filter(|it| it.type_name.is_some());
        let type_name = typed.into_iter().find(|it| it.init.is_some_and(holds))?.type_name?;
        let (home, name) = self.handing(file, facts.name(type_name), STEPS)?;
        Some(self.typed(home, &name, steps)).filter(|it| self.tells(it))
    }

    /// The type that a function of a type is handed first, and the file that names it.
    fn handing(&self, file: FileId, name: &str, steps: u8) -> Option<(FileId, String)> {
        let (facts, steps) = (self.facts(file)?, steps.checked_sub(1)?);
        if let Some(handed) = name.strip_prefix(HANDING) {
            return Some((file, handed.to_owned()));
        }
        let (home, declared) = self.declaration(file, module_binding(facts, name)?, steps)?;
        let there = self.facts(home)?;
        self.handing(home, there.name(there.binding(declared).type_name?), steps)
    }
}
