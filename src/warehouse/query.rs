//! One query of an analyst, read only, with its values as PostgreSQL writes them.
//!
//! In: SQL and perhaps the instant to look from. Out: columns and rows of text, so that no digit is lost. Writes nothing.

use chrono::{DateTime, Utc};
use tokio_postgres::{
    SimpleQueryMessage, Transaction,
    error::ErrorPosition,
    types::{Kind, Type},
};

use super::{Role, Session, fault, look_as_of};
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

/// Runs one query in a read-only transaction, as known at `as_of`.
///
/// On a server the session is the login's, acting as the analyst, so nothing but a query may run: `set role` and `reset role` would
/// give the login's rights.
pub async fn run(session: &mut Session, sql: &str, as_of: Option<DateTime<Utc>>) -> Result<Rows> {
    let transaction = session.build_transaction().read_only(true).start().await.map_err(|error| fault(&error))?;
    if let Some(instant) = as_of {
        look_as_of(&transaction, Some(instant)).await?;
    }
    // Preparing tells the types, and refuses more than one statement.
    let statement = transaction.prepare(sql).await.map_err(|error| refused(&error))?;
    let columns = statement.columns().iter().map(|column| (column.name().to_owned(), form(column.type_()))).collect();
    let messages = answered(&transaction, sql).await?;
    still_an_analyst(&transaction).await?;
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

/// The rows of one statement that was prepared, so that it is one. The server itself takes nothing but a query for a cursor.
async fn answered(transaction: &Transaction<'_>, sql: &str) -> Result<Vec<SimpleQueryMessage>> {
    // These two are no queries to the server's grammar, but only tell.
    if ["show", "explain"].iter().any(|word| first_word(sql).eq_ignore_ascii_case(word)) {
        return transaction.simple_query(sql).await.map_err(|error| refused(&error));
    }
    let declared = transaction.prepare(&format!("{CURSOR}{sql}")).await.map_err(|error| no_query(&error))?;
    transaction.execute(&declared, &[]).await.map_err(|error| refused(&error))?;
    transaction.simple_query("fetch all from buss_query").await.map_err(|error| refused(&error))
}

/// A function of the query can have changed the role (`set_config`); what it read then is not shown.
async fn still_an_analyst(transaction: &Transaction<'_>) -> Result<()> {
    let row = transaction.query_one("select current_user::text", &[]).await.map_err(|error| fault(&error))?;
    if Some(row.get(0)) == Role::Analyst.name() { Ok(()) } else { Err(Error::new(&codes::cli::NOT_A_QUERY)) }
}

/// The first word after blanks, comments and parentheses.
fn first_word(sql: &str) -> &str {
    let mut rest = sql;
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '(');
        rest = if let Some(comment) = rest.strip_prefix("--") {
            comment.split_once('\n').map_or("", |(_, after)| after)
        } else if let Some(comment) = rest.strip_prefix("/*") {
            after_comment(comment)
        } else {
            let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(rest.len());
            return &rest[..end];
        };
    }
}

/// Comments of PostgreSQL nest.
fn after_comment(text: &str) -> &str {
    let mut depth = 1;
    let mut rest = text;
    while depth > 0 {
        let Some(at) = rest.find(['*', '/']) else { return "" };
        rest = &rest[at..];
        let (change, length) = match rest.get(..2) {
            Some("*/") => (-1, 2),
            Some("/*") => (1, 2),
            _ => (0, 1),
        };
        depth += change;
        rest = &rest[length..];
    }
    rest
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

/// The statement alone was accepted, so what the server refuses is to have it as a cursor.
fn no_query(error: &tokio_postgres::Error) -> Error {
    match error.code().map(tokio_postgres::error::SqlState::code) {
        Some(state) if state.starts_with("42") || state.starts_with("0A") => {
            Error::new(&codes::cli::NOT_A_QUERY).sqlstate(state)
        }
        _ => fault(error),
    }
}

/// What stands before the analyst's own text.
const CURSOR: &str = "declare buss_query no scroll cursor for ";

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_word_stands_after_comments() {
        for sql in ["show x", " \n(show x)", "-- explain\nshow x", "/* a /* b */ * / */show x", "show"] {
            assert_eq!(first_word(sql), "show", "{sql}");
        }
        for sql in ["", "--", "/* show", "/*", "'show'"] {
            assert_eq!(first_word(sql), "", "{sql}");
        }
    }
}
