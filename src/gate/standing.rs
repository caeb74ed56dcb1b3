//! Words of an earlier night that still hold.
//!
//! A check is a query: over the same state it says the same. So its words stand as long as the text of the check, the program, what the
//! warehouse holds (`publish::state`) and the deliveries are what they were, and the business date where the check names it. Judged anew
//! all the same: whatever does not let a night pass, so that an operator sees at once that it was put right; checks that read a clock or
//! other tables of the ledger; and every word that is a week old, so that a hand in the database that the ledger knows nothing of is found.

use std::collections::HashMap;

use chrono::TimeDelta;
use sha2::{Digest, Sha256};
use tokio_postgres::Transaction;

use super::check::Check;
use crate::{
    error::Result,
    model::{RunHandle, RunId},
    warehouse::fault,
};

/// How long a word stands without being judged anew.
const STANDS: TimeDelta = TimeDelta::days(7);

/// Tables of the ledger that change only with a delivery or with what is expected.
const OF_DELIVERIES: [&str; 4] = ["delivery", "expected_slice", "quarantine", "slice"];
/// What tells that a query reads a clock or a setting.
const CLOCKS: [&str; 6] = ["now(", "clock_timestamp", "statement_timestamp", "current_", "localtime", "random("];

/// Fingerprints of the checks over one state, by name; a check without one is judged anew.
pub(super) struct Fingerprints(HashMap<String, String>);

impl Fingerprints {
    /// `state` is what the warehouse holds, without deliveries that changed nothing.
    pub(super) async fn of(
        transaction: &Transaction<'_>,
        run: &RunHandle,
        checks: &[Check<'_>],
        state: &str,
    ) -> Result<Self> {
        const DELIVERIES: &str = "select concat_ws('/', count(*), max(delivery_id), count(approval)) from ops.delivery";
        let row = transaction.query_one(DELIVERIES, &[]).await.map_err(|error| fault(&error))?;
        let deliveries: String = row.get(0);
        let stands = |check: &&Check<'_>| can_stand(check.query);
        let of = |check: &Check<'_>| {
            let day = if check.query.contains("business_date") { run.business_date.to_string() } else { String::new() };
            let parts = [env!("CARGO_PKG_VERSION"), state, &deliveries, &day, &check.name, check.query];
            let digest = parts.iter().fold(Sha256::new(), |digest, part| digest.chain_update(part).chain_update([0]));
            (check.name.clone(), hex::encode(digest.finalize()))
        };
        Ok(Self(checks.iter().filter(stands).map(of).collect()))
    }

    /// Without a state nothing stands.
    pub(super) fn none() -> Self {
        Self(HashMap::new())
    }

    /// Checks whose words stand, with the run that judged them.
    pub(super) async fn standing(
        &self,
        transaction: &Transaction<'_>,
        run: &RunHandle,
    ) -> Result<HashMap<String, RunId>> {
        const STANDING: &str = "
            select distinct on (j.name) j.name, j.judged_in
            from unnest($1::text[], $2::text[]) as n (name, fingerprint)
            join ops.judged as j on j.name = n.name and j.fingerprint = n.fingerprint
            join ops.run as r on r.run_id = j.judged_in and r.known_at > $3
            where not exists (
                select from ops.control as c
                where c.run_id = j.judged_in and c.name = j.name and c.stops and not c.passed
            )
            order by j.name, j.judged_in desc";
        let (names, fingerprints): (Vec<&str>, Vec<&str>) =
            self.0.iter().map(|(n, f)| (n.as_str(), f.as_str())).unzip();
        let since = run.known_at - STANDS;
        let rows =
            transaction.query(STANDING, &[&names, &fingerprints, &since]).await.map_err(|error| fault(&error))?;
        Ok(rows.iter().map(|row| (row.get(0), RunId(row.get(1)))).collect())
    }

    /// Keeps which run judged each check over which state, and lets the words that stand be this run's as well.
    pub(super) async fn record(
        &self,
        transaction: &Transaction<'_>,
        run: RunId,
        standing: &HashMap<String, RunId>,
    ) -> Result<()> {
        const WORDS: &str = "
            insert into ops.control (run_id, name, subject, expected, actual, passed, stops)
            select $1, c.name, c.subject, c.expected, c.actual, c.passed, c.stops
            from unnest($2::text[], $3::bigint[]) as n (name, judged_in)
            join ops.control as c on c.run_id = n.judged_in and c.name = n.name
            where n.judged_in <> $1";
        const JUDGED: &str = "
            insert into ops.judged (run_id, name, fingerprint, judged_in)
            select $1, n.name, n.fingerprint, n.judged_in
            from unnest($2::text[], $3::text[], $4::bigint[]) as n (name, fingerprint, judged_in)
            on conflict (run_id, name) do update set fingerprint = excluded.fingerprint, judged_in = excluded.judged_in";
        let (names, runs): (Vec<&str>, Vec<i64>) = standing.iter().map(|(name, run)| (name.as_str(), run.0)).unzip();
        transaction.execute(WORDS, &[&run.0, &names, &runs]).await.map_err(|error| fault(&error))?;
        let (names, fingerprints): (Vec<&str>, Vec<&str>) =
            self.0.iter().map(|(n, f)| (n.as_str(), f.as_str())).unzip();
        let runs: Vec<i64> = names.iter().map(|name| standing.get(*name).copied().unwrap_or(run).0).collect();
        let recorded = transaction.execute(JUDGED, &[&run.0, &names, &fingerprints, &runs]).await;
        recorded.map(drop).map_err(|error| fault(&error))
    }
}

/// Whether a query's answer follows from the state alone.
fn can_stand(query: &str) -> bool {
    let query = query.to_lowercase();
    let ledger = query
        .split("ops.")
        .skip(1)
        .map(|rest| rest.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).next().unwrap_or_default());
    ledger.into_iter().all(|table| OF_DELIVERIES.contains(&table)) && !CLOCKS.iter().any(|clock| query.contains(clock))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_follows_from_the_state_can_stand() {
        assert!(can_stand("select from asof.fact_anmalan as f join ops.delivery as d on true, OPS.slice"));
        for query in
            ["select from ops.run", "select from ops.arrival", "select NOW()", "select current_date", "select random()"]
        {
            assert!(!can_stand(query), "{query}");
        }
    }
}
