//! The warehouse against a real PostgreSQL: cluster, sessions, roles, migrations, errors.

use buss::{
    pipeline::{Assets, Declarations},
    warehouse::{Role, fault, reference},
};

use futures::SinkExt;

use crate::postgres::{Database, open_dir};

#[tokio::test]
async fn a_second_migration_applies_nothing() {
    let database = Database::empty().await;
    let assets = Assets::load(&database.settings.paths).expect("files");
    let applied = database.warehouse.migrate(&assets.sql).await.expect("first");
    assert!(applied.iter().any(|path| path == "migrations/0001_ops.sql"), "{applied:?}");
    assert_eq!(database.warehouse.migrate(&assets.sql).await.expect("second"), Vec::<String>::new());
}

#[tokio::test]
async fn analysts_read_the_star_but_no_identities_and_write_nothing() {
    let database = Database::fresh().await;
    let analyst = database.analyst().await;
    analyst.query("select count(*) from core.fact_anmalan", &[]).await.expect("facts may be read");
    let read_only = analyst.execute("delete from core.fact_anmalan", &[]).await.expect_err("sessions begin read-only");
    assert_eq!(fault(&read_only).state(), Some("25006"));
    analyst.batch_execute("set default_transaction_read_only = off").await.expect("a setting anyone may change");
    for denied in [
        "select count(*) from core.identity",
        "select count(*) from ops.delivery",
        "delete from core.fact_anmalan",
        "insert into core.dim_sex (code, label) values ('x', 'x')",
        "create table core.x ()",
        "create table public.x ()",
    ] {
        let error = analyst.batch_execute(denied).await.expect_err(denied);
        assert_eq!(fault(&error).code().id, "WARE-015", "{denied}");
    }
}

async fn synchronise(database: &Database) {
    let declarations = Declarations::load(&database.settings).expect("declarations");
    let mut loader = database.loader().await;
    reference::sync(&mut loader, &declarations.reference, &declarations.pipelines).await.expect("reference data");
}

#[tokio::test]
async fn reference_data_are_written_once() {
    let database = Database::fresh().await;
    synchronise(&database).await;
    let loader = database.loader().await;
    let state = async || {
        let row = loader
            .query_one(
                "select
                    (select count(*) from core.dim_district),
                    (select max(xmin::text::bigint) from (
                        select xmin from core.dim_district union all select xmin from core.dim_age
                        union all select xmin from core.dim_account union all select xmin from core.dim_reporter_category
                        union all select xmin from core.dim_review_category union all select xmin from core.bridge_district_succession
                    ) as written),
                    (select count(*) from core.dim_intake_type where intake_type_key <= 0)",
                &[],
            )
            .await
            .expect("members");
        (row.get::<_, i64>(0), row.get::<_, i64>(1), row.get::<_, i64>(2))
    };
    let first = state().await;
    synchronise(&database).await;
    assert_eq!(state().await, first);
    assert_eq!((first.0, first.2), (29, 4));
}

#[tokio::test]
async fn an_inferred_member_is_healed_under_its_key() {
    let database = Database::fresh().await;
    let loader = database.loader().await;
    let infer = "insert into core.dim_reporter_category (code, label, inferred) values ('Polis', 'Polis', true) returning reporter_category_key";
    let key: i32 = loader.query_one(infer, &[]).await.expect("a member").get(0);
    synchronise(&database).await;
    let query = "select reporter_category_key, reporter_group, mandatory_reporter, inferred from core.dim_reporter_category where code = 'Polis'";
    let row = loader.query_one(query, &[]).await.expect("the member");
    assert_eq!((row.get(0), row.get(1), row.get(2), row.get(3)), (key, "rattsvasende", true, false));
}

#[tokio::test]
async fn eighteen_districts_are_restated_to_fourteen() {
    let database = Database::fresh().await;
    synchronise(&database).await;
    let analyst = database.analyst().await;
    let query = "select count(distinct f.district_key), count(distinct b.to_district_key), sum(b.weight)::float8
        from core.bridge_district_succession as b
        join core.dim_district as f on f.district_key = b.district_key
        where b.org_generation = 14 and f.valid_from = '1999-01-01'";
    let row = analyst.query_one(query, &[]).await.expect("the bridge");
    assert_eq!((row.get::<_, i64>(0), row.get::<_, i64>(1), row.get::<_, f64>(2)), (18, 14, 18.0));
}

#[tokio::test]
async fn errors_of_the_database_show_no_value() {
    let database = Database::fresh().await;
    let loader = database.loader().await;
    loader
        .batch_execute(
            "create table core.leak (code text primary key, n integer check (n > 0));
             insert into core.leak values ('canary', 1)",
        )
        .await
        .expect("a table");
    let unique = loader.execute("insert into core.leak values ($1, 2)", &[&"canary"]).await.expect_err("unique");
    let check = loader.execute("insert into core.leak values ('x canary', -1)", &[]).await.expect_err("check");
    let cast = loader.batch_execute("insert into core.leak values ('y', 'canary')").await.expect_err("cast");
    let sink = loader.copy_in::<_, bytes::Bytes>("copy core.leak from stdin").await.expect("copy");
    let mut sink = std::pin::pin!(sink);
    sink.send(bytes::Bytes::from_static(b"z\tcanary\n")).await.expect("sent");
    let copy = sink.finish().await.expect_err("copy");
    for (error, state, place) in [
        (&unique, "23505", "table leak, constraint leak_pkey"),
        (&check, "23514", "table leak, constraint leak_n_check"),
        (&cast, "22P02", ""),
        (&copy, "22P02", ""),
    ] {
        assert!(format!("{error:?}").contains("canary"), "the server quotes the value: {error:?}");
        let fault = fault(error);
        assert!(!format!("{fault} {fault:?}").contains("canary"), "{fault:?}");
        assert_eq!((fault.state(), fault.detail_text()), (Some(state), place));
    }
}

#[tokio::test]
async fn a_changed_or_missing_migration_is_refused() {
    let database = Database::empty().await;
    let overlay = open_dir();
    let folder = overlay.path().join("migrations");
    std::fs::create_dir(&folder).expect("a folder");
    let file = folder.join("0900_own.sql");
    let mut settings = database.settings.clone();
    settings.paths.sql = Some(overlay.path().to_owned());
    let migrate = async || {
        let assets = Assets::load(&settings.paths).expect("files");
        database.warehouse.migrate(&assets.sql).await
    };
    std::fs::write(&file, "create table core.dim_own (n integer); select 1 / 0;").expect("a migration");
    let error = migrate().await.expect_err("divides by zero");
    assert_eq!(
        (error.code().id, error.state(), error.place()),
        ("WARE-022", Some("22012"), Some("migrations/0900_own.sql"))
    );

    // It left nothing behind, so the corrected file applies.
    std::fs::write(&file, "create table core.dim_own (n integer);").expect("a migration");
    assert!(migrate().await.expect("applied").contains(&"migrations/0900_own.sql".to_owned()));
    std::fs::write(&file, "create table core.dim_own (n bigint);").expect("a migration");
    let error = migrate().await.expect_err("changed");
    assert_eq!((error.code().id, error.place()), ("WARE-020", Some("migrations/0900_own.sql")));
    std::fs::remove_file(&file).expect("removed");
    assert_eq!(migrate().await.expect_err("missing").code().id, "WARE-021");
}

#[tokio::test]
async fn commands_may_migrate_at_once() {
    let database = Database::empty().await;
    let assets = Assets::load(&database.settings.paths).expect("files");
    let (one, other) = tokio::join!(database.warehouse.migrate(&assets.sql), database.warehouse.migrate(&assets.sql));
    let (one, other) = (one.expect("one"), other.expect("other"));
    assert!(one.is_empty() != other.is_empty(), "{one:?} {other:?}");
}

#[tokio::test]
async fn a_running_statement_can_be_cancelled() {
    let database = Database::fresh().await;
    let loader = database.loader().await;
    // Only the login itself, or its superuser, sees what its sessions do.
    let watcher = database.warehouse.connect(Role::Owner).await.expect("a session");
    let pid: i32 = loader.query_one("select pg_backend_pid()", &[]).await.expect("a process").get(0);
    let cancel = async {
        let running = "select exists (select from pg_stat_activity where pid = $1 and wait_event = 'PgSleep')";
        while !watcher.query_one(running, &[&pid]).await.expect("activity").get::<_, bool>(0) {
            tokio::task::yield_now().await;
        }
        loader.cancel().await.expect("cancelled");
    };
    let (slept, ()) = tokio::join!(loader.batch_execute("select pg_sleep(20)"), cancel);
    assert_eq!(fault(&slept.expect_err("cancelled")).code().id, "WARE-014");
}
