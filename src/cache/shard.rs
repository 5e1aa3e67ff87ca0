//! One file of the cache: entries by key, each with a checksum, read whole at the first question and replaced whole.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::Write;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError};

/// What an entry is found by.
pub(super) type Key = [u8; 32];

const MAGIC: &[u8] = b"atlas-audit facts 1\n";
const SUM: usize = 16;
/// Key, day, length, checksum.
const HEAD: usize = 32 + 4 + 4 + SUM;

/// An entry that was not asked for in so many days goes when its file is next written.
const KEEP_DAYS: u32 = 30;
/// A used entry's day is set forward when it is so many days old, so that not every run writes.
const TOUCH_DAYS: u32 = 7;
/// The most bytes of one file; the entries longest unused go first.
const MOST_BYTES: usize = 16 << 20;

/// One file.
#[derive(Debug)]
pub(super) struct Shard {
    path: Option<PathBuf>,
    stored: OnceLock<Stored>,
    fresh: Mutex<BTreeMap<Key, Vec<u8>>>,
    used: Mutex<BTreeSet<Key>>,
}

/// What the file held.
#[derive(Debug, Default)]
struct Stored {
    bytes: Vec<u8>,
    entries: HashMap<Key, Entry>,
}

#[derive(Debug, Clone)]
struct Entry {
    day: u32,
    sum: [u8; SUM],
    payload: Range<usize>,
}

impl Shard {
    pub(super) fn new(path: Option<PathBuf>) -> Self {
        Self { path, stored: OnceLock::new(), fresh: Mutex::default(), used: Mutex::default() }
    }

    /// What `read` makes of an entry, if there is one and it is sound.
    pub(super) fn get<T>(&self, key: &Key, read: impl Fn(&[u8]) -> Option<T>) -> Option<T> {
        let stored = self.stored.get_or_init(|| Stored::read(self.path.as_deref()));
        if let Some(found) = stored.payload(key).and_then(&read) {
            lock(&self.used).insert(*key);
            return Some(found);
        }
        read(lock(&self.fresh).get(key)?)
    }

    /// Adds an entry.
    pub(super) fn put(&self, key: Key, payload: Vec<u8>) {
        lock(&self.fresh).insert(key, payload);
    }

    /// Writes the file again if there is reason to; true where that was done.
    pub(super) fn save(&self, today: u32) -> bool {
        let (Some(path), Some(stored)) = (&self.path, self.stored.get()) else { return false };
        let (fresh, used) = (lock(&self.fresh), lock(&self.used));
        let is_old = |key: &Key| stored.entries.get(key).is_some_and(|it| it.day + TOUCH_DAYS <= today);
        if fresh.is_empty() && !used.iter().any(is_old) {
            return false;
        }
        // Another run may have added to it.
        let now = Stored::read(Some(path));
        let mut rows: Vec<(u32, &Key, &[u8])> = fresh.iter().map(|(key, it)| (today, key, it.as_slice())).collect();
        for (key, entry) in now.entries.iter().filter(|it| !fresh.contains_key(it.0)) {
            let day = if used.contains(key) { today } else { entry.day };
            if let Some(payload) = now.payload(key).filter(|_| day + KEEP_DAYS >= today) {
                rows.push((day, key, payload));
            }
        }
        rows.sort_by(|a, b| b.0.cmp(&a.0).then(a.1.cmp(b.1)));
        let mut left = MOST_BYTES;
        rows.retain(|row| {
            let size = HEAD + row.2.len();
            let fits = size <= left;
            left -= if fits { size } else { 0 };
            fits
        });
        replace(path, &rows).is_ok()
    }
}

/// A panic while the lock was held leaves a map without an entry, which is no harm.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Stored {
    fn read(path: Option<&Path>) -> Self {
        let bytes = path.and_then(|it| std::fs::read(it).ok()).unwrap_or_default();
        let mut entries = HashMap::new();
        let mut at = MAGIC.len();
        while bytes.starts_with(MAGIC) && at + HEAD <= bytes.len() {
            let head = &bytes[at..at + HEAD];
            let number = |from: usize| head[from..from + 4].try_into().map_or(0, u32::from_le_bytes);
            let start = at + HEAD;
            let end = start.saturating_add(number(36) as usize);
            let (Ok(key), Ok(sum)) = (head[..32].try_into(), head[40..].try_into()) else { break };
            if end > bytes.len() {
                break;
            }
            entries.insert(key, Entry { day: number(32), sum, payload: start..end });
            at = end;
        }
        Self { bytes, entries }
    }

    fn payload(&self, key: &Key) -> Option<&[u8]> {
        let entry = self.entries.get(key)?;
        let payload = &self.bytes[entry.payload.clone()];
        (sum(key, payload) == entry.sum).then_some(payload)
    }
}

fn sum(key: &Key, payload: &[u8]) -> [u8; SUM] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(key).update(payload);
    let mut sum = [0; SUM];
    sum.copy_from_slice(&hasher.finalize().as_bytes()[..SUM]);
    sum
}

/// Writes beside the file first, then moves it there: a reader sees the old file or the new one.
fn replace(path: &Path, rows: &[(u32, &Key, &[u8])]) -> std::io::Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut bytes = MAGIC.to_vec();
    for (day, key, payload) in rows {
        bytes.extend_from_slice(*key);
        bytes.extend_from_slice(&day.to_le_bytes());
        bytes.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        bytes.extend_from_slice(&sum(key, payload));
        bytes.extend_from_slice(payload);
    }
    let mut draft = tempfile::Builder::new().prefix(".draft-").tempfile_in(folder)?;
    draft.write_all(&bytes)?;
    draft.persist(path).map(drop).map_err(|error| error.error)
}
