//! One query of an analyst, read only, with its values as PostgreSQL writes them.
//!
//! In: SQL and perhaps the instant to look from. Out: columns and rows of text, so that no digit is lost. Writes nothing.

use chrono::{DateTime, Utc};
use tokio_postgres::{
    SimpleQueryMessage,
    error::ErrorPosition,
    types::{Kind, Type},
};

use super::{Session, fault};
use crate::error::{Error, Result, codes};

/// How a column's text is written in JSON.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    Number,
    Boolean,
    Json,
    Text,
}

/// The answer to a query.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rows {
    pub columns: Vec<(String, Form)>,
    /// `None` is null.
    pub rows: Vec<Vec<Option<String>>>,
}

/// The newest instant at which everything is settled: the knowledge instant of the last finished run.
pub async fn settled(session: &Session) -> Result<Option<DateTime<Utc>>> {
    let sql = "select max(known_at) from ops.run where finished_at is not null";
    let row = session.query_one(sql, &[]).await.map_err(|error| fault(&error))?;
    Ok(row.get(0))
}

/// Runs one statement in a read-only transaction, as known at `as_of`.
pub async fn run(session: &mut Session, sql: &str, as_of: Option<DateTime<Utc>>) -> Result<Rows> {
    let transaction = session.build_transaction().read_only(true).start().await.map_err(|error| fault(&error))?;
    if let Some(instant) = as_of {
        let setting = instant.to_rfc3339_opts(chrono::SecondsFormat::Micros, true);
        let set = transaction.query("select set_config('buss.as_of', $1, true)", &[&setting]).await;
        set.map_err(|error| fault(&error))?;
    }
    // Preparing tells the types, and refuses more than one statement.
    let statement = transaction.prepare(sql).await.map_err(|error| refused(&error))?;
    let columns = statement.columns().iter().map(|column| (column.name().to_owned(), form(column.type_()))).collect();
    let messages = transaction.simple_query(sql).await.map_err(|error| refused(&error))?;
    let rows = messages
        .iter()
        .filter_map(|message| match message {
            SimpleQueryMessage::Row(row) => Some((0..row.len()).map(|at| row.get(at).map(str::to_owned)).collect()),
            _ => None,
        })
        .collect();
    // The statement itself may have ended the transaction; nothing was written, so there is nothing to undo.
    drop(transaction.rollback().await);
    Ok(Rows { columns, rows })
}

fn form(kind: &Type) -> Form {
    match *kind {
        Type::BOOL => Form::Boolean,
        Type::JSON | Type::JSONB => Form::Json,
        Type::INT2 | Type::INT4 | Type::INT8 | Type::OID | Type::FLOAT4 | Type::FLOAT8 | Type::NUMERIC => Form::Number,
        _ => match kind.kind() {
            Kind::Domain(inner) => form(inner),
            _ => Form::Text,
        },
    }
}

/// A wrong query is the analyst's to correct; anything else is the database's.
fn refused(error: &tokio_postgres::Error) -> Error {
    let Some(database) = error.as_db_error() else { return fault(error) };
    let state = database.code().code();
    let position = match database.position() {
        Some(ErrorPosition::Original(position)) => format!("at character {position}"),
        _ => String::new(),
    };
    match &state[..2] {
        // Connection, transaction, resources, the operator's hand, the system and the server's own faults.
        "08" | "28" | "40" | "53" | "57" | "58" | "F0" | "XX" => fault(error),
        _ => Error::new(&codes::cli::BAD_QUERY).detail(position).sqlstate(state),
    }
}
