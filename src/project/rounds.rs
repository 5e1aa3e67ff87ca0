//! What the rounds of an iteration have to do with each other, as far as a call in its body is concerned.
//!
//! Many loops around a query are no loop over rows: they try again, read the next page, take a chunk, or stop at the first
//! hit. Each answer here rests on what the loop's code does, names being the weakest evidence and used for retries alone.

use super::batches::plain;
use super::iteration::{Iteration, IterationSource, callee_name};
use super::lone::is_for_one_number;
use super::query::QueryPath;
use super::{Project, Value};
use crate::catalog::{EffectKind, Rows};
use crate::facts::{
    Binding, BindingId, Call, CallId, ExprId, ExprKind, FileFacts, JumpKind, Loop, LoopForm, Operator, Region,
    RegionId, RegionKind,
};
use crate::source::Span;

/// What one round is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rounds {
    /// One element of something whose size the code does not fix.
    Element,
    /// One of so many elements that the code fixes.
    Fixed(u32),
    /// One of at most so many, as what gives the list is limited.
    AtMost(u32),
    /// One of a few that do not grow with the data, for that reason.
    Few(&'static str),
    /// One attempt at the same thing.
    Retry,
    /// One look at whether something has happened.
    Poll,
    /// One page, or one link of a chain: the round before says what to ask for.
    Follows,
    /// One chunk of many elements.
    Chunk,
    /// One candidate; the loop ends with the first hit.
    Search,
    /// The only one: the loop is left right after the call.
    Last,
    /// One that failed: the call stands where an error is handled.
    AfterFailure,
}

impl Project {
    /// What one round of an iteration is to a call in its body.
    #[must_use]
    pub fn rounds(&self, iteration: &Iteration, call: CallId) -> Rounds {
        let Some(facts) = self.facts(iteration.file) else { return Rounds::Element };
        let span = facts.call(call).span;
        if matches!(iteration.source, IterationSource::Loop(_)) && self.never_returns(iteration, facts, call) {
            return Rounds::Last;
        }
        if is_for_one_number(facts, iteration, call) {
            return Rounds::Few("in the round of one number alone");
        }
        if let IterationSource::Loop(number) = iteration.source {
            let it = &facts.loops[number as usize];
            let view = View { facts, it, span, results: results_of(facts, it.span, span, true) };
            if let Some(rounds) = view.rounds(call) {
                return rounds;
            }
            // Reading from a stream asks nobody: what is done per piece is done per element.
            let asks = |taken: CallId| {
                let whole = facts.expr(self.head_of(iteration.file, facts.call(taken).expr)).span;
                let mut within = facts.calls().filter(|(_, it)| whole.contains(it.span));
                within.any(|(id, _)| self.leads_to_query(iteration.file, id).is_some())
            };
            if view.takes_next(call).is_some_and(asks) {
                return Rounds::Follows;
            }
        } else if self.handles_failure(iteration, facts, call) {
            return Rounds::AfterFailure;
        }
        match self.rounds_of_list(iteration) {
            Rounds::Element | Rounds::Few(_) | Rounds::AtMost(_) if is_flush(facts, iteration, call) => Rounds::Chunk,
            Rounds::Chunk if self.is_one_page_s(iteration, facts, call) => Rounds::Element,
            Rounds::Element if is_handed_whole(facts, iteration, call) => Rounds::Chunk,
            Rounds::Element => self.only_for(iteration, facts, call).map_or(Rounds::Element, Rounds::Few),
            rounds => rounds,
        }
    }

    /// Whether what a loop over numbered pages asks for is one row: the pages are those of a document.
    fn is_one_page_s(&self, iteration: &Iteration, facts: &FileFacts, call: CallId) -> bool {
        let is_single = |it: &QueryPath| {
            let effect = it.query.effect;
            it.hops.is_empty() && !effect.batch && (effect.kind == EffectKind::Write || effect.rows == Rows::One)
        };
        counts_chunks(facts, iteration, |name| name.contains("pages"))
            && self.leads_to_query(iteration.file, call).as_ref().is_some_and(is_single)
    }

    /// What one round of an iteration is, by what it runs over alone.
    pub(super) fn rounds_of_list(&self, iteration: &Iteration) -> Rounds {
        let Some(facts) = self.facts(iteration.file) else { return Rounds::Element };
        match self.fixed_count(iteration, facts) {
            Some(count) => Rounds::Fixed(count),
            None if self.takes_chunks(iteration, facts) => Rounds::Chunk,
            None if fills_slots(facts, iteration) => Rounds::Few("one per task that may run at once"),
            None => match (self.grows_with_code(iteration), self.most_rounds(iteration, facts)) {
                (Some(why), _) => Rounds::Few(why),
                (None, most) => most.map_or(Rounds::Element, Rounds::AtMost),
            },
        }
    }

    /// Whether what a call runs ends with throwing, and nothing within the loop catches it.
    fn never_returns(&self, iteration: &Iteration, facts: &FileFacts, call: CallId) -> bool {
        let it = facts.call(call);
        let Value::Function(home, function) = self.value(iteration.file, it.callee) else { return false };
        let Some(there) = self.facts(home).filter(|_| it.awaited) else { return false };
        let body = there.function(function).body;
        let ends = there.jumps.iter().any(|it| it.region == body && it.kind == JumpKind::Throw)
            && self.file(home).index.returns.get(&function).is_none_or(|it| it.is_empty())
            && !there
                .jumps
                .iter()
                .any(|it| it.kind == JumpKind::Return && there.function_of(it.region) == Some(function));
        let mut inside = facts.regions_out(it.region).take_while(|(id, _)| *id != iteration.region);
        ends && !inside.any(|(_, it)| it.kind == RegionKind::Try)
    }

    /// Whether a call stands in a `catch` of a callback.
    fn handles_failure(&self, iteration: &Iteration, facts: &FileFacts, call: CallId) -> bool {
        let inside = facts.regions_out(facts.call(call).region).take_while(|(id, _)| *id != iteration.region);
        inside.into_iter().any(|(_, it)| matches!(it.kind, RegionKind::Catch { .. }))
    }

    /// `for (…; i += size)`, and loops over what something named after chunks or batches gives.
    fn takes_chunks(&self, iteration: &Iteration, facts: &FileFacts) -> bool {
        if let IterationSource::Loop(number) = iteration.source {
            let step = facts.loops[number as usize].step.map(|it| &facts.expr(it).kind);
            if let Some(ExprKind::Assign { value, .. }) = step
                && facts.expr(*value).kind != ExprKind::Num(1.0)
            {
                return true;
            }
        }
        if counts_chunks(facts, iteration, is_chunky) {
            return true;
        }
        let mut subject = iteration.subject;
        if let Some(ExprKind::Local(binding)) = subject.map(|it| &facts.expr(it).kind) {
            let binding = facts.binding(*binding);
            if is_one_chunk(facts, binding) {
                return false;
            }
            if is_chunky(facts.name(binding.name)) {
                return !is_about_one(facts, iteration)
                    && !binding.init.is_some_and(|it| self.gives_rows(iteration.file, facts, it));
            }
            subject = binding.init;
        }
        subject.is_some_and(|it| match facts.expr(plain(facts, it)).kind {
            ExprKind::Call(call) => {
                callee_name(facts, call).is_some_and(|(name, _)| is_chunky(name))
                    && !self.gives_rows(iteration.file, facts, it)
            }
            _ => false,
        })
    }
}

/// `while (done < maxBatches)`, `while (more && done < maxBatches)`, `for (…; i < batches; …)`.
fn counts_chunks(facts: &FileFacts, iteration: &Iteration, is_named: impl Fn(&str) -> bool) -> bool {
    let IterationSource::Loop(number) = iteration.source else { return false };
    let it = &facts.loops[number as usize];
    let tests = it.test.into_iter().flat_map(|it| match facts.expr(it).kind {
        ExprKind::Binary(Operator::And, left, right) => vec![left, right],
        _ => vec![it],
    });
    let compared = tests.filter(|it| matches!(facts.expr(*it).kind, ExprKind::Binary(Operator::Compare, ..)));
    let mut names = compared.flat_map(|it| facts.references(facts.expr(it).span)).map(|it| facts.binding(it));
    // `at < batch.length` counts the rows of one.
    it.subject.is_none()
        && names.any(|it| is_named(&facts.name(it.name).to_ascii_lowercase()) && !is_one_chunk(facts, it))
}

/// `for await (const keysBatch of stream) redis.mget(...keysBatch)`: each piece of the stream is asked for at once.
fn is_handed_whole(facts: &FileFacts, iteration: &Iteration, call: CallId) -> bool {
    let IterationSource::Loop(number) = iteration.source else { return false };
    let it = &facts.loops[number as usize];
    let is_piece = |expr: ExprId| match facts.expr(expr).kind {
        ExprKind::Local(binding) => {
            let binding = facts.binding(binding);
            it.head.contains(binding.span) && is_one_chunk(facts, binding)
        }
        _ => false,
    };
    it.form == LoopForm::ForAwait
        && facts.call(call).args.iter().any(|it| match facts.expr(*it).kind {
            ExprKind::Spread(list) => is_piece(list),
            _ => is_piece(*it),
        })
}

/// `batch.viewerId`: what belongs to something is no list.
fn is_about_one(facts: &FileFacts, iteration: &Iteration) -> bool {
    let IterationSource::Loop(number) = iteration.source else { return false };
    let it = &facts.loops[number as usize];
    let Some(ExprKind::Local(element)) = it.element.map(|it| &facts.expr(it).kind) else { return false };
    facts.within(it.span).any(|(_, it)| match it.kind {
        ExprKind::Member { object, property } => {
            let name = facts.name(property);
            facts.expr(object).kind == ExprKind::Local(*element) && (name == "id" || name.ends_with("Id"))
        }
        _ => false,
    })
}

/// `for (let i = running; i < this.concurrency; i++)`: no more rounds than tasks may run at once.
fn fills_slots(facts: &FileFacts, iteration: &Iteration) -> bool {
    let IterationSource::Loop(number) = iteration.source else { return false };
    let it = &facts.loops[number as usize];
    let Some(ExprKind::Binary(Operator::Compare, _, most)) = it.test.map(|it| &facts.expr(it).kind) else {
        return false;
    };
    let name = match facts.expr(*most).kind {
        ExprKind::Local(binding) => facts.name(facts.binding(binding).name),
        ExprKind::Member { property, .. } => facts.name(property),
        _ => return false,
    };
    it.subject.is_none() && name.to_ascii_lowercase().contains("concurrency")
}

/// A call that waits until enough has come together: `if (buffer.length >= 500) …`, `if (i % 100 === 0) …`.
fn is_flush(facts: &FileFacts, iteration: &Iteration, call: CallId) -> bool {
    let mut inside = facts.regions_out(facts.call(call).region).take_while(|(id, _)| *id != iteration.region);
    inside.any(|(_, it)| match it.kind {
        RegionKind::Then { test } => facts.within(facts.expr(test).span).any(|(_, it)| match it.kind {
            ExprKind::Binary(Operator::Compare, left, right) => {
                // That there is something at all is no batch.
                let enough = !matches!(facts.expr(right).kind, ExprKind::Num(least) if least <= 1.0);
                let counted = matches!(facts.expr(left).kind, ExprKind::Member { property, .. } if matches!(facts.name(property), "length" | "size"));
                enough && counted
            }
            _ => false,
        }),
        _ => false,
    })
}

/// Whether a name stands for one chunk, so that its elements are rows: a slice, or the element of a loop over chunks.
pub(super) fn is_one_chunk(facts: &FileFacts, binding: &Binding) -> bool {
    let name = facts.name(binding.name).to_ascii_lowercase();
    let cut = binding.init.is_some_and(|it| match facts.expr(it).kind {
        ExprKind::Call(call) => callee_name(facts, call).is_some_and(|(name, _)| matches!(name, "slice" | "splice")),
        _ => false,
    });
    ["chunk", "batch", "page"].iter().any(|it| name.ends_with(it)) && (cut || binding.element_of.is_some())
}

fn is_chunky(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    name.contains("chunk") || name.contains("batch") || name.contains("pages")
}

/// The names that get what a call gives, within a loop; with `is_far` also through another call that waits.
fn results_of(facts: &FileFacts, around: Span, call: Span, is_far: bool) -> Vec<BindingId> {
    let holds = |expr: ExprId| facts.expr(expr).span.contains(call);
    let declared =
        facts.bindings.iter().enumerate().filter(|(_, it)| around.contains(it.span) && it.init.is_some_and(holds));
    let mut results: Vec<BindingId> = declared.map(|(at, _)| BindingId(at as u32)).collect();
    for write in facts.assignments.iter().filter(|it| holds(it.value) && around.contains(facts.expr(it.target).span)) {
        results.extend(facts.references(facts.expr(write.target).span));
    }
    // What is made from a result, once removed.
    let derived = facts.bindings.iter().enumerate().filter(|(_, it)| {
        let is_near = |init: ExprId| is_far || !matches!(facts.expr(init).kind, ExprKind::Await(_));
        around.contains(it.span)
            && it
                .init
                .filter(|it| is_near(*it))
                .is_some_and(|init| facts.references(facts.expr(init).span).any(|it| results.contains(&it)))
    });
    let derived: Vec<BindingId> = derived.map(|(at, _)| BindingId(at as u32)).collect();
    results.extend(derived);
    results
}

/// One loop statement and one call in it.
struct View<'f> {
    facts: &'f FileFacts,
    it: &'f Loop,
    span: Span,
    results: Vec<BindingId>,
}

impl View<'_> {
    /// What its rounds are, if they are something else than elements.
    fn rounds(&self, call: CallId) -> Option<Rounds> {
        let answers = [
            (Rounds::Retry, self.is_retry()),
            (Rounds::AfterFailure, self.in_handler(call)),
            (Rounds::Last, self.leaves_at_once(call)),
            (Rounds::Search, self.decides_whether_to_go_on()),
            (Rounds::Follows, self.follows()),
            (Rounds::Poll, self.it.subject.map_or_else(|| self.sleeps(), |it| self.is_timer(it))),
            (Rounds::Search, self.stops_at_hit()),
        ];
        answers.into_iter().find(|(_, holds)| *holds).map(|(rounds, _)| rounds)
    }

    /// The loop counts attempts, or leaves on success what it tries again on failure.
    fn is_retry(&self) -> bool {
        if self.it.subject.is_some() {
            return false;
        }
        let head = self.facts.references(self.it.head).map(|it| self.facts.name(self.facts.binding(it).name));
        let counts_attempts = head.into_iter().any(|name| {
            let name = name.to_ascii_lowercase();
            ["attempt", "retr", "tries"].iter().any(|it| name.contains(it))
        });
        counts_attempts || self.leaves_on_success()
    }

    /// The call's `try` block ends with leaving the loop, and its `catch` goes on.
    fn leaves_on_success(&self) -> bool {
        let tries = self.facts.regions.iter().enumerate().filter(|(_, it)| {
            it.kind == RegionKind::Try && self.it.span.contains(it.span) && it.span.contains(self.span)
        });
        tries.into_iter().any(|(at, region)| {
            let handled = self
                .facts
                .regions
                .iter()
                .any(|it| matches!(it.kind, RegionKind::Catch { body, .. } if body.0 as usize == at));
            handled && self.exits().any(|(_, exit)| region.span.contains(exit))
        })
    }

    /// The call stands in a `catch` of the loop.
    fn in_handler(&self, call: CallId) -> bool {
        let inner = self.facts.regions_out(self.facts.call(call).region).take_while(|(id, _)| *id != self.it.region);
        inner.into_iter().any(|(_, it)| matches!(it.kind, RegionKind::Catch { .. }))
    }

    /// What leaves the loop: the region and the span of each jump.
    fn exits(&self) -> impl Iterator<Item = (RegionId, Span)> {
        let own = self.facts.function_of(self.it.region);
        self.facts.jumps.iter().filter(move |it| self.it.span.contains(it.span)).filter_map(move |jump| {
            let leaves = match jump.kind {
                JumpKind::Return => self.facts.function_of(jump.region) == own,
                JumpKind::Break => self.breaks_loop(jump.region),
                JumpKind::Throw | JumpKind::Continue => false,
            };
            leaves.then_some((jump.region, jump.span))
        })
    }

    /// Whether a `break` in a region leaves this loop, and no `switch` or inner loop.
    fn breaks_loop(&self, region: RegionId) -> bool {
        for (id, it) in self.facts.regions_out(region) {
            if id == self.it.region {
                return true;
            }
            if matches!(it.kind, RegionKind::Loop(_) | RegionKind::Case { .. } | RegionKind::Function(_)) {
                return false;
            }
        }
        false
    }

    /// The call is what the loop returns, or the loop is left whenever the code behind the call is reached.
    fn leaves_at_once(&self, call: CallId) -> bool {
        let around = self.facts.regions_out(self.facts.call(call).region);
        let around: Vec<RegionId> = around.map(|it| it.0).take_while(|it| *it != self.it.region).collect();
        // What stands directly in the loop is skipped by a `continue` and caught by a `try`.
        let unconditional = |at: RegionId, exit: Span| {
            exit.start >= self.span.end
                && (around.contains(&at) || at == self.it.region)
                && !self.jumps_between(Span::new(self.span.end, exit.start))
        };
        let throws = self.facts.jumps.iter().filter(|it| {
            let caught = || around.iter().any(|id| self.facts.region(*id).kind == RegionKind::Try);
            it.kind == JumpKind::Throw && self.it.span.contains(it.span) && !caught()
        });
        let thrown = throws.map(|it| (it.region, it.span));
        self.exits().any(|(at, exit)| exit.contains(self.span) || unconditional(at, exit))
            || thrown.into_iter().any(|(at, exit)| unconditional(at, exit))
    }

    /// Whether something between two places may go on with the next round.
    fn jumps_between(&self, between: Span) -> bool {
        self.facts.jumps.iter().any(|it| it.kind == JumpKind::Continue && between.contains(it.span))
    }

    /// The call stands in the test of a `while`: the loop asks until the answer is another one.
    fn decides_whether_to_go_on(&self) -> bool {
        matches!(self.it.form, LoopForm::While | LoopForm::DoWhile)
            && self.it.test.is_some_and(|it| self.facts.expr(it).span.contains(self.span))
    }

    /// Each round of a loop without elements asks for what to do next, and ends where there is nothing: what else it asks
    /// is asked once per page or job. The call that asks for it is the first whose answer decides whether the loop goes on.
    fn takes_next(&self, call: CallId) -> Option<CallId> {
        if self.it.subject.is_some() {
            return None;
        }
        let inner = |(_, it): &(RegionId, &Region)| matches!(it.kind, RegionKind::Loop(_) | RegionKind::Function(_));
        let innermost = |region: RegionId| self.facts.regions_out(region).find(inner).map(|it| it.0);
        let around = innermost(self.facts.call(call).region);
        let is_own = |region: RegionId| [Some(self.it.region), around].contains(&innermost(region));
        let mut before = self.facts.calls().filter(|(_, it)| {
            it.awaited
                && it.span.end <= self.span.start
                && self.it.span.contains(it.span)
                && !self.it.head.contains(it.span)
                && is_own(it.region)
        });
        before.find(|(_, it)| self.decides(it)).map(|it| it.0)
    }

    /// Whether the loop goes on or ends by what a call gives.
    fn decides(&self, asked: &Call) -> bool {
        // What is asked with the answer is another call's to decide.
        let mut results = results_of(self.facts, self.it.span, asked.span, false);
        // What a callback learns that the call runs: `await db.$transaction(async (tx) => { const job = await … })`.
        let awaits = |it: ExprId| matches!(self.facts.expr(it).kind, ExprKind::Await(_));
        let learned = self.facts.bindings.iter().enumerate();
        let learned = learned.filter(|(_, it)| asked.span.contains(it.span) && it.init.is_some_and(awaits));
        results.extend(learned.map(|(at, _)| BindingId(at as u32)));
        let view = View { span: asked.span, results, ..*self };
        view.follows() || self.is_open() && view.exit_tests().any(|test| view.speaks_of_result(test))
    }

    /// Whether the head of the loop leaves open how often it runs: no test, or flags of an object alone.
    fn is_open(&self) -> bool {
        let Some(test) = self.it.test else { return true };
        let counts = |kind: &ExprKind| {
            matches!(kind, ExprKind::Local(_) | ExprKind::Call(_) | ExprKind::Binary(Operator::Compare, ..))
        };
        !self.facts.within(self.facts.expr(test).span).any(|(_, it)| counts(&it.kind))
    }

    /// A name from outside the loop, or of its head, gets something from the call's result and decides what is asked next.
    fn follows(&self) -> bool {
        let asked: Vec<BindingId> = self.facts.references(self.span).collect();
        let tested: Vec<BindingId> =
            self.it.test.map(|it| self.facts.references(self.facts.expr(it).span).collect()).unwrap_or_default();
        let from_result = |span: Span| span.contains(self.span) || self.speaks_of_result(span);
        let carried = self.facts.assignments.iter().any(|write| {
            let value = self.facts.expr(write.value).span;
            let target = self.facts.expr(write.target).span;
            // What is kept in the element itself decides nothing about the next one.
            let decides = |it: BindingId| {
                (asked.contains(&it) || tested.contains(&it)) && !self.is_inner(it) && !self.is_element(it)
            };
            self.it.span.contains(target)
                && (from_result(value) || self.hangs_on_result(write.region))
                && self.kept_in(write.target).is_some_and(decides)
        });
        carried || (self.it.subject.is_none() && (self.pages() || self.sets_flag()))
    }

    /// A flag of an object that the head tests is set when the result says so: `while (!this.done) { …; if (!rows.length) this.done = true }`.
    fn sets_flag(&self) -> bool {
        let Some(test) = self.it.test.filter(|_| self.is_open()) else { return false };
        let tested = self.facts.expr(test).span;
        let flag = |it: ExprId| match self.facts.expr(it).kind {
            ExprKind::Member { property, .. } => Some(property),
            _ => None,
        };
        self.facts.assignments.iter().any(|write| {
            let set = flag(write.target);
            let is_tested = || self.facts.within(tested).any(|(id, _)| flag(id) == set);
            set.is_some()
                && self.it.span.contains(self.facts.expr(write.target).span)
                && self.hangs_on_result(write.region)
                && is_tested()
        })
    }

    /// The name that keeps what is assigned: `rates` of `rates[currency] = …`; what picks the place in it keeps nothing.
    fn kept_in(&self, target: ExprId) -> Option<BindingId> {
        match self.facts.expr(target).kind {
            ExprKind::Local(binding) => Some(binding),
            ExprKind::Member { object, .. } | ExprKind::Index { object, .. } => self.kept_in(object),
            _ => None,
        }
    }

    /// A loop without elements whose end depends on the result: `for (let skip = 0; ; skip += 500)`, `while (true)`.
    fn pages(&self) -> bool {
        let endless = match self.it.test.map(|it| &self.facts.expr(it).kind) {
            None | Some(ExprKind::Bool(true) | ExprKind::Num(_)) => true,
            Some(_) => false,
        };
        endless && !self.sleeps() && self.exit_tests().any(|test| self.speaks_of_result(test))
    }

    /// Whether code refers to what the call gave.
    fn speaks_of_result(&self, span: Span) -> bool {
        self.facts.references(span).any(|it| self.results.contains(&it))
    }

    /// Whether a region runs depending on what the call gave: `if (!job) more = false`.
    fn hangs_on_result(&self, region: RegionId) -> bool {
        let mut up_to_loop = self.facts.regions_out(region).take_while(|(id, _)| *id != self.it.region);
        up_to_loop.any(|(_, it)| match it.kind {
            RegionKind::Then { test } | RegionKind::Else { test } => self.speaks_of_result(self.facts.expr(test).span),
            _ => false,
        })
    }

    /// Whether a subject gives nothing but the time: `for await (const _ of setInterval(1000))`.
    fn is_timer(&self, subject: ExprId) -> bool {
        match self.facts.expr(subject).kind {
            ExprKind::Call(call) => callee_name(self.facts, call).is_some_and(|(name, _)| name == "setInterval"),
            _ => false,
        }
    }

    /// Whether the loop waits between its rounds.
    fn sleeps(&self) -> bool {
        let inside = self.facts.calls().filter(|(_, it)| self.it.span.contains(it.span));
        inside.into_iter().any(|(id, _)| {
            callee_name(self.facts, id).is_some_and(|(name, _)| {
                let name = name.to_ascii_lowercase();
                ["sleep", "delay", "settimeout", "wait", "backoff"].iter().any(|it| name.contains(it))
            })
        })
    }

    /// The loop ends as soon as the result is what was looked for.
    fn stops_at_hit(&self) -> bool {
        let told = |test: Span| test.contains(self.span) || self.speaks_of_result(test);
        self.exits().any(|(region, exit)| self.tests_around(region).any(|it| told(it.1)) && !self.refuses(region, exit))
    }

    /// `if (!allowed) return deny();`, `if (wrong) { res.status(400).end(); return; }`: what is checked for each element is mostly
    /// in order, and the loop runs to its end.
    fn refuses(&self, region: RegionId, exit: Span) -> bool {
        if self.answers_failure(region, exit) {
            return true;
        }
        let element = self.it.element.map(|it| self.facts.expr(it).span);
        let mut given = self.facts.references(exit);
        let is_break = self.facts.jumps.iter().any(|it| it.span == exit && it.kind == JumpKind::Break);
        let gives_element = element.is_none_or(|it| given.any(|id| it.contains(self.facts.binding(id).span)));
        let negated = |it: Span| {
            let test = self.facts.exprs.iter().find(|expr| expr.span == it);
            matches!(test.map(|it| &it.kind), Some(ExprKind::Unary(Operator::Not, _)))
        };
        !is_break && !gives_element && self.tests_around(region).next().is_some_and(|it| it.0 && negated(it.1))
    }

    /// Whether a failure is answered right where the loop is left: `res.status(400)`.
    fn answers_failure(&self, region: RegionId, exit: Span) -> bool {
        let here = self.facts.region(region).span;
        self.facts.calls().filter(|(_, it)| here.contains(it.span) && it.span.start <= exit.end).any(|(id, it)| {
            let is_failure = |it: &ExprId| matches!(self.facts.expr(*it).kind, ExprKind::Num(code) if (400.0..600.0).contains(&code));
            let is_status = callee_name(self.facts, id).is_some_and(|(name, _)| matches!(name, "status" | "sendStatus" | "code"));
            is_status && it.args.first().is_some_and(is_failure)
        })
    }

    /// The conditions under which the loop is left.
    fn exit_tests(&self) -> impl Iterator<Item = Span> {
        self.exits().flat_map(move |(region, _)| self.tests_around(region).map(|it| it.1))
    }

    /// The tests within the loop on which a region hangs, innermost first, each with whether it has to hold.
    fn tests_around(&self, region: RegionId) -> impl Iterator<Item = (bool, Span)> {
        let up_to_loop = self.facts.regions_out(region).take_while(|(id, _)| *id != self.it.region);
        up_to_loop.filter_map(|(_, it)| match it.kind {
            RegionKind::Then { test } => Some((true, self.facts.expr(test).span)),
            RegionKind::Else { test } => Some((false, self.facts.expr(test).span)),
            _ => None,
        })
    }

    /// Whether a name is what a round is about, or a part of it.
    fn is_element(&self, binding: BindingId) -> bool {
        let element = self.it.element.filter(|_| self.it.subject.is_some());
        element.is_some_and(|it| self.facts.expr(it).span.contains(self.facts.binding(binding).span))
    }

    /// Whether a name is declared within a round.
    fn is_inner(&self, binding: BindingId) -> bool {
        let binding = self.facts.binding(binding);
        self.it.span.contains(binding.span) && !self.it.head.contains(binding.span)
    }
}
