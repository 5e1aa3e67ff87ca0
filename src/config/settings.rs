//! What a configuration file may say, key by key, with the place of each setting.

use std::ops::Range;

use super::FailOn;
use super::gates::{GateRule, SeverityRule};
use crate::catalog::Library;
use crate::failure::{Failure, nearest};

/// A setting and where it was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Set<T> {
    pub(super) value: T,
    /// File and line.
    pub(super) from: String,
}

/// What a configuration may say.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Settings {
    pub(super) extends: Option<Set<String>>,
    pub(super) fail_on: Option<Set<FailOn>>,
    pub(super) min_score: Option<Set<u32>>,
    pub(super) max_drop: Option<Set<u32>>,
    pub(super) include_tests: Option<Set<bool>>,
    pub(super) exclude: Vec<Set<String>>,
    pub(super) gates: Vec<GateRule>,
    pub(super) severities: Vec<SeverityRule>,
    pub(super) libraries: Vec<Library>,
}

const KEYS: [&str; 9] =
    ["extends", "fail_on", "min_score", "max_drop", "include_tests", "exclude", "gate", "severity", "library"];

impl Settings {
    /// These settings where they say something, and those of another file where they do not; lists say both, the other's first.
    pub(super) fn over(self, base: Self) -> Self {
        Self {
            extends: self.extends,
            fail_on: self.fail_on.or(base.fail_on),
            min_score: self.min_score.or(base.min_score),
            max_drop: self.max_drop.or(base.max_drop),
            include_tests: self.include_tests.or(base.include_tests),
            exclude: [base.exclude, self.exclude].concat(),
            gates: [base.gates, self.gates].concat(),
            severities: [base.severities, self.severities].concat(),
            libraries: [base.libraries, self.libraries].concat(),
        }
    }
}

/// A setting as written, whatever the file's language.
pub(super) struct Entry<'a> {
    pub(super) key: &'a str,
    pub(super) key_at: Option<Range<usize>>,
    pub(super) value: Value<'a>,
    pub(super) value_at: Option<Range<usize>>,
}

/// A value as written.
pub(super) enum Value<'a> {
    Bool(bool),
    Integer(i64),
    Text(String),
    Texts(Vec<String>),
    Tables(Vec<Vec<Entry<'a>>>),
    Other,
}

/// The file, for pointing into it.
pub(super) struct Source<'a> {
    pub(super) text: &'a str,
    pub(super) file: &'a str,
}

impl Source<'_> {
    pub(super) fn settings(&self, entries: Vec<Entry<'_>>) -> Result<Settings, Failure> {
        let mut settings = Settings::default();
        for entry in entries {
            self.set(&mut settings, entry)?;
        }
        Ok(settings)
    }

    fn set(&self, settings: &mut Settings, entry: Entry<'_>) -> Result<(), Failure> {
        let from = self.place(entry.key_at.as_ref());
        match entry.key {
            "extends" => settings.extends = Some(Set { value: self.text_in(entry)?, from }),
            "fail_on" => settings.fail_on = Some(Set { value: self.fail_on(entry)?, from }),
            "min_score" => settings.min_score = Some(Set { value: self.number(entry)?, from }),
            "max_drop" => settings.max_drop = Some(Set { value: self.number(entry)?, from }),
            "include_tests" => settings.include_tests = Some(Set { value: self.flag(entry)?, from }),
            "exclude" => {
                let globs = self.globs(entry)?;
                settings.exclude = globs.into_iter().map(|value| Set { value, from: from.clone() }).collect();
            }
            "gate" => settings.gates = self.tables(entry, Self::gate)?,
            "severity" => settings.severities = self.tables(entry, Self::severity)?,
            // Read as a whole, with errors of its own.
            "library" => {}
            _ => return Err(self.unknown(&entry, &KEYS, "")),
        }
        Ok(())
    }

    fn tables<T>(
        &self,
        entry: Entry<'_>,
        read: impl Fn(&Self, Vec<Entry<'_>>, Option<Range<usize>>) -> Result<T, Failure>,
    ) -> Result<Vec<T>, Failure> {
        match entry.value {
            Value::Tables(tables) => tables.into_iter().map(|it| read(self, it, entry.key_at.clone())).collect(),
            _ => Err(self.cannot(&entry, &format!("write it as a table: [[{}]]", entry.key))),
        }
    }

    pub(super) fn fail_on(&self, entry: Entry<'_>) -> Result<FailOn, Failure> {
        let read = if let Value::Text(text) = &entry.value { FailOn::parse(text) } else { None };
        read.ok_or_else(|| self.cannot(&entry, "write \"P0\", \"P1\", \"P2\", \"P3\" or \"never\""))
    }

    pub(super) fn number(&self, entry: Entry<'_>) -> Result<u32, Failure> {
        match entry.value {
            Value::Integer(number @ 0..=100) => Ok(number as u32),
            _ => Err(self.cannot(&entry, "write a whole number from 0 to 100")),
        }
    }

    fn flag(&self, entry: Entry<'_>) -> Result<bool, Failure> {
        if let Value::Bool(it) = entry.value { Ok(it) } else { Err(self.cannot(&entry, "write true or false")) }
    }

    pub(super) fn text_in(&self, entry: Entry<'_>) -> Result<String, Failure> {
        match &entry.value {
            Value::Text(text) => Ok(text.clone()),
            _ => Err(self.cannot(&entry, "write text in quotes")),
        }
    }

    pub(super) fn texts(&self, entry: Entry<'_>) -> Result<Vec<String>, Failure> {
        match &entry.value {
            Value::Texts(texts) => Ok(texts.clone()),
            _ => Err(self.cannot(&entry, "write a list of texts like [\"one\", \"other\"]")),
        }
    }

    pub(super) fn globs(&self, entry: Entry<'_>) -> Result<Vec<String>, Failure> {
        let Value::Texts(globs) = &entry.value else {
            return Err(self.cannot(&entry, "write a list of globs like [\"legacy/**\"]"));
        };
        for glob in globs {
            if let Err(error) = globset::Glob::new(glob) {
                return Err(self.wrong(&format!("{error}"), "write globs like \"legacy/**\"".into(), entry.value_at));
            }
        }
        Ok(globs.clone())
    }

    /// A key that is not known, with the one that was probably meant; `of` says of which table.
    pub(super) fn unknown(&self, entry: &Entry<'_>, keys: &[&'static str], of: &str) -> Failure {
        let help = match nearest(entry.key, keys.iter().copied()) {
            Some(near) => format!("did you mean `{near}`?"),
            None => format!("the keys are {}", keys.join(", ")),
        };
        self.wrong(&format!("there is no setting `{}`{of}", entry.key), help, entry.key_at.clone())
    }

    pub(super) fn cannot(&self, entry: &Entry<'_>, help: &str) -> Failure {
        self.wrong(&format!("`{}` cannot be that", entry.key), help.to_owned(), entry.value_at.clone())
    }

    pub(super) fn wrong(&self, problem: &str, help: String, at: Option<Range<usize>>) -> Failure {
        Failure::config(self.file, self.text, problem, help, at)
    }

    /// File and line.
    pub(super) fn place(&self, at: Option<&Range<usize>>) -> String {
        let line = at.map(|at| self.text[..at.start].matches('\n').count() + 1);
        line.map_or_else(|| self.file.to_owned(), |line| format!("{}:{line}", self.file))
    }
}
