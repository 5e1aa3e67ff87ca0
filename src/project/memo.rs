//! Answers that are remembered, asked for by any number of threads at once.
//!
//! The order in which threads ask must not show in what they are told. So an answer is shared only if it would be the same
//! wherever it is asked for: one that came upon a question still open, or ran out of steps, is kept by the thread that worked it
//! out, until its task is done. One that passed over a file which another question would have wanted holds for questions of
//! that kind alone, and one that used so many steps answers nobody who has fewer left.
//!
//! What is remembered is of no concern here, and nothing here says what a name stands for.

use std::cell::{Cell, RefCell};
use std::hash::Hash;

use dashmap::DashMap;
use rustc_hash::{FxBuildHasher, FxHashMap};
use thread_local::ThreadLocal;

/// Which unparsed files a question may ask for; answers that passed one over hold within one sphere.
pub(super) type Sphere = u8;

/// In place of a number of steps: the question starts to count anew.
pub(super) const ANEW: u32 = u32::MAX;

/// The sphere of questions about numbers and options, which may ask for any file.
const EVERYWHERE: Sphere = u8::MAX;

/// What one thread knows about the question that it is working on.
#[derive(Debug)]
pub(super) struct Asking {
    /// How often an answer would have needed a file that is not parsed.
    asked: Cell<u32>,
    /// How often a file was passed over because it lies outside the question's sphere.
    passed: Cell<u32>,
    /// How often an answer was cut short: by a question still open, or for want of steps.
    cut: Cell<u32>,
    /// The fewest steps that were left.
    low: Cell<u32>,
    /// How many questions about numbers and options lie within each other.
    pub(super) depth: Cell<u32>,
    /// How many more such questions the outermost one may lead to.
    pub(super) fuel: Cell<u32>,
    /// How many more imports the search that goes on may follow.
    pub(super) horizon: Cell<u8>,
}

/// What was counted when a question was begun.
pub(super) struct Mark {
    asked: u32,
    passed: u32,
    cut: u32,
    low: u32,
}

/// How an answer came about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Course {
    /// Within which sphere it holds; `None` for all.
    sphere: Option<Sphere>,
    /// How many steps it took, at the deepest.
    steps: u32,
    /// Whether no file was missing.
    is_final: bool,
}

impl Asking {
    pub(super) fn new(horizon: u8) -> Self {
        let zero = || Cell::new(0);
        let (asked, passed, cut, depth, fuel) = (zero(), zero(), zero(), zero(), zero());
        Self { asked, passed, cut, low: Cell::new(u32::MAX), depth, fuel, horizon: Cell::new(horizon) }
    }

    /// How often a file was missing so far.
    pub(super) fn asked(&self) -> u32 {
        self.asked.get()
    }

    /// Notes that a file was missing.
    pub(super) fn miss(&self) {
        self.asked.set(self.asked.get() + 1);
    }

    /// Notes that a missing file was passed over.
    pub(super) fn pass_over(&self) {
        self.passed.set(self.passed.get() + 1);
    }

    /// Notes that an answer was cut short.
    pub(super) fn cut_short(&self) {
        self.cut.set(self.cut.get() + 1);
    }

    /// One step less, if any is left.
    pub(super) fn step(&self, steps: u32) -> Option<u32> {
        let left = steps.checked_sub(1);
        match left {
            Some(left) => self.low.set(self.low.get().min(left)),
            None => self.cut_short(),
        }
        left
    }

    pub(super) fn begin(&self, steps: u32) -> Mark {
        let low = self.low.replace(steps);
        Mark { asked: self.asked.get(), passed: self.passed.get(), cut: self.cut.get(), low }
    }

    fn sphere(&self) -> Sphere {
        if self.depth.get() > 0 { EVERYWHERE } else { self.horizon.get() }
    }

    /// Ends a question that [`Asking::begin`] began: its course, unless its answer was cut short, and whether no file was missing.
    fn end(&self, mark: &Mark, steps: u32) -> (Option<Course>, bool) {
        let low = self.low.get();
        self.low.set(if steps == ANEW { mark.low } else { low.min(mark.low) });
        let is_final = self.asked.get() == mark.asked;
        let sphere = (self.passed.get() != mark.passed).then(|| self.sphere());
        let used = if steps == ANEW { 0 } else { steps.saturating_sub(low) };
        let course = Course { sphere, steps: used, is_final };
        ((self.cut.get() == mark.cut).then_some(course), is_final)
    }

    /// Takes over what is known about a remembered answer, as if it had been worked out again.
    fn follow(&self, course: Course, steps: u32) {
        if steps != ANEW {
            self.low.set(self.low.get().min(steps.saturating_sub(course.steps)));
        }
        if !course.is_final {
            self.miss();
        }
        if course.sphere.is_some() {
            self.pass_over();
        }
    }
}

/// Answers by question.
#[derive(Debug)]
pub(super) struct Memo<K: Eq + Hash + Send, V: Send> {
    shared: DashMap<K, Vec<(Course, V)>, FxBuildHasher>,
    own: ThreadLocal<RefCell<OwnAnswers<K, V>>>,
}

/// What one thread keeps to itself, with whether no file was missing.
type OwnAnswers<K, V> = FxHashMap<(K, Sphere), (V, bool)>;

impl<K: Eq + Hash + Send, V: Send> Default for Memo<K, V> {
    fn default() -> Self {
        Self { shared: DashMap::default(), own: ThreadLocal::new() }
    }
}

impl<K: Eq + Hash + Clone + Send, V: Clone + Send> Memo<K, V> {
    /// The answer, if it is known and holds here.
    pub(super) fn get(&self, key: &K, asking: &Asking, steps: u32) -> Option<V> {
        let sphere = asking.sphere();
        let holds = |it: &Course| it.steps <= steps && it.sphere.is_none_or(|it| it == sphere);
        let shared = self.shared.get(key);
        if let Some((course, value)) = shared.as_deref().and_then(|it| it.iter().find(|it| holds(&it.0))) {
            asking.follow(*course, steps);
            return Some(value.clone());
        }
        drop(shared);
        let own = self.own.get_or_default().borrow();
        let (value, is_final) = own.get(&(key.clone(), sphere))?;
        asking.cut_short();
        if !is_final {
            asking.miss();
        }
        Some(value.clone())
    }

    /// Answers a question that is open for the time being, for the thread that works on it.
    pub(super) fn open(&self, key: &K, asking: &Asking, value: V) {
        self.own.get_or_default().borrow_mut().insert((key.clone(), asking.sphere()), (value, true));
    }

    /// Ends a question, and remembers its answer, if there is one.
    pub(super) fn close(&self, key: K, asking: &Asking, mark: &Mark, steps: u32, value: Option<V>) {
        let (course, is_final) = asking.end(mark, steps);
        let Some(value) = value else { return };
        let mut own = self.own.get_or_default().borrow_mut();
        match course {
            Some(course) => {
                own.remove(&(key.clone(), asking.sphere()));
                drop(own);
                let mut known = self.shared.entry(key).or_default();
                if !known.iter().any(|it| it.0 == course) {
                    known.push((course, value));
                }
            }
            None => {
                own.insert((key, asking.sphere()), (value, is_final));
            }
        }
    }

    /// Forgets what this thread keeps to itself: its task is done.
    pub(super) fn forget_own(&self) {
        if let Some(own) = self.own.get() {
            own.borrow_mut().clear();
        }
    }

    /// Forgets everything.
    pub(super) fn forget_all(&mut self) {
        self.shared.clear();
        self.own = ThreadLocal::new();
    }

    /// Forgets what other files may change.
    pub(super) fn forget_open(&mut self) {
        self.shared.retain(|_, known| {
            known.retain(|(course, _)| course.is_final && course.sphere.is_none());
            !known.is_empty()
        });
        self.own = ThreadLocal::new();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HORIZON: u8 = 4;

    fn answer(memo: &Memo<u8, u8>, asking: &Asking, key: u8, steps: u32, work: impl FnOnce() -> u8) -> u8 {
        if let Some(known) = memo.get(&key, asking, steps) {
            return known;
        }
        memo.open(&key, asking, 0);
        let mark = asking.begin(steps);
        let value = work();
        memo.close(key, asking, &mark, steps, Some(value));
        value
    }

    #[test]
    fn an_answer_that_met_an_open_question_is_not_shared() {
        let (memo, asking) = (Memo::default(), Asking::new(HORIZON));
        answer(&memo, &asking, 1, 9, || answer(&memo, &asking, 2, 8, || answer(&memo, &asking, 1, 7, || 5) + 1));
        let elsewhere = std::thread::scope(|it| it.spawn(|| memo.get(&2, &Asking::new(HORIZON), 9)).join());
        assert_eq!(elsewhere.ok(), Some(None));
        assert_eq!(memo.get(&2, &asking, 9), Some(1), "the thread that worked it out keeps it");
        memo.forget_own();
        assert_eq!(memo.get(&2, &asking, 9), None, "until its task is done");
    }

    #[test]
    fn an_answer_holds_for_whoever_has_the_steps_that_it_took() {
        let (memo, asking) = (Memo::default(), Asking::new(HORIZON));
        let work = || {
            asking.step(9);
            asking.step(8);
            7
        };
        answer(&memo, &asking, 1, 9, work);
        assert_eq!(memo.get(&1, &asking, 2), Some(7));
        assert_eq!(memo.get(&1, &asking, 1), None);
    }

    #[test]
    fn an_answer_that_ran_out_of_steps_is_not_shared() {
        let (memo, asking) = (Memo::default(), Asking::new(HORIZON));
        answer(&memo, &asking, 1, 0, || u8::from(asking.step(0).is_some()));
        memo.forget_own();
        assert_eq!(memo.get(&1, &asking, 9), None);
    }

    #[test]
    fn an_answer_that_passed_over_a_file_holds_for_its_sphere() {
        let (memo, asking) = (Memo::default(), Asking::new(HORIZON));
        let work = || {
            asking.pass_over();
            7
        };
        answer(&memo, &asking, 1, 9, work);
        assert_eq!(memo.get(&1, &asking, 9), Some(7));
        asking.depth.set(1);
        assert_eq!(memo.get(&1, &asking, 9), None);
    }

    #[test]
    fn what_lacked_a_file_is_forgotten_with_the_round() {
        let (mut memo, asking) = (Memo::default(), Asking::new(HORIZON));
        answer(&memo, &asking, 1, 9, || 7);
        answer(&memo, &asking, 2, 9, || {
            asking.miss();
            8
        });
        assert_eq!(memo.get(&2, &asking, 9), Some(8));
        memo.forget_open();
        assert_eq!((memo.get(&1, &asking, 9), memo.get(&2, &asking, 9)), (Some(7), None));
    }
}
