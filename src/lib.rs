//! atlas-audit.

pub mod catalog;
pub mod cli;
pub mod config;
pub mod date;
pub mod discover;
pub mod extract;
pub mod facts;
pub mod failure;
pub mod finding;
mod fingerprint;
pub mod gate;
pub mod grade;
mod inline;
pub mod page;
pub mod parse;
pub mod project;
pub mod report;
pub mod rules;
pub mod settle;
pub mod skim;
pub mod source;
pub mod tree;
