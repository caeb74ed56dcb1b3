//! `db`, `migrate` and `doctor`: the database itself.

use serde_json::json;

use super::{Context, args::Db, exit, output::Answer, table::table};
use crate::{
    error::Result,
    pipeline::Declarations,
    privacy::keys,
    run,
    warehouse::{
        Role, Warehouse, content_hash, db,
        doctor::{self, Check},
    },
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
    let declarations = Declarations::load(&settings)?;
    if hash {
        let warehouse = Warehouse::open(&settings).await?;
        let hashes = hashes(&warehouse, &declarations).await;
        warehouse.close().await?;
        let hashes = hashes?;
        let rows = hashes.iter().map(|(table, hash)| vec![table.clone(), hash.clone()]);
        let json: serde_json::Map<_, _> = hashes.iter().map(|(table, hash)| (table.clone(), json!(hash))).collect();
        return Ok(Answer::new(table(&["table", "hash"], rows), &json));
    }
    let mut checks = vec![
        Check::of("pseudonym key", keys::pseudonyms(&settings).map(|_| "can be read".to_owned())),
        Check::of("landing key", keys::landing_identity(&settings).map(|_| "can be read".to_owned())),
    ];
    checks.extend(doctor::checks(&settings).await);
    let mut text = String::new();
    for check in &checks {
        text.push_str(&format!("{}  {}: {}\n", if check.ok { "ok " } else { "BAD" }, check.name, check.detail));
        if let Some(hint) = check.hint.filter(|_| !check.ok) {
            text.push_str(&format!("     {hint}\n"));
        }
    }
    let json: Vec<_> = checks
        .iter()
        .map(|check| json!({ "name": check.name, "ok": check.ok, "detail": check.detail, "hint": check.hint }))
        .collect();
    let bad = checks.iter().any(|check| !check.ok);
    Ok(Answer::new(text, &json!({ "checks": json })).exit(if bad { exit::FAILED } else { exit::DONE }))
}

async fn hashes(warehouse: &Warehouse, declarations: &Declarations) -> Result<Vec<(String, String)>> {
    content_hash(&mut warehouse.connect(Role::Loader).await?, &declarations.pipelines).await
}
