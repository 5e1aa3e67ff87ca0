//! `atlas-audit.toml` in, options out.
