//! `rules/catalog/*.toml` as typed tables.
