//! Chains as the linker meets them, put to the shipped catalog.

use super::*;

/// `.name`, `()`, `new`, `` ` ``: a chain as text, separated by spaces.
pub(super) fn steps(chain: &str) -> Vec<Step<'_>> {
    let step = |word| match word {
        "()" => Step::Call,
        "new" => Step::New,
        "``" => Step::Tag,
        name => Step::Get(name),
    };
    chain.split_whitespace().map(step).collect()
}

pub(super) fn import(specifier: &str, imported: &str, chain: &str) -> Chain<'static> {
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
    assert_eq!(name_of(import("knex", "*", "default ()").receiver), Some("knex.Knex"));
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
fn an_unknown_link_ends_what_is_known() {
    let chain = value("prisma.Client", "user findMany () map ()");
    assert!(chain.receiver.is_none());
    assert_eq!(chain.anchor, Some(2), "what ran before stays");
    assert!(import("pg", "default", "types setTypeParser ()").effect.is_none());
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
    let unread = r#"
        id = "house"
        name = "House"
        kind = "orm"
        transport = "tcp"
        evidence = "unv"
        imports = ["house"]
        docs = "https://example.com"
        receivers.Model.like = ["sequelize.Model"]
    "#;
    let catalog = Catalog::with(vec![toml::from_str(unread).expect("a library")]).expect("a catalog");
    let of = |receiver| {
        let id = catalog.receiver_named(receiver).expect("a receiver");
        Walk::from_receiver(&catalog, id).along(steps("findAll ()")).effect.expect("a query").evidence
    };
    assert_eq!(of("sequelize.Model"), Evidence::Types);
    assert_eq!(of("house.Model"), Evidence::Unv);
}
