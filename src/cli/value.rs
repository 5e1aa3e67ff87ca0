//! The values of flags: how each is written, and what it is not.

use std::path::{Path, PathBuf};

use clap::ValueEnum;

use super::{Output, Spot};
use crate::config::{FailOn, Format};
use crate::finding::Severity;

impl ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [FailOn; 5] = [
            FailOn(Some(Severity::P0)),
            FailOn(Some(Severity::P1)),
            FailOn(Some(Severity::P2)),
            FailOn(Some(Severity::P3)),
            FailOn(None),
        ];
        &ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.0.map_or("never", Severity::name)))
    }
}

impl ValueEnum for Format {
    fn value_variants<'a>() -> &'a [Self] {
        &Format::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        Some(clap::builder::PossibleValue::new(self.name()))
    }
}

/// `FORMAT=FILE`, or a file whose ending says the format.
pub(super) fn output(text: &str) -> Result<Output, String> {
    let (format, path) = match text.split_once('=') {
        Some((format, path)) => (Format::parse(format)?, PathBuf::from(path)),
        None => (Format::of_file(Path::new(text))?, PathBuf::from(text)),
    };
    if path.as_os_str().is_empty() { Err("the file name is missing".to_owned()) } else { Ok(Output { format, path }) }
}

/// `PATH:LINE` or, as the reports print it, `PATH:LINE:COLUMN`.
pub(super) fn spot(text: &str) -> Result<Spot, String> {
    let number = |text: &str| text.parse::<u32>().ok().filter(|it| *it > 0);
    let usage = || "write PATH:LINE, such as server/sync.ts:12".to_owned();
    let (rest, last) = text.rsplit_once(':').ok_or_else(usage)?;
    let last = number(last).ok_or_else(usage)?;
    let (path, line) = match rest.rsplit_once(':').and_then(|(path, line)| Some((path, number(line)?))) {
        Some((path, line)) => (path, line),
        None => (rest, last),
    };
    if path.is_empty() { Err(usage()) } else { Ok(Spot { path: PathBuf::from(path), line }) }
}
