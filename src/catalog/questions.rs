//! The questions that the linker and the rules ask, put to the shipped catalog.

use super::*;

/// `.name`, `()`, `new`, `` ` ``: a chain as text, separated by spaces.
fn steps(chain: &str) -> Vec<Step<'_>> {
    let step = |word| match word {
        "()" => Step::Call,
        "new" => Step::New,
        "``" => Step::Tag,
        name => Step::Get(name),
    };
    chain.split_whitespace().map(step).collect()
}

fn import(specifier: &str, imported: &str, chain: &str) -> Chain<'static> {
    let walk = Walk::from_import(Catalog::shipped(), specifier, imported).expect("a known import");
    walk.along(steps(chain))
}

fn value(receiver: &str, chain: &str) -> Chain<'static> {
    let catalog = Catalog::shipped();
    let id = catalog.receiver_named(receiver).expect("a known receiver");
    Walk::from_receiver(catalog, id).along(steps(chain))
}

fn name_of(receiver: Option<ReceiverId>) -> Option<&'static str> {
    receiver.map(|id| &*Catalog::shipped().receiver(id).name)
}

#[test]
fn the_shipped_catalog_adds_up() {
    if let Err(error) = Catalog::with(Vec::new()) {
        panic!("{}", error.problems.join("\n"));
    }
}

#[test]
fn a_pool_is_made_by_every_way_of_importing_it() {
    for (specifier, imported, chain) in [
        ("pg", "Pool", "new"),
        ("pg", "default", "Pool new"),
        ("pg", "*", "Pool new"),
        ("pg-pool", "default", "new"),
        ("pg-pool", "*", "new"),
        ("npm:pg@8", "Pool", "new"),
    ] {
        let chain = import(specifier, imported, chain);
        let (_, made) = chain.created.expect("a constructor");
        assert_eq!((made.creates, made.per_request), (Creates::Pool, PerRequest::PoolLeak), "{specifier} {imported}");
        assert_eq!(name_of(chain.receiver), Some("pg.Pool"));
    }
    assert!(import("pg", "Pool", "()").created.is_none(), "a class is not called");
}

#[test]
fn a_checked_out_client_must_be_released() {
    let chain = value("pg.Pool", "connect ()");
    assert_eq!(name_of(chain.receiver), Some("pg.PoolClient"));
    assert_eq!(chain.links[0].method.checkout.as_deref(), Some("release"));
    let query = value("pg.PoolClient", "query ()");
    assert_eq!(query.effect.map(|it| it.kind), Some(EffectKind::Raw));
    assert_eq!(query.limits, [(1, &LimitSite::Sql)]);
}

#[test]
fn prisma_is_known_by_its_class_name_from_any_module() {
    for specifier in ["@prisma/client", "./generated/prisma/client", "~/generated/prisma"] {
        let chain = import(specifier, "PrismaClient", "new");
        assert_eq!(name_of(chain.receiver), Some("prisma.Client"), "{specifier}");
    }
    let catalog = Catalog::shipped();
    assert_eq!(name_of(catalog.type_of("@prisma/client", "Prisma.TransactionClient")), Some("prisma.Client"));
    assert_eq!(name_of(catalog.type_of("./db", "PrismaClient")), Some("prisma.Client"));
    assert!(Walk::from_import(catalog, "./db", "prisma").is_none());
}

#[test]
fn a_prisma_transaction_hands_a_client_to_its_callback() {
    let chain = value("prisma.Client", "$transaction ()");
    let tx = chain.links[0].method.callback[0];
    assert_eq!(name_of(tx), Some("prisma.Client"));
    let chain = value("prisma.Client", "user findMany ()");
    let effect = chain.effect.expect("a query");
    assert_eq!((effect.kind, effect.rows, effect.exec), (EffectKind::Read, Rows::Many, Exec::Lazy));
    assert_eq!(chain.table, Some(TableAt::Member(0)));
    assert_eq!(chain.anchor, Some(2));
    assert_eq!(chain.limits, [(2, &LimitSite::Key { arg: 0, key: "take".into() })]);
}

#[test]
fn prisma_batches_find_unique_alone() {
    let of = |chain| value("prisma.Client", chain).effect.expect("a query").same_tick;
    assert_eq!(of("user findUnique ()"), Some(SameTick::Batched));
    assert_eq!(of("user findFirst ()"), None);
}

#[test]
fn a_supabase_chain_is_one_query() {
    let chain = value("supabase.Client", "from () select () eq () limit () then");
    let effect = chain.effect.expect("a query");
    assert_eq!((effect.kind, effect.rows, effect.exec), (EffectKind::Read, Rows::Many, Exec::Eager));
    assert_eq!(chain.table, Some(TableAt::Arg(1, 0)));
    assert_eq!(chain.anchor, Some(3), "anchored at select()");
    let flag = LimitSite::Flag { arg: 1, key: "head".into() };
    assert_eq!(chain.limits, [(3, &flag), (7, &LimitSite::Arg { arg: 0 })]);
    assert_eq!(chain.filters, [(5, &FilterSite::Column { test: Test::Eq })]);
}

#[test]
fn select_after_a_write_is_no_read() {
    let chain = value("supabase.Client", "from () insert () select () single ()");
    assert_eq!(chain.effect.map(|it| it.kind), Some(EffectKind::Write));
    assert_eq!(chain.anchor, Some(3));
}

#[test]
fn single_reads_one_and_maybe_single_reads_all() {
    let rows = |chain| value("supabase.Client", chain).effect.expect("a query").rows;
    assert_eq!(rows("from () select () single ()"), Rows::One);
    assert_eq!(rows("from () select () maybeSingle ()"), Rows::FirstOfAll);
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
fn drizzle_reads_by_builder_and_by_relation() {
    let chain = import("drizzle-orm/node-postgres", "drizzle", "() query users findMany ()");
    assert_eq!(chain.created.and_then(|(_, made)| made.driver.as_deref()), Some("pg"));
    assert_eq!(chain.table, Some(TableAt::Member(2)));
    assert_eq!(chain.limits, [(4, &LimitSite::Key { arg: 0, key: "limit".into() })]);
    let chain = value("drizzle.Db", "select () from () where () limit ()");
    assert_eq!(chain.table, Some(TableAt::Arg(3, 0)));
    assert_eq!(chain.effect.map(|it| it.rows), Some(Rows::Many));
    assert_eq!(chain.limits, [(7, &LimitSite::Arg { arg: 0 })]);
    assert_eq!(value("drizzle.Db", "query users findFirst ()").effect.map(|it| it.rows), Some(Rows::One));
}

#[test]
fn knex_selects_everything_until_told_otherwise() {
    let chain = import("knex", "default", "() () where ()");
    assert_eq!(chain.effect.map(|it| (it.kind, it.rows)), Some((EffectKind::Read, Rows::Many)));
    assert_eq!(chain.table, Some(TableAt::Arg(1, 0)));
    assert_eq!(value("knex.Knex", "() where () first ()").effect.map(|it| it.rows), Some(Rows::One));
    assert_eq!(value("knex.Knex", "() insert ()").effect.map(|it| it.kind), Some(EffectKind::Write));
    assert_eq!(name_of(value("knex.Knex", "transaction ()").links[0].method.callback[0]), Some("knex.Knex"));
}

#[test]
fn a_typeorm_builder_runs_at_its_terminal() {
    let chain = value("typeorm.Repository", "createQueryBuilder () where () take () getMany ()");
    let effect = chain.effect.expect("a query");
    assert_eq!((effect.rows, effect.exec), (Rows::Many, Exec::Terminal));
    assert_eq!(chain.anchor, Some(7));
    assert_eq!(chain.limits, [(5, &LimitSite::Arg { arg: 0 })]);
    let one = value("typeorm.Repository", "createQueryBuilder () getOne ()");
    assert_eq!(one.effect.map(|it| it.rows), Some(Rows::FirstOfAll), "getOne adds no LIMIT");
    assert!(value("typeorm.Repository", "createQueryBuilder () where ()").effect.is_none(), "nothing ran");
    let write = value("typeorm.Repository", "createQueryBuilder () update () set () execute ()");
    assert_eq!(write.effect.map(|it| it.kind), Some(EffectKind::Write));
}

#[test]
fn typeorm_values_are_known_by_type() {
    let catalog = Catalog::shipped();
    assert_eq!(name_of(catalog.type_of("typeorm", "Repository")), Some("typeorm.Repository"));
    assert_eq!(name_of(catalog.statics_of("typeorm", "BaseEntity")), Some("typeorm.Repository"));
    assert_eq!(catalog.statics_of("typeorm", "Repository"), None);
    let manager = value("typeorm.DataSource", "transaction ()").links[0].method.callback[0];
    assert_eq!(name_of(manager), Some("typeorm.EntityManager"));
    let chain = value("typeorm.EntityManager", "find ()");
    assert_eq!(chain.limits, [(1, &LimitSite::Key { arg: 1, key: "take".into() })]);
}

#[test]
fn mongoose_connect_is_harmless_and_its_models_query() {
    let chain = import("mongoose", "default", "connect ()");
    assert_eq!(chain.created.map(|(_, made)| made.per_request), Some(PerRequest::Noop));
    let chain = import("mongoose", "default", "model () find () limit () lean () exec ()");
    let effect = chain.effect.expect("a query");
    assert_eq!((effect.rows, effect.exec), (Rows::Many, Exec::Eager));
    assert_eq!(chain.anchor, Some(3));
    assert_eq!(chain.limits.last(), Some(&(5, &LimitSite::Arg { arg: 0 })));
    assert_eq!(name_of(Catalog::shipped().statics_of("mongoose", "Model")), Some("mongoose.Model"));
}

#[test]
fn mongodb_reads_when_its_cursor_is_drained() {
    let chain = import("mongodb", "MongoClient", "new db () collection () find () toArray ()");
    assert_eq!(chain.effect.map(|it| (it.kind, it.exec)), Some((EffectKind::Read, Exec::Eager)));
    assert_eq!(chain.table, Some(TableAt::Arg(4, 0)));
    let chain = import("mongodb", "MongoClient", "connect ()");
    assert_eq!(chain.created.map(|(_, made)| made.creates), Some(Creates::Pool));
}

#[test]
fn a_method_can_be_named_without_a_call() {
    let chain = value("ioredis.Client", "get");
    assert_eq!(chain.named.map(|it| &*it.name), Some("get"));
    assert!(chain.effect.is_none());
    assert_eq!(value("ioredis.Client", "pipeline () get () exec ()").effect.map(|it| it.batch), Some(true));
    let chain = import("ioredis", "*", "new get ()");
    assert_eq!(chain.effect.map(|it| it.rows), Some(Rows::One));
    let chain = import("ioredis", "default", "Cluster new");
    assert_eq!(chain.created.map(|(_, made)| made.creates), Some(Creates::Pool));
}

#[test]
fn local_stores_say_why_they_are_harmless() {
    let chain = value("dexie.Dexie", "messages where () equals () toArray ()");
    assert_eq!(chain.effect.map(|it| it.kind), Some(EffectKind::Read));
    let library = Catalog::shipped().library_of_receiver(chain.receiver.expect("fluent"));
    assert_eq!(library.kind, LibraryKind::Local);
    assert!(library.local_because.is_some());
    let walk = Walk::from_global(Catalog::shipped(), "Map").expect("known");
    let chain = walk.along(steps("new delete ()"));
    assert_eq!(chain.effect.map(|it| it.kind), Some(EffectKind::Write));
}

#[test]
fn tags_run_and_helpers_do_not() {
    assert_eq!(import("postgres", "default", "() ``").effect.map(|it| it.exec), Some(Exec::Tag));
    assert!(value("postgres-js.Sql", "()").effect.is_none());
    assert_eq!(value("prisma.Client", "$queryRaw ``").effect.map(|it| it.kind), Some(EffectKind::Raw));
    let chain = value("postgres-js.Sql", "begin ()");
    assert_eq!(name_of(chain.links[0].method.callback[0]), Some("postgres-js.Sql"));
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
fn an_unknown_link_ends_what_is_known() {
    let chain = value("prisma.Client", "user findMany () map ()");
    assert!(chain.receiver.is_none());
    assert_eq!(chain.anchor, Some(2), "what ran before stays");
    assert!(import("pg", "default", "types setTypeParser ()").effect.is_none());
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
fn commands_say_what_a_send_does() {
    let chain = import("@aws-sdk/client-dynamodb", "DynamoDBClient", "new send ()");
    let commands = chain.links[0].method.commands.expect("by command");
    let commands = Catalog::shipped().receiver(commands);
    let scan = commands.method("ScanCommand").and_then(|it| it.effect).expect("a read");
    assert_eq!((scan.kind, scan.rows), (EffectKind::Read, Rows::Many));
    let batch = commands.method("BatchWriteCommand").and_then(|it| it.effect).expect("a write");
    assert!(batch.batch);
}

#[test]
fn a_function_can_take_its_query_as_an_argument() {
    let docs = import("firebase/firestore", "getDocs", "()");
    assert_eq!(docs.links[0].method.source_arg, Some(0));
    let query = import("firebase/firestore", "query", "()");
    assert!(query.effect.is_none());
    assert!(query.limits.contains(&(0, &LimitSite::Call { name: "limit".into() })));
    let fetch = Walk::from_global(Catalog::shipped(), "fetch").expect("known").along(steps("()"));
    assert_eq!(fetch.anchor, Some(0));
}

#[test]
fn what_is_taken_over_is_known_no_better() {
    let of = |receiver| value(receiver, "findAll ()").effect.expect("a query").evidence;
    assert_eq!(of("sequelize.Model"), Evidence::Types);
    assert_eq!(of("sequelize-typescript.Model"), Evidence::Unv);
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
