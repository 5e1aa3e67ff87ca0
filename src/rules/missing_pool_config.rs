//! A pool of database connections that nobody sized, on a driver that waits for ever once it is empty.
//!
//! Silent on clients without a pool of their own, on object mappers' defaults, and on what the code does not show.

use super::{Judge, Rule};
use crate::catalog::{AcquireTimeout, Creates, Library, LibraryKind, Role, Transport};
use crate::finding::{Evidence, Verdict};
use crate::project::{Construction, Options, Pooling, Project};

/// The rule. Files that construct clients are parsed anyway.
pub(super) const RULE: Rule = Rule {
    page: include_str!("../../rules/missing-pool-config.md"),
    judge: Judge::Whole(judge),
    triggers: &[],
    store_triggers: &[],
    store_reach: 1,
};

/// Every pool of a database that serves, with the library that pools.
type Pools = [(Construction, &'static Library)];

fn judge(project: &Project) -> Vec<Verdict> {
    let made = project.constructions();
    let audited = made.into_iter().filter(|it| {
        project.file(it.file).is_audited
            && it.library.kind.is_store()
            && it.library.kind != LibraryKind::Kv
            && it.library.kind != LibraryKind::Search
    });
    let audited: Vec<Construction> = audited.collect();
    let pools = audited.iter().filter(|it| it.constructor.creates == Creates::Pool || driver(project, it).is_some());
    let pools = pools.filter(|it| !project.options(it).has_client && project.runtime(it.file).serves());
    let pools: Vec<_> = pools.map(|it| (*it, driver(project, it).unwrap_or(it.library))).collect();
    audited.iter().filter_map(|it| client(project, it, &pools)).collect()
}

/// The driver whose pool a construction opens, where that is another library.
fn driver(project: &Project, made: &Construction) -> Option<&'static Library> {
    let id = made.constructor.driver.as_deref()?;
    project.catalog.libraries().iter().find(|it| it.id == id)
}

fn client(project: &Project, made: &Construction, pools: &Pools) -> Option<Verdict> {
    let place = project.anchor_of(made.file, made.call);
    let driver = driver(project, made);
    if made.constructor.creates == Creates::HttpClient {
        return Some(Verdict::cleared(place, "speaks HTTP and holds no database connection"));
    }
    if made.constructor.creates != Creates::Pool && driver.is_none()
        || driver.is_some_and(|it| it.transport == Transport::InProcess)
    {
        return None;
    }
    let options = project.options(made);
    if options.has_client {
        return Some(Verdict::cleared(place, "uses a pool that is made elsewhere"));
    }
    let library = driver.unwrap_or(made.library);
    if library.kind == LibraryKind::HttpDb {
        return Some(Verdict::cleared(place, "a pool for one request at a time"));
    }
    match library.acquire_timeout {
        AcquireTimeout::Finite | AcquireTimeout::Inherited => Some(Verdict::cleared(place, patience(library))),
        AcquireTimeout::NotPooled => None,
        AcquireTimeout::Off | AcquireTimeout::None if matches!(library.kind, LibraryKind::Orm) => {
            Some(Verdict::cleared(place, "an object mapper's defaults"))
        }
        AcquireTimeout::Off | AcquireTimeout::None => Some(pool(project, made, library, &options, pools)),
    }
}

fn pool(project: &Project, made: &Construction, library: &Library, options: &Options, pools: &Pools) -> Verdict {
    let place = project.anchor_of(made.file, made.call);
    let pooling = Pooling::of(library, options);
    let runtime = project.runtime(made.file);
    if let Some(verdict) = too_many(project, made, pools) {
        return verdict;
    }
    let bounded = pooling.wait.clone().or_else(|| pooling.size.clone().filter(|_| !pooling.can_bound_wait));
    match bounded {
        Some(option) if option.in_url => {
            return Verdict::cleared(place, format!("`{}` is set in the URL", option.name));
        }
        Some(option) => return Verdict::cleared(place, format!("`{}` is set", option.name)),
        None if options.hidden => return Verdict::cleared(place, "its options are not visible in the code"),
        None if runtime.serverless && pooling.most.is_some_and(|it| it <= 2.0) => {
            return Verdict::cleared(place, "one or two connections per instance, on a serverless platform");
        }
        None => {}
    }
    let kind = if pooling.size.is_some() { "no-timeouts" } else { "unsized" };
    let shown = runtime.serves() && library.evidence.is_verified() && !(options.hidden_url && pooling.reads_url);
    let lost = if shown { project.lost_checkouts(project.place_of_construction(made)) } else { Vec::new() };
    if !lost.is_empty() {
        return Verdict::found("exhaustible", place)
            .says(format!("A connection taken from this pool is lost when the code behind it throws before `release`, and {} waits for ever: {} such errors and every request hangs", library.name, pooling.default_size))
            .fix(format!("Give the connection back in `finally`. {}", pooling.cure))
            .through(lost.iter().map(|it| Evidence { place: *it, note: "taken out here, and given back only if nothing throws".to_owned() }));
    }
    let verdict = if shown { Verdict::found(kind, place) } else { Verdict::lead(kind, place) };
    let what = match pooling.size {
        Some(size) => format!("`{}` bounds this pool, but {} waits for ever{}", size.name, library.name, pooling.unset),
        None => format!(
            "Nobody sized this pool, and {} waits for ever once all {} connections are taken{}",
            library.name, pooling.default_size, pooling.unset
        ),
    };
    let hint = if options.hidden_url && pooling.reads_url {
        " (unless the URL says so, which the code does not show)"
    } else {
        ""
    };
    let mistaken = library.invalid_options.iter().find(|it| options.set.contains_key(&it.name));
    let mistaken = mistaken.map_or(String::new(), |it| format!(" `{}` does nothing: {}.", it.name, it.note));
    verdict
        .says(format!("{what}{hint}; one slow query or lost connection, and requests pile up behind it"))
        .fix(format!("{}{mistaken}", pooling.cure))
}

/// More connections than the database accepts, by what the platform's files declare: those of all pools of one database in one
/// process, told at the largest of them.
fn too_many(project: &Project, made: &Construction, pools: &Pools) -> Option<Verdict> {
    let (replicas, accepted, by) = project.deployment.declared.as_ref()?;
    let beside = project.pools_beside(made, pools);
    let most: f64 = beside.iter().map(|it| it.1).sum();
    let largest = beside
        .iter()
        .max_by(|a, b| a.1.total_cmp(&b.1).then_with(|| (b.0.file, b.0.call).cmp(&(a.0.file, a.0.call))))?;
    let sum = most * f64::from(*replicas);
    let is_told_here = (largest.0.file, largest.0.call) == (made.file, made.call);
    if sum <= f64::from(*accepted) || !is_told_here || !project.runtime(made.file).serves() {
        return None;
    }
    let others = beside.iter().filter(|it| (it.0.file, it.0.call) != (made.file, made.call));
    let evidence = others.map(|(it, most)| Evidence {
        place: project.anchor_of(it.file, it.call),
        note: format!("the same database, {most} more in each process"),
    });
    Some(
        Verdict::found("exhaustible", project.anchor_of(made.file, made.call))
            .says(format!("{replicas} processes of {most} connections are {sum}, and the database accepts {accepted}, both by {by}: under load it refuses the rest"))
            .fix("Divide the database's connections, less a few for others, by the number of processes; or put a pooler in front.")
            .through(evidence),
    )
}

/// How long a caller waits at most when nothing is configured.
fn patience(library: &Library) -> String {
    let options =
        library.options_for(Role::AcquireTimeout).filter_map(|it| Some((it.default.as_ref()?.number()?, it.unit)));
    let params = library.url_params.iter().filter(|it| it.roles.contains(&Role::AcquireTimeout));
    let params = params.filter_map(|it| Some((it.default.as_ref()?.number()?, it.unit?)));
    let seconds = params
        .chain(options)
        .map(|(value, unit)| if unit == crate::catalog::Unit::Ms { value / 1000.0 } else { value });
    match seconds.into_iter().find(|it| *it > 0.0) {
        Some(seconds) => format!("a caller waits at most {seconds} s by default, then fails visibly"),
        None => "its pool is the library's, with the library's defaults".to_owned(),
    }
}
