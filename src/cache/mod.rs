//! Facts of files that were parsed before, so that a file that has not changed is not parsed again.
//!
//! The key is what facts depend on and nothing else: the text, its language and the version of parser and extractor. What comes
//! out is what would have been extracted, so that a report is the same with and without. Nothing here can fail: what is damaged,
//! foreign or out of reach is as good as absent.

mod shard;
mod store;

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::facts::FileFacts;
use crate::source::Language;
use shard::{Key, Shard};

/// Names the facts that parser and extractor give. A test says when it must grow.
pub const VERSION: u32 = 5;
/// The variable that names another folder than the user's own for caches.
pub const VARIABLE: &str = "ATLAS_AUDIT_CACHE";

/// Files that a key's first four bits choose between: one file is written again when one of its entries is new.
const SHARDS: usize = 16;

/// Facts by content.
#[derive(Debug, Default)]
pub struct Cache {
    /// None for a cache that keeps nothing.
    shards: Vec<Shard>,
    folder: Option<PathBuf>,
    /// Days since 1970.
    today: u32,
}

/// What is kept of one file.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Kept {
    facts: FileFacts,
    notes: Vec<String>,
}

impl Cache {
    /// Keeps nothing.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// Keeps facts until it is dropped: for two audits in one run.
    #[must_use]
    pub fn in_memory() -> Self {
        Self { shards: (0..SHARDS).map(|_| Shard::new(None)).collect(), folder: None, today: 0 }
    }

    /// Keeps facts in a folder, which need not exist; `today` is counted in days since 1970.
    #[must_use]
    pub fn at(folder: PathBuf, today: u32) -> Self {
        let shard = |at: usize| Shard::new(Some(folder.join(format!("{at:x}"))));
        Self { shards: (0..SHARDS).map(shard).collect(), folder: Some(folder), today }
    }

    /// Where the facts of the code base in `root` are kept on this machine; `None` where the user has no folder for caches.
    #[must_use]
    pub fn folder_for(root: &Path) -> Option<PathBuf> {
        use etcetera::BaseStrategy;
        let named = std::env::var_os(VARIABLE).filter(|it| !it.is_empty()).map(PathBuf::from);
        let own = || Some(etcetera::choose_base_strategy().ok()?.cache_dir().join("atlas-audit"));
        let root = root.canonicalize().ok()?;
        let name = blake3::hash(root.as_os_str().as_encoded_bytes()).to_hex();
        Some(named.or_else(own)?.join(&name[..16]))
    }

    /// The facts of a text with what is to be noted about it: those that are kept, or else what `extract` gives.
    pub(crate) fn facts(
        &self,
        text: &str,
        language: Language,
        extract: impl FnOnce() -> (FileFacts, Vec<String>),
    ) -> (FileFacts, Vec<String>) {
        if self.shards.is_empty() {
            return extract();
        }
        let key = key(text, language);
        let shard = &self.shards[usize::from(key[0] >> 4)];
        let kept = shard.get(&key, |bytes| postcard::from_bytes::<Kept>(bytes).ok());
        if let Some(Kept { facts, notes }) = kept {
            return (facts, notes);
        }
        let (facts, notes) = extract();
        let kept = Kept { facts, notes };
        if let Ok(bytes) = postcard::to_stdvec(&kept) {
            shard.put(key, bytes);
        }
        (kept.facts, kept.notes)
    }

    /// Writes what is new. Two runs that do so at once lose each other's news at worst.
    pub fn save(&self) {
        let Some(folder) = &self.folder else { return };
        let written = self.shards.iter().filter(|it| it.save(self.today)).count();
        if written > 0 {
            store::tidy(folder);
        }
    }
}

fn key(text: &str, language: Language) -> Key {
    let mut hasher = blake3::Hasher::new();
    hasher.update(&VERSION.to_le_bytes()).update(env!("CARGO_PKG_VERSION").as_bytes());
    hasher.update(&[0, language as u8]).update(text.as_bytes());
    *hasher.finalize().as_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::extract::extract;
    use crate::parse::parse;

    fn facts_of(text: &str) -> (FileFacts, Vec<String>) {
        let parsed = parse(text, Language::TypeScript);
        (extract(text, Language::TypeScript, &parsed.tree, parsed.errors), vec!["noted".to_owned()])
    }

    fn ask(cache: &Cache, text: &str) -> ((FileFacts, Vec<String>), bool) {
        let mut was_parsed = false;
        let got = cache.facts(text, Language::TypeScript, || {
            was_parsed = true;
            facts_of(text)
        });
        (got, was_parsed)
    }

    const TEXT: &str =
        "export const a = async (x: number) => { for (const y of await f(x)) { try { g(`q ${y}`, 1.5); } catch {} } };";

    #[test]
    fn what_comes_out_is_what_was_extracted() {
        let folder = tempfile::tempdir().unwrap();
        let first = Cache::at(folder.path().join("c"), 1);
        assert_eq!(ask(&first, TEXT), (facts_of(TEXT), true));
        assert_eq!(ask(&first, TEXT), (facts_of(TEXT), false));
        first.save();
        let second = Cache::at(folder.path().join("c"), 1);
        assert_eq!(ask(&second, TEXT), (facts_of(TEXT), false));
        let other = second.facts(TEXT, Language::Tsx, || facts_of("other"));
        assert_eq!(other, facts_of("other"), "another language is another file");
        assert!(ask(&Cache::none(), TEXT).1);
    }

    #[test]
    fn damage_is_as_good_as_absence() {
        let folder = tempfile::tempdir().unwrap();
        let first = Cache::at(folder.path().to_owned(), 1);
        ask(&first, TEXT);
        first.save();
        let file = std::fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        let sound = std::fs::read(&file).unwrap();
        for at in 0..sound.len() {
            let mut bytes = sound.clone();
            bytes[at] ^= 0x10;
            std::fs::write(&file, &bytes).unwrap();
            assert_eq!(ask(&Cache::at(folder.path().to_owned(), 1), TEXT).0, facts_of(TEXT), "byte {at}");
            std::fs::write(&file, &sound[..at]).unwrap();
            assert_eq!(ask(&Cache::at(folder.path().to_owned(), 1), TEXT).0, facts_of(TEXT), "cut at {at}");
        }
    }

    #[test]
    fn two_runs_share_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let runs = [(); 2].map(|()| Cache::at(folder.path().to_owned(), 1));
        let texts: Vec<String> = (0..40).map(|it| format!("f({it});")).collect();
        std::thread::scope(|scope| {
            for run in &runs {
                scope.spawn(|| texts.iter().for_each(|it| drop(ask(run, it))));
            }
        });
        std::thread::scope(|scope| runs.iter().for_each(|run| drop(scope.spawn(|| run.save()))));
        let third = Cache::at(folder.path().to_owned(), 1);
        for text in &texts {
            assert_eq!(ask(&third, text).0, facts_of(text));
        }
    }

    #[test]
    fn what_is_not_used_goes() {
        let folder = tempfile::tempdir().unwrap();
        let run = |day, texts: &[&str]| {
            let cache = Cache::at(folder.path().to_owned(), day);
            let parsed = texts.iter().filter(|it| ask(&cache, it).1).count();
            cache.save();
            parsed
        };
        // These two share a shard, so that writing the one decides about the other.
        let texts: Vec<String> = (0..).map(|it| format!("f({it});")).take(64).collect();
        let shard = |it: &String| key(it, Language::TypeScript)[0] >> 4;
        let (a, b) = (&texts[0], texts[1..].iter().find(|it| shard(it) == shard(&texts[0])).unwrap());
        assert_eq!(run(1, &[a]), 1);
        assert_eq!(run(20, &[b]), 1);
        assert_eq!(run(20, &[a, b]), 0, "still there");
        assert_eq!(run(90, &[b]), 0, "still there");
        assert_eq!(run(90, &[a]), 1, "gone with what was written then");
    }
}
