//! atlas-audit.

pub mod catalog;
pub mod cli;
pub mod config;
pub mod discover;
pub mod extract;
pub mod facts;
pub mod failure;
pub mod finding;
pub mod gate;
pub mod grade;
pub mod page;
pub mod parse;
pub mod progress;
pub mod project;
pub mod report;
pub mod rules;
pub mod settle;
pub mod skim;
pub mod source;
pub mod tree;
