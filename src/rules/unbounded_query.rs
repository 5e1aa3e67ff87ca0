//! A list that is read without any limit, judged by what else bounds it and by whom it serves.

use super::Rule;
use crate::finding::{Evidence, Verdict};
use crate::project::{Extent, ListRead, Project};
use crate::skim::Trigger;

/// The rule.
pub(super) const RULE: Rule = Rule {
    page: include_str!("../../rules/unbounded-query.md"),
    judge,
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
        Trigger { anchor: "SELECT", then: Some(r"^\s(?s:.{1,2000}?)\sFROM\s") },
        Trigger { anchor: "select", then: Some(r"^\s(?s:.{1,2000}?)\sfrom\s") },
    ],
    store_reach: 2,
};

fn judge(project: &Project) -> Vec<Verdict> {
    project.list_reads().into_iter().map(|read| judge_read(project, &read)).collect()
}

fn judge_read(project: &Project, read: &ListRead) -> Verdict {
    let place = project.place_of_query(&read.query);
    let told = project.called(read.query.file, read.query.call);
    let fix = project.paging_advice(&read.query);
    match &read.extent {
        Extent::Bounded(why) => Verdict::cleared(place, why.clone()),
        Extent::Unclear(why) => {
            Verdict::lead("other", place).says(format!("`{told}` may read everything: {why}")).fix(fix)
        }
        _ if project.is_one_off(read) => Verdict::cleared(place, "in code that is run once, by hand"),
        Extent::Scoped { column, in_list } => {
            let whose = if *in_list { format!("for each `{column}` in a list") } else { format!("for one `{column}`") };
            Verdict::found("scoped", place)
                .says(format!("`{told}` reads all {}{whose}, however many there come to be", rows(project, read)))
                .fix(fix)
        }
        Extent::Open { filtered } => open(project, read, *filtered).fix(fix),
    }
}

fn open(project: &Project, read: &ListRead, filtered: bool) -> Verdict {
    let place = project.place_of_query(&read.query);
    let told = project.called(read.query.file, read.query.call);
    let which = if filtered { "that match" } else { "that there are" };
    let what = format!("`{told}` reads all {}{which}", rows(project, read));
    let exposure = project.exposure(&read.query);
    let (kind, when): (_, Vec<Evidence>) = match exposure {
        Some(it) if it.is_request() => ("on-route", it.path),
        Some(it) => ("other", it.path),
        None => ("other", Vec::new()),
    };
    let cap = read.query.library.row_cap.as_ref().and_then(|it| Some((it.rows?, &it.text)));
    let cost = match (kind, cap) {
        (_, Some((_, text))) => format!("and does not get them: {text}"),
        ("on-route", None) => "for a request: answer, memory and database grow with the table".to_owned(),
        _ => "at once: it takes longer and more memory the more there come to be".to_owned(),
    };
    let is_proven = read.query.effect.evidence.is_verified() && !project.may_be_small(read);
    let verdict = if is_proven { Verdict::found(kind, place) } else { Verdict::lead(kind, place) };
    verdict.says(format!("{what} {cost}")).through(when)
}

/// What is read, with a blank behind it.
fn rows(project: &Project, read: &ListRead) -> String {
    project.table_words(&read.query).map_or("rows ".to_owned(), |it| format!("rows of `{it}` "))
}
