//! What a function is handed first, by the type of what it is kept in: `const route: Handler = async (context) => …`, where
//! `type Handler = (context: Context) => Promise<void>`.

use super::super::{Project, Target, Value};
use crate::facts::{BindingId, BindingKind, ExportSource, ExprId, ExprKind, FileFacts, FunctionId, HANDING};
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
        let own = facts.exprs.iter().position(|it| it.kind == ExprKind::Function(function))?;
        let own = ExprId(own as u32);
        let type_name = facts.bindings.iter().find(|it| it.init == Some(own))?.type_name?;
        let (home, name) = self.handing(file, facts.name(type_name), STEPS)?;
        Some(self.typed(home, &name, steps)).filter(|it| self.tells(it))
    }

    /// The type that a function of a type is handed first, and the file that names it.
    fn handing(&self, file: FileId, name: &str, steps: u8) -> Option<(FileId, String)> {
        let (facts, steps) = (self.facts(file)?, steps.checked_sub(1)?);
        if let Some(handed) = name.strip_prefix(HANDING) {
            return Some((file, handed.to_owned()));
        }
        let at = facts.bindings.iter().position(|it| it.region.0 == 0 && facts.name(it.name) == name)?;
        self.handing_of(file, BindingId(at as u32), steps)
    }

    fn handing_of(&self, file: FileId, id: BindingId, steps: u8) -> Option<(FileId, String)> {
        let facts = self.facts(file)?;
        let binding = facts.binding(id);
        let BindingKind::Import(import, name) = binding.kind else {
            return self.handing(file, facts.name(binding.type_name?), steps);
        };
        let import = &facts.imports[import as usize];
        let Target::File(home) = self.file(file).targets.get(facts.name(import.specifier))? else { return None };
        let Some(there) = self.facts(*home) else {
            self.want(*home);
            return None;
        };
        let name = facts.name(import.names[name as usize].imported);
        match there.exports.iter().find(|it| there.name(it.name) == name)?.source {
            ExportSource::Local(binding) => self.handing_of(*home, binding, steps.checked_sub(1)?),
            _ => None,
        }
    }
}
