//! The database: reachable, prepared, its roles and time zones, and a ledger that agrees with clock and snapshots.

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use chrono_tz::Tz;

use super::{Check, machine::place};
use crate::{
    error::{Result, codes},
    history::{self, Status},
    pipeline::Declarations,
    publish::Set,
    settings::Settings,
    warehouse::{Role, Session, Warehouse, db, doctor},
};

/// How far the ledger may be ahead of the clock: other machines' clocks differ a little.
const TOLERANCE: TimeDelta = TimeDelta::minutes(1);

/// What could be looked at; the rest of the list needs what failed.
pub(super) async fn checks(settings: &Settings, declarations: Option<&Declarations>, now: DateTime<Utc>) -> Vec<Check> {
    const NAME: &str = "database";
    if db::is_embedded(settings) && matches!(doctor::is_made(settings), Ok(false)) {
        let hint = "Run `buss migrate` or `buss run`: either makes it.";
        return vec![Check::broken(NAME, "not made yet", hint)];
    }
    let warehouse = match Warehouse::open(settings).await {
        Ok(warehouse) => warehouse,
        Err(error) => return vec![Check::failed(NAME, &error)],
    };
    let mut checks = Vec::new();
    match warehouse.connect(Role::Owner).await {
        Ok(session) => {
            let version = doctor::version(&session).await.map(|version| format!("PostgreSQL {version} answers"));
            checks.push(Check::of(NAME, version));
            checks.push(zone(&session, &settings.run.zone, now).await);
            checks.extend(prepared(&warehouse, &session, settings, declarations, now).await);
            session.close().await;
        }
        Err(error) => checks.push(Check::failed(NAME, &error)),
    }
    if let Err(error) = warehouse.close().await {
        checks.push(Check::failed(NAME, &error));
    }
    checks
}

/// Program and server tell the same time in the zone of the settings.
async fn zone(session: &Session, name: &str, now: DateTime<Utc>) -> Check {
    const NAME: &str = "time zone";
    let hint = codes::warehouse::NO_ZONE.hint;
    let Ok(zone) = name.parse::<Tz>() else {
        return Check::broken(NAME, format!("{name} is not known to the program"), hint);
    };
    match doctor::local_time(session, name, now).await {
        // The server keeps microseconds.
        Ok(local) if (local - now.with_timezone(&zone).naive_local()).abs() < TimeDelta::milliseconds(1) => {
            Check::well(NAME, format!("{name}, known alike to program and database"))
        }
        Ok(_) => Check::broken(NAME, format!("{name} differs between program and database"), hint),
        Err(error) => Check::failed(NAME, &error),
    }
}

/// Schema and roles, and the ledger where both allow it.
async fn prepared(
    warehouse: &Warehouse,
    owner: &Session,
    settings: &Settings,
    declarations: Option<&Declarations>,
    now: DateTime<Utc>,
) -> Vec<Check> {
    let mut checks = Vec::new();
    if let Some(declarations) = declarations {
        checks.push(schema(owner, declarations).await);
    }
    let (roles, loader) = roles(warehouse).await;
    checks.push(roles);
    if checks.first().is_some_and(|schema| schema.ok)
        && let Some(session) = &loader
    {
        checks.extend(ledger(session, settings, now).await);
    }
    if let Some(session) = loader {
        session.close().await;
    }
    checks
}

async fn schema(session: &Session, declarations: &Declarations) -> Check {
    const NAME: &str = "schema";
    match doctor::pending(session, &declarations.sql).await {
        Ok(pending) if pending.is_empty() => Check::well(NAME, "as this program needs it"),
        Ok(pending) => {
            let detail = format!("not yet applied: {}", pending.join(", "));
            Check::broken(NAME, detail, "Run `buss migrate`; the next run does it as well.")
        }
        Err(error) => Check::failed(NAME, &error),
    }
}

/// The login may act as both roles. Gives the loader's session, where there is one.
async fn roles(warehouse: &Warehouse) -> (Check, Option<Session>) {
    let loader = warehouse.connect(Role::Loader).await;
    let analyst = warehouse.connect(Role::Analyst).await;
    let found = match (&loader, &analyst) {
        (Err(error), _) | (_, Err(error)) => Check::failed("roles", error),
        (Ok(_), Ok(_)) => Check::well("roles", "buss_loader and buss_analyst can be taken"),
    };
    (found, loader.ok())
}

async fn ledger(session: &Session, settings: &Settings, now: DateTime<Utc>) -> Vec<Check> {
    match history::status(session).await {
        Ok(status) => vec![clock(&status, now), published(&status, settings), held(session).await],
        Err(error) => vec![Check::failed("ledger", &error)],
    }
}

/// The next run's instant must be greater than every earlier one, and is meant to be the time.
fn clock(status: &Status, now: DateTime<Utc>) -> Check {
    const NAME: &str = "clock";
    let Some(last) = &status.last_run else {
        return Check::well(NAME, "no run yet to compare with");
    };
    if last.known_at > now + TOLERANCE {
        let detail = format!("it is {}, but the last run was at {}", second(now), second(last.known_at));
        return Check::broken(
            NAME,
            detail,
            "Set the machine's clock; until then runs are dated just after the last one.",
        );
    }
    Check::well(NAME, format!("the last run was at {}", second(last.known_at)))
}

fn second(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// `CURRENT` of both sets names what the ledger says is published.
fn published(status: &Status, settings: &Settings) -> Check {
    const NAME: &str = "publication";
    let place = place(&settings.paths);
    let wanted = status.snapshot.as_deref();
    let others: Vec<String> = Set::ALL
        .into_iter()
        .map(|set| (set, place.current(set)))
        .filter(|(_, current)| current.as_deref() != wanted)
        .map(|(set, current)| format!("CURRENT of {set} names {}", current.as_deref().unwrap_or("nothing")))
        .collect();
    if others.is_empty() {
        return Check::well(NAME, wanted.map_or("nothing published yet", |_| "ledger and CURRENT agree"));
    }
    let detail = format!("the ledger says {}, {}", wanted.unwrap_or("nothing"), others.join(", "));
    Check::broken(NAME, detail, "The next `buss run` puts it right; readers of the directory wait until then.")
}

/// Deliveries that wait for a decision.
async fn held(session: &Session) -> Check {
    const NAME: &str = "held deliveries";
    let waiting: Result<Vec<String>> = history::deliveries(session, false).await.map(|deliveries| {
        let held = deliveries.iter().filter(|delivery| delivery.outcome == "held" && delivery.approval.is_none());
        held.map(|held| format!("{} ({}/{}_{})", held.delivery_id, held.deliverer, held.dataset, held.period)).collect()
    });
    match waiting {
        Ok(waiting) if waiting.is_empty() => Check::well(NAME, "none waits"),
        Ok(waiting) => Check::broken(
            NAME,
            waiting.join(", "),
            "Decide with `buss delivery approve ID` or `buss delivery reject ID`.",
        ),
        Err(error) => Check::failed(NAME, &error),
    }
}
