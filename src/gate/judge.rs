//! Runs every control and audit at the run's knowledge instant and records what they say.

use chrono::{DateTime, Utc};
use tokio_postgres::Transaction;

use super::{
    check::{Check, Kind, checks},
    standing::Fingerprints,
    verdict::{Finding, Verdict},
};
use crate::{
    error::{Result, codes::gate as codes},
    model::{RunHandle, RunId},
    pipeline::Files,
    warehouse::{Session, fault, fault_in, look_as_of, marts},
};

/// The planner must not spend longer on compiling than the night's controls take.
const SETTLE: &str = "set local jit = off";

/// Which marts the controls read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Marts {
    /// Those that publication would show: computed once, for the judgement and for the publication after it, and shown to the
    /// checks only.
    New,
    /// Those that readers see: nothing that they are made of has changed since.
    Standing,
}

/// What one control or audit says of one subject.
struct Word {
    name: String,
    stops: bool,
    subject: Option<String>,
    expected: Option<String>,
    actual: Option<String>,
    passed: bool,
}

/// Judges the night: fills `ops.control` for the run and gives the verdict. Judging again replaces the run's rows.
pub async fn judge(session: &mut Session, run: &RunHandle, sql: &Files, marts: Marts) -> Result<Verdict> {
    judge_changes(session, run, sql, marts, None).await
}

/// As [`judge`], but what an earlier night said over the same `state` stands.
pub async fn judge_changes(
    session: &mut Session,
    run: &RunHandle,
    sql: &Files,
    marts: Marts,
    state: Option<&str>,
) -> Result<Verdict> {
    let checks = checks(sql)?;
    let mut transaction = session.transaction().await.map_err(|error| fault(&error))?;
    let fingerprints = match state {
        Some(state) => Fingerprints::of(&transaction, run, &checks, state).await?,
        None => Fingerprints::none(),
    };
    let standing = fingerprints.standing(&transaction, run).await?;
    let anew: Vec<&Check<'_>> = checks.iter().filter(|check| !standing.contains_key(&check.name)).collect();
    let words = hear(&mut transaction, run.known_at, &anew, marts).await?;
    let run_id = run.run_id;
    transaction.execute(FORGET, &[&run_id.0]).await.map_err(|error| fault(&error))?;
    record(&transaction, run_id, &words).await?;
    fingerprints.record(&transaction, run_id, &standing).await?;
    let failed = transaction.query(FAILED, &[&run_id.0]).await.map_err(|error| fault(&error))?;
    transaction.commit().await.map_err(|error| fault(&error))?;
    let findings = failed.iter().map(|row| Finding {
        name: row.get(0),
        subject: row.get(1),
        expected: row.get(2),
        actual: row.get(3),
        stops: row.get(4),
    });
    let (checks, standing) = (checks.len(), standing.len());
    Ok(Verdict { run: run_id, known_at: run.known_at, checks, standing, findings: findings.collect() })
}

const FORGET: &str = "delete from ops.control where run_id = $1";
const FAILED: &str = "
    select c.name, c.subject, c.expected::text, c.actual::text, c.stops
    from ops.control as c
    where c.run_id = $1 and not c.passed
    order by c.stops desc, c.name, c.subject";

/// Runs every check. Marts made for it go back before the transaction ends.
async fn hear(
    transaction: &mut Transaction<'_>,
    known_at: DateTime<Utc>,
    checks: &[&Check<'_>],
    marts: Marts,
) -> Result<Vec<Word>> {
    if marts == Marts::New {
        look_as_of(transaction, Some(known_at)).await?;
        marts::compute(transaction, known_at).await?;
    }
    let trial = transaction.savepoint("trial").await.map_err(|error| fault(&error))?;
    trial.batch_execute(SETTLE).await.map_err(|error| fault(&error))?;
    if marts == Marts::New {
        marts::fill(&trial, &marts::installed(&trial).await?, known_at).await?;
    }
    // Without an instant the marts are the stored ones and the facts the current ones: no later run has begun.
    look_as_of(&trial, None).await?;
    let mut words = Vec::new();
    for check in checks {
        let rows = trial
            .query(&statement(check), &[])
            .await
            .map_err(|error| fault_in(&error, &codes::BAD_AUDIT, &format!("sql/{}", check.path)))?;
        words.extend(rows.iter().map(|row| Word {
            name: check.name.clone(),
            stops: check.stops,
            subject: row.get(0),
            expected: row.get(1),
            actual: row.get(2),
            passed: row.get(3),
        }));
    }
    trial.rollback().await.map_err(|error| fault(&error))?;
    Ok(words)
}

fn statement(check: &Check<'_>) -> String {
    let query = check.query;
    match check.kind {
        // A figure that is only told (`expected` null) always holds.
        Kind::Control => format!(
            "select c.subject::text, c.expected::numeric::text, c.actual::numeric::text,
                 c.expected is null or c.expected is not distinct from c.actual
             from (\n{query}\n) as c (subject, expected, actual)"
        ),
        Kind::Audit => format!(
            "select 'findings', 0::numeric::text, count(*)::numeric::text, count(*) = 0
             from (\n{query}\n) as finding"
        ),
    }
}

async fn record(transaction: &Transaction<'_>, run: RunId, words: &[Word]) -> Result<()> {
    const RECORD: &str = "
        insert into ops.control (run_id, name, subject, expected, actual, passed, stops)
        select $1, w.name, w.subject, w.expected::numeric, w.actual::numeric, w.passed, w.stops
        from unnest($2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[], $7::boolean[])
            as w (name, subject, expected, actual, passed, stops)";
    let names: Vec<&str> = words.iter().map(|word| word.name.as_str()).collect();
    let subjects: Vec<Option<&str>> = words.iter().map(|word| word.subject.as_deref()).collect();
    let expected: Vec<Option<&str>> = words.iter().map(|word| word.expected.as_deref()).collect();
    let actual: Vec<Option<&str>> = words.iter().map(|word| word.actual.as_deref()).collect();
    let passed: Vec<bool> = words.iter().map(|word| word.passed).collect();
    let stops: Vec<bool> = words.iter().map(|word| word.stops).collect();
    let recorded = transaction.execute(RECORD, &[&run.0, &names, &subjects, &expected, &actual, &passed, &stops]).await;
    recorded.map(drop).map_err(|error| fault(&error))
}
