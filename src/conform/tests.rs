//! The conform queries of the program: each passes its check, and its plan is the one that was read and agreed.

use datafusion::physical_plan::displayable;

use super::{check, check::empty_session, query::plan};
use crate::{engine::Engine, pipeline::Declarations, settings::Settings, validate};

fn ground(dir: &std::path::Path) -> (Declarations, Engine) {
    let settings = Settings::load(None, std::iter::empty()).expect("settings");
    let declarations = Declarations::load(&settings).expect("declarations");
    let engine = Engine::new(&settings.run, dir, &declarations.reference).expect("engine");
    (declarations, engine)
}

#[tokio::test]
async fn every_pipeline_passes_the_check_of_its_rules_and_its_query() {
    let dir = tempfile::tempdir().expect("directory");
    let (declarations, engine) = ground(dir.path());
    assert!(!declarations.pipelines.is_empty());
    for pipeline in &declarations.pipelines {
        let sql = declarations.sql.get(&format!("conform/{}.sql", pipeline.target.conform));
        let mut findings = validate::check(&engine, pipeline).await;
        findings.extend(check(&engine, pipeline, sql).await);
        assert!(findings.is_empty(), "{}: {findings:?}", pipeline.name);
    }
}

#[tokio::test]
async fn findings_about_a_query_name_what_is_missing() {
    let dir = tempfile::tempdir().expect("directory");
    let (declarations, engine) = ground(dir.path());
    let pipeline = declarations.pipeline("granskning").expect("granskning");
    let texts = |findings: Vec<crate::Error>| findings.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n");
    let found = texts(check(&engine, pipeline, Some("select period as campaign, 1 as n from delivery")).await);
    for column in ["district", "review_variable", "review_category", "count", "count_status", "n_status"] {
        assert!(found.contains(&format!("does not give the column `{column}`")), "{found}");
    }
    assert!(!found.contains("`campaign`") && !found.contains("`n`"), "{found}");
    let found = texts(check(&engine, pipeline, Some("select nonsense from slice")).await);
    assert!(
        found.contains("the unknown column `nonsense`") && found.contains("sql/conform/fact_review.sql"),
        "{found}"
    );
    assert!(texts(check(&engine, pipeline, Some("drop table slice")).await).contains("CONF-006"));
    assert!(texts(check(&engine, pipeline, None).await).contains("CONF-007"));
}

#[tokio::test]
async fn plans_are_as_agreed() {
    let dir = tempfile::tempdir().expect("directory");
    let (declarations, engine) = ground(dir.path());
    let mut agreed = insta::Settings::clone_current();
    agreed.set_snapshot_path(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/snapshots"));
    agreed.set_prepend_module_to_snapshot(false);
    agreed.set_omit_expression(true);
    for pipeline in &declarations.pipelines {
        let conform = &pipeline.target.conform;
        let sql = declarations.sql.get(&format!("conform/{conform}.sql")).expect("the query");
        let session = empty_session(&engine, pipeline).expect("a session");
        let query = plan(&session, pipeline, sql).await.expect("a plan");
        let logical = query.clone().into_optimized_plan().expect("a logical plan").display_indent().to_string();
        let physical = query.create_physical_plan().await.expect("a physical plan");
        let text = format!("{logical}\n\n{}", displayable(physical.as_ref()).indent(false));
        agreed.bind(|| insta::assert_snapshot!(format!("explain_{conform}"), text));
    }
}
