//! Whole transactions tried again when the database says that another try may succeed.
//!
//! In: a piece of work that opens its own transaction. Out: its result, or its last error. Only errors of policy `Retry` are
//! tried again, and work whose commit may have taken effect must read the ledger before it writes anew.

use std::time::Duration;

use crate::{error::Result, telemetry::Events};

/// Tries in all; with the waits below the last one begins within about ten seconds.
const TRIES: u32 = 6;
const FIRST_WAIT_MS: u64 = 100;

/// Runs `work` until it succeeds, fails for good or has had its tries. The waits double, with full jitter, so that sessions
/// that met once do not meet again. Each new try is told as an event.
pub async fn retry<T>(events: Option<&Events>, work: impl AsyncFnMut() -> Result<T>) -> Result<T> {
    retry_after(wait_after, events, work).await
}

async fn retry_after<T>(
    wait: impl Fn(u32) -> Duration,
    events: Option<&Events>,
    mut work: impl AsyncFnMut() -> Result<T>,
) -> Result<T> {
    let mut attempt = 1;
    loop {
        match work().await {
            Err(error) if error.is_transient() && attempt < TRIES => {
                if let Some(events) = events {
                    let detail =
                        serde_json::json!({ "code": error.code().id, "sqlstate": error.state(), "attempt": attempt });
                    events.send("load", None, "retried", detail);
                }
                tokio::time::sleep(wait(attempt)).await;
                attempt += 1;
            }
            done => return done,
        }
    }
}

fn wait_after(attempt: u32) -> Duration {
    let ceiling = FIRST_WAIT_MS << attempt;
    Duration::from_millis(rand::random_range(FIRST_WAIT_MS..=ceiling))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::{Error, codes::warehouse as codes};

    async fn tries_until(result: impl Fn(u32) -> Result<()>) -> (u32, Result<()>) {
        let mut tries = 0;
        let outcome = retry_after(
            |_| Duration::ZERO,
            None,
            async || {
                tries += 1;
                result(tries)
            },
        )
        .await;
        (tries, outcome)
    }

    #[tokio::test]
    async fn transient_errors_are_tried_again_and_bounded() {
        let (tries, outcome) = tries_until(|n| if n < 3 { Err(Error::new(&codes::CONFLICT)) } else { Ok(()) }).await;
        assert_eq!((tries, outcome.is_ok()), (3, true));
        let (tries, outcome) = tries_until(|_| Err(Error::new(&codes::CONFLICT))).await;
        assert_eq!((tries, outcome.is_err()), (TRIES, true));
    }

    #[tokio::test]
    async fn other_errors_are_not() {
        let (tries, outcome) = tries_until(|_| Err(Error::new(&codes::STATEMENT_FAILED))).await;
        assert_eq!((tries, outcome.is_err()), (1, true));
    }
}
