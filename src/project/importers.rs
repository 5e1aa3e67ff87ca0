//! Which files import a file: what [`super::modules`] resolved, the other way around.
//!
//! Only whole files are known here; which name is taken from one is said by the facts of the file that imports it.

use super::{Project, Target};
use crate::source::FileId;

impl Project {
    /// The files that import a file, directly or through one that hands its names on.
    pub(super) fn importers(&self, home: FileId) -> Vec<FileId> {
        let all = self.importers.get_or_init(|| self.direct_importers());
        let mut found = all[home.index()].clone();
        let hands_on = |it: &&FileId| {
            let file = self.file(**it);
            file.reexports.iter().any(|it| file.targets.get(&it.specifier) == Some(&Target::File(home)))
        };
        let barrels: Vec<FileId> = found.iter().filter(hands_on).copied().collect();
        found.extend(barrels.iter().flat_map(|it| &all[it.index()]));
        found.sort_unstable();
        found.dedup();
        found.retain(|it| *it != home);
        found
    }

    fn direct_importers(&self) -> Vec<Vec<FileId>> {
        let mut importers = vec![Vec::new(); self.files.len()];
        for (index, file) in self.files.iter().enumerate() {
            for target in file.targets.values() {
                if let Target::File(target) = target {
                    importers[target.index()].push(FileId(index as u32));
                }
            }
        }
        importers
    }
}
