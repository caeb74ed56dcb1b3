//! The warehouse against a real PostgreSQL: cluster, sessions, roles, migrations, errors.

use buss::{pipeline::Assets, warehouse::fault};

use crate::postgres::Database;

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
        "set role buss_loader",
    ] {
        let error = analyst.batch_execute(denied).await.expect_err(denied);
        assert_eq!(fault(&error).code().id, "WARE-015", "{denied}");
    }
}
