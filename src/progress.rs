//! How far an audit has come, for whoever wants to watch.
//!
//! The pipeline reports to [`Progress`] and knows nothing else; [`Bar`] draws it on standard error and never on a pipe.

use std::sync::OnceLock;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// Told by the pipeline, from any thread, what it is doing.
pub trait Progress: Sync {
    /// A stage begins: its name and how many steps it has, 0 where that is unknown.
    fn begin(&self, stage: &'static str, steps: u64);
    /// So many steps more are done.
    fn advance(&self, steps: u64);
}

/// Nobody watches.
impl Progress for () {
    fn begin(&self, _stage: &'static str, _steps: u64) {}
    fn advance(&self, _steps: u64) {}
}

/// A bar on standard error that appears once a run has lasted a second, and leaves nothing behind.
#[derive(Debug)]
pub struct Bar {
    bar: ProgressBar,
    started: Instant,
    drawn: OnceLock<()>,
}

impl Bar {
    /// Runs shorter than this show no bar.
    const PATIENCE: Duration = Duration::from_secs(1);

    /// A bar that is not visible yet.
    #[must_use]
    pub fn new() -> Self {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{msg} [{bar:30}] {pos}/{len}") {
            bar.set_style(style.progress_chars("=> "));
        }
        Self { bar, started: Instant::now(), drawn: OnceLock::new() }
    }

    fn show_if_due(&self) {
        if self.started.elapsed() >= Self::PATIENCE {
            self.drawn.get_or_init(|| self.bar.set_draw_target(ProgressDrawTarget::stderr()));
        }
    }
}

impl Default for Bar {
    fn default() -> Self {
        Self::new()
    }
}

impl Progress for Bar {
    fn begin(&self, stage: &'static str, steps: u64) {
        self.bar.set_length(steps);
        self.bar.set_position(0);
        self.bar.set_message(stage);
        self.show_if_due();
    }

    fn advance(&self, steps: u64) {
        self.show_if_due();
        self.bar.inc(steps);
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
