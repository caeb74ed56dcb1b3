//! Is everything in place? Each check says what it found and what to do.
//!
//! In: settings. Out: a list of checks; one that fails never hides the others. Writes nothing but what opening the database makes.

use super::{Role, Warehouse};
use crate::{
    error::{Error, Result},
    settings::Settings,
};

/// One thing looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    pub name: &'static str,
    pub ok: bool,
    pub detail: String,
    pub hint: Option<&'static str>,
}

impl Check {
    /// What was found, or the error with its hint.
    pub fn of(name: &'static str, found: Result<String>) -> Self {
        match found {
            Ok(detail) => Self { name, ok: true, detail, hint: None },
            Err(error) => Self { name, ok: false, detail: in_words(&error), hint: Some(error.code().hint) },
        }
    }

    fn bad(name: &'static str, detail: &str, hint: &'static str) -> Self {
        Self { name, ok: false, detail: detail.to_owned(), hint: Some(hint) }
    }
}

fn in_words(error: &Error) -> String {
    let code = error.code();
    let detail = error.detail_text();
    if detail.is_empty() {
        format!("{} {}", code.id, code.message)
    } else {
        format!("{} {}: {detail}", code.id, code.message)
    }
}

/// Looks at the warehouse; never fails as a whole.
pub async fn checks(settings: &Settings) -> Vec<Check> {
    let warehouse = match Warehouse::open(settings).await {
        Ok(warehouse) => warehouse,
        Err(error) => return vec![Check::of("database", Err(error))],
    };
    let mut checks = vec![Check::of("database", version(&warehouse).await)];
    match is_migrated(&warehouse).await {
        Ok(true) => {
            checks.push(Check::of("loader", logs_in(&warehouse, Role::Loader).await));
            checks.push(Check::of("analyst", logs_in(&warehouse, Role::Analyst).await));
            checks.push(Check::of("published", published(&warehouse).await));
        }
        Ok(false) => checks.push(Check::bad("tables", "not made yet", "Run `buss migrate`, or the first `buss run`.")),
        Err(error) => checks.push(Check::of("tables", Err(error))),
    }
    checks.push(Check::of("closing", warehouse.close().await.map(|()| "let go of the database".to_owned())));
    checks
}

async fn figure(warehouse: &Warehouse, role: Role, sql: &str) -> Result<Option<String>> {
    let session = warehouse.connect(role).await?;
    let row = session.query_one(sql, &[]).await.map_err(|error| super::fault(&error))?;
    session.close().await;
    Ok(row.get(0))
}

async fn version(warehouse: &Warehouse) -> Result<String> {
    let version = figure(warehouse, Role::Owner, "select current_setting('server_version')").await?;
    Ok(format!("PostgreSQL {}", version.unwrap_or_default()))
}

async fn is_migrated(warehouse: &Warehouse) -> Result<bool> {
    Ok(figure(warehouse, Role::Owner, "select to_regclass('ops.publication')::text").await?.is_some())
}

async fn logs_in(warehouse: &Warehouse, role: Role) -> Result<String> {
    let name = figure(warehouse, role, "select current_user::text").await?;
    Ok(format!("works as {}", name.unwrap_or_default()))
}

async fn published(warehouse: &Warehouse) -> Result<String> {
    let newest = figure(warehouse, Role::Loader, "select max(snapshot) from ops.publication").await?;
    Ok(newest.map_or_else(|| "nothing yet".to_owned(), |name| format!("snapshot {name}")))
}
