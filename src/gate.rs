//! Report in, exit code out.
