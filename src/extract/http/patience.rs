//! How long one resource is worth: the time it may take in all, how often it is asked for again, and the waits between.

use std::{
    future::Future,
    time::{Duration, SystemTime},
};

use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use tokio::time::{Instant, sleep, timeout_at};

use super::policy::{Failure, Happening};
use crate::{Error, Result, settings::Http};

/// What is left of one resource's time and tries.
pub(super) struct Patience {
    deadline: Instant,
    waits: ExponentialBackoff,
    retry_after_max: Duration,
    tries: usize,
}

impl Patience {
    /// `left` is what the deliverer still has of its own time; `once` allows no second try.
    pub fn new(http: &Http, left: Duration, once: bool) -> Self {
        let waits = ExponentialBuilder::new()
            .with_min_delay(http.first_wait())
            .with_max_delay(http.retry_after_max().max(http.first_wait()))
            .with_max_times(if once { 0 } else { http.retries })
            .with_jitter()
            .build();
        let deadline = Instant::now() + http.total().min(left);
        Self { deadline, waits, retry_after_max: http.retry_after_max(), tries: 0 }
    }

    /// Does one piece of work within the time that is left.
    pub async fn within<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        let out_of_time = |_| Err(Failure::of(Happening::OutOfTime, "its time is used up"));
        timeout_at(self.deadline, work).await.unwrap_or_else(out_of_time)
    }

    /// Waits until it is time to try again.
    ///
    /// # Errors
    /// The failure, when it is not to be tried again, all tries are made, or the wait would outlast the time that is left.
    pub async fn pause(&mut self, failure: Failure) -> Result<()> {
        self.tries += 1;
        let ordinary = if failure.retry { self.waits.next() } else { None };
        let Some(ordinary) = ordinary else { return Err(self.tried(failure.error)) };
        let wait = wait(ordinary, failure.retry_after.as_deref(), self.retry_after_max, SystemTime::now());
        if Instant::now() + wait >= self.deadline {
            return Err(self.tried(failure.error));
        }
        tracing::debug!(code = failure.error.code().id, wait_seconds = wait.as_secs_f64(), "tried again");
        sleep(wait).await;
        Ok(())
    }

    fn tried(&self, error: Error) -> Error {
        if self.tries < 2 {
            return error;
        }
        let detail = format!("{}; {} tries", error.detail_text(), self.tries);
        error.detail(detail)
    }
}

/// The wait before the next try: the ordinary one, or as long as the server asks for, up to `max`.
///
/// A `Retry-After` (RFC 9110 §10.2.3) is whole seconds or an HTTP date. One in the past, or that is neither, says nothing.
fn wait(ordinary: Duration, retry_after: Option<&str>, max: Duration, now: SystemTime) -> Duration {
    let asked = retry_after.map(str::trim).and_then(|text| {
        if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
            // A number that no counter holds is as absurd as any beyond the limit.
            return Some(text.parse().map_or(max, Duration::from_secs));
        }
        httpdate::parse_http_date(text).ok()?.duration_since(now).ok()
    });
    asked.map_or(ordinary, |asked| asked.min(max).max(ordinary))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_is_waited_for_as_long_as_it_asks_up_to_the_limit() {
        let now = httpdate::parse_http_date("Sun, 01 Jul 2007 02:00:00 GMT").unwrap();
        let seconds = Duration::from_secs;
        for (retry_after, expected) in [
            (None, 2),
            (Some("0"), 2),
            (Some("1"), 2),
            (Some("30"), 30),
            (Some(" 30 "), 30),
            (Some("60"), 60),
            (Some("61"), 60),
            (Some("1000000000"), 60),
            (Some("99999999999999999999999999"), 60),
            (Some("-5"), 2),
            (Some("+5"), 2),
            (Some("5.5"), 2),
            (Some("soon"), 2),
            (Some(""), 2),
            (Some("Sun, 01 Jul 2007 02:00:40 GMT"), 40),
            (Some("Sunday, 01-Jul-07 02:00:40 GMT"), 40),
            (Some("Sun, 01 Jul 2007 01:59:00 GMT"), 2),
            (Some("Sun, 01 Jul 2057 02:00:00 GMT"), 60),
            (Some("2007-07-01T02:00:40Z"), 2),
        ] {
            assert_eq!(wait(seconds(2), retry_after, seconds(60), now), seconds(expected), "{retry_after:?}");
        }
    }
}
