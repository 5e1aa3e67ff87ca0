//! A list that is read without any limit, judged by what else bounds it and by whom it serves.

use std::collections::BTreeMap;

use super::{Judge, Rule};
use crate::finding::Verdict;
use crate::project::{Exposure, Extent, LeftOut, ListRead, Project};
use crate::skim::Trigger;

/// The rule.
pub(super) const RULE: Rule = Rule {
    page: include_str!("../../rules/unbounded-query.md"),
    judge: Judge::Whole(judge),
    triggers: &[],
    store_triggers: &[
        Trigger { anchor: ".findMany", then: Some(r"^\s*[(<]") },
        Trigger { anchor: ".findAll", then: Some(r"^\w*\s*[(<]") },
        Trigger { anchor: ".findBy", then: Some(r"^\s*[(<]") },
        Trigger { anchor: ".findAndCount", then: Some(r"^\w*\s*[(<]") },
        Trigger {
            anchor: ".find",
            then: Some(r"^\s*(?:<[^>]*>)?\(\s*(?:\)|\{|[A-Z]\w*\s*[,)]|\w*(?:[fF]ilter|[wW]here|[qQ]uery|[oO]ptions))"),
        },
        Trigger { anchor: ".getMany", then: None },
        Trigger { anchor: ".getRawMany", then: None },
        Trigger { anchor: ".selectFrom", then: Some(r"^\s*\(") },
        Trigger { anchor: ".select", then: Some(r"^(?:Distinct\w*)?\s*\(") },
        Trigger { anchor: ".getDocs", then: None },
        Trigger { anchor: ".toArray", then: Some(r"^\s*\(") },
        Trigger { anchor: "SELECT", then: Some(r"^\s[^;]{1,1500}?\sFROM\s") },
        Trigger { anchor: "select", then: Some(r"^\s[^;]{1,1500}?\sfrom\s") },
    ],
    store_reach: 2,
};

fn judge(project: &Project) -> Vec<Verdict> {
    let reads = project.list_reads();
    let paged = reads.iter().filter(|it| it.extent == Extent::Limited);
    let paged: BTreeMap<&str, &ListRead> = paged.filter_map(|it| Some((it.query.table.as_deref()?, it))).collect();
    let judged = reads.iter().map(|read| {
        let verdict = judge_read(project, read);
        match read.query.table.as_deref().and_then(|it| paged.get(it)) {
            Some(other) => verdict.because(project.place_of_query(&other.query), "elsewhere it is read in pages"),
            None => verdict,
        }
    });
    judged.collect()
}

fn judge_read(project: &Project, read: &ListRead) -> Verdict {
    let place = project.place_of_query(&read.query);
    let told = project.called(read.query.file, read.query.call);
    let fix = project.paging_advice(&read.query);
    match (&read.extent, project.is_one_off(read)) {
        (Extent::Limited, _) => Verdict::cleared(place, "a limit is stated"),
        (Extent::Bounded(why), _) => Verdict::cleared(place, why.clone()),
        (_, Some(why)) => Verdict::cleared(place, why),
        (Extent::Scoped { column, in_list }, None) => {
            let whose = if *in_list { "for each `" } else { "for one `" };
            let rows = rows(project, read);
            Verdict::found("scoped", place)
                .says(format!("`{told}` reads all {rows}{whose}{column}`, however many there come to be"))
                .fix(fix)
        }
        (Extent::Open { filtered, .. }, None) => match project.runs_at_start(read.query.file, read.query.call) {
            Some(once) => Verdict::found("at-start", place)
                .says(format!(
                    "`{told}` reads all {}when the process starts, which takes longer the more there are",
                    rows(project, read)
                ))
                .because(once.place, once.note)
                .fix(fix),
            None => open(project, read, *filtered).fix(fix),
        },
        (Extent::Unclear(why), None) => {
            Verdict::lead("other", place).says(format!("`{told}` may read everything: {why}")).fix(fix)
        }
    }
}

fn open(project: &Project, read: &ListRead, filtered: bool) -> Verdict {
    let place = project.place_of_query(&read.query);
    let told = project.called(read.query.file, read.query.call);
    let which = if filtered { "that match" } else { "that there are" };
    let (exposure, left_out) = project.exposure_of(read);
    let kept = project.is_kept(read);
    let is_asked = |it: &Exposure| it.is_request() && !it.is_for_staff(project);
    let kind = if !kept && exposure.as_ref().is_some_and(is_asked) { "on-route" } else { "other" };
    let cap = read.query.library.row_cap.as_ref().and_then(|it| Some((it.rows?, &it.text)));
    let short = project.may_be_short(read);
    let cost = match (cap, short, kept) {
        (_, Some(why), _) => format!(", and {why}"),
        (Some((_, text)), ..) => format!(" and does not get them: {text}"),
        (None, _, true) => ", whenever the cache has none".to_owned(),
        _ if kind == "on-route" => " for a request: answer, memory and database grow with the table".to_owned(),
        _ => " at once: it takes longer and more memory the more there come to be".to_owned(),
    };
    let is_proven = read.query.effect.evidence.is_verified() && short.is_none();
    let verdict = if is_proven { Verdict::found(kind, place) } else { Verdict::lead(kind, place) };
    let path = exposure.map_or_else(Vec::new, |it| it.path);
    let verdict = verdict.says(format!("`{told}` reads all {}{which}{cost}", rows(project, read))).through(path);
    match left_out {
        Some(LeftOut { place, name: Some(name), .. }) => {
            verdict.because(*place, format!("called here without `{name}`, which would bound it"))
        }
        Some(LeftOut { place, name: None, .. }) => verdict.because(*place, "what is given here bounds nothing"),
        None => verdict,
    }
}

/// What is read, with a blank behind it.
fn rows(project: &Project, read: &ListRead) -> String {
    project.table_words(&read.query).map_or("rows ".to_owned(), |it| format!("rows of `{it}` "))
}
