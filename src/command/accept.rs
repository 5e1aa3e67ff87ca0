//! `atlas-audit baseline`: accepts what is found now, and says which entries stand for nothing any more.

use super::{gate, say, watched, write};
use crate::baseline::{Baseline, FILE};
use crate::cli::{Accept, Print};
use crate::config::Options;
use crate::failure::Failure;
use crate::gate::Exit;
use crate::report::safe::safe;
use crate::report::{Report, counted};

use super::Pipeline;

/// How many stale entries are named.
const NAMED: usize = 3;

/// Audits a folder and writes its baseline. An incomplete audit writes nothing: it cannot tell what is gone from what it did not see.
pub(super) fn accept(flags: &Accept, print: Print, pipeline: Pipeline) -> Result<Exit, Failure> {
    let options = Options::resolve(flags.asked())?;
    if !options.selected.is_empty() {
        let help = "name the folder whose findings it is to hold; it is written there".to_owned();
        return Err(Failure::NoFolder { path: flags.root.clone(), help });
    }
    let path = options.root.join(FILE);
    let old = existing(&path)?;
    // A file that cannot be understood is written again as a whole, unless only some of it is to go.
    let old = if flags.prune {
        Some(Baseline::parse(&old.unwrap_or_default())?)
    } else {
        old.and_then(|it| Baseline::parse(&it).ok())
    };
    let report = watched(&Options { baseline: old.is_some(), ..options.clone() }, print, pipeline)?;
    if !report.complete {
        write::stderr(gate(&options).judge(&report).reasons.iter().map(|it| format!("atlas-audit: {}", safe(it))));
        write::stderr(std::iter::once(format!("atlas-audit: {FILE} is left as it was")));
        return Ok(Exit::Incomplete);
    }
    let stale = report.baseline.as_ref().map_or(&[][..], |it| &it.stale);
    let old = old.unwrap_or_default();
    let new = match flags.prune {
        true => Baseline::new(without(&old, stale)),
        false => Baseline::of(report.findings.iter()),
    };
    write::file(&path, |out| out.write_all(new.render().as_bytes()))?;
    let added = (new.entries.len() + stale.len()).saturating_sub(old.entries.len());
    let name = path.strip_prefix(".").unwrap_or(&path).display().to_string();
    let entries = if new.entries.len() == 1 { "1 entry".to_owned() } else { format!("{} entries", new.entries.len()) };
    say(&format!("wrote {}: {entries}, {added} new, {} dropped\n", safe(&name), stale.len()))
}

fn existing(path: &std::path::Path) -> Result<Option<String>, Failure> {
    match std::fs::read(path) {
        Ok(bytes) => Ok(Some(String::from_utf8_lossy(&bytes).into_owned())),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(source) => Err(Failure::Access { action: "read", path: path.to_owned(), source }),
    }
}

/// The entries without those that are stale; equal ones go one by one.
fn without(baseline: &Baseline, stale: &[crate::baseline::Entry]) -> Vec<crate::baseline::Entry> {
    let mut gone = stale.to_vec();
    let mut kept = Vec::new();
    for entry in &baseline.entries {
        match gone.iter().position(|it| it == entry) {
            Some(at) => drop(gone.swap_remove(at)),
            None => kept.push(entry.clone()),
        }
    }
    kept
}

/// What to say about entries that stand for nothing any more.
pub(super) fn stale(report: &Report) -> Option<String> {
    let stale = &report.baseline.as_ref().filter(|it| !it.stale.is_empty())?.stale;
    let named: Vec<_> =
        stale.iter().take(NAMED).map(|it| format!("{} in {}", safe(&it.rule), safe(&it.path))).collect();
    let more = if stale.len() > NAMED { ", …" } else { "" };
    let count = counted(stale.len(), "finding");
    let verb = if stale.len() == 1 { "is" } else { "are" };
    let names = named.join(", ");
    Some(format!("atlas-audit: {count} of {FILE} {verb} gone ({names}{more}): atlas-audit baseline --prune drops them"))
}
