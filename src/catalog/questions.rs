//! Questions about libraries, frameworks and protections, put to the shipped catalog.

use super::chains::{import, steps};
use super::*;

#[test]
fn the_shipped_catalog_adds_up() {
    if let Err(error) = Catalog::with(Vec::new()) {
        panic!("{}", error.problems.join("\n"));
    }
}

#[test]
fn supabase_holds_no_pool_and_leaks_a_timer() {
    let chain = import("https://esm.sh/@supabase/supabase-js@2", "createClient", "()");
    let (_, made) = chain.created.expect("a constructor");
    assert_eq!((made.creates, made.per_request), (Creates::HttpClient, PerRequest::TimerLeak));
    assert_eq!(made.leak_unless.as_ref().map(|it| it.option.as_str()), Some("auth.autoRefreshToken"));
    let library = Catalog::shipped().library_of("@supabase/supabase-js").expect("known");
    assert_eq!(library.row_cap.as_ref().and_then(|it| it.rows), Some(1000));
    assert!(library.invalid_option("pool").is_some());
    assert_eq!(library.options_for(Role::Transport).count(), 1);
    let server = library.server.as_ref().expect("known limits");
    assert_eq!(server.mode("aws-0-eu.pooler.supabase.com", 6543), Some(PortMode::Transaction));
    assert_eq!(server.mode("example.com", 6543), None);
}

#[test]
fn pools_without_an_acquire_timeout_are_told_apart() {
    let of = |specifier| Catalog::shipped().library_of(specifier).expect("known").acquire_timeout;
    assert_eq!(["mysql2", "mysql2/promise", "postgres"].map(of), [AcquireTimeout::None; 3]);
    assert_eq!(["pg", "mongodb"].map(of), [AcquireTimeout::Off; 2]);
    assert_eq!(["knex", "mariadb"].map(of), [AcquireTimeout::Finite; 2]);
    let pg = Catalog::shipped().library_of("pg").expect("known");
    let acquire: Vec<_> = pg.options_for(Role::AcquireTimeout).collect();
    assert_eq!(acquire[0].name, "connectionTimeoutMillis");
    assert!(acquire[0].waits_forever);
    assert!(!pg.url_param("max").expect("known").honored);
}

#[test]
fn a_user_adds_a_wrapper_of_their_own() {
    let text = r#"
        id = "acme-db"
        name = "our database module"
        kind = "driver"
        transport = "tcp"
        evidence = "doc"
        imports = ["@acme/db"]
        docs = ""
        exports = [{ path = "db", gives = "pg.Pool" }]
    "#;
    let library: Library = toml::from_str(text).expect("a library");
    let catalog = Catalog::with(vec![library.clone()]).expect("adds up");
    let chain = Walk::from_import(&catalog, "@acme/db", "db").expect("known").along(steps("query ()"));
    assert_eq!(chain.effect.map(|it| it.kind), Some(EffectKind::Raw));
    let twice = Catalog::with(vec![library.clone(), library.clone()]).expect_err("the id is taken");
    assert!(twice.problems.iter().any(|it| it.contains("acme-db")));
    let mut lost = library;
    lost.exports[0].gives = "Nowhere".into();
    assert!(Catalog::with(vec![lost]).is_err());
}

#[test]
fn frameworks_say_when_a_function_runs() {
    let catalog = Catalog::shipped();
    let ids = |specifier| catalog.frameworks_of(specifier).map(|it| it.id.as_str()).collect::<Vec<_>>();
    assert_eq!(ids("express"), ["express"]);
    assert_eq!(ids("next"), ["next-app", "next-pages"]);
    assert_eq!(ids("https://deno.land/std@0.177.0/http/server.ts"), ["deno-serve"]);
    let nest = catalog.frameworks_of("@nestjs/graphql").next().expect("known");
    let field = nest.decorators.iter().find(|it| it.runs == Runs::Field).expect("resolvers of fields");
    assert!(field.names.iter().any(|it| it == "ResolveField"));
    assert!(catalog.frameworks().iter().any(|it| it.client_per_request), "workers make clients per request");
}

#[test]
fn protections_are_known_by_kind_and_by_where_they_keep_state() {
    let catalog = Catalog::shipped();
    let one = |specifier| catalog.protections_of(specifier).next().expect("known");
    assert_eq!(one("express-rate-limit").store, Some(Store::Process));
    assert_eq!(one("p-limit").kinds, [ProtectionKind::ConcurrencyLimiter]);
    assert_eq!(one("@sentry/nextjs").kinds, [ProtectionKind::ErrorTracker]);
    assert!(one("node-cache").unbounded);
    assert_eq!(catalog.protection_of_global("console").map(|it| it.kinds[0]), Some(ProtectionKind::Logger));
}

#[test]
fn every_shipped_library_says_where_its_facts_come_from() {
    for library in Catalog::shipped().libraries() {
        let id = &library.id;
        assert!(library.docs.starts_with("https://"), "{id}: no documentation");
        assert!(!library.imports.is_empty() || !library.globals.is_empty(), "{id}: nothing leads to it");
        let read = !library.versions.is_empty();
        let from_documents = library.evidence >= Evidence::Doc;
        assert!(read || from_documents, "{id}: {:?} of which version?", library.evidence);
        for made in &library.constructors {
            let leaks = made.per_request == PerRequest::TimerLeak;
            assert_eq!(leaks, made.leak_unless.is_some(), "{id}: {:?}", made.paths);
            let opens = matches!(made.creates, Creates::Pool) && library.kind.is_store();
            let placed = made.config_arg.is_some() || made.config_is_last || made.url_arg.is_some();
            assert!(!opens || placed, "{id}: {:?} has no configuration", made.paths);
        }
    }
}

#[test]
fn a_typing_error_in_a_key_is_refused() {
    let error = toml::from_str::<Library>("id = \"x\"\nnmae = \"x\"").expect_err("no such key");
    assert!(error.message().contains("nmae"), "{error}");
}

#[test]
fn types_without_an_import_are_collections() {
    let catalog = Catalog::shipped();
    let map = catalog.global_type("Map").expect("known");
    assert_eq!(&*catalog.receiver(map).name, "language.Map");
    assert_eq!(catalog.global_type("Pool"), None, "three libraries have one, the language has none");
}

#[test]
fn an_option_belongs_to_the_constructors_that_read_it() {
    let redis = Catalog::shipped().library_of("redis").expect("known");
    let pool = redis.constructor("redis", "createClientPool", Form::Call).expect("known");
    let client = redis.constructor("redis", "createClient", Form::Call).expect("known");
    let maximum = redis.option("maximum").expect("known");
    assert!(maximum.is_read_by(pool) && !maximum.is_read_by(client));
}
