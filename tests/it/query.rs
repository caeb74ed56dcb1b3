//! What an analyst may ask on a server, where the session is the login's and only acts as the analyst.

use buss::warehouse::{Role, Warehouse, query};

use crate::postgres::Database;

async fn asked(database: &Database, sql: &str) -> Result<query::Rows, buss::Error> {
    let mut session = database.analyst().await;
    query::run(&mut session, sql, None).await
}

#[tokio::test]
async fn queries_of_every_form_are_answered() {
    let database = Database::fresh().await;
    for sql in [
        "select count(*) from core.dim_date",
        "-- how many\nselect 1;",
        "/* (a /* b */) */ (select 1 union select 2 order by 1)",
        "with a as (select 1 as n) select n from a",
        "values (1, 'x'), (2, null)",
        "table core.dim_sex",
        "show timezone",
        "explain select 1",
        "explain (analyze, timing off) select 1",
    ] {
        let rows = asked(&database, sql).await.unwrap_or_else(|error| panic!("{sql}: {error}"));
        assert!(!rows.columns.is_empty(), "{sql}");
    }
    let two = asked(&database, "values (1, 'x'), (2, null)").await.expect("rows");
    let cell = |text: &str| Some(text.to_owned());
    assert_eq!(two.rows, [vec![cell("1"), cell("x")], vec![cell("2"), None]]);
    assert_eq!(two.columns[0], ("column1".to_owned(), query::Form::Number));
}

#[tokio::test]
async fn nothing_but_a_query_runs() {
    let database = Database::fresh().await;
    // The login of this server could read the identities.
    let owner = database.warehouse.connect(Role::Owner).await.expect("a session");
    owner.query("select count(*) from core.identity", &[]).await.expect("the login's right");
    for (sql, code) in [
        ("reset role", "CLI-009"),
        ("set role none", "CLI-009"),
        ("/* select */ set session authorization default", "CLI-009"),
        ("begin", "CLI-009"),
        ("", "CLI-009"),
        ("copy core.dim_sex to stdout", "CLI-009"),
        ("do $$ begin perform set_config('role', 'none', false); end $$", "CLI-009"),
        ("insert into core.dim_sex (code) values ('x') returning code", "CLI-009"),
        ("with gone as (delete from core.dim_sex returning code) select code from gone", "CLI-009"),
        ("select 1; reset role", "CLI-006"),
        ("select code into temporary x from core.dim_sex", "CLI-009"),
        ("explain analyze create table core.x as select 1", "CLI-006"),
        ("select set_config('role', 'none', false)", "CLI-009"),
        ("select set_config('role', 'none', true), query_to_xml('select 1', true, false, '')", "CLI-009"),
        ("select key from core.identity", "CLI-006"),
        ("select nonsense", "CLI-006"),
    ] {
        let error = asked(&database, sql).await.expect_err(sql);
        assert_eq!(error.code().id, code, "{sql}: {error}");
    }
}

/// A session is the analyst's again after a query that was refused.
#[tokio::test]
async fn a_refused_query_leaves_the_session_as_it_was() {
    let database = Database::fresh().await;
    let mut session = database.analyst().await;
    query::run(&mut session, "select set_config('role', 'none', false)", None).await.expect_err("refused");
    let rows = query::run(&mut session, "select current_user", None).await.expect("an answer");
    assert_eq!(rows.rows, [vec![Some("buss_analyst".to_owned())]]);
    Warehouse::close(database.warehouse).await.expect("let go");
}
