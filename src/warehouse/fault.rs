//! Database errors in the catalogue's words.
//!
//! In: an error of `tokio_postgres`. Out: SQLSTATE, table and constraint, with the policy for what to do next. The
//! server's message, detail and context never pass: they quote values of rows and of statements.

use std::{error::Error as _, io};

use tokio_postgres::error::DbError;

use crate::error::{Code, Error, codes::warehouse as codes};

/// What happened in the database, without its words.
pub fn fault(error: &tokio_postgres::Error) -> Error {
    let Some(database) = error.as_db_error() else {
        return without_answer(error);
    };
    let state = database.code().code();
    let fault = Error::new(code_of(state)).sqlstate(state);
    match place_of(database) {
        Some(place) => fault.detail(place),
        None => fault,
    }
}

/// As [`fault`], of a statement that a file holds: what does not pass by itself is the file's, under its code.
pub fn fault_in(error: &tokio_postgres::Error, code: &'static Code, file: &str) -> Error {
    let known = fault(error);
    if known.is_transient() {
        return known;
    }
    let refused = Error::new(code).at(file);
    match known.state() {
        Some(state) => refused.sqlstate(state),
        None => refused,
    }
}

/// The server gave no answer: the connection broke, or the client could not make sense of a value.
fn without_answer(error: &tokio_postgres::Error) -> Error {
    let broken = error.source().and_then(|source| source.downcast_ref::<io::Error>());
    match broken {
        Some(io) => Error::new(&codes::LOST).detail(io.kind()),
        None if error.is_closed() => Error::new(&codes::LOST),
        None => Error::new(&codes::STATEMENT_FAILED).detail("a value or an answer did not have the type expected"),
    }
}

fn code_of(state: &str) -> &'static Code {
    match (&state[..2], state) {
        (_, "40001" | "40P01" | "55P03") => &codes::CONFLICT,
        (_, "57014") => &codes::CANCELLED,
        // 25006: the session may not write.
        (_, "42501" | "25006") => &codes::DENIED,
        // 57P01 to 57P05: shut down, crashed, starting, database dropped, idle session ended. 08: connection.
        // 25P03: ended because it stood idle inside a transaction.
        ("57" | "08", _) | (_, "25P03") => &codes::LOST,
        ("53", _) => &codes::EXHAUSTED,
        ("28", _) | (_, "3D000") => &codes::LOGIN_REFUSED,
        _ => &codes::STATEMENT_FAILED,
    }
}

fn place_of(database: &DbError) -> Option<String> {
    match (database.table(), database.constraint()) {
        (Some(table), Some(constraint)) => Some(format!("table {table}, constraint {constraint}")),
        (Some(table), None) => Some(format!("table {table}")),
        (None, Some(constraint)) => Some(format!("constraint {constraint}")),
        (None, None) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn states_that_pass_by_themselves_are_tried_again() {
        for state in ["40001", "40P01", "55P03", "57P01", "57P03", "53100", "53300", "08006"] {
            assert!(Error::new(code_of(state)).is_transient(), "{state}");
        }
        for state in ["23505", "22P02", "42501", "57014", "28P01", "3D000", "XX000"] {
            assert!(!Error::new(code_of(state)).is_transient(), "{state}");
        }
    }
}
