//! `status`, `history`, `delivery` and `quarantine`: what the ledger says. Rules, places and classes, never a value.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;

use super::{
    Context,
    args::{Delivery, Quarantine},
    output::Answer,
    summary::{Line, State, summary},
    table::{table, thousands},
};
use crate::{
    error::{Error, Result, codes},
    history::{self, ArrivalRow, DeliveryRow, QuarantineEntry, QuarantineGroup, RunDetail, RunRow, Status},
    model::{LoadId, RunId},
    settings::Settings,
    warehouse::{Role, Session, Warehouse},
};

pub async fn status(context: &Context) -> Result<Answer> {
    let settings = context.settings()?;
    with_session(context, async |session| {
        let status = history::status(session).await?;
        Ok(Answer::new(status_text(&status, &settings), &status))
    })
    .await
}

pub async fn history(context: &Context, run: Option<i64>) -> Result<Answer> {
    const RUNS_SHOWN: i64 = 30;
    with_session(context, async |session| {
        let Some(id) = run else {
            let runs = history::runs(session, RUNS_SHOWN).await?;
            return Ok(Answer::new(runs_text(&runs), &runs));
        };
        let run = history::run(session, RunId(id)).await?;
        let run = run.ok_or_else(|| Error::new(&codes::cli::NO_RUN).detail(id))?;
        Ok(Answer::new(run_text(&run), &run))
    })
    .await
}

pub async fn delivery(context: &Context, action: &Delivery) -> Result<Answer> {
    with_session(context, async |session| match action {
        Delivery::List { all } => {
            let deliveries = history::deliveries(session, *all).await?;
            Ok(Answer::new(deliveries_text(&deliveries), &deliveries))
        }
        Delivery::Approve { id } => {
            history::approve(session, LoadId(*id), &operator()).await?;
            Ok(Answer::new(
                format!("Delivery {id} is approved; the next run loads it."),
                &json!({ "delivery_id": id, "approval": "approved" }),
            ))
        }
        Delivery::Reject { id } => {
            history::reject(session, LoadId(*id), &operator()).await?;
            let text = format!("Delivery {id} is rejected; the slice's last accepted version stays in force.");
            Ok(Answer::new(text, &json!({ "delivery_id": id, "approval": "rejected" })))
        }
    })
    .await
}

pub async fn quarantine(context: &Context, action: &Quarantine) -> Result<Answer> {
    with_session(context, async |session| match action {
        Quarantine::List => {
            let groups = history::quarantine(session).await?;
            Ok(Answer::new(groups_text(&groups), &groups))
        }
        Quarantine::Show { delivery } => {
            let entries = history::quarantine_of(session, LoadId(*delivery)).await?;
            Ok(Answer::new(entries_text(&entries), &entries))
        }
    })
    .await
}

/// Opens the database, asks, and lets go of it whatever the answer.
async fn with_session(context: &Context, ask: impl AsyncFnOnce(&Session) -> Result<Answer>) -> Result<Answer> {
    let warehouse = Warehouse::open(&context.settings()?).await?;
    let answer = match warehouse.connect(Role::Loader).await {
        Ok(session) => {
            let answer = ask(&session).await;
            session.close().await;
            answer
        }
        Err(error) => Err(error),
    };
    warehouse.close().await?;
    answer
}

/// Who decides: the login at the operating system.
fn operator() -> String {
    uzers::get_current_username().map_or_else(|| "unknown".into(), |name| name.to_string_lossy().into_owned())
}

/// An instant to the second.
pub fn at(instant: DateTime<Utc>) -> String {
    instant.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Words and codes of the ledger as they stand in a cell.
pub fn words(list: &[String]) -> String {
    list.join(", ")
}

fn status_text(status: &Status, settings: &Settings) -> String {
    let run = status.last_run.as_ref().map_or_else(
        || "No run yet.".to_owned(),
        |run| {
            format!("Last run {} for {}: {}, known at {}.", run.run_id, run.business_date, run.status, at(run.known_at))
        },
    );
    let published = status.publication.as_ref().map_or_else(
        || "Nothing is published.".to_owned(),
        |publication| format!("Published: as of {}, snapshot {}.", at(publication.known_at), publication.snapshot),
    );
    let lines: Vec<Line> = status.deliveries.iter().map(line).collect();
    format!("{run}\n{published}\n\n{}", summary(&lines, &["rows", "quarantined"], settings))
}

fn line(arrival: &ArrivalRow) -> Line {
    let quarantined = arrival.quarantined.unwrap_or_default();
    Line {
        dataset: arrival.dataset.clone(),
        period: arrival.period.clone(),
        deliverer: arrival.deliverer.clone(),
        state: State::of(&arrival.outcome, &arrival.timeliness),
        rows: vec![arrival.rows.unwrap_or_default(), quarantined],
        quarantined,
        reasons: arrival.reasons.clone(),
    }
}

fn runs_text(runs: &[RunRow]) -> String {
    let rows = runs.iter().map(|run| {
        vec![
            run.run_id.to_string(),
            run.business_date.to_string(),
            at(run.known_at),
            run.status.clone(),
            run.exit_code.map_or_else(String::new, |code| code.to_string()),
            run.finished_at.map_or_else(String::new, |end| format!("{} s", (end - run.started_at).num_seconds())),
        ]
    });
    table(&["run", "business date", "known at", "status", "exit", "took"], rows)
}

fn run_text(detail: &RunDetail) -> String {
    let events = detail.events.iter().map(|event| {
        vec![at(event.at), event.stage.clone(), event.slice.clone().unwrap_or_default(), event.event.clone()]
    });
    format!("{}\n{}", runs_text(std::slice::from_ref(&detail.run)), table(&["at", "stage", "slice", "event"], events))
}

fn deliveries_text(deliveries: &[DeliveryRow]) -> String {
    let rows = deliveries.iter().map(|delivery| {
        vec![
            delivery.delivery_id.to_string(),
            delivery.dataset.clone(),
            delivery.period.clone(),
            delivery.deliverer.clone(),
            delivery.sequence.to_string(),
            delivery.outcome.clone(),
            if delivery.is_current { "yes".into() } else { String::new() },
            delivery.approval.clone().unwrap_or_default(),
            thousands(delivery.rows_read),
            thousands(delivery.quarantined),
            words(&delivery.reasons),
        ]
    });
    let header = [
        "id",
        "dataset",
        "period",
        "deliverer",
        "version",
        "outcome",
        "in force",
        "decision",
        "rows",
        "quarantined",
        "reasons",
    ];
    table(&header, rows)
}

fn groups_text(groups: &[QuarantineGroup]) -> String {
    if groups.is_empty() {
        return "Nothing is in quarantine.".into();
    }
    let rows = groups.iter().map(|group| {
        vec![
            group.delivery_id.to_string(),
            group.dataset.clone(),
            group.period.clone(),
            group.deliverer.clone(),
            group.rule.clone(),
            group.column.clone().unwrap_or_default(),
            group.severity.clone(),
            thousands(group.records),
            group.first_line.to_string(),
        ]
    });
    table(&["delivery", "dataset", "period", "deliverer", "rule", "column", "severity", "rows", "first line"], rows)
}

fn entries_text(entries: &[QuarantineEntry]) -> String {
    if entries.is_empty() {
        return "Nothing of this delivery is in quarantine.".into();
    }
    let rows = entries.iter().map(|entry| {
        vec![
            entry.record.to_string(),
            entry.line.to_string(),
            entry.rule.clone(),
            entry.column.clone().unwrap_or_default(),
            entry.severity.clone(),
            entry.class.clone(),
            entry.closed_by.map_or_else(String::new, |by| by.to_string()),
        ]
    });
    table(&["record", "line", "rule", "column", "severity", "class", "closed by"], rows)
}
