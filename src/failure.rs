//! What stops a run.
