//! What rules will ask, asked before they do, so that the files that the answers need become known and can be parsed.
//!
//! Nothing is concluded here: answers are remembered where they are worked out, and rules ask again.

use super::{Construction, Project, Rounds};
use crate::source::FileId;

impl Project {
    /// Asks what rules will ask about a file, so that the files that the answers need become known; whether none was missing.
    #[must_use]
    pub fn look_ahead(&self, file: FileId) -> bool {
        let asked = self.asking().asked();
        self.ask_in(file);
        asked == self.asking().asked()
    }

    /// The parsed files about which not every question is answered.
    #[must_use]
    pub fn unanswered(&self) -> Vec<FileId> {
        self.parsed().map(|it| it.0).filter(|it| !self.answered.contains(it)).collect()
    }

    /// Asks what lies across files.
    pub fn look_across(&self) {
        let _ = self.polls();
        self.look_for_callers();
    }

    /// Keeps every construction of a client, by file, once no more files come: several rules ask for them.
    pub fn keep_constructions(&self, made: Vec<Construction>) {
        // Nobody has asked since the last file came.
        let _ = self.made.set(made);
    }

    fn ask_in(&self, file: FileId) {
        let Some(facts) = self.facts(file) else { return };
        self.look_ahead_at_limits(file);
        self.look_ahead_at_clients(file);
        self.look_ahead_at_swallows(file);
        if !self.file(file).reaches_store() {
            return;
        }
        self.look_ahead_at_lists(file);
        let _ = self.drawn_per_element(file);
        for (id, _) in facts.calls() {
            let around = self.iterations_of(file, id);
            let path = if around.is_empty() { None } else { self.leads_to_query(file, id) };
            if let Some(path) = path {
                // A list may be written out in another file.
                let rounds: Vec<Rounds> = around.iter().map(|it| self.rounds(it, id)).collect();
                if rounds.contains(&Rounds::Element) {
                    // Who is given the query to run may keep what it gives.
                    let _ = self.remembers(&path);
                    let _ = self.runs_at_start(file, id);
                }
            }
        }
    }
}
