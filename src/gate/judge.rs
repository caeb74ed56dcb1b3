//! Runs every control and audit at the run's knowledge instant and records what they say.

use chrono::SecondsFormat;

use super::{
    check::{Check, Kind, checks},
    verdict::{Finding, Verdict},
};
use crate::{
    error::{Error, Result, codes::gate as codes},
    model::RunHandle,
    pipeline::Files,
    warehouse::{Session, fault},
};

/// The planner must not spend longer on compiling than the night's controls take.
const SETTLE: &str = "set local jit = off";

/// Judges the night: fills `ops.control` for the run and gives the verdict. Judging again replaces the run's rows.
pub async fn judge(session: &mut Session, run: &RunHandle, sql: &Files) -> Result<Verdict> {
    let (run, known_at) = (run.run_id, run.known_at);
    let checks = checks(sql)?;
    let transaction = session.transaction().await.map_err(|error| fault(&error))?;
    let instant = known_at.to_rfc3339_opts(SecondsFormat::Micros, true);
    transaction
        .execute("select set_config('buss.as_of', $1, true)", &[&instant])
        .await
        .map_err(|error| fault(&error))?;
    transaction.batch_execute(SETTLE).await.map_err(|error| fault(&error))?;
    transaction.execute("delete from ops.control where run_id = $1", &[&run.0]).await.map_err(|error| fault(&error))?;
    for check in &checks {
        let statement = statement(check);
        let recorded = transaction.execute(&statement, &[&run.0, &check.name, &check.stops]).await;
        recorded.map_err(|error| unusable(fault(&error), check))?;
    }
    let failed = transaction.query(FAILED, &[&run.0]).await.map_err(|error| fault(&error))?;
    transaction.commit().await.map_err(|error| fault(&error))?;
    let findings = failed.iter().map(|row| Finding {
        name: row.get(0),
        subject: row.get(1),
        expected: row.get(2),
        actual: row.get(3),
        stops: row.get(4),
    });
    Ok(Verdict { run, known_at, checks: checks.len(), findings: findings.collect() })
}

const FAILED: &str = "
    select c.name, c.subject, c.expected::text, c.actual::text, c.stops
    from ops.control as c
    where c.run_id = $1 and not c.passed
    order by c.stops desc, c.name, c.subject";

fn statement(check: &Check<'_>) -> String {
    let query = check.query;
    match check.kind {
        // A figure that is only told (`expected` null) always holds.
        Kind::Control => format!(
            "insert into ops.control (run_id, name, subject, expected, actual, passed, stops)
             select $1::bigint, $2::text, c.subject, c.expected, c.actual, c.expected is null or c.expected is not distinct from c.actual, $3::boolean
             from (\n{query}\n) as c (subject, expected, actual)"
        ),
        Kind::Audit => format!(
            "insert into ops.control (run_id, name, subject, expected, actual, passed, stops)
             select $1::bigint, $2::text, 'findings', 0, count(*), count(*) = 0, $3::boolean
             from (\n{query}\n) as finding"
        ),
    }
}

fn unusable(known: Error, check: &Check<'_>) -> Error {
    if known.is_transient() {
        return known;
    }
    let unusable = Error::new(&codes::BAD_AUDIT).at(format!("sql/{}", check.path));
    match known.state() {
        Some(state) => unusable.sqlstate(state),
        None => unusable,
    }
}
