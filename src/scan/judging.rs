//! What the rules that run say, and what several of them ask for, worked out side by side. A rule that looks at each file by itself is not waited for as a whole.
//!
//! What a rule says is its own business, and what becomes of it is settled elsewhere.

use rayon::prelude::*;

use super::Scan;
use crate::finding::Verdict;
use crate::page::Page;
use crate::project::Project;
use crate::rules::{Judge, RULES, Rule};
use crate::settle::Judged;
use crate::source::FileId;

/// Works out what several rules ask for, once no more files come.
pub(crate) fn prepare(project: &Project) {
    let files: Vec<FileId> = project.parsed().map(|it| it.0).collect();
    let made = files.into_par_iter().flat_map_iter(|file| project.task(|it| it.constructions_in(file)));
    project.keep_constructions(made.collect());
}

impl Scan<'_> {
    /// Every rule's verdicts, in the order of the rules.
    pub(crate) fn judged<'p>(&self, project: &Project, pages: &'p [Page]) -> Vec<Judged<'p>> {
        let runs = |id: &str| self.options.rules.is_empty() || self.options.rules.iter().any(|it| it == id);
        let rules: Vec<(&Rule, &Page)> = RULES.iter().zip(pages).filter(|(rule, _)| runs(rule.id())).collect();
        let judge = |(rule, page): (&Rule, _)| Judged { rule: rule.id(), page, verdicts: verdicts(project, rule) };
        rules.into_par_iter().map(judge).collect()
    }
}

/// What one rule says, in path order.
fn verdicts(project: &Project, rule: &Rule) -> Vec<Verdict> {
    match rule.judge {
        Judge::Whole(judge) => project.task(judge),
        Judge::ByFile(judge) => {
            let files: Vec<FileId> = project.audited().map(|it| it.0).collect();
            files.into_par_iter().flat_map_iter(|file| project.task(|it| judge(it, file))).collect()
        }
    }
}
