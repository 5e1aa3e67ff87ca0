//! Bytes in, imports, exports and triggers out, without parsing.
//!
//! One pass finds the few words behind which an import, an export or a trigger may stand; what follows such a word is read
//! by hand. Skim may report what only a comment or a string says; it never leaves out what the code says, however hostile
//! the bytes. It knows no path and resolves nothing.

mod export;
mod import;
mod markup;
mod pattern;
mod scan;
mod trigger;

pub use markup::{Markup, skim_markup};
pub use trigger::{Trigger, TriggerSet, Triggers};

use trigger::{Anchor, Watched};

/// What a file's bytes seem to say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skim {
    /// Every module that is asked for, in the order of the text.
    pub imports: Vec<SkimImport>,
    /// The names exported, sorted: `default`, `*` for `export * from`, `=` for `export =` and a whole `module.exports`.
    pub exports: Vec<Box<str>>,
    /// The triggers that occur.
    pub triggers: TriggerSet,
}

/// One place where a module is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkimImport {
    /// The specifier as written.
    pub specifier: Box<str>,
    /// How it is asked for.
    pub form: SkimForm,
    /// What of it is used. None for a module that is only run, located or mocked.
    pub names: Vec<SkimName>,
}

/// How a module is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SkimForm {
    /// `import … from "x"`, `import "x"`.
    Static,
    /// `import type … from "x"`, `typeof import("x")`, `import("x").Name` as a type.
    Type,
    /// `import("x")`.
    Dynamic,
    /// `require("x")`, `import x = require("x")`.
    Require,
    /// `new URL("./x", import.meta.url)`, `require.resolve("x")`: located, perhaps run elsewhere.
    Url,
    /// `new Worker("./x")`, `importScripts("./x")`.
    Worker,
    /// `jest.mock("x")`, `vi.importActual("x")` and their like.
    Mock,
    /// `export … from "x"`.
    Reexport,
}

/// One name of a module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SkimName {
    /// The name there: `default` for a default import, `*` for everything.
    pub imported: Box<str>,
    /// What it is called here; for a re-export, the exported name; empty where it is bound to no plain name.
    pub local: Box<str>,
    /// `import type`, `{ type X }`, `export type`.
    pub is_type: bool,
}

/// Skims a JavaScript or TypeScript file.
#[must_use]
pub fn skim(text: &[u8], triggers: &Triggers) -> Skim {
    let mut skimmer = Skimmer { text, found: Skim::default(), fuel: 4 * text.len() + (64 << 10), full_checks: 64 };
    let mut from = 0;
    while let Some((key, start)) = triggers.find(text, from) {
        for watched in triggers.watched(key) {
            skimmer.look(triggers, watched, start);
        }
        // Anchors may overlap, so the search goes on within the one just seen.
        from = start + 1;
    }
    let mut found = skimmer.found;
    found.exports.sort_unstable();
    found.exports.dedup();
    found
}

/// One file being skimmed.
struct Skimmer<'t> {
    text: &'t [u8],
    found: Skim,
    /// How many bytes may still be read behind anchors, so that hostile text is not read again and again.
    fuel: usize,
    /// How many triggers may still be matched against all of the rest of the text.
    full_checks: usize,
}

impl Skimmer<'_> {
    /// What one anchor may need once the file's allowance is used up.
    const WINDOW: usize = 2048;

    fn look(&mut self, triggers: &Triggers, watched: &Watched, key_start: usize) {
        let Some((start, end)) = watched.place(self.text, key_start) else { return };
        match watched.anchor {
            Anchor::Trigger(index) => {
                if !self.found.triggers.contains(index) && self.follows(triggers, index, end) {
                    self.found.triggers.insert(index);
                }
            }
            Anchor::Module(word) => {
                let window = self.fuel.max(Self::WINDOW);
                let text = &self.text[..self.text.len().min(end.saturating_add(window))];
                let read_to = word.read(text, start, end, &mut self.found);
                self.fuel = self.fuel.saturating_sub(read_to - end);
            }
        }
    }

    fn follows(&mut self, triggers: &Triggers, index: usize, end: usize) -> bool {
        let mut rest = &self.text[end..];
        if self.full_checks == 0 {
            rest = &rest[..rest.len().min(2 * Self::WINDOW)];
        }
        let follows = triggers.follows(index, rest);
        if !follows {
            self.full_checks = self.full_checks.saturating_sub(1);
        }
        follows
    }
}
