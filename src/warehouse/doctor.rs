//! What `buss doctor` asks of the database and of the programs behind it. Nothing is changed.
//!
//! In: settings, or a session. Out: what was found, in words, or an error that says what is wrong.

use std::path::{Path, PathBuf};

use chrono::{DateTime, NaiveDateTime, Utc};

use super::{Session, embedded::look, fault, migrate};
use crate::{
    error::{Error, Result, codes::warehouse as codes},
    pipeline::Files,
    settings::Settings,
};

/// The machine's PostgreSQL programs that the embedded cluster would use, with their version.
pub fn programs(settings: &Settings) -> Result<String> {
    look::programs(settings)
}

/// The account of the embedded cluster, which can reach its directory.
pub fn account(settings: &Settings) -> Result<String> {
    look::account(&absolute(&settings.paths.cluster()))
}

/// Whether an embedded cluster in this directory, which need not exist, could be reached by its account.
pub fn account_reaches(cluster: &Path) -> Result<()> {
    look::account(&absolute(cluster)).map(drop)
}

/// Whether the embedded cluster has been made.
pub fn is_made(settings: &Settings) -> Result<bool> {
    look::is_made(settings)
}

pub async fn version(session: &Session) -> Result<String> {
    let row = session.query_one("select current_setting('server_version')", &[]).await.map_err(|e| fault(&e))?;
    Ok(row.get(0))
}

/// Migrations that `buss migrate` would apply.
pub async fn pending<'a>(session: &Session, sql: &'a Files) -> Result<Vec<&'a str>> {
    migrate::pending(session, sql).await
}

/// What the clocks of a zone show at an instant, by the server's time zone data.
pub async fn local_time(session: &Session, zone: &str, at: DateTime<Utc>) -> Result<NaiveDateTime> {
    let row = session.query_one("select $1::timestamptz at time zone $2", &[&at, &zone]).await;
    match row {
        Ok(row) => Ok(row.get(0)),
        // The server does not know the zone.
        Err(error) if error.code().is_some_and(|state| state.code() == "22023") => {
            Err(Error::new(&codes::NO_ZONE).detail(zone))
        }
        Err(error) => Err(fault(&error)),
    }
}

fn absolute(path: &Path) -> PathBuf {
    std::path::absolute(path).unwrap_or_else(|_| path.to_owned())
}
