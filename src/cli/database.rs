//! `db`, `migrate` and `doctor`: the database itself.

use chrono::Utc;
use serde_json::json;

use super::{Context, args::Db, exit, output::Answer, table::table};
use crate::{
    doctor::{self, Check},
    error::Result,
    pipeline::Declarations,
    run,
    warehouse::{Role, Warehouse, content_hash, db},
};

pub async fn db(context: &Context, action: &Db) -> Result<Answer> {
    let settings = context.settings()?;
    let urls = match action {
        Db::Start => db::start(&settings, &Declarations::load(&settings)?.sql).await?,
        Db::Url => db::url(&settings).await?,
        Db::Stop => {
            let text = match db::stop(&settings).await? {
                db::Stopped::Stopped => "stopped",
                db::Stopped::WithLastCommand => "no longer kept up; it stops when the last command that uses it ends",
                db::Stopped::WasNotRunning => "was not running",
            };
            return Ok(Answer::new(text, &json!({ "result": text })));
        }
    };
    Ok(Answer::new(urls.join("\n"), &json!({ "urls": urls })))
}

pub async fn migrate(context: &Context) -> Result<Answer> {
    let settings = context.settings()?;
    let declarations = Declarations::load(&settings)?;
    let warehouse = Warehouse::open(&settings).await?;
    let applied = run::migrate(&warehouse, &declarations).await;
    warehouse.close().await?;
    let applied = applied?;
    let text =
        if applied.is_empty() { "Nothing to apply.".to_owned() } else { format!("Applied: {}.", applied.join(", ")) };
    Ok(Answer::new(text, &json!({ "applied": applied })))
}

pub async fn doctor(context: &Context, hash: bool) -> Result<Answer> {
    let settings = context.settings()?;
    if hash {
        let declarations = Declarations::load(&settings)?;
        let warehouse = Warehouse::open(&settings).await?;
        let hashes = hashes(&warehouse, &declarations).await;
        warehouse.close().await?;
        let hashes = hashes?;
        let rows = hashes.iter().map(|(table, hash)| vec![table.clone(), hash.clone()]);
        let json: serde_json::Map<_, _> = hashes.iter().map(|(table, hash)| (table.clone(), json!(hash))).collect();
        return Ok(Answer::new(table(&["table", "hash"], rows), &json));
    }
    let checks = doctor::checks(&settings, Utc::now()).await;
    let broken = checks.iter().any(|check| !check.ok);
    Ok(Answer::new(checks_text(&checks), &checks).exit(if broken { exit::FAILED } else { exit::DONE }))
}

/// A table of what was found, and below it what to do.
fn checks_text(checks: &[Check]) -> String {
    let rows = checks.iter().map(|check| {
        let state = if check.ok { "ok" } else { "BROKEN" };
        vec![check.name.to_owned(), state.to_owned(), check.detail.clone()]
    });
    let mut text = table(&["check", "state", "found"], rows);
    for (name, hint) in checks.iter().filter_map(|check| Some((check.name, check.hint?))) {
        text.push_str(&format!("\n{name}: {hint}"));
    }
    text
}

async fn hashes(warehouse: &Warehouse, declarations: &Declarations) -> Result<Vec<(String, String)>> {
    content_hash(&mut warehouse.connect(Role::Loader).await?, &declarations.pipelines).await
}
