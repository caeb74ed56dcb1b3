//! Migrations: `migrations/*.sql` in order of name, each in one transaction together with its record.
//!
//! `roles/roles.sql` runs before them and `roles/grants.sql` after them, whenever something is new. What was applied is history: a changed
//! file is an error. One advisory lock per database lets commands migrate at once.

use std::{collections::BTreeMap, path::Path};

use sha2::{Digest, Sha256};
use tokio_postgres::Transaction;

use super::{Role, Session, fault};
use crate::{
    error::{Error, Result, codes::warehouse as codes},
    pipeline::Files,
};

/// Key of the advisory lock: "buss" in ASCII.
const LOCK: i64 = 0x6275_7373;
const ROLES: &str = "roles/roles.sql";
const GRANTS: &str = "roles/grants.sql";

/// Applies what is new; gives the names of the files applied.
pub(super) async fn migrate(session: &mut Session, sql: &Files) -> Result<Vec<String>> {
    session.batch_execute(&format!("select pg_advisory_lock({LOCK})")).await.map_err(|error| fault(&error))?;
    let outcome = migrate_locked(session, sql).await;
    let unlocked = session.batch_execute(&format!("select pg_advisory_unlock({LOCK})")).await;
    let applied = outcome?;
    unlocked.map_err(|error| fault(&error))?;
    Ok(applied)
}

/// What [`migrate`] would apply; changes nothing.
pub(super) async fn pending<'a>(session: &Session, sql: &'a Files) -> Result<Vec<&'a str>> {
    let recorded = recorded(session).await?;
    let wanted: BTreeMap<&str, String> = files(sql).map(|(path, text)| (path, checksum(text))).collect();
    check(&recorded, &wanted)?;
    Ok(wanted.iter().filter(|(path, sum)| recorded.get(**path) != Some(*sum)).map(|(path, _)| *path).collect())
}

async fn migrate_locked(session: &mut Session, sql: &Files) -> Result<Vec<String>> {
    let new = pending(session, sql).await?;
    if new.is_empty() {
        return Ok(Vec::new());
    }
    prepare(session, sql.get(ROLES).unwrap_or_default()).await?;
    // Tables are made by the loader, so that it owns them.
    for path in new.iter().copied().filter(|path| !is_repeated(path)) {
        apply(session, path, sql.get(path).unwrap_or_default()).await?;
    }
    for path in [ROLES, GRANTS] {
        if let Some(text) = sql.get(path) {
            repeat(session, path, text).await?;
        }
    }
    Ok(new.into_iter().map(str::to_owned).collect())
}

/// Roles and grants say what should be, so they may change and run again.
fn is_repeated(path: &str) -> bool {
    path.starts_with("roles/")
}

fn files(sql: &Files) -> impl Iterator<Item = (&str, &str)> {
    let repeated = [ROLES, GRANTS].into_iter().filter_map(|path| sql.get(path).map(|text| (path, text)));
    let once =
        sql.under("migrations").filter(|(path, _)| Path::new(path).extension().is_some_and(|kind| kind == "sql"));
    once.chain(repeated)
}

fn checksum(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn check(recorded: &BTreeMap<String, String>, wanted: &BTreeMap<&str, String>) -> Result<()> {
    let findings = recorded.iter().filter(|(path, _)| !is_repeated(path)).filter_map(|(path, sum)| {
        match wanted.get(path.as_str()) {
            Some(now) if now == sum => None,
            Some(_) => Some(Error::new(&codes::MIGRATION_CHANGED).at(path)),
            None => Some(Error::new(&codes::MIGRATION_MISSING).at(path)),
        }
    });
    Error::all(findings.collect()).map_or(Ok(()), Err)
}

async fn recorded(session: &Session) -> Result<BTreeMap<String, String>> {
    let there = session
        .query_one("select to_regclass('ops.migration') is not null", &[])
        .await
        .map_err(|error| fault(&error))?;
    if !there.get::<_, bool>(0) {
        return Ok(BTreeMap::new());
    }
    let rows = session.query("select path, checksum from ops.migration", &[]).await.map_err(|error| fault(&error))?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Roles, and the table of records, which the loader owns like all others.
async fn prepare(session: &mut Session, roles: &str) -> Result<()> {
    let transaction = session.transaction().await.map_err(|error| fault(&error))?;
    let made = async {
        transaction.batch_execute(roles).await?;
        act_as_loader(&transaction).await?;
        transaction
            .batch_execute(
                "create schema if not exists ops;
                 create table if not exists ops.migration (
                     path text primary key,
                     checksum text not null,
                     program_version text not null,
                     applied_at timestamptz not null default now()
                 )",
            )
            .await?;
        transaction.commit().await
    };
    made.await.map_err(|error| restate(&error, &codes::ROLES_FAILED, ROLES))
}

async fn apply(session: &mut Session, path: &str, text: &str) -> Result<()> {
    let transaction = session.transaction().await.map_err(|error| fault(&error))?;
    let applied = async {
        act_as_loader(&transaction).await?;
        transaction.batch_execute(text).await?;
        record(&transaction, path, text).await?;
        transaction.commit().await
    };
    applied.await.map_err(|error| restate(&error, &codes::MIGRATION_FAILED, path))
}

async fn repeat(session: &mut Session, path: &str, text: &str) -> Result<()> {
    let transaction = session.transaction().await.map_err(|error| fault(&error))?;
    let repeated = async {
        act_as_loader(&transaction).await?;
        // Roles were made before the migrations.
        if path == GRANTS {
            transaction.batch_execute(text).await?;
        }
        record(&transaction, path, text).await?;
        transaction.commit().await
    };
    repeated.await.map_err(|error| restate(&error, &codes::ROLES_FAILED, path))
}

async fn act_as_loader(transaction: &Transaction<'_>) -> Result<(), tokio_postgres::Error> {
    let loader = Role::Loader.name().unwrap_or_default();
    transaction.batch_execute(&format!("set local role {loader}")).await
}

async fn record(transaction: &Transaction<'_>, path: &str, text: &str) -> Result<(), tokio_postgres::Error> {
    let statement = "insert into ops.migration (path, checksum, program_version) values ($1, $2, $3)
        on conflict (path) do update set checksum = excluded.checksum, program_version = excluded.program_version, applied_at = now()
        where migration.checksum <> excluded.checksum";
    transaction.execute(statement, &[&path, &checksum(text), &env!("CARGO_PKG_VERSION")]).await.map(drop)
}

/// Which file failed. A migration is the program's own text, so the place of its mistake may be told, but not the server's words.
fn restate(error: &tokio_postgres::Error, code: &'static crate::error::Code, path: &str) -> Error {
    let known = fault(error);
    if known.is_transient() {
        return known.at(path);
    }
    let restated = Error::new(code).detail(known.detail_text()).at(path);
    match known.state() {
        Some(state) => restated.sqlstate(state),
        None => restated,
    }
}
